"""A command that the house refuses by its pace, or the line loses: it is said, words stay, and it counts once."""

import socket

import pytest
from playwright.sync_api import expect

from weft.gatherings import room
from weft.gatherings.hour.keeper import Hour
from weft.gatherings.models import Said
from weft.gatherings.tests.test_walking_through_an_hour import room_of
from weft.loom import caps
from weft.tests.browser import Ground, Walk

pytestmark = pytest.mark.django_db(transaction=True)
WORDS = "The bus, twice."
AGAIN = "That has not arrived yet."


@pytest.fixture
def holds(gathering, lead, river):
    """River has the piece, before her page is open."""
    hour = Hour.of(gathering)
    for seat in (lead, river):
        hour.come(by=seat)
    hour.act("open_door", by=lead, turn=hour.look().turn)
    hour.act("admit", by=lead, seat=river.pk)
    hour.act("begin", by=lead, turn=hour.look().turn)
    hour.act("start_round", by=lead, turn=hour.look().turn)
    hour.act("accept", by=river, turn=hour.look().turn)
    return hour


def come(page, gathering):
    """Here, and not any more where they sat before."""
    page.context.set_default_timeout(30_000)
    page.goto(room_of(gathering))
    page.get_by_role("button", name="Be here instead").click()
    return page


def writes(page, gathering):
    come(page, gathering)
    page.get_by_role("heading", name="It is your turn.").wait_for()
    box = page.get_by_label("Write instead of speaking")
    box.fill(WORDS)
    return box


def test_what_the_house_refuses_by_its_pace_is_said_kept_and_sent_again(walk, gathering, holds, river, monkeypatch):
    walk.expect("status of 429")
    page = walk(river.persona)
    box = writes(page, gathering)
    caps.forget()
    monkeypatch.setattr(room.DOING, "at_once", 1)
    monkeypatch.setattr(room.DOING, "every", 6.0)
    page.get_by_role("button", name="I need somebody").click()
    page.get_by_role("button", name="I am fine again").wait_for()
    page.get_by_role("button", name="Send what I wrote").click()
    expect(page.locator("#room-sending")).to_contain_text(AGAIN)
    expect(page.locator("#room-sending")).to_contain_text("Your words are still in their box.")
    assert box.input_value() == WORDS
    assert not Said.objects.exists()
    page.locator("#room-words").get_by_text(WORDS).wait_for(timeout=30_000)
    expect(page.locator("#room-sending")).to_have_text("")
    expect(page.get_by_label("Write instead of speaking")).to_have_value("")
    assert Said.objects.count() == 1


@pytest.fixture
def own(transactional_db, chromium):
    """A house that a test may stop and start again, at the same address."""
    ground = Ground()
    walk = Walk(chromium, ground)
    yield walk
    walk.close()
    walk.ground.close()
    walk.check()


def stop(walk):
    port = walk.ground.door.getsockname()[1]
    walk.ground.close()
    walk.ground.door.close()
    return port


def test_the_house_was_away_for_a_moment_and_the_words_come_once(own, gathering, holds, river):
    own.expect("ERR_", "status of 404")
    page = own(river.persona)
    box = writes(page, gathering)
    port = stop(own)
    page.get_by_role("button", name="Send what I wrote").click()
    expect(page.locator("#room-sending")).to_contain_text(AGAIN)
    assert box.input_value() == WORDS
    own.ground = Ground(door=socket.create_server(("127.0.0.1", port), backlog=512))
    page.locator("#room-words").get_by_text(WORDS).wait_for(timeout=60_000)
    expect(page.locator("#room-sending")).to_have_text("")
    expect(page.get_by_label("Write instead of speaking")).to_have_value("")
    assert Said.objects.count() == 1
    assert page.get_by_text("That came a moment too late").count() == 0


def test_what_arrived_though_its_answer_was_lost_counts_once_and_nothing_is_said_of_it(walk, gathering, holds, river):
    walk.expect("ERR_FAILED")
    page = walk(river.persona)
    writes(page, gathering)
    lost = []

    def lose(route):
        if route.request.method == "POST" and not lost:
            lost.append(route.fetch())  # it arrives
            return route.abort()  # and nobody hears so
        return route.continue_()

    page.route("**/room/", lose)
    page.get_by_role("button", name="I have finished. Pass it on").click()
    page.get_by_role("heading", name="It is your turn.").wait_for(state="detached", timeout=30_000)
    expect(page.locator("#room-sending")).to_have_text("", timeout=30_000)
    assert lost
    assert Said.objects.count() == 1
    assert page.get_by_text("That came a moment too late").count() == 0
    assert page.get_by_text("Your words are still here").count() == 0
    assert holds.look().holder is None


def test_what_could_count_twice_is_not_sent_again_by_itself(walk, gathering, holds, lead):
    """A pause that may have arrived, while another may have gone on meanwhile: the page says that it does not know."""
    walk.expect("ERR_FAILED")
    page = come(walk(lead.persona, width=1100, height=800), gathering)
    sent = []

    def lose(route):
        if route.request.method == "POST":
            sent.append(route.fetch() if not sent else None)
            return route.abort()
        return route.continue_()

    page.route("**/room/", lose)
    page.get_by_role("button", name="Pause").click()
    expect(page.locator("#room-sending")).to_contain_text("We do not know if that arrived.")
    page.wait_for_timeout(4000)
    assert len(sent) == 1
    page.get_by_role("heading", name="We pause.").wait_for()
