"""Looking for words, in what one may read anyway."""

import random
import re
from datetime import UTC, datetime, timedelta
from html import unescape

import pytest
from django.urls import reverse

from weft.circles.models import Persona
from weft.conftest import enter, make_circle
from weft.loom import index, time
from weft.loom import words as read_as
from weft.people.models import Person
from weft.safety.models import Block
from weft.stories import finding, indexing, spelling
from weft.stories.finding import Asked
from weft.stories.indexing import Indexing, Posting
from weft.stories.models import Reply, Story
from weft.stories.tucking import Tucking

SEARCH = reverse("stories:search")


def tell(persona, words, *, wish="listen", audience="circle", topics=()):
    story = Story.begin(persona)
    story.write(words, wish=wish, audience=audience, topics=list(topics))
    story.share(by=persona)
    return story


def look(browser, words="", **more):
    """The page that somebody comes to who looks for these words."""
    answer = browser.post(SEARCH, {"words": words} | more)
    assert answer.status_code == 302
    return browser.get(answer["Location"])


def shown(page) -> str:
    """What a page says, as one reads it: without its marks and without the form."""
    html = page.content.decode().split("<main")[1].split("</main>")[0].split("</form>", 1)[-1]
    return " ".join(unescape(re.sub(r"<[^>]+>", "", html)).split())


def found(persona, words="", **more) -> set[str]:
    """The texts that somebody finds."""
    hits = finding.find([Persona.objects.select_related("circle").get(pk=persona.pk)], Asked(words, **more)).hits
    return {hit.story.text for hit in hits if hit.itself} | {reply.text for hit in hits for reply in hit.replies}


# What is found


def test_a_story_and_a_reply_are_found_by_their_words(sign_in, ada, cleo):
    story = tell(ada, "I set the table for two.", topics=["loss"])
    Reply.say(story, "For me it was the toothbrush.", by=cleo)
    page = shown(look(sign_in(cleo), "tables"))
    assert "I set the table for two." in page
    assert "River" in page
    assert "Evening Circle" in page
    assert "loss" in page
    assert "just listen" in page
    page = look(sign_in(ada), "toothbrush")
    assert "Cleo answered" in shown(page)
    assert "For me it was the toothbrush." in shown(page)
    assert f"{story.get_absolute_url()}#reply-1" in page.content.decode()


def test_the_words_that_were_found_are_marked_and_nothing_else_is_html(sign_in, ada, cleo):
    tell(ada, "The *kettle* said <b>kettle</b> & boiled, kettle's end." + " Then it was quiet." * 30)
    page = look(sign_in(cleo), "kettle").content.decode()
    assert page.count("<mark>kettle</mark>") == 2
    assert "&lt;b&gt;<mark>kettle</mark>&lt;/b&gt; &amp;" in page
    assert "<mark>kettle&#39;s</mark>" in page
    assert "…</a>" in page


def test_a_word_far_down_is_shown_with_what_stands_around_it(sign_in, ada, cleo):
    tell(ada, "It was a long day. " * 40 + "Then the lighthouse came in sight. " + "And on it went. " * 40)
    page = shown(look(sign_in(cleo), "lighthouse"))
    assert "Then the lighthouse came in sight." in page
    assert page.count("…") >= 2


def test_all_words_must_stand_in_one_text(ada, cleo):
    story = tell(ada, "The kettle boiled.")
    tell(ada, "The kettle fell on the floor.")
    Reply.say(story, "My floor is cold.", by=cleo)
    assert found(cleo, "kettle floor") == {"The kettle fell on the floor."}
    assert found(cleo, "floor kettle river") == set()


def test_words_are_found_in_any_form_and_however_they_are_written(ada, cleo):
    tell(ada, "She was drinking at the café, it wasn’t easy.")
    for words in ("drinks", "DRINK", "Cafe", "café", "wasnt", "wasn't"):
        assert found(cleo, words), words
    assert not found(cleo, "tea")


