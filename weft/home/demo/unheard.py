"""Who waits in the example house: somebody is asked to read a story, one is in good hands, and one waited too long."""

from datetime import timedelta
from typing import TYPE_CHECKING

from weft.circles.models import Persona
from weft.notices.models import Notice
from weft.stories.models import Ask, Handover, Readiness, Story
from weft.stories.tucking import Tucking

if TYPE_CHECKING:
    from weft.home.demo.house import Filled

BEEN_THERE = [("Wren", ["loss", "family"]), ("Shirley", ["loss"]), ("Almond", ["loss", "sleep"])]
LATELY = timedelta(minutes=50)


def settle(house: "Filled") -> None:
    """All of it."""
    asked(house)
    taken_on(house)
    too_late(house)
    Tucking(topics=("suicide",)).keep(house.people["p12"])


def newest(house: "Filled", room: str, name: str) -> Story:
    """The newest story of somebody."""
    teller = house.personas[room, name]
    return max((story for story in house.stories if story.teller_id == teller.pk), key=lambda story: story.told_at)


def asked(house: "Filled") -> None:
    """Three have been there, and two of them are asked to read what nobody has answered yet."""
    story = newest(house, "evening", "tam")
    at = max(story.told_at, house.now - LATELY)
    for name, topics in BEEN_THERE:
        persona = house.personas["evening", name]
        Readiness.of(persona).say(topics=topics, anything=False, a_day=1, rest=[], duty=[])
    for name, _topics in BEEN_THERE[:2]:
        to = house.personas["evening", name]
        ask = Ask(circle=story.circle, story=story, to=to, at=at)
        ask.save(force_insert=True)
        Notice.ring("stories.ask", to=to, about=story.pk, by=story.teller_id)


def taken_on(house: "Filled") -> None:
    """One who guides took a story on."""
    ada = house.personas["evening", "Ada"]
    handover = Handover.make(newest(house, "evening", "Neil"), by=ada, to=ada)
    if handover:
        handover.at = house.now - LATELY
        handover.save(update_fields=["at"])


def too_late(house: "Filled") -> None:
    """Nobody answered in the time that the circle promised: its teller is told so."""
    story = newest(house, "harbour", "Marlow")
    to: Persona = house.personas["harbour", "Marlow"]
    Notice.ring("stories.late", to=to, about=story.pk)
