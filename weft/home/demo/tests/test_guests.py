"""The page by which a visitor comes in as one of the made-up people."""

from collections.abc import Iterator

import pytest
from django.conf import settings
from django.contrib.auth import SESSION_KEY
from django.test import Client, override_settings
from django.urls import reverse

import weft.urls  # noqa: F401  # read as a real house's, before this file turns the house into the example
from weft.home.demo.guests import GUESTS
from weft.loom import pages
from weft.people.models import Person


@pytest.fixture(scope="module")
def as_example() -> Iterator[None]:
    """The house runs as the example: with its pages, and its link at the foot."""
    apps, templates = [*settings.INSTALLED_APPS, "weft.home.demo"], list(settings.TEMPLATES)
    urls = "weft.home.demo.tests.urls"
    with override_settings(DEMO=True, INSTALLED_APPS=apps, TEMPLATES=templates, ROOT_URLCONF=urls):
        pages.doors.cache_clear()
        yield
    pages.doors.cache_clear()


@pytest.fixture
def example(as_example, filled, db) -> Client:
    """A visitor's browser."""
    return Client()


def here(browser: Client) -> Person | None:
    """Whoever is signed in, and sees their first page."""
    assert browser.get("/").status_code == 200
    return Person.objects.filter(pk=browser.session.get(SESSION_KEY)).first()


def test_the_page_shows_everybody_one_may_be(example):
    page = example.get("/demo/").content.decode()
    assert "made up" in page
    assert all(f"/demo/{key}/" in page for key in [*GUESTS, "nobody"])


@pytest.mark.parametrize("key", GUESTS)
def test_one_button_signs_in(example, key):
    answer = example.post(f"/demo/{key}/")
    assert (answer.status_code, answer.url) == (302, "/")
    assert here(example) == Person.objects.named(key)


def test_whoever_is_here_can_be_somebody_else_and_then_nobody(example):
    example.post("/demo/wren/")
    example.post("/demo/noor/")
    assert here(example) == Person.objects.named("noor")
    example.post("/demo/nobody/")
    assert here(example) is None


def test_a_link_signs_nobody_in(example):
    assert example.get("/demo/wren/").status_code == 405
    assert here(example) is None


@pytest.mark.parametrize("key", ["mallory", "p07", "v01"])
def test_only_those_on_the_page_can_be_signed_in_as(example, key):
    assert example.post(f"/demo/{key}/").status_code == 404


def test_every_page_says_at_its_foot_that_this_is_the_example(example):
    for address in ["/", reverse("circles:find"), reverse("people:door")]:
        assert 'href="/demo/"' in example.get(address).content.decode()
