"""Of what greeter and newcomer are told."""

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from weft.companions.models import Greeting
from weft.loom.section import Notable
from weft.notices.models import Notice


def _circle(notice: Any) -> str:
    return reverse("circles:circle", kwargs={"key": notice.circle_id})


def _greeting(notice: Any) -> tuple[str, str]:
    return _("Somebody greets you."), _circle(notice)


def _answer(notice: Any) -> tuple[str, str]:
    return _("Somebody whom you greeted wrote back."), _circle(notice)


NOTABLES = [
    Notable("companions.greeting", gettext_lazy("Somebody greets you"), _greeting, usual="weekly"),
    Notable("companions.answer", gettext_lazy("Somebody whom you greeted writes back"), _answer, to_guides=True),
]


def tell(greeting: int) -> None:
    """Tell whoever is greeted; or, once they wrote back, the greeter."""
    found = Greeting.objects.filter(pk=greeting).select_related("to__circle", "by__circle").first()
    if found and found.is_answered and not found.is_read:
        Notice.ring("companions.answer", to=found.by, about=found.pk, by=found.to_id)
    elif found and not found.is_put_away:
        Notice.ring("companions.greeting", to=found.to, about=found.pk, by=found.by_id)