def test_quoted_words_stand_side_by_side(sign_in, ada, cleo):
    tell(ada, "My son died in March.")
    tell(ada, "My dog died, my son was with me.")
    assert len(found(cleo, "son died")) == 2
    for marks in ('"my son died"', "“my son died”", "«My son died»", "„my son died“"):
        assert found(cleo, marks) == {"My son died in March."}, marks
    assert found(cleo, '"my died son"') == found(cleo, '"my son died" dog') == set()
    assert "Take the quotation marks away" in shown(look(sign_in(cleo), '"died son"'))


def test_where_words_side_by_side_are_rare_one_looks_further_back(sign_in, ada, cleo, monkeypatch):
    monkeypatch.setattr(finding, "OPENED", 10)
    monkeypatch.setattr(finding, "MORE", 5)
    monkeypatch.setattr(finding, "MOST", 5)
    tell(ada, "My son died in March.")
    for number in range(30):
        tell(ada, f"My dog died, and not my son {number}.")
    browser = sign_in(cleo)
    page, pages = look(browser, "“son died”"), 1
    while "My son died" not in shown(page):
        assert "Nothing so far" in shown(page)
        link = re.search(r'href="([^"]*asked=[^"]*)"', page.content.decode())
        page, pages = browser.get(unescape(link[1])), pages + 1
        assert pages < 10
    assert pages > 2


def test_arabic_words_are_found_as_people_write_them(ada, cleo):
    tell(ada, "ذهبت إلى المدرسة مع أمّي وَكِتابي.")
    tell(ada, "لا أنام في الليل.")
    for typed in ("مدرسة", "المدرسه", "مدرسه", "كتابي", "امي"):
        assert found(cleo, typed) == {"ذهبت إلى المدرسة مع أمّي وَكِتابي."}, typed
    assert found(cleo, "«إلى المدرسة»") == {"ذهبت إلى المدرسة مع أمّي وَكِتابي."}
    assert found(cleo, "الليل انام") == {"لا أنام في الليل."}
    hits = finding.find([cleo], Asked("كتابي")).hits
    assert "<mark>وَكِتابي</mark>" in str(hits[0].excerpt(hits[0].story))


def test_wish_topic_and_circle_narrow_it(sign_in, ada, cleo, house):
    tell(ada, "The kettle boiled.", wish="glad")
    tell(ada, "The kettle is cold.", topics=["sleep", "tea time"])
    other = enter(ada.person, house.commons, "Another")
    tell(other, "A kettle here too.")
    assert found(cleo, "kettle", wish="glad") == {"The kettle boiled."}
    assert found(cleo, "kettle", topic="sleep") == {"The kettle is cold."}
    assert found(cleo, "", topic="sleep") == {"The kettle is cold."}
    assert found(cleo, "", topic="sleep", wish="glad") == set()
    assert found(cleo, "tea time") == {"The kettle is cold."}
    browser = sign_in(ada)
    everywhere, here = shown(look(browser, "kettle")), shown(look(browser, "kettle", circle=str(house.commons.pk)))
    assert "A kettle here too." in everywhere
    assert "The kettle boiled." in everywhere
    assert "A kettle here too." in here
    assert "The kettle boiled." not in here


def test_the_newest_come_first_and_the_others_page_by_page(sign_in, ada, cleo, house):
    other = enter(cleo.person, house.commons, "Two")
    third = enter(ada.person, house.commons, "Three")
    for number in range(13):
        tell(ada, f"Kettle number {number}.")
        tell(third, f"Kettle in the house {number}.")
    browser, seen = sign_in(cleo), []
    page = look(browser, "kettle")
    for _page in range(4):
        seen += re.findall(r"Kettle (?:number|in the house) \d+\.", shown(page))
        more = re.search(r'href="([^"]*asked=[^"]*)"', page.content.decode())
        if not more:
            break
        page = browser.get(unescape(more[1]))
    assert len(seen) == len(set(seen)) == 26
    for said in ("number", "in the house"):
        numbers = [int(re.findall(r"\d+", one)[0]) for one in seen if said in one]
        assert numbers == sorted(numbers, reverse=True)
    assert other.circle.name in shown(page)


