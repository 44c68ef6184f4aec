"""What is filled in on the pages of safety."""

from typing import Any

from django import forms
from django.core.validators import RegexValidator
from django.utils.dates import WEEKDAYS
from django.utils.translation import gettext_lazy as _

from weft.safety.models import Desk, HelpLine
from weft.safety.models.concern import REASONS
from weft.safety.models.helpline import country_name, dialled
from weft.safety.models.unveiling import LONGEST_DELAY

QUIET = {"autocomplete": "off"}


def _words(rows: int) -> forms.Textarea:
    return forms.Textarea(attrs={"rows": rows, **QUIET})


class ReportForm(forms.Form):
    """Two taps: open it, send it. The first reason needs no thinking."""

    reason = forms.ChoiceField(
        label=_("What worries you?"), choices=list(REASONS.items()), widget=forms.RadioSelect, initial="unsure"
    )
    words = forms.CharField(label=_("Anything else we should know?"), required=False, max_length=4000, widget=_words(2))


class WriteForm(forms.Form):
    """A few words to the safety team, and the words of a draft if they shall go with them."""

    words = forms.CharField(
        label=_("What would you like to tell them?"), required=False, max_length=4000, widget=_words(4)
    )
    excerpt = forms.CharField(
        label=_("What you wrote"),
        help_text=_("It goes with your message. You can change it, or clear it."),
        required=False,
        max_length=20_000,
        widget=_words(4),
    )

    def clean(self) -> dict[str, Any]:
        said = super().clean() or {}
        if not said.get("words") and not said.get("excerpt"):
            self.add_error("words", _("Please write something. A single word is enough."))
        return said


class AddForm(forms.Form):
    """One more thing about what somebody told."""

    words = forms.CharField(label=_("Add something"), max_length=4000, widget=_words(3))


class AnswerForm(forms.Form):
    """What the team writes back, having read so many tellings."""

    seen = forms.IntegerField(widget=forms.HiddenInput)

    answer = forms.CharField(
        label=_("Write back"),
        help_text=_("Everybody who told you about this sees it on their page of today, with your name."),
        max_length=4000,
        widget=_words(3),
    )


class CloseForm(forms.Form):
    """Nothing is closed without a reason, or unread."""

    seen = forms.IntegerField(widget=forms.HiddenInput)

    reason = forms.CharField(
        label=_("Why can this be closed?"),
        help_text=_("Only the safety team reads this."),
        max_length=2000,
        widget=_words(2),
        error_messages={"required": _("Please say why. Nothing is closed without a reason.")},
    )
    last_words = forms.CharField(
        label=_("A last word to whoever told you"),
        help_text=_("Left empty, they read: “We have read it, and closed it.”"),
        required=False,
        max_length=4000,
        widget=_words(2),
    )


dialable = RegexValidator(r"^[+\d][\d\s().*#/-]*$", _("Please write a number as it is dialled: digits and spaces."))


class HelpLineForm(forms.Form):
    """A number, as it is dialled in its country."""

    name = forms.CharField(label=_("Who answers"), max_length=120)
    tel = forms.CharField(
        label=_("Number to call"), required=False, max_length=30, validators=[dialable], widget=forms.TextInput(QUIET)
    )
    sms = forms.CharField(
        label=_("Number to text"), required=False, max_length=30, validators=[dialable], widget=forms.TextInput(QUIET)
    )
    sms_words = forms.CharField(label=_("Words to text"), required=False, max_length=40)
    url = forms.URLField(label=_("Their page"), required=False, assume_scheme="https")
    hours = forms.CharField(
        label=_("Hours"), help_text=_("Left empty, it says: day and night."), required=False, max_length=80
    )
    languages = forms.CharField(label=_("Languages"), required=False, max_length=80)
    cost = forms.ChoiceField(
        label=_("Cost"), required=False, choices=[("", _("not said")), *HelpLine.Cost.choices], widget=forms.RadioSelect
    )
    note = forms.CharField(label=_("Good to know"), required=False, max_length=200)
    source = forms.CharField(label=_("Where you checked it"), help_text=_("A site, or “I rang it”."), max_length=120)
    emergency = forms.BooleanField(label=_("This is the emergency number."), required=False)

    def clean(self) -> dict[str, Any]:
        said = super().clean() or {}
        if not self.errors and not (dialled(said["tel"]) or dialled(said["sms"]) or said["url"]):
            self.add_error("tel", _("Please give a number to call, a number to text, or a page."))
        return said


class NewHelpLineForm(HelpLineForm):
    """A number that the house adds."""

    country = forms.ChoiceField(label=_("Country"))

    def __init__(self, *args: Any, country: str, **options: Any) -> None:
        super().__init__(*args, **options)
        codes = dict(HelpLine.countries()) | ({country: country_name(country)} if country else {})
        self.fields["country"] = forms.ChoiceField(label=_("Country"), choices=list(codes.items()), initial=country)
        self.order_fields(["country"])


