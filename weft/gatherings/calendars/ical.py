"""A calendar as RFC 5545 writes it. A few lines of our own: a package would bring its own idea of time zones, which
some readers get wrong by an hour (`zones.py`), and all else that we need is to escape, to fold and to end a line."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from weft.gatherings.calendars import zones

MAKER = "-//Weft//Calendar//EN"
WIDTH = 75  # bytes in a line
REFRESH = "PT4H"  # how often a reader should look again


@dataclass(frozen=True)
class Event:
    """One meeting, or one that comes again by a *rule*. Its times know their zone by its name."""

    uid: str
    title: str
    starts: datetime
    minutes: int
    stamp: datetime
    sequence: int = 0
    status: str = "CONFIRMED"
    rule: str = ""
    left_out: tuple[datetime, ...] = ()
    instead_of: datetime | None = None  # the time that the rule gave to one that was moved
    place: str = ""
    url: str = ""
    said: str = ""

    @property
    def zone(self) -> str:
        return str(getattr(self.starts.tzinfo, "key", "UTC"))

    @property
    def times(self) -> Iterator[datetime]:
        """Every time of it that is written with a zone."""
        yield self.starts
        yield from self.left_out
        if self.instead_of:
            yield self.instead_of

    def lines(self) -> Iterator[str]:
        yield "BEGIN:VEVENT"
        yield f"UID:{self.uid}"
        yield f"DTSTAMP:{_utc(self.stamp)}"
        yield f"LAST-MODIFIED:{_utc(self.stamp)}"
        yield f"SEQUENCE:{self.sequence}"
        if self.instead_of:
            yield f"RECURRENCE-ID{_local(self.instead_of)}"
        yield f"DTSTART{_local(self.starts)}"
        yield f"DURATION:PT{self.minutes}M"
        if self.rule:
            yield f"RRULE:{until_in_utc(self.rule, self.starts)}"
        for day in self.left_out:
            yield f"EXDATE{_local(day)}"
        yield f"SUMMARY:{escaped(self.title)}"
        yield f"STATUS:{self.status}"
        yield "CLASS:PRIVATE"
        yield f"TRANSP:{'TRANSPARENT' if self.status == 'CANCELLED' else 'OPAQUE'}"
        for name, value in (("LOCATION", self.place), ("DESCRIPTION", self.said)):
            if value:
                yield f"{name}:{escaped(value)}"
        if self.url:
            yield f"URL:{self.url}"
        yield "END:VEVENT"


@dataclass(frozen=True)
class Calendar:
    """What a reader shows under one name, and looks at again every few hours."""

    name: str
    events: list[Event] = field(default_factory=list)

    def text(self) -> str:
        return "".join(folded(line) for line in self._lines())

    def _lines(self) -> Iterator[str]:
        yield "BEGIN:VCALENDAR"
        yield "VERSION:2.0"
        yield f"PRODID:{MAKER}"
        yield "CALSCALE:GREGORIAN"
        yield "METHOD:PUBLISH"
        yield f"NAME:{escaped(self.name)}"
        yield f"X-WR-CALNAME:{escaped(self.name)}"
        yield f"REFRESH-INTERVAL;VALUE=DURATION:{REFRESH}"
        yield f"X-PUBLISHED-TTL:{REFRESH}"
        for zone, since in sorted(_zones(self.events).items()):
            yield from zones.lines(zone, since)
        for event in self.events:
            yield from event.lines()
        yield "END:VCALENDAR"


def _zones(events: Iterable[Event]) -> dict[str, datetime]:
    """The zones that are named, each with the first time in it."""
    found: dict[str, datetime] = {}
    for event in events:
        for time in event.times:
            found[event.zone] = min(found.get(event.zone, time), time)
    found.pop("UTC", None)
    return found


def escaped(text: str) -> str:
    """Words as a value: without what would end it."""
    plain = "".join(letter for letter in text if letter == "\n" or letter >= " ")
    return plain.replace("\\", "\\\\").replace(";", "\\;").replace(",", "\\,").replace("\n", "\\n")


def folded(line: str) -> str:
    """A line with its end; a long one goes on behind a space. No letter is cut in two."""
    parts, part, room = [], "", WIDTH
    for letter in line:
        size = len(letter.encode())
        if size > room:
            parts.append(part)
            part, room = "", WIDTH - 1
        part, room = part + letter, room - size
    return "\r\n ".join([*parts, part]) + "\r\n"


def until_in_utc(rule: str, starts: datetime) -> str:
    """A rule whose end is a day or a time of the clock where it holds, as calendars want it: in UTC."""
    parts = dict(part.split("=", 1) for part in rule.split(";"))
    until = parts.get("UNTIL", "")
    if until and not until.endswith("Z"):
        last = datetime.strptime(until[:8], "%Y%m%d").replace(tzinfo=starts.tzinfo)
        if "T" in until:
            last = datetime.strptime(until[:15], "%Y%m%dT%H%M%S").replace(tzinfo=starts.tzinfo)
        else:
            last = last + timedelta(days=1) - timedelta(seconds=1)
        parts["UNTIL"] = _utc(last)
    return ";".join(f"{name}={value}" for name, value in parts.items())


def _utc(time: datetime) -> str:
    return f"{time.astimezone(UTC):%Y%m%dT%H%M%SZ}"


def _local(time: datetime) -> str:
    zone = getattr(time.tzinfo, "key", "UTC")
    return f":{_utc(time)}" if zone == "UTC" else f";TZID={zone}:{time:%Y%m%dT%H%M%S}"
