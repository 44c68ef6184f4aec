"""An hour from its door to its end, in three browsers at once; one of them is a phone without JavaScript."""

from typing import Any

import pytest
from playwright.sync_api import expect

from weft.conftest import PASSPHRASE
from weft.gatherings.hour.keeper import Hour
from weft.gatherings.models import Gathering, Said, Series
from weft.loom.ids import KeyConverter
from weft.people.models import Person

pytestmark = pytest.mark.django_db(transaction=True)


def room_of(gathering: Gathering) -> str:
    key = KeyConverter().to_url
    return f"/circles/{key(gathering.circle_id)}/gatherings/{key(gathering.pk)}/room/"


def come(page: Any, gathering: Gathering) -> Any:
    page.context.set_default_timeout(30_000)  # three browsers and the house share the machine
    page.goto(room_of(gathering))
    page.get_by_role("button", name="Go to the door").click()
    page.locator("#room-piece").wait_for()
    return page


def test_an_hour_is_held_by_text_from_door_to_end(walk, gathering, lead, river, benno):
    cleo = come(walk(lead.persona, width=1100, height=800), gathering)
    ada = come(walk(river.persona), gathering)
    ben = come(walk(benno.persona, script=False), gathering)  # his page changes when he loads it anew
    ada.get_by_text("You are at the door.").wait_for()

    cleo.get_by_role("button", name="Open the room").click()
    for name in ("River", "Benno"):
        cleo.get_by_role("button", name=f"Let in {name}").click()
    ada.get_by_text("You are in. We begin soon.").wait_for()  # by itself
    cleo.get_by_role("button", name="Begin the hour").click()
    ada.get_by_role("heading", name="Welcome.").wait_for()
    cleo.get_by_label("What shall this round be about?").fill("What held you up this week?")
    cleo.get_by_role("button", name="Begin a round").click()

    ada.get_by_role("button", name="Take the piece").click()
    box = ada.get_by_label("Write instead of speaking")
    box.fill("The bus, twice.")
    cleo.get_by_role("button", name="Lock the door").click()
    cleo.get_by_text("The door is locked.").wait_for()
    ada.get_by_text("The door is locked.").wait_for()
    assert box.input_value() == "The bus, twice."  # what somebody types stays, whatever happens around it
    ada.get_by_role("button", name="Send what I wrote").click()
    cleo.get_by_text("The bus, twice.").wait_for()
    expect(box).to_have_value("")
    ada.get_by_role("button", name="I have finished. Pass it on").click()
    ada.get_by_role("heading", name="The piece goes to Benno.").wait_for()

    ben.goto(room_of(gathering))
    assert ben.get_by_text("The bus, twice.").count() == 1
    ben.get_by_role("button", name="Take the piece").click()
    ben.get_by_label("Write instead of speaking").fill("My sister rang.")
    ben.get_by_role("button", name="I have finished. Pass it on").click()
    cleo.get_by_text("My sister rang.").wait_for()
    ada.get_by_text("My sister rang.").wait_for()

    cleo.get_by_role("button", name="Pause").click()
    ada.get_by_role("heading", name="We pause.").wait_for()
    cleo.get_by_role("button", name="Go on").click()
    cleo.get_by_role("button", name="Go to the closing words").click()
    ada.get_by_text("A word each, to end.").wait_for()
    cleo.get_by_role("button", name="End the hour").click()
    ada.get_by_role("heading", name="The hour has ended.").wait_for()
    ben.goto(room_of(gathering))
    assert ben.get_by_role("heading", name="The hour has ended.").count() == 1
    assert not Said.objects.exists()


def test_a_page_that_lost_its_line_says_so_and_comes_back_into_its_place(walk, gathering, lead, river):
    walk.expect("ERR_INTERNET_DISCONNECTED")
    cleo = come(walk(lead.persona, width=1100, height=800), gathering)
    ada = come(walk(river.persona), gathering)
    cleo.get_by_role("button", name="Open the room").click()
    cleo.get_by_role("button", name="Let in River").click()
    ada.get_by_text("You are in. We begin soon.").wait_for()
    ada.context.set_offline(True)
    ada.get_by_role("button", name="Leave quietly").click()
    ada.get_by_text("The line is down. Your place is kept.").wait_for()
    cleo.get_by_role("button", name="Begin the hour").click()
    ada.context.set_offline(False)
    ada.get_by_role("heading", name="Welcome.").wait_for(timeout=30_000)
    assert ada.locator("#room-offline").text_content() == ""


def test_somebody_who_helps_takes_an_hour_over_that_has_paused(walk, gathering, lead, helper, river, benno, clock):
    """Whoever led is gone, and for two minutes nobody guides. The piece stays where it was."""
    hour = Hour.of(gathering)
    cleo = come(walk(lead.persona, width=1100, height=800), gathering)
    ada = come(walk(river.persona), gathering)
    hour.come(by=benno)
    cleo.get_by_role("button", name="Open the room").click()
    for name in ("River", "Benno"):
        cleo.get_by_role("button", name=f"Let in {name}").click()
    cleo.get_by_role("button", name="Begin the hour").click()
    cleo.get_by_role("button", name="Begin a round").click()
    ada.get_by_role("button", name="Take the piece").click()
    ada.get_by_role("heading", name="It is your turn.").wait_for()
    turn = hour.look().turn
    hour.here(lead, beats=True)  # as her page does every ten seconds
    cleo.context.close()
    for _beat in range(20):
        clock.go(10)
        hour.here(river, beats=True)
    ada.get_by_role("heading", name="We pause.").wait_for()

    imke = come(walk(helper.persona, width=1100, height=800), gathering)
    imke.get_by_role("button", name="Guide the hour now").click()
    ada.get_by_text("Imke guides the hour now.").wait_for()
    imke.get_by_role("button", name="Go on").click()
    ada.get_by_role("heading", name="It is your turn.").wait_for()
    now = hour.look()
    assert (now.holder, now.turn, now.phase) == (river.pk, turn, "rounds")
    assert (now.chair(helper.pk).part, now.chair(lead.pk).part) == ("leads", "helps")


def test_somebody_who_is_in_no_circle_visits_an_open_hour(walk, house, gathering, lead):
    """On a phone without JavaScript, from the address that somebody gave them to the room."""
    circle = gathering.circle
    Series.objects.update(door=Series.Door.OPEN)
    cleo = come(walk(lead.persona, width=1100, height=800), gathering)
    cleo.get_by_role("button", name="Open the room").click()
    dora = walk(Person.objects.join("dora", PASSPHRASE), script=False)
    dora.context.set_default_timeout(30_000)
    dora.goto(room_of(gathering).replace("/room/", "/"))
    dora.get_by_label("What shall we call you in this hour?").fill("Swift")
    dora.get_by_label("I have read both, and I say yes to them.").check()
    dora.get_by_role("button", name="I say yes").click()
    dora.get_by_role("button", name="Go to the door").click()
    dora.get_by_role("heading", name="You are at the door.").wait_for()
    cleo.get_by_role("button", name="Let in Swift").click()
    cleo.locator(".tag", has_text="visits").wait_for()
    cleo.get_by_text("Swift has come in.").wait_for()
    dora.reload()
    dora.get_by_text("You are in. We begin soon.").wait_for()
    dora.get_by_role("link", name=circle.name).click()
    assert dora.get_by_role("heading", name="The agreement").count() == 1  # the circle's door, as for any stranger
