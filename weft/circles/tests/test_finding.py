"""Circles are found in people's own words."""

import tomllib
from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import settings
from django.utils import translation

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


@pytest.mark.parametrize(
    "words, first",
    [
        ("لا أستطيع التوقف عن الشرب", "Dry Harbour"),
        ("بدّي بطّل شرب", "Dry Harbour"),
        ("مات ابني", "Evening Circle"),
        ("توفيت أمي في مارس", "Evening Circle"),
        ("إرهاق من الشغل", "After the Shift"),
    ],
)
@pytest.mark.parametrize("page", ["en", "ar"])
def test_own_words_in_arabic_find_the_circle_on_a_page_of_either_language(three, words, first, page):
    with translation.override(page):
        assert finding.find(words)[0].name == first


def test_words_of_a_circle_in_arabic_are_found(three):
    make_circle("حلقة الفجر", about="لمن فقد أحدًا.", words=["الفقد", "عزاء"])
    assert {circle.name for circle in finding.find("الفقدان")} == {"حلقة الفجر", "Evening Circle"}
    assert "حلقة الفجر" in {circle.name for circle in finding.find("my son died")}


@pytest.mark.parametrize("asked", ["أريد وصفة كعك", "أين السوق"])
def test_other_words_in_arabic_show_none(three, asked):
    assert finding.find(asked) == []


def test_every_language_has_the_same_meanings():
    files = sorted((Path(finding.__file__).parent / "meanings").glob("*.toml"))
    assert {file.stem for file in files} == {code for code, _name in settings.LANGUAGES}
    groups = [set(tomllib.loads(file.read_text(encoding="utf-8"))) for file in files]
    assert all(group == groups[0] for group in groups)


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
