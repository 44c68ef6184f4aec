"""Rest: one who guides gives no hour until a day. Nobody is told, and nobody is asked to say why."""

from collections.abc import Iterable
from datetime import date, timedelta

from django.db import models, transaction

from weft.circles.models import CircleRow, Persona
from weft.gatherings.models.gathering import Gathering
from weft.gatherings.models.series import Guide
from weft.gatherings.models.shift import Shift
from weft.loom import jobs, seal, time

LONGEST = timedelta(days=366)


class Rest(CircleRow):
    """That one who guides rests in this circle, and until which day. Others see only that an hour has nobody yet."""

    persona = models.OneToOneField(Persona, models.CASCADE, related_name="rest")
    until = seal.SealedDay()

    def __str__(self) -> str:
        return "a rest"

    @classmethod
    def until_of(cls, personas: Iterable[int]) -> dict[int, date]:
        """The last day of rest of those of these who rest."""
        return {one.persona_id: one.until for one in cls.objects.filter(persona__in=personas) if one.holds}

    @property
    def holds(self) -> bool:
        return bool(self.until >= time.today())

    @classmethod
    def take(cls, until: date, *, by: Persona) -> "Rest":
        """Rest until the end of this day. The hours until then are not one's own any more; the others are asked."""
        today = time.today()
        if not by.facilitates or not today <= until <= today + LONGEST:
            raise PermissionError("whoever guides rests, until some day in the next year")
        with transaction.atomic():
            by.lock_circle()
            rest = cls.objects.filter(persona=by).first() or cls(circle_id=by.circle_id, persona=by)
            rest.until = until
            rest.save()
            for shift in shifts_until(by, until):
                Gathering.held(shift.gathering_id)
                shift.delete()
                jobs.put("gatherings.tell_of_shift", gathering=shift.gathering_id)
        return rest

    def end(self) -> None:
        """Back again. Hours of one's series that nobody else has taken to lead are one's own as before."""
        with transaction.atomic():
            self.lock_circle()
            for guide in Guide.objects.filter(persona=self.persona_id).select_related("series"):
                for one in guide.series.gatherings.filter(starts__gt=time.now(), phase=Gathering.Phase.SCHEDULED):
                    now = Gathering.held(one.pk)
                    shifts = list(now.shifts.all())
                    taken = guide.leads and any(shift.part == Shift.Part.LEADS for shift in shifts)
                    if not taken and all(shift.persona_id != self.persona_id for shift in shifts):
                        part = Shift.Part.LEADS if guide.leads else Shift.Part.HELPS
                        new = Shift(circle_id=self.circle_id, gathering=now, persona_id=self.persona_id, part=part)
                        new.save(force_insert=True)
                        jobs.put("gatherings.hush_shift", gathering=now.pk)
            self.delete()

    @classmethod
    def tidy(cls) -> None:
        """Rests that are over."""
        for rest in cls.objects.iterator(500):
            if not rest.holds:
                rest.delete()


def shifts_until(persona: Persona, until: date) -> list[Shift]:
    """The hours that this one would guide until the end of a day."""
    end = time.midnight(until + timedelta(days=1))
    ahead = Gathering.objects.coming().filter(phase=Gathering.Phase.SCHEDULED, starts__gt=time.now(), starts__lt=end)
    found = Shift.objects.filter(persona=persona, gathering__in=ahead)
    return list(found.select_related("gathering__series").order_by("gathering__starts"))
