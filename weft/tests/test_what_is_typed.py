"""Whatever somebody types, in a box or in an address, is words and numbers, and nothing else."""

import ast

import pytest
from django.contrib.auth import SESSION_KEY
from django.test import Client
from django.urls import reverse

from weft.circles.models import Persona
from weft.conftest import PASSPHRASE
from weft.loom.ids import LETTERS
from weft.people.models import Person
from weft.stories.models import Story
from weft.tests.test_docs import ROOT
from weft.tests.walks.conftest import tell

pytestmark = pytest.mark.django_db
QUOTES = ["' OR '1'='1", "'; DROP TABLE stories_story; --", '" OR ""="', "%' OR 1=1 --", "\\'; --", "?, %s, %(x)s"]


@pytest.mark.parametrize("typed", QUOTES)
def test_a_quotation_mark_is_a_letter_to_the_database(ada, cleo, sign_in, typed):
    story = tell(ada, f"It is late {typed}")
    browser = sign_in(cleo)
    answer = browser.post(reverse("stories:search"), {"words": typed, "circle": str(ada.circle_id)}, follow=True)
    assert answer.status_code == 200
    assert Client().get(reverse("circles:find"), {"words": typed}).status_code == 200
    assert Person.objects.who_knows(typed, typed) is None
    assert Story.objects.get(pk=story.pk).text == f"It is late {typed}"
    ada.call(typed)
    ada.save(update_fields=["name", "name_tag"])
    assert Persona.objects.get(pk=ada.pk).name == typed.strip()


@pytest.mark.parametrize("number", ["99999999999999999999999", "-1", "1e9", "0x10", "NaN", "٣", "9" * 5000])
def test_a_number_that_is_none_or_too_large_breaks_nothing(ada, cleo, sign_in, number):
    story = tell(ada, "It is late.")
    where = {"key": story.circle_id}
    browser = sign_in(cleo)
    for address in (
        reverse("stories:earlier", kwargs=where) + f"?before={number}",
        reverse("stories:replies", kwargs=where | {"story_key": story.pk}) + f"?since={number}",
        f"/circles/{number}/",
        f"/circles/{LETTERS[-1] * 13}/",
    ):
        assert browser.get(address).status_code in (200, 204, 302, 404)


def test_a_name_and_a_passphrase_in_an_address_sign_nobody_in(ada):
    Person.objects.join("wren", PASSPHRASE)
    for path in ("/door/", "/join/name/", "/door/recovery/"):
        visitor = Client()
        visitor.get(path, {"name": "wren", "passphrase": PASSPHRASE, "next": "/"})
        assert SESSION_KEY not in visitor.session
    visitor = Client()
    visitor.post("/door/", {"name": "wren", "passphrase": PASSPHRASE})
    assert SESSION_KEY in visitor.session, "the control: by the form they come in"


def names_in(source: str) -> set[str]:
    named = [getattr(node, kind, "") for node in ast.walk(ast.parse(source)) for kind in ("attr", "id", "name")]
    return {name.lower() for name in named if isinstance(name, str)}


def test_no_hash_is_used_that_is_broken():
    """SHA-1 stands in the code app's standard alone, inside HMAC."""
    broken = {"md5", "sha1", "md4"}
    assert names_in("from hashlib import md5\nhashlib.sha1()") >= {"md5", "sha1"}
    found = {
        path.relative_to(ROOT).as_posix()
        for path in ROOT.glob("weft/**/*.py")
        if "tests" not in path.parts and names_in(path.read_text(encoding="utf-8")) & broken
    }
    assert found <= {"weft/people/totp.py"}
