"""What an author, an asker and somebody who tried it fill in."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from weft.circles.models import Persona
from weft.stories.models import Reply, Story, Topic
from weft.wisdom.models import Lesson, Trial
from weft.wisdom.models.lesson import stands_in

LONGEST = 6000  # letters
CIRCLE, HOUSE = "circle", "house"


def _who_reads(persona: Persona) -> list[tuple[str, str]]:
    others = persona.others
    here = ngettext("%(circle)s: you and %(n)s other", "%(circle)s: you and %(n)s others", others)
    here = here if others else _("%(circle)s: nobody but you yet")
    return [
        (CIRCLE, here % {"circle": persona.circle.name, "n": others}),
        (HOUSE, _("everybody who is in a circle of this house")),
    ]


class Words(forms.Form):
    """Words, what they help with, and under which name they stand."""

    line = forms.CharField(
        label=gettext_lazy("What helped, in a line"),
        help_text=gettext_lazy("It stands above your words."),
        max_length=120,
        required=False,
    )
    text = forms.CharField(
        label=gettext_lazy("What would you say to somebody who carries this now?"),
        help_text=gettext_lazy("Say what you did, and what came of it. What did not help is worth as much."),
        max_length=LONGEST,
        widget=forms.Textarea(attrs={"rows": 8}),
    )
    topics = forms.MultipleChoiceField(
        label=gettext_lazy("It helped with…"),
        help_text=gettext_lazy("So that those who need it find it."),
        choices=Topic,
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    name = forms.CharField(
        label=gettext_lazy("The name below it"),
        help_text=gettext_lazy("Any name you like. Leave it empty, and no name stands there."),
        max_length=60,
        required=False,
    )
    audience = forms.ChoiceField(label=gettext_lazy("Who reads it?"), widget=forms.RadioSelect, initial=CIRCLE)

    def __init__(self, data: Any = None, *, persona: Persona, **more: Any) -> None:
        super().__init__(data, **more)
        self.fields["audience"].choices = _who_reads(persona)  # type: ignore[attr-defined]

    def clean_text(self) -> str:
        text: str = self.cleaned_data["text"].replace("\r\n", "\n").strip()
        return text

    @property
    def said(self) -> dict[str, Any]:
        """What `Strand.write` takes."""
        given = self.cleaned_data
        said = {"line": given["line"], "words": given["text"], "name": given["name"], "topics": list(given["topics"])}
        return said | {"for_house": given["audience"] == HOUSE}


class Asking(forms.Form):
    """Which words of a story or of a reply may help others: a part of what was said, and nothing else."""

    text = forms.CharField(
        label=gettext_lazy("Which of these words might help somebody?"),
        help_text=gettext_lazy("Take away what is not meant. You cannot add or change a word: only its author can."),
        max_length=LONGEST,
        widget=forms.Textarea(attrs={"rows": 8}),
    )
    topics = Words.base_fields["topics"]
    into = forms.ChoiceField(
        label=gettext_lazy("Weave it into a lesson that is there?"),
        required=False,
    )

    def __init__(self, data: Any = None, *, source: Story | Reply, lessons: list[Lesson], **more: Any) -> None:
        super().__init__(data, **more)
        self.source, self.lessons = source, {str(lesson.pk): lesson for lesson in lessons}
        into = [("", _("No, let it stand alone")), *((key, lesson.heading) for key, lesson in self.lessons.items())]
        self.fields["into"].choices = into  # type: ignore[attr-defined]

    def clean_text(self) -> str:
        text: str = self.cleaned_data["text"].replace("\r\n", "\n").strip()
        if not stands_in(text, self.source.text):
            raise forms.ValidationError(_("Some of these words do not stand there so. Please only take words away."))
        return text

    @property
    def lesson(self) -> Lesson | None:
        return self.lessons.get(self.cleaned_data["into"])


class Tried(forms.Form):
    """What happened when somebody tried it."""

    way = forms.ChoiceField(label=gettext_lazy("How was it?"), choices=Trial.Way, widget=forms.RadioSelect)
    text = forms.CharField(
        label=gettext_lazy("What happened?"),
        help_text=gettext_lazy("Where it did not help, say so: it spares somebody else a hard evening."),
        max_length=LONGEST,
        widget=forms.Textarea(attrs={"rows": 5}),
    )
    name = forms.CharField(
        label=gettext_lazy("The name below it"),
        help_text=gettext_lazy("Any name you like. Leave it empty, and no name stands there."),
        max_length=60,
        required=False,
    )
    audience = forms.ChoiceField(label=gettext_lazy("Who reads it?"), widget=forms.RadioSelect, initial=CIRCLE)

    def __init__(self, data: Any = None, *, persona: Persona, lesson: Lesson, **more: Any) -> None:
        super().__init__(data, **more)
        for_house = any(strand.for_house for strand in lesson.strands)
        who = _who_reads(persona)
        self.fields["audience"].choices = who if for_house else who[:1]  # type: ignore[attr-defined]

    @property
    def said(self) -> dict[str, Any]:
        """What `Trial.say` takes."""
        given = self.cleaned_data
        words = given["text"].replace("\r\n", "\n").strip()
        return {"words": words, "way": given["way"], "name": given["name"], "for_house": given["audience"] == HOUSE}


class Search(forms.Form):
    """What helped with what."""

    words = forms.CharField(required=False, max_length=200)
    topic = forms.ChoiceField(
        label=gettext_lazy("It helped with"), choices=[("", gettext_lazy("anything")), *Topic.choices], required=False
    )
