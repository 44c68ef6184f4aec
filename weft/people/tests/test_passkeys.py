"""Passkeys: the right answer opens once; whatever else a stranger sends opens nothing and breaks nothing."""

import base64
import json
import time

import pytest
from django.test import Client

from weft.conftest import PASSPHRASE
from weft.people import passkeys, totp
from weft.people.models import Device, Passkey, Person
from weft.people.tests.conftest import signed_in
from weft.people.tests.softkey import PRESENT, SoftKey

pytestmark = pytest.mark.django_db
HOST = {"headers": {"host": "localhost"}}
JUNK = [
    "",
    "null",
    "[]",
    "{}",
    '{"id": "YQ", "rawId": "YQ", "type": "public-key", "response": {}}',
    json.dumps(
        {
            "id": "YWFh",
            "rawId": "YWFh",
            "type": "public-key",
            "response": {"clientDataJSON": "e30", "authenticatorData": "AAAA", "signature": "AAAA"},
        }
    ),
    "x" * 30_000,
]


@pytest.fixture
def key(db) -> SoftKey:
    """Robin has joined with it."""
    key, client = SoftKey(), Client()
    options = client.post("/passkeys/new/", {"name": "robin"}, **HOST).json()
    assert client.post("/join/name/", {"name": "robin", "passkey": key.make(options)}, **HOST).url == "/join/code/"
    return key


def ask(client: Client) -> dict:
    return client.post("/passkeys/ask/", **HOST).json()


def come_in(client: Client, answer: str):
    return client.post("/door/passkey/", {"passkey": answer, "next": "/settings/"}, **HOST)


def test_the_right_answer_opens(key: SoftKey):
    client = Client()
    assert come_in(client, key.answer(ask(client))).url == "/settings/"
    assert signed_in(client)


def test_an_answer_counts_once_and_only_from_the_browser_that_was_asked(key: SoftKey):
    client, other = Client(), Client()
    for browser in (client, other):
        browser.get("/door/", **HOST)
    answer = key.answer(ask(client))
    come_in(other, answer)
    assert not signed_in(other)
    assert come_in(client, answer).url == "/settings/"
    again = Client()
    again.cookies["form"] = client.cookies["form"].value
    come_in(again, answer)
    assert not signed_in(again)


def test_an_answer_that_comes_too_late_opens_nothing(key: SoftKey, monkeypatch):
    client = Client()
    answer = key.answer(ask(client))
    monkeypatch.setattr(passkeys, "WAITING", -1)
    come_in(client, answer)
    assert not signed_in(client)


def test_a_question_of_ones_own_making_is_no_question(key: SoftKey):
    client = Client()
    options = ask(client)
    forged = json.dumps({"challenge": options["challenge"], "user_verification": None, "at": 2e9, "by": ""})
    for asked in ("", "x", base64.b64encode(forged.encode()).decode(), base64.b64encode(b"\x01" * 60).decode()):
        come_in(client, key.answer({**options, "asked": asked}))
        assert not signed_in(client)


@pytest.mark.parametrize("wrong", ["origin", "place", "flags", "signature", "kind"])
def test_a_wrong_answer_opens_nothing(key: SoftKey, wrong: str):
    client = Client()
    options = ask(client)
    if wrong == "origin":
        key.origin = "https://evil.example"
    elif wrong == "place":
        key.place = "evil.example"
    elif wrong == "signature":
        key.secret = SoftKey().secret
    answer = key.make(options) if wrong == "kind" else key.answer(options, 0 if wrong == "flags" else PRESENT)
    come_in(client, answer)
    assert not signed_in(client)


def test_a_device_that_did_not_make_sure_of_its_owner_needs_the_second_step(key: SoftKey):
    secret = totp.new_secret()
    assert Person.objects.get().begin_second_step(secret, totp.code_at(secret, time.time()))
    sure, unsure = Client(), Client()
    assert come_in(sure, key.answer(ask(sure))).url == "/settings/"
    assert come_in(unsure, key.answer(ask(unsure), PRESENT)).url == "/door/step/"
    assert not signed_in(unsure)


