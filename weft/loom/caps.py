"""Caps: how often something may be tried. Kept in memory only, under a key that dies with the process: no name, no
address and no count ever reaches the disk. With several workers each one counts for itself."""

import secrets
import threading
import time
import weakref
from collections import OrderedDict
from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponse

from weft.loom import errors, keys

_SECRET = secrets.token_bytes(32)
_caps: "weakref.WeakSet[Cap]" = weakref.WeakSet()


class Cap:
    """So many tries at once, then one more every so many seconds. One bucket for each key."""

    def __init__(self, at_once: int, every: float, keep: int = 10_000) -> None:
        self.at_once, self.every, self.keep = at_once, every, keep
        self._buckets: OrderedDict[bytes, tuple[float, float]] = OrderedDict()
        self._lock = threading.Lock()
        _caps.add(self)

    def take(self, *key: object) -> bool:
        """Use one try up. False when none is left: then nothing is used, and time gives tries back."""
        tag, now = keys.tag(_SECRET, *key), time.monotonic()
        with self._lock:
            left, then = self._buckets.pop(tag, (float(self.at_once), now))
            left = min(float(self.at_once), left + (now - then) / self.every)
            enough = left >= 1
            self._buckets[tag] = (left - 1 if enough else left, now)
            if len(self._buckets) > self.keep:
                self._buckets.popitem(last=False)  # the one that nobody has touched for longest
        return enough

    def give_back(self, *key: object) -> None:
        """Forget the tries of this key."""
        with self._lock:
            self._buckets.pop(keys.tag(_SECRET, *key), None)

    def guards(self, view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
        """Decorates a view: each person may write here only so often. Reading is free."""

        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            who = request.user.pk or "nobody"
            if request.method not in ("GET", "HEAD") and not self.take(who):
                return errors.too_many(request)
            return view(request, *args, **kwargs)

        return guarded


def forget() -> None:
    """Forget all tries: for tests."""
    for cap in _caps:
        with cap._lock:
            cap._buckets.clear()
