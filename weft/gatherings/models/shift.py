"""A shift: who guides one gathering, and how it is handed on without blame."""

from django.db import models, transaction

from weft.circles.models import CircleRow, Persona
from weft.gatherings.models.gathering import Gathering
from weft.loom import jobs


class Taken(Exception):
    """Somebody else was faster, or whoever sought took it back."""


class Shift(CircleRow):
    """Who guides one gathering. Whoever seeks somebody else to take it keeps it until somebody does."""

    class Part(models.TextChoices):
        LEADS = "leads"
        HELPS = "helps"

    gathering = models.ForeignKey(Gathering, models.CASCADE, related_name="shifts")
    persona = models.ForeignKey(Persona, models.CASCADE, related_name="shifts")
    part = models.CharField(max_length=5, choices=Part, default=Part.LEADS)
    is_sought = models.BooleanField(default=False)  # another may take it, and no reason is asked

    class Meta:
        constraints = [models.UniqueConstraint(fields=["gathering", "persona"], name="one_shift_each")]

    def __str__(self) -> str:
        return "a shift"

    @classmethod
    def join(cls, gathering: Gathering, *, by: Persona) -> "Shift":
        """Guide a gathering too: lead it if nobody does, else help. All who guide the circle may, who helps it too."""
        if not by.facilitates or by.circle_id != gathering.circle_id:
            raise PermissionError("only who guides the circle guides its gatherings")
        with transaction.atomic():
            now = Gathering.held(gathering.pk)
            shift = now.shifts.filter(persona=by).first()
            led = now.shifts.filter(part=cls.Part.LEADS).exists()
            if shift is None or not led:
                shift = shift or cls(circle_id=now.circle_id, gathering=now, persona=by)
                shift.part = cls.Part.HELPS if led else cls.Part.LEADS
                shift.save()
                jobs.put("gatherings.hush_shift", gathering=now.pk)
        return shift

    def hand_on(self, *, by: Persona) -> None:
        """Ask the other guides of the circle whether one of them can. Nobody is asked for a reason."""
        self._seek(True, by)

    def take_back(self, *, by: Persona) -> None:
        """Guide it oneself after all."""
        self._seek(False, by)

    def _seek(self, is_sought: bool, by: Persona) -> None:
        if by.pk != self.persona_id:
            raise PermissionError("one's own shift")
        with transaction.atomic():
            Gathering.held(self.gathering_id)
            mine = Shift.objects.filter(pk=self.pk, persona=by).first()
            if mine is None:
                raise Taken
            if mine.is_sought != is_sought:
                mine.is_sought = self.is_sought = is_sought
                mine.save(update_fields=["is_sought"])
                told = "gatherings.tell_of_shift" if is_sought else "gatherings.hush_shift"
                jobs.put(told, gathering=self.gathering_id)

    def take(self, *, by: Persona) -> None:
        """Take a shift that somebody hands on. Of two who take it at once the first has it, the other hears so."""
        if not by.facilitates or by.circle_id != self.circle_id:
            raise PermissionError("only who guides the circle guides its gatherings")
        with transaction.atomic():
            gathering = Gathering.held(self.gathering_id)
            sought = Shift.objects.filter(pk=self.pk, is_sought=True).exclude(persona=by).first()
            if sought is None or not gathering.is_on:
                raise Taken
            was = sought.persona_id
            gathering.shifts.filter(persona=by).delete()
            sought.persona, sought.is_sought = by, False
            sought.save(update_fields=["persona", "is_sought"])
            jobs.put("gatherings.hush_shift", gathering=gathering.pk)
            jobs.put("gatherings.tell_of_taken", gathering=gathering.pk, persona=was)

    def step_back(self, *, by: Persona) -> None:
        """Whoever helps need not be replaced: they are guests again."""
        if by.pk != self.persona_id or self.part != self.Part.HELPS:
            raise PermissionError("one's own shift, and not the one who leads")
        self.delete()
