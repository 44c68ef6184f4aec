"""A letter proves that somebody was there, and nothing else."""

import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from weft.circles.models import House
from weft.conftest import enter, make_circle
from weft.gatherings.models import AttendanceLetter, Correction, Gathering, LettersHere
from weft.gatherings.models.attendance import of_gathering, of_persona
from weft.gatherings.tests.conftest import make_gathering, sit
from weft.loom import caps, ids, time
from weft.people.models import Person

pytestmark = pytest.mark.django_db

CHECK = "/letters/"


@pytest.fixture
def house(db):
    House.objects.create(commons=make_circle("Mill House", kind="commons"), kind="charity", country="GB")
    House.forget()
    return House.here()


@pytest.fixture
def past(circle, ada, ben, cleo) -> Gathering:
    """An hour that is over: Ada and Ben were there, Cleo guided it."""
    return over(make_gathering(circle), cleo, ada, ben)


def over(gathering, guide, *others) -> Gathering:
    gathering.starts = time.now() - timedelta(hours=20)
    gathering.phase = "ended"
    gathering.save()
    for persona in (guide, *others):
        seat = sit(gathering, persona, "leads" if persona == guide else "")
        seat.came_at, seat.left_at = gathering.starts, gathering.starts + timedelta(minutes=50)
        seat.save()
    return gathering


@pytest.fixture
def letter(house, past, ada, cleo) -> AttendanceLetter:
    LettersHere.turn(True, by=cleo)
    letter = AttendanceLetter.begin(ids.random_id(), ada, of_persona(ada))
    letter.put_name("Adaeze Outward")
    return letter


def check(client, code: str):
    caps.forget()
    return client.post(CHECK, {"code": code})


def plain(page) -> str:
    return re.sub(r'(csrfmiddlewaretoken" value|Weft-\w+)="[^"]*"', "", page.content.decode())


# Who was there


def test_ones_own_times_are_for_oneself_and_all_for_who_guides(past, ada, ben, cleo, sign_in):
    address = reverse("gatherings:attendance", kwargs={"key": past.circle_id, "gathering_key": past.pk})
    mine, all_of_them = (sign_in(who).get(address).content.decode() for who in (ada, cleo))
    assert str(ada.name) in mine
    assert str(ben.name) not in mine
    assert str(ada.name) in all_of_them
    assert str(ben.name) in all_of_them


def test_who_guides_puts_a_line_right_and_it_says_who_and_when(past, ada, ben, cleo, sign_in):
    address = reverse("gatherings:attendance", kwargs={"key": past.circle_id, "gathering_key": past.pk})
    said = {"who": ben.pk, "how": "phone", "came": "19:00", "left": "19:30"}
    assert sign_in(ada).post(address, said).status_code == 404
    assert sign_in(cleo).post(address, said).status_code == 302
    assert sign_in(cleo).post(address, said).status_code == 302  # pressed twice
    found = {seat.persona_id: one for seat, one in of_gathering(past)}
    assert (found[ben.pk].how, found[ben.pk].minutes, found[ada.pk].minutes) == ("phone", 30, 50)
    assert Correction.objects.get().by == cleo
    page = sign_in(ben).get(address).content.decode()
    assert f"Put right by {cleo.name}" in page
    assert sign_in(cleo).post(address, said | {"how": "not"}).status_code == 302
    assert not of_persona(ben)
    assert Correction.objects.count() == 2  # nothing that was said is overwritten


# The letter


def test_a_letter_names_no_roster_no_circle_and_no_condition(letter, past, circle, ada, ben, cleo, sign_in, client):
    circle.name, circle.about = "Anxiety circle", "For people with anxiety."
    circle.save()
    secret = ["Anxiety", "anxiety", "Tuesday hour", *(str(one.name) for one in (ada, ben, cleo))]
    paper = sign_in(ada).get(reverse("gatherings:letter", kwargs={"letter_key": letter.pk})).content.decode()
    public = check(client, letter.code).content.decode()
    for page in (paper, public):
        assert "Adaeze Outward" in page
        assert "Mill House" in page
        assert ">50<" in page
        assert not [word for word in secret if word in page]
    assert not [word for word in secret if word in str(letter.said)]
    control = sign_in(ada).get(past.get_absolute_url()).content.decode()
    assert [word for word in secret if word in control]  # they are there to be told


