"""What somebody chooses about their own calendar."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy

from weft.circles.models import Persona
from weft.gatherings.models.feed import Feed
from weft.people.models import Person


class FeedForm(forms.Form):
    """Which meetings, under which title, and how much of them."""

    which = forms.ChoiceField(
        label=gettext_lazy("Which meetings?"), choices=Feed.Which.choices, widget=forms.RadioSelect
    )
    circles = forms.MultipleChoiceField(
        label=gettext_lazy("From which circles?"), widget=forms.CheckboxSelectMultiple, required=False
    )
    title = forms.ChoiceField(
        label=gettext_lazy("What does each of them say?"),
        help_text=gettext_lazy("People see it over your shoulder. And some of them are kept by other firms."),
        choices=Feed.Title.choices,
        widget=forms.RadioSelect,
    )
    words = forms.CharField(
        label=gettext_lazy("Words of your own"),
        help_text=gettext_lazy("For example: Choir, or: Busy."),
        max_length=60,
        required=False,
    )
    details = forms.BooleanField(
        label=gettext_lazy("Also the room's address, and a link to the circle."),
        help_text=gettext_lazy("The link names this house. So it tells more than the hour does."),
        required=False,
    )

    def __init__(self, data: Any, *, person: Person, feed: Feed | None) -> None:
        facts = feed.facts if feed else {"which": "coming", "title": "hour", "words": "", "details": False}
        self.mine = [(str(one.circle_id), one.circle.name) for one in Persona.all_of(person)]
        without = {str(key) for key in (feed.facts["without"] if feed else [])}
        initial = {name: facts[name] for name in ("which", "title", "words", "details")}
        super().__init__(data, initial=initial | {"circles": [key for key, _name in self.mine if key not in without]})
        self.fields["circles"].choices = self.mine  # type: ignore[attr-defined]
        if len(self.mine) < 2:
            del self.fields["circles"]

    @property
    def said(self) -> dict[str, Any]:
        """What a calendar keeps of it."""
        said = {name: self.cleaned_data[name] for name in ("which", "title", "words", "details")}
        if "circles" in self.fields:
            said["without"] = [int(key) for key, _name in self.mine if key not in self.cleaned_data["circles"]]
        return said

    def clean(self) -> dict[str, Any]:
        said = super().clean() or {}
        if said.get("title") == Feed.Title.OWN and not said.get("words") and "words" not in self.errors:
            self.add_error("words", gettext_lazy("Please write the words that each meeting shall have."))
        return said
