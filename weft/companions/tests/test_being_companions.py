"""Two who are companions: asked only whoever is open to it, agreed to by both, ended quietly by either."""

from datetime import timedelta

import pytest
from django.urls import reverse

from weft.circles.models import Persona
from weft.companions.models import Companion, Letter, OpenToAsk
from weft.companions.open_to_ask import MOST
from weft.companions.tests.ways import long_here
from weft.companions.ties import SHIELD
from weft.conftest import enter, make_circle
from weft.loom import ids, time
from weft.loom.jobs import run_due
from weft.notices.bell import Bell
from weft.people.models import Person
from weft.safety.models import Block
from weft.stories.models import Reply, Story

pytestmark = pytest.mark.django_db


def at(name, persona, **keys):
    return reverse(f"companions:{name}", kwargs={"key": persona.circle_id, **keys})


@pytest.fixture
def two(ada, dee):
    long_here(ada, dee)
    OpenToAsk.say(on=True, by=dee)
    return ada, dee


@pytest.fixture
def dee(circle):
    return enter(Person.objects.join("dee", None), circle, "Dee")


@pytest.fixture
def tie(two):
    ada, dee = two
    tie = Companion.ask(dee, "Would you write with me?", by=ada)
    tie.answer(True, by=dee)
    tie.refresh_from_db()
    return tie


def told(persona):
    run_due()
    return [notice.what for notice in Bell(Person.objects.get(pk=persona.person.pk)).unread]


def test_from_a_question_to_letters_and_a_quiet_end(sign_in, two):
    ada, dee = two
    me, her = sign_in(ada), sign_in(dee)
    ask = at("ask", ada, persona_key=dee.pk)
    assert ask in me.get(reverse("circles:people", kwargs={"key": ada.circle_id})).content.decode()
    me.post(ask, {"words": "You wrote about the night bus."})
    assert told(dee) == ["companions.asked"]
    tie = Companion.objects.get()
    page = at("companion", ada, companion_key=tie.pk)
    assert "the night bus" in her.get(page).content.decode()
    her.post(page, {"how": "yes"})
    assert told(ada) == ["companions.yes"]
    me.post(page, {"words": "Hello. It is *late* here.", "once": "7"})
    me.post(page, {"words": "Hello. It is *late* here.", "once": "7"})
    assert Letter.objects.count() == 1, "sent twice it is one"
    assert "companions.letter" in told(dee)
    assert "<em>late</em>" in her.get(page).content.decode()
    assert told(dee) == []
    her.post(page, {"how": "end"})
    assert told(ada) == [], "nobody is told"
    assert her.get(page).status_code == 404
    left = me.get(page).content.decode()
    assert "No letters go to and fro any more." in left
    late = me.post(page, {"words": "Are you there?", "once": "8"}).content.decode()
    assert "Are you there?" in late, "what was written is not lost"
    me.post(page, {"how": "end"})
    assert not Companion.objects.exists()
    assert not Letter.objects.exists()


def test_a_no_is_told_to_nobody(sign_in, two):
    ada, dee = two
    tie = Companion.ask(dee, "Would you?", by=ada)
    sign_in(dee).post(at("companion", dee, companion_key=tie.pk), {"how": "no"})
    assert told(ada) == []
    assert not Companion.objects.exists()


def test_only_whoever_said_so_is_asked(sign_in, two, cleo):
    ada, dee = two
    long_here(cleo)
    assert sign_in(ada).get(at("ask", ada, persona_key=cleo.pk)).status_code == 404
    OpenToAsk.say(on=False, by=dee)
    assert sign_in(ada).post(at("ask", ada, persona_key=dee.pk), {"words": "Hello"}).status_code == 404
    with pytest.raises(PermissionError):
        Companion.ask(cleo, "Hello", by=ada)


def test_nobody_asks_a_newcomer_and_a_newcomer_may_ask(two):
    ada, dee = two
    dee.since = time.today() - timedelta(days=SHIELD - 1)
    dee.save()
    with pytest.raises(PermissionError):
        Companion.ask(dee, "Hello", by=ada)
    OpenToAsk.say(on=True, by=ada)
    assert Companion.ask(ada, "Hello", by=dee)


