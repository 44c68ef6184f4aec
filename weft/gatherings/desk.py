"""What the gatherings put on the desk of whoever guides a circle: today, the next plan, what was, and what is due."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db.models import Exists, FilteredRelation, OuterRef, Q, QuerySet, Subquery
from django.utils import timezone

from weft.circles.around import Around
from weft.circles.models import Persona
from weft.gatherings import saying
from weft.gatherings.coming import DOOR, by_answer
from weft.gatherings.looking_back import asked
from weft.gatherings.models import Consent, Gathering, HourNote, LookBack, Seat, Shift
from weft.loom import time
from weft.loom.section import Slip
from weft.loom.words import fold

FRESH = timedelta(days=7)  # so long whoever guided an hour is asked how it was
BEHIND = timedelta(days=14)  # so long what is to be written after an hour stands at the desk
AHEAD = timedelta(days=35)  # whoever meets once a month sees the next hour
NEAR = timedelta(days=8)  # who comes within this time is looked at: have they said yes to the words at the door?
EXPECTED = {Seat.Answer.COMING, Seat.Answer.MAYBE, Seat.Answer.OFFERED}


@dataclass
class Hour:
    """One gathering, and who has said what to it."""

    gathering: Gathering
    seats: list[Seat]

    @property
    def answers(self) -> list[tuple[str, list[str]]]:
        return by_answer(self.seats)

    @property
    def is_today(self) -> bool:
        return timezone.localdate(self.gathering.starts) == timezone.localdate()

    @property
    def is_near(self) -> bool:
        """Whether its room is to be found here."""
        return self.gathering.series.is_online and self.gathering.starts < time.now() + DOOR

    @property
    def note_waits(self) -> bool:
        """Whether a note about the group is still to be written."""
        return self.gathering.series.keeps_notes and not self.gathering.is_noted


def hours(persona: Persona) -> list[Hour]:
    """The gatherings of a circle that are near, behind and ahead, with all seats: one look-up."""
    now = time.now()
    leads = Shift.objects.filter(gathering=OuterRef("pk"), part=Shift.Part.LEADS)
    noted = HourNote.objects.filter(gathering=OuterRef("pk"), about=None)
    found: QuerySet[Any] = Gathering.objects.seen_by(persona).filter(circle=persona.circle_id, is_cancelled=False)
    found = found.filter(starts__gt=now - BEHIND, starts__lt=now + AHEAD).order_by("starts")
    looked = LookBack.objects.filter(gathering=OuterRef("pk"), by=persona)
    found = found.annotate(is_led=Exists(leads), is_noted=Exists(noted), is_looked_back=Exists(looked))
    found = found.annotate(seat=FilteredRelation("taken"))
    hours: dict[int, Hour] = {}
    for row in found.select_related("series", "circle", "seat__persona"):
        hour = hours.setdefault(row.pk, Hour(row, []))
        if seat := getattr(row, "seat", None):
            hour.seats.append(seat)
    return sorted(hours.values(), key=lambda hour: hour.gathering.starts)


def for_desk(persona: Persona, around: Around) -> list[Slip]:
    """In the order in which one needs it."""
    every = hours(persona)
    ahead = [hour for hour in every if hour.gathering.is_on]
    mine = [hour for hour in ahead if hour.gathering.guided]
    behind = [hour for hour in reversed(every) if hour.gathering.was_held and hour.gathering.guided]
    today = [hour for hour in ahead if hour.is_today]
    following = next(iter([*mine, *ahead]), None)
    said: dict[str, Any] = {"persona": persona, "say": saying}
    return [
        *asked([persona], order=3),
        Slip("gatherings/desk_today.html", said | {"today": today, "next": next(iter(ahead), None)}, order=5),
        Slip("gatherings/desk_plan.html", said | {"next": following}, order=30),
        Slip("gatherings/desk_after.html", said | after(persona, around, behind), order=40),
        Slip("gatherings/desk_due.html", said | due(persona, around, ahead), order=60),
    ]


def after(persona: Persona, around: Around, behind: list[Hour]) -> dict[str, Any]:
    """What this one may write after the hours that they guided, and whether they rest."""
    fresh = time.now() - FRESH
    me: Any = next((one for one in around.people if one.pk == persona.pk), None)
    rest = getattr(me, "at_rest", None)
    return {
        "rest": rest if rest and rest.holds else None,
        "notes": [hour for hour in behind if hour.note_waits],
        "looks": [hour for hour in behind if hour.gathering.starts > fresh and not hour.gathering.is_looked_back],
    }


def due(persona: Persona, around: Around, ahead: Iterable[Hour]) -> dict[str, Any]:
    """Whose credential or training ends soon or has ended, and who is asked for a yes before they next come in."""
    rows = [row for one in around.people for row in _papers(one) if row.is_due]
    near = [hour for hour in ahead if hour.gathering.starts < time.now() + NEAR]
    expected = {hour.gathering: [seat.persona for seat in hour.seats if seat.answer in EXPECTED] for hour in near}
    ask = Consent.still_to_agree(persona.circle_id, expected, declared=around.watching)
    return {"ends": sorted(rows, key=lambda row: row.days_left), "ask": sorted((one.name for one in ask), key=fold)}


def _papers(one: Any) -> list[Any]:
    """The credential that was checked, and the training that was signed off."""
    credential, training = getattr(one, "credential", None), getattr(one, "training", None)
    for row in (credential, training):
        if row:
            row.persona = one
    return [
        *([credential] if credential and credential.was_checked else []),
        *([training] if training and training.was_signed else []),
    ]


def beside() -> dict[str, Any]:
    """The training of each, and the day of the last hour to which they came or said something."""
    spoke = ~Q(answer="") | Q(came_at__isnull=False) | Q(corrections__isnull=False)
    last = Seat.objects.filter(spoke, persona=OuterRef("pk")).order_by("-gathering__day").values("gathering__day")
    return {
        "training": FilteredRelation("trainings", condition=Q(trainings__is_signed=True)),
        "at_rest": FilteredRelation("rest"),
        "last_hour": Subquery(last[:1]),
    }


def last_heard(persona: Persona, members: list[Any]) -> dict[int, date]:
    """Whoever said something to an hour that is still to come was heard of just now."""
    return {one.pk: min(one.last_hour, time.today()) for one in members if one.last_hour}
