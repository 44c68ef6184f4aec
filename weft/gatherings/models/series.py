"""A series: a meeting that comes again, at an hour of the clock where its circle is at home."""

from collections.abc import Iterable
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any, Self

from django.db import models, transaction
from django.utils.translation import gettext_lazy as _

from weft.circles.models import Circle, CircleRow, Persona
from weft.gatherings import recurring
from weft.loom import jobs, seal, time

if TYPE_CHECKING:
    from weft.gatherings.models.gathering import Gathering

AHEAD = timedelta(days=70)  # so far ahead there are gatherings that people can say yes to
NEARLY = timedelta(days=35)  # whoever looks when there are fewer days than this has them made
WHEN = ("starts_on", "starts_at", "zone", "rule", "minutes")  # what changes when a gathering is


class SeriesQuerySet(models.QuerySet["Series"]):
    def running(self) -> Self:
        """Those that have not ended."""
        return self.filter(models.Q(ended_on=None) | models.Q(ended_on__gte=time.today()))


class Series(CircleRow):
    """A repeating meeting. Its hour is one of the clock in its zone, so that it stays when summer time begins."""

    class Door(models.TextChoices):
        OPEN = "open", _("Anybody may come")
        MEMBERS = "members", _("Everybody in the circle")
        COHORT = "cohort", _("A closed group that starts together")

    class Way(models.TextChoices):
        TEXT = "text", _("in writing")
        VOICE = "voice", _("by voice")
        VIDEO = "video", _("by voice and picture")

    circle = models.ForeignKey(Circle, models.CASCADE, related_name="series")
    name = seal.SealedText()
    about = seal.SealedText()
    plan = seal.SealedJSON()  # what the hour follows: opening, prompts, closing, minutes of a turn
    zone = models.CharField(max_length=64)
    starts_on = models.DateField()  # the first day, and the hour, as the clock in the zone shows them
    starts_at = models.TimeField()
    minutes = models.PositiveIntegerField(default=60)
    rule = models.CharField(max_length=200, blank=True)  # RFC 5545 RRULE, in wall time; empty: once
    left_out = seal.SealedJSON()  # days without a meeting, as ISO dates: holidays
    door = models.CharField(max_length=8, choices=Door, default=Door.MEMBERS)
    seats = models.PositiveIntegerField(default=12)
    questions = seal.SealedJSON()  # asked before somebody comes into a cohort
    way = models.CharField(max_length=5, choices=Way, default=Way.TEXT)  # the most that the hour may use
    is_online = models.BooleanField(default=True)
    place = seal.SealedText()  # a room's address, for those who come in person
    is_near = models.BooleanField(default=False)  # whoever does not come sees only `near` of it
    near = seal.SealedText(null=True)  # what anybody may know of the address
    phone = seal.SealedText()  # a number to dial in, shown to those who are let in
    asks_where = models.BooleanField(default=False)  # at the door: where are you today, and whom shall we call?
    needs_credential = models.BooleanField(default=False)  # only a professional with a checked credential may open it
    needs_training = models.BooleanField(default=True)  # whoever opens it is a host who was signed off, or such a one
    keeps_notes = models.BooleanField(default=False)  # those who guide write a note about the group and each member
    listed = models.BooleanField(default=False)
    made_on = models.DateField(default=time.today)
    ended_on = models.DateField(null=True)  # the last day of it, when somebody ended it
    rolled_to = models.DateField(null=True)  # so far its gatherings are made

    objects = models.Manager.from_queryset(SeriesQuerySet)()

    def __str__(self) -> str:
        return "a series"

    @classmethod
    def begin(cls, pk: int, said: dict[str, Any], *, by: Persona) -> "Series":
        """A new series, guided by whoever makes it. Made twice under one id, it is made once."""
        if not by.facilitates:
            raise PermissionError("only who guides a circle makes a series in it")
        with transaction.atomic():
            by.lock_circle()
            found = cls.objects.filter(pk=pk, circle_id=by.circle_id).first()
            if found:
                return found
            trained = not by.circle.preset.private  # friends and families hold their hours among themselves
            series = cls(pk=pk, circle_id=by.circle_id, needs_training=trained, **said)
            series.needs_credential = series.needs_credential or by.circle.kind == "therapy"
            series.save(force_insert=True)
            Guide(circle_id=by.circle_id, series=series, persona=by).save(force_insert=True)
            series.roll_out()
        return series

    def hold(self) -> "Series":
        """Its row as it is now, held until the transaction ends."""
        return Series.objects.select_for_update(no_key=True).get(pk=self.pk)

    @property
    def holidays(self) -> list[date]:
        """The days that are left out."""
        return [date.fromisoformat(day) for day in self.left_out]

    def days(self, since: date, until: date) -> list[date]:
        """The days on which it meets, from one to another."""
        until = min(until, self.ended_on) if self.ended_on else until
        return recurring.days(self.starts_on, self.rule, since, until, left_out=self.holidays)

    @property
    def rhythm(self) -> recurring.Rhythm | None:
        """How it comes again; None for a rule that came from elsewhere."""
        try:
            return recurring.Rhythm.of(self.rule, self.starts_on)
        except ValueError:
            return None

    def roll_out(self) -> None:
        """Make its gatherings ahead, and always the next one. Two who do so at once make each of them once."""
        with transaction.atomic():
            series = self.hold()
            today = time.today() - timedelta(days=1)  # in some zones it is still yesterday
            series._make(series._ahead(today, today + AHEAD), since=today)
            series.rolled_to = self.rolled_to = today + AHEAD
            series.save(update_fields=["rolled_to"])

    @property
    def is_rolled_out(self) -> bool:
        return self.rolled_to is not None and self.rolled_to >= time.today() + NEARLY

    def _ahead(self, since: date, until: date) -> list[date]:
        found = self.days(since, until)
        if not found and not self.ended_on:
            next_day = recurring.next_day(self.starts_on, self.rule, since, left_out=self.holidays)
            found = [next_day] if next_day else []
        return found

    def _make(self, days: Iterable[date], *, since: date) -> None:
        from weft.gatherings.models.gathering import Gathering
        from weft.gatherings.models.rest import Rest
        from weft.gatherings.models.shift import Shift

        there = set(self.gatherings.filter(day__gte=since).values_list("day", flat=True))
        guides = list(self.guides.all())
        rests = Rest.until_of(guide.persona_id for guide in guides)
        for day in days:
            if day in there:
                continue
            starts = recurring.moment(day, self.starts_at, self.zone)
            if starts < time.now():
                continue
            one = Gathering(circle_id=self.circle_id, series=self, day=day, starts=starts, planned=starts)
            one.minutes = self.minutes
            one.save(force_insert=True)
            led = False
            for guide in guides:
                if day > rests.get(guide.persona_id, date.min):
                    part = Shift.Part.LEADS if guide.leads else Shift.Part.HELPS
                    shift = Shift(circle_id=self.circle_id, gathering=one, persona_id=guide.persona_id, part=part)
                    shift.save(force_insert=True)
                    led = led or guide.leads
            if guides and not led:
                jobs.put("gatherings.tell_of_shift", gathering=one.pk)
            one.plan_reminders()

    def change(self, said: dict[str, Any], *, by: Persona) -> None:
        """Change what it says of itself; and from its first day on, when it meets.

        Whoever said that they come to a gathering that is now at another time, or is none any more, is told.
        """
        with transaction.atomic():
            series = self.hold()
            at_another_time = series._would_move(said)
            for name, value in said.items():
                if at_another_time or name not in WHEN:
                    setattr(series, name, value)
                    setattr(self, name, value)
            series.save()
            if at_another_time:
                series._follow(by)

    def _would_move(self, said: dict[str, Any]) -> bool:
        """Whether the gatherings from the said day on are not those that there are anyway."""
        if any(said[name] != getattr(self, name) for name in ("starts_at", "zone", "minutes")):
            return True
        since, until = said["starts_on"], said["starts_on"] + timedelta(days=800)
        return self.days(since, until) != recurring.days(since, said["rule"], since, until, left_out=self.holidays)

    def _follow(self, by: Persona) -> None:
        """Let the gatherings that have not begun follow the rule. The series is held."""
        from weft.gatherings.models.gathering import Gathering

        ahead = self.gatherings.filter(day__gte=self.starts_on, phase=Gathering.Phase.SCHEDULED, starts__gt=time.now())
        days = set(self.days(self.starts_on, time.today() + AHEAD))
        for one in ahead:
            one.series = self
            if one.day in days:
                one.follow(recurring.moment(one.day, self.starts_at, self.zone), self.minutes, by=by)
            elif one.taken.exists():
                one.cancel("", by=by)
            else:
                one.delete()
        self.roll_out()

    def leave_out(self, day: date, note: str, *, by: Persona) -> None:
        """A day without a meeting. Whoever said that they come is told."""
        with transaction.atomic():
            series = self.hold()
            series.left_out = self.left_out = sorted({*series.left_out, day.isoformat()})
            series.save(update_fields=["left_out"])
            for one in series.gatherings.filter(day=day):
                one.cancel(note, by=by)

    def take_in(self, day: date, *, by: Persona) -> None:
        """A day that was left out is one with a meeting after all."""
        with transaction.atomic():
            series = self.hold()
            series.left_out = self.left_out = [left for left in series.left_out if left != day.isoformat()]
            series.save(update_fields=["left_out"])
            for one in series.gatherings.filter(day=day):
                one.restore(by=by)
            series.roll_out()

    def end(self, day: date | None, *, by: Persona) -> None:
        """Let it end with a day; or, with None, go on as if nobody had ended it."""
        with transaction.atomic():
            series = self.hold()
            was = series.ended_on or date.max
            series.ended_on = self.ended_on = day
            series.save(update_fields=["ended_on"])
            end = day or date.max
            for one in series.gatherings.filter(day__gt=min(was, end), day__lte=max(was, end), starts__gt=time.now()):
                jobs.put("gatherings.tell_of_change", gathering=one.pk, by=by.pk)
            if day is None:
                series.roll_out()

    def place_the_next(self) -> None:
        """Offer free places of a closed group to those in line. The row is held."""
        from weft.gatherings.models.place import place_the_next

        place_the_next(self)

    def follow_plan(self, plan: dict[str, Any], *, by: Persona) -> None:
        """From now on its hours follow this plan."""
        if not by.facilitates or by.circle_id != self.circle_id:
            raise PermissionError("only who guides plans the hour")
        self.plan = plan
        self.save(update_fields=["plan"])

    @property
    def next(self) -> "Gathering | None":
        """The next gathering that takes place."""
        return self.gatherings.coming().filter(is_cancelled=False).order_by("starts").first()