class DeskForm(forms.Form):
    """Who answers, on which hours, and how soon."""

    names = forms.CharField(
        label=_("Who answers?"),
        help_text=_("As people shall read it, also those who are not signed in: “Noor and Sam”."),
        max_length=120,
    )
    promise_hours = forms.IntegerField(
        label=_("Within how many hours?"),
        help_text=_("Only hours in which somebody is at the desk count. Promise what you can keep."),
        min_value=1,
        max_value=72,
        initial=3,
    )
    reach = forms.CharField(
        label=_("How else can people reach you?"),
        help_text=_("A number, or a door and its hours. Everybody can read it."),
        required=False,
        max_length=200,
    )

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        for day in WEEKDAYS:
            for end, label in (("opens", _("from")), ("closes", _("until"))):
                widget = forms.TimeInput(format="%H:%M", attrs={"type": "time"})
                self.fields[f"{end}_{day}"] = forms.TimeField(label=label, required=False, widget=widget)

    @staticmethod
    def said_by(desk: Desk) -> dict[str, Any]:
        """The desk as this form shows it. Of several stretches on a day, the first."""
        said: dict[str, Any] = {"names": desk.names, "promise_hours": desk.promise_hours, "reach": desk.reach}
        for day, opens, closes in reversed(desk.hours):
            said |= {f"opens_{day}": opens, f"closes_{day}": closes}
        return said

    @property
    def week(self) -> list[tuple[str, Any, Any]]:
        return [(str(name), self[f"opens_{day}"], self[f"closes_{day}"]) for day, name in WEEKDAYS.items()]

    @property
    def hours(self) -> list[list[object]]:
        """The hours as the desk keeps them."""
        said = self.cleaned_data
        return [
            [day, f"{said[f'opens_{day}']:%H:%M}", f"{said[f'closes_{day}']:%H:%M}"]
            for day in WEEKDAYS
            if said[f"opens_{day}"] is not None
        ]

    def clean(self) -> dict[str, Any]:
        said = super().clean() or {}
        days = [(said.get(f"opens_{day}"), said.get(f"closes_{day}")) for day in WEEKDAYS]
        if any((opens is None) != (closes is None) for opens, closes in days):
            raise forms.ValidationError(_("A day needs both times, or none."))
        if not any(opens for opens, _closes in days):
            raise forms.ValidationError(_("Please give at least one day with its hours."))
        return said


class AskForm(forms.Form):
    """Ask for an unveiling: why, and what for."""

    reason = forms.CharField(
        label=_("What makes you think that they are in danger?"),
        help_text=_("What you saw or heard, and when. Only the safety team reads this."),
        max_length=4000,
        widget=_words(3),
    )
    need = forms.CharField(
        label=_("What is needed?"),
        help_text=_("For instance: somebody should write to them tonight."),
        max_length=1000,
        widget=_words(2),
    )


class YesForm(forms.Form):
    """The first who agrees writes what the person is told; the second agrees to just that."""

    seen = forms.IntegerField(widget=forms.HiddenInput)
    words = forms.CharField(
        label=_("What shall the person read?"),
        help_text=_("Why you do this, said to them. It comes with your names, as soon as a second of you agrees."),
        max_length=4000,
        widget=_words(3),
    )
    hours = forms.IntegerField(
        label=_("After how many hours are they told?"),
        help_text=_("0 is at once, and that is best. 72 at most. Then the house tells them by itself."),
        min_value=0,
        max_value=LONGEST_DELAY,
        initial=0,
    )
    why = forms.CharField(
        label=_("If later, why?"),
        help_text=_("They read this too, when they are told."),
        required=False,
        max_length=2000,
        widget=_words(2),
    )

    def __init__(self, *args: Any, first: bool, **options: Any) -> None:
        super().__init__(*args, **options)
        if not first:
            for name in ("words", "hours", "why"):
                self.fields.pop(name)

    def clean(self) -> dict[str, Any]:
        said = super().clean() or {}
        if said.get("hours") and not said.get("why"):
            self.add_error("why", _("Please say why. Nobody is told later without a reason."))
        return said


class NoForm(forms.Form):
    """Decline an unveiling."""

    reason = forms.CharField(
        label=_("Why not?"),
        help_text=_("Only the safety team reads this."),
        max_length=2000,
        widget=_words(2),
        error_messages={"required": _("Please say why. It is not declined without a reason.")},
    )


class WordsForm(forms.Form):
    """A few words to somebody who was unveiled."""

    words = forms.CharField(
        label=_("Write to them here"),
        help_text=_("They read it when they next come in, with your name and what you two agreed to."),
        max_length=4000,
        widget=_words(3),
    )
