"""H6. Whoever guides a circle sees no sign-in name, no e-mail address and no other circle of anybody, on any page."""

import pytest

from weft.circles.models import Persona
from weft.conftest import PASSPHRASE, enter, make_circle
from weft.people.models import Person
from weft.stories.models import Reply, Story
from weft.tests.crawl import crawl
from weft.tests.walks.conftest import tell

SECRETS = ["bartholomew", "barty@example.org", "Harbour Lights", "Captain Flint"]


@pytest.fixture
def heron(circle) -> Persona:
    """Known in the circle as Heron; everything else about them is nobody's business."""
    person = Person.objects.join("bartholomew", PASSPHRASE)
    person.address("barty@example.org")
    enter(person, make_circle("Harbour Lights", listed=False), "Captain Flint")
    return enter(person, circle, "Heron")


@pytest.fixture
def story(heron, cleo) -> Story:
    story = tell(heron, "I could not sleep.")
    Reply.say(story, "Nor could I.", by=cleo)
    Reply.say(tell(cleo, "One of mine."), "I am with you.", by=heron)
    return story


def test_every_page_that_a_facilitator_can_reach(come, walk, story, heron, cleo):
    me = come(cleo, script=False)
    names, pages = set(), 0
    for seen in crawl(me.page, walk.address, most=3):
        me.reads_nothing_of(*SECRETS)
        names.add(seen.name)
        pages += 1
    assert {"circles:people", "circles:desk", "stories:story", "companions:greet", "safety:report"} <= names
    assert pages > 25


def test_control_it_is_all_there_to_be_seen_by_whose_it_is(come, walk, story, heron):
    me = come(heron.person, script=False)
    found = " ".join(me.opens(address).text for address in ("/", "/settings/"))
    assert all(secret in found for secret in SECRETS)


def test_somebody_who_asks_to_come_in_shows_a_name_and_their_answers(come, cleo, heron):
    room = cleo.circle
    room.change({"door": "request", "questions": ["What brings you?"]})
    stranger = Person.objects.join("bartholomew two", PASSPHRASE)
    other = come(stranger, script=False).opens(room.get_absolute_url()).taps("Ask to join")
    other.writes("Wren", "What shall we call you here?").writes("My sister.", "What brings you?")
    other.chooses("I have read this agreement").taps("Send my request").reads("You have asked to join, as Wren.")
    me = come(cleo, script=False).opens(room.get_absolute_url()).taps("Desk")
    me.reads("Wren", "What brings you?", "My sister.").reads_nothing_of("bartholomew")
    me.taps("Let Wren in").reads_nothing_of("My sister.")
    other.opens(room.get_absolute_url()).reads("You are Wren here.")
