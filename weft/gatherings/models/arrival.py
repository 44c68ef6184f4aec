"""Where somebody is during an hour, and whom to call: asked at the door of groups that a professional guides."""

from datetime import datetime, timedelta

from django.db import models

from weft.circles.models import CircleRow
from weft.gatherings.models.seat import Seat
from weft.loom import jobs, seal, time
from weft.safety.models import Concern

KEPT = timedelta(hours=24)


class ArrivalQuerySet(models.QuerySet["Arrival"]):
    def run_out(self, now: datetime) -> "list[Arrival]":
        """Those whose day is over, unless somebody is worried about the hour and the safety team has not closed it."""
        old = [arrival for arrival in self.select_related("seat__persona") if arrival.said_at + KEPT <= now]
        return [arrival for arrival in old if not arrival.is_needed]


class Arrival(CircleRow):
    """Seen by whoever guides, during the hour. Gone after a day, unless a concern is open."""

    seat = models.OneToOneField(Seat, models.CASCADE, related_name="arrival")
    where = seal.SealedText()
    call = seal.SealedText()
    said_at = seal.SealedTime()

    objects = models.Manager.from_queryset(ArrivalQuerySet)()

    def __str__(self) -> str:
        return "an arrival"

    @classmethod
    def say(cls, seat: Seat, *, where: str, call: str) -> "Arrival":
        """Keep where this one is today, and whom to call: said anew, it takes the place of what was said before."""
        arrival = cls.objects.filter(seat=seat).first() or cls(seat=seat, circle_id=seat.circle_id)
        arrival.where, arrival.call, arrival.said_at = where, call, time.now()
        arrival.save()
        due = arrival.said_at + KEPT
        jobs.put("gatherings.forget_arrival", due=due, once=("arrival", seat.pk), seat=seat.pk)
        return arrival

    @classmethod
    def forget_old(cls, now: datetime) -> None:
        """Let go of those whose day is over."""
        cls.objects.filter(pk__in=[arrival.pk for arrival in cls.objects.run_out(now)]).delete()

    @property
    def is_needed(self) -> bool:
        """Whether the safety team still looks at something about this one."""
        return Concern.objects.about(self.seat.persona).filter(is_open=True).exists()