def test_page_after_page_of_many_circles_is_all_that_can_be_read_by_its_time(ada, cleo, monkeypatch):
    """Told in random circles, some of it not to her: nothing twice, nothing left out, the newest first."""
    for name, small in (("STRETCH", 4), ("PAGE", 3), ("FEW", 2), ("MORE", 3), ("MOST", 4), ("ROWS", 3)):
        monkeypatch.setattr(index if name == "STRETCH" else finding, name, small)
    draw = random.Random(5)  # noqa: S311
    circles = [make_circle(f"Circle {number}") for number in range(4)]
    tellers = [enter(ada.person, circle, "Ada") for circle in circles]
    mine = [enter(cleo.person, circle, "Cleo") for circle in circles]
    may_read = []
    for minute in range(60):
        hidden = draw.random() < 0.4
        told_at = datetime(2026, 3, 1, tzinfo=UTC) + timedelta(minutes=minute)
        with monkeypatch.context() as clock:
            clock.setattr(time, "now", lambda told_at=told_at: told_at)
            tell(draw.choice(tellers), f"Kettle {minute}.", audience="facilitators" if hidden else "circle")
        may_read += [] if hidden else [f"Kettle {minute}."]
    for personas in (mine, mine[:1]):
        asked, seen = Asked("kettle"), []
        while asked:
            page = finding.find(personas, asked)
            seen += [hit.story.text for hit in page.hits]
            asked = page.further
        there = {story.text for story in Story.objects.heard_by(*personas)}
        assert seen == [text for text in reversed(may_read) if text in there]


def test_far_back_in_a_large_circle(ada, cleo, monkeypatch):
    """Over several stretches of the index, and over more rows than are read at a time."""
    monkeypatch.setattr(index, "STRETCH", 4)
    monkeypatch.setattr(finding, "ROWS", 2)
    first = tell(ada, "The lighthouse.")
    for number in range(30):
        tell(ada, f"Kettle {number}.")
    assert found(cleo, "lighthouse") == {first.text}
    assert found(cleo, "kettle 3") == {"Kettle 3."}
    hits = finding.find([cleo], Asked("kettle")).hits
    assert [hit.story.text for hit in hits] == [f"Kettle {number}." for number in range(29, 19, -1)]


# In step with the verbs


def test_the_index_follows_what_is_done_to_a_story(ada, cleo):
    story = Story.begin(ada)
    story.write("A kettle, only begun.", wish="listen", audience="circle", topics=[])
    assert found(ada, "kettle") == found(cleo, "kettle") == set()
    story.share(by=ada)
    assert found(cleo, "kettle") == {"A kettle, only begun."}
    Story.objects.get(pk=story.pk).write("A lighthouse.", wish="glad", audience="circle", topics=["sleep"])
    assert found(cleo, "kettle") == set()
    assert found(cleo, "lighthouse", wish="glad", topic="sleep") == {"A lighthouse."}
    story = Story.objects.get(pk=story.pk)
    story.take_back(by=ada)
    assert found(cleo, "lighthouse") == found(ada, "lighthouse") == set()
    assert not Posting.objects.exists()
    story.write("A lighthouse, and rain.", wish="glad", audience="circle", topics=[])
    assert not Posting.objects.exists()
    story.share(by=ada)
    assert found(cleo, "rain") == {"A lighthouse, and rain."}
    story.erase()
    assert not Posting.objects.exists()


def test_a_change_made_from_an_old_page_leaves_no_word_behind(ada, cleo):
    story = tell(ada, "A kettle.")
    old = Story.objects.get(pk=story.pk)
    Story.objects.get(pk=story.pk).write("A lighthouse.", wish="listen", audience="circle", topics=[])
    old.write("A river.", wish="listen", audience="circle", topics=[])
    assert found(cleo, "lighthouse") == found(cleo, "kettle") == set()
    assert found(cleo, "river") == {"A river."}


def test_the_index_follows_what_is_done_to_a_reply(ada, cleo):
    story = tell(ada, "Once.")
    before = Posting.objects.count()
    reply = Reply.say(story, "A kettle.", by=cleo)
    reply.revise("A lighthouse.", by=cleo)
    assert found(ada, "kettle") == set()
    assert found(ada, "lighthouse") == {"A lighthouse."}
    reply.erase()
    assert Posting.objects.count() == before


