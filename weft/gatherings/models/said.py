"""What somebody typed in a turn: there for those in the room, and gone when the hour has ended, or after a day."""

from datetime import datetime, timedelta
from typing import Self

from django.db import models

from weft.circles.models import CircleRow
from weft.gatherings.models.gathering import Gathering
from weft.gatherings.models.seat import Seat
from weft.loom import ledger, seal

KEPT = timedelta(hours=24)


class SaidQuerySet(models.QuerySet["Said"]):
    def for_room(self, gathering: Gathering) -> Self:
        """What was said to everybody in the room."""
        return self.filter(gathering=gathering, aside=None).order_by("number")

    def aside_for(self, seat: Seat) -> Self:
        """What was said between this seat and another in the quiet room."""
        two = models.Q(seat=seat) | models.Q(aside=seat)
        return self.filter(two, gathering=seat.gathering_id).exclude(aside=None).order_by("number")


class Said(CircleRow):
    """Words of one turn."""

    gathering = models.ForeignKey(Gathering, models.CASCADE, related_name="words")
    seat = models.ForeignKey(Seat, models.CASCADE, related_name="words")
    aside = models.ForeignKey(
        Seat, models.CASCADE, null=True, related_name="+"
    )  # for this one alone: in the quiet room
    turn = models.PositiveIntegerField()
    number = models.PositiveIntegerField()
    words = seal.SealedText()
    at = seal.SealedTime(null=True)

    objects = models.Manager.from_queryset(SaidQuerySet)()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["gathering", "number"], name="one_word_of_a_number")]

    def __str__(self) -> str:
        return "words of a turn"

    @classmethod
    def erase_all(cls, gathering: int) -> None:
        """The words of an hour are gone, from older backups too."""
        if cls.objects.filter(gathering=gathering).exists():
            with ledger.erasing("gatherings.said", gathering):
                cls.objects.filter(gathering=gathering).delete()

    @classmethod
    def let_go(cls, now: datetime) -> None:
        """Whatever has been here for a day is gone, however long its hour lasts."""
        for said in cls.objects.all():
            if said.at is None or said.at <= now - KEPT:
                said.delete()
