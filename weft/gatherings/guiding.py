"""Of what those who guide are told, and those who check: something waits, it was answered, it ends soon."""

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from weft.circles import veil
from weft.circles.models import Credential, Persona
from weft.gatherings.models import Consent, Training
from weft.gatherings.models.consent import watching
from weft.loom.section import Notable
from weft.notices.models import Notice
from weft.people.models import Duty


def _credential(notice: Any) -> tuple[str, str]:
    return _("Somebody has looked at your credential."), _at("gatherings:credential", notice)


def _credential_ends(notice: Any) -> tuple[str, str]:
    return _("Your credential ends soon. Please renew it."), _at("gatherings:credential", notice)


def _training(notice: Any) -> tuple[str, str]:
    return _("Somebody has read your training."), _at("gatherings:training", notice)


def _training_ends(notice: Any) -> tuple[str, str]:
    return _("Your training as a host ends soon. Please do it once more."), _at("gatherings:training", notice)


def _consent(notice: Any) -> tuple[str, str]:
    words = _("There is something new to say yes to before the next hour.")
    return words, _at("gatherings:consents", notice)


def _to_check(notice: Any) -> tuple[str, str]:
    return _("Something waits to be checked or signed off."), reverse("gatherings:checks")


def _at(view: str, notice: Any) -> str:
    return reverse(view, kwargs={"key": notice.circle_id})


def _still_to_agree(persona: Persona, consent: int) -> bool:
    found = Consent.objects.filter(pk=consent).first()
    return found is not None and not found.holds_for(persona, watching(persona.circle_id))


NOTABLES = [
    Notable("gatherings.checked", gettext_lazy("Somebody checked your credential"), _credential, usual="mail"),
    Notable("gatherings.credential_ends", gettext_lazy("Your credential ends soon"), _credential_ends, usual="mail"),
    Notable("gatherings.signed", gettext_lazy("Somebody read your training as a host"), _training, usual="mail"),
    Notable("gatherings.training_ends", gettext_lazy("Your training ends soon"), _training_ends, usual="mail"),
    Notable("gatherings.consent", gettext_lazy("Something new to say yes to"), _consent, wanted=_still_to_agree),
    Notable(
        "gatherings.to_check",
        gettext_lazy("Somebody’s credential or training waits for you"),
        _to_check,
        usual="mail",
        duty=Duty.Kind.SAFETY,
    ),
    Notable(
        "gatherings.to_sign",
        gettext_lazy("Somebody’s training as a host waits for you"),
        _to_check,
        usual="mail",
        duty=Duty.Kind.TRAINER,
    ),
]


def tell_of_credential(credential: int) -> None:
    """The safety team hears that one waits. Whose own it is hears it hollow: a missing notice would tell."""
    found = Credential.objects.waiting().filter(pk=credential).first()
    if found:
        _tell("gatherings.to_check", Duty.Kind.SAFETY, found)


def tell_of_training(training: int) -> None:
    """So does whoever signs hosts off."""
    found = Training.objects.waiting().filter(pk=training).first()
    if found:
        _tell("gatherings.to_check", Duty.Kind.SAFETY, found)
        _tell("gatherings.to_sign", Duty.Kind.TRAINER, found)


def _tell(what: str, kind: str, about: "Credential | Training") -> None:
    owner = bytes(about.persona.owner_tag)
    for duty in Duty.objects.filter(kind=kind).select_related("person"):
        own = veil.owner_tag(duty.person, about.circle_id) == owner
        Notice.ring(what, to=duty.person, about=about.pk, hollow=own)


def warn(credential: int = 0, training: int = 0) -> None:
    """It ends within a month, or in a day or two. What was renewed or taken away meanwhile is not there any more."""
    checked = Credential.objects.filter(pk=credential, is_checked=True).select_related("persona__circle").first()
    if checked and checked.was_checked and checked.is_due:
        Notice.ring("gatherings.credential_ends", to=checked.persona, about=checked.pk)
    signed = Training.objects.filter(pk=training, is_signed=True).select_related("persona__circle").first()
    if signed and signed.was_signed and signed.is_due:
        Notice.ring("gatherings.training_ends", to=signed.persona, about=signed.pk)
