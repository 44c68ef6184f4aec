"""Notes of an hour, in groups that keep them: one about the group that names nobody, and one about each member."""

from datetime import date, datetime, timedelta
from typing import Any, Self

from django.db import models, transaction
from django.db.models import Q

from weft.circles.models import CircleRow, Persona
from weft.gatherings.models.gathering import Gathering
from weft.gatherings.models.series import Guide
from weft.gatherings.models.shift import Shift
from weft.gatherings.names import named_in
from weft.loom import seal, time

KEPT = timedelta(days=3 * 365)  # so long after its hour a note is kept


class Names(Exception):
    """The words name members whom this note may not name."""

    def __init__(self, names: list[str]) -> None:
        super().__init__("a note names nobody else")
        self.names = names


class Newer(Exception):
    """Somebody else wrote in it meanwhile."""


class HourNoteQuerySet(models.QuerySet["HourNote"]):
    def about(self, persona: Persona) -> Self:
        """Those about one member."""
        return self.filter(about=persona, about__isnull=False)


class HourNote(CircleRow):
    """One note of one hour. Nothing in it is taken away: a correction is one more step, with who and when."""

    gathering = models.ForeignKey(Gathering, models.CASCADE, related_name="notes")
    about = models.ForeignKey(Persona, models.CASCADE, null=True, related_name="notes_about")  # None: the group
    steps = seal.SealedJSON(default=list)  # words, by which persona, when; the last one holds
    looks = seal.SealedJSON(default=list)  # which persona opened it, and on which day

    objects = models.Manager.from_queryset(HourNoteQuerySet)()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["gathering", "about"], name="one_note_about_a_member"),
            models.UniqueConstraint(fields=["gathering"], condition=Q(about=None), name="one_note_about_a_group"),
        ]

    def __str__(self) -> str:
        return "a note of an hour"

    @classmethod
    def may_read(cls, persona: Persona, gathering: Gathering) -> bool:
        """Whether this one writes and reads them: whoever guides the series, or guided this one hour of it."""
        if not persona.facilitates or not gathering.series.keeps_notes or persona.circle_id != gathering.circle_id:
            return False
        guides = Guide.objects.filter(series=gathering.series_id, persona=persona)
        return Shift.objects.filter(gathering=gathering, persona=persona).exists() or guides.exists()

    @classmethod
    def write(
        cls, gathering: Gathering, words: str, *, by: Persona, about: Persona | None = None, seen: int | None = None
    ) -> "HourNote":
        """Write it, or correct it. *seen*: how many steps lay before whoever writes.

        Raises `Names` where a member is named whom it is not about, and `Newer` where somebody else wrote meanwhile.
        """
        if not cls.may_read(by, gathering):
            raise PermissionError("only those who guide an hour write its notes")
        if names := named_in(words, cls.not_to_be_named(gathering, about)):
            raise Names(names)
        with transaction.atomic():
            Gathering.held(gathering.pk)
            note = cls.objects.filter(gathering=gathering, about=about).first()
            note = note or cls(circle_id=gathering.circle_id, gathering=gathering, about=about, steps=[])
            if note.words != words:
                if seen is not None and seen != len(note.steps):
                    raise Newer
                step = {"words": words, "by": by.pk, "at": time.now().isoformat()}
                note.steps = [*note.steps, step]
                note.save()
        return note

    @classmethod
    def not_to_be_named(cls, gathering: Gathering, about: Persona | None) -> list[str]:
        """The names of all members of the circle, besides the one whom it is about."""
        others = Persona.objects.inside().filter(circle=gathering.circle_id).exclude(role=Persona.Role.FACILITATOR)
        return [one.name for one in others if about is None or one.pk != about.pk]

    def look(self, *, by: Persona) -> None:
        """Somebody opens it. That they did is kept, once for each of their days."""
        look = {"by": by.pk, "day": time.today().isoformat()}
        if look not in self.looks:
            with transaction.atomic():
                self.lock_circle()
                now = HourNote.objects.get(pk=self.pk)
                now.looks = self.looks = [*(one for one in now.looks if one != look), look]
                now.save(update_fields=["looks"])

    @property
    def words(self) -> str:
        return str(self.steps[-1]["words"]) if self.steps else ""

    @property
    def kept_until(self) -> date:
        """The last day on which it is there."""
        return self.gathering.day + KEPT

    def steps_by(self, names: dict[int, str]) -> list[dict[str, Any]]:
        """All steps, the newest first, with the names of those who are still here."""
        return [
            {"words": step["words"], "by": names.get(step["by"], ""), "at": datetime.fromisoformat(step["at"])}
            for step in reversed(self.steps)
        ]

    @classmethod
    def let_go(cls) -> None:
        """Their time is over."""
        cls.objects.filter(gathering__day__lt=time.today() - KEPT).delete()
