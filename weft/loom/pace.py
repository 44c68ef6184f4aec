"""Pace: how much one person reads. Nobody who reads for themself ever meets it; whoever carries a house away does.

Counted are *different* things, page by page: the same story read ten times is one. First somebody reads freely; then
slowly, with a page that asks for a moment's patience; and whoever goes on, also by trying, is stopped for a while.
Kept in memory only, under a key that dies with the process, so what was read is written nowhere. Each process counts
for itself.
"""

import secrets
import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse

from weft.loom import errors, keys
from weft.loom.caps import Cap

_SECRET = secrets.token_bytes(32)
PAGES = Cap(at_once=900, every=1)  # of any kind, for each person


class Wait(Exception):
    """Somebody reads faster than people do; they may go on after so many seconds."""

    def __init__(self, seconds: float) -> None:
        self.seconds = max(1, int(seconds + 0.999))


class Pace:
    """How many different things each of many has read lately."""

    free = 200  # different things that may be read as fast as one likes,
    most = 400  # and at which somebody is stopped
    forgets = 300.0  # seconds in which one of them counts no more
    between = 10.0  # seconds between two things, for whoever has read a lot
    stopped = 3600.0  # seconds for which somebody is stopped
    keep = 5_000  # people

    def __init__(self) -> None:
        self._all: OrderedDict[bytes, _Reader] = OrderedDict()
        self._lock = threading.Lock()

    def read(self, who: object, *thing: object) -> tuple[float, bool]:
        """Seconds to wait before this thing may be read, and whether somebody was stopped in this very moment."""
        tag, now = keys.tag(_SECRET, "who", who), time.monotonic()
        with self._lock:
            reader = self._all.pop(tag, None) or _Reader(now)
            self._all[tag] = reader
            if len(self._all) > self.keep:
                self._all.popitem(last=False)
            return reader.read(self, keys.tag(_SECRET, "thing", *thing)[:8], now)

    def forget(self) -> None:
        """Forget everything: for tests."""
        with self._lock:
            self._all.clear()


class _Reader:
    """One of them."""

    def __init__(self, now: float) -> None:
        self.level, self.then, self.next_at, self.until = 0.0, now, now, 0.0
        self.seen: OrderedDict[bytes, None] = OrderedDict()

    def read(self, pace: Pace, thing: bytes, now: float) -> tuple[float, bool]:
        self.level, self.then = max(0.0, self.level - (now - self.then) / pace.forgets), now
        if now < self.until:
            return self.until - now, False
        if thing in self.seen:
            self.seen.move_to_end(thing)
            return 0.0, False
        self.level += 1  # what is only tried counts too
        if self.level > pace.most:
            self.until, self.level = now + pace.stopped, float(pace.free)
            return pace.stopped, True
        if self.level > pace.free and now < self.next_at:
            return self.next_at - now, False
        self.next_at = now + pace.between
        self.seen[thing] = None
        if len(self.seen) > pace.most:
            self.seen.popitem(last=False)
        return 0.0, False


class PaceMiddleware:
    """So many pages for each person; and the calm page for whoever must wait."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: Any, view: Any, *given: Any) -> HttpResponse | None:
        if request.person is None or getattr(view, "at_any_pace", False) or PAGES.take(request.person.pk):
            return None
        return errors.wait(request, 60)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        return errors.wait(request, error.seconds) if isinstance(error, Wait) else None


def at_any_pace(view: Any) -> Any:
    """Marks a view that is open to everybody at every moment: help, and the way out."""
    view.at_any_pace = True
    return view
