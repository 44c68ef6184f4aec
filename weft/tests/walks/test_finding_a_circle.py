"""M3. Somebody looks for a circle in their own words, before they have an account, and learns what they must know."""

import pytest


@pytest.mark.parametrize(
    "words, found",
    [
        ("can't stop drinking", "Dry Harbour"),
        ("I am an alcoholic", "Dry Harbour"),
        ("living with alcohol", "Dry Harbour"),
        ("my son died", "Evening Circle"),
    ],
)
def test_own_words_lead_to_the_circle(look_around, words, found):
    me = look_around(script=False).opens("/").taps("I want to look around")
    me.writes(words, "Say it in your own words").taps("Look")
    assert me.page.locator("li.card :is(h2, h3)").first.inner_text() == found
    assert words in me.page.get_by_label("Say it in your own words").input_value()
    address = me.page.url.replace("%20", " ").replace("+", " ").replace("%27", "'")
    assert not any(word in address for word in words.split() if len(word) > 2), "an address is kept by the browser"


def test_the_door_says_what_one_must_know(look_around, script):
    me = look_around(script=script).opens("/circles/")
    me.writes("can't stop drinking", "Say it in your own words").taps("Look").taps("Dry Harbour")
    me.reads("Who guides it", "Joss", "Who reads what you write", "Nobody else", "When somebody answers")
    me.reads("The agreement", "Version 1", "How you come in")
    assert me.page.locator("header.story .quiet").inner_text().count("·"), "when it meets"
    assert "members" not in me.text


def test_back_leads_to_what_was_found(look_around, script):
    me = look_around(script=script).opens("/circles/")
    me.writes("my son died", "Say it in your own words").taps("Look").taps("Evening Circle").goes_back()
    assert me.page.locator("li.card :is(h2, h3)").first.inner_text() == "Evening Circle"
    assert me.page.get_by_label("Say it in your own words").input_value() == "my son died"


def test_what_fits_nothing_is_answered_kindly(look_around):
    me = look_around(script=False).opens("/circles/").writes("zzgl", "Say it in your own words").taps("Look")
    me.reads("No circle here fits these words yet").taps("Show all circles").reads("Dry Harbour", "Evening Circle")


def test_every_agreement_of_the_example_is_short(look_around):
    me = look_around(script=False).opens("/circles/")
    doors = [link.get_attribute("href") for link in me.page.locator("li.card :is(h2, h3) a").all()]
    assert len(doors) > 3
    for door in doors:
        said = me.opens(door).page.locator("section[aria-labelledby=agreement] .prose").inner_text()
        assert 20 < len(said.split()) <= 200
