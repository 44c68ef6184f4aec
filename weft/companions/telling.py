"""Of what greeter and newcomer are told."""

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from weft.circles.models import Persona
from weft.companions.book import GuestBook
from weft.companions.models import Greeting, what_of
from weft.loom.section import Notable
from weft.notices.models import Notice


def _circle(notice: Any) -> str:
    return reverse("circles:circle", kwargs={"key": notice.circle_id})


def _greeting(notice: Any) -> tuple[str, str]:
    return _("Somebody greets you."), _circle(notice)


def _follow_up(notice: Any) -> tuple[str, str]:
    return _("Somebody asks how you are."), _circle(notice)


def _answer(notice: Any) -> tuple[str, str]:
    return _("Somebody whom you greeted wrote back."), _circle(notice)


def _companions(notice: Any) -> str:
    return reverse("companions:companions", kwargs={"key": notice.circle_id})


def _asked(notice: Any) -> tuple[str, str]:
    return _("Somebody asks whether you would be companions."), _companions(notice)


def _yes(notice: Any) -> tuple[str, str]:
    return _("Somebody whom you asked said yes."), _companions(notice)


def _letter(notice: Any) -> tuple[str, str]:
    return _("A companion wrote to you."), _companions(notice)


def _errand(notice: Any) -> tuple[str, str]:
    return _("Somebody asks you to ask for them."), _circle(notice)


def _wanted(persona: Persona, about: int) -> bool:
    """Whether this newcomer wants such words at all."""
    guest = next((book.guests.get(persona.pk) for book in GuestBook.of(persona.circle_id)), None)
    return guest is None or not guest.quiet


NOTABLES = [
    Notable("companions.greeting", gettext_lazy("Somebody greets you"), _greeting, usual="weekly", wanted=_wanted),
    Notable(
        "companions.follow_up",
        gettext_lazy("Somebody asks how you are, in your first weeks"),
        _follow_up,
        usual="weekly",
        wanted=_wanted,
    ),
    Notable("companions.asked", gettext_lazy("Somebody asks to be companions"), _asked, usual="weekly"),
    Notable(
        "companions.errand", gettext_lazy("Somebody asks you to ask for them"), _errand, usual="weekly", to_guides=True
    ),
    Notable("companions.yes", gettext_lazy("Somebody whom you asked says yes"), _yes),
    Notable("companions.letter", gettext_lazy("A companion writes to you"), _letter),
    Notable("companions.answer", gettext_lazy("Somebody whom you greeted writes back"), _answer, to_guides=True),
]


def tell(greeting: int) -> None:
    """Tell whoever is greeted; or, once they wrote back, the greeter."""
    found = Greeting.objects.filter(pk=greeting).select_related("by__circle").first()
    if found is None:
        return
    to = Persona.objects.filter(pk=found.to_id).select_related("circle").first()
    if to is None:
        return
    if found.is_answered and not found.is_read:
        Notice.ring("companions.answer", to=found.by, about=found.pk, by=to.pk)
    elif not found.is_put_away:
        Notice.ring(what_of(found.day), to=to, about=found.pk, by=found.by_id)
