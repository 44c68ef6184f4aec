"""A need: help that is asked for, once or again and again; and its slots."""

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from datetime import time as clock
from typing import TYPE_CHECKING, Any, Self
from zoneinfo import ZoneInfo

from django.db import models, transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from weft.care.models.care import Care, Ring
from weft.circles.models import CircleRow, Persona
from weft.gatherings import recurring
from weft.loom import jobs, seal, time
from weft.loom.pages import url
from weft.notices.models import Notice

if TYPE_CHECKING:
    from weft.care.models.guest import Guest
    from weft.care.models.promise import Promise

AHEAD = timedelta(days=35)  # so far ahead there are slots
SOON = timedelta(hours=74)  # each night the calls of the next days are planned
BEFORE, AFTER = timedelta(hours=24), timedelta(hours=2)  # when an address is shown to whoever holds a slot
RINGS = {"backup": timedelta(hours=48), "guides": timedelta(hours=24)}  # who hears of a slot that nobody took
REMIND = timedelta(hours=20)  # so long before whoever promised is reminded
EVE = clock(17)  # when a mail goes to a helper without an account, the day before
HOUR = timedelta(hours=1)
KEPT = timedelta(days=60)  # so long a slot stays when it is over
TOLD = ("care.free", "care.uncovered", "care.sought", "care.soon", "care.asked", "care.swap_asked", "care.moved")


class Taken(Exception):
    """Somebody was faster, or it is not there any more."""


