"""The door: known and unknown names get the same answer, and nobody can be locked out by a stranger."""

import statistics
import time

import pytest
from django.test import Client

from weft.conftest import PASSPHRASE
from weft.loom import ids
from weft.people import door
from weft.people.models import Device, Person
from weft.people.tests.conftest import at_the_door, signed_in, words

pytestmark = pytest.mark.django_db


def test_whoever_knows_both_comes_in_and_goes_where_they_wanted(wren: Person):
    client, answer = at_the_door("wren", PASSPHRASE)
    assert answer.url == "/settings/"
    assert signed_in(client)


def test_a_closed_page_leads_to_the_door_and_back(wren: Person):
    client = Client()
    assert client.get("/settings/clock/").url == "/door/?next=/settings/clock/"
    assert 'name="next" value="/settings/clock/"' in client.get("/door/?next=/settings/clock/").content.decode()


@pytest.mark.parametrize("elsewhere", ["https://evil.example/", "//evil.example/", "/\\evil.example"])
def test_the_door_leads_nowhere_else(wren: Person, elsewhere: str, settings):
    settings.LOGIN_REDIRECT_URL = "/settings/"
    assert at_the_door("wren", PASSPHRASE, next=elsewhere)[1].url == "/settings/"


def test_an_unknown_name_gets_the_same_bytes_as_a_wrong_passphrase():
    before = at_the_door("wren", "five wrong words in a row")[1]
    person = Person.objects.join("wren", PASSPHRASE)
    known = at_the_door("wren", "five wrong words in a row")[1]
    person.set_unusable_password()
    person.save()
    by_passkey_only = at_the_door("wren", PASSPHRASE)[1]
    assert before.status_code == known.status_code == by_passkey_only.status_code == 200
    assert words(before) == words(known) == words(by_passkey_only)
    assert before.headers == known.headers
    assert "do not open the door together" in words(known)


def test_an_unknown_name_takes_as_long_as_a_wrong_passphrase(wren: Person, monkeypatch: pytest.MonkeyPatch):
    """In work, not by the clock on the wall: a busy machine makes anything late."""
    monkeypatch.undo()  # passphrases cost what they cost people
    Person.objects.join("finch", PASSPHRASE)
    taken: dict[str, list[float]] = {"finch": [], "nobody": []}
    for _round in range(9):
        for name, times in taken.items():
            then = time.process_time()
            door.by_passphrase(name, "five wrong words in a row")
            times.append(time.process_time() - then)
    known, unknown = (statistics.median(times) for times in taken.values())
    then = time.process_time()
    Person.objects.named("nobody")
    assert time.process_time() - then < unknown / 4, "the control: looking up alone is much faster"
    assert 0.6 < unknown / known < 1.6


def test_signing_in_changes_the_session_and_brings_nothing_along(wren: Person):
    client = Client()
    session = client.session
    session["planted"] = True
    session.save()
    client.cookies["place"] = session.session_key
    client.post("/door/", {"name": "wren", "passphrase": PASSPHRASE, "next": "/settings/"})
    assert client.cookies["place"].value != session.session_key
    assert "planted" not in client.session
    assert Device.objects.count() == 1


def test_tries_for_one_name_run_out_and_known_and_unknown_run_out_alike(wren: Person):
    for name in ("wren", "nobody"):
        seen = [at_the_door(name, "five wrong words in a row")[1].status_code for _try in range(10)]
        assert seen == [200] * door.BY_NAME.at_once + [429] * (10 - door.BY_NAME.at_once)


def test_a_stranger_cannot_lock_somebody_out(wren: Person):
    code = ids.code(20, group=5)
    wren.keep_code(code)
    for _try in range(30):
        at_the_door("wren", "five wrong words in a row")
    answer = at_the_door("wren", PASSPHRASE)[1]
    assert answer.status_code == 429
    assert "A passkey and the recovery code still open." in answer.content.decode()
    client = Client()
    assert client.post("/door/recovery/", {"code": code}).url == "/join/code/"
    assert signed_in(client)


def test_the_tries_of_one_name_are_not_those_of_another(wren: Person):
    for _try in range(30):
        at_the_door("mallory", "five wrong words in a row")
    assert at_the_door("wren", PASSPHRASE)[1].status_code == 302


def test_a_wrong_passphrase_is_not_sent_back(wren: Person):
    page = at_the_door("wren", "five wrong words in a row")[1].content.decode()
    assert 'value="wren"' in page
    assert 'type="password" name="passphrase"' in page
    assert "five wrong words" not in page


def test_whoever_is_in_needs_no_door(wren: Person, sign_in):
    assert sign_in(wren).get("/door/?next=/settings/clock/").url == "/settings/clock/"
    assert sign_in(wren).get("/join/name/?next=/settings/clock/").url == "/settings/clock/"


def test_a_double_click_at_the_door_comes_in_once_more(wren: Person):
    client, _answer = at_the_door("wren", PASSPHRASE)
    again = client.post("/door/", {"name": "wren", "passphrase": PASSPHRASE, "next": "/settings/"})
    assert again.url == "/settings/"
    assert signed_in(client)


def test_a_form_without_its_secret_is_refused(wren: Person):
    client = Client(enforce_csrf_checks=True)
    assert client.post("/door/", {"name": "wren", "passphrase": PASSPHRASE}).status_code == 403
