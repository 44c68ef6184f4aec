"""Today: few things, in words, and nobody's name."""

import re
from itertools import pairwise

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from weft.circles.models import Persona
from weft.conftest import enter, make_circle
from weft.people.models import Duty
from weft.safety.models import Concern
from weft.stories.models import Story


def today(client):
    page = client.get(reverse("home:today"))
    assert page.status_code == 200
    return page.content.decode()


def tell(persona, words="I set the table for two again."):
    story = Story.begin(persona)
    story.write(words, wish="listen", audience="circle", topics=[])
    story.share(by=persona)
    return story


def test_it_calls_a_person_by_no_name(ada, sign_in):
    page = today(sign_in(ada))
    assert "Good to see you." in page
    assert not re.search(r"\bada\b", page)


def test_a_person_in_no_circle_gets_three_steps_and_no_hurry(mallory, house, sign_in):
    page = today(sign_in(mallory))
    assert "There is no hurry." in page
    for address in (house.commons.get_absolute_url(), reverse("circles:find"), reverse("circles:have_invitation")):
        assert f'href="{address}"' in page


def test_a_person_in_a_circle_sees_what_there_is(ada, cleo, sign_in):
    tell(cleo)
    page = today(sign_in(ada))
    assert "Evening Circle" in page
    assert "There is no hurry." not in page


def test_somebody_who_only_asked_is_in_no_circle_yet(mallory, circle, sign_in):
    Persona.enter(mallory, circle, "Finch", standing=Persona.Standing.ASKING)
    assert "There is no hurry." in today(sign_in(mallory))


def test_nothing_needs_an_answer_unless_somebody_waits(ada, ben, circle, sign_in):
    Duty.objects.create(person=ben.person, kind="safety", known_as="Ben")
    assert "Nothing here needs an answer today." in today(sign_in(ben))
    Concern.write("I am worried about myself.", by=ada)
    assert "Nothing here needs an answer today." not in today(sign_in(ben))
    assert "Nothing here needs an answer today." in today(sign_in(ada))


def test_its_headings_are_one_outline(ada, cleo, sign_in):
    tell(ada)
    levels = [int(level) for level in re.findall(r"<h([1-6])", today(sign_in(ada)))]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert len(levels) > 1
    assert all(after - before <= 1 for before, after in pairwise(levels))


@pytest.mark.parametrize("duty", ["", "steward"])
def test_one_circle_costs_as_much_as_three(mallory, house, sign_in, duty):
    client = sign_in(mallory)
    if duty:
        Duty.objects.create(person=mallory, kind=duty, known_as="Sol")
    tell(enter(mallory, make_circle("One"), "Finch"), "The first one.")
    today(client)
    with CaptureQueriesContext(connection) as one:
        assert "The first one." in today(client)
    for name in ("Two", "Three"):
        persona = enter(mallory, make_circle(name), "Finch")
        for number in range(3):
            tell(persona, f"Story {number}")
    with CaptureQueriesContext(connection) as three:
        assert "Three" in today(client)
    assert len(one) == len(three) <= (13 if duty else 10)
