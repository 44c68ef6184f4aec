"""Voice and picture between two seats: who is tuned in, and what their browsers say so that they find each other."""

from datetime import timedelta
from typing import Any, Self

from django.db import models, transaction
from django.db.models import Max

from weft.circles.models import CircleRow
from weft.gatherings.models.gathering import Gathering
from weft.gatherings.models.seat import Seat
from weft.gatherings.models.series import Series
from weft.loom import seal, streams, time

KEPT = timedelta(minutes=2)


class Tuning(CircleRow):
    """That one seat hears and sends by voice or picture. Whoever tuned in later speaks to the others first."""

    gathering = models.ForeignKey(Gathering, models.CASCADE, related_name="tunings")
    seat = models.OneToOneField(Seat, models.CASCADE, related_name="tuning")
    number = models.PositiveIntegerField(default=0)  # in the order in which pages tuned in; 0: this one is off
    way = models.CharField(max_length=5, choices=Series.Way, default=Series.Way.VOICE)
    heard = models.PositiveIntegerField(default=0)  # the number of the last signal that its page has fetched

    def __str__(self) -> str:
        return "a tuning"

    @classmethod
    def turn(cls, seat: Seat, way: str) -> Self:
        """Tune in by voice or video, anew with each page; or with "text", off."""
        with transaction.atomic():
            Gathering.objects.select_for_update(no_key=True).only("pk").get(pk=seat.gathering_id)
            new = cls(circle_id=seat.circle_id, gathering_id=seat.gathering_id, seat=seat)
            found = cls.objects.filter(seat=seat).first() or new
            last = cls.objects.filter(gathering=seat.gathering_id).aggregate(last=Max("number"))["last"] or 0
            found.number, found.way = (0 if way == Series.Way.TEXT else last + 1), way
            found.save()
            Signal.objects.filter(to=seat).delete()
            streams.publish(f"gathering:{seat.gathering_id}", "tuned", found.number)
        return found


class Signal(CircleRow):
    """What one page says to another. Between which two, and what, is sealed; it is good for two minutes."""

    gathering = models.ForeignKey(Gathering, models.CASCADE, related_name="signals")
    to = models.ForeignKey(Seat, models.CASCADE, related_name="signals")
    number = models.PositiveIntegerField()  # in the order in which they were sent to this seat
    said = seal.SealedJSON()
    at = seal.SealedTime()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["to", "number"], name="one_signal_of_a_number")]

    def __str__(self) -> str:
        return "a signal"

    @classmethod
    def send(cls, said: dict[str, Any], *, by: Seat, to: Seat) -> "Signal":
        """Say something to one other seat. Its page is told, and fetches it."""
        with transaction.atomic():
            tuning = Tuning.objects.select_for_update(no_key=True).get(seat=to)
            last = cls.objects.filter(to=to).aggregate(last=Max("number"))["last"] or tuning.heard
            signal = cls(circle_id=to.circle_id, gathering_id=to.gathering_id, to=to, number=last + 1)
            signal.said, signal.at = {**said, "from": by.pk}, time.now()
            signal.save(force_insert=True)
            streams.publish(f"seat:{to.pk}", "signal", signal.number)
        return signal

    @classmethod
    def after(cls, number: int, *, to: Seat) -> "list[Signal]":
        """What came for this seat after this number. What its page has fetched before is let go of."""
        with transaction.atomic():
            cls.objects.filter(to=to, number__lte=number).delete()
            Tuning.objects.filter(seat=to, heard__lt=number).update(heard=number)
        fresh = time.now() - KEPT
        return [signal for signal in cls.objects.filter(to=to).order_by("number") if signal.at >= fresh]

    @classmethod
    def tidy(cls) -> None:
        """Let go of what nobody fetched."""
        old = time.now() - KEPT
        cls.objects.filter(pk__in=[signal.pk for signal in cls.objects.all() if signal.at < old]).delete()
