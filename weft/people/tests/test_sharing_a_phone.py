"""A phone that others use too: nothing is offered again, and nobody stays signed in by forgetting."""

from datetime import timedelta

import pytest
from django.utils import timezone

from weft.conftest import PASSPHRASE
from weft.loom import time
from weft.people import devices
from weft.people.models import Device, Person
from weft.people.tests.conftest import at_the_door, signed_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def later(monkeypatch):
    """Let time pass, in seconds. It is ten to midnight: what is used over midnight stays open."""
    really = timezone.now().replace(hour=23, minute=50)
    monkeypatch.setattr(time, "now", lambda: really.replace(microsecond=0))

    def pass_by(seconds: int) -> None:
        now = really + timedelta(seconds=seconds)
        monkeypatch.setattr(time, "now", lambda: now.replace(microsecond=0))

    return pass_by


def test_the_sign_in_ends_with_the_browser(wren: Person):
    client, _answer = at_the_door("wren", PASSPHRASE, shared="on")
    assert client.cookies["place"]["max-age"] == ""
    assert client.session["shared"] is True
    mine, _answer = at_the_door("wren", PASSPHRASE)
    assert mine.cookies["place"]["max-age"] > 0, "the control: on one's own phone it stays"


def test_half_an_hour_without_use_signs_out(wren: Person, later):
    shared, mine = at_the_door("wren", PASSPHRASE, shared="on")[0], at_the_door("wren", PASSPHRASE)[0]
    later(devices.IDLE + 60)
    assert not signed_in(shared)
    assert signed_in(mine)
    assert Device.objects.count() == 1


def test_use_keeps_it_open(wren: Person, later):
    client, _answer = at_the_door("wren", PASSPHRASE, shared="on")
    later(devices.IDLE - 60)
    assert signed_in(client)
    later(2 * devices.IDLE - 180)
    assert signed_in(client)


def test_the_last_use_is_not_in_the_open(wren: Person):
    client, _answer = at_the_door("wren", PASSPHRASE, shared="on")
    row = Device.objects.values().get()
    assert str(client.session["seen"]) not in str(row)
    assert row["expires_on"] == time.today() + timedelta(days=2)


def test_its_tabs_are_called_notes(wren: Person):
    shared, mine = at_the_door("wren", PASSPHRASE, shared="on")[0], at_the_door("wren", PASSPHRASE)[0]
    assert "<title>Notes</title>" in shared.get("/settings/").content.decode()
    assert "<title>Settings</title>" in mine.get("/settings/").content.decode()


def test_the_door_offers_no_autofill_there(db):
    from django.test import Client

    page = Client().get("/door/").content.decode()
    assert '<noscript><p><a href="/door/?shared">' in page
    assert 'autocomplete="username webauthn"' in page
    assert 'autocomplete="current-password"' in page
    page = Client().get("/door/?shared").content.decode()
    assert "current-password" not in page
    assert page.count('autocomplete="off"') == 2
