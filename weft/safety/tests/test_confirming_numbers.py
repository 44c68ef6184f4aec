"""The steward confirms numbers one by one. Nobody else can touch them."""

from datetime import timedelta

import pytest

from weft.loom import time
from weft.loom.pages import url
from weft.safety.models import HelpLine


@pytest.fixture
def samaritans(house):
    return HelpLine.of("GB")[1]


def test_the_steward_confirms_a_number_on_a_day(sol, sign_in, samaritans):
    assert samaritans.name == "Samaritans"
    browser = sign_in(sol)
    assert "Nobody here has checked it yet." in browser.get("/house/helplines/").content.decode()
    for _twice in range(2):
        answer = browser.post(url("safety:confirmation", samaritans.pk))
        assert answer.status_code == 302
    line = HelpLine.find(samaritans.pk)
    assert line.confirmed_on == time.today()
    assert line.confirmed_by.known_as == "Sol"
    assert not line.needs_check
    assert [again.pk for again in HelpLine.of("GB")].count(samaritans.pk) == 1


def test_after_half_a_year_the_steward_is_asked_again(sol, samaritans):
    for line in HelpLine.of("GB"):
        line.confirm(by=sol)
    assert HelpLine.to_check("GB") == []
    line = HelpLine.find(samaritans.pk)
    line.confirmed_on = time.today() - timedelta(days=180)
    line.save()
    assert HelpLine.to_check("GB") == []
    line.confirmed_on -= timedelta(days=1)
    line.save()
    assert HelpLine.to_check("GB") == [line]


def test_a_corrected_number_is_a_checked_number(sol, sign_in, samaritans):
    said = {"name": "Samaritans", "tel": "116 124", "source": "I rang it", "cost": "free"}
    assert sign_in(sol).post(url("safety:helpline", samaritans.pk), said).status_code == 302
    line = HelpLine.find(samaritans.pk)
    assert (line.tel_link, line.confirmed_on) == ("tel:116124", time.today())


def test_a_number_that_cannot_be_dialled_is_refused(sol, sign_in, samaritans):
    said = {"name": "Samaritans", "tel": "ring us", "source": "x"}
    page = sign_in(sol).post(url("safety:helpline", samaritans.pk), said).content.decode()
    assert "digits and spaces" in page
    assert HelpLine.find(samaritans.pk).tel == "116 123"


def test_a_number_of_the_house_s_own_is_added(sol, sign_in, house):
    said = {"country": "GB", "name": "Riverside door", "tel": "01632 960 001", "source": "I rang it", "hours": "9 to 5"}
    assert sign_in(sol).post("/house/helplines/?country=GB", said).status_code == 302
    added = HelpLine.of("GB")[-1]
    assert (added.name, added.tel_link, added.confirmed_on) == ("Riverside door", "tel:01632960001", time.today())


def test_a_line_of_the_seed_that_was_removed_stays_away(sol, sign_in, samaritans):
    browser = sign_in(sol)
    assert browser.post(url("safety:removal", samaritans.pk)).status_code == 302
    assert samaritans.pk not in [line.pk for line in HelpLine.of("GB")]
    assert browser.post(url("safety:confirmation", samaritans.pk)).status_code == 404


@pytest.mark.parametrize("view", ["helplines", "helpline", "confirmation", "removal"])
def test_everybody_else_gets_404(view, ada, noor, mallory, sign_in, samaritans):
    address = url(f"safety:{view}", *([samaritans.pk] if view != "helplines" else []))
    for who in (ada, noor, mallory):
        browser = sign_in(who)
        assert browser.get(address).status_code in (404, 405)
        assert browser.post(address).status_code == 404
    assert HelpLine.find(samaritans.pk).needs_check