def test_somebody_elses_passkey_proves_nothing(key: SoftKey, wren: Person, sign_in):
    client = sign_in(wren)
    client.post("/settings/proof/", {"passkey": key.answer(ask(client))}, **HOST)
    assert "to be sure that it is you" in client.get("/settings/name/").content.decode()
    mine = sign_in(Person.objects.named("robin"))
    assert "use your passkey first" not in mine.get("/settings/name/", **HOST).content.decode()
    mine.post("/settings/proof/", {"passkey": key.answer(ask(mine))}, **HOST)
    assert "Your new sign-in name" in mine.get("/settings/name/", **HOST).content.decode()


def test_a_passkey_that_is_kept_already_is_not_kept_for_another(key: SoftKey, wren: Person):
    client = Client()
    client.post("/door/", {"name": "wren", "passphrase": PASSPHRASE, "next": "/settings/"}, **HOST)
    options = client.post("/passkeys/new/", **HOST).json()
    client.post("/settings/passkeys/", {"label": "mine", "passkey": key.make(options)}, **HOST)
    assert Passkey.objects.get().person == Person.objects.named("robin")


def test_a_person_who_was_switched_off_stays_out(key: SoftKey):
    Person.objects.update(is_active=False)
    client = Client()
    come_in(client, key.answer(ask(client)))
    assert not signed_in(client)


@pytest.mark.parametrize("junk", JUNK)
def test_junk_at_the_door(wren: Person, junk: str):
    client = Client()
    client.post("/passkeys/ask/", **HOST)
    answer = client.post("/door/passkey/", {"passkey": junk, "next": "/settings/clock/"}, **HOST)
    assert "That passkey did not open the door." in answer.content.decode()
    assert 'name="next" value="/settings/clock/"' in answer.content.decode()
    assert not signed_in(client)


def test_nobody_joins_with_a_passkey_that_is_kept_already(key: SoftKey):
    client = Client()
    options = client.post("/passkeys/new/", {"name": "wren"}, **HOST).json()
    answer = client.post("/join/name/", {"name": "wren", "passkey": key.make(options)}, **HOST)
    assert "That passkey did not open the door." in answer.content.decode()
    assert not Person.objects.named("wren")


@pytest.mark.parametrize("junk", JUNK[1:-1])
def test_junk_when_joining(db, junk: str):
    client = Client()
    client.post("/passkeys/new/", {"name": "robin"}, **HOST)
    answer = client.post("/join/name/", {"name": "robin", "passkey": junk}, **HOST)
    assert "That passkey did not open the door." in answer.content.decode()
    assert not Person.objects.exists()


def test_junk_proves_nothing(wren: Person, sign_in):
    client = sign_in(wren)
    answer = client.post("/settings/proof/", {"passkey": JUNK[5], "next": "/settings/name/"}, follow=True)
    assert "to be sure that it is you" in answer.content.decode()


def test_each_question_is_new_and_costs_a_visitor_no_session(db):
    client = Client()
    assert len({ask(client)["challenge"] for _n in range(5)}) == 5
    assert "place" not in client.cookies
    assert not Device.objects.exists()


def test_what_the_device_is_told_names_no_house_and_no_id(db):
    said = Client().post("/passkeys/new/", {"name": "robin"}, **HOST).json()
    assert said["rp"] == {"id": "localhost", "name": "localhost"}
    assert said["user"]["name"] == "robin"
    assert said["authenticatorSelection"]["residentKey"] == "required"


def test_where_passkeys_cannot_work_they_are_not_offered(db):
    assert "data-passkey-button" in Client().get("/door/", **HOST).content.decode()
    assert "data-passkey-button" not in Client().get("/door/", headers={"host": "127.0.0.1"}).content.decode()
    assert Client().post("/passkeys/ask/", headers={"host": "127.0.0.1"}).status_code == 429
