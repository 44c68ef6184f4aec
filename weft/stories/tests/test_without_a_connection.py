"""Words typed on a train: kept on the device, sealed, offered again, gone when they are saved or one leaves."""

import base64
import os
import signal
import subprocess
import time
from pathlib import Path

import pytest
from playwright.sync_api import expect

from weft.loom.ids import random_id
from weft.people.models import Device
from weft.stories.models import Reply, Story
from weft.tests.browser import QUIET, find_chromium

CANARY = "qzcanaryletters that nobody else may read"
OFFER = "You have words here that were not saved. Put them back?"
KEPT = "Object.keys(localStorage).filter(name => name.startsWith('words.')).length"


@pytest.fixture
def address(ada):
    story = Story(pk=random_id(), circle_id=ada.circle_id)
    return f"{story.get_absolute_url()}draft/"


def write(page, words, into="What would you like to say?"):
    page.get_by_label(into).press_sequentially(words)


def offline(walk, page):
    walk.expect("ERR_INTERNET_DISCONNECTED", "fetching the script")
    page.context.set_offline(True)


def until(so, seconds=60):
    end = time.monotonic() + seconds
    while not so():
        assert time.monotonic() < end, "it did not come"
        time.sleep(0.1)


def is_kept(page, many=1):
    until(lambda: page.evaluate(KEPT) == many)


def test_a_draft_typed_without_a_connection_is_offered_again(walk, ada, address):
    page = walk(ada)
    page.goto(address)
    offline(walk, page)
    write(page, CANARY)
    is_kept(page)
    expect(page.get_by_text("Not saved yet: no connection.")).to_be_visible()
    page.get_by_role("button", name="Read it through").click()
    assert page.get_by_label("What would you like to say?").input_value() == CANARY
    page.evaluate("() => { window.fetch = async () => { throw new Error('the battery is empty') } }")
    page.close()
    assert not Story.objects.exists()

    page.context.set_offline(False)
    again = page.context.new_page()
    again.goto(address)
    expect(again.get_by_text(OFFER)).to_be_visible()
    assert again.get_by_label("What would you like to say?").input_value() == ""
    write(again, "Something else meanwhile.")
    again.get_by_role("button", name="Put them back").click()
    expect(again.get_by_text(OFFER)).to_be_hidden()
    assert again.get_by_label("What would you like to say?").input_value() == f"Something else meanwhile.\n\n{CANARY}"
    is_kept(again, 0)  # saved by the house
    assert Story.objects.get().text.endswith(CANARY)
    again.reload()
    assert again.evaluate(KEPT) == 0


def test_an_open_page_saves_by_itself_when_the_connection_is_back(walk, ada, address):
    page = walk(ada)
    page.goto(address)
    offline(walk, page)
    write(page, CANARY)
    is_kept(page)
    page.context.set_offline(False)
    is_kept(page, 0)
    assert Story.objects.get().text == CANARY


def test_on_a_slow_link_one_window_is_not_taken_for_two(walk, ada, address):
    page = walk(ada)
    page.goto(address)
    slowly = "async (...asked) => { await new Promise(go => setTimeout(go, 1500)); return window.quick(...asked) }"
    page.evaluate(f"() => {{ window.quick = window.fetch; window.fetch = {slowly} }}")
    write(page, "One line.")
    page.wait_for_timeout(1300)  # it is on its way
    write(page, " And one more.")
    page.wait_for_timeout(1300)
    write(page, " And the last.")
    page.get_by_role("button", name="Read it through").click()
    expect(page.get_by_role("heading", name="Read it through")).to_be_visible()
    assert Story.objects.get().text == "One line. And one more. And the last."


def test_a_reply_typed_without_a_connection_is_not_lost(walk, told, cleo):
    page = walk(cleo)
    page.goto(told.get_absolute_url())
    offline(walk, page)
    write(page, CANARY, "Answer River")
    is_kept(page)
    page.get_by_role("button", name="Answer").click()
    expect(page.get_by_text("Not sent: no connection.")).to_be_visible()
    page.close()

    page.context.set_offline(False)
    again = page.context.new_page()
    again.goto(told.get_absolute_url())
    again.get_by_role("button", name="Put them back").click()
    again.get_by_role("button", name="Answer").click()
    expect(again.locator(".reply", has_text=CANARY)).to_be_visible()
    assert Reply.objects.get().text == CANARY
    is_kept(again, 0)
    expect(again.get_by_text(OFFER)).to_be_hidden()


def test_what_is_let_go_is_gone(walk, told, cleo):
    page = walk(cleo)
    page.goto(told.get_absolute_url())
    write(page, CANARY, "Answer River")
    is_kept(page)
    page.reload()
    page.get_by_role("button", name="Let them go").click()
    assert page.evaluate(KEPT) == 0
    page.reload()
    expect(page.get_by_text(OFFER)).to_be_hidden()


