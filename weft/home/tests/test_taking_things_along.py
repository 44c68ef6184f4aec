"""Taking everything along: one file, for machines and for reading, under a name that tells nothing."""

import json
from io import BytesIO
from zipfile import ZipFile

import pytest
from django.test import Client
from django.urls import reverse

from weft.conftest import PASSPHRASE
from weft.loom import caps
from weft.people import door
from weft.stories.models import Reply, Story


@pytest.fixture(autouse=True)
def _no_tries_yet():
    caps.forget()


@pytest.fixture
def signed_in(ada):
    """Ada, who has just signed in by her passphrase."""
    client = Client()
    client.post(reverse("people:door"), {"name": "ada", "passphrase": PASSPHRASE})
    return client


def unpacked(answer):
    archive = ZipFile(BytesIO(answer.content))
    return {name: archive.read(name).decode() for name in archive.namelist()}


def tell(persona, words):
    story = Story.begin(persona)
    story.write(words, wish="listen", audience="circle", topics=["loss"])
    story.share(by=persona)
    return story


def test_all_that_is_kept_of_a_person_is_in_both_files(ada, cleo, signed_in):
    ada.person.address("ada@example.org")
    story = tell(ada, "I set the table for two again.\n\nThen I sat down.")
    Reply.say(tell(cleo, "A story of somebody else."), "I have been there.", by=ada)
    Reply.say(story, "Somebody else's reply.", by=cleo)
    files = unpacked(signed_in.post(reverse("home:download"), {"go": "1"}))
    assert set(files) == {"my-things.json", "my-things.html"}
    for text in files.values():
        for mine in ("ada@example.org", "River", "Evening Circle", "Then I sat down.", "I have been there."):
            assert mine in text
        for other in ("A story of somebody else.", "Somebody else's reply.", "Somebody else&#39;s reply."):
            assert other not in text
    kept = json.loads(files["my-things.json"])
    assert kept["people"]["e-mail"] == "ada@example.org"
    assert kept["stories"]["stories"][0]["topics"] == ["loss"]


def test_neither_the_name_of_the_file_nor_its_times_tell_anything(signed_in):
    answer = signed_in.post(reverse("home:download"), {"go": "1"})
    assert answer["Content-Disposition"] == 'attachment; filename="my-things.zip"'
    assert answer["Cache-Control"] == "no-store"
    assert {entry.date_time[0] for entry in ZipFile(BytesIO(answer.content)).infolist()} == {1980}


def test_the_page_asks_nothing_of_any_machine(signed_in):
    page = unpacked(signed_in.post(reverse("home:download"), {"go": "1"}))["my-things.html"]
    assert "<h1>" in page
    for word in ("http://", "https://", "src=", "<script", "<link"):
        assert word not in page


def test_words_cannot_break_out_of_the_page(ada, signed_in):
    tell(ada, "<script>alert(1)</script>")
    assert "<script" not in unpacked(signed_in.post(reverse("home:download"), {"go": "1"}))["my-things.html"]


def test_whoever_finds_the_phone_later_is_asked_for_the_passphrase(signed_in, monkeypatch):
    later = door.now() + door.FRESH + 1
    monkeypatch.setattr(door, "now", lambda: later)
    page = signed_in.post(reverse("home:download"), {"go": "1"})
    assert "Your passphrase, to be sure that it is you" in page.content.decode()
    assert page["Content-Type"].startswith("text/html")
    answer = signed_in.post(reverse("home:download"), {"present": PASSPHRASE})
    assert answer["Content-Type"] == "application/zip"


def test_looking_at_the_page_downloads_nothing(signed_in):
    page = signed_in.get(reverse("home:download"))
    assert "Download it" in page.content.decode()


def test_a_person_in_no_circle_can_take_their_few_things(mallory, sign_in):
    assert unpacked(fresh(sign_in(mallory)).post(reverse("home:download"), {"go": "1"}))


def fresh(client):
    session = client.session
    session["proved"] = door.now()
    session.save()
    return client
