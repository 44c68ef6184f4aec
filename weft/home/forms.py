"""What a steward may change, what one does with one's own things, and the codes for duties."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import URLValidator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from weft.circles.forms import LeaveForm
from weft.circles.models import House
from weft.home.setup_forms import countries
from weft.people.models import Duty, Person
from weft.people.passphrases import LONGEST


class HouseForm(forms.Form):
    """What a steward may change about the house itself."""

    name = forms.CharField(label=gettext_lazy("The name of the house"), max_length=60)
    country = forms.ChoiceField(
        label=gettext_lazy("Country"),
        help_text=gettext_lazy("Its numbers for hard moments are shown first."),
    )
    paid_by = forms.CharField(
        label=gettext_lazy("How is this house paid for?"),
        help_text=gettext_lazy("It stands on the first page. People should know before they join."),
        max_length=600,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    leave_to = forms.URLField(
        label=gettext_lazy("Where does “Leave” lead?"),
        help_text=gettext_lazy("A page that many people have open, such as the weather."),
        assume_scheme="https",
        validators=[URLValidator(schemes=["https"], message=gettext_lazy("The address must begin with https://"))],
        widget=forms.URLInput(attrs={"autocomplete": "off"}),
    )

    def __init__(self, data: Any = None, *, house: House) -> None:
        said = {"name": house.name, "country": house.country, "paid_by": house.paid_by, "leave_to": house.leave_to}
        super().__init__(data, initial=said)
        self.fields["country"].choices = countries()  # type: ignore[attr-defined]


class DutyForm(forms.Form):
    """Which duty a code gives."""

    kind = forms.ChoiceField(
        label=gettext_lazy("Which duty?"),
        choices=Duty.Kind,
        widget=forms.RadioSelect,
        error_messages={"required": gettext_lazy("Please choose a duty.")},
    )
    instead = forms.BooleanField(
        label=gettext_lazy("When somebody uses the code, my own duty of this kind ends"), required=False
    )


class TakeDutyForm(forms.Form):
    """A code, and the name under which somebody does the duty."""

    code = forms.CharField(
        label=gettext_lazy("The code that a steward gave you"),
        max_length=40,
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "none", "spellcheck": "false"}),
        error_messages={"required": gettext_lazy("Please type the code.")},
    )
    known_as = forms.CharField(
        label=gettext_lazy("Under what name do you do this?"),
        help_text=gettext_lazy(
            "The stewards and the safety team see this name. It is joined to none of your names in circles."
        ),
        max_length=40,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        error_messages={"required": gettext_lazy("Please choose a name.")},
    )


class EraseForm(LeaveForm):
    """What becomes of one's words, and a proof that this is meant."""

    passphrase = forms.CharField(
        label=gettext_lazy("Your passphrase, to be sure that it is you"),
        max_length=LONGEST,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
        error_messages={"required": gettext_lazy("Please type your passphrase.")},
    )
    word = forms.CharField(
        max_length=40, widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "none"})
    )

    def __init__(self, data: Any = None, *, person: Person, has_file: bool) -> None:
        super().__init__(data, has_file=has_file)
        self.person = person
        shown = _("goodbye")
        self.fields["word"].label = _("Please type this word: %(word)s") % {"word": shown}
        self.shown = shown
        del self.fields["word" if person.has_usable_password() else "passphrase"]

    def clean_passphrase(self) -> str:
        passphrase: str = self.cleaned_data["passphrase"]
        if not self.person.knows(passphrase):
            raise ValidationError(_("That is not your passphrase. Please try again."))
        return passphrase

    def clean_word(self) -> str:
        word: str = self.cleaned_data["word"]
        if word.casefold() != self.shown.casefold():
            raise ValidationError(_("Please type the word as it is shown: %(word)s") % {"word": self.shown})
        return word
