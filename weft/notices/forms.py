"""How one wants to be told."""

from typing import Any

from django import forms
from django.apps import apps
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from weft.circles.models import Persona
from weft.loom.section import Notable
from weft.notices.models import Choices
from weft.notices.models.notice import notables

SAID = {
    "bell": _("Only on the bell"),
    "mail": _("By mail, soon"),
    "weekly": _("By mail, once a week"),
    "push": _("On my devices"),
}
HOURS = [(hour, f"{hour:02}:00") for hour in range(24)]


def ways() -> list[tuple[str, Any]]:
    """The ways that this house has."""
    found = {"bell"} | ({"mail", "weekly"} if settings.MAIL else set()) | ({"push"} if settings.PUSH else set())
    return [(way, said) for way, said in SAID.items() if way in found]


def shown_to(person: Any) -> list[Notable]:
    """The kinds of things that this person may be told."""
    guides = any(persona.facilitates for persona in Persona.all_of(person))
    return [
        one
        for one in notables().values()
        if (not one.duty or person.has_duty(one.duty)) and (guides or not one.to_guides)
    ]


class ChoicesForm(forms.Form):
    """For each kind of thing a way, and the quiet hours."""

    def __init__(self, data: Any = None, *, choices: Choices) -> None:
        super().__init__(data)
        self.choices = choices
        self.kinds = shown_to(choices.person)
        offered = ways()
        self.several = self.kinds if len(offered) > 1 else []
        for one in self.several:
            way = choices.way(one.what)
            self.fields[one.what] = forms.ChoiceField(
                label=one.words, choices=offered, initial=way if way in dict(offered) else "bell"
            )
        first, last = choices.quiet or (0, 0)
        for name, words, hour in (("first", _("Quiet from"), first), ("last", _("until"), last)):
            self.fields[name] = forms.TypedChoiceField(label=words, choices=HOURS, coerce=int, initial=hour)
        if any(one.urgent for one in self.kinds):
            self.fields["urgent"] = forms.BooleanField(
                label=_("What comes in at the safety desk may reach me in quiet hours too"),
                required=False,
                initial=choices.urgent,
            )

    @property
    def groups(self) -> list[tuple[Any, list[Notable]]]:
        """The kinds of things, by the section that tells of them, under its name."""
        found: dict[str, list[Notable]] = {}
        for one in self.several:
            found.setdefault(one.what.partition(".")[0], []).append(one)
        return [(apps.get_app_config(section).verbose_name, kinds) for section, kinds in found.items()]

    @property
    def said(self) -> dict[str, Any]:
        """What was chosen. Where the house has one way only, nothing is chosen away."""
        given = self.cleaned_data
        said = {"quiet": [given["first"], given["last"]], "urgent": given.get("urgent", False)}
        return said | ({"ways": {one.what: given[one.what] for one in self.several}} if self.several else {})
