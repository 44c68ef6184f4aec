"""What people fill in at a circle's door and desk."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from weft.circles.kinds import kinds
from weft.circles.models import Agreement, Circle


class AcceptForm(forms.Form):
    """A yes to an agreement, clause by clause where a clause may be declined."""

    yes = forms.BooleanField(
        label=gettext_lazy("I have read this agreement, and I say yes to it."),
        error_messages={"required": gettext_lazy("To come in, please say yes to the agreement. You can also go back.")},
    )

    def __init__(self, data: Any = None, *, agreement: Agreement) -> None:
        super().__init__(data)
        self.agreement = agreement
        for number, clause in enumerate(agreement.clauses):
            self.fields[f"clause_{number}"] = forms.BooleanField(label=clause, required=False)

    @property
    def clause_fields(self) -> list[Any]:
        return [self[f"clause_{number}"] for number in range(len(self.agreement.clauses))]

    @property
    def declined(self) -> list[int]:
        """The numbers of the optional clauses that were not ticked."""
        return [n for n in range(len(self.agreement.clauses)) if not self.cleaned_data[f"clause_{n}"]]


class JoinForm(AcceptForm):
    """A name, the circle's questions, and a yes to its agreement."""

    name = forms.CharField(
        label=gettext_lazy("What shall we call you here?"),
        help_text=gettext_lazy(
            "Pick a name people here will see. It does not have to be your real name. Nobody here can tell from it "
            "who you are in another circle."
        ),
        max_length=40,
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )

    def __init__(self, data: Any = None, *, circle: Circle, ask: bool) -> None:
        super().__init__(data, agreement=circle.agreement)
        self.questions = list(circle.questions) if ask else []
        for number, question in enumerate(self.questions):
            self.fields[f"answer_{number}"] = forms.CharField(
                label=question,
                help_text=_("Only the people who guide this circle read your answer."),
                max_length=1000,
                widget=forms.Textarea(attrs={"rows": 3}),
            )

    @property
    def question_fields(self) -> list[Any]:
        return [self[f"answer_{number}"] for number in range(len(self.questions))]

    @property
    def answers(self) -> list[dict[str, str]]:
        return [
            {"question": question, "answer": self.cleaned_data[f"answer_{number}"]}
            for number, question in enumerate(self.questions)
        ]


class LeaveForm(forms.Form):
    """What becomes of one's words: three ways, none of them chosen beforehand."""

    WAYS = [
        ("take", gettext_lazy("With my stories")),
        ("keep", gettext_lazy("Leaving them here, without my name")),
        ("erase", gettext_lazy("Erasing all of it")),
    ]
    HINTS = {
        "take": gettext_lazy("You have them in a file of your own. Nobody here can read them any more."),
        "keep": gettext_lazy(
            "People can still read them. Nobody can tell whose they were, and you cannot change them."
        ),
        "erase": gettext_lazy("They are gone for ever, for everybody, and for you too."),
    }
    words = forms.ChoiceField(
        label=gettext_lazy("How do you want to go?"),
        choices=WAYS,
        widget=forms.RadioSelect,
        error_messages={"required": gettext_lazy("Please choose what shall become of your words.")},
    )

    def __init__(self, data: Any = None, *, has_file: bool, **more: Any) -> None:
        super().__init__(data, **more)
        self.has_file = has_file

    def clean_words(self) -> str:
        words: str = self.cleaned_data["words"]
        if words == "take" and not self.has_file:
            raise forms.ValidationError(_("Please take your file first. Then you can go with your stories."))
        return words

    @property
    def kept(self) -> str:
        """What `Persona.leave` takes: with a file in hand, what stays here is the same as after erasing it."""
        return "keep" if self.cleaned_data["words"] == "keep" else "erase"


