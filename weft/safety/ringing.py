"""Whom the safety team's work rings for: the team, whoever told it something, and whoever was unveiled.

All of this is told to persons, at rows that lead to nobody. What is about somebody of the team rings for them too, and
hollow: if it did not, that would tell.
"""

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from weft.circles import veil
from weft.circles.models import Persona
from weft.loom.section import Notable
from weft.notices.models import Notice
from weft.people.models import Duty, Person
from weft.safety.models import Concern, Unveiling
from weft.safety.models.concern import owner_mark


def _concern(notice: Any) -> tuple[str, str]:
    return _("Something waits at the safety desk."), reverse("safety:queue")


def _asked(notice: Any) -> tuple[str, str]:
    return _("The safety team is asked to reach somebody."), reverse("safety:unveilings")


def _answer(notice: Any) -> tuple[str, str]:
    return _("The safety team has answered you."), reverse("safety:told")


def _unveiled(notice: Any) -> tuple[str, str]:
    return _("The safety team looked at how to reach you. It says why on your page of today."), "/"


SAFETY = Duty.Kind.SAFETY
NOTABLES = [
    Notable("safety.answer", gettext_lazy("The safety team answers you"), _answer, usual="mail", own=True),
    Notable("safety.unveiled", gettext_lazy("The safety team had to reach you"), _unveiled, usual="mail", own=True),
    Notable(
        "safety.concern",
        gettext_lazy("Something comes in at the safety desk"),
        _concern,
        usual="mail",
        duty=SAFETY,
        urgent=True,
    ),
    Notable(
        "safety.unveiling",
        gettext_lazy("The safety team is asked to reach somebody"),
        _asked,
        usual="mail",
        duty=SAFETY,
        urgent=True,
    ),
]


def _team() -> list[Person]:
    return [duty.person for duty in Duty.objects.filter(kind=SAFETY).select_related("person")]


def tell_of_concern(concern: int) -> None:
    """The team hears that something came in."""
    if not Concern.objects.open().filter(pk=concern).exists():
        return
    for person in _team():
        about_them = not Concern.objects.seen_by(person).filter(pk=concern).exists()
        Notice.ring("safety.concern", to=person, about=concern, hollow=about_them)


def tell_of_answer(concern: int) -> None:
    """Whoever told the team something hears that there is an answer, if they are still in that circle."""
    found = Concern.objects.filter(pk=concern).prefetch_related("reports").first()
    waiting = {bytes(report.by_tag) for report in found.reports.all() if report.news} if found else set()
    if found and waiting:
        for persona in Persona.objects.filter(circle=found.circle_id):
            if owner_mark("by", persona.owner_tag) in waiting:
                Notice.ring("safety.answer", to=veil.person_of(persona), about=found.pk)


def tell_of_unveiling(unveiling: int) -> None:
    """The team hears that it is asked."""
    found = Unveiling.objects.whole().filter(pk=unveiling).first()
    if found and found.is_waiting:
        for person in _team():
            not_theirs = not Unveiling.objects.seen_by(person).filter(pk=unveiling).exists()
            Notice.ring("safety.unveiling", to=person, about=unveiling, hollow=not_theirs)


def tell_of_unveiled(unveiling: int) -> None:
    """Whoever was unveiled hears it, once the time has come."""
    found = Unveiling.objects.whole().filter(pk=unveiling).first()
    if found and found.is_told:
        for persona in Persona.objects.filter(pk=found.about["persona"], circle=found.circle_id):
            Notice.ring("safety.unveiled", to=veil.person_of(persona), about=unveiling)
