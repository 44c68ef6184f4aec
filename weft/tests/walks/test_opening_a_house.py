"""The set-up: from the link on the terminal to the open house, one question a page, and Back works."""

import pytest

from weft.circles.models import House
from weft.conftest import PASSPHRASE
from weft.home import setup_link
from weft.people.models import Person
from weft.tests import seeing


@pytest.fixture
def link(transactional_db, settings, tmp_path) -> str:
    settings.DATA = tmp_path
    return f"/setup/{setup_link.make()}/"


def agrees(me, script):
    """Axe is asked once: the pages are the same with a script and without."""
    if script:
        assert list(seeing.objections(me.page)) == []
        me.page.evaluate("document.documentElement.dir = 'ltr'")
        me.page.emulate_media(color_scheme="light")
        me.page.set_viewport_size({"width": 360, "height": 640})


def test_six_questions_and_the_house_is_open(come, link, script):
    me = come(script=script).opens("/").reads("This house is not open yet").opens(link)
    me.reads("1 / 6", "What do you call this place?")
    agrees(me, script)
    me.writes("Riverside", "Its name")
    me.page.get_by_label("In which country").select_option("GB")
    me.taps("Go on").reads("2 / 6", "What kind of place is it?")
    agrees(me, script)
    me.taps("Back").reads("1 / 6")
    assert me.page.get_by_label("Its name").input_value() == "Riverside"
    me.taps("Go on").chooses("A charity or a peer-support group").taps("Go on").reads("3 / 6", "Who are you?")
    agrees(me, script)
    me.writes("sol", "sign-in name").writes(PASSPHRASE, "A passphrase").writes("Sol", "What may people here call you?")
    me.taps("Go on").reads("4 / 6", "Who answers reports, and when?")
    agrees(me, script)
    me.taps("Go on").reads("Please say who answers.")
    me.chooses("I do.").writes("Sol", "What are they called").taps("Go on").reads("5 / 6")
    agrees(me, script)
    me.reads("Which numbers help in hard moments?", "Samaritans")
    me.page.get_by_role("checkbox").first.check()
    me.taps("Go on").reads("6 / 6", "The first circle")
    agrees(me, script)
    me.writes("Wren", "What shall they call you there?").taps("Open the doors").reads("Your recovery code")
    me.chooses("I have printed it").taps("Go on").reads("The house is open", "Invite somebody", "To Evening Circle")
    assert House.here().name == "Riverside"
    me.opens("/").reads("Riverside", "Evening Circle")

    late = come(script=script)
    assert late.page.goto("/").ok
    late.reads("You are not the only one.", "Evening Circle")


def test_the_link_opens_once(come, walk, link, house):
    walk.expect("404")
    me = come(script=False)
    assert me.page.goto(link).status == 404
    me.reads("This link does not open anything", "Was it you who opened the house just now?").taps("Sign in")
    assert Person.objects.count() == 0


def test_without_the_link_nobody_opens_it(come, walk, link):
    walk.expect("404")
    me = come(script=False)
    assert me.page.goto("/setup/aaaa-aaaa-aaaa-aaaa-aaaa/").status == 404
    me.reads("This link does not open anything")
    assert House.here() is None
