"""Circles are found in people's own words."""

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
