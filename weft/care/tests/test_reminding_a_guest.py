"""A helper without an account may get a mail the day before: neutral, once, ended by one button; then no address."""

import re
from datetime import timedelta

import pytest
from django.test import Client

from weft.care import keeping
from weft.care.models import Call, Guest, Promise
from weft.care.models.guest import new_token
from weft.care.tests.ways import HOME, make_slot
from weft.loom import jobs
from weft.notices.models import Mail
from weft.notices.tests.conftest import postbox  # noqa: F401
from weft.tests.laws.dump import everything

pytestmark = pytest.mark.django_db
HERS = "tom@example.org"


class Tom:
    """He has a link, and no account."""

    def __init__(self, tess):
        _call, token = Call.write(tess, uses=2, days=30)
        self.token = new_token()
        self.guest = Call.held(token).let_in("Old Tom", self.token)
        self.page = f"/list/mine/{self.token}/"

    def wants(self, address=HERS):
        return Client(enforce_csrf_checks=True).post(f"{self.page}mail/", {"email": address}).content.decode()

    @property
    def mail(self):
        return dict(Guest.objects.get(pk=self.guest.pk).mail or {})


@pytest.fixture
def tom(care, tess):
    return Tom(tess)


def goes_by(clock, slot, *, until=timedelta()):
    """The nights and the jobs until a slot, hour by hour."""
    moment = slot.starts - timedelta(hours=60)
    while moment <= slot.starts + until:
        clock(moment)
        keeping.tidy()
        jobs.run_due(moment)
        moment += timedelta(hours=3)


def test_a_mail_comes_on_the_day_before_once_and_says_nothing(postbox, tom, tess, clock, settings):  # noqa: F811
    slot = make_slot(tess, days=5, name="Supper for Rosa", where=HOME)
    slot.take("Soup", by=tom.guest)
    assert "A mail comes the day before" in tom.wants()
    goes_by(clock, slot)
    (mail,) = postbox.mails
    assert mail["To"] == HERS
    assert mail["Subject"] == "Something is near"
    said = mail.as_string().replace("=\n", "")
    assert f"{settings.ADDRESS}{tom.page}" in said
    for word in ("Rosa", "Tess", "Tom", "Supper", "Soup", *HOME.values()):
        assert word not in said
    assert mail["List-Unsubscribe"] == f"<{settings.ADDRESS}{tom.page}mail/off/>"
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"


def test_of_one_day_never_two_whatever_is_let_go_and_taken_again(postbox, tom, tess, clock):  # noqa: F811
    slot, other = make_slot(tess, days=5), make_slot(tess, days=5, name="Another")
    slot.take(by=tom.guest)
    other.take(by=tom.guest)
    tom.wants()
    goes_by(clock, slot)
    Promise.objects.get(slot=slot).step_back(by=tom.guest)
    slot.take(by=tom.guest)
    goes_by(clock, slot)
    assert len(postbox.taken) == 1


def test_whoever_did_not_ask_stepped_back_or_ended_it_gets_none(postbox, tom, tess, clock):  # noqa: F811
    slot = make_slot(tess, days=5)
    promise = slot.take(by=tom.guest)
    goes_by(clock, slot)
    clock(slot.starts - timedelta(days=3))
    tom.wants()
    page = Client().get(tom.page).content.decode()
    assert "No mail any more" in page
    assert HERS not in page, "it is not shown again"
    off = Client(enforce_csrf_checks=True).post(f"{tom.page}mail/off/", {"List-Unsubscribe": "One-Click"})
    assert off.status_code == 200
    assert tom.mail == {}
    goes_by(clock, slot)
    clock(slot.starts - timedelta(days=3))
    tom.wants()
    promise.step_back(by=tom.guest)
    goes_by(clock, slot)
    assert postbox.taken == []


def test_the_address_lies_sealed_and_is_gone_when_the_last_turn_is_over(postbox, tom, tess, clock):  # noqa: F811
    slot, later = make_slot(tess, days=5), make_slot(tess, days=9)
    slot.take(by=tom.guest)
    later.take(by=tom.guest)
    tom.wants()
    for end, kept in ((slot.ends, True), (later.ends - timedelta(minutes=1), True), (later.ends, False)):
        clock(end)
        keeping.tidy()
        assert bool(tom.mail) == kept
    assert not Guest.objects.filter(wants_mail=True).exists()


@pytest.mark.django_db(transaction=True)
def test_a_thief_finds_no_address(postbox, tom, tess, clock):  # noqa: F811
    slot = make_slot(tess, days=5)
    slot.take(by=tom.guest)
    tom.wants()
    goes_by(clock, slot)
    assert Mail.objects.exists(), "control: there was a mail"
    for word in (HERS, tom.token):
        assert word.encode() not in everything()


def test_it_goes_with_the_link_and_with_the_care(postbox, tom, care, tess, clock):  # noqa: F811
    slot = make_slot(tess, days=5)
    slot.take(by=tom.guest)
    tom.wants()
    care.end("", by=tess)
    goes_by(clock, slot)
    assert postbox.taken == []
    assert not Guest.objects.exists()


def test_what_is_no_address_is_pointed_out(postbox, tom, tess):  # noqa: F811
    make_slot(tess, days=5).take(by=tom.guest)
    assert "This is not an address that mail can go to." in tom.wants("tom at home")
    assert tom.mail == {}


def test_a_house_without_mail_does_not_offer_it(tom, tess, settings):
    settings.MAIL = None
    make_slot(tess, days=5).take(by=tom.guest)
    assert not re.search("mail", Client().get(tom.page).content.decode().partition("<main")[2].partition("</main")[0])
