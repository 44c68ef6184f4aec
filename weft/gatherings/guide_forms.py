"""What those who guide fill in, and those who check."""

from datetime import date, timedelta
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from weft.gatherings.models import Course
from weft.loom import ids, time

LONGEST = timedelta(days=366 * 15)
WORDS = 400
SPARE = 2  # empty steps at the end of the course, to be filled


class CredentialForm(forms.Form):
    """What a professional holds."""

    kind = forms.CharField(
        label=gettext_lazy("What are you?"),
        help_text=gettext_lazy("In the words of your licence. For example: Therapist"),
        max_length=80,
        widget=forms.TextInput(attrs={"list": "kinds"}),
    )
    issuer = forms.CharField(label=gettext_lazy("Who gave it to you?"), max_length=120)
    number = forms.CharField(
        label=gettext_lazy("Its number"),
        help_text=gettext_lazy("It is sealed. Only you see it, and whoever checks it."),
        max_length=60,
        widget=forms.TextInput(attrs={"autocapitalize": "none", "spellcheck": "false"}),
    )
    valid_until = forms.DateField(
        label=gettext_lazy("Until which day does it hold?"),
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
    )

    def clean_valid_until(self) -> date:
        day: date = self.cleaned_data["valid_until"]
        if day < time.today():
            raise forms.ValidationError(_("That day is over. Please enter the one that holds now."))
        if day > time.today() + LONGEST:
            raise forms.ValidationError(_("That is more than fifteen years away. Please check the year."))
        return day


class WordForm(forms.Form):
    """Why not yet."""

    words = forms.CharField(
        label=gettext_lazy("What shall they know or mend?"),
        max_length=1200,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": gettext_lazy("Please say why, so that they can mend it.")},
    )


class AnswerForm(forms.Form):
    """What a host says to one step of the training: in words, or only that they have read it."""

    words = forms.CharField(
        label=gettext_lazy("In your own words"),
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 4}),
    )
    read = forms.BooleanField(label=gettext_lazy("I have read this, and I will hold to it"), required=False)

    def clean(self) -> dict[str, Any]:
        said = super().clean() or {}
        if not said.get("words", "").strip() and not said.get("read"):
            raise forms.ValidationError(_("Please write a line, or say that you have read it."))
        return said


class ConsentForm(forms.Form):
    """The next version of what is asked before an hour."""

    text = forms.CharField(
        label=gettext_lazy("What everybody says yes to before they come in"),
        help_text=gettext_lazy(
            "Say what stays here and what does not, that nothing is recorded, and what you do when somebody is in "
            "danger. Who looks on is added by itself."
        ),
        widget=forms.Textarea(attrs={"rows": 14}),
    )

    def clean_text(self) -> str:
        text: str = self.cleaned_data["text"]
        if (count := len(text.split())) > WORDS:
            said = ngettext(
                "This is %(count)s word long. At most %(most)s, so that people really read it.",
                "This is %(count)s words long. At most %(most)s, so that people really read it.",
                count,
            )
            raise forms.ValidationError(said, params={"count": count, "most": WORDS})
        return text


class CourseForm(forms.Form):
    """The steps of the training, and how long a sign-off holds. A step without a title goes."""

    days = forms.TypedChoiceField(
        label=gettext_lazy("How long does a sign-off hold?"),
        choices=[(182, gettext_lazy("half a year")), (365, gettext_lazy("a year")), (730, gettext_lazy("two years"))],
        coerce=int,
        widget=forms.RadioSelect,
    )

    def __init__(self, data: Any = None, *, course: Course) -> None:
        super().__init__(data, initial={"days": course.days})
        self.keys = [lesson["key"] for lesson in course.lessons]
        for number in range(len(course.lessons) + SPARE):
            now = course.lesson(number + 1) or {"title": "", "text": "", "asks": ""}
            self.fields[f"title_{number}"] = forms.CharField(
                label=_("Title"), initial=now["title"], max_length=80, required=False
            )
            self.fields[f"text_{number}"] = forms.CharField(
                label=_("What they read"),
                initial=now["text"],
                max_length=3000,
                required=False,
                widget=forms.Textarea(attrs={"rows": 5}),
            )
            self.fields[f"asks_{number}"] = forms.CharField(
                label=_("What they are asked"), initial=now["asks"], max_length=300, required=False
            )

    @property
    def steps(self) -> list[tuple[int, list[Any]]]:
        """The boxes of each step, by its number."""
        count = sum(name.startswith("title_") for name in self.fields)
        return [(n + 1, [self[f"{name}_{n}"] for name in ("title", "text", "asks")]) for n in range(count)]

    @property
    def lessons(self) -> list[dict[str, str]]:
        """The course as it was said here. What was a step before stays the same one."""
        found = []
        for number, _boxes in self.steps:
            said = {name: self.cleaned_data[f"{name}_{number - 1}"].strip() for name in ("title", "text", "asks")}
            if said["title"]:
                key = self.keys[number - 1] if number <= len(self.keys) else ids.code(8)
                found.append({"key": key, **said})
        return found

    def clean(self) -> dict[str, Any]:
        said = super().clean() or {}
        if not any(said.get(name, "").strip() for name in self.fields if name.startswith("title_")):
            raise forms.ValidationError(_("A training needs one step at least."))
        return said