@pytest.mark.parametrize("words", ["take", "erase", "keep"])
def test_leaving_takes_ones_words_out_of_the_index_unless_they_stay(ada, cleo, words):
    theirs = tell(cleo, "Once.")
    before = Posting.objects.count()
    tell(ada, "A kettle.")
    Reply.say(theirs, "A lighthouse.", by=ada)
    ada.leave(by=ada.person, words=words)
    assert found(cleo, "kettle") == ({"A kettle."} if words == "keep" else set())
    assert found(cleo, "lighthouse") == ({"A lighthouse."} if words == "keep" else set())
    assert (Posting.objects.count() == before) == (words != "keep")


def test_erasing_leaves_no_row(ada, cleo):
    """Whatever was told, changed and answered: when it is erased the index is empty, and no row is merely blank."""
    stories = [tell(who, f"{word} and rain", topics=["own topic"]) for who in (ada, cleo) for word in ("One", "Two")]
    replies = [Reply.say(story, f"Rain on {story.number}", by=ada) for story in stories]
    replies += [Reply.say(story, f"A note on {story.number}", by=cleo, note=True) for story in stories]
    assert Posting.objects.count() > 8
    for story in stories:
        story.erase()
    for reply in replies:
        reply.erase()
    assert not Posting.objects.exists()


# Who may find what


@pytest.fixture
def leaky(monkeypatch):
    """A house in which a search trusts the index alone: the control of the test below."""

    def break_it():
        monkeypatch.setattr(Story.objects._queryset_class, "heard_by", lambda self, *_: self.select_related("teller"))
        monkeypatch.setattr(Reply.objects._queryset_class, "heard_by", lambda self, *_: self.select_related("by"))

    return break_it


def every_state(ada, cleo, circle):
    """A word for each state of a story or a reply, and who may find it: ada tells, dee answers, cleo guides; eve is a
    member, and sees nothing of fay, nor fay of her."""
    dee, eve, fay, gil, hal = (
        enter(Person.objects.join(name, None), circle, name.title()) for name in ("dee", "eve", "fay", "gil", "hal")
    )
    elsewhere = make_circle("Elsewhere")
    moved = enter(eve.person, elsewhere, "Evelyn")
    gone = tell(enter(Person.objects.join("gone", None), elsewhere, "Gone"), "wordelsewhere")
    story = tell(ada, "wordtold")
    tell(ada, "wordforguides", audience="facilitators")
    draft = Story.begin(ada)
    draft.write("worddraft", wish="listen", audience="circle", topics=[])
    back = tell(ada, "wordback")
    Reply.say(back, "wordunderback", by=dee)
    back.take_back(by=ada)
    erased = tell(ada, "worderased")
    Reply.say(erased, "wordundererased", by=dee)
    erased.erase()
    Reply.say(story, "wordreply", by=dee)
    Reply.say(story, "wordreplygone", by=dee).erase()
    for_guides = Story.objects.get(number=story.number + 1, circle=circle)
    Reply.say(for_guides, "wordreplyforguides", by=cleo)
    Reply.say(story, "wordnoteclosed", by=dee, note=True)
    opened = Reply.say(story, "wordnoteopened", by=dee, note=True)
    opened.open_note(by=ada, wanted=True)
    declined = Reply.say(story, "wordnotedeclined", by=dee, note=True)
    declined.open_note(by=ada, wanted=False)
    theirs = tell(fay, "wordblocked")
    Reply.say(theirs, "wordunderblocked", by=dee)
    Reply.say(story, "wordreplyblocked", by=fay)
    Block.begin(fay, by=eve)
    tell(hal, "wordleft")
    hal.leave(by=hal.person, words="erase")
    tell(gil, "wordkept")
    gil.leave(by=gil.person, words="keep")
    everybody = {"ada", "dee", "cleo", "eve", "fay"}
    may_find = {
        "wordtold": everybody,
        "wordforguides": {"ada", "cleo"},
        "worddraft": set(),
        "wordback": set(),
        "wordunderback": everybody,
        "worderased": set(),
        "wordundererased": everybody,
        "wordreply": everybody,
        "wordreplygone": set(),
        "wordreplyforguides": {"ada", "cleo"},
        "wordnoteclosed": {"dee"},
        "wordnoteopened": {"dee", "ada"},
        "wordnotedeclined": {"dee"},
        "wordblocked": everybody - {"eve"},
        "wordunderblocked": everybody - {"eve"},
        "wordreplyblocked": everybody - {"eve"},
        "wordleft": set(),
        "wordkept": everybody,
        "wordelsewhere": {"eve"},
    }
    people = {"ada": ada, "dee": dee, "cleo": cleo, "eve": eve, "fay": fay}
    assert moved.circle_id == gone.circle_id
    return people, may_find


