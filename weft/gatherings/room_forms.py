"""What somebody fills in at the door of an hour."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from weft.circles.models import Agreement, Persona
from weft.gatherings.models import Consent


class VisitForm(forms.Form):
    """A name for one hour, and a yes to the agreement and to what holds in the hour, as they stood there to be read."""

    name = forms.CharField(
        label=gettext_lazy("What shall we call you in this hour?"),
        help_text=gettext_lazy("Any name you like. It is for this hour, and is forgotten a day after it."),
        max_length=40,
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )
    yes = forms.BooleanField(
        label=gettext_lazy("I have read both, and I say yes to them."),
        error_messages={"required": gettext_lazy("To come in, please say yes to both. You can also go back.")},
    )
    read = forms.CharField(required=False)

    def __init__(self, data: Any = None, *, agreement: Agreement, consent: Consent, mine: Persona | None) -> None:
        super().__init__(data, initial={"name": mine.name if mine else ""})
        self.agreement, self.consent = agreement, consent
        self.known_as = mine.name if mine and mine.standing != Persona.Standing.VISITING else ""
        if self.known_as:
            del self.fields["name"]

    @property
    def now(self) -> str:
        """Which versions these are."""
        return f"{self.agreement.pk}.{self.consent.pk}"

    @property
    def declined(self) -> list[int]:
        """Whoever visits is not asked for what one may decline."""
        return list(range(len(self.agreement.clauses)))

    def clean(self) -> dict[str, Any]:
        said = super().clean() or {}
        if said.get("read") != self.now:
            self.add_error(None, _("The words have changed meanwhile. Please read them once more."))
        return said


class ArrivalForm(forms.Form):
    """Where somebody is, and whom to call."""

    where = forms.CharField(
        label=gettext_lazy("Where are you today?"),
        help_text=gettext_lazy("The house and the street, or how somebody finds you."),
        max_length=300,
    )
    call = forms.CharField(
        label=gettext_lazy("Whom shall we call if you are not well?"),
        help_text=gettext_lazy("A name and a number. It can be a friend, a neighbour, your doctor."),
        max_length=300,
    )


class ClosedForm(forms.Form):
    """For how long the hours of a circle are closed to a visitor, and why."""

    weeks = forms.TypedChoiceField(
        label=gettext_lazy("For how long?"),
        choices=[
            (4, gettext_lazy("four weeks")),
            (13, gettext_lazy("three months")),
            (52, gettext_lazy("a year")),
        ],
        coerce=int,
        initial=4,
    )
    reason = forms.CharField(
        label=gettext_lazy("Why? Only those who guide here read it."), required=False, max_length=300
    )
