"""Somebody helps without an account: an invitation that says who asks and not why, and a link of their own."""

import re
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from weft.care.models import Call, Care, Guest, Promise
from weft.care.tests.ways import HOME, make_slot

pytestmark = pytest.mark.django_db


@pytest.fixture
def token(tess):
    return Call.write(tess, uses=2, days=3, words="It is Tess from number 12.")[1]


def call_of(token):
    return reverse("care:call", kwargs={"token": token})


def come_in(token, name="Old Tom", world=None):
    """Say a name; the address of one's own page."""
    world = world or Client(enforce_csrf_checks=True)
    page = world.get(call_of(token)).content.decode()
    mine = re.search(r'name="mine" value="(\w+)"', page)[1]
    return world.post(call_of(token), {"name": name, "mine": mine})["Location"]


def does(mine, slot, how, **more):
    return Client(enforce_csrf_checks=True).post(f"{mine}{_key(slot)}/", {"how": how, **more})


def _key(slot):
    return slot.get_absolute_url().split("/")[-2]


def test_the_invitation_says_who_asks_and_never_why(token, care, tess):
    answer = Client().get(call_of(token))
    page = answer.content.decode()
    assert "Tess asks whether you could lend a hand" in page
    assert "It is Tess from number 12." in page
    for word in ("Rosa", care.circle.name, "care", "ill", "family"):
        assert not re.search(rf"\b{word}\b", re.sub(r"<[^>]+>", " ", page.partition("<main")[2].partition("</main")[0]))
    assert not answer.cookies
    assert answer["X-Robots-Tag"] == "noindex, nofollow"
    assert "<title>Page</title>" in page


def test_a_name_and_a_link_and_no_cookie_is_all_it_takes(token, sign_in, care, tess, leo):
    slot = make_slot(tess)
    mine = come_in(token)
    page = Client().get(mine)
    assert "Hello Old Tom" in page.content.decode()
    assert "I can do this" in page.content.decode()
    taken = does(mine, slot, "take", words="Apple cake")
    assert "It is yours." in taken.content.decode()
    assert not taken.cookies
    assert not page.cookies
    agenda = sign_in(leo).get(care.get_absolute_url()).content.decode()
    assert "<bdi>Old Tom</bdi> has it." in agenda
    assert "Apple cake" in agenda
    does(mine, slot, "bring", words="Two apple cakes")
    assert Promise.objects.get().brings == "Two apple cakes"
    does(mine, slot, "back")
    assert not Promise.objects.exists()


def test_sent_twice_there_is_one_helper(token):
    world = Client()
    mine = re.search(r'name="mine" value="(\w+)"', world.get(call_of(token)).content.decode())[1]
    for _ in range(2):
        world.post(call_of(token), {"name": "Old Tom", "mine": mine})
    assert Guest.objects.count() == 1
    assert Call.objects.get().uses_left == 1


def test_an_invitation_that_is_used_up_or_taken_back_lets_nobody_in(token, sign_in, care, tess):
    for name in ("One", "Two"):
        come_in(token, name)
    assert Client().get(call_of(token)).status_code == 404
    _call, other = Call.write(tess, uses=5, days=3)
    assert Client().get(call_of(other)).status_code == 200
    back = reverse("care:take_back_call", kwargs={"key": care.circle_id, "call_key": _call.pk})
    sign_in(tess).post(back)
    assert Client().get(call_of(other)).status_code == 404


def test_a_link_that_is_taken_back_shows_nothing(token, sign_in, care, tess):
    slot = make_slot(tess)
    mine = come_in(token)
    does(mine, slot, "take")
    guest = Guest.objects.get()
    back = reverse("care:take_back_link", kwargs={"key": care.circle_id, "guest_key": guest.pk})
    assert "Old Tom" in Client().get(mine).content.decode(), "control"
    sign_in(tess).post(back)
    answer = Client().get(mine)
    assert answer.status_code == 404
    assert "Old Tom" not in answer.content.decode()
    assert does(mine, slot, "take").status_code == 404
    assert not Promise.objects.exists()


def test_somebody_stops_by_their_own_link(token, care, tess):
    mine = come_in(token)
    Client().post(f"{mine}end/")
    assert not Guest.objects.exists()
    assert Client().get(mine).status_code == 404


def test_a_helper_sees_what_the_outer_ring_sees(token, care, tess):
    inner, outer = make_slot(tess, name="The bath", ring=1), make_slot(tess, name="Supper", days=2)
    mine = come_in(token)
    page = Client().get(mine).content.decode()
    assert "Supper" in page
    assert "The bath" not in page
    does(mine, inner, "take")
    assert not Promise.objects.exists()
    does(mine, outer, "take")
    assert Promise.objects.count() == 1


def test_the_address_is_shown_in_its_window_and_the_look_is_written_down(token, sign_in, care, tess, clock):
    slot = make_slot(tess, days=3)
    mine = come_in(token)
    does(mine, slot, "take")
    assert HOME["gate"] not in does(mine, slot, "where").content.decode()
    clock(slot.starts)
    assert HOME["gate"] in does(mine, slot, "where").content.decode()
    assert HOME["gate"] not in Client().get(mine).content.decode()
    looks = sign_in(tess).get(reverse("care:looks", kwargs={"key": care.circle_id})).content.decode()
    assert "Old Tom: Supper" in looks


def test_when_it_has_ended_the_links_end_too(token, care, tess):
    mine = come_in(token)
    care.end("", by=tess)
    assert Client().get(mine).status_code == 404
    assert Client().get(call_of(token)).status_code == 404
    assert Care.objects.get().ended_on


def test_by_link_or_text_or_paper(sign_in, care, tess):
    page = sign_in(tess).post(
        reverse("care:calls", kwargs={"key": care.circle_id}), {"uses": "5", "days": "14", "words": "Tess here."}
    )
    said = page.content.decode()
    link = re.search(r'<a href="(\S+/list/[\w-]+/)">', said)[1]
    assert 'class="qr"' in said
    assert Client().get(link).status_code == 200
    again = sign_in(tess).get(reverse("care:calls", kwargs={"key": care.circle_id})).content.decode()
    assert link not in again, "it is shown once"


def test_thanks_reach_a_helper_without_an_account_and_come_back(token, sign_in, care, tess, clock):
    slot = make_slot(tess)
    mine = come_in(token)
    does(mine, slot, "take")
    clock(slot.starts + timedelta(minutes=5))
    does(mine, slot, "done")
    assert Promise.objects.get().is_done
    clock(slot.ends + timedelta(hours=1))
    thank = reverse("care:promise", kwargs={"key": care.circle_id, "slot_key": slot.pk})
    sign_in(tess).post(thank, {"how": "thank", "words": "She ate all of it."})
    assert "She ate all of it." in Client().get(mine).content.decode()
    does(mine, slot, "thank", words="I was glad to.")
    assert "I was glad to." in sign_in(tess).get(slot.get_absolute_url()).content.decode()


def test_what_a_helper_promised_is_a_calendar_that_says_nothing(token, care, tess):
    slot = make_slot(tess, name="Supper for Rosa")
    mine = come_in(token)
    assert "BEGIN:VEVENT" not in Client().get(f"{mine}times/").content.decode()
    does(mine, slot, "take")
    answer = Client().get(f"{mine}times/")
    assert "BEGIN:VEVENT" in answer.content.decode()
    assert "Rosa" not in answer.content.decode()
    assert not answer.cookies
    Guest.objects.get().go()
    assert Client().get(f"{mine}times/").status_code == 404
