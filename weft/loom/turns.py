"""Turns: who gets one of the few threads next.

A few threads answer all pages. Without turns, fifty requests of one member would stand in front of everybody else's. So
each account has a line of its own, and the lines take turns: one account is in one thread at a time, and whoever has
used much of the machine lately waits until they have time again. Strangers, and streams that open, stand aside: they
go after members, and never have all of the threads.

All of it lies in memory, under a key that dies with the process. A cookie is known to be somebody's once a page was
answered for them. Each process has its own threads, so each has its own turns.
"""

import asyncio
import secrets
from collections import OrderedDict, deque
from collections.abc import Awaitable, Callable
from hashlib import blake2b
from time import monotonic
from typing import Any

from django.conf import settings

Receive = Callable[[], Awaitable[dict[str, Any]]]
Place = asyncio.Future[None]

_SECRET = secrets.token_bytes(32)
KEEP = 20_000  # accounts and cookies; what nobody has used for longest is forgotten


class Account:
    """One member or one stranger: the time they have left, and those of their requests that wait."""

    def __init__(self, *, aside: bool = False, paced: bool = True) -> None:
        self.aside, self.paced = aside, paced
        self.left, self.then = Turns.burst, monotonic()
        self.in_work = 0
        self.line: deque[tuple[Place, float]] = deque()  # who waits, and since when

    @property
    def is_heavy(self) -> bool:
        return self.left < Turns.burst / 2

    def wait(self, now: float) -> float:
        """Seconds until there is time left. None is left once much was used; then it comes back slowly."""
        self.left, self.then = min(Turns.burst, self.left + (now - self.then) * Turns.share), now
        return max(0.0, -self.left / Turns.share) if self.paced else 0.0

    def use(self, seconds: float) -> None:
        """One page that takes long does not bar the next one for long."""
        if seconds:
            self.left = max(-Turns.debt, self.left - max(seconds, Turns.least))


class Turn:
    """One request's time in a thread: begun and ended there (`with turn:`), and over in the loop."""

    def __init__(self, turns: "Turns", account: Account, cookie: bytes) -> None:
        self.turns, self.account, self.cookie = turns, account, cookie
        self.used = 0.0
        self.answered = self.is_over = False
        self.person: int | None = None  # whom the page was for

    def __enter__(self) -> None:
        """What counts is for how long a thread is taken, however busy the machine is with others."""
        self.began = monotonic()

    def __exit__(self, *_error: object) -> None:
        self.used = max(monotonic() - self.began, 1e-6)

    def over(self) -> None:
        if not self.is_over:
            self.is_over = True
            self.turns.over(self)


