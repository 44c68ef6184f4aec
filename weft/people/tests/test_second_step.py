"""The second step: six figures from a code app, each of which counts once."""

import time

import pytest

from weft.conftest import PASSPHRASE
from weft.people import door, totp
from weft.people.models import Person
from weft.people.tests.conftest import at_the_door, signed_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def secret(wren: Person) -> str:
    secret = totp.new_secret()
    assert wren.begin_second_step(secret, totp.code_at(secret, time.time() - 30))
    return secret


def test_the_door_asks_for_it_and_lets_nobody_in_before(wren: Person, secret: str):
    client, answer = at_the_door("wren", PASSPHRASE)
    assert answer.url == "/door/step/"
    assert not signed_in(client)
    answer = client.post("/door/step/", {"code": totp.code_at(secret, time.time())})
    assert answer.url == "/settings/"
    assert signed_in(client)


def test_a_code_counts_once(wren: Person, secret: str):
    code = totp.code_at(secret, time.time())
    at_the_door("wren", PASSPHRASE)[0].post("/door/step/", {"code": code})
    client, _answer = at_the_door("wren", PASSPHRASE)
    assert "That code does not fit." in client.post("/door/step/", {"code": code}).content.decode()
    assert not signed_in(client)


def test_an_old_code_and_a_wrong_one_open_nothing(wren: Person, secret: str):
    for code in (totp.code_at(secret, time.time() - 300), "000000", "", "x" * 12):
        client, _answer = at_the_door("wren", PASSPHRASE)
        client.post("/door/step/", {"code": code})
        assert not signed_in(client)


def test_tries_run_out(wren: Person, secret: str):
    client, _answer = at_the_door("wren", PASSPHRASE)
    seen = [client.post("/door/step/", {"code": "000000"}).status_code for _try in range(8)]
    assert seen == [200] * door.BY_CODE_APP.at_once + [429] * (8 - door.BY_CODE_APP.at_once)


def test_nobody_comes_to_the_second_step_without_the_first(wren: Person, secret: str, client):
    assert client.get("/door/step/").url == "/door/"
    assert client.post("/door/step/", {"code": totp.code_at(secret, time.time())}).url == "/door/"


def test_a_first_step_of_long_ago_counts_no_more(wren: Person, secret: str, monkeypatch):
    client, _answer = at_the_door("wren", PASSPHRASE)
    monkeypatch.setattr(door, "HALF", -1)
    assert client.get("/door/step/").url == "/door/"


def test_it_is_switched_on_only_when_the_app_works(wren: Person):
    client, _answer = at_the_door("wren", PASSPHRASE)
    page = client.get("/settings/step/").content.decode()
    secret = client.session["secret"]
    assert "<svg" in page
    assert " ".join([secret[i : i + 4] for i in range(0, len(secret), 4)]) in page
    client.post("/settings/step/", {"code": "000000"})
    assert not Person.objects.get().has_second_step
    client.post("/settings/step/", {"code": totp.code_at(secret, time.time())})
    assert Person.objects.get().has_second_step
    assert "secret" not in client.session


def test_switching_it_off_asks_who_it_is(wren: Person, secret: str, sign_in):
    client = sign_in(wren)
    client.post("/settings/step/", {"present": "five wrong words in a row"})
    assert Person.objects.get().has_second_step
    client.post("/settings/step/", {"present": PASSPHRASE})
    assert not Person.objects.get().has_second_step


def test_the_picture_names_neither_person_nor_house(wren: Person):
    address = totp.address("ABC", "place.example")
    assert address == "otpauth://totp/place.example?secret=ABC&digits=6&period=30"


def test_codes_are_those_of_the_standard():
    """RFC 6238, appendix B, the last six figures."""
    import base64

    secret = base64.b32encode(b"12345678901234567890").decode()
    shown = [totp.code_at(secret, at) for at in (59, 1111111109, 1234567890, 20000000000)]
    assert shown == ["287082", "081804", "005924", "353130"]
