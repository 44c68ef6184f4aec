"""What is filled in when an hour is over: who was there, a letter about it, and the pulse."""

from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from weft.circles.models import Persona
from weft.gatherings.forms import Clock
from weft.gatherings.models import Attended, Gathering
from weft.gatherings.models.attendance import HOW
from weft.gatherings.models.pulse import QUESTIONS, WORDS
from weft.loom import text


class CorrectionForm(forms.Form):
    """One of the circle, and how and when they were there, by the clock of the circle."""

    who = forms.TypedChoiceField(label=gettext_lazy("Who is it?"), coerce=int)
    how = forms.ChoiceField(
        label=gettext_lazy("How were they there?"), choices=list(HOW.items()), widget=forms.RadioSelect
    )
    came = forms.TimeField(label=gettext_lazy("From when?"), widget=Clock)
    left = forms.TimeField(label=gettext_lazy("Until when?"), widget=Clock)

    def __init__(self, data: Any = None, *, gathering: Gathering, personas: list[Persona], **more: Any) -> None:
        self.zone = ZoneInfo(gathering.series.zone)
        self.gathering, self.personas = gathering, {persona.pk: persona for persona in personas}
        starts, ends = gathering.starts.astimezone(self.zone), gathering.ends.astimezone(self.zone)
        more["initial"] = {"came": starts.time(), "left": ends.time(), "how": "phone"}
        super().__init__(data, **more)
        self.fields["who"].choices = [(pk, one.name) for pk, one in self.personas.items()]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        said = super().clean() or {}
        if "came" in said and "left" in said:
            came, left = self._moment(said["came"]), self._moment(said["left"])
            if left <= came:
                left += timedelta(days=1)  # past midnight
            if left - came > timedelta(hours=12):
                self.add_error("left", _("That would be longer than twelve hours. Please look at the two times."))
            said |= {"came": came, "left": left}
        return said

    def _moment(self, clock: Any) -> datetime:
        day = self.gathering.starts.astimezone(self.zone).date()
        return datetime.combine(day, clock, self.zone)

    @property
    def said(self) -> dict[str, Any]:
        """What `Correction.put_right` takes."""
        found = {name: self.cleaned_data[name] for name in ("how", "came", "left")}
        return found | {"persona": self.personas[self.cleaned_data["who"]]}


class TimesForm(forms.Form):
    """Which of the meetings somebody was at shall stand on a letter."""

    times = forms.MultipleChoiceField(
        label=gettext_lazy("Which meetings shall stand on it?"),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": gettext_lazy("Please choose at least one meeting.")},
    )
    once = forms.IntegerField(widget=forms.HiddenInput, min_value=1, max_value=2**63 - 1)

    def __init__(self, data: Any = None, *, found: list[Attended], once: int) -> None:
        self.found = {str(one.seat.pk): one for one in found}
        super().__init__(data, initial={"times": list(self.found), "once": once})
        self.fields["times"].choices = [(pk, _line(one)) for pk, one in self.found.items()]  # type: ignore[attr-defined]

    @property
    def picked(self) -> list[Attended]:
        return [self.found[pk] for pk in self.cleaned_data["times"]]


def _line(one: Attended) -> str:
    said = {"day": text.day(one.gathering.starts), "time": text.moment(one.gathering.starts), "n": one.minutes}
    return ngettext("%(day)s, %(time)s, %(n)s minute", "%(day)s, %(time)s, %(n)s minutes", one.minutes) % said


class NameForm(forms.Form):
    """The name as it shall stand on paper."""

    name = forms.CharField(
        label=gettext_lazy("The name on the letter"),
        help_text=gettext_lazy(
            "As the people know you who ask for it. Nobody in the circle sees it, and whoever guides does not either."
        ),
        max_length=80,
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )


class OwnLetterForm(TimesForm, NameForm):
    """A letter of one's own: the meetings, and the name."""

    field_order = ["times", "name", "once"]


class CodeForm(forms.Form):
    """The code on a letter."""

    code = forms.CharField(
        label=gettext_lazy("The code on the letter"),
        help_text=gettext_lazy("Four groups of letters and digits. Small or capital letters are the same."),
        max_length=40,
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false", "autocapitalize": "none"}),
    )


class PulseForm(forms.Form):
    """Four questions. Each may be left out."""

    def __init__(self, data: Any = None, *, said: dict[str, int]) -> None:
        super().__init__(data, initial={name: str(place) for name, place in said.items()})
        choices = [(str(place), words) for place, words in enumerate(WORDS)]
        for name, words in QUESTIONS.items():
            self.fields[name] = forms.ChoiceField(
                label=words,
                required=False,
                choices=[*choices, ("", gettext_lazy("I would rather not say"))],
                widget=forms.RadioSelect,
            )

    @property
    def said(self) -> dict[str, int]:
        return {name: int(place) for name, place in self.cleaned_data.items() if place}
