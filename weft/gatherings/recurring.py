"""When a meeting comes again. Pure: from a rule and the clock of a place to days, and from days to moments.

    rhythm = Rhythm(starts_on, step="months", every=1, which=2)        the second Tuesday of every month
    days(starts_on, rhythm.rule, since, until, left_out=holidays)      the days of the rule, without the holidays
    moment(day, clock, "Europe/London")                                the moment in UTC at which it begins

A rule is an RRULE of RFC 5545 in wall time, so that seven o'clock stays seven o'clock when summer time begins. Two
hours of a year need a word. An hour that the clock leaps over moves on by as much as the clock leaps: half past two in
the night of the leap is half past three. An hour that the clock shows twice is meant the first time.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from datetime import time as clock_time
from typing import Self
from zoneinfo import ZoneInfo

from dateutil.rrule import rrulestr

WEEKDAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
STEPS = {"weeks": "WEEKLY", "months": "MONTHLY"}
LAST = -1
_RULE = re.compile(r"FREQ=(DAILY|WEEKLY|MONTHLY)(;((INTERVAL|COUNT)=[1-9][0-9]{0,3}|(BYDAY|UNTIL|WKST)=[A-Z0-9,-]+))*")


def moment(day: date, at: clock_time, zone: str) -> datetime:
    """The moment in UTC at which the clock in this zone shows this day and hour."""
    here = datetime.combine(day, at.replace(fold=0, tzinfo=None), tzinfo=ZoneInfo(zone))
    return here.astimezone(UTC)  # in a gap the old offset holds, which moves it on; in a fold the first is meant


def days(starts_on: date, rule: str, since: date, until: date, *, left_out: Iterable[date] = ()) -> list[date]:
    """The days of a rule from *since* to *until*, both of them too. An empty rule: the first day alone."""
    out = set(left_out)
    return [day for day in _days(starts_on, rule, since, until) if day not in out]


def next_day(starts_on: date, rule: str, since: date, *, left_out: Iterable[date] = ()) -> date | None:
    """The first day of a rule on or after *since*, within ten years."""
    found = _days(starts_on, rule, since, since + timedelta(days=3660))
    out = set(left_out)
    return next((day for day in found if day not in out), None)


def last_day(starts_on: date, rule: str) -> date | None:
    """The last day of a rule that ends by itself; None for one that goes on."""
    if not rule:
        return starts_on
    if "COUNT=" not in rule and "UNTIL=" not in rule:
        return None
    return max(_days(starts_on, rule, starts_on, date.max), default=starts_on)


def _days(starts_on: date, rule: str, since: date, until: date) -> Iterator[date]:
    if not rule:
        yield from [starts_on] if since <= starts_on <= until else []
        return
    for at in rrulestr(checked(rule), dtstart=datetime.combine(starts_on, clock_time())):
        if at.date() > until:
            return
        if at.date() >= since:
            yield at.date()


def checked(rule: str) -> str:
    """The rule, if it is one that a meeting may have. No rule of ours makes more than one meeting of a day."""
    if not _RULE.fullmatch(rule):
        raise ValueError("not the rule of a meeting")
    return rule


@dataclass(frozen=True)
class Rhythm:
    """How a meeting comes again, in the few ways that a form offers: once, every few weeks, every few months."""

    starts_on: date
    step: str = "once"  # once, weeks, months
    every: int = 1
    which: int = 0  # of a month: its first to fourth such weekday, or the last
    times: int | None = None  # how many meetings there are; None: it goes on

    @property
    def rule(self) -> str:
        """As an RRULE. The weekday is that of the first day."""
        if self.step == "once":
            return ""
        weekday = WEEKDAYS[self.starts_on.weekday()]
        parts = [f"FREQ={STEPS[self.step]}"]
        parts += [f"INTERVAL={self.every}"] if self.every > 1 else []
        parts += [f"BYDAY={self.which or ''}{weekday}"]
        parts += [f"COUNT={self.times}"] if self.times else []
        return ";".join(parts)

    @classmethod
    def of(cls, rule: str, starts_on: date) -> Self:
        """Read a rule. Raises ValueError for one that is none of these ways (it came from elsewhere)."""
        if not rule:
            return cls(starts_on)
        said = dict(part.split("=") for part in checked(rule).split(";"))
        step = next((step for step, word in STEPS.items() if word == said["FREQ"]), "")
        day = re.fullmatch(r"(-1|[1-4])?([A-Z]{2})", said.get("BYDAY", WEEKDAYS[starts_on.weekday()]))
        known = step and day and day[2] == WEEKDAYS[starts_on.weekday()] and (step == "months") == bool(day[1])
        if not known or not day or said.keys() - {"FREQ", "INTERVAL", "BYDAY", "COUNT"}:
            raise ValueError("not a rule that the form offers")
        times = int(said["COUNT"]) if "COUNT" in said else None
        return cls(starts_on, step, int(said.get("INTERVAL", 1)), int(day[1] or 0), times)


def which_of_month(day: date) -> int:
    """Whether a day is the first, second, third or fourth such weekday of its month, or the last (a fifth one)."""
    which = (day.day - 1) // 7 + 1
    return which if which < 5 else LAST
