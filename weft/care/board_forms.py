"""What people fill in for the board of the house."""

from collections.abc import Iterable
from datetime import timedelta
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from weft.care.forms import OfferForm, small
from weft.care.models import HouseOffer
from weft.loom import time
from weft.people.models import fold

FOR = [(7, gettext_lazy("a week")), (30, gettext_lazy("a month")), (90, gettext_lazy("three months"))]  # days


class _UntilForm(forms.Form):
    days_long = forms.TypedChoiceField(
        label=gettext_lazy("For how long?"),
        help_text=gettext_lazy("Then it goes by itself. You can take it down at any time."),
        choices=FOR,
        coerce=int,
        initial=30,
        widget=forms.RadioSelect,
    )

    @property
    def until(self) -> Any:
        return time.today() + timedelta(days=self.cleaned_data["days_long"])


class PostingForm(_UntilForm):
    """A need on the board, in words of its own."""

    words = forms.CharField(
        label=gettext_lazy("What shall stand there?"),
        help_text=gettext_lazy(
            "Name nobody, no illness and no street. Say what is to be done, and what it asks of one."
        ),
        max_length=400,
        widget=small(4),
    )
    sure = forms.BooleanField(
        label=gettext_lazy("These words tell nothing. They may stand there"), required=False, widget=forms.CheckboxInput
    )
    field_order = ["words", "days_long", "sure"]


class _NameForm(forms.Form):
    """A name that is one in no circle: else whoever knows it there would know who this is."""

    known_as: frozenset[str] = frozenset()

    def clean_name(self) -> str:
        name: str = self.cleaned_data["name"]
        if fold(name) in self.known_as:
            raise forms.ValidationError(
                _("You have this name in a circle. Here it would say who you are there. Please choose another.")
            )
        return name


class HouseOfferForm(_UntilForm, _NameForm, OfferForm):
    """What somebody could do for whoever asks."""

    name = forms.CharField(
        label=gettext_lazy("What shall they call you?"),
        help_text=gettext_lazy("A name for the board alone, not one that you have in a circle."),
        max_length=40,
    )
    field_order = ["words", "kinds", "days", "name", "days_long"]

    def __init__(self, data: Any = None, *, mine: HouseOffer | None, known_as: Iterable[str]) -> None:
        super().__init__(data, near=None)
        self.known_as = frozenset(map(fold, known_as))
        self.fields["words"].widget = small(2)
        self.fields["words"].label = gettext_lazy("What could you do, in your own words?")
        self.fields["words"].required = self.fields["kinds"].required = True
        self.fields["kinds"].label = gettext_lazy("What is it nearest to?")
        if mine:
            self.initial = {"name": mine.name, "words": mine.words, **mine.said}


class TakeForm(_NameForm):
    """Taking something from the board."""

    name = forms.CharField(
        label=gettext_lazy("What shall they call you?"),
        help_text=gettext_lazy("A name for this alone. They see it, and nothing else of you."),
        max_length=40,
    )
    words = forms.CharField(label=gettext_lazy("A word to them"), max_length=400, required=False)

    def __init__(self, data: Any = None, *, known_as: Iterable[str], initial: dict[str, str]) -> None:
        super().__init__(data, initial=initial)
        self.known_as = frozenset(map(fold, known_as))
