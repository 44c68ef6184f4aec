"""How a test comes to two who are companions."""

from datetime import timedelta

from weft.circles.models import Persona
from weft.companions.models import Companion, OpenToAsk
from weft.companions.ties import SHIELD
from weft.loom import ids, time


def long_here(*personas: Persona) -> None:
    """These are not new any more."""
    for persona in personas:
        persona.since = time.today() - timedelta(days=SHIELD)
        persona.save()


def make_tie(one: Persona, other: Persona, words: str = "Would you write with me?") -> Companion:
    """*one* asked *other*, who said yes and was written to."""
    long_here(other)
    OpenToAsk.say(on=True, by=other)
    one.__dict__.pop("_open_to_ask", None)
    tie = Companion.ask(other, words, by=one)
    assert tie
    tie.answer(True, by=other)
    tie.refresh_from_db()
    assert tie.write(ids.random_id(), f"A letter. {words}", by=one)
    return tie
