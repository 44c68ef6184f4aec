"""“Could you ask somebody for me?”: passed on by one who guides, and neither side learns of a no."""

import re
from datetime import timedelta

import pytest
from django.urls import reverse

from weft.circles.models import Persona
from weft.companions.errands import EACH, Errand
from weft.companions.models import Companion, OpenToAsk
from weft.companions.open_to_ask import Terms
from weft.companions.tests.ways import long_here
from weft.conftest import enter
from weft.loom import time
from weft.loom.jobs import run_due
from weft.notices.bell import Bell
from weft.people.models import Person
from weft.safety.models import Block
from weft.tests.laws.dump import tables
from weft.tests.racing import at_once, failures

pytestmark = pytest.mark.django_db


def at(name, persona, **keys):
    return reverse(f"companions:{name}", kwargs={"key": persona.circle_id, **keys})


def told(persona):
    run_due()
    return [notice.what for notice in Bell(Person.objects.get(pk=persona.person.pk)).unread]


def fresh(persona):
    found = Persona.objects.get(pk=persona.pk)
    found.person = persona.person
    return found


@pytest.fixture
def open_two(circle, cleo):
    """Two who are open to be asked, and not new."""
    two = [enter(Person.objects.join(name, None), circle, name) for name in ("Hollis", "Marlow")]
    long_here(*two)
    for one in two:
        OpenToAsk.say(on=True, by=one)
    return two


@pytest.fixture
def errand(ada, open_two):
    return Errand.ask("Somebody who knows the nights.", by=ada)


def later(monkeypatch, days):
    today = time.today() + timedelta(days=days)
    monkeypatch.setattr(time, "today", lambda: today)


def test_from_a_newcomers_words_to_a_companion(sign_in, ada, cleo, open_two):
    hollis, _marlow = open_two
    assert ada.is_new
    me, guide = sign_in(ada), sign_in(cleo)
    me.post(at("errand", ada), {"words": "Somebody who knows the nights."})
    me.post(at("errand", ada), {"words": "Somebody who knows the nights."})
    errand = Errand.objects.get()
    assert told(cleo) == ["companions.errand"]
    page = at("pass_on", cleo, errand_key=errand.pk)
    for address in ("/", cleo.circle.get_absolute_url()):
        assert page in guide.get(address).content.decode()
        assert page not in me.get(address).content.decode()
    shown = guide.get(page).content.decode()
    assert all(words in shown for words in ("Somebody who knows the nights.", "Hollis", "Marlow"))
    assert guide.post(page, {"named": [hollis.pk]}).status_code == 302
    assert page not in guide.get("/").content.decode()
    assert told(hollis) == ["companions.asked"]
    tie = Companion.objects.get()
    asked = sign_in(hollis).get(at("companion", hollis, companion_key=tie.pk)).content.decode()
    assert "Somebody who knows the nights." in asked
    assert "Cleo" in asked
    assert "Hollis" not in me.get(at("companions", ada)).content.decode(), "until there is a yes"
    assert me.get(at("companion", ada, companion_key=tie.pk)).status_code == 404
    sign_in(hollis).post(at("companion", hollis, companion_key=tie.pk), {"how": "yes"})
    assert told(ada) == ["companions.yes"]
    assert "Hollis" in me.get(at("companions", ada)).content.decode()
    assert not Errand.objects.exists()


def seen_by(sign_in, ada, cleo, errand):
    """All that whoever asked and whoever guides may see of it, without what differs by itself."""
    shared = [ada.circle.get_absolute_url(), "/"]
    theirs = [at("companions", ada), at("errand", ada), *shared]
    hers = [at("pass_on", cleo, errand_key=errand.pk), *shared]
    pages = [sign_in(who).get(page) for who, some in ((ada, theirs), (cleo, hers)) for page in some]
    assert {page.status_code for page in pages} == {200}
    mains = [page.content.decode().partition("<main")[2].partition("</main>")[0] for page in pages]
    return [re.sub(r"(csrfmiddlewaretoken|data-live)[^>]*", "", main) for main in mains]


def test_neither_side_learns_of_a_no(sign_in, ada, cleo, open_two, errand, monkeypatch):
    hollis, marlow = open_two
    errand.pass_on([hollis.pk, marlow.pk], by=cleo)
    told(ada), told(cleo)
    before = seen_by(sign_in, ada, cleo, errand)
    first = Companion.objects.get()
    first.answer(False, by=next(one for one in open_two if one.pk in first.both))
    second = Companion.objects.get()
    assert second.pk != first.pk, "the next one is asked"
    assert seen_by(sign_in, ada, cleo, errand) == before
    second.answer(False, by=next(one for one in open_two if one.pk in second.both))
    assert not Companion.objects.exists()
    assert seen_by(sign_in, ada, cleo, errand) == before
    assert told(ada) == told(cleo) == []
    later(monkeypatch, 2 * EACH.days - 1)
    assert not Errand.objects.get().lies_before(fresh(cleo)), "as long as silence would take"
    later(monkeypatch, 1)
    assert Errand.objects.get().lies_before(fresh(cleo))


