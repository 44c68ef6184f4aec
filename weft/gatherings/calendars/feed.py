"""What stands in a person's calendar: meetings of their circles, said so that a stranger who reads along learns little.

No name of a person, no address of mail, no word of what a circle is about; by default not even the name of a meeting.
"""

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from weft.circles.models import Persona
from weft.gatherings import recurring
from weft.gatherings.calendars.ical import Calendar, Event
from weft.gatherings.models import Gathering, Place, Seat, Series, Shift
from weft.gatherings.models.feed import Feed
from weft.loom import time
from weft.people.models import Person

PAST, AHEAD = timedelta(days=31), timedelta(days=370)
MOST = 400  # meetings in one calendar
UNKNOWN = datetime(1970, 1, 1, tzinfo=UTC)  # when it was last changed, before that is looked up
STANDS = {Seat.Answer.COMING: "CONFIRMED", Seat.Answer.MAYBE: "TENTATIVE"}


@dataclass(frozen=True)
class Meeting:
    """An event, and by what it is known from one time to the next."""

    key: str
    event: Event


def calendar(feed: Feed) -> Calendar:
    """The calendar as it is now."""
    person = feed.person
    zone = ZoneInfo(person.time_zone or settings.TIME_ZONE)
    with timezone.override(zone), translation.override(person.language or settings.LANGUAGE_CODE):
        found = list(_Making(feed, person).meetings())[:MOST]
        return Calendar(_("My times"), _counted(feed, found))


def _counted(feed: Feed, found: list[Meeting]) -> list[Event]:
    """Each with the moment of its last change and their number: what is read again unchanged is byte for byte the
    same."""
    was, now, kept, events = feed.kept, time.now(), {}, []
    for meeting in found:
        mark = hashlib.sha256(repr(meeting.event).encode()).hexdigest()[:12]
        before, number, at = was.get(meeting.key, ("", -1, now))
        if before != mark:
            number, at = number + 1, now
        kept[meeting.key] = (mark, number, at.isoformat())
        events.append(replace(meeting.event, stamp=at, sequence=number))
    feed.remember(kept)
    return events


