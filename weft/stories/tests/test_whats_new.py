"""What is new since somebody last looked: only what they may read, and nothing that they told themselves."""

import re

import pytest

from weft.circles.models import Persona
from weft.conftest import enter
from weft.people.models import Person
from weft.stories.models import Story

pytestmark = pytest.mark.django_db


def tell(teller: Persona, words: str = "The kettle is on.", audience: str = "circle") -> Story:
    story = Story.begin(teller)
    story.write(words, wish="listen", audience=audience, topics=[])
    story.share(by=teller)
    return story


def new(browser) -> int:
    """How many stories today says are new."""
    said = re.search(r"(\d+) new stor(?:y|ies) since you last looked", browser.get("/").content.decode())
    return int(said[1]) if said else 0


@pytest.fixture
def dee(circle):
    return enter(Person.objects.join("dee", None), circle, "Dee")


def test_whoever_never_looked_is_not_counted_at(sign_in, ada, dee):
    tell(ada)
    me = sign_in(dee)
    page = me.get("/").content.decode()
    assert "Look in whenever you like." in page
    assert "since you last looked" not in page


def test_what_others_told_is_new_until_one_has_looked(sign_in, circle, ada, dee):
    me, first = sign_in(dee), tell(ada)
    me.get(circle.get_absolute_url())
    assert new(me) == 0
    tell(ada)
    tell(dee, "My own is not new to me.")
    last = tell(ada)
    assert new(me) == 2
    last.take_back(by=ada)
    assert new(me) == 1, "what was taken back is not there to be read"
    me.get(circle.get_absolute_url())
    assert new(me) == 0
    assert first.stands


def test_nobody_learns_from_a_number_that_something_was_told_to_those_who_guide(sign_in, circle, ada, cleo, dee):
    me, guide = sign_in(dee), sign_in(cleo)
    tell(ada)
    for browser in (me, guide):
        browser.get(circle.get_absolute_url())
    tell(ada, "For the guides alone.", audience="facilitators")
    assert new(guide) == 1, "control: it is there to be read"
    assert new(me) == 0
    me.get(circle.get_absolute_url())
    assert new(me) == 0
    tell(ada)
    assert new(me) == 1


def test_each_circle_has_its_own(sign_in, circle, house, ada, ben):
    both = enter(ben.person, circle, "Ben in the evening")
    tell(ada)
    tell(enter(Person.objects.join("eve", None), house.commons, "Eve"))
    Persona.objects.filter(pk=both.pk).update(read_to=0)
    me = sign_in(ben)
    me.get(house.commons.get_absolute_url())
    page = me.get("/").content.decode()
    assert page.count("Look in whenever you like.") == 1
    assert new(me) == 0
