"""Tucking away: what somebody would rather not see lies under one plain line, and nobody else can tell."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from weft.loom import words
from weft.people.models import Person
from weft.stories.models import Reply, Story
from weft.stories.tucking import Tucking
from weft.tests.laws.dump import everything, tables

TOPICS, WORDS = "/settings/topics/", "/settings/words/"


def seen(browser, thing):
    return browser.get(thing.get_absolute_url()).content.decode()


def without_tokens(page):
    return [line for line in page.splitlines() if "csrf" not in line and "data-live" not in line and "once" not in line]


@pytest.fixture
def reader(ben, circle):
    from weft.conftest import enter

    return enter(ben.person, circle, "Fern")


def test_a_topic_lies_under_one_plain_line_and_can_be_opened(told, reader, sign_in):
    browser = sign_in(reader)
    assert "The first Sunday" in seen(browser, reader.circle)
    browser.post(TOPICS, {"topics": ["loss", "money", "no such thing"]})
    page = seen(browser, reader.circle)
    assert "The first Sunday" not in page
    assert "Talks about loss." in page
    assert f'href="{told.get_absolute_url()}">Open it' in page
    assert "The first Sunday" in seen(browser, told)
    assert Tucking.of(Person.objects.get(pk=reader.person.pk)).topics == ("loss", "money")


def test_a_muted_word_in_a_story_and_in_a_reply(told, reader, cleo, sign_in):
    browser = sign_in(reader)
    Reply.say(told, "We used to go dancing on Sundays.", by=cleo)
    browser.post(WORDS, {"word": "  Sunday "})
    page = seen(browser, reader.circle)
    assert "You asked not to see some of these words." in page
    assert "The first Sunday" not in page
    page = seen(browser, told)
    before, after = page.split("<summary>You asked not to see some of these words.")
    assert "dancing" not in before
    assert "dancing" in after.split("</details>")[0]  # one tap away
    replies = reverse("stories:replies", kwargs={"key": told.circle_id, "story_key": told.pk})
    assert "<summary>You asked not to see" in browser.get(replies, {"since": "0"}).content.decode()


def test_a_topic_in_a_word_of_the_teller_s_own_is_a_word(told, reader):
    told.write("It was long ago.", wish="listen", audience="circle", topics=["the ladder"])
    assert Tucking(words=("ladders",)).covers(told)
    assert not Tucking(words=("lad",)).covers(told)


def test_one_s_own_words_are_never_tucked_away(told, ada, sign_in):
    browser = sign_in(ada)
    browser.post(TOPICS, {"topics": ["loss"]})
    browser.post(WORDS, {"word": "Sunday"})
    Reply.say(told, "And then another Sunday.", by=ada)
    assert "Talks about loss." not in seen(browser, ada.circle)
    assert "The first Sunday" in seen(browser, ada.circle)
    assert "You asked not to see" not in seen(browser, told)


def test_what_was_changed_can_be_undone(reader, sign_in):
    browser = sign_in(reader)
    browser.post(TOPICS, {"topics": ["loss"]})
    page = browser.post(TOPICS, {"topics": ["loss", "work"]}, follow=True).content.decode()
    undo = page.split('<form method="post" action="/settings/topics/" class="note done row">')[1].split("</form>")[0]
    assert 'name="topics" value="loss">' in undo
    assert "work" not in undo
    assert "Saved. Nobody else can tell." in undo
    browser.post(TOPICS, {"topics": ["loss"]})
    page = browser.post(WORDS, {"word": "rope"}, follow=True).content.decode()
    assert 'type="hidden" name="without" value="rope"' in page
    assert "Undo" in page
    assert "Undo" not in browser.get("/settings/").content.decode()
    page = browser.post(WORDS, {"without": "rope"}, follow=True).content.decode()
    assert "You will see “rope” again." in page
    assert 'type="hidden" name="word" value="rope"' in page
    now = Tucking.of(Person.objects.get(pk=reader.person.pk))
    assert now == Tucking(topics=("loss",))


def test_a_switch_is_saved_without_leaving_the_page(reader, sign_in):
    answer = sign_in(reader).post(TOPICS, {"topics": ["loss"], "quietly": "1"})
    assert answer.json() == {"saved": "Saved. Nobody else can tell."}
    assert Tucking.of(Person.objects.get(pk=reader.person.pk)).topics == ("loss",)


@pytest.mark.parametrize("word", ["", "   ", "…", "!!"])
def test_an_empty_box_mutes_nothing(reader, sign_in, word):
    page = sign_in(reader).post(WORDS, {"word": word}, follow=True).content.decode()
    assert "The box was empty." in page
    assert not Tucking.of(Person.objects.get(pk=reader.person.pk))


def test_the_same_word_twice_is_once_and_there_is_an_end(reader, sign_in):
    browser = sign_in(reader)
    for word in ("Rope", "rope", " ROPE "):
        browser.post(WORDS, {"word": word})
    assert Tucking.of(Person.objects.get(pk=reader.person.pk)).words == ("Rope",)
    person = Person.objects.get(pk=reader.person.pk)
    Tucking(words=tuple(f"word{n}" for n in range(60))).keep(person)
    assert "as many words as the house can look for" in browser.post(WORDS, {"word": "x"}, follow=True).content.decode()


# Nobody else can tell


def pages(told, *browsers):
    addresses = [
        told.get_absolute_url(),
        told.circle.get_absolute_url(),
        f"{told.circle.get_absolute_url()}people/",
        "/",
    ]
    return [without_tokens(browser.get(address).content.decode()) for browser in browsers for address in addresses]


def test_neither_the_teller_nor_the_room_learns_what_is_tucked_away(told, ada, cleo, reader, sign_in):
    teller, guide, browser = sign_in(ada), sign_in(cleo), sign_in(reader)
    pages(told, teller, guide, browser)  # so that all have looked once
    before, mine = pages(told, teller, guide), pages(told, browser)
    browser.post(TOPICS, {"topics": ["loss"]})
    browser.post(WORDS, {"word": "Sunday"})
    assert pages(told, teller, guide) == before
    assert pages(told, browser) != mine  # the control: it is there to be noticed


@pytest.mark.django_db(transaction=True)
def test_what_is_tucked_away_lies_sealed_with_the_person_and_beside_no_name(told, reader, sign_in):
    before = tables()
    sign_in(reader).post(WORDS, {"word": "qzcanary"})
    assert b"qzcanary" not in everything()
    after = tables()
    changed = {table for table in after if after[table] != before.get(table)}
    assert changed <= {"people_person", "people_device", "loom_datakey"}
    lengths = set()
    for many in (1, 5, 20):
        Tucking(words=tuple(f"word {n}" for n in range(many))).keep(Person.objects.get(pk=reader.person.pk))
        lengths.add(len(bytes(next(r for r in tables()["people_person"] if r["id"] == reader.person.pk)["tucked"])))
    assert len(lengths) == 1


def test_it_is_in_the_download_and_goes_with_the_person(reader, sign_in):
    from weft.home.taking import things_of

    assert "rather_not_see" not in things_of(reader.person)["stories"]
    Tucking(topics=("loss",), words=("rope",)).keep(reader.person)
    assert things_of(reader.person)["stories"]["rather_not_see"] == {"topics": ["loss"], "words": ["rope"]}


# What it costs


def test_it_costs_no_query_and_hardly_any_time(told, reader, cleo, sign_in):
    for number in range(8):
        story = Story.begin(cleo)
        story.write(f"Story {number}. " * 60, wish="listen", audience="circle", topics=[])
        story.share(by=cleo)
    browser = sign_in(reader)

    def cost():
        seen(browser, reader.circle)
        with CaptureQueriesContext(connection) as queries:
            seen(browser, reader.circle)
        return len(queries)

    before = cost()
    Tucking(topics=("loss",), words=("rope", "a car crash")).keep(Person.objects.get(pk=reader.person.pk))
    assert cost() == before


@pytest.mark.parametrize(
    "sought, text, there",
    [
        ("drinks", "I was drinking again.", True),
        ("car crash", "It was a car-crash.", True),
        ("car crash", "The crash, then the car.", False),
        ("him", "I still see him.", True),
        ("him", "On a whim.", False),
        ("Café", "In the CAFES of the town.", True),
        ("rope", "", False),
        ("الحادث", "كان حادثا كبيرا", True),
        ("(x", "(x) marks it", True),
    ],
)
def test_a_word_is_spotted_in_its_other_forms(sought, text, there):
    assert words.spotter([sought], ["en", "ar"])(text) is there
