"""What is filled in after an hour, or beside it."""

from datetime import date, timedelta
from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from weft.circles.models import Persona
from weft.gatherings.models import LookBack, Said
from weft.gatherings.models.look_back import TEAM
from weft.gatherings.models.rest import LONGEST
from weft.loom import time

QUIET = {"autocomplete": "off", "dir": "auto"}


class WorryForm(forms.Form):
    """A worry about somebody, in one's own words, and what they said."""

    who = forms.ChoiceField(
        label=_("Who is it?"),
        help_text=_("If you say it, the house keeps this from them, even if they are on the safety team."),
        required=False,
    )
    words = forms.CharField(
        label=_("What worries you?"),
        help_text=_("A few words are enough. You do not have to be sure."),
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 3, **QUIET}),
    )
    heard = forms.MultipleChoiceField(
        label=_("Shall something they wrote go with it?"), required=False, widget=forms.CheckboxSelectMultiple
    )
    quoted = forms.CharField(
        label=_("What did they say, as far as you remember?"),
        required=False,
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 2, **QUIET}),
    )

    def __init__(self, data: Any = None, *, people: list[Persona], heard: list[tuple[Said, Persona]]) -> None:
        super().__init__(data)
        self.people = {str(one.pk): one for one in [*people, *(by for _said, by in heard)]}
        self.by_pk: dict[str, tuple[Said, Persona]] = {str(said.pk): (said, by) for said, by in heard}
        self._choose("who", [(pk, one.name) for pk, one in self.people.items()], _("I would rather not say"))
        self._choose("heard", [(pk, f"{by.name}: {said.words}") for pk, (said, by) in self.by_pk.items()])

    def _choose(self, name: str, choices: list[tuple[str, str]], nothing: Any = "") -> None:
        """Between these, and *nothing*. Where there is nothing to choose, nobody is asked."""
        field = self.fields[name]
        if choices and isinstance(field, forms.ChoiceField):
            field.choices = [("", nothing), *choices] if nothing else choices
        else:
            del self.fields[name]

    def clean(self) -> dict[str, Any]:
        said = super().clean() or {}
        by = {self.by_pk[pk][1].pk for pk in said.get("heard") or []}
        who = self.people.get(said.get("who") or "")
        if len(by | ({who.pk} if who else set())) > 1:
            self.add_error("heard", _("Please choose only words of the one you are worried about."))
        return said

    @property
    def about(self) -> Persona | None:
        """Whom it is about, by what was said, or by the words that were chosen."""
        said = self.cleaned_data
        for pk in said.get("heard") or []:
            return self.by_pk[pk][1]
        return self.people.get(said.get("who") or "")

    @property
    def excerpt(self) -> str:
        """The words that go with it."""
        said = self.cleaned_data
        chosen = [str(self.by_pk[pk][0].words) for pk in said.get("heard") or []]
        return "\n\n".join([*chosen, *filter(None, [said["quoted"]])])


class NoteForm(forms.Form):
    """A note of an hour, by somebody who read so many steps of it."""

    seen = forms.IntegerField(widget=forms.HiddenInput, required=False)
    words = forms.CharField(label=_("The note"), max_length=8000, widget=forms.Textarea(attrs={"rows": 6, **QUIET}))


class LookBackForm(forms.Form):
    """Three questions to whoever guided an hour. Each may stay empty."""

    how = forms.CharField(
        label=_("How was it for you?"),
        required=False,
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 3, **QUIET}),
    )
    stays = forms.CharField(
        label=_("What stays with you?"),
        help_text=_("Something good too, if there was."),
        required=False,
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 3, **QUIET}),
    )
    needs = forms.ChoiceField(label=_("Do you need somebody?"), required=False, widget=forms.RadioSelect)

    def __init__(self, data: Any = None, *, others: list[Persona], mine: LookBack | None) -> None:
        initial = {"how": mine.how, "stays": mine.stays, "needs": str(mine.to or "")} if mine else {"needs": ""}
        super().__init__(data, initial=initial)
        self.others = {str(one.pk): one for one in others}
        self.fields["needs"].choices = [  # type: ignore[attr-defined]
            ("", gettext("No. What I wrote is for me alone.")),
            *((pk, gettext("%(name)s, who guides too") % {"name": one.name}) for pk, one in self.others.items()),
            (TEAM, gettext("The safety team")),
        ]

    @property
    def to(self) -> Persona | str | None:
        """Whom they chose."""
        said = self.cleaned_data["needs"]
        return TEAM if said == TEAM else self.others.get(said)

    @property
    def kept(self) -> str:
        """Who reads it now."""
        to = self.to
        if to is None:
            return gettext("It is kept. Only you can read it.")
        if isinstance(to, Persona):
            return gettext("%(name)s can read it now, and nobody else. They are told.") % {"name": to.name}
        return gettext("The safety team has it now. You do not carry it alone.")


class RestForm(forms.Form):
    """Until when somebody rests."""

    USUAL = timedelta(days=14)

    until = forms.DateField(
        label=_("Rest until the end of"), widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})
    )

    def __init__(self, data: Any = None) -> None:
        super().__init__(data, initial={"until": time.today() + self.USUAL})

    def clean_until(self) -> date:
        until: date = self.cleaned_data["until"]
        if not time.today() <= until <= time.today() + LONGEST:
            raise forms.ValidationError(
                gettext("Please choose a day in the next year. You can always rest for longer.")
            )
        return until
