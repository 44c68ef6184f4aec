"""A gathering: one meeting, its hour as it goes, and the lines of what happened."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Self
from zoneinfo import ZoneInfo

from django.db import models, transaction
from django.db.models import Exists, F, OuterRef, Q, Subquery
from django.urls import reverse
from django.utils import timezone

from weft.circles.models import CircleRow, Persona
from weft.gatherings.models.reminding import BEFORE
from weft.gatherings.models.series import Series
from weft.loom import jobs, seal, time

if TYPE_CHECKING:
    from weft.gatherings.models.seat import Seat

SOON = timedelta(hours=50)
VISITED = timedelta(hours=24)  # so long after it has begun a visitor is still known, to turn to somebody
LONGEST = timedelta(hours=12)  # an hour that nobody ended is over after this

TO_VISIT = Q(series__door=Series.Door.OPEN, circle__listed=True, circle__closed_on=None)


class Closed(Exception):
    """It does not take place, or is over."""


class GatheringQuerySet(models.QuerySet["Gathering"]):
    def coming(self, since: datetime | None = None) -> Self:
        """Those that are not over, and not after the end of their series. *since*: a while ago, if it is to differ."""
        goes_on = Q(series__ended_on=None) | Q(day__lte=F("series__ended_on"))
        return self.filter(goes_on, starts__gt=since or time.now() - LONGEST).exclude(phase=Gathering.Phase.ENDED)

    def over(self) -> Self:
        """Those that were held and are over, the last one first."""
        long_ago = Q(starts__lte=time.now() - LONGEST) & ~Q(phase=Gathering.Phase.SCHEDULED)
        return self.filter(Q(phase=Gathering.Phase.ENDED) | long_ago).order_by("-starts")

    def to_visit(self) -> Self:
        """Those to which anybody of the house may come, though they are not in the circle."""
        return self.filter(TO_VISIT)

    def seen_by(self, *personas: Persona, visits: bool = False) -> Self:
        """Those of which these personas may know, with what each has to do with it; with *visits* also those to which
        anybody of the house may come.

        `answered`: what the persona said; `guided`: its part in the shift; `placed`: how it stands in a closed group;
        `asks`: it asked whether another can guide; `sought`: somebody else did.
        """
        inside = [persona.circle_id for persona in personas if persona.is_inside]
        visited = [persona.circle_id for persona in personas if not persona.is_inside]
        mine = [persona.pk for persona in personas] or [0]  # of nothing at all Django would make nothing found
        return self.seen_from(inside, visited, mine, visits=visits)

    def seen_from(
        self, inside: Sequence[int], visited: Sequence[int], mine: Sequence[int], *, visits: bool = False
    ) -> Self:
        """See `seen_by`. *inside* and *visited*: circles; *mine*: personas."""
        from weft.gatherings.models.place import Place
        from weft.gatherings.models.seat import Seat
        from weft.gatherings.models.shift import Shift

        seen = Q(circle__in=inside) | Q(circle__in=visited, series__door=Series.Door.OPEN)
        seen = seen | TO_VISIT if visits else seen
        answered = Seat.objects.filter(gathering=OuterRef("pk"), persona__in=mine).values("answer")[:1]
        guided = Shift.objects.filter(gathering=OuterRef("pk"), persona__in=mine).values("part")[:1]
        placed = Place.objects.filter(series=OuterRef("series"), persona__in=mine).values("standing")[:1]
        sought = Shift.objects.filter(gathering=OuterRef("pk"), is_sought=True)
        found = self.filter(seen).annotate(
            answered=Subquery(answered),
            guided=Subquery(guided),
            placed=Subquery(placed),
            asks=Exists(sought.filter(persona__in=mine)),
            sought=Exists(sought.exclude(persona__in=mine)),
        )
        return found.select_related("series", "circle")


class Gathering(CircleRow):
    """One meeting of a series. The row is the authority for its hour: whoever changes it holds it."""

    class Phase(models.TextChoices):
        SCHEDULED = "scheduled"
        WAITING = "waiting"
        OPENING = "opening"
        ROUNDS = "rounds"
        FLOOR = "floor"
        CLOSING = "closing"
        ENDED = "ended"

    series = models.ForeignKey(Series, models.CASCADE, related_name="gatherings")
    day = models.DateField()  # the day that the rule gave it, which it keeps when it is moved
    starts = models.DateTimeField(db_index=True)
    planned = models.DateTimeField(null=True)  # when it was to start by the rule
    minutes = models.PositiveIntegerField(default=60)
    is_cancelled = models.BooleanField(default=False)
    note = seal.SealedText()  # why it was moved or cancelled, in the words of whoever did it
    phase = models.CharField(max_length=9, choices=Phase, default=Phase.SCHEDULED)
    reminded = seal.SealedJSON(null=True)  # which reminders went out, and for which hour
    version = models.PositiveIntegerField(default=0)  # grows with every change of the hour
    state = seal.SealedJSON()  # the hour: who holds the piece, the order, the round, the hands

    answered: str | None  # what one persona has to do with it: see `seen_by`
    guided: str | None
    placed: str | None
    asks: bool
    sought: bool
    is_noted: bool  # at the desk alone: whether there is a note about the group
    is_led: bool
    is_looked_back: bool

    objects = models.Manager.from_queryset(GatheringQuerySet)()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["series", "day"], name="one_gathering_of_a_day")]

    def __str__(self) -> str:
        return "a gathering"

    def get_absolute_url(self) -> str:
        return reverse("gatherings:gathering", kwargs={"key": self.circle_id, "gathering_key": self.pk})

    @classmethod
    def held(cls, pk: int) -> "Gathering":
        """The row as it is now, held until the transaction ends."""
        cls.objects.select_for_update(no_key=True).only("pk").get(pk=pk)
        return cls.objects.select_related("series").get(pk=pk)

    @property
    def ends(self) -> datetime:
        """When it is meant to end. It ends when somebody who guides says so."""
        return self.starts + timedelta(minutes=self.minutes)

    @property
    def is_moved(self) -> bool:
        return self.planned is not None and self.planned != self.starts

    @property
    def has_begun(self) -> bool:
        return self.phase != self.Phase.SCHEDULED or self.starts <= time.now()

    @property
    def is_over(self) -> bool:
        """Ended; or not ended by anybody, and long past."""
        return self.phase == self.Phase.ENDED or self.starts + LONGEST < time.now()

    @property
    def was_held(self) -> bool:
        """It is over, and somebody had opened its door."""
        return self.is_over and self.phase != self.Phase.SCHEDULED

    @property
    def is_on(self) -> bool:
        """It takes place, and is not over."""
        ended = self.series.ended_on is not None and self.day > self.series.ended_on
        return not self.is_cancelled and not ended and not self.is_over

    @property
    def there(self) -> datetime | None:
        """When it starts on the clock where the circle is at home, if that is another clock than the reader's."""
        there = self.starts.astimezone(ZoneInfo(self.series.zone))
        return there if there.utcoffset() != timezone.localtime(self.starts).utcoffset() else None

    # What becomes of it

    def move(self, starts: datetime, note: str, *, by: Persona) -> None:
        """Let it be at another time, this once."""
        self._change(by, starts=starts, note=note, is_cancelled=False)

    def cancel(self, note: str, *, by: Persona) -> None:
        """Let it not take place. The note says why, in the words of whoever does it, or says nothing."""
        self._change(by, note=note, is_cancelled=True)

    def restore(self, *, by: Persona) -> None:
        """Let it take place after all, when it was to be."""
        self._change(by, starts=self.planned or self.starts, note="", is_cancelled=False)

    def follow(self, starts: datetime, minutes: int, *, by: Persona) -> None:
        """The series is at another time from now on, and this one with it."""
        if self.starts == self.planned or not self.planned:
            self._change(by, starts=starts, planned=starts, minutes=minutes)
        else:
            self._change(by, planned=starts, minutes=minutes)

    def _change(self, by: Persona, **said: Any) -> None:
        """Change it, and tell those who meant to come, if it is at another time now or is none."""
        with transaction.atomic():
            now = Gathering.held(self.pk)
            if now.phase == self.Phase.ENDED:
                raise Closed
            was = (now.starts, now.is_cancelled)
            for name, value in said.items():
                setattr(now, name, value)
                setattr(self, name, value)
            now.save(update_fields=list(said))
            if (now.starts, now.is_cancelled) != was:
                jobs.put("gatherings.tell_of_change", gathering=self.pk, by=by.pk)
                now.plan_reminders()

    def plan_reminders(self) -> None:
        """Ask for the reminders that are due in the next two days. Each night this is done for all; asked for twice,
        they are asked for once."""
        now = time.now()
        if self.is_cancelled or not now < self.starts < now + SOON:
            return
        for what, before in BEFORE.items():
            due, starts = self.starts - before, self.starts.isoformat()
            if due > now:
                once = (self.pk, what, starts)
                jobs.put("gatherings.remind", due=due, once=once, gathering=self.pk, what=what, starts=starts)

    @property
    def plan(self) -> dict[str, Any]:
        """What the hour follows."""
        return dict(self.series.plan or {})

    # Who comes

    def take_answer(self, answer: str, *, by: Persona) -> "Seat":
        """Whether somebody means to come. Who would like a seat when all are taken stands in line."""
        from weft.gatherings.models.seat import Seat

        with transaction.atomic():
            now = Gathering.held(self.pk)
            if not now.is_on:
                raise Closed
            seat = Seat.objects.filter(gathering=now, persona=by).first()
            seat = seat or Seat(circle_id=now.circle_id, gathering=now, persona=by)
            seat.gathering = now
            seat.say(answer)
            now.seat_the_next()
        return seat

    @property
    def is_limited(self) -> bool:
        """Whether seats are given out one by one. In a closed group everybody has a place already."""
        return self.series.door != Series.Door.COHORT

    @property
    def free(self) -> int:
        """How many seats nobody has. Whoever guides this one needs none of them."""
        from weft.gatherings.models.seat import Seat

        guides = self.shifts.values("persona")
        taken = self.taken.filter(answer__in=[Seat.Answer.COMING, Seat.Answer.OFFERED]).exclude(persona__in=guides)
        return self.series.seats - taken.count()

    def seat_the_next(self) -> None:
        """Offer free seats to those in line, by time alone. The row is held."""
        from weft.gatherings.models.seat import Seat

        if not self.is_limited or self.has_begun:
            return
        for one in self.taken.filter(answer=Seat.Answer.OFFERED):
            one.lapse()
        line = self.taken.filter(answer=Seat.Answer.WAITING).order_by("place_in_line")
        for seat in line[: max(0, self.free)]:
            seat.gathering = self
            seat.offer()

    def let_visitors_go(self) -> None:
        """Ask for this: a day after it, nothing in the circle says who visited it."""
        jobs.put("gatherings.let_visitors_go", due=self.starts + VISITED, once=(self.pk,))

    def may_open(self, persona: Persona) -> list[str]:
        """Why this persona may not open it now, in plain words. Empty: they may."""
        from weft.gatherings import opening

        return opening.reasons_against(self, persona)


class Line(CircleRow):
    """One thing that happened in an hour. Lines are added and never changed; after a month they name no seat."""

    gathering = models.ForeignKey(Gathering, models.CASCADE, related_name="lines")
    number = models.PositiveIntegerField()
    said = seal.SealedJSON()  # what happened, at which seat, by which seat, when
    is_bare = models.BooleanField(default=False)  # it names no seat any more

    class Meta:
        constraints = [models.UniqueConstraint(fields=["gathering", "number"], name="one_line_of_a_number")]

    def __str__(self) -> str:
        return "a line"
