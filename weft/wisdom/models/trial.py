"""“I tried this”: what happened, also when it did not help."""

from collections.abc import Collection
from typing import Any, Self

from django.db import models, transaction
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from markupsafe import Markup

from weft.circles.models import CircleRow, Persona
from weft.loom import jobs, ledger, seal, text, time
from weft.wisdom.models.lesson import Lesson, Reader


class TrialQuerySet(models.QuerySet["Trial"]):
    def read_by(self, reader: Reader) -> Self:
        """Of one's circle, or for the house, by nobody from whom one is shut off. In no order."""
        return self.readable(*reader.through, hidden=reader.hidden)

    def readable(self, *through: Persona, hidden: Collection[int] | None = None) -> Self:
        """What these may read; without *hidden*, shut off from those from whom they are in their own circles."""
        hidden = Persona.hidden_from(*through) if hidden is None else hidden
        found = self.filter(Q(circle_id__in=[persona.circle_id for persona in through]) | Q(for_house=True))
        return (found.exclude(by_id__in=hidden) if hidden else found).order_by("pk")


class Trial(CircleRow):
    """What happened when somebody tried a lesson. It lies in the circle of who tried it: there they are known."""

    class Way(models.TextChoices):
        HELPED = "helped", _("It helped me")
        PARTLY = "partly", _("It helped in part")
        NOT = "not", _("It did not help me")

    lesson = models.ForeignKey(Lesson, models.CASCADE, related_name="trials")
    by = models.ForeignKey(Persona, models.SET_NULL, null=True, related_name="trials")
    way = seal.SealedText()
    text = seal.SealedText()
    html = seal.SealedText()
    name = seal.SealedText()
    on = seal.SealedDay(default=time.today)
    for_house = models.BooleanField(default=False)

    objects = models.Manager.from_queryset(TrialQuerySet)()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["lesson", "by"], name="one_trial_of_a_persona")]

    def __str__(self) -> str:
        return "a trial"

    @classmethod
    def say(cls, lesson: Lesson, words: str, *, way: str, name: str, for_house: bool, by: Persona) -> "Trial":
        """Say what happened, or say it anew."""
        if not by.may_write or way not in cls.Way.values:
            raise PermissionError("only who may write says what they tried")
        with transaction.atomic():
            by.circle.lock()
            found = cls.objects.filter(lesson=lesson, by=by).first()
            trial = found or cls(lesson=lesson, by=by, circle_id=by.circle_id)
            trial.way, trial.text, trial.html = way, words, text.render(words)
            trial.name, trial.for_house = " ".join(name.split()), for_house
            trial.save()
            if found is None:
                jobs.put("wisdom.tell_of_trial", trial=trial.pk)
        return trial

    def erase(self) -> None:
        """It is gone."""
        with ledger.erasing("wisdom.trial", self.pk):
            Trial.objects.filter(pk=self.pk).delete()

    def bare(self) -> None:
        """Who tried it has left, and lets it stand without a name."""
        self.by, self.name = None, ""
        self.save()

    @property
    def way_said(self) -> str:
        return str(Trial.Way(self.way).label)

    @property
    def shown(self) -> Markup:
        return text.safe(self.html)

    def as_form(self) -> dict[str, Any]:
        """What its form begins with."""
        return {"way": self.way, "text": self.text, "name": self.name, "for_house": self.for_house}