class Need(CircleRow):
    """Help that is asked for. Its hour is one of the clock where the circle is at home."""

    class Kind(models.TextChoices):
        MEAL = "meal", _("A meal")
        RIDE = "ride", _("A ride")
        SITTING = "sitting", _("Sitting with somebody")
        NIGHT = "night", _("A night")
        ERRAND = "errand", _("An errand")
        COMPANY = "company", _("Company")
        OTHER = "other", _("Something else")

    kind = models.CharField(max_length=8, choices=Kind)
    name = seal.SealedText()
    how = seal.SealedText()  # how it is done here
    meal = seal.SealedJSON(default=dict)  # what is eaten, what is not, for how many
    where = seal.SealedJSON(default=dict)  # address, gate, phone; empty: those of the care circle
    ring = models.PositiveSmallIntegerField(choices=Ring, default=Ring.OUTER)  # the furthest that sees it
    places = models.PositiveSmallIntegerField(default=1)  # how many people it takes each time
    zone = models.CharField(max_length=64)
    starts_on = models.DateField()
    starts_at = models.TimeField()
    minutes = models.PositiveIntegerField(default=60)
    rule = models.CharField(max_length=200, blank=True)
    ended_on = models.DateField(null=True)  # the last day of it
    rolled_to = models.DateField(null=True)

    def __str__(self) -> str:
        return "a need"

    def get_absolute_url(self) -> str:
        return url("care:need", key=self.circle_id, need_key=self.pk)

    @classmethod
    def ask(cls, pk: int, said: dict[str, Any], *, by: Persona) -> "Need":
        """Say what is needed. Made twice under one id, it is made once."""
        care = Care.of(by)
        if care is None or not care.may_plan(by):
            raise PermissionError("whoever decides or coordinates says what is needed")
        with transaction.atomic():
            by.lock_circle()
            found = cls.objects.filter(pk=pk, circle=by.circle_id).first()
            if found:
                return found
            need = cls(pk=pk, circle_id=by.circle_id, zone=care.zone, **said)
            need.save(force_insert=True)
            need.roll_out()
        return need

    def change(self, said: dict[str, Any], *, by: Persona) -> None:
        """Change what it says."""
        self._must_be_planned(by)
        for name, value in said.items():
            setattr(self, name, value)
        self.save(update_fields=list(said))

    def move(self, starts_at: clock, minutes: int, *, by: Persona) -> "list[Promise]":
        """From now on it begins at this hour of the clock there; what has begun stays, and so does what would have
        begun already. Whoever promised some of it keeps it, and is told once. Gives the promises that were moved."""
        self._must_be_planned(by)
        with transaction.atomic():
            need, now = self.hold(), time.now()
            need.starts_at, need.minutes = self.starts_at, self.minutes = starts_at, minutes
            need.save(update_fields=["starts_at", "minutes"])
            moved: list[Promise] = []
            for slot in need.slots.select_for_update(no_key=True).filter(starts__gt=now).order_by("day", "number"):
                starts = recurring.moment(slot.day, starts_at, self.zone)
                if starts > now and (starts, minutes) != (slot.starts, slot.minutes):
                    slot.move(starts, minutes)
                    moved += [slot.held_by] if slot.held_by else []
            first = {held.persona_id: held for held in reversed(moved) if held.persona_id}
            for persona, held in first.items():
                jobs.put("notices.tell", what="care.moved", persona=persona, about=held.slot_id)
        return moved

    def _must_be_planned(self, by: Persona) -> None:
        care = Care.of(by)
        if care is None or not care.may_plan(by) or by.circle_id != self.circle_id:
            raise PermissionError("whoever decides or coordinates says what is needed")

    def hold(self) -> "Need":
        return Need.objects.select_for_update(no_key=True).get(pk=self.pk)

    def roll_out(self) -> None:
        """Make its slots ahead. Two who do so at once make each of them once."""
        with transaction.atomic():
            need, today = self.hold(), time.today() - timedelta(days=1)
            need._make(need.days(today, today + AHEAD), since=today)
            need.rolled_to = self.rolled_to = today + AHEAD
            need.save(update_fields=["rolled_to"])

    def days(self, since: date, until: date) -> list[date]:
        """The days on which it is needed; of one that is far off, its first."""
        until = min(until, self.ended_on) if self.ended_on else until
        found = recurring.days(self.starts_on, self.rule, since, until)
        if not found and not self.ended_on:
            far = recurring.next_day(self.starts_on, self.rule, since)
            return [far] if far else []
        return found

    def _make(self, days: Iterable[date], *, since: date) -> None:
        there = set(self.slots.filter(day__gte=since).values_list("day", "number"))
        for day in days:
            starts = recurring.moment(day, self.starts_at, self.zone)
            if starts + timedelta(minutes=self.minutes) < time.now():
                continue
            for number in range(self.places):
                if (day, number) not in there:
                    slot = Slot(circle_id=self.circle_id, need=self, day=day, number=number, starts=starts)
                    slot.minutes = self.minutes
                    slot.save(force_insert=True)
                    slot.plan()

    def end(self, *, by: Persona) -> None:
        """It is not needed any more, from now on. Whoever decides may always say so."""
        self._must_be_planned(by)
        with transaction.atomic():
            need = self.hold()
            need.ended_on = self.ended_on = time.today()
            need.save(update_fields=["ended_on"])
            for slot in need.slots.filter(starts__gt=time.now()):
                slot.let_go(tell=True)

    def let_go(self) -> None:
        """It is gone, with its slots and promises, and nobody is told of it any more."""
        for slot in self.slots.all():
            slot.let_go(tell=False)
        self.delete()

    @property
    def rhythm(self) -> recurring.Rhythm | None:
        try:
            return recurring.Rhythm.of(self.rule, self.starts_on)
        except ValueError:
            return None


class SlotQuerySet(models.QuerySet["Slot"]):
    def seen_by(self, circle_id: int, ring: int) -> Self:
        """What somebody of this ring sees, with who has it."""
        found = self.filter(circle=circle_id, need__ring__gte=ring)
        return found.select_related("need", "promise__persona", "promise__guest").order_by("starts", "pk")

    def coming(self) -> Self:
        """What is not over yet, also a night that has begun."""
        return self.filter(starts__gt=time.now() - timedelta(hours=12))

    def free(self) -> Self:
        """What nobody has taken, and what somebody would pass on."""
        return self.filter(Q(promise=None) | Q(promise__is_sought=True), starts__gt=time.now())


