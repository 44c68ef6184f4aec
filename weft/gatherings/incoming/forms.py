"""Giving a list from elsewhere."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from weft.loom import clocks


class BringForm(forms.Form):
    """One of three ways to give it; and the clock that is meant where the list does not say."""

    text = forms.CharField(
        label=gettext_lazy("The list itself"),
        help_text=gettext_lazy("Paste it here: JSON of Meeting Guide or of BMLT, or a table (CSV)."),
        required=False,
        widget=forms.Textarea(attrs={"rows": 5, "spellcheck": "false", "dir": "ltr"}),
    )
    file = forms.FileField(label=gettext_lazy("Or a file"), required=False)
    address = forms.CharField(
        label=gettext_lazy("Or its address"),
        help_text=gettext_lazy("The house asks there, once. Whoever keeps that list can see that it did."),
        max_length=400,
        required=False,
        widget=forms.URLInput,
    )
    zone = clocks.ZoneField(
        label=gettext_lazy("Its hours are by the clock of"),
        help_text=gettext_lazy("Only for a list that does not say it."),
        required=False,
    )

    def __init__(self, *args: Any) -> None:
        super().__init__(*args)
        self.fields["zone"].choices = [("", _("The list says it")), *clocks.choices()]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        said = super().clean() or {}
        if not any(said.get(name) for name in ("text", "file", "address")) and not self.errors:
            raise forms.ValidationError(_("Please give a list in one of the three ways."))
        return said

    @property
    def data_in_hand(self) -> bytes:
        """What was pasted, or lay in the file."""
        file = self.cleaned_data["file"]
        return bytes(file.read()) if file else str(self.cleaned_data["text"]).encode()

    @staticmethod
    def why(key: str) -> str:
        """Why a list could not be read, in words."""
        return {
            "big": _("That list is too long for us. Please give it in parts."),
            "many": _("There are more than 200 meetings in it. Please give it in parts."),
            "empty": _("There is nothing in it."),
            "json": _("We cannot read it. It looks like JSON, but it is cut off or not a list of meetings."),
            "table": _("We cannot read it. A table needs at least the headings Name, Day and Time."),
            "address": _("We cannot ask there. Please give a whole address that begins with https."),
            "inside": _("We ask only on the open internet, and this address is not there."),
            "busy": _("The house is just fetching another list. Please try again in a moment."),
        }.get(key, _("No list came from there. You can open it yourself, and paste it here."))


def odd(found: list[tuple[str, str]]) -> list[tuple[str, str]]:
    """Meetings that could not be read, each with the reason in words."""
    reasons = {
        "no": _("It is no meeting."),
        "name": _("It has no name."),
        "hour": _("It has no hour."),
        "zone": _("We do not know its clock."),
        "day": _("It has no day of the week."),
        "twice": _("It is in the list twice."),
    }
    return [(name, reasons[key]) for name, key in found]
