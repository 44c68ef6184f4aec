"""A seat: one persona's place in one gathering."""

from datetime import timedelta

from django.db import models, transaction
from django.db.models import Max
from django.utils.translation import gettext_lazy as _

from weft.circles.models import CircleRow, Persona
from weft.gatherings.models.gathering import Gathering
from weft.loom import jobs, seal, time
from weft.notices import waiting

KEPT = timedelta(hours=24)  # so long a seat is kept for whoever it is offered to, if there is so much time
HEARD = timedelta(minutes=45)  # and so long at least, since a mail takes a while
NEAR = 2 * HEARD  # with less than this until it starts, everybody has to be quick, at whatever hour
AT_LEAST = timedelta(minutes=15)


class Seat(CircleRow):
    """One persona's place in one gathering: whether they mean to come, and then, whether they are there."""

    class Answer(models.TextChoices):
        COMING = "coming", _("I am coming")
        MAYBE = "maybe", _("Maybe")
        CANNOT = "cannot", _("I cannot come")
        WAITING = "waiting", _("I wait for a seat")
        OFFERED = "offered", _("A seat is kept for me")

    gathering = models.ForeignKey(Gathering, models.CASCADE, related_name="taken")
    persona = models.ForeignKey(Persona, models.CASCADE, related_name="seats")
    answer = models.CharField(max_length=8, choices=Answer, blank=True)
    place_in_line = models.PositiveIntegerField(null=True)
    offered_until = seal.SealedTime(null=True)
    seen_at = seal.SealedTime(null=True)  # the last sign of life from its page
    came_at = seal.SealedTime(null=True)
    left_at = seal.SealedTime(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["gathering", "persona"], name="one_seat_each")]

    def __str__(self) -> str:
        return "a seat"

    def say(self, answer: str) -> None:
        """Take an answer of its persona. The gathering is held."""
        wants = answer == self.Answer.COMING
        if answer not in (self.Answer.COMING, self.Answer.MAYBE, self.Answer.CANNOT):
            raise ValueError(answer)
        self.lapse()
        if wants and self.answer in (self.Answer.COMING, self.Answer.WAITING):
            return
        if wants and self.answer != self.Answer.OFFERED and not self._is_free():
            last = self.gathering.taken.aggregate(last=Max("place_in_line"))["last"] or 0
            self.answer, self.place_in_line = self.Answer.WAITING, last + 1
        else:
            self.answer, self.place_in_line = answer, None
        self.offered_until = None
        self.save()

    def _is_free(self) -> bool:
        """Whether it can be had at once: a seat is free, and nobody stands in line for it."""
        if not self.gathering.is_limited:
            return True
        in_line = self.gathering.taken.filter(answer=self.Answer.WAITING)
        return self.gathering.free > 0 and not in_line.exists()

    def offer(self) -> None:
        """Keep a seat for somebody in line, until they say so or the time is up. The gathering is held.

        Hours in which it is quiet for them do not count: an offer neither comes nor passes on while they sleep.
        """
        now = time.now()
        left = self.gathering.starts - now
        awake = waiting.awake(self.persona, now, self.gathering.starts)
        if awake < NEAR:
            self.offered_until = now + min(KEPT, max(AT_LEAST, left / 4))
        else:
            self.offered_until = waiting.over(self.persona, now, min(KEPT, max(HEARD, awake / 4)))
        self.answer = self.Answer.OFFERED
        self.save()
        jobs.put("gatherings.tell_of_seat", seat=self.pk)
        jobs.put("gatherings.offer_ends", due=self.offered_until, seat=self.pk)

    def lapse(self) -> bool:
        """Let go of a seat that was offered and not taken in time. The gathering is held."""
        over = self.answer == self.Answer.OFFERED and self.offered_until <= time.now()
        if over:
            self.answer, self.place_in_line, self.offered_until = self.Answer.MAYBE, None, None
            self.save()
        return over

    def pass_on(self) -> None:
        """If the time of its offer is up: let the next in line have it."""
        with transaction.atomic():
            gathering = Gathering.held(self.gathering_id)
            gathering.seat_the_next()

    @property
    def before(self) -> int:
        """How many stand in line before this one."""
        line = self.gathering.taken.filter(answer__in=[self.Answer.WAITING], place_in_line__lt=self.place_in_line or 0)
        return line.count()

    def go(self) -> None:
        """Its persona leaves: let the seat pass on."""
        with transaction.atomic():
            gathering = Gathering.held(self.gathering_id)
            self.delete()
            gathering.seat_the_next()