class Guide(CircleRow):
    """Who guides a series, unless somebody else takes the shift."""

    series = models.ForeignKey(Series, models.CASCADE, related_name="guides")
    persona = models.ForeignKey(Persona, models.CASCADE, related_name="+")
    leads = models.BooleanField(default=True)  # else: helps

    class Meta:
        constraints = [models.UniqueConstraint(fields=["series", "persona"], name="one_guide_of_a_series")]

    def __str__(self) -> str:
        return "a guide"

    @classmethod
    def appoint(cls, series: Series, who: Persona, part: str, *, by: Persona) -> None:
        """Let somebody lead the series, help in it, or neither, from now on: its gatherings ahead follow."""
        from weft.gatherings.models.rest import Rest
        from weft.gatherings.models.shift import Shift

        if not by.facilitates or not who.facilitates or {by.circle_id, who.circle_id} != {series.circle_id}:
            raise PermissionError("those who guide a circle say who of them guides a series")
        with transaction.atomic():
            series.hold()
            ahead = series.gatherings.filter(starts__gt=time.now(), phase="scheduled")
            cls.objects.filter(series=series, persona=who).delete()
            Shift.objects.filter(gathering__in=ahead, persona=who).delete()
            if part != "none":
                leads = part == "leads"
                cls(circle_id=series.circle_id, series=series, persona=who, leads=leads).save(force_insert=True)
                rests = Rest.until_of([who.pk]).get(who.pk, date.min)
                for one in ahead.filter(day__gt=rests):
                    Shift(circle_id=series.circle_id, gathering=one, persona=who, part=part).save(force_insert=True)
