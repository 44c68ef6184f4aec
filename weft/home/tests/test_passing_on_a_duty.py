"""Duties pass from hand to hand by a code that works once; the house is never without those it needs."""

import re
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from weft.conftest import PASSPHRASE, make_circle
from weft.home.models import DutyCode
from weft.loom import caps, time
from weft.people.models import Duty, Person


@pytest.fixture(autouse=True)
def _no_tries_yet():
    caps.forget()


@pytest.fixture
def sol(house):
    person = Person.objects.join("sol", PASSPHRASE)
    Duty.objects.create(person=person, kind="steward", known_as="Sol")
    return person


def take(client, code, known_as="Noor"):
    return client.post(reverse("home:take_duty"), {"code": code, "known_as": known_as})


def duties(person):
    return set(person.duties.values_list("kind", flat=True))


@pytest.mark.parametrize("kind", ["safety", "steward"])
def test_a_code_gives_its_duty_once(kind, sol, mallory, ben, sign_in):
    page = sign_in(sol).post(reverse("home:codes"), {"kind": kind})
    code = re.search(r"\b(\w{4}-\w{4}-\w{4}-\w{4})\b", page.content.decode()).group(1)
    assert take(sign_in(mallory), code.upper().replace("-", " ")).status_code == 302
    assert duties(mallory) == {kind}
    again = take(sign_in(ben), code)
    assert "gives nothing, or not any more" in again.content.decode()
    assert duties(ben.person) == set()


def test_the_steward_sees_the_name_of_the_duty_and_no_other(sol, mallory, sign_in):
    take(sign_in(mallory), DutyCode.write("safety", by=sol), "Noor")
    page = sign_in(sol).get(reverse("home:house")).content.decode()
    assert "Noor" in page
    assert "mallory" not in page


def test_a_duty_can_be_handed_on(sol, mallory, sign_in):
    Duty.objects.create(person=sol, kind="safety", known_as="Sol")
    page = sign_in(sol).post(reverse("home:codes"), {"kind": "safety", "instead": "on"})
    assert page.status_code == 200
    assert duties(sol) == {"steward", "safety"}
    DutyCode.objects.get().take(by=mallory, known_as="Noor")
    assert duties(mallory) == {"safety"}
    assert duties(sol) == {"steward"}


@pytest.mark.parametrize("how", ["old", "taken back", "its steward is none any more", "wrong"])
def test_a_code_that_is_over_gives_nothing(how, sol, mallory, sign_in):
    code = DutyCode.write("safety", by=sol)
    if how == "old":
        row = DutyCode.objects.get()
        row.expires_on = time.today() - timedelta(days=1)
        row.save()
    elif how == "taken back":
        back = sign_in(sol).post(reverse("home:take_back_code", kwargs={"key": DutyCode.objects.get().pk}))
        assert back.status_code == 302
    elif how == "wrong":
        code = "none-such-code"
    else:
        sol.duties.all().delete()
    assert "gives nothing, or not any more" in take(sign_in(mallory), code).content.decode()
    assert duties(mallory) == set()


def test_codes_cannot_be_guessed_all_day(sol, mallory, sign_in):
    client = sign_in(mallory)
    assert take(client, "guess").status_code == 200
    assert [take(client, "guess").status_code for _ in range(9)][-1] == 429


def test_only_a_steward_writes_codes_and_ends_duties(sol, mallory, sign_in):
    DutyCode.write("safety", by=sol)
    targets = [
        reverse("home:codes"),
        reverse("home:take_back_code", kwargs={"key": DutyCode.objects.get().pk}),
        reverse("home:end_duty", kwargs={"key": sol.duties.get().pk}),
        reverse("home:lay_down_duty", kwargs={"key": sol.duties.get().pk}),
    ]
    for address in targets:
        assert sign_in(mallory).post(address, {"kind": "steward"}).status_code == 404
        assert Client().post(address).status_code == 302
    assert DutyCode.objects.count() == 1
    assert duties(sol) == {"steward"}


def test_a_steward_ends_a_duty_and_anybody_lays_down_their_own(sol, mallory, ben, sign_in):
    for person in (mallory, ben.person):
        Duty.objects.create(person=person, kind="safety", known_as="Noor")
    sign_in(sol).post(reverse("home:end_duty", kwargs={"key": mallory.duties.get().pk}))
    assert duties(mallory) == set()
    page = sign_in(ben).get(reverse("people:settings")).content.decode()
    assert "You are on the safety team, as Noor." in page
    Duty.objects.create(person=mallory, kind="safety", known_as="Noor")
    sign_in(ben).post(reverse("home:lay_down_duty", kwargs={"key": ben.person.duties.get().pk}))
    assert duties(ben.person) == set()


def test_the_last_steward_stays_until_there_is_another(sol, mallory, sign_in):
    last = reverse("home:end_duty", kwargs={"key": sol.duties.get().pk})
    page = sign_in(sol).post(last, follow=True)
    assert "A house needs a steward" in page.content.decode()
    Duty.objects.create(person=mallory, kind="steward", known_as="Sam")
    sign_in(sol).post(last)
    assert duties(sol) == set()


def test_the_last_of_the_safety_team_stays_while_doors_are_open(sol, house, mallory, sign_in):
    duty = Duty.objects.create(person=mallory, kind="safety", known_as="Noor")
    room = make_circle(door="request")
    house.commons.change({"door": "invitation"})
    lay_down = reverse("home:lay_down_duty", kwargs={"key": duty.pk})
    page = sign_in(mallory).post(lay_down, follow=True)
    assert "somebody has to answer reports" in page.content.decode()
    assert duties(mallory) == {"safety"}
    room.change({"door": "invitation"})
    sign_in(mallory).post(lay_down)
    assert duties(mallory) == set()