def test_it_is_gone_when_somebody_leaves_or_comes_to_the_door(walk, told, cleo, house):
    house.leave_to = f"{walk.address}/about/"
    house.save()
    for how in ("leave", "door"):
        page = walk(cleo)
        page.goto(told.get_absolute_url())
        write(page, CANARY, "Answer River")
        is_kept(page)
        if how == "leave":
            page.get_by_role("link", name="Leave").click()
            page.wait_for_url("**/about/")
        else:
            Device.objects.all().delete()
            page.goto("/door/")
        is_kept(page, 0)


def test_it_opens_for_no_other_sign_in(walk, told, cleo):
    """Even if the sealed words stayed on the device, the key went with the sign-in."""
    page = walk(cleo)
    page.goto(told.get_absolute_url())
    write(page, CANARY, "Answer River")
    is_kept(page)
    walk.sign_in(page.context, cleo)
    page.goto(told.get_absolute_url())
    expect(page.get_by_text(OFFER)).to_be_hidden()


def test_a_shared_phone_keeps_nothing(walk, told, cleo):
    page = walk(cleo)
    device = page.context.cookies()[0]["value"]
    from weft.people.devices import SessionStore

    session = SessionStore(device)
    session.share()
    session.save()
    page.goto(told.get_absolute_url())
    assert page.title() == "Notes"
    write(page, CANARY, "Answer River")
    page.evaluate("() => new Promise(done => setTimeout(done))")
    assert page.locator("form[data-kept]:not([data-key])").count() == 1
    assert page.evaluate(KEPT) == 0


def test_after_a_week_nobody_comes_back_for_it(walk, told, cleo):
    page = walk(cleo)
    page.goto(told.get_absolute_url())
    write(page, CANARY, "Answer River")
    is_kept(page)
    page.clock.install(time=time.time() + 6 * 24 * 3600)
    page.goto("/about/")
    assert page.evaluate(KEPT) == 1
    page.clock.set_fixed_time(time.time() + 8 * 24 * 3600)
    page.goto("/about/")
    is_kept(page, 0)


# A stolen phone: the browser's own folder, after somebody pulled the plug


def looks_like(words):
    """What a thief looks for: the words themselves, in the two alphabets of a browser, and behind base64."""
    found = [words.encode(), words.encode("utf-16-le")]
    for shift in range(3):
        cut = base64.b64encode(b" " * shift + words.encode())[4 if shift else 0 :].rstrip(b"=")
        found += [cut[:-2], cut[:-2].decode().encode("utf-16-le")]
    return found


def lies_in(folder: Path, words: str) -> list[str]:
    read = {}
    for path in folder.rglob("*"):
        try:
            read[path] = path.read_bytes() if path.is_file() and not path.is_symlink() else b""
        except FileNotFoundError:  # the browser is still alive, and has just thrown it away
            continue
    return [path.name for path, held in read.items() if any(form in held for form in looks_like(words))]


def stolen(walk, folder, persona, address, *, seal=True):
    """Type with no connection in a browser with a folder of its own; end it as a thief would; what is in the folder?"""
    sandbox = [] if os.getuid() else ["--no-sandbox"]
    command = [find_chromium(), "--headless=new", *QUIET, *sandbox, f"--user-data-dir={folder}"]
    browser = subprocess.Popen(
        [*command, "--remote-debugging-port=0", "about:blank"], start_new_session=True, stderr=subprocess.DEVNULL
    )
    try:
        port = folder / "DevToolsActivePort"
        until(lambda: port.exists() and port.read_text().count("\n") >= 1)
        where = f"http://127.0.0.1:{port.read_text().splitlines()[0]}"
        context = walk.chromium.browser_type.connect_over_cdp(where).contexts[0]
        walk.sign_in(context, persona)
        page = context.new_page()
        if not seal:
            page.add_init_script("crypto.subtle.encrypt = async (_how, _key, plain) => plain.buffer")
        page.goto(walk.address + address)
        page.context.set_offline(True)
        write(page, CANARY)
        is_kept(page)
        name = page.evaluate("Object.keys(localStorage).find(name => name.startsWith('words.'))")
        until(lambda: lies_in(folder, name))  # the browser writes it down when it likes
    finally:
        os.killpg(browser.pid, signal.SIGKILL)
        browser.wait()
    return lies_in(folder, CANARY)


@pytest.mark.slow
def test_a_stolen_phone_shows_no_words(walk, ada, address, tmp_path):
    assert stolen(walk, tmp_path / "sealed", ada, address) == []


@pytest.mark.slow
def test_the_control_without_the_seal_the_thief_reads_them(walk, ada, address, tmp_path):
    assert stolen(walk, tmp_path / "open", ada, address, seal=False)
