"""What a person fills in: joining, the door, and what can be changed about oneself."""

from typing import Any

from django import forms
from django.conf import settings
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from weft.loom import clocks, mail
from weft.people import door
from weft.people.models import Person
from weft.people.passphrases import LONGEST, SHORTEST
from weft.people.request import Request

KNOWN = gettext_lazy("Please choose another passphrase. If you have joined before, you come in by the door.")
TOO_OFTEN = gettext_lazy("That was tried many times just now. Please wait a few minutes, and then try again.")
TRIED_OUT = gettext_lazy(
    "That was tried many times just now. Please wait a few minutes. A passkey and the recovery code still open."
)
NO_PASSKEY = gettext_lazy("That passkey did not open the door. Please try again, or use another way.")


def hidden(**more: Any) -> forms.CharField:
    return forms.CharField(required=False, max_length=20_000, widget=forms.HiddenInput(), **more)


def box(autocomplete: str, **more: str) -> forms.TextInput:
    """A box for one word as it is: the phone shall not mend it."""
    as_it_is = {"autocapitalize": "none", "autocorrect": "off", "spellcheck": "false"}
    return forms.TextInput(attrs={"autocomplete": autocomplete, **as_it_is, **more})


def without_passkey(form: forms.Form) -> None:
    """A passkey's answer counts once: it is not sent again with the mended form."""
    form.data = form.data.copy()  # type: ignore[attr-defined]
    form.data["passkey"] = ""  # type: ignore[index]


class NameField(forms.CharField):
    """A sign-in name that somebody chooses."""

    def __init__(self, label: Any, help_text: Any = "", autocomplete: str = "username") -> None:
        super().__init__(
            label=label,
            help_text=help_text,
            min_length=2,
            max_length=60,
            widget=box(autocomplete),
            error_messages={
                "required": gettext_lazy("Please choose a sign-in name."),
                "min_length": gettext_lazy("That is too short. Please use two letters or more."),
                "max_length": gettext_lazy("That is too long. Please use 60 letters or fewer."),
            },
        )

    def clean(self, value: Any) -> Any:
        return super().clean(" ".join((value or "").split()))


class NewPassphraseField(forms.CharField):
    """A passphrase that somebody chooses. Spaces count."""

    def __init__(self, label: Any) -> None:
        super().__init__(
            label=label,
            help_text=gettext_lazy(
                "15 letters or more. Four or five words that do not belong together are strong, and easy to keep."
            ),
            min_length=SHORTEST,
            max_length=LONGEST,
            strip=False,
            widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
            error_messages={
                "required": gettext_lazy("Please choose a passphrase."),
                "min_length": gettext_lazy("That is too short. Please use 15 letters or more; spaces count."),
                "max_length": gettext_lazy("That is too long. Please use 256 letters or fewer."),
            },
        )


class JoinForm(forms.Form):
    """A new person: a sign-in name, and a passphrase or a passkey."""

    name = NameField(
        gettext_lazy("A sign-in name"),
        gettext_lazy("Only for coming in. It is shown to nobody. It need not be your real name."),
    )
    passphrase = NewPassphraseField(gettext_lazy("A passphrase"))
    passkey = hidden()
    next = hidden()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["passphrase"].required = not self.data.get("passkey")

    def clean(self) -> None:
        if self.cleaned_data.get("passphrase"):
            try:
                validate_password(self.cleaned_data["passphrase"], Person(name=self.cleaned_data.get("name", "")))
            except ValidationError as error:
                self.add_error("passphrase", error)


class DoorForm(forms.Form):
    """Sign in."""

    name = forms.CharField(
        label=gettext_lazy("Sign-in name"),
        max_length=200,
        widget=box("username webauthn"),
        error_messages={"required": gettext_lazy("Please type your sign-in name.")},
    )
    passphrase = forms.CharField(
        label=gettext_lazy("Passphrase"),
        max_length=LONGEST,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
        error_messages={"required": gettext_lazy("Please type your passphrase.")},
    )
    shared = forms.BooleanField(
        label=gettext_lazy("Other people use this phone or computer too"),
        help_text=gettext_lazy(
            "You are signed out when the browser closes, and after half an hour without use. The tab is called "
            "“Notes”. If the browser offers to save your passphrase, say no."
        ),
        required=False,
    )
    passkey = hidden()
    next = hidden()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("name", "passphrase"):
            self.fields[name].required = not self.data.get("passkey")
            if self["shared"].value():
                self.fields[name].widget.attrs["autocomplete"] = "off"


class StepForm(forms.Form):
    """The second step."""

    code = forms.CharField(
        label=gettext_lazy("The six figures in your code app"),
        max_length=12,
        widget=box("one-time-code", inputmode="numeric"),
        error_messages={"required": gettext_lazy("Please type the six figures that your app shows now.")},
    )


