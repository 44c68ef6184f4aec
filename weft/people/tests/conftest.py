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


@pytest.fixture
def chromium(live_server, monkeypatch):
    """The system's Chromium, on a phone's screen, as people use it: with the memory of pages for “Back” switched on."""
    from playwright.sync_api import sync_playwright

    monkeypatch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "1")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path="/usr/bin/chromium",
            args=["--no-sandbox"],
            ignore_default_args=["--disable-back-forward-cache"],
        )
        context = browser.new_context(viewport={"width": 360, "height": 640}, base_url=live_server.url)
        context.set_default_timeout(10_000)
        yield context
        browser.close()
