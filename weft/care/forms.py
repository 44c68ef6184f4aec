"""What people fill in where help is asked for and given."""

from datetime import datetime, timedelta
from typing import Any

from django import forms
from django.utils.dates import WEEKDAYS as NAMES
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from weft.care.models import Care, Near, Need, Ring
from weft.circles.forms import INVITED_FOR
from weft.gatherings.forms import Clock, Day
from weft.gatherings.recurring import WEEKDAYS
from weft.loom import clocks, time

MINUTES = {"night": 600, "sitting": 120}  # of a new need; of all others an hour
WHERE = ("address", "gate", "phone")


def small(rows: int = 3) -> forms.Textarea:
    return forms.Textarea(attrs={"rows": rows})


class CareForm(forms.Form):
    """A care circle: three questions."""

    whom = forms.CharField(
        label=gettext_lazy("Who is it for?"), help_text=gettext_lazy("A first name is enough."), max_length=40
    )
    my_name = forms.CharField(label=gettext_lazy("What shall they call you there?"), max_length=40)
    seat = forms.ChoiceField(
        label=gettext_lazy("Who decides?"),
        help_text=gettext_lazy("Whoever decides sees all, reads news first, says no to anything, and can end it."),
        choices=[
            ("own", gettext_lazy("Whoever it is for. They get a seat of their own, and I invite them")),
            ("me", gettext_lazy("It is for me")),
            ("speaks", gettext_lazy("I speak for them, as long as they cannot")),
        ],
        widget=forms.RadioSelect,
    )
    ground = forms.CharField(
        label=gettext_lazy("If you speak for them: why is it you?"),
        help_text=gettext_lazy("A line is enough. Everybody in the circle can read it."),
        max_length=300,
        required=False,
        widget=small(2),
    )

    def clean(self) -> dict[str, Any]:
        said: dict[str, Any] = super().clean() or {}
        if said.get("seat") == "speaks" and not said.get("ground", "").strip():
            self.add_error("ground", _("Please say in a line why you speak for them."))
        return said


class WhereForm(forms.Form):
    """Where it is. What is kept is never shown in a form: it is written anew, or left as it is."""

    address = forms.CharField(label=gettext_lazy("Address"), max_length=300, required=False, widget=small(2))
    gate = forms.CharField(label=gettext_lazy("Code of the door, or where the key is"), max_length=120, required=False)
    phone = forms.CharField(label=gettext_lazy("A number to call"), max_length=60, required=False)

    @property
    def where(self) -> dict[str, str]:
        """What was filled in."""
        return {name: self.cleaned_data[name].strip() for name in WHERE if self.cleaned_data[name].strip()}


class AboutForm(WhereForm):
    """What holds for the whole care circle."""

    zone = clocks.ZoneField(
        label=gettext_lazy("By the clock of"),
        help_text=gettext_lazy("Everybody sees it on their own clock too. The hour stays when summer time begins."),
    )
    no_gifts = forms.CharField(
        label=gettext_lazy("What should nobody bring?"),
        help_text=gettext_lazy("Flowers, presents, one more soup. All read it before they promise something."),
        max_length=300,
        required=False,
        widget=small(2),
    )
    approves = forms.BooleanField(label=gettext_lazy("News waits until whoever decides has read it"), required=False)

    def __init__(self, data: Any = None, *, care: Care) -> None:
        super().__init__(data, initial={"zone": care.zone, "approves": care.approves, "no_gifts": care.no_gifts})
        self.fields["zone"].choices = clocks.choices(care.zone)  # type: ignore[attr-defined]


class WordsForm(WhereForm):
    """What is needed, in words."""

    name = forms.CharField(label=gettext_lazy("What is needed?"), max_length=80)
    eats = forms.CharField(
        label=gettext_lazy("What do they like to eat?"), max_length=300, required=False, widget=small(2)
    )
    without = forms.CharField(
        label=gettext_lazy("What must not be in it?"),
        help_text=gettext_lazy("What they cannot eat, or must not."),
        max_length=300,
        required=False,
    )
    people = forms.IntegerField(label=gettext_lazy("For how many people?"), min_value=1, max_value=40, required=False)
    how = forms.CharField(
        label=gettext_lazy("How is it done here?"),
        help_text=gettext_lazy("What somebody should know who does it for the first time."),
        max_length=2000,
        required=False,
        widget=small(4),
    )
    ring = forms.TypedChoiceField(
        label=gettext_lazy("Who sees it?"),
        choices=[
            (Ring.OUTER.value, gettext_lazy("All rings")),
            (Ring.MIDDLE.value, gettext_lazy("The inner and the middle ring")),
            (Ring.INNER.value, gettext_lazy("Only the inner ring")),
        ],
        coerce=int,
        initial=Ring.OUTER.value,
        widget=forms.RadioSelect,
    )

    def __init__(self, data: Any = None, *, kind: str, need: Need | None = None) -> None:
        said = {"name": str(Need.Kind(kind).label)}
        super().__init__(data, initial=dict(said | (_words(need) if need else {})))
        self.kind = kind
        if kind != Need.Kind.MEAL:
            for name in ("eats", "without", "people"):
                del self.fields[name]

    @property
    def said(self) -> dict[str, Any]:
        """As a need keeps it."""
        given = self.cleaned_data
        said = {name: given[name] for name in ("name", "how", "ring")}
        said["meal"] = {name: given[name] for name in ("eats", "without", "people") if given.get(name)}
        return said | ({"where": self.where} if self.where else {})


