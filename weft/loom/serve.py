"""One process, one port: streams from the hub, files from memory, pages from Django in a few threads.

Pages go through Django's WSGI handler, which costs a tenth of its ASGI handler. No request is written to a log, no
answer names the software, and no page can learn from which address somebody asks.
"""

import asyncio
import contextlib
import functools
import gc
import logging
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from types import FrameType
from typing import Any

import uvicorn
from django.conf import settings
from django.core.wsgi import get_wsgi_application
from django.db import close_old_connections, connections

from weft.loom import hub, jobs, lines, night, plain, streams, wires
from weft.loom.files import Files
from weft.loom.hub import Hub, Receive, Send
from weft.loom.turns import Turn, Turns
from weft.loom.wsgi import Pages

logger = logging.getLogger("weft.serve")

# One of several processes. This module knows rows, which nobody may import before Django stands.
WORKER = """import django, gc, sys
gc.disable()
django.setup()
from weft.loom.serve import worker
worker(sys.argv[1:])"""

LIMIT = 512 * 1024  # bytes in one request
DRAIN = 8 * LIMIT  # bytes that are read and thrown away, so that a browser hears the answer
SETTLED = 60.0  # seconds after which most of what a house reads once has been read,
SETTLES = 3600.0  # and between two such moments later
TIME_TO_WRITE = 120.0  # seconds in which a request must have arrived
TOO_MUCH = "That is too much for one page. Please go back and make it shorter. What you wrote is still in the box."
TOO_MANY = "You are asking for very many pages at once. Please wait a moment, and then go on."
TOO_SLOW = "The line broke off while this was on its way. Please go back and send it again."


class App:
    """The house as an ASGI application. With *works*, it does its jobs and keeps house at night too."""

    def __init__(self, *, works: bool = True) -> None:
        self.works = works
        self.pages = Pages(get_wsgi_application(), settings.THREADS)
        self.turns = Turns(settings.THREADS)
        self.files = Files(settings.STATIC_URL, fresh=settings.DEBUG)
        self.hub: Hub | None = None

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] == "lifespan":
            await self.live(receive, send)
        elif scope["path"].startswith(hub.PATH) and self.hub is not None:
            await self.hub(scope, receive, send)
        elif scope["method"] in ("GET", "HEAD") and (file := self.files.find(scope["path"])):
            await file(scope, send)
        else:
            await self.page(scope, receive, send)

    async def page(self, scope: dict[str, Any], receive: Receive, send: Send) -> None:
        """Take the whole request in first: a slow line must not hold one of the few threads."""
        try:
            async with asyncio.timeout(TIME_TO_WRITE):
                body = await _taken_in(receive)
        except TimeoutError:
            return await _say(send, 408, TOO_SLOW)
        if body is None:
            return None  # nobody waits for the answer
        if len(body) > LIMIT:
            return await _say(send, 413, TOO_MUCH)
        turn = await self.turns.take(*self.turns.whose(scope), receive)
        if turn is None:
            return await _say(send, 429, TOO_MANY, (b"retry-after", b"20"))
        return await self.pages(scope, body, send, turn)

    async def live(self, receive: Receive, send: Send) -> None:
        """From the first moment to the last."""
        await receive()
        self.hub = Hub(streams.admit, self.may_hear)
        wire = wires.start(self.hub)
        work = [jobs.Worker().stop, night.begin().set] if self.works else []
        settling = asyncio.create_task(_settle_again())
        await send({"type": "lifespan.startup.complete"})
        await receive()
        settling.cancel()
        self.hub.close()
        wire.stop()
        for stop in work:
            await asyncio.to_thread(stop)
        await asyncio.to_thread(self._put_away)
        await send({"type": "lifespan.shutdown.complete"})

    async def may_hear(self, subject: str, persona: int) -> bool | None:
        """Whether a persona may listen; None where too many ask at once."""
        turn = await self.turns.take(self.turns.of_persona(persona))
        if turn is None:
            return None
        try:
            asked = functools.partial(_ask, turn, subject, persona)
            return await asyncio.get_running_loop().run_in_executor(self.pages.executor, asked)
        finally:
            turn.over()

    def _put_away(self) -> None:
        """Close the database connection of every thread: each of them comes to the barrier once."""
        everyone = threading.Barrier(settings.THREADS)

        def put_away() -> None:
            with contextlib.suppress(threading.BrokenBarrierError):
                everyone.wait(2)
            connections.close_all()

        for job in [self.pages.executor.submit(put_away) for _ in range(settings.THREADS)]:
            job.result()


def settle() -> None:
    """Let Python pass over what is here to stay when it looks for garbage. Among the half million objects of a house,
    each such look held up every page for 60 ms."""
    gc.collect()
    gc.freeze()


async def _settle_again() -> None:
    """Much of what a house reads once is read by its first pages."""
    gc.freeze()
    gc.enable()
    await asyncio.sleep(SETTLED)
    while True:
        settle()
        await asyncio.sleep(SETTLES)


def _ask(turn: Turn, subject: str, persona: int) -> bool:
    with turn:
        close_old_connections()
        try:
            return streams.may_hear(subject, persona)
        finally:
            close_old_connections()


