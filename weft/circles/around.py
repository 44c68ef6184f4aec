"""Who is around a circle, for the desk of one who guides it: at its door, in it, and not heard of for a while."""

from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property

from django.db.models import FilteredRelation
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from weft.circles.models import Persona
from weft.loom import text, time
from weft.loom.section import sections

MANY = 150  # people in a room that nobody keeps in mind one by one
LONG = timedelta(days=21)  # without a word: then one is named as quiet
WEEKS = timedelta(days=56)  # so far back the week is said, and before that the month
SHOWN = 12


@dataclass(frozen=True)
class Quiet:
    """A member of whom whoever guides has heard nothing for three weeks, and when they last did. Never how often."""

    persona: Persona
    last: date | None

    @property
    def said(self) -> str:
        """When that was, as coarsely as anybody needs it."""
        if self.last is None:
            return _("has listened since %(when)s") % {"when": _month(self.persona.since)}
        if time.today() - self.last < WEEKS:
            monday = self.last - timedelta(days=self.last.weekday())
            return _("last heard of in the week of %(day)s") % {"day": text.day(monday)}
        return _("last heard of in %(when)s") % {"when": _month(self.last)}


class Around:
    """The people of a circle and at its door, in one look-up, each with what the sections have `beside` them.

    Of a large room only those who guide, look on or wait are here: nobody can keep all its people in mind.
    """

    def __init__(self, persona: Persona) -> None:
        self.persona = persona
        self.is_large = persona.inside_here > MANY
        beside = {name: part for section in sections() for name, part in section.beside().items()}
        rows = [name for name, part in beside.items() if isinstance(part, FilteredRelation)]
        here = persona.circle.personas.exclude(standing=Persona.Standing.VISITING)
        found = here.annotate(**beside).select_related(*rows)
        if self.is_large:
            found = found.exclude(standing=Persona.Standing.INSIDE, role=Persona.Role.MEMBER)
        self.people: list[Persona] = list(found)

    @property
    def asking(self) -> list[Persona]:
        """Those who ask to come in, the first first."""
        found = [one for one in self.people if one.standing == Persona.Standing.ASKING]
        return sorted(found, key=lambda one: one.since)

    @property
    def waiting(self) -> list[Persona]:
        """Those in line for a seat."""
        return [one for one in self.people if one.place_in_line]

    @property
    def watching(self) -> list[tuple[int, str]]:
        """Those who look on, by the name that they have here."""
        found = [one for one in self.people if one.is_inside and one.role == Persona.Role.OBSERVER]
        return sorted(((one.pk, str(one.name)) for one in found), key=lambda one: one[1])

    @cached_property
    def quiet(self) -> list[Quiet]:
        """Of whom nothing was heard for three weeks: whoever was heard of last comes first."""
        since = time.today() - LONG
        members = [one for one in self.people if one.is_inside and one.role == Persona.Role.MEMBER]
        left = [one for one in members if one.since <= since]
        last: dict[int, date] = {}
        for section in reversed(sections()):  # what lies beside them comes first, and fewer are left to be asked for
            for key, day in section.last_heard(self.persona, left).items():
                last[key] = max(day, last.get(key, day))
            left = [one for one in left if last.get(one.pk, since) <= since]
        found = [Quiet(one, last.get(one.pk)) for one in left]
        return sorted(found, key=lambda one: one.last or date.min, reverse=True)


def _month(day: date) -> str:
    return date_format(day, "F Y")
