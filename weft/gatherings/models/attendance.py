"""Who was there, from when to when: from the hour itself, and put right afterwards by whoever guides. Never why."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import models, transaction
from django.utils.translation import gettext_lazy as _

from weft.circles.models import CircleRow, Persona
from weft.gatherings.models.gathering import Gathering
from weft.gatherings.models.seat import Seat
from weft.loom import seal, time

HOW = {
    "room": _("in the room of the house"),
    "phone": _("by phone"),
    "person": _("in person"),
    "not": _("was not there"),
}


@dataclass(frozen=True)
class Attended:
    """One persona's time in one gathering."""

    seat: Seat
    came: datetime
    left: datetime
    how: str = "room"

    @property
    def gathering(self) -> Gathering:
        return self.seat.gathering

    @property
    def minutes(self) -> int:
        """How long they were there, in whole minutes, and at least one."""
        return max(1, round((self.left - self.came) / timedelta(minutes=1)))

    @property
    def said(self) -> Any:
        return HOW[self.how]


class Correction(CircleRow):
    """What whoever guides put right about one seat. Corrections are added; the newest counts."""

    seat = models.ForeignKey(Seat, models.CASCADE, related_name="corrections")
    by = models.ForeignKey(Persona, models.SET_NULL, null=True, related_name="+")
    said = seal.SealedJSON()  # how they were there, from when, until when; which one it is, written down when

    def __str__(self) -> str:
        return "a correction"

    @classmethod
    def put_right(
        cls, gathering: Gathering, persona: Persona, *, how: str, came: datetime, left: datetime, by: Persona
    ) -> "Correction":
        """Write down how this persona was there, or that they were not. Said twice, it is said once."""
        if how not in HOW or left <= came:
            raise ValueError(how)
        said = {"how": how, "came": came.isoformat(), "left": left.isoformat()}
        with transaction.atomic():
            now = Gathering.held(gathering.pk)
            seat = Seat.objects.filter(gathering=now, persona=persona).first()
            if seat is None:
                seat = Seat(circle_id=now.circle_id, gathering=now, persona=persona)
                seat.save(force_insert=True)
            last = newest(seat.corrections.all())
            if last and said.items() <= dict(last.said).items():
                return last
            correction = cls(circle_id=now.circle_id, seat=seat, by=by)
            correction.said = said | {"number": last.number + 1 if last else 1, "at": time.now().isoformat()}
            correction.save(force_insert=True)
        return correction

    @property
    def number(self) -> int:
        return int(self.said["number"])

    @property
    def at(self) -> datetime:
        return datetime.fromisoformat(self.said["at"])

    @property
    def how(self) -> Any:
        return HOW[self.said["how"]]


def newest(corrections: Any) -> Correction | None:
    """The correction that counts."""
    return max(corrections, key=lambda one: one.number, default=None)


def attended(seat: Seat) -> Attended | None:
    """When this seat's persona was there; None if they were not. In an hour that nobody ended: until last seen."""
    put_right = newest(seat.corrections.all())
    if put_right:
        said = put_right.said
        if said["how"] == "not":
            return None
        return Attended(seat, datetime.fromisoformat(said["came"]), datetime.fromisoformat(said["left"]), said["how"])
    if seat.came_at is None:
        return None
    left = seat.left_at or seat.seen_at or seat.gathering.ends
    return Attended(seat, seat.came_at, max(left, seat.came_at))


def of_gathering(gathering: Gathering) -> list[tuple[Seat, Attended | None]]:
    """Everybody of the circle who has a seat in it, and when they were there. Whoever visits is in no list."""
    inside = gathering.taken.filter(persona__standing=Persona.Standing.INSIDE)
    seats = inside.select_related("persona", "gathering").prefetch_related("corrections__by")
    return sorted(((seat, attended(seat)) for seat in seats), key=lambda one: str(one[0].persona.name))


def of_persona(persona: Persona) -> list[Attended]:
    """Everything this persona was at that is over, the newest first."""
    seats = Seat.objects.filter(persona=persona, gathering__is_cancelled=False, gathering__starts__lte=time.now())
    seats = seats.select_related("gathering__series").prefetch_related("corrections")
    found = [one for seat in seats if seat.gathering.is_over and (one := attended(seat))]
    return sorted(found, key=lambda one: one.came, reverse=True)
