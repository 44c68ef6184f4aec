"""SQLite with a queue for writers: who comes first writes first.

SQLite lets one writer in at a time, and the others try again and again at random: among sixteen, somebody waited eight
seconds. Here each transaction first takes its place in a line: a lock in this process, then a lock on a file beside the
database, which the system gives out in order.
"""

import fcntl
import os
import threading
from collections import defaultdict
from typing import Any

from django.db import OperationalError
from django.db.backends.sqlite3 import base

_lines: defaultdict[str, threading.Lock] = defaultdict(threading.Lock)


class DatabaseWrapper(base.DatabaseWrapper):
    """Django's own, with the line in front of BEGIN IMMEDIATE. (Its type stubs know only what is public.)"""

    _place: tuple[threading.Lock, int] | None = None

    def _start_transaction_under_autocommit(self) -> None:
        try:
            self._line_up()
            super()._start_transaction_under_autocommit()  # type: ignore[misc]
        except BaseException:
            self._step_out()
            raise

    def _commit(self) -> Any:
        done = super()._commit()  # type: ignore[misc]
        self._step_out()  # after a commit that failed comes a rollback
        return done

    def _rollback(self) -> Any:
        try:
            return super()._rollback()  # type: ignore[misc]
        finally:
            self._step_out()

    def _close(self) -> Any:
        try:
            return super()._close()  # type: ignore[misc]
        finally:
            self._step_out()

    def _line_up(self) -> None:
        name = str(self.settings_dict["NAME"])
        if self._place or self.is_in_memory_db():
            return
        line = _lines[name]
        if not line.acquire(timeout=self.settings_dict["OPTIONS"].get("timeout", 5)):
            raise OperationalError("database is locked")
        try:
            handle = os.open(f"{name}-line", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        except OSError as error:  # the disk is full or read only, as SQLite itself would say in a moment
            line.release()
            raise OperationalError(f"no place in the line: {error.strerror}") from error
        self._place = (line, handle)
        fcntl.flock(handle, fcntl.LOCK_EX)  # another process: it finishes or dies, and either lets go

    def _step_out(self) -> None:
        if self._place:
            line, handle = self._place
            self._place = None
            os.close(handle)  # the lock goes with it
            line.release()
