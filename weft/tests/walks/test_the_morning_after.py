"""M10. In the morning somebody changes, takes back or erases what they told, takes their things along, and leaves
without a word. What others answered stands, without their words and without their name."""

import json
import zipfile

import pytest

from weft.conftest import PASSPHRASE
from weft.stories.models import Reply
from weft.tests.walks.conftest import tell

WORDS = "At four I wrote this, and now it is light."
ANSWER = "I read it at five."


@pytest.fixture
def story(ada, cleo):
    story = tell(ada, WORDS)
    Reply.say(story, ANSWER, by=cleo)
    return story


@pytest.fixture
def me(come, ada, story, script):
    return come(ada, script=script).opens(story.get_absolute_url())


@pytest.fixture
def other(come, cleo, story):
    return come(cleo, script=False).opens(story.get_absolute_url()).reads(WORDS, "River", ANSWER)


def test_changing_it(me, other, story):
    me.taps("Change it").writes("Now it is light.", "What would you like to say?").taps("Save the change")
    me.reads("Changed.", "Now it is light.").reads_nothing_of(WORDS)
    other.opens(story.get_absolute_url()).reads("Now it is light.", "changed").reads_nothing_of(WORDS)


def test_taking_it_back_and_sharing_it_again(me, other, story):
    me.taps("Take it back").chooses("Take it back. Only I see it then").taps("Do it").reads("Only you can see it now.")
    other.opens(story.get_absolute_url()).reads("This story was taken back", ANSWER).reads_nothing_of(WORDS)
    other.reads_nothing_of("River")
    me.taps(WORDS, within="p.note").taps("Read it through").taps("Share it with").reads(WORDS, ANSWER)
    other.opens(story.get_absolute_url()).reads(WORDS, ANSWER)


def test_erasing_it(me, other, story):
    me.taps("Take it back").chooses("Erase it. Its words are gone for ever").taps("Do it").reads("It is erased.")
    me.reads_nothing_of(WORDS)
    other.opens(story.get_absolute_url()).reads("This story was taken back", ANSWER).reads_nothing_of(WORDS, "River")


def test_taking_ones_things_along(me):
    me.opens("/").taps("Settings").taps("Download, or go for good").taps("Download everything")
    if me.page.get_by_label("passphrase").count():
        me.writes(PASSPHRASE, "passphrase")
    with me.page.expect_download() as taken:
        me.find("Download it").click()
    with zipfile.ZipFile(taken.value.path()) as archive:
        assert archive.namelist() == ["my-things.json", "my-things.html"]
        for name in archive.namelist():
            said = archive.read(name).decode()
            assert WORDS in said
            assert "River" in said
            assert ANSWER not in said, "the words of others are not mine to take"
        assert json.loads(archive.read("my-things.json"))
    assert taken.value.suggested_filename == "my-things.zip"


def test_leaving_without_a_word(me, other, story, cleo):
    room = story.circle.get_absolute_url()
    news = other.opens("/").lines
    me.opens(room).taps("Leave this circle quietly").reads("Nobody is told.")
    me.chooses("Erasing all of it").taps("Leave quietly")
    me.reads("You have left this circle.")
    assert other.opens("/").lines - news <= {"Nothing here needs an answer today.", "You are Cleo there."}
    other.opens(room).reads_nothing_of("River", WORDS, "left this circle")
    other.opens(story.get_absolute_url()).reads(ANSWER).reads_nothing_of("River", WORDS)
    other.opens(room).taps("People").reads("Cleo").reads_nothing_of("River")
    me.opens(room).reads("Come in").reads_nothing_of(ANSWER)


def test_going_for_good(me, other, story, ada):
    me.opens("/own/").taps("Go for good").chooses("Erasing all of it").writes(PASSPHRASE, "Your passphrase")
    me.taps("Erase my account").reads("You are gone from here")
    other.opens(story.get_absolute_url()).reads(ANSWER).reads_nothing_of("River", WORDS)
    me.opens("/own/").reads("Sign in")
