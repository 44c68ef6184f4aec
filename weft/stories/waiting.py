"""How a story waits for an answer: its promise, the order of those that wait, and who is asked to read one.

Plain rules over times and numbers, without a database. The house follows them, and `bench/replay.py` tries them out:
the same functions, so that what the trial says is true of the house. No text is read here. What counts is how much of a
promise is used up, which topics the teller named, and who was asked least lately (R33).
"""

from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

AIM = 2  # people who answer: one answer alone can feel like less than none
ASK = 0.1  # of the promise is used up: two who have been there are asked
ASK_LASTS = 0.2  # of the promise: then the question passes on
TELL = 0.75  # whoever is on duty is told
TELL_ALL = 0.9  # everybody who guides the circle is told
SECOND = 0.5  # whoever has one answer waits a little before somebody is asked for a second
LATER = 2.0  # promises: after that, nobody is asked for a second one any more
DAY = timedelta(days=1)


@dataclass(frozen=True)
class Wait:
    """One story that waits: since when, until when the circle said that somebody answers, and how many have."""

    since: datetime
    until: datetime
    hearers: int = 0

    def used(self, now: datetime) -> float:
        """How much of the promise is used up: 0 at the beginning, 1 at its end, and more when it was not kept."""
        return (now - self.since) / max(self.until - self.since, timedelta(minutes=1))

    def is_over(self, now: datetime) -> bool:
        """Whether the promise was not kept."""
        return self.hearers == 0 and now >= self.until

    def at(self, share: float) -> datetime:
        """The moment at which this share of the promise is used up."""
        return self.since + (self.until - self.since) * share

    def asks_wanted(self, now: datetime) -> int:
        """To how many people the question should lie open now."""
        used = self.used(now)
        if used < ASK or (self.hearers and not SECOND <= used <= LATER):
            return 0
        return max(0, AIM - self.hearers)

    def looks(self) -> list[datetime]:
        """When something is to be done for it, if nobody has answered by then."""
        return [self.at(ASK), self.at(TELL), self.at(TELL_ALL), self.until]


@dataclass(frozen=True)
class Helper:
    """Somebody who said that they have been there and may be asked: never more often than their own limit a day."""

    key: Hashable
    fits: bool  # they named a topic that the story names
    limit: int
    asked: Sequence[datetime] = ()  # lately
    rests: bool = False

    def is_free(self, now: datetime) -> bool:
        return not self.rests and sum(now - at < DAY for at in self.asked) < self.limit


def most_pressing(wait: Wait, now: datetime) -> tuple[bool, float]:
    """How a queue is sorted: those nobody has answered first, and of these the one whose promise is most used up."""
    return wait.hearers > 0, -wait.used(now)


def lasts(wait: Wait) -> timedelta:
    """How long a question stays open before it passes on: an hour at least, so that somebody can see it at all."""
    return max(timedelta(hours=1), (wait.until - wait.since) * ASK_LASTS)


def whom_to_ask(wait: Wait, helpers: Iterable[Helper], now: datetime, *, asked_now: int) -> list[Hashable]:
    """Whom to ask now, when *asked_now* people have the question open: who fits before who does not, and of these
    whoever was asked longest ago. Where it is all the same, the order in which they are given decides."""
    free = [helper for helper in helpers if helper.is_free(now)]
    free.sort(key=lambda helper: (not helper.fits, max(helper.asked).timestamp() if helper.asked else 0.0))
    return [helper.key for helper in free[: max(0, wait.asks_wanted(now) - asked_now)]]


def on_duty(guides: Sequence[Hashable], wait: Wait, now: datetime, *, turn: int) -> list[Hashable]:
    """Whom of those on duty to tell that a promise runs out: one of them in turn, and near its end all of them."""
    if wait.hearers or wait.used(now) < TELL or not guides:
        return []
    return list(guides) if wait.used(now) >= TELL_ALL else [guides[turn % len(guides)]]
