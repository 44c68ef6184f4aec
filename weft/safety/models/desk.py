"""The safety desk: who answers, on which hours, and how soon. Every promise that a page makes is computed from this."""

from datetime import date, datetime, timedelta
from datetime import time as clock
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.dates import WEEKDAYS
from django.utils.translation import gettext as _

from weft.loom import clocks, seal, text, time
from weft.people.models import Duty

LOOK_AHEAD = 35  # days: a promise that is not met by then is no promise


class Desk(models.Model):
    """The desk of the house: one row."""

    id = models.BigIntegerField(primary_key=True, default=1, editable=False)
    names = seal.SealedText()  # who answers, as people shall read it
    hours = (
        seal.SealedJSON()
    )  # [weekday, "18:00", "21:00"] each; Monday is 0; an end that is not later is on the next day
    promise_hours = models.PositiveIntegerField(default=3)  # an answer within so many hours in which the desk is open
    reach = seal.SealedText()  # how else to reach the house's own people: a number, a door

    def __str__(self) -> str:
        return "the safety desk"

    @classmethod
    def here(cls) -> "Desk | None":
        """The desk, while somebody sits at it: it has names and hours, and the house has a safety team."""
        desk = cls.objects.filter(pk=1).first()
        if desk and desk.names and desk.hours and Duty.objects.filter(kind=Duty.Kind.SAFETY).exists():
            return desk
        return None

    @classmethod
    def seat(cls, names: str, hours: list[list[object]], promise_hours: int, reach: str = "") -> "Desk":
        """Say who answers, when, and how soon."""
        desk = cls.objects.filter(pk=1).first() or cls()
        desk.names, desk.hours = " ".join(names.split()), hours
        desk.promise_hours, desk.reach = promise_hours, reach.strip()
        desk.save()
        return desk

    def stretches(self, day: date) -> list[tuple[datetime, datetime]]:
        """When the desk is open from this day on, in the time of the house."""
        zone = ZoneInfo(settings.TIME_ZONE)
        found = []
        for weekday, opens, closes in self.hours:
            if weekday == day.weekday():
                start = datetime.combine(day, clock.fromisoformat(opens), zone)
                end = datetime.combine(day, clock.fromisoformat(closes), zone)
                if end <= start:
                    end = datetime.combine(day + timedelta(days=1), clock.fromisoformat(closes), zone)
                found.append((start, end))
        return sorted(found)

    def due(self, since: datetime | None = None) -> datetime | None:
        """By when a person has answered what comes in now: only hours in which the desk is open count."""
        since = (since or time.now()).astimezone(ZoneInfo(settings.TIME_ZONE))
        left = timedelta(hours=self.promise_hours)
        seen = since
        for number in range(-1, LOOK_AHEAD):
            for start, end in self.stretches(since.date() + timedelta(days=number)):
                start = max(start, seen)
                if end <= start:
                    continue
                # aware times of one zone are subtracted as the wall clock shows them: count real time
                open_for = end.astimezone(ZoneInfo("UTC")) - start.astimezone(ZoneInfo("UTC"))
                if open_for >= left:
                    return (start.astimezone(ZoneInfo("UTC")) + left).replace(microsecond=0)
                left -= open_for
                seen = end
        return None

    @property
    def is_open(self) -> bool:
        now = time.now()
        days = [timezone.localdate(now, ZoneInfo(settings.TIME_ZONE)) + timedelta(days=n) for n in (-1, 0)]
        return any(start <= now < end for day in days for start, end in self.stretches(day))

    @property
    def promise(self) -> str:
        """Who reads what comes in now, and by when a person has answered. Nothing that the hours do not bear out."""
        when = self.due()
        if when is None:
            return _("%(names)s will read it.") % {"names": self.names}
        return _("Who reads it: %(names)s. A person answers %(when)s.") % {"names": self.names, "when": by_when(when)}

    @property
    def open_hours(self) -> list[str]:
        """The hours in words, neighbouring days with the same hours together: “Monday to Friday 18:00 to 21:00”."""
        by_day: dict[int, list[tuple[str, str]]] = {}
        for weekday, opens, closes in sorted(self.hours):
            by_day.setdefault(weekday, []).append((opens, closes))
        runs: list[tuple[int, int]] = []
        for day in sorted(by_day):
            if runs and runs[-1][1] == day - 1 and by_day[day] == by_day[runs[-1][0]]:
                runs[-1] = (runs[-1][0], day)
            else:
                runs.append((day, day))
        return [f"{_days(first, last)} {_times(by_day[first])}" for first, last in runs]

    @property
    def zone_name(self) -> str:
        """Whose clock the hours are on: “London”."""
        return clocks.city(settings.TIME_ZONE)


def by_when(when: datetime) -> str:
    """“by 18:00 today”, on the reader's clock."""
    day, today = timezone.localdate(when), timezone.localdate()
    at = {"time": text.moment(when)}
    if day == today:
        return _("by %(time)s today") % at
    if day == today + timedelta(days=1):
        return _("by %(time)s tomorrow") % at
    if today < day < today + timedelta(days=7):
        return _("by %(time)s on %(day)s") % (at | {"day": WEEKDAYS[day.weekday()]})
    return _("by %(time)s on %(day)s") % (at | {"day": text.day(day)})


def _days(first: int, last: int) -> str:
    if first == last:
        return str(WEEKDAYS[first])
    if (first, last) == (0, 6):
        return _("Every day")
    return _("%(first)s to %(last)s") % {"first": WEEKDAYS[first], "last": WEEKDAYS[last]}


def _times(stretches: list[tuple[str, str]]) -> str:
    if any(opens == closes for opens, closes in stretches):
        return _("day and night")
    return text.listed(
        [_("%(opens)s to %(closes)s") % {"opens": opens, "closes": closes} for opens, closes in stretches]
    )
