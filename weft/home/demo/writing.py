"""Two people of the example house who write to each other, and one who asks. All of it is made up."""

from datetime import timedelta
from typing import TYPE_CHECKING

from weft.companions.models import Companion, Errand, OpenToAsk
from weft.companions.open_to_ask import Terms
from weft.loom import ids, time

if TYPE_CHECKING:
    from weft.home.demo.house import Filled

CIRCLE = "evening"
OPEN = {
    "Wren": Terms(line="Mornings before five, mostly. Not about doctors, please.", hours=("night", "morning")),
    "Pilchard": Terms(
        most=2,
        line="Dogs, benches, and Mandy. Funny is allowed.",
        languages=("en",),
        hours=("evening", "night"),
        topics=("loss", "sleep"),
    ),
    "Ash": Terms(most=1, line="Short letters. I answer on Sundays.", languages=("en",), topics=("loss", "loneliness")),
}
ASKED = (
    "You said that you still buy the big tea bags. So do I. Could we write now and then, the two of us? I am a slow "
    "typist and I go to bed at nine."
)
# By whom, how many days ago, and what.
LETTERS = [
    (
        "Wren",
        19,
        "I would like that. I am an up-at-four person, so we will miss each other beautifully.\n\nToday I took the "
        "long way round the market and did not cry at the fishmonger. It is the first time.",
    ),
    (
        "Shirley",
        17,
        "Well done on the fishmonger. Mine is the man at the bank, who was kind, which is worse.\n\nI have put the "
        "radio in the bathroom. That is my news.",
    ),
    ("Wren", 11, "The radio in the bathroom is going on my list. How was your Sunday? You need not say."),
    ("Shirley", 9, "Long. I ironed things that nobody irons. Then I thought: well, she will be up in five hours."),
]
WAITS = "You answered me once at ten past four, when nobody else was up. I do not need much. Perhaps a line on Fridays?"

# Who would rather that somebody asks for them, and what they say.
ASKS = "J."
ERRAND = (
    "I would not know whom to ask, and I do not like to put anybody on the spot. Somebody for whom it is also long "
    "ago, perhaps. Two lines now and then would be plenty."
)


def write(house: "Filled") -> None:
    """Shirley asked Wren, who said yes; River asks Wren; and somebody would rather that Ada asks for them."""
    here = {name: persona for (circle, name), persona in house.personas.items() if circle == CIRCLE}
    for name, terms in OPEN.items():
        OpenToAsk.say(on=True, by=here[name], terms=terms)
    Errand.ask(ERRAND, by=here[ASKS])
    wren, shirley, river = (here[name] for name in ("Wren", "Shirley", "River"))
    tie = Companion.ask(wren, ASKED, by=shirley)
    if tie is None or Companion.ask(wren, WAITS, by=river) is None:
        raise ValueError("no room for a companion")
    tie.answer(True, by=wren)
    for name, ago, words in LETTERS:
        letter = tie.write(ids.random_id(), words, by=here[name])
        if letter is None:
            raise ValueError("the tie has ended")
        letter.said = letter.said | {"on": str(time.today() - timedelta(days=ago))}
        letter.save(update_fields=["said"])