def test_a_code_is_read_as_it_was_meant(letter, client):
    assert b"Adaeze Outward" in check(client, letter.code.upper().replace("-", " ")).content


def test_a_forged_or_altered_letter_fails(letter, circle, ben, client):
    assert b"Adaeze Outward" in check(client, letter.code).content
    good = letter.said
    for altered in (
        good | {"name": "Somebody Else"},
        good | {"days": [*good["days"], ["2026-01-01", 60]]},
        good | {"until": "2099-01-01"},
    ):
        letter.said = altered
        letter.save()
        assert AttendanceLetter.checked(letter.code) is None
        assert b"No letter holds" in check(client, letter.code).content
    letter.said = good
    letter.persona = ben
    letter.save()
    assert AttendanceLetter.checked(letter.code) is None
    forged = AttendanceLetter(circle=circle, persona=ben, said=good, signature=letter.signature)
    AttendanceLetter.objects.all().delete()
    forged.code_tag = AttendanceLetter.tag(letter.code)
    forged.save(force_insert=True)
    assert AttendanceLetter.checked(letter.code) is None
    forged.signature = forged.signed()
    forged.save()
    assert AttendanceLetter.checked(letter.code)  # the control: signed by the house itself, it would hold


def test_guessing_a_code_gets_nothing(letter, past, cleo, ben, client):
    """A wrong code, one taken back, one too old and one without a name are the same page, at the same cost."""
    gone = AttendanceLetter.begin(ids.random_id(), ben, of_persona(ben))
    gone.put_name("Gone")
    gone.take_back()
    old = AttendanceLetter.begin(ids.random_id(), ben, of_persona(ben))
    old.put_name("Old")
    old.said = old.said | {"until": (time.today() - timedelta(days=1)).isoformat()}
    old.signature = old.signed()
    old.save()
    AttendanceLetter.begin(ids.random_id(), ben, of_persona(ben), by=cleo)
    pages, costs = set(), set()
    for code in (ids.code(16, 4), "x", "0", gone.code, old.code):
        with CaptureQueriesContext(connection) as queries:
            answer = check(client, code)
        pages.add((answer.status_code, plain(answer)))
        costs.add(len(queries))
    assert len(pages) == 1
    assert costs == {len(queries)}
    assert (200, plain(check(client, letter.code))) not in pages


def test_guessing_codes_is_slowed_down(letter, client):
    caps.forget()
    answers = [client.post(CHECK, {"code": ids.code(16, 4)}).status_code for _try in range(70)]
    assert answers[0] == 200
    assert answers[-1] == 429


def test_no_code_lies_in_an_address_or_in_the_open(letter):
    row = AttendanceLetter.objects.values().get()
    assert letter.code.encode() not in b"".join(bytes(v) for v in row.values() if isinstance(v, bytes | memoryview))


def test_no_letter_is_given_where_the_circle_gives_none(house, past, ada, cleo, sign_in):
    address = reverse("gatherings:letters", kwargs={"key": past.circle_id})
    said = {"times": [str(of_persona(ada)[0].seat.pk)], "name": "Adaeze", "once": ids.random_id()}
    assert sign_in(ada).post(address, said).status_code == 404
    assert not AttendanceLetter.objects.exists()
    here = reverse("gatherings:letters_here", kwargs={"key": past.circle_id})
    assert sign_in(ada).post(here, {"on": "1"}).status_code == 404
    assert sign_in(cleo).post(here, {"on": "1"}).status_code == 302
    for _twice in range(2):
        assert sign_in(ada).post(address, said).status_code == 302
    assert AttendanceLetter.objects.get().is_true


