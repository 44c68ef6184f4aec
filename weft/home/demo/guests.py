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
            _("Today, then the Evening Circle. See whether anything there gives away the other two."),
        ),
        Guest(
            "river",
            "evening",
            "River",
            _("a member"),
            _("In the Evening Circle for some weeks."),
            _("Write a story, read it through, and see who would read it."),
        ),
        Guest(
            "ada",
            "evening",
            "Ada",
            _("a facilitator"),
            _("Keeps the door of the Evening Circle, as a volunteer."),
            _("The desk of the circle: two people ask to come in. One who is new wrote back."),
        ),
        Guest(
            "imke",
            "tuesday",
            "Imke Brandt",
            _("a therapist"),
            _("Guides the Tuesday Group, which is closed and full."),
            _("The desk, and the line in front of it. Then the people: everybody's role is shown."),
        ),
        Guest(
            "joss",
            "harbour",
            "Joss",
            _("a volunteer host"),
            _("Holds Dry Harbour open, mornings and Fridays."),
            _("Who is new and waits for a greeting, and a story for the host alone."),
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
            _("Circles: look for one in your own words, such as “can't sleep”."),
        ),
    ]
}


def sign_in_names(rooms: list[Room]) -> dict[str, str]:
    """The names that guests sign in by, by the keys of their persons."""
    by_key = {room.key: room for room in rooms}
    return {
        by_key[guest.room].by_name[guest.name].person: guest.key for guest in GUESTS.values() if guest.room in by_key
    }
