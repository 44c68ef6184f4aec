"""What people fill in when they tell a story or answer one."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from weft.circles.models import Persona
from weft.stories.models import Audience, Story, Topic, Wish

LONGEST = 20_000  # letters


class StoryForm(forms.Form):
    """One calm column: the words, then what they talk about, what would help, and who reads it."""

    text = forms.CharField(
        label=gettext_lazy("What would you like to say?"),
        help_text=gettext_lazy("One line is enough."),
        max_length=LONGEST,
        strip=False,
        widget=forms.Textarea(attrs={"rows": 10}),
    )
    topics = forms.MultipleChoiceField(
        label=gettext_lazy("Does it talk about…"),
        help_text=gettext_lazy("So that people can choose when to read it."),
        choices=Topic,
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    own_topic = forms.CharField(label=gettext_lazy("Or in a word of your own"), required=False, max_length=30)
    wish = forms.ChoiceField(
        label=gettext_lazy("What would help?"), choices=Wish, initial=Wish.LISTEN, widget=forms.RadioSelect
    )
    audience = forms.ChoiceField(label=gettext_lazy("Who reads it?"), initial=Audience.CIRCLE, widget=forms.RadioSelect)

    def __init__(self, data: Any = None, *, persona: Persona, story: Story | None = None) -> None:
        initial = {}
        if story:
            own = [topic for topic in story.topics if topic not in Topic.values]
            initial = {
                "text": story.text,
                "topics": story.topics,
                "own_topic": ", ".join(own),
                "wish": story.wish,
                "audience": story.audience,
            }
        super().__init__(data, initial=initial)
        others = persona.others
        name = persona.circle.name
        everybody = ngettext("%(circle)s: you and %(n)s other", "%(circle)s: you and %(n)s others", others)
        self.fields["audience"].choices = [  # type: ignore[attr-defined]
            (
                Audience.CIRCLE,
                (everybody if others else _("%(circle)s: nobody but you yet")) % {"circle": name, "n": others},
            ),
            (Audience.FACILITATORS, _("only the people who guide %(circle)s") % {"circle": name}),
        ]

    def clean_text(self) -> str:
        text: str = self.cleaned_data["text"].replace("\r\n", "\n").strip("\n")
        return text

    @property
    def said(self) -> dict[str, Any]:
        """What `Story.write` takes."""
        chosen = list(self.cleaned_data["topics"])
        own = " ".join(self.cleaned_data["own_topic"].split())
        return {
            "words": self.cleaned_data["text"],
            "wish": self.cleaned_data["wish"],
            "audience": self.cleaned_data["audience"],
            "topics": [*chosen, own] if own and own not in chosen else chosen,
        }


class Sheet(forms.CharField):
    """Words that may still be none."""

    def validate(self, value: str) -> None:
        pass


class DraftForm(StoryForm):
    """A draft may be anything, even empty."""

    use_required_attribute = False
    text = Sheet(
        label=StoryForm.base_fields["text"].label,
        help_text=StoryForm.base_fields["text"].help_text,
        max_length=LONGEST,
        strip=False,
        widget=forms.Textarea(attrs={"rows": 10}),
    )


class ReplyForm(forms.Form):
    """What somebody answers."""

    text = forms.CharField(max_length=LONGEST, widget=forms.Textarea(attrs={"rows": 5}), strip=False)
    note = forms.BooleanField(required=False)
    once = forms.CharField(required=False, max_length=40, widget=forms.HiddenInput)

    def __init__(self, data: Any = None, *, story: Story, persona: Persona, **more: Any) -> None:
        super().__init__(data, **more)
        name = story.teller.name if story.teller else _("the teller")
        own = story.teller_id == persona.pk
        self.fields["text"].label = _("Say more") if own else _("Answer %(name)s") % {"name": name}
        if not own:
            self.fields["text"].widget.attrs["aria-describedby"] = "wish"
        self.fields["text"].error_messages["required"] = _("The box is empty. One line is enough.")
        self.fields["note"].label = _("This is advice. Offer it to %(name)s as a private note.") % {"name": name}

    def clean_text(self) -> str:
        text: str = self.cleaned_data["text"].replace("\r\n", "\n").strip()
        if not text:
            raise forms.ValidationError(self.fields["text"].error_messages["required"])
        return text
