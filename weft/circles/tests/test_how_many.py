"""How many are here: a number as long as somebody could count them, and then a crowd."""

import pytest
from django.utils import translation

from weft.circles.models import Crowd, Persona, persona
from weft.conftest import PASSPHRASE, enter
from weft.people.models import Person


@pytest.fixture
def three(circle, monkeypatch):
    """Ada and two others, where three are one more than anybody counts."""
    monkeypatch.setattr(Crowd, "MOST", 2)
    monkeypatch.setattr(persona._found, "written", {})
    return [enter(Person.objects.join(name, PASSPHRASE), circle, name.title()) for name in ("ada", "ben", "cleo")]


def test_few_are_counted(ada, cleo):
    here = Persona.found(ada.person, ada.circle_id)
    assert (here.people, here.others, str(here.people)) == (2, 1, "2")


def test_many_are_a_crowd_on_every_page_that_says_who_reads(three, circle, sign_in):
    client = sign_in(three[0])
    page = client.get(circle.get_absolute_url()).content.decode()
    assert ">2 or more people. What is said here stays here." in page
    assert "3 people" not in page
    sheet = client.get(f"{circle.get_absolute_url()}stories/new/", follow=True).content.decode()
    assert f"{circle.name}: you and 2 or more others" in sheet


def test_whoever_is_alone_has_no_others(ada):
    assert Persona.found(ada.person, ada.circle_id).others == 0


def test_a_crowd_is_said_in_the_readers_language():
    assert str(Crowd.of(Crowd.MOST)) == "1000"
    assert str(Crowd.of(Crowd.MOST + 1)) == "1,000 or more"
    with translation.override("ar"):
        assert str(Crowd.of(5000)).startswith("أكثر من ")
