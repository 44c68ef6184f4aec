"""Need someone now? The numbers are two taps away, for anybody, without a script."""

import re
from datetime import timedelta

import pytest
from django.test import Client

from weft.loom import time
from weft.safety.models import Desk, HelpLine
from weft.safety.models.helpline import seed
from weft.safety.tests.conftest import ALWAYS


@pytest.fixture
def page(house):
    def get(**asked):
        return Client().get("/help/", asked).content.decode()

    return get


def test_every_page_leads_there_in_one_tap(house):
    assert '<a class="now" href="/help/">Need someone now?</a>' in Client().get("/circles/").content.decode()


def test_the_house_s_country_comes_first_and_its_emergency_number_before_all(page):
    found = re.findall(r'href="((?:tel|sms):[^"]+)"', page())
    assert found[:3] == ["tel:999", "tel:116123", "sms:85258?&amp;body=SHOUT"]


def test_short_codes_are_dialled_as_they_are(page):
    found = page(country="US")
    assert 'href="tel:988"' in found
    assert 'href="sms:988"' in found
    assert 'href="sms:741741?&amp;body=HOME"' in found
    assert "+1" not in found


def test_another_country_is_a_plain_link(page):
    assert '<a href="/help/?country=IE">Ireland</a>' in page()
    assert 'href="sms:50808?&amp;body=HELLO"' in page(country="IE")


def test_a_country_without_numbers_falls_back_to_the_house_s(page):
    assert 'href="tel:999"' in page(country="XX")


def test_where_the_house_has_no_country_the_browser_s_languages_say(house):
    house.country = ""
    house.save()
    found = Client().get("/help/", headers={"accept-language": "de-AT,en;q=0.5"}).content.decode()
    assert 'href="tel:142"' in found


def test_every_line_of_the_seed_can_be_tapped_and_names_its_source(house):
    assert len(seed()) > 40
    for country in HelpLine.countries():
        lines = HelpLine.of(country)
        assert lines[0].emergency, country
        assert len(lines) > 1, country
        for line in lines:
            assert line.source
            assert re.fullmatch(r"tel:[\d]+", line.tel_link) or re.fullmatch(r"sms:\d+(\?&body=\w+)?", line.sms_link)
            assert line.needs_check


def test_readers_are_told_what_was_checked_and_what_was_not(page, sol):
    assert "not checked by this house yet" in page()
    samaritans = HelpLine.of("GB")[1]
    samaritans.confirm(by=sol)
    assert "checked today" in page() or f"checked {time.today().day}" in page()
    samaritans.confirmed_on = time.today() - timedelta(days=181)
    samaritans.save()
    assert "more than half a year ago" in page()


def test_the_house_s_people_are_named_with_their_hours_only_while_there_are_any(page, desk):
    found = page()
    assert "Who answers: Noor and Sam." in found
    assert "Every day day and night" in found
    assert "within 3 hours" in found
    Desk.seat("Noor and Sam", [], 3)
    assert "Noor" not in page()
    assert "Nobody in this house has promised" in page()


def test_a_desk_without_a_safety_team_promises_nothing(page):
    Desk.seat("Noor and Sam", ALWAYS, 3)
    assert "Noor" not in page()


def test_it_speaks_of_no_method(page):
    found = page().lower()
    for word in ("pills", "tablets", "rope", "bridge", "overdose", "knife", "gun"):
        assert word not in found


def test_it_takes_as_many_queries_signed_out_as_in(house, ada, sign_in, django_assert_max_num_queries):
    Client().get("/help/")
    with django_assert_max_num_queries(4):
        Client().get("/help/")
    browser = sign_in(ada)
    browser.get("/help/")
    with django_assert_max_num_queries(8):
        browser.get("/help/")
