"""What is filled in when a circle ends."""

from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from weft.circles.models import Persona
from weft.loom import time
from weft.people.models import fold
from weft.wisdom.models import Ending, Farewell, Parting
from weft.wisdom.models.ending import USUAL

TO_ALL = "all"


class EndingForm(forms.Form):
    """A last day, and what whoever guides says about it."""

    last_day = forms.DateField(
        label=gettext_lazy("The last day"),
        help_text=gettext_lazy("Three months are a good measure. Two weeks are the least."),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        input_formats=["%Y-%m-%d"],
    )
    words = forms.CharField(
        label=gettext_lazy("Why, and what comes next?"),
        help_text=gettext_lazy("Say it as you would say it in the room. Where can people turn afterwards?"),
        max_length=3000,
        widget=forms.Textarea(attrs={"rows": 7}),
    )

    def __init__(self, data: Any = None, *, ending: Ending | None) -> None:
        begun = {"last_day": ending.last_day, "words": ending.words} if ending else {}
        super().__init__(data, initial=begun or {"last_day": time.today() + USUAL})
        self.days = Ending.days(ending)
        for end, day in zip(("min", "max"), self.days, strict=True):
            self.fields["last_day"].widget.attrs[end] = day.isoformat()
        if ending:
            self.fields["last_day"].help_text = _("It can be moved to a later day, and not to an earlier one.")

    def clean_last_day(self) -> date:
        day: date = self.cleaned_data["last_day"]
        if day < self.days[0]:
            raise forms.ValidationError(_("That is too soon. Everybody needs time to hear of it and to think."))
        if day > self.days[1]:
            raise forms.ValidationError(_("That is more than half a year away. Please choose a nearer day."))
        return day


class NameForm(forms.Form):
    """Under which name somebody's words are kept."""

    how = forms.ChoiceField(
        label=gettext_lazy("Which name stands below them?"), widget=forms.RadioSelect, required=False
    )
    other = forms.CharField(label=gettext_lazy("The other name"), max_length=40, required=False)

    def __init__(self, data: Any = None, *, parting: Parting, persona: Persona) -> None:
        super().__init__(data, initial={"how": parting.how, "other": parting.other})
        self.persona = persona
        own = _("%(name)s, as I am called here") % {"name": persona.name}
        choices = [("", own), ("other", _("another name")), ("none", _("no name"))]
        self.fields["how"].choices = choices  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        said = super().clean() or {}
        other = " ".join((said.get("other") or "").split())
        if said.get("how") == "other":
            if not other:
                self.add_error("other", _("Please write the name."))
            elif fold(other) in self._taken():
                self.add_error("other", _("Somebody here has this name. Please choose another."))
        return said

    def _taken(self) -> set[str]:
        """The names of the others, in the circle and in the archive."""
        others = Persona.objects.filter(circle=self.persona.circle_id).exclude(pk=self.persona.pk)
        partings = Parting.objects.filter(circle=self.persona.circle_id).exclude(persona=self.persona)
        return {fold(one.name) for one in others} | {fold(one.other) for one in partings if one.other}


class FarewellForm(forms.Form):
    """A word of thanks."""

    to = forms.ChoiceField(label=gettext_lazy("To whom?"))
    words = forms.CharField(label=gettext_lazy("Your word"), max_length=400, widget=forms.Textarea(attrs={"rows": 3}))

    def __init__(self, data: Any = None, *, persona: Persona, seen: list[Persona]) -> None:
        super().__init__(data)
        self.seen = {str(one.pk): one for one in seen if Farewell.may_get_one(one, by=persona)}
        one_by_one = [(key, _("only to %(name)s") % {"name": one.name}) for key, one in self.seen.items()]
        self.fields["to"].choices = [(TO_ALL, _("to everybody here")), *one_by_one]  # type: ignore[attr-defined]

    @property
    def to_one(self) -> Persona | None:
        return self.seen.get(self.cleaned_data["to"])
