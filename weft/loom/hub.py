"""The live hub: open pages listen to a subject, and a hint goes to each of them when something there is new.

A small ASGI application with no Django in the path. A hint is an event's name and a number, never words: the page asks
for the words over HTTP, where everything is checked again. A hint that waits is replaced by a newer one of its name, so
that nobody's queue grows; whoever does not take a line for half a minute is cut off.
"""

import asyncio
import random
from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

from weft.loom import plain

Key = TypeVar("Key", str, int)
Receive = Callable[[], Awaitable[dict[str, Any]]]
Send = Callable[[dict[str, Any]], Awaitable[None]]

PATH = "/stream/"
HEADERS = [
    (b"content-type", b"text/event-stream"),
    (b"cache-control", b"no-store"),
    (b"x-accel-buffering", b"no"),  # nginx would hold the lines back
]
BEAT = b"event: beat\ndata: 1\n\n"
# The page decides when it comes back, with a fresh token; the browser by itself would come at once, with the stale one.
HELLO = b"retry: 86400000\n" + BEAT


class Listener:
    """One open page."""

    def __init__(self, subject: str, persona: int, send: Send, ends: float) -> None:
        self.subject, self.persona, self.ends = subject, persona, ends
        self.hints: dict[str, bytes] = {}
        self.wake = asyncio.Event()
        self.away = False
        self.spoken = self.speaking = 0.0  # when the last line left; since when one is on its way
        self._send = send
        self._time = asyncio.get_running_loop().time

    async def say(self, message: dict[str, Any]) -> None:
        self.spoken = self.speaking = self._time()
        await self._send(message)
        self.speaking = 0.0

    def take(self) -> bytes:
        """The hints that wait, as lines; a sign of life if there are none."""
        self.wake.clear()
        lines = b"".join(self.hints.values()) or BEAT
        self.hints.clear()
        return lines

    def leave(self) -> None:
        self.away = True
        self.wake.set()

    def cut(self) -> None:
        """Cut the line. ASGI has no word for it; a polite end would wait for the very client that takes nothing."""
        transport = getattr(getattr(self._send, "__self__", None), "transport", None)
        if transport is not None:
            transport.abort()


class Hub:
    """Who listens to what, in this process. Made and served in one event loop; `publish` may come from any thread."""

    beat = 15.0  # seconds between two signs of life
    stay = 300.0  # seconds after which a stream ends, and its page must ask again whether it may listen
    patience = 30.0  # seconds in which a line must have left
    of_one = 12  # streams of one persona
    of_all = 10_000  # streams in this process

    def __init__(
        self, admit: Callable[[str], tuple[str, int] | None], may_hear: Callable[[str, int], Awaitable[bool | None]]
    ) -> None:
        self.admit, self.may_hear = admit, may_hear
        self.loop = asyncio.get_running_loop()
        self.listeners: dict[Listener, None] = {}
        self.subjects: dict[str, dict[Listener, None]] = {}
        self.personas: dict[int, dict[Listener, None]] = {}
        self.closed = False
        self._tick()

    # From any thread.

    def publish(self, subject: str, event: str, number: int) -> None:
        """Hint to everybody who listens to *subject*."""
        self._soon(self._publish, subject, event, f"data: {event} {number}\n\n".encode())

    def let_go(self, persona: int) -> None:
        """End this persona's streams; it is asked again before the next one opens."""
        self._soon(self._let_go, persona)

    def refresh(self) -> None:
        """Hints may have been lost on the way here: let every page ask."""
        self._soon(self._refresh)

    def _soon(self, act: Callable[..., None], *args: Any) -> None:
        if not self.closed and not self.loop.is_closed():
            self.loop.call_soon_threadsafe(act, *args)

    # In the loop.

    def _publish(self, subject: str, event: str, line: bytes) -> None:
        for listener in self.subjects.get(subject, ()):
            listener.hints[event] = line
            listener.wake.set()

    def _let_go(self, persona: int) -> None:
        for listener in self.personas.get(persona, ()):
            listener.leave()

    def _refresh(self) -> None:
        for subject in self.subjects:
            self._publish(subject, "again", b"data: again 0\n\n")

    def close(self) -> None:
        """End every stream: the house is about to stop."""
        self.closed = True
        self._ticking.cancel()
        for listener in self.listeners:
            listener.leave()

    def _tick(self) -> None:
        """Every second, one look at everybody: timers of their own would cost half of all deliveries."""
        now = self.loop.time()
        for listener in self.listeners:
            if listener.speaking and now - listener.speaking > self.patience:
                listener.cut()
            elif now > listener.ends:
                listener.leave()
            elif now - listener.spoken > self.beat:
                listener.wake.set()
        self._ticking = self.loop.call_later(min(1.0, self.beat), self._tick)

    async def __call__(self, scope: dict[str, Any], receive: Receive, send: Send) -> None:
        allowed = self.admit(scope["path"].removeprefix(PATH)) if scope["method"] == "GET" else None
        may = await self.may_hear(*allowed) if allowed else False
        if not allowed or may is False:
            return await _refuse(send, 404)
        if may is None or self.closed or len(self.listeners) >= self.of_all:
            return await _refuse(send, 503)
        ends = self.loop.time() + self.stay * random.uniform(0.8, 1)  # noqa: S311  # not all at the same moment
        listener = Listener(*allowed, send, ends)
        self._enter(listener)
        gone = asyncio.create_task(_gone(receive))
        gone.add_done_callback(lambda _: listener.leave())
        try:
            await listener.say({"type": "http.response.start", "status": 200, "headers": [*HEADERS, *plain.safe()]})
            await listener.say({"type": "http.response.body", "body": HELLO, "more_body": True})
            while not listener.away:
                await listener.wake.wait()
                if not listener.away:
                    await listener.say({"type": "http.response.body", "body": listener.take(), "more_body": True})
            if not gone.done():
                await listener.say({"type": "http.response.body", "body": b""})
        finally:
            gone.cancel()
            self._forget(listener)
        return None

    def _enter(self, listener: Listener) -> None:
        mine = self.personas.setdefault(listener.persona, {})
        if len(mine) >= self.of_one:
            next(iter(mine)).leave()
        self.listeners[listener] = mine[listener] = None
        self.subjects.setdefault(listener.subject, {})[listener] = None

    def _forget(self, listener: Listener) -> None:
        del self.listeners[listener]
        _take_out(self.subjects, listener.subject, listener)
        _take_out(self.personas, listener.persona, listener)


def _take_out(table: dict[Key, dict[Listener, None]], key: Key, listener: Listener) -> None:
    del table[key][listener]
    if not table[key]:
        del table[key]


async def _gone(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


async def _refuse(send: Send, status: int) -> None:
    headers = [(b"content-length", b"0"), (b"cache-control", b"no-store"), *plain.safe()]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": b""})
