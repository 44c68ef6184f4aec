"""When somebody who is new is said a word: as they come, and after two days, a week and a month.

Plain rules over days, without a database. Nothing is ever late: a word that nobody wrote in its days is passed over,
and nobody hears of that.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any


@dataclass(frozen=True)
class Step:
    """A word to somebody who is new: from which day on, until before which, and how long only their greeter sees it."""

    day: int
    until: int
    alone: int = 0


STEPS = (Step(0, 7), Step(2, 6, alone=1), Step(7, 12, alone=2), Step(30, 38, alone=3))
DAYS = tuple(step.day for step in STEPS)
FOLLOWING = DAYS[1:]
APART = 2  # days between two words, so that a late greeting is not followed at once
GONE = max(step.until for step in STEPS)


@dataclass
class Guest:
    """One who came lately: on which day, what they were told on which day of theirs, by whom last, and what they
    wrote back that has not been read."""

    since: date
    told: dict[int, int] = field(default_factory=dict)  # which word, on which day after they came
    by: int = 0
    quiet: bool = False  # “no more of these”
    answers: dict[int, int] = field(default_factory=dict)  # a greeting, and whose it was

    def due(self, today: date) -> Step | None:
        """The word that is to be said to them now. Before the next one, what they wrote back is read."""
        day = (today - self.since).days
        if self.quiet or self.answers or (self.told and day - max(self.told.values()) < APART):
            return None
        for step in reversed(STEPS):
            follows = step.day != DAYS[1] or self.told  # whoever was not greeted is greeted first
            if step.day <= day < step.until and follows and all(said < step.day for said in self.told):
                return step
        return None

    def is_for_all(self, today: date) -> bool:
        """Whether everybody who guides sees it, and not only the one who greeted: they may be away."""
        step = self.due(today)
        return step is not None and (not self.by or (today - self.since).days >= step.day + step.alone)

    def is_over(self, today: date) -> bool:
        """Whether nothing is to be said to them any more, and nothing of theirs to be read."""
        return not self.answers and ((today - self.since).days >= GONE or DAYS[-1] in self.told)

    def packed(self) -> list[Any]:
        return [self.since.toordinal(), self.told, self.by, int(self.quiet), self.answers]

    @classmethod
    def unpacked(cls, said: list[Any]) -> "Guest":
        since, told, by, quiet, answers = said
        return cls(date.fromordinal(since), _ints(told), by, bool(quiet), _ints(answers))


def _ints(said: Mapping[str, int]) -> dict[int, int]:
    return {int(key): value for key, value in said.items()}
