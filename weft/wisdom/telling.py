"""Of what authors and askers are told. Of a no nobody is told."""

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from weft.circles.models import Persona
from weft.loom import time
from weft.loom.section import Notable
from weft.notices.models import Notice
from weft.wisdom.models import Ending, Parting, Strand, Trial
from weft.wisdom.models.ending import NEAR


def _to_lesson(notice: Any) -> str:
    return reverse("wisdom:lesson", kwargs={"key": notice.circle_id, "lesson_key": notice.about})


def _asked(notice: Any) -> tuple[str, str]:
    where = reverse("wisdom:strand", kwargs={"key": notice.circle_id, "strand_key": notice.about})
    return _("Somebody asks whether words of yours may help others."), where


def _stands(notice: Any) -> tuple[str, str]:
    return _("Words that you asked for stand among the lessons now."), _to_lesson(notice)


def _tried(notice: Any) -> tuple[str, str]:
    return _("Somebody tried what you wrote, and says what happened."), _to_lesson(notice)


def _to_ending(notice: Any) -> str:
    return reverse("wisdom:ending", kwargs={"key": notice.circle_id})


def _to_circle(notice: Any) -> str:
    return reverse("circles:circle", kwargs={"key": notice.circle_id})


def _ending(notice: Any) -> tuple[str, str]:
    return _("Something that you are part of will end. Please read when, and what you can do."), _to_ending(notice)


def _goes_on(notice: Any) -> tuple[str, str]:
    return _("Something that was to end goes on after all."), _to_circle(notice)


def _still_to_say(notice: Any) -> tuple[str, str]:
    return _("Something ends in a week. You can still say what of yours may be kept."), _to_ending(notice)


def _ended(notice: Any) -> tuple[str, str]:
    return _("Something has ended. You can take the archive along."), _to_circle(notice)


def _still_there(notice: Any) -> tuple[str, str]:
    return _("An archive is there for one more week."), _to_circle(notice)


def _farewell(notice: Any) -> tuple[str, str]:
    return _("Somebody left a word of thanks for you."), _to_ending(notice)


NOTABLES = [
    Notable("wisdom.ending", gettext_lazy("One of your circles will end"), _ending, usual="mail"),
    Notable("wisdom.goes_on", gettext_lazy("A circle that was to end goes on"), _goes_on, usual="mail"),
    Notable("wisdom.still_to_say", gettext_lazy("A circle ends in a week"), _still_to_say, usual="mail"),
    Notable("wisdom.ended", gettext_lazy("One of your circles has ended"), _ended, usual="mail", when_over=True),
    Notable(
        "wisdom.still_there", gettext_lazy("An archive goes in a week"), _still_there, usual="mail", when_over=True
    ),
    Notable("wisdom.farewell", gettext_lazy("Somebody thanks you as a circle ends"), _farewell),
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


def still_to_say(ending: int) -> None:
    """A week before its last day those are told who have not said yet what may be kept."""
    found = Ending.objects.filter(pk=ending, circle__closed_on=None).first()
    if found is None or time.today() > found.last_day:
        return
    if time.today() < found.last_day - NEAR:  # it was moved
        found.plan()
        return
    answered = Parting.objects.filter(circle=found.circle_id).values("persona")
    left = Persona.objects.inside().filter(circle=found.circle_id).exclude(pk__in=answered)
    for persona in left.select_related("circle"):
        if persona.may_write:
            Notice.ring("wisdom.still_to_say", to=persona, about=found.pk)


def still_there(ending: int) -> None:
    """A week before the archive goes everybody is told."""
    found = Ending.objects.filter(pk=ending).exclude(circle__closed_on=None).first()
    if found and time.today() <= found.gone_on:
        for persona in Persona.objects.inside().filter(circle=found.circle_id).select_related("circle"):
            Notice.ring("wisdom.still_there", to=persona, about=found.pk)
