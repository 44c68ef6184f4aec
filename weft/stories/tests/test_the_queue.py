"""The queue of the unheard stands on the circle's page, for those who guide it and for nobody else."""

from datetime import timedelta

import pytest

from weft.circles.models import Circle, Persona
from weft.conftest import enter, make_circle
from weft.loom import time
from weft.people.models import Person
from weft.safety.models import Block
from weft.stories import listing
from weft.stories.models import Handover, Reply, Story

HEAD = "Who is unheard"


@pytest.fixture
def dee(circle) -> Persona:
    return enter(Person.objects.join("dee", None), circle, "Dee")


def tell(teller: Persona, words: str, *, hours_ago: float = 0) -> Story:
    story = Story.begin(teller)
    story.write(words, wish="listen", audience="circle", topics=[])
    story.share(by=teller)
    story = Story.objects.get(pk=story.pk)
    story.waits_since = time.now() - timedelta(hours=hours_ago)
    story.promised = story.waits_since + timedelta(hours=24)
    story.save(update_fields=["waits_since", "promised"])
    return story


def page(browser, circle: Circle) -> str:
    return browser.get(circle.get_absolute_url()).content.decode()


def queue(browser, circle: Circle) -> str:
    """Only the queue: the list of stories below it says much of the same."""
    found = page(browser, circle)
    return found.split(f">{HEAD}<")[1].split("</section>")[0] if f">{HEAD}<" in found else ""


def test_a_guide_sees_who_waits_the_longest_first_and_how_long(circle, ada, dee, cleo, sign_in):
    tell(dee, "It began in spring.", hours_ago=2)
    tell(ada, "The first Sunday.", hours_ago=20)
    tell(dee, "Nobody came.", hours_ago=50)
    found = queue(sign_in(cleo), circle)
    assert found.index("Nobody came.") < found.index("The first Sunday.") < found.index("It began in spring.")
    assert "Here somebody answers within 24 hours." in found
    assert "waits for 20 hours" in found
    assert "4 hours left" in found
    assert "the promised time is over" in found


def test_only_who_guides_that_circle_sees_the_queue(circle, ada, dee, cleo, sign_in):
    tell(ada, "The first Sunday.")
    elsewhere = make_circle("Elsewhere")
    other = enter(Person.objects.join("guide elsewhere", None), elsewhere, "Otto", role=Persona.Role.FACILITATOR)
    seat = enter(other.person, circle, "Otto here")
    looks_on = enter(Person.objects.join("looks on", None), circle, "Lou", role=Persona.Role.OBSERVER)
    assert queue(sign_in(cleo), circle), "the control: who guides sees it"
    for who in (ada, dee, seat, looks_on):
        assert not queue(sign_in(who), circle)
        assert not listing.unheard_in(who)
    assert "The first Sunday." not in page(sign_in(other), elsewhere)


def test_an_answer_takes_it_from_the_queue(circle, ada, dee, cleo, sign_in):
    told = tell(ada, "The first Sunday.")
    assert "The first Sunday." in queue(sign_in(cleo), circle)
    Reply.say(told, "I am here.", by=dee)
    assert not queue(sign_in(cleo), circle)


def test_whose_hands_it_is_in_stands_beside_it(circle, ada, cleo, sign_in):
    told = tell(ada, "The first Sunday.")
    imke = enter(Person.objects.join("imke", None), circle, "Imke", role=Persona.Role.FACILITATOR)
    assert "I take this one" in queue(sign_in(cleo), circle)
    Handover.make(told, by=cleo, to=cleo)
    assert "You have taken this one." in queue(sign_in(cleo), circle)
    assert "Cleo has taken this one." in queue(sign_in(imke), circle)


def test_the_queue_holds_what_the_guide_may_read_whoever_is_apart(circle, ada, dee, cleo, sign_in):
    """Nobody is hidden from those who guide: a block between the two does not make a story fall out of the queue."""
    tell(ada, "The first Sunday.")
    tell(dee, "It began in spring.")
    Block.begin(cleo, by=ada)
    guide = Persona.found(cleo.person, circle.pk)
    may_read = set(Story.objects.heard_by(guide).values_list("pk", flat=True))
    assert {story.pk for story in listing.unheard_in(guide)} == may_read
    assert "The first Sunday." in queue(sign_in(cleo), circle)


def test_a_guides_own_story_waits_for_the_others(circle, cleo, sign_in):
    tell(cleo, "I am tired too.")
    assert not queue(sign_in(cleo), circle)
    imke = enter(Person.objects.join("imke", None), circle, "Imke", role=Persona.Role.FACILITATOR)
    assert "I am tired too." in queue(sign_in(imke), circle)
