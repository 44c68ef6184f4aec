"""What a teller and a reader fill in."""

from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext, gettext_lazy

from weft.voices.models import Use, Voice

LONGEST = 20_000  # letters
COMMENT = 1500


class VoiceForm(forms.Form):
    """The words for the world, and the name under which they stand."""

    name = forms.CharField(
        label=gettext_lazy("A name for the world"),
        help_text=gettext_lazy("A new one: not yours, and not the one that your circle knows."),
        max_length=60,
    )
    text = forms.CharField(
        label=gettext_lazy("Your words, for people who do not know you"),
        help_text=gettext_lazy("Take out names, places, and days. Others in it are people too: could they be known?"),
        max_length=LONGEST,
        strip=False,
        widget=forms.Textarea(attrs={"rows": 12}),
    )
    may_be_found = forms.BooleanField(label=gettext_lazy("Search engines may list it"), required=False)


class UsesForm(forms.Form):
    """What the world may do with it, each with its own yes. Nothing is chosen beforehand."""

    uses = forms.MultipleChoiceField(
        label=gettext_lazy("What do you say yes to?"),
        help_text=gettext_lazy("You can take each yes back at any time."),
        choices=Use,
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )


def not_the_tellers(name: str, voice: Voice) -> str:
    """Anybody's name but that of whoever wrote what is answered."""
    if name.strip().casefold() == voice.name.strip().casefold():
        raise forms.ValidationError(gettext("Whoever wrote the words above has this name. Please take another one."))
    return name


class CommentForm(forms.Form):
    """What the world answers. The stars, and the words above them, are a promise of the house."""

    name = forms.CharField(label=gettext_lazy("Name *"), max_length=60)
    email = forms.EmailField(label=gettext_lazy("Email *"), max_length=254)
    text = forms.CharField(
        label=gettext_lazy("Comment *"), max_length=COMMENT, strip=False, widget=forms.Textarea(attrs={"rows": 6})
    )
    tell = forms.BooleanField(label=gettext_lazy("Tell me by mail when somebody answers"), required=False)
    website = forms.CharField(label=gettext_lazy("Please leave this empty"), required=False)  # machines fill it in

    def __init__(self, data: Any = None, *, voice: Voice, **more: Any) -> None:
        super().__init__(data, **more)
        self.voice = voice
        if settings.MAIL is None:
            del self.fields["tell"]

    def clean_name(self) -> str:
        return not_the_tellers(self.cleaned_data["name"], self.voice)

    def clean_website(self) -> str:
        """The box that nobody sees."""
        if self.cleaned_data["website"]:
            raise forms.ValidationError(gettext("This box is for machines. Please empty it and send again."))
        return ""


class ChangeForm(forms.Form):
    """What its own link changes of a comment."""

    name = forms.CharField(label=gettext_lazy("Name"), max_length=60)
    text = forms.CharField(
        label=gettext_lazy("Comment"), max_length=COMMENT, strip=False, widget=forms.Textarea(attrs={"rows": 6})
    )

    def __init__(self, data: Any = None, *, voice: Voice, **more: Any) -> None:
        super().__init__(data, **more)
        self.voice = voice

    def clean_name(self) -> str:
        return not_the_tellers(self.cleaned_data["name"], self.voice)


class AnswerForm(forms.Form):
    """What a teller answers."""

    text = forms.CharField(max_length=COMMENT, strip=False)


class ReadForm(forms.Form):
    """What a reader says of a voice."""

    marks = forms.CharField(
        label=gettext_lazy("Passages that might show who somebody is"),
        help_text=gettext_lazy("Copy each of them on a line of its own."),
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
        max_length=4000,
    )
    note = forms.CharField(
        label=gettext_lazy("A kind word to whoever wrote it"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
        max_length=2000,
    )

    def __init__(self, data: Any = None, *, voice: Voice) -> None:
        super().__init__(data)
        self.voice = voice

    def clean_marks(self) -> list[str]:
        """The lines, without those that are empty."""
        return [line.strip() for line in self.cleaned_data["marks"].splitlines() if line.strip()]