def disagreements(people, may_find):
    """Who finds what they may not read, or does not find what they may: alone, and over all of their circles."""
    for name, persona in people.items():
        personas = Persona.all_of(Person.objects.get(pk=persona.person.pk))
        for word, meant in may_find.items():
            hits = finding.find(personas, Asked(word)).hits
            if bool(hits) != (name in meant):
                yield f"{name} {'finds' if hits else 'misses'} {word}"


def test_a_search_finds_what_one_may_read_and_nothing_else(ada, cleo, circle):
    assert list(disagreements(*every_state(ada, cleo, circle))) == []


def test_control_a_search_that_trusts_the_index_would_be_seen(ada, cleo, circle, leaky):
    people, may_find = every_state(ada, cleo, circle)
    leaky()
    found = set(disagreements(people, may_find))
    assert {"eve finds wordforguides", "eve finds wordblocked", "fay finds wordnoteopened"} <= found


def test_in_each_circle_only_as_the_persona_that_one_is_there(sign_in, ada, cleo, house):
    """A guide of one circle is no guide in another, also when both are looked through at once."""
    member = enter(cleo.person, house.commons, "Only a member")
    other = enter(ada.person, house.commons, "Teller")
    tell(other, "wordforguides there", audience="facilitators")
    tell(ada, "wordforguides here", audience="facilitators")
    page = shown(look(sign_in(cleo), "wordforguides"))
    assert "wordforguides here" in page
    assert "wordforguides there" not in page
    assert member.circle_id == other.circle_id


def test_a_search_that_finds_only_hidden_words_says_the_same_as_one_that_finds_none(
    sign_in, ada, cleo, circle, monkeypatch
):
    monkeypatch.setattr(finding, "OPENED", 20)
    eve = enter(Person.objects.join("eve", None), circle, "Eve")
    for number in range(60):
        tell(ada, f"wordhidden {number}", audience="facilitators")
    for number in range(30):
        Reply.say(tell(ada, f"Once {number}"), "wordhidden in a note", by=cleo, note=True)
    browser = sign_in(eve)
    assert shown(look(browser, "wordhidden")) == shown(look(browser, "wordnobody"))
    assert "wordhidden in a note" in shown(look(sign_in(cleo), "wordhidden"))


def test_somebody_who_left_or_was_never_in_finds_nothing(sign_in, ada, cleo, mallory, ben):
    tell(ada, "A kettle.")
    for who in (mallory, ben):
        assert "A kettle." not in shown(look(sign_in(who), "kettle"))
        assert "A kettle." not in shown(look(sign_in(who), "kettle", circle="")), "and no other way"
    cleo.leave(by=cleo.person, words="take")
    assert "A kettle." not in shown(look(sign_in(cleo), "kettle"))


def test_a_circle_that_is_not_ones_own_cannot_be_chosen(sign_in, ada, ben):
    tell(ada, "A kettle.")
    answer = sign_in(ben).post(SEARCH, {"words": "kettle", "circle": str(ada.circle_id)})
    assert answer.status_code == 200
    assert "A kettle." not in answer.content.decode()
    assert "A kettle." not in sign_in(ben).get(f"{SEARCH}?circle={ada.circle_id}").content.decode()


def test_what_somebody_tucked_away_is_covered_in_a_search_too(sign_in, ada, cleo):
    story = tell(ada, "A kettle of gin.", topics=["drink"])
    Reply.say(story, "My kettle is red.", by=ada)
    Tucking(topics=("drink",)).keep(cleo.person)
    page = shown(look(sign_in(cleo), "kettle"))
    assert "Talks about drink." in page
    assert "A kettle of gin." not in page
    Tucking(words=("red",)).keep(cleo.person)
    page = shown(look(sign_in(cleo), "kettle"))
    assert "A kettle of gin." in page
    assert "My kettle is red." not in page


