"""The wires between processes: what one of them publishes reaches the pages that listen to another.

On PostgreSQL it goes by NOTIFY, from and to every process on every machine. On SQLite everything is on one machine:
each process has a socket in the house's folder. In the one process of a small house it is a call.
"""

import contextlib
import json
import logging
import os
import secrets
import socket
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import DatabaseError, connection

from weft.loom.hub import Hub

logger = logging.getLogger("weft.live")
CHANNEL = "weft_live"
LONGEST = 100  # bytes in a socket's path: 108 on Linux, 104 on macOS

_here: "list[Wire]" = []


def send(hint: list[Any]) -> None:
    """Carry a hint, [subject, event, number] or [persona], to every process that has pages listening."""
    try:
        if connection.vendor == "postgresql":
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_notify(%s, %s)", [CHANNEL, json.dumps(hint)])
        else:
            for wire in _here:
                wire.hear(hint)
            _send_by_socket(json.dumps(hint).encode())
    except (OSError, DatabaseError) as error:  # the page will ask by itself before long
        logger.warning("a hint was lost: %s", type(error).__name__)


def start(hub: Hub) -> "Wire":
    """Let what other processes publish reach *hub*."""
    wire = Notifications(hub) if connection.vendor == "postgresql" else Socket(hub)
    _here.append(wire)
    return wire


class Wire:
    """The end of the wire in this process."""

    def __init__(self, hub: Hub) -> None:
        self.hub = hub

    def hear(self, hint: list[Any]) -> None:
        if len(hint) == 1:
            self.hub.let_go(hint[0])
        else:
            self.hub.publish(*hint)

    def stop(self) -> None:
        _here.remove(self)


class Socket(Wire):
    """A datagram socket in the house's folder, 0700 like everything there."""

    def __init__(self, hub: Hub) -> None:
        super().__init__(hub)
        self.path = folder() / f"{secrets.token_hex(8)}.sock"
        self.socket: socket.socket | None = None
        if reaches():
            folder().mkdir(mode=0o700, exist_ok=True)
            self.socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
            self.socket.setblocking(False)
            with _named(self.path) as name:
                self.socket.bind(name)
            hub.loop.add_reader(self.socket, self._read, self.socket)

    def _read(self, wire: socket.socket) -> None:
        with contextlib.suppress(BlockingIOError):
            while True:
                self.hear(json.loads(wire.recv(1024)))

    def stop(self) -> None:
        super().stop()
        if self.socket:
            self.hub.loop.remove_reader(self.socket)
            self.socket.close()
            self.path.unlink(missing_ok=True)


def folder() -> Path:
    """Where the sockets are."""
    return Path(settings.DATA) / "live"


def reaches() -> bool:
    """Whether sockets can stand in the house's folder."""
    if not hasattr(socket, "AF_UNIX"):
        return False
    return Path("/proc/self/fd").exists() or len(os.fsencode(folder() / "0123456789abcdef.sock")) <= LONGEST


@contextlib.contextmanager
def _named(path: Path) -> Iterator[str]:
    """A name of a socket that is short enough: Linux lets a folder go by the number of its open handle."""
    if len(os.fsencode(path)) <= LONGEST:
        yield str(path)
        return
    handle = os.open(path.parent, os.O_RDONLY)
    try:
        yield f"/proc/self/fd/{handle}/{path.name}"
    finally:
        os.close(handle)


def _send_by_socket(data: bytes) -> None:
    mine = [wire.path for wire in _here if isinstance(wire, Socket)]
    others = [path for path in folder().glob("*.sock") if path not in mine]
    if not others:
        return
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as wire:
        wire.settimeout(0.5)
        for path in others:
            try:
                with _named(path) as name:
                    wire.sendto(data, name)
            except ConnectionRefusedError:
                path.unlink(missing_ok=True)  # its process died without a word
            except OSError as error:
                logger.warning("a hint was lost: %s", type(error).__name__)


class Notifications(Wire):
    """A thread that listens on a connection of its own, and connects again when the database was away."""

    def __init__(self, hub: Hub) -> None:
        super().__init__(hub)
        self.stopped = threading.Event()
        self.thread = threading.Thread(target=self._listen, name="live", daemon=True)
        self.thread.start()

    def _listen(self) -> None:
        import psycopg

        where = connection.get_connection_params()
        for name in ("cursor_factory", "context"):
            where.pop(name, None)
        again = False
        while not self.stopped.is_set():
            try:
                with psycopg.connect(**where, autocommit=True) as own:
                    own.execute(f"LISTEN {CHANNEL}")
                    if again:
                        self.hub.refresh()
                    while not self.stopped.is_set():
                        for notice in own.notifies(timeout=0.5):
                            self.hear(json.loads(notice.payload))
            except psycopg.Error as error:
                logger.warning("live pages wait for the database: %s", type(error).__name__)
                self.stopped.wait(2)
            again = True

    def stop(self) -> None:
        super().stop()
        self.stopped.set()
