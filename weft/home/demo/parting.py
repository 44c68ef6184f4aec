"""A circle of the example house that is on its way to its last day. All of it is made up."""

from datetime import timedelta
from typing import TYPE_CHECKING

from weft.loom import ids, time
from weft.wisdom import given
from weft.wisdom.models import Ending, Farewell, Parting

if TYPE_CHECKING:
    from weft.home.demo.house import Filled

ROOM, GUIDE = "tuesday", "Imke Brandt"
AHEAD = timedelta(days=17)
WHY = """The tenth Tuesday comes. We said at the first one that we would end together, and not by forgetting to come.

On the last evening we read our season aloud. Whoever likes brings something back: a letter, a zip, an egg, a door. You
can also just come and sit.

Afterwards Anselm and I ring each of you once, in the week after. I keep three hours a week open until summer for people
from this group, and the Lamp on Mill Street has soup on Wednesdays, where nobody minds who sits by the door."""
# Who keeps what: those of their things that begin so, or all of them; and under which name.
KEPT = {
    "Gwen": ([], "", ""),
    "Perrin": (["The market.", "An aunt in hospital", "The fuchsia was"], "other", "Two pounds fifty"),
    "Siskin": (["Things I have told people", "I would like the man"], "none", ""),
}
THANKS = [
    (
        "Gwen",
        "",
        "I've been past number nineteen eleven times now and the lad on the scaffold has gone. He'll never know. You "
        "do, and that'll have to do for the both of you. Thank you, my loves.",
    ),
    (
        "Yusuf",
        "",
        "I have still two hundred zips in colour of mustard, and nine people who know my telephone face. Thank you. If "
        "your coat is broken, come. You don't need to call before.",
    ),
    ("Osk", "R.H.", "Thank you for the arrows. Have been back for the peas."),
]


def part(house: "Filled") -> None:
    """The last day is said, some have said what may be kept, and there are thanks."""
    here = {name: persona for (room, name), persona in house.personas.items() if room == ROOM}
    words = "\n\n".join(" ".join(part.split()) for part in WHY.split("\n\n"))
    Ending.announce(time.today() + AHEAD, words, by=here[GUIDE])
    for name, (openings, how, other) in KEPT.items():
        by = here[name]
        things = [one for one in given.of(by) if not openings or one.opening.startswith(tuple(openings))]
        if len(things) < len(openings):
            raise ValueError(f"{name} did not say that")
        Parting.say({one.key: one.digest for one in things}, [], by=by)
        Parting.call(how, other, by=by)
    for name, to, said in THANKS:
        Farewell.say(ids.random_id(), said, by=here[name], to=here[to] if to else None)
