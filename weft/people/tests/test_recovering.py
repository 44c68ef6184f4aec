"""The recovery code: the one way back, and never lost to a double click or a broken line."""

import re

import pytest
from django.test import Client

from weft.conftest import PASSPHRASE
from weft.people import totp
from weft.people.models import Person
from weft.people.tests.conftest import at_the_door, signed_in, words

pytestmark = pytest.mark.django_db
CODE = "0k3vm-1w9ra-2vq8h-z7j6x"


@pytest.fixture
def kept(wren: Person) -> Person:
    wren.keep_code(CODE)
    return wren


def come_back(code: str = CODE):
    client = Client()
    return client, client.post("/door/recovery/", {"code": code})


def test_the_code_lets_in_and_gives_a_new_one_at_once(kept: Person):
    client, answer = come_back()
    assert answer.url == "/join/code/"
    new = re.search(r'class="code">([^<]+)<', client.get("/join/code/").content.decode())[1]
    assert new != CODE
    assert client.post("/join/code/", {"kept": "on"}).url == "/settings/passphrase/"
    assert signed_in(come_back(new)[0])
    assert not signed_in(come_back(CODE)[0])


def test_the_old_code_opens_until_the_new_one_is_on_paper(kept: Person):
    """The line breaks, or the form is sent twice: nobody has seen the new code."""
    come_back()
    assert signed_in(come_back()[0])


def test_a_new_passphrase_is_chosen_without_the_lost_one(kept: Person):
    client, _answer = come_back()
    answer = client.post("/settings/passphrase/", {"passphrase": "seven new boots by the door"})
    assert answer.url == "/settings/"
    assert at_the_door("wren", "seven new boots by the door")[1].status_code == 302
    assert at_the_door("wren", PASSPHRASE)[1].status_code == 200


def test_a_code_is_understood_as_it_was_written_down(kept: Person):
    for written in (CODE.upper(), CODE.replace("-", " "), "OK3VM iw9ra 2VQ8H Z7J6X", f" {CODE.replace('v', 'u')}\n"):
        assert signed_in(come_back(written)[0])


def test_it_signs_out_everywhere_else(kept: Person):
    thief, _answer = at_the_door("wren", PASSPHRASE)
    assert signed_in(thief)
    come_back()
    assert not signed_in(thief)


def test_it_brings_back_whoever_lost_the_code_app(kept: Person):
    import time

    secret = totp.new_secret()
    kept.begin_second_step(secret, totp.code_at(secret, time.time()))
    assert signed_in(come_back()[0])
    assert not Person.objects.get().has_second_step


def test_a_wrong_code_says_only_that(kept: Person):
    wrong, near = come_back("0k3vm-1w9ra-2vq8h-z7j6y")[1], come_back("aaaaa-aaaaa-aaaaa-aaaaa")[1]
    assert wrong.status_code == near.status_code == 200
    assert "That is not a recovery code" in words(wrong)
    assert words(wrong).replace("0k3vm-1w9ra-2vq8h-z7j6y", "") == words(near).replace("aaaaa-aaaaa-aaaaa-aaaaa", "")


def test_nobody_without_a_code_is_found_by_an_empty_one(wren: Person):
    assert not signed_in(come_back("")[0])
    assert not signed_in(come_back(" - - ")[0])