class _Making:
    def __init__(self, feed: Feed, person: Person) -> None:
        self.feed, self.facts = feed, feed.facts
        self.since, self.until = time.now() - PAST, time.now() + AHEAD
        without = set(self.facts["without"])
        self.personas = [mine for mine in Persona.all_of(person) if mine.circle_id not in without]

    def meetings(self) -> Iterator[Meeting]:
        if self.facts["which"] == Feed.Which.CIRCLES:
            yield from self._of_circles()
        else:
            yield from self._mine()

    # Those to which one is coming: each by itself

    def _mine(self) -> Iterator[Meeting]:
        near = Q(starts__gte=self.since, starts__lte=self.until)
        seats = dict(Seat.objects.filter(persona__in=self.personas).values_list("gathering", "answer"))
        shifts = Shift.objects.filter(persona__in=self.personas, is_sought=False)
        guided = set(shifts.values_list("gathering", flat=True))
        circles = {mine.circle_id for mine in self.personas}
        wanted = Q(pk__in=guided | {pk for pk, answer in seats.items() if answer})
        for one in Gathering.objects.filter(near & wanted, circle__in=circles).select_related("series"):
            stands = "CONFIRMED" if one.pk in guided else STANDS.get(Seat.Answer(seats[one.pk]))
            key = f"g{one.pk}"
            if stands or key in self.feed.kept:  # what stood here once is called off, since some readers keep it
                stands = stands if stands and not one.is_cancelled else "CANCELLED"
                yield self._single(key, one, stands, whole=stands != "CANCELLED")

    def _single(self, key: str, one: Gathering, status: str, *, whole: bool = False) -> Meeting:
        starts = one.starts.astimezone(ZoneInfo(one.series.zone))
        event = Event(
            self.feed.uid(key), self._title(one.series, one.starts), starts, one.minutes, UNKNOWN, status=status
        )
        return Meeting(key, replace(event, **self._details(one.series, whole=whole)))

    # All of one's circles: a series as its rule, and what differs from it

    def _of_circles(self) -> Iterator[Meeting]:
        circles = [mine.circle_id for mine in self.personas]
        mine = Q(persona__in=self.personas)
        places = Place.objects.filter(mine, standing=Place.Standing.IN).values_list("series", flat=True)
        closed = Q(door=Series.Door.COHORT) & ~Q(pk__in=places) & ~Q(guides__persona__in=self.personas)
        found = Series.objects.filter(circle__in=circles).exclude(pk__in=Series.objects.filter(closed).values("pk"))
        rolled: dict[int, list[Gathering]] = {}
        for one in Gathering.objects.filter(series__in=found, starts__gte=self.since, starts__lte=self.until):
            rolled.setdefault(one.series_id, []).append(one)
        for series in found:
            yield from self._series(series, rolled.get(series.pk, []))

    def _series(self, series: Series, rolled: Iterable[Gathering]) -> Iterator[Meeting]:
        zone, rule = ZoneInfo(series.zone), ending(series)
        off = sorted(date.fromisoformat(day) for day in series.left_out)
        ruled = set(recurring.days(series.starts_on, rule, self.since.date(), self.until.date()))
        first = recurring.next_day(series.starts_on, rule, series.starts_on)
        uid = self.feed.uid(f"s{series.pk}")

        def at(day: date) -> datetime:
            return recurring.moment(day, series.starts_at, series.zone).astimezone(zone)

        if not ruled or first is None:
            return
        out = tuple(at(day) for day in off if day in ruled)
        whole = Event(uid, self._title(series, None), at(first), series.minutes, UNKNOWN, rule=rule, left_out=out)
        whole = replace(whole, **self._details(series, whole=not series.is_near))
        yield Meeting(f"s{series.pk}", whole)
        for one in rolled:
            one.series = series
            key, meant = f"g{one.pk}", at(one.day)
            if one.day not in ruled:
                yield self._single(key, one, "CANCELLED" if one.is_cancelled else "CONFIRMED")
            elif one.day not in off and (one.starts != meant or one.is_cancelled or one.minutes != series.minutes):
                status = "CANCELLED" if one.is_cancelled else "CONFIRMED"
                starts = one.starts.astimezone(zone)
                other = replace(whole, starts=starts, minutes=one.minutes, status=status, rule="", left_out=())
                yield Meeting(key, replace(other, instead_of=meant))

    # What is said of it

    def _title(self, series: Series, at: datetime | None) -> str:
        if self.facts["title"] == Feed.Title.NAME:
            return str(series.name)
        if self.facts["title"] == Feed.Title.OWN and self.facts["words"]:
            return str(self.facts["words"])
        return neutral(at) if at else self._hour(series)

    def _hour(self, series: Series) -> str:
        """A series has one title for all of its days: it names the hour where that is the same all year round."""
        days = recurring.days(series.starts_on, series.rule, time.today(), time.today() + timedelta(days=365))
        moments = [recurring.moment(day, series.starts_at, series.zone) for day in days]
        titles = {neutral(moment) for moment in moments}
        if len(titles) == 1:
            return titles.pop()
        weekdays = {date_format(timezone.localtime(moment), "l") for moment in moments}
        return weekdays.pop() if len(weekdays) == 1 else _("A time of mine")

    def _details(self, series: Series, *, whole: bool) -> dict[str, Any]:
        if not self.facts["details"]:
            return {}
        address = reverse("circles:circle", kwargs={"key": series.circle_id})
        return {"place": series.place if whole else "", "url": settings.ADDRESS + address}


def neutral(at: datetime) -> str:
    """A title that tells nothing: “Tuesday, 19:00”, on the clock of whoever reads it."""
    here = timezone.localtime(at)
    return _("%(weekday)s, %(here)s") % {"weekday": date_format(here, "l"), "here": date_format(here, "H:i")}


def ending(series: Series) -> str:
    """The rule of a series, with the day on which it was ended."""
    if not series.ended_on or not series.rule:
        return str(series.rule)
    last = min(filter(None, [series.ended_on, recurring.last_day(series.starts_on, series.rule)]))
    parts = [part for part in series.rule.split(";") if not part.startswith(("UNTIL=", "COUNT="))]
    return ";".join([*parts, f"UNTIL={last:%Y%m%d}"])
