"""M6. Somebody tells a story and wants to be listened to. Whoever answers sees that before they write and while they
write; advice can only be offered as a note, which the teller may decline; what is new comes while the page is open."""

import pytest

from weft.circles.models import Persona
from weft.conftest import PASSPHRASE, enter
from weft.people.models import Person
from weft.stories.models import Reply, Story
from weft.tests.walks.conftest import tell

WORDS = "I set the table for two again."
WISH = "River is not asking for advice. You can say you have been there, or just sit with them."
BOX = "Answer River"


@pytest.fixture
def dee(circle) -> Persona:
    return enter(Person.objects.join("dee", PASSPHRASE), circle, "Dee")


@pytest.fixture
def story(ada) -> Story:
    return tell(ada, WORDS)


def until(page, true):
    """Wait for what happens in the house, not on the page."""
    for _try in range(100):
        if true():
            return
        page.wait_for_timeout(100)
    raise AssertionError("it did not happen")


def test_telling_it(come, ada, cleo, script):
    me = come(ada, script=script).opens("/").taps("Evening Circle").taps("Tell a story")
    me.writes(WORDS, "What would you like to say?").chooses("just listen", "loss")
    me.reads("Who reads it?", "Evening Circle: you and 1 other", "only the people who guide", "Your name there: River.")
    me.taps("Read it through").reads(WORDS, "What would help: just listen", "The 2 people in Evening Circle can read")
    assert not Story.objects.heard_by(cleo).exists()
    me.taps("Share it with 2 people").reads("It is told. You can change it or take it back", WORDS)
    come(cleo, script=script).opens(ada.circle.get_absolute_url()).reads(WORDS, "wish: just listen", "loss")


def test_stopping_half_way_keeps_every_word(come, ada, cleo, script):
    me = come(ada, script=script).opens(ada.circle.get_absolute_url()).taps("Tell a story")
    me.writes(WORDS, "What would you like to say?")
    if script:
        me.page.locator("[data-saved]", has_text="Saved").wait_for()
        me.opens("/")
    else:
        me.taps("Keep it for later").reads("Kept. Only you can see it.").opens("/")
    me.reads("You began something", WORDS)
    come(cleo, script=script).opens(ada.circle.get_absolute_url()).reads_nothing_of(WORDS)


def test_the_wish_is_seen_before_and_while_one_writes(come, story, dee, script):
    me = come(dee, script=script).opens(story.circle.get_absolute_url()).reads("wish: just listen")
    me.taps(WORDS).reads(WISH)
    wish, box = me.page.locator(".wish"), me.page.get_by_label(BOX)
    assert box.get_attribute("aria-describedby") == wish.get_attribute("id")
    box.click()
    for lines in (1, 30):
        box.press_sequentially("And then I\n" * lines)
        above, below = wish.bounding_box(), box.bounding_box()
        assert 0 <= above["y"] < above["y"] + above["height"] <= below["y"] + 1
        assert below["y"] < 640, "the box itself is in sight"
    beside = me.page.locator("#answer .row", has=me.page.get_by_role("button", name="Answer"))
    assert "just listen" in beside.inner_text()


def test_advice_is_offered_and_may_be_declined(come, story, ada, dee, cleo, script):
    other = come(dee, script=script).opens(story.get_absolute_url())
    other.writes("Have you tried the library?", BOX).chooses("This is advice. Offer it to River as a private note.")
    other.taps("Answer").reads("A private note. Only River and Dee can read it.", "Have you tried the library?")
    come(cleo, script=script).opens(story.get_absolute_url()).reads_nothing_of("library")
    me = come(ada, script=script).opens(story.get_absolute_url())
    me.reads("Dee offers you some advice, for your eyes only.").reads_nothing_of("library")
    me.taps("No, thank you").reads("You declined this note. Nobody was told.").reads_nothing_of("library")
    other.opens(story.get_absolute_url()).reads_nothing_of("declined")
    me.taps("Open it after all").reads("Have you tried the library?")


def test_an_answer_without_words(come, story, ada, dee, cleo, script):
    come(dee, script=script).opens(story.get_absolute_url()).taps("I am sitting with you")
    come(cleo, script=script).opens(story.get_absolute_url()).reads_nothing_of("Dee")
    come(ada, script=script).opens(story.get_absolute_url()).reads("I am sitting with you: Dee", "Only you see this.")


def test_an_answer_comes_while_the_page_is_open_and_after_the_stream_was_cut(come, walk, story, ada, dee):
    walk.expect("ERR_INTERNET_DISCONNECTED", "ERR_INCOMPLETE_CHUNKED_ENCODING", "ERR_NETWORK")
    hub = walk.ground.app.hub
    me = come(ada).opens(story.get_absolute_url()).reads("Nobody has answered yet.")
    until(me.page, lambda: ada.pk in hub.personas)
    other = come(dee).opens(story.get_absolute_url()).writes("I was there last spring.", BOX).taps("Answer")
    me.page.get_by_text("I was there last spring.").wait_for()
    assert "Nobody has answered yet." not in me.text

    me.page.context.set_offline(True)
    hub.let_go(ada.pk)
    until(me.page, lambda: ada.pk not in hub.personas)
    other.writes("And in the summer too.", BOX).taps("Answer").reads("And in the summer too.")
    assert "And in the summer too." not in me.text
    me.page.context.set_offline(False)
    me.page.get_by_text("And in the summer too.").wait_for(timeout=20_000)
    assert [reply.number for reply in Reply.objects.order_by("number")] == [1, 2]
    assert me.page.locator("article.reply").count() == 2


def test_a_finger_takes_a_story_on_from_the_page_of_today(come, ada, cleo, script):
    """All of a card opens its story; what else can be touched on it lies above that."""
    tell(ada, "It is a long night.")
    me = come(cleo, script=script).opens("/").reads("Who is unheard").taps("I take this one")
    me.reads("You take it. The others who guide see that.")