class RecoveryForm(forms.Form):
    """The recovery code."""

    code = forms.CharField(
        label=gettext_lazy("Your recovery code"),
        help_text=gettext_lazy("Twenty letters and figures. Capital letters and hyphens do not matter."),
        max_length=80,
        widget=box("off"),
        error_messages={"required": gettext_lazy("Please type your recovery code.")},
    )
    shared = forms.BooleanField(label=gettext_lazy("Other people use this phone or computer too"), required=False)


class KeptForm(forms.Form):
    """The recovery code is on paper now."""

    kept = forms.BooleanField(
        label=gettext_lazy("I have printed it or written it down"),
        error_messages={"required": gettext_lazy("Please keep the code first, then tick the box.")},
    )


class Guarded(forms.Form):
    """A change that matters. When the sign-in was some time ago, it asks for the passphrase again.

    Whoever has a passkey may tap it instead: that makes the sign-in fresh, and then nothing is asked."""

    present = forms.CharField(
        label=gettext_lazy("Your passphrase, to be sure that it is you"),
        max_length=LONGEST,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
        error_messages={"required": gettext_lazy("Please type the passphrase that you have now.")},
    )

    always = False  # the passphrase itself is needed, and not only the certainty that it is them

    def __init__(self, request: Request, *args: Any, **kwargs: Any) -> None:
        self.person = request.person
        self.needed = self.always and self.person.has_usable_password()
        self.guarded = self.needed or not door.is_fresh(request)
        self.locked = self.guarded and not self.person.has_usable_password()
        super().__init__(*args, **kwargs)
        if not self.guarded or self.locked:
            del self.fields["present"]
        self.order_fields([*(name for name in self.fields if name != "present"), "present"])

    def clean(self) -> None:
        if self.locked:
            raise ValidationError(_("Please use your passkey first, to be sure that it is you."))
        if self.guarded and "present" in self.cleaned_data:
            if not door.BY_PERSON.take(self.person.pk):
                raise ValidationError(TOO_OFTEN)
            if not self.person.knows(self.cleaned_data["present"]):
                self.add_error("present", _("That is not your passphrase. Please try again."))


class NameForm(Guarded):
    """Another sign-in name."""

    always = True
    name = NameField(gettext_lazy("Your new sign-in name"), autocomplete="off")


class PassphraseForm(Guarded):
    """Another passphrase, or the first one."""

    passphrase = NewPassphraseField(gettext_lazy("Your new passphrase"))

    def clean_passphrase(self) -> str:
        passphrase: str = self.cleaned_data["passphrase"]
        validate_password(passphrase, self.person)
        return passphrase


class NewPasskeyForm(Guarded):
    """One more passkey."""

    label = forms.CharField(
        label=gettext_lazy("A name for it"),
        help_text=gettext_lazy("So that you know it again: “my phone”, “the blue key”."),
        max_length=40,
        widget=box("off"),
        error_messages={"required": gettext_lazy("Please give it a name.")},
    )
    passkey = hidden()


class SecondStepForm(Guarded):
    """A code of the app, to see that it works before it is asked for."""

    code = forms.CharField(
        label=gettext_lazy("The six figures that the app shows now"),
        max_length=12,
        widget=box("one-time-code", inputmode="numeric"),
        error_messages={"required": gettext_lazy("Please type the six figures that your app shows now.")},
    )


class EmailForm(Guarded):
    """An e-mail address, or none."""

    email = forms.EmailField(
        label=gettext_lazy("E-mail address"),
        required=False,
        max_length=200,
        widget=forms.EmailInput(attrs={"autocomplete": "off"}),
        error_messages={"invalid": gettext_lazy("That does not look like an e-mail address. It has an @ in it.")},
    )

    def clean_email(self) -> str:
        """What Django lets through between quotation marks, and no mail server takes, is none."""
        address: str = self.cleaned_data["email"]
        if address:
            try:
                mail.mailbox(address)
            except mail.Refused:
                raise ValidationError(self.fields["email"].error_messages["invalid"]) from None
        return address


class ClockForm(forms.Form):
    """Language and time zone."""

    language = forms.ChoiceField(label=gettext_lazy("Language"), required=False)
    time_zone = clocks.ZoneField(
        label=gettext_lazy("The clock of"),
        help_text=gettext_lazy("Times on your pages follow this clock."),
        required=False,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["language"].choices = [("", _("As the browser says")), *settings.LANGUAGES]  # type: ignore[attr-defined]
        self.fields["time_zone"].choices = [  # type: ignore[attr-defined]
            ("", _("The house (%(place)s)") % {"place": clocks.city(settings.TIME_ZONE)}),
            *clocks.choices(),
        ]
