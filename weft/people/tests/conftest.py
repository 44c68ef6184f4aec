"""Wren has an account and is in no circle: whatever happens at the door happens to a person alone."""

import re

import pytest
from django.test import Client

from weft.conftest import PASSPHRASE
from weft.loom import caps
from weft.people.models import Person


@pytest.fixture(autouse=True)
def _no_tries_yet() -> None:
    caps.forget()


@pytest.fixture
def wren(db: None) -> Person:
    return Person.objects.join("wren", PASSPHRASE)


def at_the_door(name: str, passphrase: str, **more: str):
    """A fresh browser, and what the door answers."""
    client = Client()
    answer = client.post("/door/", {"name": name, "passphrase": passphrase, "next": "/settings/", **more})
    return client, answer


def signed_in(client: Client) -> bool:
    return client.get("/settings/").status_code == 200


def words(answer) -> str:
    """A page without what differs on every request by design: the form's own secret."""
    return re.sub(r'name="csrfmiddlewaretoken" value="[^"]+"', "", answer.content.decode())
