"""What is asked when a house is set up: one question a page."""

from typing import Any

from django import forms
from django.conf import settings
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.utils.dates import WEEKDAYS
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from weft.circles.models import Circle
from weft.home.kinds import kinds
from weft.home.models import Setup
from weft.loom import clocks, languages, time
from weft.people.forms import NameField, NewPassphraseField
from weft.people.models import Person, locked
from weft.safety.models import HelpLine

NO_COUNTRIES = {"EU", "EZ", "UN", "QO", "XA", "XB", "ZZ"}


def countries() -> list[Any]:
    """Countries by their names in the reader's language: first those that have numbers for hard moments here."""
    known = HelpLine.countries()
    others = {
        code: name
        for code, name in languages.locale().territories.items()
        if len(code) == 2 and code not in NO_COUNTRIES | set(known)
    }
    return [
        ("", _("Please choose")),
        (_("We know some numbers for hard moments there"), list(known.items())),
        (_("You bring the numbers"), sorted(others.items(), key=lambda pair: pair[1])),
    ]


class Step(forms.Form):
    """One page of the set-up. `answers` is what is kept of it."""

    def __init__(self, data: Any = None, *, setup: Setup, step: str) -> None:
        self.setup = setup
        super().__init__(data, initial=self.recall(setup.answers.get(step, {})))

    def recall(self, said: dict[str, Any]) -> dict[str, Any]:
        """The kept answers, as the form shows them again."""
        return said

    @property
    def answers(self) -> dict[str, Any]:
        return self.cleaned_data


