"""The people of the example house whom a visitor may sign in as, each by one button."""

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

from weft.home.demo.reading import Room


@dataclass(frozen=True)
class Guest:
    """One button. *room* and *name* say which made-up person it is; *key* is the name they sign in by."""

    key: str
    room: str
    name: str
    role: Any
    who: Any
    first: Any


NEWCOMER = "newcomer"
NOBODY = "nobody"
GUESTS = {
    guest.key: guest
    for guest in [
        Guest(
            "wren",
            "evening",
            "Wren",
            _("a member of three circles"),
            _("Nine years of looking after a mother, and another name in each circle."),
            _("Today: a question, and a story that nobody has answered in time. Then see what joins the three names."),
        ),
        Guest(
            "river",
            "evening",
            "River",
            _("a member"),
            _("In the Evening Circle for some weeks."),
            _("Say in a few words what you carry: “somebody died and I lie awake”. Then write, and see who reads it."),
        ),
        Guest(
            "ada",
            "evening",
            "Ada",
            _("a facilitator"),
            _("Keeps the door of the Evening Circle, as a volunteer."),
            _("Today: who is unheard, who wrote back, and what she promised. Then the desk: two ask to come in."),
        ),
        Guest(
            "imke",
            "tuesday",
            "Imke Brandt",
            _("a therapist"),
            _("Guides the Tuesday Group, which is closed and full."),
            _("Today: somebody who guides with her would be glad of her. Then the desk, and the line in front of it."),
        ),
        Guest(
            "anselm",
            "tuesday",
            "Anselm Obi",
            _("a nurse who helps to guide"),
            _("Helps Imke in the Tuesday Group, and can take its hour over when she is not there."),
            _("The next Tuesday, and who leads it. Then the people: his credential was checked, like hers."),
        ),
        Guest(
            "joss",
            "harbour",
            "Joss",
            _("a volunteer host"),
            _("Holds Dry Harbour open, mornings and Fridays."),
            _("Who is new, whom to ask how they are, and a story that waits too long."),
        ),
        Guest(
            "tess",
            "rosa",
            "Tess",
            _("a daughter who coordinates care"),
            _("Her mother Rosa needs a hand with most days now."),
            _("The circle around Rosa, which nobody else can find."),
        ),
        Guest(
            "rosa",
            "rosa",
            "Rosa",
            _("the one who is cared for"),
            _("It is her circle, so she sits in it."),
            _("The same circle, from her chair."),
        ),
        Guest(
            "noor",
            "commons",
            "Noor",
            _("the safety team"),
            _("Reads what people report, in the evenings."),
            _("The desk of the safety team: two things lie on it."),
        ),
        Guest(
            "sol",
            "commons",
            "Sol",
            _("a steward"),
            _("Runs the machine that the house lives on."),
            _("The steward's pages. Look for what anybody wrote: there is nothing to see."),
        ),
        Guest(
            NEWCOMER,
            "",
            "",
            _("somebody who has just come in"),
            _("They have a name to sign in by, and are in no circle yet."),
            _("Say in a few words what you carry, such as “can't sleep”. Then see which circles fit, and why."),
        ),
    ]
}


def sign_in_names(rooms: list[Room]) -> dict[str, str]:
    """The names that guests sign in by, by the keys of their persons."""
    by_key = {room.key: room for room in rooms}
    return {
        by_key[guest.room].by_name[guest.name].person: guest.key for guest in GUESTS.values() if guest.room in by_key
    }
