"""Leaving, a circle or the house: with one's stories, leaving them without a name, or erasing all of it."""

import pytest
from django.urls import reverse

from weft.circles.models import Circle, Persona
from weft.conftest import PASSPHRASE
from weft.loom import caps
from weft.people import door
from weft.people.models import Person
from weft.stories.models import Reply, Story


@pytest.fixture(autouse=True)
def _no_tries_yet():
    caps.forget()


@pytest.fixture
def story(ada, cleo):
    story = Story.begin(ada)
    story.write("I set the table for two again.", wish="listen", audience="circle", topics=[])
    story.share(by=ada)
    Reply.say(story, "I have been there.", by=cleo)
    return story


def leave(circle):
    return reverse("circles:leave", kwargs={"key": circle.pk})


def words_of(client, thing):
    answer = client.get(thing.get_absolute_url())
    return answer.content.decode() if answer.status_code == 200 else ""


def with_file(client):
    """Ada has just signed in, and takes her file."""
    session = client.session
    session["proved"] = door.now()
    session.save()
    answer = client.post(reverse("home:download"), {"go": "1"})
    assert answer["Content-Type"] == "application/zip"
    return client


WAYS = {"take": False, "keep": True, "erase": False}  # whether others still read the words


@pytest.mark.parametrize("way", WAYS)
def test_a_circle_is_left_in_three_ways(story, ada, cleo, sign_in, way):
    circle = ada.circle
    client = with_file(sign_in(ada)) if way == "take" else sign_in(ada)
    answer = client.post(leave(circle), {"words": way}, follow=True)
    assert "You have left this circle. Nobody was told." in answer.content.decode()
    assert not Persona.objects.filter(pk=ada.pk).exists()
    page = words_of(sign_in(cleo), story)
    assert ("I set the table" in page) is WAYS[way]
    assert "I have been there." in page
    assert "River" not in page


@pytest.mark.parametrize("way", WAYS)
def test_the_house_is_left_in_three_ways(story, ada, cleo, sign_in, way):
    client = with_file(sign_in(ada)) if way == "take" else sign_in(ada)
    answer = client.post(reverse("home:erasure"), {"words": way, "passphrase": PASSPHRASE})
    assert answer["Location"] == reverse("home:gone")
    assert not Person.objects.named("ada")
    page = words_of(sign_in(cleo), story)
    assert ("I set the table" in page) is WAYS[way]
    assert "River" not in page


@pytest.mark.parametrize("address", ["circle", "house"])
def test_nobody_goes_with_their_stories_without_having_them(story, ada, sign_in, address):
    where = leave(ada.circle) if address == "circle" else reverse("home:erasure")
    page = sign_in(ada).post(where, {"words": "take", "passphrase": PASSPHRASE}).content.decode()
    assert "Please take your file first." in page
    assert f'href="{reverse("home:download")}?next={where}"' in page
    assert Story.objects.get().text
    assert Persona.objects.filter(pk=ada.pk).exists()


def test_after_the_download_one_comes_back_to_where_one_was(story, ada, sign_in):
    client, where = sign_in(ada), leave(ada.circle)
    assert f'href="{where}"' in client.get(f"{reverse('home:download')}?next={where}").content.decode()
    elsewhere = client.get(f"{reverse('home:download')}?next=https://elsewhere.example/").content.decode()
    assert 'href="https://elsewhere.example' not in elsewhere
    assert "You have your file." in with_file(client).get(where).content.decode()


def test_a_file_from_yesterday_is_not_what_was_written_since(story, ada, sign_in, monkeypatch):
    client = with_file(sign_in(ada))
    later = door.now() + door.TOOK + 1
    monkeypatch.setattr(door, "now", lambda: later)
    assert "Please take your file first." in client.post(leave(ada.circle), {"words": "take"}).content.decode()


def test_whoever_wrote_nothing_is_asked_nothing(ada, sign_in):
    client = sign_in(ada)
    page = client.get(leave(ada.circle)).content.decode()
    assert "How do you want to go?" not in page
    assert client.post(leave(ada.circle)).status_code == 302
    assert not Persona.objects.filter(pk=ada.pk).exists()


def test_leaving_takes_as_few_steps_as_joining(story, ada, ben, sign_in):
    """R3. Counted are pages and answers, from the circle's page until one is out or in."""
    ada.circle.listed = True
    ada.circle.save()
    joins, leaves = sign_in(ben), sign_in(ada)
    door_, room = joins.get(ada.circle.get_absolute_url()), leaves.get(ada.circle.get_absolute_url())
    join = reverse("circles:join", kwargs={"key": ada.circle_id})
    assert join in door_.content.decode()
    assert leave(ada.circle) in room.content.decode()
    joining = {"name": "Benno", "yes": "on"}
    leaving = {"words": "keep"}
    assert len(leaving) <= len(joining)
    assert joins.post(join, joining).status_code == leaves.post(leave(ada.circle), leaving).status_code == 302
    assert not Persona.objects.filter(pk=ada.pk).exists()


@pytest.mark.parametrize(
    "door_, listed, said",
    [
        ("open", True, "You can come back whenever you like."),
        ("request", True, "you can ask again"),
        ("invitation", True, "somebody has to invite you again"),
        ("open", False, "somebody has to invite you again"),
    ],
)
def test_the_page_says_truly_how_one_comes_back(ada, sign_in, door_, listed, said):
    Circle.objects.filter(pk=ada.circle_id).update(door=door_, listed=listed)
    page = sign_in(ada).get(leave(ada.circle)).content.decode()
    assert said in page


def test_one_can_come_back_under_another_name(story, ada, sign_in):
    client = sign_in(ada)
    client.post(leave(ada.circle), {"words": "keep"})
    client.post(reverse("circles:join", kwargs={"key": ada.circle_id}), {"name": "Brook", "yes": "on"})
    assert Persona.objects.get(circle=ada.circle, role="member").name == "Brook"
    assert "Brook" not in words_of(client, story)  # what was left without a name stays without one