# Words leave no trace


def test_what_somebody_looks_for_stands_in_no_address_title_log_or_table(sign_in, ada, cleo, caplog, capfd):
    from weft.tests.laws.dump import tables

    tell(ada, "A kettle.")
    browser = sign_in(cleo)
    answer = browser.post(SEARCH, {"words": "qzkettle"})
    page = browser.get(answer["Location"])
    assert 'value="qzkettle"' in page.content.decode(), "in the box alone"
    assert "qzkettle" not in answer["Location"]
    assert re.search(r"<title>([^<]*)</title>", page.content.decode())[1].strip() == "Search"
    assert "qzkettle" not in caplog.text + "".join(capfd.readouterr())
    assert "qzkettle" not in repr([list(row.values()) for rows in tables().values() for row in rows])


def test_an_address_shows_its_words_to_nobody_else(sign_in, ada, cleo):
    address = sign_in(cleo).post(SEARCH, {"words": "qzkettle"})["Location"]
    assert "qzkettle" in sign_in(cleo).get(address).content.decode()
    page = sign_in(ada).get(address)
    assert page.status_code == 200
    assert "qzkettle" not in page.content.decode()


@pytest.mark.parametrize("asked", ["", "x", "AAAA", "%00", "é" * 50])
def test_an_address_that_was_made_up_shows_an_empty_box(sign_in, ada, asked):
    page = sign_in(ada).get(SEARCH, {"asked": asked})
    assert page.status_code == 200
    assert "Nothing that you can read fits" not in page.content.decode()


# The page


def test_a_search_begins_on_a_circles_page_and_keeps_to_it(sign_in, ada, house):
    enter(ada.person, house.commons, "Two")
    tell(ada, "A kettle.")
    browser = sign_in(ada)
    link = re.search(
        r'href="([^"]*/search/[^"]*circle[^"]*)"', browser.get(ada.circle.get_absolute_url()).content.decode()
    )
    page = browser.get(unescape(link[1])).content.decode()
    assert f'<option value="{ada.circle_id}" selected>' in page


def test_where_nothing_fits_the_page_helps(sign_in, ada, house):
    make_circle("The Long Night", words=["lighthouse"])
    page = shown(look(sign_in(ada), "lighthouse"))
    assert "Nothing that you can read fits" in page
    assert "The Long Night" in page
    assert "Or be the first to say it" in page
    assert "Evening Circle" in page


def test_another_spelling_is_offered_that_finds_something(sign_in, ada, cleo):
    tell(ada, "The kettle and the lighthouse keepers.")
    browser = sign_in(cleo)
    for typed in ("ketle", "kettel", "kettles", "kettel lighthose", "ligthhouse keeper", "“Ketle”"):
        page = look(browser, typed).content.decode()
        if "kettles" in typed:
            assert "Perhaps" not in page, "nothing is offered where something was found"
            continue
        link = re.search(r'Perhaps it is spelled: <a href="([^"]*)"[^>]*>([^<]*)</a>', page)
        assert link, typed
        assert "The kettle" in shown(browser.get(unescape(link[1]))), typed
    assert "Perhaps" not in look(browser, "xylophone").content.decode()
    assert "Perhaps" not in look(browser, "kettel xylophone").content.decode()


def test_no_spelling_is_offered_that_stands_in_hidden_words_alone(sign_in, ada, cleo, circle):
    tell(ada, "The kettle.", audience="facilitators")
    Reply.say(tell(ada, "Once."), "A lighthouse.", by=cleo, note=True)
    eve = enter(Person.objects.join("eve", None), circle, "Eve")
    for typed in ("ketle", "lighthose"):
        assert "Perhaps" not in look(sign_in(eve), typed).content.decode()
        assert "Perhaps" in look(sign_in(cleo), typed).content.decode(), "the control: it is there for who may read it"


def test_little_words_alone_say_too_little(sign_in, ada):
    tell(ada, "It is what it is.")
    assert "Add one that says more" in shown(look(sign_in(ada), "it is"))


def test_a_long_search_is_refused_kindly_and_kept(sign_in, ada):
    page = sign_in(ada).post(SEARCH, {"words": "kettle " * 60})
    assert page.status_code == 200
    assert "A few words are enough" in page.content.decode()
    assert "kettle kettle" in page.content.decode()