class AgreementForm(forms.Form):
    """The next version of the agreement: short enough to be read."""

    text = forms.CharField(
        label=gettext_lazy("The agreement"),
        help_text=gettext_lazy("At most 200 words, shown whole. Everybody is asked again before they next write."),
        widget=forms.Textarea(attrs={"rows": 12}),
    )
    clauses = forms.CharField(
        label=gettext_lazy("Clauses that people may decline"),
        help_text=gettext_lazy("One on each line. Who declines is as welcome as anybody."),
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def clean_text(self) -> str:
        text: str = self.cleaned_data["text"]
        if len(text.split()) > 200:
            said = ngettext(
                "This is %(count)s word long. At most 200, so that people really read it.",
                "This is %(count)s words long. At most 200, so that people really read it.",
                len(text.split()),
            )
            raise forms.ValidationError(said, params={"count": len(text.split())})
        return text

    @property
    def lines(self) -> list[str]:
        return [line.strip() for line in self.cleaned_data["clauses"].splitlines() if line.strip()]


class CircleForm(forms.Form):
    """What a circle says of itself, and how it is entered."""

    name = forms.CharField(label=gettext_lazy("What is this circle called?"), max_length=60)
    about = forms.CharField(
        label=gettext_lazy("Who is it for, and what is it like?"),
        max_length=1200,
        widget=forms.Textarea(attrs={"rows": 5}),
    )
    words = forms.CharField(
        label=gettext_lazy("Words that people might look for it by"),
        help_text=gettext_lazy("Everyday words, with commas between. Only used to find the circle."),
        required=False,
        max_length=1200,
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    door = forms.ChoiceField(label=gettext_lazy("Who may join?"), choices=Circle.Door, widget=forms.RadioSelect)
    questions = forms.CharField(
        label=gettext_lazy("Questions to people who ask to join"),
        help_text=gettext_lazy("At most three, one on each line. Ask for the least."),
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    seats = forms.IntegerField(label=gettext_lazy("How many seats?"), min_value=2, max_value=5000)
    meets = forms.CharField(
        label=gettext_lazy("When do you meet?"),
        help_text=gettext_lazy("For example: Tuesdays at 7 pm, online"),
        required=False,
        max_length=120,
    )
    promise_hours = forms.IntegerField(
        label=gettext_lazy("Somebody answers within how many hours?"),
        help_text=gettext_lazy("Promise only what you can keep."),
        min_value=1,
        max_value=336,
    )
    greeting = forms.CharField(
        label=gettext_lazy("A greeting for people who are new"),
        help_text=gettext_lazy("Whoever greets can change it each time. {name} becomes the name of the new person."),
        required=False,
        max_length=800,
        widget=forms.Textarea(attrs={"rows": 4}),
    )
    members_hidden = forms.BooleanField(
        label=gettext_lazy("Only the people who guide see the list of people"), required=False
    )
    listed = forms.BooleanField(
        label=gettext_lazy("People may find this circle before they have an account"), required=False
    )

    def clean_questions(self) -> list[str]:
        lines = [line.strip() for line in self.cleaned_data["questions"].splitlines() if line.strip()]
        if len(lines) > 3:
            raise forms.ValidationError(_("At most three questions."))
        return lines

    def clean_words(self) -> list[str]:
        return [word.strip() for word in self.cleaned_data["words"].replace("\n", ",").split(",") if word.strip()]

    @classmethod
    def of(cls, circle: Circle) -> "CircleForm":
        """The form as the circle stands."""
        initial = {name: getattr(circle, name) for name in cls.base_fields}
        initial |= {"words": ", ".join(circle.words), "questions": "\n".join(circle.questions)}
        return cls(initial=initial)


class NewCircleForm(forms.Form):
    """A circle begins with a kind, a name, and the name of who guides it."""

    kind = forms.ChoiceField(label=gettext_lazy("What kind of circle is it?"), widget=forms.RadioSelect)
    name = forms.CharField(label=gettext_lazy("What is it called?"), max_length=60)
    about = forms.CharField(
        label=gettext_lazy("Who is it for?"), max_length=1200, required=False, widget=forms.Textarea(attrs={"rows": 3})
    )
    my_name = forms.CharField(label=gettext_lazy("What shall they call you there?"), max_length=40)

    def __init__(self, data: Any = None, *, steward: bool) -> None:
        super().__init__(data)
        offered = [kind for kind in kinds().values() if (steward or kind.private) and kind.key != "commons"]
        self.fields["kind"].choices = [(kind.key, f"{kind.said}: {_(kind.what)}") for kind in offered]  # type: ignore[attr-defined]


# How long an invitation is good, in days.
INVITED_FOR = [
    (3, gettext_lazy("three days")),
    (14, gettext_lazy("two weeks")),
    (60, gettext_lazy("two months")),
]  # days


class InviteForm(forms.Form):
    """For how many people, and until when."""

    uses = forms.IntegerField(label=gettext_lazy("For how many people?"), min_value=1, max_value=50, initial=1)
    days = forms.TypedChoiceField(
        label=gettext_lazy("Until when?"),
        choices=INVITED_FOR,
        coerce=int,
        initial=14,
        widget=forms.RadioSelect,
    )
    note = forms.CharField(
        label=gettext_lazy("A line of your own"),
        help_text=gettext_lazy("All who open the invitation read it. Please name no illness."),
        required=False,
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 2}),
    )
