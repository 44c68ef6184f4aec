"""What whoever guides fills in: a series, and what becomes of one gathering."""

from datetime import datetime
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from weft.gatherings import recurring
from weft.gatherings.models import Gathering, Series
from weft.loom import clocks, time

LAST = "last"
MOST_QUESTIONS = 5


class Day(forms.DateInput):
    input_type = "date"

    def __init__(self, **more: Any) -> None:
        super().__init__(format="%Y-%m-%d", **more)


class Clock(forms.TimeInput):
    input_type = "time"

    def __init__(self, **more: Any) -> None:
        super().__init__(format="%H:%M", **more)


class SeriesForm(forms.Form):
    """A series, in the order in which somebody would tell of it: what, when, who, where."""

    name = forms.CharField(label=gettext_lazy("What do you call it?"), max_length=60)
    about = forms.CharField(
        label=gettext_lazy("What happens there?"),
        help_text=gettext_lazy("Two or three lines, for somebody who comes for the first time."),
        required=False,
        max_length=1200,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    starts_on = forms.DateField(label=gettext_lazy("The first day"), widget=Day)
    starts_at = forms.TimeField(label=gettext_lazy("At what time?"), widget=Clock)
    minutes = forms.IntegerField(label=gettext_lazy("For how many minutes?"), min_value=10, max_value=480, initial=60)
    zone = clocks.ZoneField(
        label=gettext_lazy("By the clock of"),
        help_text=gettext_lazy("Everybody sees it on their own clock too. The hour stays when summer time begins."),
    )
    step = forms.ChoiceField(
        label=gettext_lazy("How often?"),
        choices=[
            ("once", gettext_lazy("Once")),
            ("weeks", gettext_lazy("Every week, or every few weeks")),
            ("months", gettext_lazy("Every month, as the second Tuesday is")),
            (LAST, gettext_lazy("Every month, on the last such weekday")),
        ],
        initial="weeks",
        widget=forms.RadioSelect,
    )
    every = forms.IntegerField(
        label=gettext_lazy("Every how many weeks or months?"),
        help_text=gettext_lazy("1 is each of them, 2 is every second one."),
        min_value=1,
        max_value=12,
        initial=1,
    )
    times = forms.IntegerField(
        label=gettext_lazy("How many times in all?"),
        help_text=gettext_lazy("Leave it empty if it goes on."),
        required=False,
        min_value=1,
        max_value=200,
    )
    door = forms.ChoiceField(
        label=gettext_lazy("Who may come?"), choices=Series.Door, initial="members", widget=forms.RadioSelect
    )
    seats = forms.IntegerField(
        label=gettext_lazy("For how many people?"),
        help_text=gettext_lazy("Whoever guides is not counted. When all seats are taken there is a line."),
        min_value=2,
        max_value=500,
        initial=12,
    )
    questions = forms.CharField(
        label=gettext_lazy("Questions to people who ask for a place"),
        help_text=gettext_lazy("Only for a closed group. One on each line, five at most. Ask for the least."),
        required=False,
        max_length=1500,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    is_online = forms.BooleanField(
        label=gettext_lazy("It takes place here, in the house"), required=False, initial=True
    )
    way = forms.ChoiceField(
        label=gettext_lazy("How do you talk there?"),
        help_text=gettext_lazy("This is the most that is used. Anybody may always write instead."),
        choices=Series.Way,
        initial="text",
        widget=forms.RadioSelect,
    )
    place = forms.CharField(
        label=gettext_lazy("A room with an address"),
        required=False,
        max_length=400,
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    is_near = forms.BooleanField(
        label=gettext_lazy("Only people who come to it may see the address"), required=False, initial=True
    )
    near = forms.CharField(
        label=gettext_lazy("What may everybody know of the address?"),
        help_text=gettext_lazy("For example a part of the town. Leave it empty to say nothing."),
        required=False,
        max_length=120,
    )
    phone = forms.CharField(
        label=gettext_lazy("A number to call, and its code"),
        help_text=gettext_lazy("Only people who come to that gathering see it."),
        required=False,
        max_length=120,
    )

    keeps_notes = forms.BooleanField(
        label=gettext_lazy("Those who guide keep notes"),
        help_text=gettext_lazy("One about the group and one about each member, who can see that there is one."),
        required=False,
    )
    asks_where = forms.BooleanField(
        label=gettext_lazy("At the door people say where they are that day, and whom to call"),
        help_text=gettext_lazy("Only those who guide see it, during the hour. It is gone a day later."),
        required=False,
    )
    needs_credential = forms.BooleanField(
        label=gettext_lazy("It opens only with somebody whose credential was checked"), required=False
    )

    def __init__(
        self, data: Any = None, *, series: Series | None = None, zone: str = "", clinical: bool = False
    ) -> None:
        """*clinical*: in a therapy group all of it begins ticked, and nobody can do without the credential."""
        fresh = {"zone": zone, "keeps_notes": clinical, "asks_where": clinical}
        super().__init__(data, initial=_said(series) if series else fresh)
        self.series = series
        if clinical:
            del self.fields["needs_credential"]
        self.fields["zone"].choices = clocks.choices(series.zone if series else "")  # type: ignore[attr-defined]
        if series:
            self.fields["starts_on"].label = _("From which day on?")
            self.fields["starts_on"].help_text = _("If you change when you meet, it holds from this day on.")
            self.fields["times"].label = _("How many times from then on?")
            if series.rhythm is None:
                for name in ("step", "every", "times"):
                    del self.fields[name]

    def clean_starts_on(self) -> Any:
        day = self.cleaned_data["starts_on"]
        if day < time.today() and not (self.series and day == self.initial["starts_on"]):
            raise forms.ValidationError(_("This day is over. Please choose one that is still to come."))
        return day

    def clean_questions(self) -> list[str]:
        lines = [line.strip() for line in self.cleaned_data["questions"].splitlines() if line.strip()]
        if len(lines) > MOST_QUESTIONS:
            raise forms.ValidationError(_("At most five questions."))
        return lines

    def clean(self) -> dict[str, Any]:
        said = super().clean() or {}
        somewhere = said.get("is_online") or said.get("place") or said.get("phone")
        if not somewhere and not self.errors:
            self.add_error("is_online", _("Please say where you meet: here, in a room, or by phone."))
        return said

    @property
    def is_elsewhere(self) -> bool:
        """Whether something is said, or not right, of a room with an address or of a phone."""
        return any(self[name].value() or self[name].errors for name in ("place", "near", "phone"))

    @property
    def said(self) -> dict[str, Any]:
        """What the series takes."""
        said = dict(self.cleaned_data)
        rule = self.series.rule if self.series else ""
        day = said["starts_on"]
        if "step" in said:
            step, every, times = said.pop("step"), said.pop("every"), said.pop("times")
            which = recurring.LAST if step == LAST else recurring.which_of_month(day) if step == "months" else 0
            rule = recurring.Rhythm(day, "months" if step == LAST else step, every, which, times).rule
        said["starts_on"] = recurring.next_day(day, rule, day) or day
        return said | {"rule": rule}


def _said(series: Series) -> dict[str, Any]:
    """The form as a series stands, seen from its next gathering."""
    said = {name: getattr(series, name) for name in SeriesForm.base_fields if hasattr(series, name)}
    today = time.today()
    day = recurring.next_day(series.starts_on, series.rule, today, left_out=series.holidays) or today
    said |= {"starts_on": max(day, series.starts_on), "questions": "\n".join(series.questions)}
    rhythm = series.rhythm
    if rhythm:
        said |= {"step": LAST if rhythm.which == recurring.LAST else rhythm.step, "every": rhythm.every}
        last = recurring.last_day(series.starts_on, series.rule) if rhythm.times else None
        said["times"] = len(series.days(said["starts_on"], last)) or None if last else None
    return said


class ChangeForm(forms.Form):
    """One gathering at another time, or not at all, and why."""

    starts = forms.DateTimeField(
        label=gettext_lazy("When is it instead?"),
        widget=forms.DateTimeInput(format="%Y-%m-%dT%H:%M", attrs={"type": "datetime-local"}),
        required=False,
    )
    note = forms.CharField(
        label=gettext_lazy("A line to those who meant to come"),
        help_text=gettext_lazy("You need not say why. Everybody in the circle can read it."),
        required=False,
        max_length=400,
        widget=forms.Textarea(attrs={"rows": 2}),
    )

    def __init__(self, data: Any = None, *, gathering: Gathering) -> None:
        super().__init__(data, initial={"starts": timezone.localtime(gathering.starts), "note": gathering.note})
        self.fields["starts"].help_text = _("On your own clock, that of %(place)s.") % {
            "place": clocks.city(timezone.get_current_timezone_name())
        }

    def clean_starts(self) -> datetime | None:
        starts: datetime | None = self.cleaned_data["starts"]
        if starts and starts <= time.now():
            raise forms.ValidationError(_("This time is over. Please choose one that is still to come."))
        return starts


class PlaceForm(forms.Form):
    """The questions of a closed group."""

    def __init__(self, data: Any = None, *, questions: list[str]) -> None:
        super().__init__(data)
        self.questions = list(questions)
        for number, question in enumerate(self.questions):
            self.fields[f"answer_{number}"] = forms.CharField(
                label=question,
                help_text=_("Only the people who guide read your answer. Once they have answered, it is gone."),
                max_length=1500,
                widget=forms.Textarea(attrs={"rows": 3}),
            )

    @property
    def answers(self) -> list[dict[str, str]]:
        return [
            {"question": question, "answer": self.cleaned_data[f"answer_{number}"]}
            for number, question in enumerate(self.questions)
        ]


class HourForm(forms.Form):
    """The plan of an hour."""

    opening = forms.CharField(
        label=gettext_lazy("Opening words"),
        help_text=gettext_lazy("Read out or shown when the hour begins. The agreement is shown too."),
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 4}),
    )
    prompts = forms.CharField(
        label=gettext_lazy("What each round is about"),
        help_text=gettext_lazy("One line for each round. For example: What held you up this week?"),
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 4}),
    )
    minutes = forms.IntegerField(
        label=gettext_lazy("Minutes of a turn"),
        help_text=gettext_lazy("A gentle clock. Nobody is cut off, and you can give more."),
        min_value=1,
        max_value=30,
        initial=3,
    )
    closing = forms.CharField(
        label=gettext_lazy("Closing words"), required=False, max_length=2000, widget=forms.Textarea(attrs={"rows": 3})
    )
    keep = forms.CharField(
        label=gettext_lazy("Keep it as a script, under this name"),
        help_text=gettext_lazy("Then others who guide this circle can use it too. Name nobody in it."),
        required=False,
        max_length=60,
    )
    is_shared = forms.BooleanField(
        label=gettext_lazy("Share the script with all who guide a circle in this house"), required=False
    )

    def __init__(self, data: Any = None, *, plan: Any) -> None:
        plan = dict(plan or {})
        super().__init__(data, initial=plan | {"prompts": "\n".join(plan.get("prompts", []))})

    @property
    def plan(self) -> dict[str, Any]:
        said = {name: self.cleaned_data[name] for name in ("opening", "closing", "minutes")}
        lines = [line.strip() for line in self.cleaned_data["prompts"].splitlines()]
        return said | {"prompts": [line for line in lines if line]}