def test_whoever_is_in_no_circle_is_led_to_one(sign_in, mallory):
    page = sign_in(mallory).get(SEARCH).content.decode()
    assert "You are in no circle yet" in page
    assert reverse("circles:find") in page


# A house that was there before


def test_a_house_that_was_there_before_is_put_in_order_bit_by_bit(ada, cleo, ben, monkeypatch, sign_in):
    monkeypatch.setattr(indexing, "BATCH", 2)
    stories = [tell(ada, f"A kettle {number}.") for number in range(5)]
    Reply.say(stories[0], "A lighthouse.", by=cleo)
    tell(ben, "A kettle elsewhere.")
    stories[1].take_back(by=ada)
    whole = {(row.pk) for row in Posting.objects.all()}
    Posting.objects.all().delete()
    indexing._whole.clear()
    Indexing(pk=1, edition=0).save()  # as the migration leaves it
    assert indexing.gaps()
    assert "still putting older stories in order" in shown(look(sign_in(cleo), "kettle"))
    steps = 0
    while not Indexing.here().further(seconds=0.0001):
        steps += 1
        assert steps < 100
    assert steps >= 3, "it can be broken off in between"
    assert {row.pk for row in Posting.objects.all()} == whole
    assert indexing.gaps() == 0
    assert found(ada, "lighthouse") == {"A lighthouse."}
    assert found(cleo, "kettle") == {f"A kettle {number}." for number in (0, 2, 3, 4)}


def test_the_job_goes_on_until_all_is_in_order(ada, cleo, monkeypatch):
    from weft.loom import jobs

    tell(ada, "A kettle.")
    Posting.objects.all().delete()
    indexing._whole.clear()
    Indexing(pk=1, edition=0).save()
    further = Indexing.further
    monkeypatch.setattr(Indexing, "further", lambda self, seconds: further(self, 0.0001))
    indexing.see_to_it()
    indexing.see_to_it()
    assert 2 < jobs.run_due() < 50
    assert Indexing.here().whole
    assert found(cleo, "kettle") == {"A kettle."}


def test_when_words_are_read_in_another_way_all_of_it_is_made_anew(ada, cleo, monkeypatch):
    tell(ada, "A kettle.")
    assert Indexing.here().whole
    indexing.index_of(ada.circle_id).change(new={(1, 0): {"as it was read before"}})
    monkeypatch.setattr(indexing, "edition", lambda: 7)
    assert not Indexing.here().whole
    while not Indexing.here().further(seconds=1):
        pass
    assert Indexing.here().whole
    assert found(cleo, "kettle") == {"A kettle."}
    assert Posting.objects.count() == len(indexing.of_story(Story.objects.get())[1, 0])


def test_what_is_told_while_a_house_is_put_in_order_is_found(ada, cleo, monkeypatch):
    monkeypatch.setattr(indexing, "BATCH", 1)
    stories = [tell(ada, f"A kettle {number}.") for number in range(4)]
    Indexing(pk=1, edition=0).save()
    for number in range(30):
        whole = Indexing.here().further(seconds=0.0001)
        if number == 2:
            tell(ada, "A kettle meanwhile.")
            stories[3].write("A lighthouse.", wish="listen", audience="circle", topics=[])
            stories[0].erase()
    assert whole
    assert found(cleo, "kettle") == {"A kettle 1.", "A kettle 2.", "A kettle meanwhile."}
    assert indexing.gaps() == 0


# What it costs


def test_a_search_opens_a_page_of_stories_however_large_the_house_is(ada, cleo, monkeypatch):
    """Of the index it reads a row for each word and stretch; of all stories that fit, no more than fill a page."""
    for number in range(60):
        tell(ada, f"A kettle {number}.")
    opened = []
    made = Story.from_db.__func__
    monkeypatch.setattr(Story, "from_db", classmethod(lambda cls, *a: opened.append(1) or made(cls, *a)))
    read = []
    real = index.read
    monkeypatch.setattr(finding.index, "read", lambda model, rows: read.append(len(rows)) or real(model, rows))
    assert len(finding.find([cleo], Asked("kettle")).hits) == 10
    assert len(opened) <= finding.FEW
    assert sum(read) == 1


