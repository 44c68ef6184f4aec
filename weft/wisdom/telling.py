"""Of what authors and askers are told. Of a no nobody is told."""

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from weft.circles.models import Persona
from weft.loom.section import Notable
from weft.notices.models import Notice
from weft.wisdom.models import Strand, Trial


def _to_lesson(notice: Any) -> str:
    return reverse("wisdom:lesson", kwargs={"key": notice.circle_id, "lesson_key": notice.about})


def _asked(notice: Any) -> tuple[str, str]:
    where = reverse("wisdom:strand", kwargs={"key": notice.circle_id, "strand_key": notice.about})
    return _("Somebody asks whether words of yours may help others."), where


def _stands(notice: Any) -> tuple[str, str]:
    return _("Words that you asked for stand among the lessons now."), _to_lesson(notice)


def _tried(notice: Any) -> tuple[str, str]:
    return _("Somebody tried what you wrote, and says what happened."), _to_lesson(notice)


NOTABLES = [
    Notable("wisdom.asked", gettext_lazy("Somebody asks whether words of yours may help others"), _asked),
    Notable("wisdom.stands", gettext_lazy("Words that you asked for stand among the lessons"), _stands),
    Notable("wisdom.tried", gettext_lazy("Somebody tried what you wrote"), _tried, usual="weekly"),
]


def tell_of_ask(strand: int) -> None:
    """Tell an author that somebody asks."""
    found = Strand.objects.filter(pk=strand, is_asked=True).select_related("author__circle").first()
    if found and found.author:
        Notice.ring("wisdom.asked", to=found.author, about=found.pk, by=found.asked_by[0] if found.asked_by else None)


def tell_asker(persona: int, lesson: int) -> None:
    """Tell whoever asked that there was a yes."""
    to = Persona.objects.inside().filter(pk=persona).select_related("circle").first()
    strand = Strand.objects.filter(lesson=lesson, stands=True).first()
    if to and strand:
        Notice.ring("wisdom.stands", to=to, about=lesson)


def tell_of_trial(trial: int) -> None:
    """Tell those whose words were tried, where they may read what happened."""
    found = Trial.objects.filter(pk=trial).first()
    if found is None:
        return
    strands = Strand.objects.filter(lesson=found.lesson_id, stands=True).exclude(author=found.by_id)
    for strand in strands.select_related("author__circle"):
        if strand.author and (found.for_house or strand.circle_id == found.circle_id):
            Notice.ring("wisdom.tried", to=strand.author, about=found.lesson_id, by=found.by_id)
