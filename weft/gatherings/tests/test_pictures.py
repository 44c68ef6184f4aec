"""Pictures, from cameras that Chromium plays: off until their owner turns them on, seen by the others, off again."""

from typing import Any

import pytest

from weft.gatherings.models import Tuning
from weft.gatherings.tests.test_voices import Table
from weft.tests.browser import QUIET, Walk, find_chromium

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]
CAMERAS = ["--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream", "--no-sandbox"]
# What a page asked its device for, and got.
ASKED = """
window.asked = [];
const real = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
navigator.mediaDevices.getUserMedia = async (what) => {
  const stream = await real(what);
  window.asked.push(stream);
  return stream;
};
"""
CAMERA_RUNS = """
() => window.asked.some((stream) => stream.getVideoTracks().some((track) => track.readyState === "live"))
"""
PLAYS = """
(from) => [...document.querySelectorAll(`#room-pictures video[data-from="${from}"]:not([hidden])`)]
  .some((box) => box.videoWidth > 0 && box.getVideoPlaybackQuality().totalVideoFrames > 5)
"""


@pytest.fixture
def walk(transactional_db, chromium, ground):
    """Browsers with a camera and a microphone."""
    browser = chromium.browser_type.launch(executable_path=find_chromium(), args=[*QUIET, *CAMERAS])
    walk = Walk(browser, ground)
    yield walk
    walk.close()
    browser.close()
    walk.check()


@pytest.fixture
def table(walk, gathering, lead, river, benno):
    """Three in the room, by voice."""
    gathering.series.way = "video"
    gathering.series.save()
    table = Table(walk, gathering, {"Cleo": lead, "River": river, "Benno": benno}, ASKED)
    for name in table.seats:
        table.come(name)
    hour = table.hour
    hour.act("open_door", by=lead, turn=hour.look().turn)
    for seat in (river, benno):
        hour.act("admit", by=lead, seat=seat.pk)
    for name in table.seats:
        table.speak(name)
    table.linked(2)
    return table


def runs(table: Table) -> set[str]:
    """Whose camera runs."""
    return {name for name, page in table.pages.items() if page.evaluate(CAMERA_RUNS)}


def until_seen(table: Table, by: str, of: str) -> Any:
    return table.pages[by].wait_for_function(PLAYS, arg=str(table.seats[of].pk), timeout=120_000)


def pictures(page: Any) -> int:
    return page.locator("#room-pictures video:not([hidden])").count()


def test_a_camera_is_off_until_its_owner_turns_it_on_and_off_again_after(table):
    assert runs(table) == set()
    assert [pictures(page) for page in table.pages.values()] == [0, 0, 0]

    river = table.pages["River"]
    river.locator("[data-act=off]").click()
    river.locator("#room-voice[data-on=no]").wait_for()
    river.locator("[data-act=video]").click()
    table.linked(2)
    until_seen(table, "Cleo", of="River")
    until_seen(table, "Benno", of="River")
    assert runs(table) == {"River"}, "nobody's camera but the one whose owner pressed"
    assert pictures(river) == 0, "and who shows a picture sees only those that are shown"
    assert set(Tuning.objects.exclude(way="video").values_list("seat", flat=True)) == {
        table.seats["Cleo"].pk,
        table.seats["Benno"].pk,
    }

    river.locator("[data-act=off]").click()
    for name in ("Cleo", "Benno"):
        table.pages[name].locator("#room-pictures video").wait_for(state="detached", timeout=60_000)
    assert runs(table) == set()
    table.speak("River")
    table.linked(2)
    assert runs(table) == set()
    assert [pictures(page) for page in table.pages.values()] == [0, 0, 0]


def test_two_who_both_show_themselves_see_each_other(table):
    for name in ("River", "Benno"):
        table.pages[name].locator("[data-act=off]").click()
        table.pages[name].locator("#room-voice[data-on=no]").wait_for()
        table.pages[name].locator("[data-act=video]").click()
    table.linked(2)
    until_seen(table, "River", of="Benno")
    until_seen(table, "Benno", of="River")
    until_seen(table, "Cleo", of="Benno")
    assert runs(table) == {"River", "Benno"}


def test_a_page_that_is_loaded_anew_shows_nothing(table):
    river = table.pages["River"]
    river.locator("[data-act=off]").click()
    river.locator("[data-act=video]").click()
    until_seen(table, "Cleo", of="River")
    table.come("River")
    assert "River" not in runs(table)
    shown = table.pages["Cleo"].locator("#room-pictures video:not([hidden])")
    shown.wait_for(state="detached", timeout=120_000)  # nor does the last picture of them stand there


def test_in_an_hour_by_voice_no_camera_can_be_turned_on(walk, gathering, lead):
    gathering.series.way = "voice"
    gathering.series.save()
    table = Table(walk, gathering, {"Cleo": lead}, ASKED)
    page = table.come("Cleo")
    assert page.locator("[data-act=voice]").count() == 1
    assert page.locator("[data-act=video]").count() == 0
    said = """async () => {
      const said = new FormData();
      said.set("way", "video");
      said.set("csrfmiddlewaretoken", document.querySelector("[name=csrfmiddlewaretoken]").value);
      return (await fetch(document.getElementById("room-voice").dataset.tune, { method: "POST", body: said })).status;
    }"""
    walk.expect("400")
    assert page.evaluate(said) == 400
    assert not Tuning.objects.filter(way="video").exists()
