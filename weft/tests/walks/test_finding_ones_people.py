"""A newcomer's own words lead to a circle, to a greeting, and to a companion."""

import pytest

from weft.companions.models import OpenToAsk
from weft.companions.open_to_ask import Terms
from weft.companions.tests.ways import long_here
from weft.conftest import enter, make_circle
from weft.people.models import Person


@pytest.fixture
def nights(house, cleo):
    """A circle for those who lie awake, with one who guides it and one who is open to be asked."""
    there = make_circle("The Long Night", about="For whoever lies awake.", words=["insomnia", "awake at night"])
    guide = enter(Person.objects.join("gil", None), there, "Gil", role="facilitator")
    hollis = enter(Person.objects.join("hollis", None), there, "Hollis")
    long_here(hollis)
    OpenToAsk.say(on=True, by=hollis, terms=Terms(line="At four, mostly.", hours=("night",), topics=("sleep",)))
    return there, guide, hollis


def test_from_ones_own_words_to_a_circle_a_greeting_and_a_companion(come, script, nights, mallory):
    there, guide, hollis = nights
    me = come(mallory, script=script).opens("/").taps("Say in a few words what you carry")
    me.writes("I can't sleep since March", "In a few words").taps("Look")
    me.reads("The Long Night", "Because it is about “insomnia”")
    me.taps("The Long Night").taps("Come in").writes("Teal", "What shall we call you here?")
    me.chooses("I have read this agreement").taps("Come in").reads("You are Teal here.")

    host = come(guide, script=script).opens("/").taps("Greet Teal")
    host.writes("Hello Teal. Good that you came.", "Your words").taps("Send the greeting")
    me.opens("/").reads("Gil greets you")

    me.opens(there.get_absolute_url()).taps("Companions").taps("Let somebody who guides ask for you")
    me.writes("Somebody who knows the hours after three.", "What would you like to write about").taps(
        "Please ask for me"
    )
    me.reads("Somebody asks for you")

    host.opens("/").taps("Teal would like a companion").reads("the hours after three", "At four, mostly.")
    host.chooses("Hollis").taps("Ask them").reads("A no is told to nobody")

    asked = come(hollis, script=script).opens(there.get_absolute_url()).taps("Companions").taps("Teal")
    asked.reads("Gil, who guides here", "the hours after three").taps("Yes, I would like that")
    asked.writes("It is ten past three. Hello.", "Your letter").taps("Send the letter")

    me.opens(there.get_absolute_url()).taps("Companions").taps("Hollis").reads("It is ten past three. Hello.")