def test_who_guides_begins_a_letter_and_never_sees_the_name_on_it(house, past, ada, ben, cleo, sign_in):
    LettersHere.turn(True, by=cleo)
    address = reverse("gatherings:letter_for", kwargs={"key": past.circle_id, "persona_key": ada.pk})
    said = {"times": [str(of_persona(ada)[0].seat.pk)], "once": ids.random_id()}
    assert sign_in(ben).post(address, said).status_code == 404
    assert sign_in(cleo).post(address, said).status_code == 302
    letter = AttendanceLetter.objects.get()
    assert not letter.is_named
    assert letter.code_tag is None
    own = reverse("gatherings:letter", kwargs={"letter_key": letter.pk})
    for stranger in (cleo, ben):
        assert sign_in(stranger).get(own).status_code == 404
        assert sign_in(stranger).post(own, {"name": "Not Ada"}).status_code == 404
    assert sign_in(ada).post(own, {"name": "Adaeze Outward"}).status_code == 302
    assert sign_in(ada).post(own, {"name": "Another"}).status_code == 200  # a name is put once
    letter.refresh_from_db()
    assert letter.is_true
    assert letter.name == "Adaeze Outward"
    assert b"Adaeze Outward" not in sign_in(cleo).get(address).content


def test_a_letter_holds_times_of_ones_own_only(house, past, ada, ben, cleo, sign_in):
    LettersHere.turn(True, by=cleo)
    address = reverse("gatherings:letters", kwargs={"key": past.circle_id})
    others = [str(of_persona(ben)[0].seat.pk)]
    said = {"times": others, "name": "Adaeze", "once": ids.random_id()}
    assert sign_in(ada).post(address, said).status_code == 200
    assert not AttendanceLetter.objects.exists()


def test_a_letter_that_was_taken_back_holds_no_more(letter, ada, client, sign_in):
    assert b"Adaeze Outward" in check(client, letter.code).content
    own = reverse("gatherings:letter", kwargs={"letter_key": letter.pk})
    assert sign_in(ada).post(own, {"back": "1"}).status_code == 302
    assert b"No letter holds" in check(client, letter.code).content
    assert sign_in(ada).get(own).status_code == 404


def test_old_letters_are_gone(letter, monkeypatch):
    AttendanceLetter.tidy()
    assert AttendanceLetter.objects.exists()
    monkeypatch.setattr(time, "today", lambda: letter.until + timedelta(days=1))
    AttendanceLetter.tidy()
    assert not AttendanceLetter.objects.exists()


def test_the_list_of_times_costs_the_same_with_one_and_three(house, past, circle, ada, cleo, sign_in):
    LettersHere.turn(True, by=cleo)
    address = reverse("gatherings:letters", kwargs={"key": circle.pk})

    def cost() -> int:
        browser = sign_in(ada)
        browser.get(address)
        with CaptureQueriesContext(connection) as queries:
            assert browser.get(address).status_code == 200
        return len(queries)

    one = cost()
    for _more in range(2):
        over(make_gathering(circle), cleo, ada)
        AttendanceLetter.begin(ids.random_id(), ada, of_persona(ada)).put_name("A")
    assert cost() == one <= 8


def test_the_list_of_who_was_there_costs_the_same_for_many(past, circle, cleo, sign_in):
    address = reverse("gatherings:attendance", kwargs={"key": circle.pk, "gathering_key": past.pk})

    def cost() -> int:
        browser = sign_in(cleo)
        browser.get(address)
        with CaptureQueriesContext(connection) as queries:
            assert browser.get(address).status_code == 200
        return len(queries)

    times = {"came": past.starts, "left": past.ends}
    Correction.put_right(past, cleo, how="person", **times, by=cleo)
    one = cost()
    for n in range(4):
        persona = enter(Person.objects.join(f"more {n}", None), circle, f"More {n}")
        Correction.put_right(past, persona, how="person", **times, by=cleo)
    assert cost() == one <= 10
