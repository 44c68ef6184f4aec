"""Circles are found in people's own words."""

from datetime import timedelta

import pytest

from weft.circles import finding
from weft.conftest import make_circle


@pytest.fixture
def three(house):
    house.commons.listed = False
    house.commons.save()
    grief = make_circle("Evening Circle", about="For people who lost somebody.", words=["funeral", "bereavement"])
    dry = make_circle("Dry Harbour", about="We stop together, one evening at a time.", words=["alcohol", "sober"])
    ward = make_circle("After the Shift", about="For people on the wards.", words=["nurse", "night shift"])
    return grief, dry, ward


@pytest.mark.parametrize(
    "words, first",
    [
        ("can't stop drinking", "Dry Harbour"),
        ("CAN’T STOP DRINKING!!", "Dry Harbour"),
        ("I am an alcoholic", "Dry Harbour"),
        ("my son died", "Evening Circle"),
        ("my dad passed away in March", "Evening Circle"),
        ("burnt out at work", "After the Shift"),
    ],
)
def test_own_words_find_the_circle(three, words, first):
    assert finding.find(words)[0].name == first


def test_nothing_asked_shows_all_and_nonsense_shows_none(three):
    assert len(finding.find(" ")) == 3
    assert finding.find("zzgl") == []


def test_the_words_stand_in_no_address(three, client):
    answer = client.post("/circles/", {"words": "can't stop drinking"})
    assert answer.status_code == 302
    assert not any(word in answer.url for word in ("drink", "stop", "words"))
    page = client.get(answer.url).content.decode()
    assert "can&#39;t stop drinking" in page
    assert page.index("Dry Harbour") > 0
    assert "After the Shift" not in page


@pytest.mark.parametrize("asked", ["", "nonsense", "AAAA", "drinking", "%ff"])
def test_an_address_that_holds_no_words_shows_all(three, client, asked):
    page = client.get(f"/circles/?asked={asked}")
    assert page.status_code == 200
    assert page.content.decode().count('<li class="card story"') == 3


def test_an_address_forgets_its_words(three, client, monkeypatch):
    address = client.post("/circles/", {"words": "can't stop drinking"}).url
    day = finding.time.today()
    for later, kept in ((1, True), (2, False)):
        monkeypatch.setattr(finding.time, "today", lambda later=later: day + timedelta(days=later))
        assert ("can&#39;t stop drinking" in client.get(address).content.decode()) is kept
