"""A time zone as calendars are told it (VTIMEZONE), from the house's own zone data.

Readers differ in what they understand. All of them read a yearly rule; ical.js, which Thunderbird and Nextcloud use,
reads only the first day of a list of days. So a zone is written with the yearly rule that stands at the end of its
data; where that rule does not give the very changes that the data gives (Casablanca follows the moon, Cairo changes
at the 24th hour), each change is written as a part of its own.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from importlib import resources
from zoneinfo import ZoneInfo

BEFORE = timedelta(days=400)  # a reader needs the change before the first meeting
YEARS = 12  # so far ahead each change is compared, and written one by one where there is no rule
WEEKDAYS = ("SU", "MO", "TU", "WE", "TH", "FR", "SA")
CHANGE = re.compile(r"M(\d+)\.(\d)\.(\d)(?:/(\d+)(?::(\d+))?(?::(\d+))?)?$")
HOURS = 24
AT = 2  # the hour of a change, where the rule does not say it


@dataclass(frozen=True)
class Change:
    """The clock is put forward or back."""

    at: datetime  # in UTC
    before: timedelta  # how far the clock was from UTC,
    after: timedelta  # and how far it is from then on
    name: str

    @property
    def wall(self) -> datetime:
        """What the clock showed in that moment."""
        return self.at.replace(tzinfo=None) + self.before

    @property
    def is_forward(self) -> bool:
        return self.after > self.before


def lines(name: str, since: datetime) -> list[str]:
    """The lines that tell a zone to a calendar, for meetings from *since* on."""
    return list(_lines(name, since.astimezone(UTC).year))


@lru_cache(maxsize=256)
def _lines(name: str, year: int) -> tuple[str, ...]:
    start = datetime(year, 1, 1, tzinfo=UTC)
    found = list(changes(name, start - BEFORE, start.replace(year=year + YEARS)))
    parts: list[str] = []
    rules = _rules(name, found)
    for change in _firsts(found) if rules else found:
        parts += _part(change, rules.get(change.is_forward, ""))
    if not found:
        zone = ZoneInfo(name)
        still = start.astimezone(zone)
        offset = still.utcoffset() or timedelta()
        parts += _part(Change(datetime(1970, 1, 1, tzinfo=UTC) - offset, offset, offset, still.tzname() or name), "")
    return ("BEGIN:VTIMEZONE", f"TZID:{name}", *parts, "END:VTIMEZONE")


def changes(name: str, since: datetime, until: datetime) -> Iterator[Change]:
    """Every change of the clock between two moments, as the zone's data has it."""
    zone, day = ZoneInfo(name), timedelta(days=1)
    low = since
    while low < until:
        high = low + day
        if _offset(zone, low) != _offset(zone, high):
            at = _found(zone, low, high)
            said = at.astimezone(zone)
            yield Change(at, _offset(zone, low), _offset(zone, at), said.tzname() or name)
        low = high


def _offset(zone: ZoneInfo, at: datetime) -> timedelta:
    return at.astimezone(zone).utcoffset() or timedelta()


def _found(zone: ZoneInfo, low: datetime, high: datetime) -> datetime:
    """The first moment after *low* at which the clock is where it is at *high*."""
    before = _offset(zone, low)
    while high - low > timedelta(seconds=1):
        middle = low + timedelta(seconds=int((high - low).total_seconds()) // 2)
        low, high = (middle, high) if _offset(zone, middle) == before else (low, middle)
    return high


def _firsts(found: list[Change]) -> list[Change]:
    """The first change forward, and the first back."""
    return [next(change for change in found if change.is_forward is forward) for forward in (False, True)]


def _rules(name: str, found: list[Change]) -> dict[bool, str]:
    """The yearly rule of the change forward and of the change back; none where one of the changes is another."""
    said = footer(name).split(",")[1:]
    rules: dict[bool, str] = {}
    for rule in said:
        match = CHANGE.match(rule)
        if match is None or int(match[4] or AT) >= HOURS:
            return {}
        month, week, weekday = int(match[1]), int(match[2]), int(match[3])
        hour, minute, second = int(match[4] or AT), int(match[5] or 0), int(match[6] or 0)
        these = [change for change in found if change.wall.month == month]
        if not these or any(
            (change.wall.hour, change.wall.minute, change.wall.second) != (hour, minute, second)
            or change.wall.isoweekday() % 7 != weekday
            or _week(change.wall, week) != week
            or change.is_forward is not these[0].is_forward
            for change in these
        ):
            return {}
        nth = -1 if week == 5 else week
        rules[these[0].is_forward] = f"RRULE:FREQ=YEARLY;BYMONTH={month};BYDAY={nth}{WEEKDAYS[weekday]}"
    return rules if len(rules) == 2 and len(found) >= 2 * YEARS else {}


def _week(day: datetime, meant: int) -> int:
    """Which of its month this weekday is; 5 is the last."""
    if meant == 5:
        return 5 if (day + timedelta(days=7)).month != day.month else 0
    return (day.day - 1) // 7 + 1


@lru_cache(maxsize=1024)
def footer(name: str) -> str:
    """The last line of a zone's data: the rule that holds from its last change on, as POSIX writes it."""
    *folders, file = name.split("/")
    data = resources.files("tzdata").joinpath("zoneinfo", *folders, file).read_bytes()
    return data.rstrip(b"\n").rpartition(b"\n")[2].decode("ascii", "replace")


def _part(change: Change, rule: str) -> Iterator[str]:
    kind = "DAYLIGHT" if change.is_forward else "STANDARD"
    yield f"BEGIN:{kind}"
    yield f"DTSTART:{change.wall:%Y%m%dT%H%M%S}"
    yield f"TZOFFSETFROM:{_said(change.before)}"
    yield f"TZOFFSETTO:{_said(change.after)}"
    if rule:
        yield rule
    yield f"TZNAME:{change.name}"
    yield f"END:{kind}"


def _said(offset: timedelta) -> str:
    """How far a clock is from UTC: +0530."""
    seconds = int(offset.total_seconds())
    sign, seconds = ("-" if seconds < 0 else "+"), abs(seconds)
    tail = f"{seconds % 60:02}" if seconds % 60 else ""
    return f"{sign}{seconds // 3600:02}{seconds // 60 % 60:02}{tail}"