class Slot(CircleRow):
    """One piece of a need: one day, for one helper."""

    need = models.ForeignKey(Need, models.CASCADE, related_name="slots")
    day = models.DateField()
    number = models.PositiveSmallIntegerField(default=0)  # where one day takes several people
    starts = models.DateTimeField(db_index=True)
    minutes = models.PositiveIntegerField(default=60)
    rung = seal.SealedJSON(default=list)  # who was called when nobody had taken it
    by_board = models.BooleanField(default=False)  # it is over, and somebody who came by the board was there

    objects = models.Manager.from_queryset(SlotQuerySet)()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["need", "day", "number"], name="one_slot_of_a_day")]

    def __str__(self) -> str:
        return "a slot"

    def get_absolute_url(self) -> str:
        return url("care:slot", key=self.circle_id, slot_key=self.pk)

    @classmethod
    def held(cls, pk: int) -> "Slot":
        """The row as it is now, held until the transaction ends. Raises `Taken` where it is gone."""
        if not cls.objects.select_for_update(no_key=True).filter(pk=pk).only("pk").first():
            raise Taken
        return cls.objects.select_related("need").get(pk=pk)

    @property
    def ends(self) -> datetime:
        return self.starts + timedelta(minutes=self.minutes)

    @property
    def there(self) -> datetime | None:
        """When it is on the clock where the circle is at home, if that is another clock than the reader's."""
        there = self.starts.astimezone(ZoneInfo(self.need.zone))
        return there if there.utcoffset() != timezone.localtime(self.starts).utcoffset() else None

    @property
    def eve(self) -> datetime:
        """Late in the afternoon of the day before, there: when a helper without an account gets a mail."""
        there = self.starts.astimezone(ZoneInfo(self.need.zone))
        return datetime.combine(there.date() - timedelta(days=1), EVE, there.tzinfo)

    @property
    def held_by(self) -> "Promise | None":
        """The promise that covers it."""
        return getattr(self, "promise", None)

    @property
    def has_begun(self) -> bool:
        return self.starts <= time.now()

    @property
    def is_over(self) -> bool:
        return self.ends <= time.now()

    @property
    def is_open(self) -> bool:
        """Whether its address is shown to whoever holds it: from 24 hours before it begins to 2 hours after its end."""
        return self.starts - BEFORE <= time.now() <= self.ends + AFTER

    def take(self, brings: str = "", *, by: "Persona | Guest") -> "Promise":
        """Promise it. Of many who do so at once, one has it; the others hear so (`Taken`)."""
        from weft.care.models.promise import Promise

        with transaction.atomic():
            slot = Slot.held(self.pk)
            if slot.is_over or slot.circle_id != by.circle_id:
                raise Taken
            held = Promise.objects.filter(slot=slot).first()
            if held and held.is_of(by):
                return held
            if held and not held.is_sought:
                raise Taken
            if held:
                held.pass_on(to=by)
            promise = Promise.make(slot, brings, by=by)
            slot.hush()
            slot.plan()
        return promise

    def plan(self, *, late: timedelta = HOUR) -> None:
        """Ask for the calls and reminders that are due in the next days. Asked for twice, they are asked for once.

        *late*: when to call, if the time for it has passed: whoever has just asked for help knows that it is free."""
        now = time.now()
        if not now < self.starts < now + SOON:
            return
        for who, before in RINGS.items():
            due = self.starts - before if self.starts - before > now else now + late
            if due < self.starts:
                jobs.put("care.call", due=due, once=(self.pk, who), slot=self.pk, who=who)
        if self.starts - REMIND > now:
            jobs.put("care.remind", due=self.starts - REMIND, once=(self.pk,), slot=self.pk)
        if self.eve > now:
            jobs.put("care.write_out", due=self.eve, once=(self.pk,), slot=self.pk)

    def move(self, starts: datetime, minutes: int) -> None:
        """It begins at another moment: what was to be said before the old one is said before this one."""
        self.starts, self.minutes, self.rung = starts, minutes, []
        self.save(update_fields=["starts", "minutes", "rung"])
        self.hush()
        for who in RINGS:
            jobs.drop("care.call", once=(self.pk, who))
        jobs.drop("care.remind", once=(self.pk,))
        self.plan()

    def hush(self) -> None:
        """Nobody is told of it any more."""
        for what in TOLD:
            Notice.hush(what, about=self.pk)

    def let_go(self, *, tell: bool) -> None:
        """It is not needed any more. Whoever had promised it is told so, unless all has ended."""
        self.hush()
        held = self.held_by
        if tell and held:
            held.hear_of_end()
        self.delete()
