"""The meetings that anybody may know of, each said once for the page, the sheet, and the lists of others."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cached_property
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.urls import reverse
from django.utils import timezone

from weft.gatherings import recurring
from weft.gatherings.models import Gathering, Series
from weft.loom import clocks, time

WEEK = timedelta(days=7)
WEEKDAYS = ("SU", "MO", "TU", "WE", "TH", "FR", "SA")  # as the lists of others count them: Sunday is 0


@dataclass(frozen=True)
class Listed:
    """One meeting that comes again, as a stranger may know it: no name of a person, no way in but the house's door."""

    series: Series

    @cached_property
    def next(self) -> datetime | None:
        """When it is next, in UTC."""
        series, now = self.series, time.now()
        today = now.astimezone(ZoneInfo(series.zone)).date()
        for since in (today, today + timedelta(days=1)):
            day = recurring.next_day(series.starts_on, series.rule, since, left_out=_holidays(series))
            if day and not (series.ended_on and day > series.ended_on):
                moment = recurring.moment(day, series.starts_at, series.zone)
                if moment + timedelta(minutes=series.minutes) > now:
                    return moment
        return None

    @property
    def here(self) -> datetime:
        """When it is next, on the clock of whoever reads."""
        return timezone.localtime(self.next)

    @property
    def ends(self) -> datetime:
        return self.here + timedelta(minutes=self.series.minutes)

    @property
    def to_visit(self) -> Gathering | None:
        """The hour that anybody of the house may visit next."""
        coming = Gathering.objects.to_visit().coming().filter(series=self.series, is_cancelled=False)
        return coming.order_by("starts").first() if self.series.is_online else None

    @property
    def days(self) -> list[int]:
        """On which days of the week, by its own clock; none for one that does not come every week."""
        parts = dict(part.split("=") for part in self.series.rule.split(";")) if self.series.rule else {}
        if parts.get("FREQ") != "WEEKLY" or parts.get("INTERVAL", "1") != "1":
            return []
        usual = WEEKDAYS[self.series.starts_on.isoweekday() % 7]
        return sorted(WEEKDAYS.index(day) for day in parts.get("BYDAY", usual).split(","))

    @property
    def is_near(self) -> bool:
        """Whether the place is only told roughly."""
        return bool(self.series.is_near or not self.series.place)

    @property
    def where(self) -> str:
        """The address, or as much of it as anybody may know."""
        if self.is_near:
            return str(self.series.near or clocks.city(self.series.zone))
        return ", ".join(line.strip(" ,") for line in self.series.place.splitlines() if line.strip(" ,"))

    @property
    def is_in_person(self) -> bool:
        return bool(self.series.place)

    @property
    def link(self) -> str:
        """Its page in the house. Nobody is let in by it."""
        return str(settings.ADDRESS + reverse("gatherings:meeting", kwargs={"key": self.series.pk}))

    @property
    def zone_name(self) -> str:
        return clocks.city(self.series.zone)

    @property
    def there(self) -> datetime | None:
        """When it is next on the clock of its own place, where that is another."""
        own = (self.next or self.here).astimezone(ZoneInfo(self.series.zone))
        return None if own.utcoffset() == self.here.utcoffset() else own

    @property
    def kinds(self) -> list[str]:
        """What kind of meeting it is, in the letters that such lists use."""
        row: Any = getattr(self.series, "listing", None)
        return ["O", *(kind for kind in (row.types if row else []) if kind not in ("O", "C"))]


def _holidays(series: Series) -> list[date]:
    return [date.fromisoformat(day) for day in series.left_out]


def listed() -> list[Listed]:
    """All of them, the next one first."""
    found = Series.objects.filter(
        listed=True, door=Series.Door.OPEN, circle__listed=True, circle__closed_on=None
    ).select_related("circle", "listing")
    meetings = [Listed(series) for series in found]
    return sorted((one for one in meetings if one.next), key=lambda one: one.next or time.now())


def find(key: int) -> Listed | None:
    """One of them."""
    return next((one for one in listed() if one.series.pk == key), None)
