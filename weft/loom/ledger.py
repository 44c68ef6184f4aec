"""The ledger of erasures: what was erased stays so when an older backup is put back.

    with ledger.erasing("stories.story", story.pk):    whatever happens in here is one erasure

Each is a row, written in the same transaction, and after the commit a line of a file that lies outside every backup. A
line is the row as it lies in the database: a random id and sealed bytes, so the file tells nothing but how much was
erased. What is erased in the course of another erasure is part of that one: it is done again when that one is.

Whenever the house starts, the two are held against each other. A row whose line is missing (the machine stopped between
commit and line) gets it. A line whose row is missing says that the database is older than the erasure: then the section
erases once more (`Section.erasures`), before the doors open.
"""

import base64
import fcntl
import logging
import os
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.db import connection, transaction

from weft.loom import keys, seal
from weft.loom.models import DataKey, Erasure
from weft.loom.section import sections

logger = logging.getLogger("weft.ledger")
WIPE = 250  # milliseconds to wait for those who read
END = b"."  # a line that lacks it was cut off
_now = threading.local()

Entry = tuple[int, bytes]  # the id of the row, and what it says, sealed


@contextmanager
def erasing(kind: str, key: int) -> Iterator[None]:
    """Erase something, in one piece or not at all, and for ever."""
    with transaction.atomic(), _within() as outermost:
        yield
        if outermost:
            entry = Erasure(what=f"{kind} {key}")
            entry.save(force_insert=True)
            transaction.on_commit(lambda: _write_down(entry.pk), robust=True)


@contextmanager
def _within() -> Iterator[bool]:
    outermost = not getattr(_now, "erasing", False)
    _now.erasing = True
    try:
        yield outermost
    finally:
        _now.erasing = not outermost


def file() -> Path:
    """Where the ledger lies."""
    return Path(settings.DATA) / "erasures"


def catch_up(say: Callable[[int], object] = lambda _again: None) -> None:
    """Hold file and rows against each other: add the lines that are missing, and erase again what came back.

    *say* is called with the number of things that are about to be erased again.
    """
    with _held() as lines:
        known = list(_entries(lines))  # before the rows: a line is always written after its row
        rows = set(Erasure.objects.values_list("pk", flat=True))
        _add(lines, (pk for pk in rows - {pk for pk, _what in known}))
    back = [entry for entry in known if entry[0] not in rows]
    if back:
        say(len(back))
        _erase_again(back)


def missing() -> int:
    """How many rows have no line."""
    with _held() as lines:
        known = {pk for pk, _what in _entries(lines)}
    return len(set(Erasure.objects.values_list("pk", flat=True)) - known)


def add_missing() -> None:
    """Add the lines that are missing in the file."""
    with _held() as lines:
        known = {pk for pk, _what in _entries(lines)}
        _add(lines, set(Erasure.objects.values_list("pk", flat=True)) - known)


def take_over(other: Path) -> int:
    """Add what another copy of this house's ledger knows. The number of lines that were new."""
    with other.open("rb") as copy, _held() as lines:
        known = {pk for pk, _what in _entries(lines)}
        new = [line for line in copy.read().splitlines() if _entry(line)[0] not in known]
        _append(lines, new)
    return len(new)


def _erase_again(back: list[Entry]) -> None:
    if not DataKey.objects.filter(scope=seal.HOUSE).exists():
        raise ImproperlyConfigured(
            f"{file()} knows of things that were erased here, but the database is empty. Put back a backup with "
            "“weft restore”; or, to begin a new house, move that file away."
        )
    verbs = {f"{section.label}.{kind}": verb for section in sections() for kind, verb in section.erasures().items()}
    for pk, sealed in back:
        entry = Erasure(pk=pk)
        entry.__dict__["what"] = seal.SealedBytes(sealed)
        try:
            kind, _space, key = entry.what.partition(" ")
        except seal.Tampered:
            raise ImproperlyConfigured(f"{file()} is the ledger of another house, or damaged.") from None
        if kind not in verbs:
            raise ImproperlyConfigured(f"{file()} was written by a newer Weft. Bring this one up to date first.")
        with transaction.atomic(), _within():
            verbs[kind](int(key))
            entry.save(force_insert=True)


def _write_down(pk: int) -> None:
    """The line of a row that has just been committed."""
    try:
        with _held() as lines:
            _add(lines, [pk])
    except OSError as error:  # the row stands; the line is added when the house next starts, or in the night
        logger.error("the ledger of erasures cannot be written: %s", error.strerror)
    wipe()


def wipe() -> None:
    """Empty SQLite's log of recent changes: what was erased still stands in it as it was before.

    Where somebody reads in just this moment it stays, until the next erasure, or the night. PostgreSQL forgets what
    was erased when its tables are laid anew, every night (`night.py`).
    """
    if connection.vendor == "sqlite" and not connection.in_atomic_block:
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA busy_timeout")
            (patience,) = cursor.fetchone()
            cursor.execute(f"PRAGMA busy_timeout = {WIPE}")
            try:
                cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            finally:
                cursor.execute(f"PRAGMA busy_timeout = {patience}")


@contextmanager
def _held() -> Iterator[IO[bytes]]:
    """The file, for this process alone."""
    new = not file().exists()
    handle = os.open(file(), os.O_RDWR | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC, 0o600)
    with os.fdopen(handle, "rb+") as lines:
        fcntl.flock(lines, fcntl.LOCK_EX)
        if new:
            keys.sync_folder(file().parent)
        yield lines


def _add(lines: IO[bytes], rows: Iterable[int]) -> None:
    found = Erasure.objects.filter(pk__in=list(rows)).only("what")
    _append(lines, [_line(row.pk, bytes(row.__dict__["what"])) for row in found])


def _append(lines: IO[bytes], new: list[bytes]) -> None:
    if not new:
        return
    end = lines.seek(0, os.SEEK_END)
    if end:
        lines.seek(end - 1)
        if lines.read(1) != b"\n":  # the machine stopped in the middle of a line
            new = [b"", *new]
    lines.write(b"\n".join([*new, b""]))
    lines.flush()
    os.fsync(lines.fileno())


def _entries(lines: IO[bytes]) -> Iterator[Entry]:
    lines.seek(0)
    for line in lines.read().splitlines():
        try:
            yield _entry(line)
        except ValueError:
            continue  # half a line; the row has the whole of it


def _line(pk: int, sealed: bytes) -> bytes:
    return base64.b64encode(pk.to_bytes(8, "big") + sealed) + END


def _entry(line: bytes) -> Entry:
    if not line.endswith(END):
        raise ValueError("half a line")
    whole = base64.b64decode(line[:-1], validate=True)
    return int.from_bytes(whole[:8], "big"), whole[8:]