class Turns:
    """The threads, and who waits for them. Made and used in one event loop."""

    burst = 3.0  # seconds of a thread that an account may use at once,
    share = 0.02  # and how much of one it may use for as long as it likes
    least = 0.002  # what a turn counts for at least
    debt = 0.1  # the most that one turn takes from the time to come
    beside = 0.5  # seconds for which whoever is heavy, or stands aside, lets others go first
    in_line = 200  # requests of one account that may wait; more are sent away
    in_all = 5_000  # requests that may wait in all
    patience = 20.0  # seconds after which whoever waits is asked to come back

    def __init__(self, threads: int) -> None:
        self.threads, self.threads_aside = threads, max(1, threads - 1)
        self.in_work = self.in_work_aside = self.in_lines = 0
        self.accounts: OrderedDict[bytes, Account] = OrderedDict()
        self.cookies: OrderedDict[bytes, bytes] = OrderedDict()  # whose a cookie is
        self.members: OrderedDict[Account, None] = OrderedDict()  # accounts with a line, in the order of their turns
        self.others: OrderedDict[Account, None] = OrderedDict()
        self._alarm: asyncio.TimerHandle | None = None

    def whose(self, scope: dict[str, Any]) -> tuple[Account, bytes]:
        """The account that a request counts for, and its cookie's mark. A cookie that nobody knows is a stranger's."""
        cookie = _cookie(scope)
        mark = _mark(b"cookie", cookie) if cookie else b""
        if person := self.cookies.get(mark):
            self.cookies.move_to_end(mark)
            return self._account(person), mark
        address = _address(scope)
        return self._account(_mark(b"address", address), aside=True, paced=bool(address)), mark

    def of_persona(self, persona: int) -> Account:
        """The account of a stream that opens: it says for which persona."""
        return self._account(_mark(b"persona", str(persona).encode()), aside=True)

    def _account(self, mark: bytes, **kind: bool) -> Account:
        if (found := self.accounts.get(mark)) is None:
            found = self.accounts[mark] = Account(**kind)
            while len(self.accounts) > KEEP and not (oldest := next(iter(self.accounts.values()))).in_work:
                if oldest.line:
                    break
                self.accounts.popitem(last=False)
        self.accounts.move_to_end(mark)
        return found

    async def take(self, account: Account, cookie: bytes = b"", receive: Receive | None = None) -> Turn | None:
        """A turn, when it comes; nothing for whoever asks for too many, waits too long, or goes away meanwhile."""
        turn = Turn(self, account, cookie)
        if not self.members and not self.others and self._may_begin(account, monotonic()) == 0:
            self._begin(account)
            return turn
        if len(account.line) >= self.in_line or self.in_lines >= self.in_all:
            return None
        place: Place = asyncio.get_running_loop().create_future()
        account.line.append((place, monotonic()))
        (self.others if account.aside else self.members)[account] = None
        self.in_lines += 1
        self._next()
        gone = [asyncio.ensure_future(_gone(receive))] if receive else []
        try:
            await asyncio.wait([place, *gone], timeout=self.patience, return_when=asyncio.FIRST_COMPLETED)
        except asyncio.CancelledError:
            if place.done():
                turn.over()
            raise
        finally:
            self.in_lines -= 1
            for task in gone:
                task.cancel()
            place.cancel()
        return None if place.cancelled() else turn

    def _may_begin(self, account: Account, now: float, waited: float = 0.0) -> float | None:
        """Seconds until this account may begin; nothing if somebody must finish first."""
        most = self.threads_aside if account.aside else 1
        if self.in_work >= self.threads or account.in_work >= most:
            return None
        if account.aside and self.in_work_aside >= self.threads_aside:
            return None
        seconds = account.wait(now)
        if not seconds and account.paced and account.is_heavy and self.in_work and waited < self.beside:
            return self.beside - waited
        return seconds

    def _next(self) -> None:
        """Let in whoever may begin now, and come back when the next one may."""
        if self._alarm:
            self._alarm.cancel()
            self._alarm = None
        now, soonest = monotonic(), [60.0]
        first = next(iter(self.others), None)
        if first and first.line and now - first.line[0][1] > self.beside:  # even whoever stands aside has a turn
            soonest += self._let_in([first], self.others, now)
        soonest += self._let_in(list(self.members), self.members, now)
        soonest += self._let_in(list(self.others), self.others, now)
        if self.in_lines:
            self._alarm = asyncio.get_running_loop().call_later(min(soonest), self._next)

    def _let_in(self, accounts: list[Account], waiting: "OrderedDict[Account, None]", now: float) -> list[float]:
        """One of each account that may begin; for the others, in how many seconds they may."""
        soonest = []
        for account in accounts:
            if self.in_work >= self.threads or (account.aside and self.in_work_aside >= self.threads_aside):
                break
            while account.line and account.line[0][0].done():
                account.line.popleft()  # they have gone
            if account.line:
                seconds = self._may_begin(account, now, now - account.line[0][1])
                if seconds:
                    soonest.append(seconds)
                if seconds != 0:
                    continue
                self._begin(account)
                account.line.popleft()[0].set_result(None)
                waiting.move_to_end(account)
            if not account.line:
                del waiting[account]
        return soonest

    def _begin(self, account: Account) -> None:
        self.in_work += 1
        account.in_work += 1
        self.in_work_aside += account.aside

    def over(self, turn: Turn) -> None:
        """Somebody is done: their time is counted, and the next one begins."""
        account = turn.account
        self.in_work -= 1
        account.in_work -= 1
        self.in_work_aside -= account.aside
        account.use(turn.used)
        if turn.answered and turn.cookie:
            self._remember(turn.cookie, turn.person)
        self._next()

    def _remember(self, cookie: bytes, person: int | None) -> None:
        """Now it is known whose cookie this is, or that it is nobody's any more."""
        if person is None:
            self.cookies.pop(cookie, None)
            return
        self.cookies[cookie] = _mark(b"person", str(person).encode())
        if len(self.cookies) > KEEP:
            self.cookies.popitem(last=False)


def _mark(kind: bytes, value: bytes) -> bytes:
    return blake2b(value, digest_size=16, key=_SECRET, person=kind).digest()


def _cookie(scope: dict[str, Any]) -> bytes:
    """What the session's cookie says, if there is one."""
    name = settings.SESSION_COOKIE_NAME.encode() + b"="
    for header, value in scope["headers"]:
        if header == b"cookie":
            for part in value.split(b";"):
                if part.strip().startswith(name):
                    return bytes(part.strip()[len(name) :])
    return b""


def _address(scope: dict[str, Any]) -> bytes:
    """From where a stranger asks, to tell one from another, or nothing. It is kept nowhere, and no page learns it."""
    if settings.BEHIND_PROXY:
        said = [value for name, value in scope["headers"] if name == b"x-forwarded-for"]
        return bytes(said[-1].rsplit(b",", 1)[-1].strip()) if said else b""
    host = (scope.get("client") or ("",))[0]
    return b"" if host in ("", "127.0.0.1", "::1") else str(host).encode()


async def _gone(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
