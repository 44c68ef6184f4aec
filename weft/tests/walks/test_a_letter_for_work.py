"""Somebody needs a paper for work: whoever guides begins it, they put a name to it, and the office checks the code."""

from datetime import timedelta

import pytest

from weft.circles.models import House
from weft.gatherings.tests.conftest import make_gathering, sit
from weft.loom import time


@pytest.fixture
def past(circle, ada, cleo):
    hour = make_gathering(circle)
    hour.starts, hour.phase = time.now() - timedelta(hours=20), "ended"
    hour.save()
    for persona, part in ((cleo, "leads"), (ada, "")):
        seat = sit(hour, persona, part)
        seat.came_at, seat.left_at = hour.starts, hour.ends
        seat.save()
    return hour


def test_a_letter_from_hand_to_hand(come, past, circle, ada, cleo):
    guide = come(cleo, script=False).opens(circle.get_absolute_url()).taps("Desk")
    guide.taps("Letters that say who was there").taps("Give letters from now on").taps("River")
    guide.taps("Begin the letter").reads("The letter waits for them.")

    me = come(ada, script=False).opens(past.get_absolute_url()).taps("Who was there, and when")
    me.taps("Your times and letters in this circle").taps("A letter waits for your name.")
    me.writes("Adaeze Outward", "The name on the letter").taps("Make the letter")
    me.reads("Adaeze Outward", House.here().name, "60").reads_nothing_of("Tuesday hour", "River")
    code = me.page.locator("code").inner_text()

    office = come(script=False).opens("/letters/").writes(code, "The code on the letter").taps("Check it")
    office.reads("This letter holds", "Adaeze Outward", "60").reads_nothing_of("Tuesday hour", "River")

    me.taps("Take the letter back").reads("It is taken back.")
    office.opens("/letters/").writes(code, "The code on the letter").taps("Check it")
    office.reads("No letter holds under this code").reads_nothing_of("Adaeze Outward")


def test_four_questions_after_the_hour(come, past, ada):
    me = come(ada, script=False).opens(past.get_absolute_url()).taps("How was it for you?")
    me.reads("Nobody sees what you say").page.get_by_role("group", name="Did somebody hear you?").get_by_label(
        "mostly"
    ).check()
    me.taps("Send it").reads("You can change it for three days.")