def test_a_search_over_many_circles_opens_no_more_stories_when_more_of_them_fit(ada, cleo, monkeypatch):
    """In each of six circles: three stories that fit, and then nine. Of each it takes as many as seldom are too few."""
    circles = [make_circle(f"Circle {number}") for number in range(6)]
    tellers = [enter(ada.person, circle, "Ada") for circle in circles]
    mine = [enter(cleo.person, circle, "Cleo") for circle in circles]
    opened, moment = [], [datetime(2026, 3, 1, tzinfo=UTC)]
    made = Story.from_db.__func__
    monkeypatch.setattr(Story, "from_db", classmethod(lambda cls, *a: opened.append(1) or made(cls, *a)))
    monkeypatch.setattr(time, "now", lambda: moment[0])

    def tell_and_count(many: int) -> int:
        for number in range(many):
            for teller in tellers:
                moment[0] += timedelta(minutes=1)
                tell(teller, f"A kettle {number}.")
        opened.clear()
        assert len(finding.find(mine, Asked("kettle")).hits) == 10
        return len(opened)

    most = finding.FEW + len(mine) * (finding.FEW // len(mine) + finding.AHEAD)
    assert tell_and_count(3) <= most
    assert tell_and_count(6) <= most
    monkeypatch.setattr(finding, "FEW", 50)
    assert tell_and_count(1) > most, "the control: what it takes of each circle is what is counted"


def test_circles_that_run_out_one_after_another_are_looked_up_together(ada, cleo, monkeypatch):
    """Words that stand nowhere side by side lead far back, in every circle at once."""
    circles = [make_circle(f"Circle {number}") for number in range(9)]
    tellers = [enter(ada.person, circle, "Ada") for circle in circles]
    mine = [enter(cleo.person, circle, "Cleo") for circle in circles]
    moment, looked = [datetime(2026, 3, 1, tzinfo=UTC)], []
    monkeypatch.setattr(time, "now", lambda: moment[0])
    for number in range(14):
        for teller in tellers:
            moment[0] += timedelta(minutes=1)
            tell(teller, f"A kettle {number} in the house.")
    look_up = finding._look_up_times
    monkeypatch.setattr(finding, "_look_up_times", lambda scans, *a: looked.append(len(scans)) or look_up(scans, *a))
    assert finding.find(mine, Asked('"house kettle"')).hits == []
    assert sum(looked) > len(mine), "the control: the first look-up was not enough"
    assert len(looked) <= 4


def test_another_spelling_reads_each_word_that_may_be_meant_once(ada, cleo, monkeypatch):
    """Languages that share a stemmer share its stems."""
    tell(ada, "A kettle.")
    read = []
    real = read_as._stem
    monkeypatch.setattr(read_as, "_stem", lambda word, stemmer: read.append((word, stemmer)) or real(word, stemmer))
    read_as.roots.cache_clear()
    assert spelling.other_spelling([cleo], Asked("ketle")) == "kettle"
    assert len(read) >= len(spelling.around("ketle")) - 5, "the control: they are read, but for a few little words"
    assert len(read) == len(set(read))


def test_the_databases_find_what_is_asked_by_an_index(ada, cleo):
    """Neither database looks through a whole table for a search."""
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    for number in range(40):
        Reply.say(tell(ada, f"A kettle {number}."), "A kettle too.", by=cleo)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    with CaptureQueriesContext(connection) as queries:
        assert finding.find([cleo], Asked("kettle")).hits
    sqlite = connection.vendor == "sqlite"
    explain, whole = ("EXPLAIN QUERY PLAN ", "SCAN stories_") if sqlite else ("EXPLAIN ", "Seq Scan on stories_")
    with connection.cursor() as cursor:
        if not sqlite:
            cursor.execute("SET LOCAL enable_seqscan = off")  # tables so small are read as a whole, by right
        for query in queries.captured_queries:
            cursor.execute(explain + query["sql"])
            plan = "\n".join(" ".join(map(str, row)) for row in cursor.fetchall())
            assert whole not in plan, f"{query['sql']}\n{plan}"
