"""How long to wait for somebody's answer: the hours in which the house is quiet for them do not count."""

from datetime import datetime, timedelta

from weft.circles import veil
from weft.circles.models import Persona
from weft.notices.models import Choices

FOREVER = timedelta(days=400)


def awake(persona: Persona, since: datetime, until: datetime) -> timedelta:
    """How much of the time between two moments is not quiet for whoever is behind this persona."""
    stretches = Choices.of(veil.person_of(persona)).awake(since, until)
    return sum((end - begin for begin, end in stretches), timedelta())


def over(persona: Persona, since: datetime, lasts: timedelta) -> datetime:
    """When so much time has passed for them since then. It is never over while it is quiet for them."""
    for begin, end in Choices.of(veil.person_of(persona)).awake(since, since + FOREVER):
        if lasts <= end - begin:
            return begin + lasts
        lasts -= end - begin
    return since + FOREVER