async def _taken_in(receive: Receive) -> bytes | None:
    """The body of a request. More than the limit of it is read to the end, but not kept."""
    body, size = bytearray(), 0
    while True:
        part = await receive()
        if part["type"] == "http.disconnect":
            return None
        size += len(part.get("body", b""))
        if len(body) <= LIMIT:
            body += part.get("body", b"")
        if not part.get("more_body", False) or size > DRAIN:
            return bytes(body)


async def _say(send: Send, status: int, words: str, *more: tuple[bytes, bytes]) -> None:
    headers, body = plain.page(words)
    await send({"type": "http.response.start", "status": status, "headers": [*headers, *more]})
    await send({"type": "http.response.body", "body": body})


class Server(uvicorn.Server):
    """Uvicorn, without a word in any log, that lets the streams go first when it stops."""

    def __init__(
        self, app: App, *, certfile: str = "", keyfile: str = "", ready: Callable[[], None] = lambda: None
    ) -> None:
        self.app, self.ready = app, ready
        tls = {"ssl_certfile": certfile, "ssl_keyfile": keyfile or None} if certfile else {}
        super().__init__(
            uvicorn.Config(
                app,
                http=lines.Line,
                log_config=None,
                log_level=logging.WARNING,
                access_log=False,
                server_header=False,
                date_header=False,
                proxy_headers=False,  # settings say whom to believe
                ws="none",
                loop="asyncio",
                timeout_keep_alive=30,
                timeout_graceful_shutdown=5,
                **tls,  # type: ignore[arg-type]
            )
        )

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """A page leaves in pieces. Each goes at once: by itself the system holds the last one back until the first was
        confirmed, which the other side puts off for 40 ms. Whoever comes in by a door inherits what is set on it."""
        for door in sockets or []:
            door.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        await super().startup(sockets)
        self.watch = asyncio.create_task(lines.watch(self))
        self.ready()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        self.watch.cancel()
        if self.app.hub is not None:
            self.app.hub.close()
        await super().shutdown(sockets)

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """The first Ctrl+C lets everybody finish; the second one does not wait."""
        self.force_exit = self.should_exit
        self.should_exit = True


def run(
    door: socket.socket, *, certfile: str = "", keyfile: str = "", ready: Callable[[], None] = lambda: None
) -> None:
    """Serve at *door*, an open socket, until somebody stops it. *ready* is called when the first page can be asked."""
    keep_quiet()
    _make_room()
    Server(App(), certfile=certfile, keyfile=keyfile, ready=ready).run([door])


def run_workers(
    door: socket.socket,
    workers: int,
    *,
    certfile: str = "",
    keyfile: str = "",
    ready: Callable[[], None] = lambda: None,
) -> int:
    """Serve with several processes at the same door; one that dies is replaced."""
    keep_quiet()
    command = [sys.executable, "-c", WORKER, str(door.fileno()), certfile, keyfile]
    stopping = threading.Event()
    for sign in (signal.SIGINT, signal.SIGTERM):
        signal.signal(sign, lambda *_: stopping.set())
    started: dict[subprocess.Popen[bytes], float] = {}

    def start() -> None:
        started[subprocess.Popen(command, pass_fds=[door.fileno()])] = time.monotonic()  # noqa: S603

    for _ in range(workers):
        start()
    ready()
    failed = False
    while not stopping.wait(0.2) and not failed:
        for process in [process for process in started if process.poll() is not None]:
            failed = time.monotonic() - started.pop(process) < 5
            if failed:
                logger.error("a worker stopped as soon as it had started")
                break
            logger.error("a worker died; another one takes its place")
            start()
    for process in started:
        process.terminate()
    for process in started:
        process.wait()
    return 1 if failed else 0


def keep_quiet() -> None:
    """An error that nobody caught is told by its place in the code alone, like every other."""
    logging.raiseExceptions = False  # what cannot be written as it should is not written at all
    threading.excepthook = lambda found: logger.error(
        "a thread stopped", exc_info=(found.exc_type, found.exc_value or found.exc_type(), found.exc_traceback)
    )
    sys.unraisablehook = lambda found: logger.error(
        "an error while tidying up", exc_info=(found.exc_type, found.exc_value or found.exc_type(), found.exc_traceback)
    )


def _make_room() -> None:
    """Every open page holds a file handle; the usual limit is 1024."""
    with contextlib.suppress(ImportError, ValueError, OSError):
        import resource

        _soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
        most = 65536 if hard == resource.RLIM_INFINITY else min(hard, 65536)
        resource.setrlimit(resource.RLIMIT_NOFILE, (most, hard))


def _follow_parent(parent: int) -> None:
    """A worker whose parent was killed would hold the door shut for the next house."""
    while os.getppid() == parent:
        time.sleep(1)
    os.kill(os.getpid(), signal.SIGTERM)


def worker(arguments: list[str]) -> None:
    """One of several processes: the door is an open file that its parent hands down."""
    number, certfile, keyfile = arguments
    threading.Thread(target=_follow_parent, args=[os.getppid()], name="parent", daemon=True).start()
    run(socket.socket(fileno=int(number)), certfile=certfile, keyfile=keyfile)