def _words(need: Need) -> dict[str, Any]:
    return {"name": need.name, "how": need.how, "ring": need.ring, **need.meal}


class HoursForm(forms.Form):
    """From which hour of the clock until which, also over midnight."""

    starts_at = forms.TimeField(label=gettext_lazy("From when?"), widget=Clock)
    ends_at = forms.TimeField(
        label=gettext_lazy("Until when?"),
        help_text=gettext_lazy("Of a night: the hour in the morning."),
        widget=Clock,
    )

    @classmethod
    def of(cls, need: Need, data: Any = None) -> "HoursForm":
        ends_at = (datetime.combine(time.today(), need.starts_at) + timedelta(minutes=need.minutes)).time()
        return cls(data, initial={"starts_at": need.starts_at, "ends_at": ends_at})

    @property
    def minutes(self) -> int:
        given = self.cleaned_data
        begins, ends = (given[at].hour * 60 + given[at].minute for at in ("starts_at", "ends_at"))
        return int((ends - begins) % (24 * 60)) or 24 * 60


class NeedForm(HoursForm, WordsForm):
    """What is needed, and when."""

    starts_on = forms.DateField(label=gettext_lazy("The first day"), widget=Day)
    places = forms.IntegerField(label=gettext_lazy("How many helpers each time?"), min_value=1, max_value=9, initial=1)
    step = forms.ChoiceField(
        label=gettext_lazy("How often?"),
        choices=[
            ("once", gettext_lazy("Once")),
            ("days", gettext_lazy("Every day")),
            ("weeks", gettext_lazy("Every week, on the days below")),
        ],
        initial="once",
        widget=forms.RadioSelect,
    )
    weekdays = forms.MultipleChoiceField(
        label=gettext_lazy("On which days?"),
        choices=[(key, NAMES[number]) for number, key in enumerate(WEEKDAYS)],
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    until = forms.DateField(
        label=gettext_lazy("Until which day?"),
        help_text=gettext_lazy("Leave it empty if it goes on."),
        required=False,
        widget=Day,
    )

    def __init__(self, data: Any = None, *, kind: str) -> None:
        super().__init__(data, kind=kind)
        self.initial["starts_on"] = time.today()

    def clean(self) -> dict[str, Any]:
        said: dict[str, Any] = super().clean() or {}
        if said.get("step") == "weeks" and not said.get("weekdays"):
            self.add_error("weekdays", _("Please choose a day."))
        first, last = said.get("starts_on"), said.get("until")
        if first and last and last < first:
            self.add_error("until", _("This is before the first day."))
        if first and first < time.today() and said.get("step") == "once":
            self.add_error("starts_on", _("This day is over."))
        return said

    @property
    def said(self) -> dict[str, Any]:
        given = self.cleaned_data
        names = ("starts_on", "starts_at", "places")
        times = {"kind": self.kind, "minutes": self.minutes, "rule": self.rule}
        return super().said | {name: given[name] for name in names} | times

    @property
    def rule(self) -> str:
        """As an RRULE, in wall time."""
        given = self.cleaned_data
        if given["step"] == "once":
            return ""
        rule = "FREQ=DAILY" if given["step"] == "days" else f"FREQ=WEEKLY;BYDAY={','.join(given['weekdays'])}"
        return rule + (f";UNTIL={given['until']:%Y%m%d}" if given["until"] else "")


class CallForm(forms.Form):
    """An invitation to help, for people without an account."""

    uses = forms.IntegerField(label=gettext_lazy("For how many people?"), min_value=1, max_value=100, initial=10)
    days = forms.TypedChoiceField(
        label=gettext_lazy("Until when?"),
        choices=INVITED_FOR,
        coerce=int,
        initial=14,
        widget=forms.RadioSelect,
    )
    words = forms.CharField(
        label=gettext_lazy("A line of your own"),
        help_text=gettext_lazy("So that people know that it comes from you. Please name no illness."),
        required=False,
        max_length=300,
        widget=small(2),
    )


class NewsForm(forms.Form):
    """News: once, in two ways of saying it."""

    words = forms.CharField(
        label=gettext_lazy("News for the inner and the middle ring"), max_length=6000, strip=False, widget=small(6)
    )
    outer = forms.CharField(
        label=gettext_lazy("The same, in other words, for the outer ring"),
        help_text=gettext_lazy(
            "Shorter, and without what is only for those who are near. Left empty, they hear nothing."
        ),
        max_length=3000,
        required=False,
        strip=False,
        widget=small(3),
    )


class OfferForm(forms.Form):
    """Help that somebody puts forward."""

    kinds = forms.MultipleChoiceField(
        label=gettext_lazy("What could you do?"),
        choices=Need.Kind,
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    days = forms.TypedMultipleChoiceField(
        label=gettext_lazy("On which days?"),
        help_text=gettext_lazy("None chosen: any day."),
        choices=[(number, NAMES[number]) for number in range(7)],
        coerce=int,
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    words = forms.CharField(label=gettext_lazy("Anything to say about it?"), max_length=200, required=False)

    def __init__(self, data: Any = None, *, near: Near | None) -> None:
        super().__init__(data, initial=dict((near and near.offers) or {}))

    @property
    def said(self) -> tuple[list[str], list[int], str]:
        """Kinds, days, and a word."""
        given = self.cleaned_data
        return given["kinds"], given["days"], given["words"]
