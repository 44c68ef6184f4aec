"""Circles that fit somebody's few words, by what they say of themselves to everybody."""

from collections.abc import Iterable
from typing import Any

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from weft.circles import finding
from weft.circles.models import Circle, House, Persona
from weft.circles.sought import Sought
from weft.loom.pages import url
from weft.loom.section import Find, Finds

PHRASES = 3  # of a circle's own, in the reason


class FittingCircles:
    """Those to which this person could go, or ask to go."""

    def __init__(self, person: Any, sought: Sought) -> None:
        self.person, self.sought = person, sought

    def lying(self) -> Iterable[Any]:
        return ()

    def finds(self) -> Finds:
        mine = {persona.circle_id for persona in Persona.all_of(self.person)}
        away = ((says, circle) for says, circle in finding.listed() if circle.pk not in mine)
        found = [self._find(circle, says.meant) for says, circle in away if circle.door != Circle.Door.INVITATION]
        every = Find(_("See all circles"), url("circles:find"), 0)
        return Finds(_("Circles"), [one for one in found if one.shares], order=10, instead=every)

    def _find(self, circle: Circle, meant: set[str]) -> Find:
        said = self.sought.in_text(f"{circle.name} {circle.about}")
        senses = meant & self.sought.senses
        house = House.here()
        commons = house is not None and house.commons_id == circle.pk
        return Find(
            _("The open room") if commons else circle.name,
            circle.get_absolute_url(),
            len(senses) + len(said),
            said=said,
            touched=tuple(touching(circle, senses)),
            beneath=tuple(filter(None, [str(circle.preset.said), circle.meets, str(circle.get_door_display())])),
            thread=circle.thread,
            at=circle.opened_on.toordinal(),
            text=" . ".join([circle.name, circle.about, *circle.words]),
        )


def touching(circle: Circle, senses: set[str]) -> list[str]:
    """The words in which a circle says that it carries this, in quotation marks: one for each meaning. First those that
    mean nothing else: to somebody bereaved “widow” says more than “lost my faith”."""
    language, left, found = get_language() or "en", set(senses), []
    meant = {phrase: finding.meant(phrase, language)[1] for phrase in circle.words}
    for phrase in sorted(meant, key=lambda phrase: len(meant[phrase])):
        if meant[phrase] & left:
            found.append(_("“%(word)s”") % {"word": phrase})
            left -= meant[phrase]
    return found[:PHRASES]