def test_a_block_ends_what_can_be_seen(sign_in, two, tie):
    ada, dee = two
    tie.write(ids.random_id(), "A letter.", by=ada)
    page, ask = at("companion", dee, companion_key=tie.pk), at("ask", ada, persona_key=dee.pk)
    people = reverse("circles:people", kwargs={"key": ada.circle_id})
    assert sign_in(dee).get(page).status_code == sign_in(ada).get(ask).status_code == 200
    assert ask in sign_in(ada).get(people).content.decode()
    Block.begin(ada, by=dee)
    for persona in (ada, dee):
        assert sign_in(persona).get(page).status_code == 404
    assert sign_in(ada).get(ask).status_code == 404
    assert ask not in sign_in(ada).get(people).content.decode()
    assert tie.write(ids.random_id(), "Another.", by=Persona.objects.get(pk=ada.pk)) is None


def test_nobody_else_reads_a_letter(sign_in, two, tie, cleo):
    ada, dee = two
    letter = tie.write(ids.random_id(), "A letter.", by=ada)
    page = at("companion", cleo, companion_key=tie.pk)
    assert sign_in(cleo).get(page).status_code == 404
    assert sign_in(cleo).post(page, {"how": "end"}).status_code == 404
    assert Letter.found(letter.pk, cleo) is None
    assert Letter.found(letter.pk, ada) is None, "one's own is not reported"
    assert Letter.found(letter.pk, dee)


def test_a_letter_is_shown_to_the_safety_team(sign_in, two, tie):
    ada, dee = two
    letter = tie.write(ids.random_id(), "A letter that worries.", by=ada)
    report = f"{reverse('safety:report')}?about=letter.{letter.pk}&circle={dee.circle_id}"
    assert report.replace("&", "&amp;") in sign_in(dee).get(tie.get_absolute_url()).content.decode().replace(
        "&circle", "&amp;circle"
    )
    assert "A letter that worries." in sign_in(dee).get(report).content.decode()
    assert sign_in(ada).get(report).status_code == 404


def test_there_is_room_for_so_many(two, circle):
    ada, dee = two
    others = [enter(Person.objects.join(f"p{n}", None), circle, f"P{n}") for n in range(MOST)]
    for other in others:
        assert Companion.ask(dee, "Hello", by=other)
    assert Companion.ask(dee, "Hello", by=ada) is None


def test_whoever_leaves_takes_the_letters_along(two, tie):
    ada, _dee = two
    tie.write(ids.random_id(), "A letter.", by=ada)
    ada.leave(by=ada.person, words="keep")
    assert not Companion.objects.exists()
    assert not Letter.objects.exists()


def test_nothing_in_the_open_joins_two_ties(two, circle):
    ada, dee = two
    OpenToAsk.say(on=True, by=ada)
    other = enter(Person.objects.join("eve", None), circle, "Eve")
    ties = [Companion.ask(dee, "Hello", by=ada), Companion.ask(dee, "Hello", by=other)]
    tags = [bytes(tag) for tie in ties for tag in (tie.asks_tag, tie.asked_tag)]
    assert len(set(tags)) == 4


def test_in_another_circle_it_is_another_matter(sign_in, two):
    ada, dee = two
    elsewhere = make_circle("Elsewhere")
    here = enter(ada.person, elsewhere, "Heron")
    assert sign_in(here).get(at("ask", here, persona_key=dee.pk)).status_code == 404


def test_on_which_terms_is_said_and_read_before_one_asks(sign_in, two):
    ada, dee = two
    page = at("companions", dee)
    said = {"open": "yes", "most": "1", "line": "Nights, and no advice.", "hours": ["night"], "topics": ["sleep"]}
    assert sign_in(dee).post(page, said).status_code == 302
    mine = sign_in(dee).get(page).content.decode()
    assert "You have room for 1 at a time." in mine
    assert "People here can find you by: sleep." in mine
    ask = sign_in(ada).get(at("ask", ada, persona_key=dee.pk)).content.decode()
    assert "Nights, and no advice." in ask
    assert "They write mostly at night." in ask
    assert sign_in(dee).post(page, said | {"topics": ["qzother"]}).status_code == 200


def test_from_an_answer_one_may_ask_whoever_gave_it_where_both_may(sign_in, two, cleo):
    ada, dee = two
    story = Story.begin(ada)
    story.write("A long night.", wish="listen", audience="circle", topics=[])
    story.share(by=ada)
    for by in (dee, cleo):
        Reply.say(story, "I was there too.", by=by)
    pages = story.get_absolute_url(), reverse("stories:replies", kwargs={"key": ada.circle_id, "story_key": story.pk})
    for address in pages:
        page = sign_in(ada).get(address).content.decode()
        assert page.count("Ask to be companions") == 1
        assert at("ask", ada, persona_key=dee.pk) in page
        assert "Ask to be companions" not in sign_in(dee).get(address).content.decode()
    OpenToAsk.say(on=False, by=dee)
    assert "Ask to be companions" not in sign_in(ada).get(pages[0]).content.decode()