def test_control_a_yes_is_seen(sign_in, ada, cleo, open_two, errand):
    errand.pass_on([open_two[0].pk], by=cleo)
    before = seen_by(sign_in, ada, cleo, errand)
    Companion.objects.get().answer(True, by=open_two[0])
    assert sign_in(cleo).get(at("pass_on", cleo, errand_key=errand.pk)).status_code == 404
    assert "Hollis" in sign_in(ada).get(at("companions", ada)).content.decode()
    assert "Hollis" not in before[0]


def test_whoever_does_not_answer_is_let_be_and_the_next_is_asked(cleo, open_two, errand, monkeypatch):
    errand.pass_on([one.pk for one in open_two], by=cleo)
    first = Companion.objects.get()
    Errand.tidy()
    assert Companion.objects.get() == first
    later(monkeypatch, EACH.days)
    Errand.tidy()
    assert Companion.objects.get() != first
    Errand.tidy()
    later(monkeypatch, EACH.days)
    Errand.tidy()
    assert not Companion.objects.exists()
    assert Errand.objects.get().lies_before(fresh(cleo))


def test_only_whoever_may_be_asked_can_be_named(ada, cleo, circle, open_two, errand):
    hollis, marlow = open_two

    def named():
        return {one.name for one, _terms in errand.candidates(fresh(ada), by=fresh(cleo))}

    assert named() == {"Hollis", "Marlow"}
    OpenToAsk.say(on=True, by=hollis, terms=Terms(languages=("ar",)))
    assert named() == {"Marlow"}, "their language"
    OpenToAsk.say(on=True, by=hollis, terms=Terms(most=1))
    assert named() == {"Hollis", "Marlow"}
    Companion.ask(fresh(hollis), "Hello", by=fresh(marlow))
    assert named() == {"Marlow"}, "their limit"
    marlow.since = time.today() - timedelta(days=29)
    marlow.save()
    assert named() == set(), "never towards somebody who is new"
    assert errand.pass_on([marlow.pk, hollis.pk], by=cleo) is False
    long_here(marlow)
    Block.begin(fresh(ada), by=marlow)
    assert named() == set()


def test_a_question_is_not_shown_to_one_who_guides_and_is_apart(sign_in, ada, cleo, errand):
    page = at("pass_on", cleo, errand_key=errand.pk)
    assert sign_in(cleo).get(page).status_code == 200
    Block.begin(cleo, by=ada)
    assert sign_in(cleo).get(page).status_code == 404
    assert page not in sign_in(cleo).get("/").content.decode()


def test_members_pass_nothing_on(sign_in, ada, dee, cleo, errand):
    page = at("pass_on", cleo, errand_key=errand.pk)
    assert sign_in(dee).get(page).status_code == 404
    with pytest.raises(PermissionError):
        errand.pass_on([1], by=dee)


@pytest.fixture
def dee(circle):
    return enter(Person.objects.join("dee", None), circle, "Dee")


def test_it_is_taken_back_with_the_question_that_is_out(sign_in, ada, cleo, open_two, errand):
    errand.pass_on([open_two[0].pk], by=cleo)
    assert told(open_two[0]) == ["companions.asked"]
    sign_in(ada).post(at("errand", ada), {"how": "back"})
    assert not Companion.objects.exists()
    assert not Errand.objects.exists()
    assert told(open_two[0]) == []


def test_asked_again_by_oneself_it_is_ones_own_question(ada, cleo, open_two, errand):
    hollis, _marlow = open_two
    errand.pass_on([hollis.pk], by=cleo)
    tie = Companion.ask(hollis, "It is me.", by=fresh(ada))
    assert tie.said["words"] == "It is me."
    assert [one.other.name for one in Companion.seen_by(fresh(ada))] == ["Hollis"]


def test_whoever_is_asked_and_leaves_lets_the_next_be_asked(cleo, open_two, errand):
    errand.pass_on([one.pk for one in open_two], by=cleo)
    first = next(one for one in open_two if one.pk in Companion.objects.get().both)
    fresh(first).leave(by=first.person, words="keep")
    tie = Companion.objects.get()
    assert tie.through == cleo.pk
    assert first.pk not in tie.both


def test_whoever_leaves_takes_the_question_along(ada, cleo, open_two, errand):
    errand.pass_on([open_two[0].pk], by=cleo)
    ada.leave(by=ada.person, words="keep")
    assert not Errand.objects.exists()
    assert not Companion.objects.exists()


def test_what_is_asked_lies_sealed(ada, errand):
    raw = repr([list(row.values()) for row in tables()["companions_errand"]])
    assert "nights" not in raw
    assert str(ada.pk) not in raw


@pytest.mark.django_db(transaction=True)
def test_two_who_guide_pass_it_on_at_once_and_one_is_asked(ada, cleo, circle, open_two, errand):
    gil = enter(Person.objects.join("gil", None), circle, "Gil", role=Persona.Role.FACILITATOR)
    hollis, marlow = open_two
    came = at_once(
        lambda: errand.pass_on([hollis.pk], by=fresh(cleo)), lambda: errand.pass_on([marlow.pk], by=fresh(gil))
    )
    assert not failures(came), came
    assert sorted(came) == [False, True]
    assert Companion.objects.count() == 1