class PlaceForm(Step):
    name = forms.CharField(
        label=gettext_lazy("Its name"),
        help_text=gettext_lazy("It stands at the top of every page. Better without the name of an illness."),
        max_length=60,
        widget=forms.TextInput(attrs={"autocomplete": "organization"}),
        error_messages={"required": gettext_lazy("Please give the house a name.")},
    )
    country = forms.ChoiceField(
        label=gettext_lazy("In which country are most of its people?"),
        help_text=gettext_lazy("From this follows which numbers for hard moments are shown first."),
        error_messages={"required": gettext_lazy("Please choose a country.")},
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["country"].choices = countries()  # type: ignore[attr-defined]


class KindForm(Step):
    kind = forms.ChoiceField(
        label=gettext_lazy("It is most like…"),
        widget=forms.RadioSelect,
        error_messages={"required": gettext_lazy("Please choose what comes nearest.")},
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["kind"].choices = [(kind.key, kind.said) for kind in kinds().values()]  # type: ignore[attr-defined]

    @property
    def hints(self) -> dict[str, str]:
        return {kind.key: _(kind.what) for kind in kinds().values()}


class YouForm(Step):
    """The first person. Only the hash of the passphrase is kept, and no page shows it again."""

    name = NameField(gettext_lazy("A sign-in name"), gettext_lazy("Only for coming in. It is shown to nobody."))
    passphrase = NewPassphraseField(gettext_lazy("A passphrase"))
    known_as = forms.CharField(
        label=gettext_lazy("What may people here call you?"),
        help_text=gettext_lazy(
            "You guide the open room under this name, and you stand in the list of duties under it. "
            "It need not be your real name."
        ),
        max_length=40,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        error_messages={"required": gettext_lazy("Please choose a name that people here may call you.")},
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.known = self.setup.answers.get("you")
        if self.known:
            self.fields["passphrase"].required = False
            self.fields["passphrase"].label = _("A new passphrase")
            self.fields["passphrase"].help_text = _("You have chosen one. Leave this empty to keep it.")

    def clean(self) -> None:
        if self.cleaned_data.get("passphrase"):
            try:
                validate_password(self.cleaned_data["passphrase"], Person(name=self.cleaned_data.get("name", "")))
            except ValidationError as error:
                self.add_error("passphrase", error)

    @property
    def answers(self) -> dict[str, Any]:
        said = self.cleaned_data
        kept = locked(said["name"], said["passphrase"]) if said["passphrase"] else self.known["kept"]
        return {"name": said["name"], "known_as": said["known_as"], "kept": kept}


class DeskForm(Step):
    """Who answers reports, and when. Only a house without open doors may do without."""

    WHO = [
        ("me", gettext_lazy("I do.")),
        ("both", gettext_lazy("Somebody else and I.")),
        ("other", gettext_lazy("Somebody else.")),
        ("nobody", gettext_lazy("Nobody yet. Then people can only come in by invitation.")),
    ]
    who = forms.ChoiceField(
        label=gettext_lazy("Who is the safety team?"),
        choices=WHO,
        widget=forms.RadioSelect,
        error_messages={"required": gettext_lazy("Please say who answers.")},
    )
    names = forms.CharField(
        label=gettext_lazy("What are they called on the page for help?"),
        help_text=gettext_lazy("For example: Noor and Sam. Or: the house team."),
        max_length=120,
        error_messages={"required": gettext_lazy("Please say what they are called.")},
    )
    days = forms.MultipleChoiceField(
        label=gettext_lazy("On which days?"),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": gettext_lazy("Please choose at least one day.")},
    )
    opens = forms.TimeField(
        label=gettext_lazy("From"),
        widget=forms.TimeInput(format="%H:%M", attrs={"type": "time"}),
        error_messages={"required": gettext_lazy("Please say from when.")},
    )
    closes = forms.TimeField(
        label=gettext_lazy("To"),
        widget=forms.TimeInput(format="%H:%M", attrs={"type": "time"}),
        error_messages={"required": gettext_lazy("Please say until when.")},
    )
    promise_hours = forms.IntegerField(
        label=gettext_lazy("Within how many of these hours do they answer?"),
        help_text=gettext_lazy("Only hours on the desk count. Promise what you can keep."),
        min_value=1,
        max_value=72,
        error_messages={"required": gettext_lazy("Please say within how many hours.")},
    )
    reach = forms.CharField(
        label=gettext_lazy("Another way to reach them"),
        help_text=gettext_lazy("A phone number, or a door. It stands on the page for help, open to all."),
        max_length=200,
        required=False,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["days"].choices = [(str(number), name) for number, name in WEEKDAYS.items()]  # type: ignore[attr-defined]
        if self.is_bound and self.data.get("who") == "nobody":
            for name in ("names", "days", "opens", "closes", "promise_hours"):
                self.fields[name].required = False

    @property
    def clock(self) -> str:
        """By whose clock the desk keeps its hours."""
        return clocks.city(settings.TIME_ZONE)

    def recall(self, said: dict[str, Any]) -> dict[str, Any]:
        hours = said.get("hours") or [[0, "18:00", "21:00"]]
        days = [str(day) for day, *_times in said["hours"]] if said else [str(day) for day in range(7)]
        return {"promise_hours": 3} | said | {"days": days, "opens": hours[0][1], "closes": hours[0][2]}

    @property
    def answers(self) -> dict[str, Any]:
        said = self.cleaned_data
        if said["who"] == "nobody":
            return {"who": "nobody", "names": "", "hours": [], "promise_hours": 3, "reach": ""}
        opens, closes = (said[name].strftime("%H:%M") for name in ("opens", "closes"))
        hours = [[int(day), opens, closes] for day in said["days"]]
        return {name: said[name] for name in ("who", "names", "promise_hours", "reach")} | {"hours": hours}


class NumbersForm(Step):
    """Each number of the country, to be confirmed one by one; and room for those that are missing."""

    emergency = forms.CharField(
        label=gettext_lazy("The emergency number of this country"),
        max_length=20,
        widget=forms.TextInput(attrs={"inputmode": "tel"}),
        error_messages={"required": gettext_lazy("Please write the number that people call when a life is in danger.")},
    )
    name = forms.CharField(
        label=gettext_lazy("Another line that people can call"),
        help_text=gettext_lazy("What it is called."),
        max_length=80,
        required=False,
    )
    tel = forms.CharField(
        label=gettext_lazy("Its number"),
        max_length=30,
        required=False,
        widget=forms.TextInput(attrs={"inputmode": "tel"}),
    )

    def __init__(self, data: Any = None, **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        self.lines = HelpLine.of(self.setup.answers["place"]["country"])
        if any(line.emergency for line in self.lines):
            del self.fields["emergency"]
        kept = self.setup.answers.get("numbers", {})
        ticked = kept["lines"] if kept.get("on") == time.today().isoformat() else []
        for line in self.lines:
            self.fields[f"line_{line.pk}"] = forms.BooleanField(
                label=_("I have checked this one today"), required=False, initial=line.pk in ticked
            )

    @property
    def confirming(self) -> list[tuple[HelpLine, Any]]:
        """Each line with its box."""
        return [(line, self[f"line_{line.pk}"]) for line in self.lines]

    def clean(self) -> None:
        name, tel = self.cleaned_data.get("name"), self.cleaned_data.get("tel")
        if name and not tel:
            self.add_error("tel", _("Please write its number too."))
        elif tel and not name:
            self.add_error("name", _("Please write what it is called."))

    @property
    def answers(self) -> dict[str, Any]:
        said = self.cleaned_data
        ticked = [line.pk for line in self.lines if said[f"line_{line.pk}"]]
        more = {name: said.get(name, "") for name in ("emergency", "name", "tel")}
        return {"on": time.today().isoformat(), "lines": ticked} | more


class CircleForm(Step):
    name = forms.CharField(
        label=gettext_lazy("What is it called?"),
        max_length=60,
        error_messages={"required": gettext_lazy("Please give the circle a name.")},
    )
    about = forms.CharField(
        label=gettext_lazy("Who is it for?"),
        max_length=1200,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": gettext_lazy("Please say in a line who it is for.")},
    )
    kind = forms.ChoiceField(
        label=gettext_lazy("What kind of circle is it?"),
        help_text=gettext_lazy("From this come its agreement, its words and its size. You can change each of them."),
        widget=forms.RadioSelect,
    )
    door = forms.ChoiceField(label=gettext_lazy("Who may join?"), choices=Circle.Door, widget=forms.RadioSelect)
    meets = forms.CharField(
        label=gettext_lazy("When does it meet?"),
        help_text=gettext_lazy("For example: Tuesdays at 7 pm, online."),
        max_length=120,
        required=False,
    )
    my_name = forms.CharField(
        label=gettext_lazy("What shall they call you there?"),
        help_text=gettext_lazy("You guide it at first. If you take another name here, nobody can tell that it is you."),
        max_length=40,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        error_messages={"required": gettext_lazy("Please choose a name for yourself there.")},
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offered = self.preset.offered
        self.fields["kind"].choices = [(kind.key, kind.said) for kind in offered]  # type: ignore[attr-defined]
        self.hints = {kind.key: _(kind.what) for kind in offered}
        if not self.setup.open_to_all:
            self.fields["door"].choices = [(Circle.Door.INVITATION, Circle.Door.INVITATION.label)]  # type: ignore[attr-defined]
            self.fields["door"].help_text = _("Nobody answers reports yet. So people come in when they are asked in.")

    @property
    def preset(self) -> Any:
        return kinds()[self.setup.answers["kind"]["kind"]]

    def recall(self, said: dict[str, Any]) -> dict[str, Any]:
        offered = self.preset.offered[0]
        first = {"name": _(self.preset.first), "about": _(self.preset.first_about), "kind": offered.key}
        door = offered.door if self.setup.open_to_all else Circle.Door.INVITATION
        return first | {"door": door} | said


FORMS: dict[str, type[Step]] = {
    "place": PlaceForm,
    "kind": KindForm,
    "you": YouForm,
    "desk": DeskForm,
    "numbers": NumbersForm,
    "circle": CircleForm,
}
