"""One meeting as a list from elsewhere says it, made plain. What does not fit is left out, with a word why."""

import re
from dataclasses import asdict, dataclass, field
from datetime import date, datetime, timedelta
from datetime import time as clock
from typing import Any

from weft.gatherings import recurring
from weft.gatherings.models import Series
from weft.gatherings.models.listing import Listing
from weft.loom import clocks, time

WEEKDAYS = ("SU", "MO", "TU", "WE", "TH", "FR", "SA")
SAID = ("name", "about", "zone", "starts_at", "minutes", "rule", "is_online", "place", "is_near", "near", "phone")
CODE = re.compile(r"[A-Z0-9][A-Z0-9-]{0,9}$")
USUAL = 60  # minutes, where no end is said


class Odd(ValueError):
    """A meeting that cannot be read: a key of the reason (`forms.odd`)."""


@dataclass(frozen=True)
class Meeting:
    """A meeting every week, on one day or several."""

    slug: str
    name: str
    days: list[int]  # Sunday is 0
    at: str  # HH:MM
    minutes: int
    zone: str
    about: str = ""
    place: str = ""
    near: str = ""
    is_online: bool = False
    types: list[str] = field(default_factory=list)

    @property
    def plain(self) -> dict[str, Any]:
        return asdict(self)

    @property
    def rule(self) -> str:
        return "FREQ=WEEKLY;BYDAY=" + ",".join(WEEKDAYS[day] for day in sorted(self.days))

    @property
    def series(self) -> dict[str, Any]:
        """As a series takes it, from today on."""
        today = time.today()
        first = next(today + timedelta(days=n) for n in range(7) if (today.isoweekday() + n) % 7 in self.days)
        return {
            "name": self.name, "about": self.about, "zone": self.zone, "starts_on": first,
            "starts_at": clock.fromisoformat(self.at), "minutes": self.minutes, "rule": self.rule, "door": "open",
            "is_online": self.is_online, "place": self.place, "near": self.near, "is_near": not self.place,
        }  # fmt: skip

    def differs(self, series: Series) -> list[str]:
        """In which ways the series here is another."""
        wanted = self.series
        usual = WEEKDAYS[series.starts_on.isoweekday() % 7]
        here = set(re.findall(r"[A-Z]{2}", series.rule.partition("BYDAY=")[2].partition(";")[0])) or {usual}
        found = [name for name in ("name", "about", "zone", "starts_at", "minutes", "is_online", "place", "near")
                 if (getattr(series, name) or "") != (wanted[name] or "")]  # fmt: skip
        found += ["rule"] if here != {WEEKDAYS[day] for day in self.days} or "WEEKLY" not in series.rule else []
        return found + (["types"] if sorted(Listing.of(series).types) != sorted(self.types) else [])

    @staticmethod
    def before(series: Series) -> dict[str, Any]:
        """What a series says now, to be put back."""
        said = {name: getattr(series, name) for name in (*SAID, "starts_on")}
        return said | {"starts_at": f"{series.starts_at:%H:%M}", "starts_on": series.starts_on.isoformat()}


def revived(said: dict[str, Any]) -> dict[str, Any]:
    """What was kept by `before`, as a series takes it: from its next day on."""
    day = max(date.fromisoformat(said["starts_on"]), time.today())
    first = recurring.next_day(date.fromisoformat(said["starts_on"]), said["rule"], day) or day
    return said | {"starts_at": clock.fromisoformat(said["starts_at"]), "starts_on": first}


def meeting(said: Any, zone: str) -> Meeting:
    """A meeting of Meeting Guide's JSON, BMLT's, or a table's line. Raises `Odd`."""
    if not isinstance(said, dict):
        raise Odd("no")
    name = words(said, "name", 60)
    if not name:
        raise Odd("name")
    at = hour(said.get("time"))
    if not at:
        raise Odd("hour")
    own = words(said, "timezone", 64) or zone
    if own not in clocks.known():
        raise Odd("zone")
    rough = words(said, "approximate", 5).lower() in ("yes", "true", "1")
    address = _address(said)
    online = bool(words(said, "conference_url", 400) or words(said, "conference_phone", 100))
    kinds = said.get("types", [])
    kinds = kinds if isinstance(kinds, list) else re.split(r"[,\s]+", str(kinds))
    return Meeting(
        slug=words(said, "slug", 64) or words(said, "id", 64) or name.lower()[:64],
        name=name,
        days=_days(said.get("day")),
        at=at,
        minutes=_minutes(at, hour(said.get("end_time"))),
        zone=own,
        about=words(said, "notes", 1200),
        place="" if rough else address[:400],
        near=(words(said, "region", 120) or address[:120]) if rough else words(said, "region", 120),
        is_online=online,
        types=sorted({str(kind).upper() for kind in kinds if CODE.match(str(kind).upper())})[:20],
    )


def words(said: dict[str, Any], name: str, most: int) -> str:
    """A field as plain words, no longer than fits."""
    value = said.get(name)
    if not isinstance(value, str | int | float) or isinstance(value, bool):
        return ""
    plain = "".join(letter for letter in str(value) if letter in "\n\t" or letter.isprintable())
    return plain.strip()[:most]


def hour(value: Any) -> str:
    """An hour in the ways in which people write it: 19:00, 7:00 pm, 7 pm. Nothing where it is none."""
    text = str(value or "").strip().lower().replace(".", "")
    for way in ("%H:%M", "%H:%M:%S", "%I:%M %p", "%I:%M%p", "%I %p", "%I%p"):
        try:
            return f"{datetime.strptime(text, way):%H:%M}"
        except ValueError:
            continue
    return {"noon": "12:00", "midnight": "00:00"}.get(text, "")


def _minutes(at: str, end: str) -> int:
    if not end:
        return USUAL
    start, stop = (int(text[:2]) * 60 + int(text[3:]) for text in (at, end))
    length = (stop - start) % (24 * 60)  # one that ends after midnight ends on the next day
    return length if 10 <= length <= 480 else USUAL


def _days(value: Any) -> list[int]:
    names = ("sunday", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday")
    found = set()
    for one in value if isinstance(value, list) else [value]:
        text = str(one if one is not None else "").strip().lower()
        if text in names:
            found.add(names.index(text))
        elif re.fullmatch(r"[0-6]", text):
            found.add(int(text))
        else:
            raise Odd("day")
    if not found:
        raise Odd("day")
    return sorted(found)


def _address(said: dict[str, Any]) -> str:
    whole = words(said, "formatted_address", 400)
    if not whole:
        parts = [words(said, name, 100) for name in ("address", "city", "state", "postal_code", "country")]
        whole = ", ".join(part for part in parts if part)
    room = words(said, "location", 100)
    return f"{room}\n{whole}" if room and whole and not whole.startswith(room) else whole or room
