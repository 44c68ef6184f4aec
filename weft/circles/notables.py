"""Of what a circle tells its people."""

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from weft.circles.models import Acceptance, Persona
from weft.loom.section import Notable


def _asking(notice: Any) -> tuple[str, str]:
    return _("Somebody asks to come in."), reverse("circles:desk", kwargs={"key": notice.circle_id})


def _let_in(notice: Any) -> tuple[str, str]:
    return _("You can come in now."), reverse("circles:circle", kwargs={"key": notice.circle_id})


def _agreement(notice: Any) -> tuple[str, str]:
    words = _("There is a new agreement. Please read it before you next write.")
    return words, reverse("circles:agreement", kwargs={"key": notice.circle_id})


def _still_to_agree(persona: Persona, agreement: int) -> bool:
    return not Acceptance.objects.filter(persona=persona, agreement=agreement).exists()


ALL = [
    Notable("circles.asking", gettext_lazy("Somebody asks to come in"), _asking, usual="mail", to_guides=True),
    Notable("circles.let_in", gettext_lazy("You can come into a circle"), _let_in, usual="mail"),
    Notable("circles.agreement", gettext_lazy("A new agreement"), _agreement, wanted=_still_to_agree),
]
