"""test_leave: after “Leave”, nothing private is on the screen, behind “Back”, or in another tab."""

import os
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from playwright.sync_api import Page

from weft.circles.models import House
from weft.conftest import PASSPHRASE
from weft.people.models import Device, Person
from weft.tests.browser import Walk, find_chromium

CANARY = "canary-that-nobody-may-see"
NAME = "a-name-typed-at-the-door"


class Encyclopedia(BaseHTTPRequestHandler):
    """A place that is not this house."""

    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        self.send_header("Cache-Control", "max-age=3600")
        self.end_headers()
        self.wfile.write(b"<!doctype html><title>An encyclopedia</title><h1>An encyclopedia</h1>")
        self.wfile.write(CANARY.encode() if CANARY in self.path else b"")

    def log_message(self, *_said: object) -> None:
        pass


@pytest.fixture
def elsewhere(walk: Walk, house: House) -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Encyclopedia)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    house.leave_to = f"http://127.0.0.1:{server.server_port}/"
    house.save()
    House.forget()
    walk.expect(f"asked another host: {house.leave_to}")
    yield house.leave_to
    server.shutdown()


@pytest.fixture
def page(walk: Walk, elsewhere: str) -> Page:
    """Signed in, on a page that shows a canary (their own sign-in name), with the door behind them."""
    person = Person.objects.join(CANARY, PASSPHRASE)
    page = walk()
    page.goto("/door/")
    walk.sign_in(page.context, person)
    page.goto("/settings/")
    assert is_seen(page)
    return page


def is_seen(page: Page) -> bool:
    return CANARY in page.evaluate("document.documentElement.outerHTML")


def is_seen_on_the_way_back(page: Page) -> bool:
    """Press Back until nothing is behind. (A page out of the browser's memory does not load, so waiting is by time.)"""
    for _step in range(4):
        page.evaluate("setTimeout(() => history.back(), 0)")
        page.wait_for_timeout(500)
        if is_seen(page):
            return True
    return False


def test_back_shows_nothing_private(page: Page, elsewhere: str):
    page.get_by_role("link", name="Leave").click()
    page.wait_for_url(elsewhere)
    assert not is_seen_on_the_way_back(page)
    page.goto("/settings/")
    assert "/door/" in page.url
    assert not Device.objects.exclude(person=None).exists()


def test_the_control_a_plain_link_leaves_it_one_step_behind(page: Page, elsewhere: str):
    page.evaluate("to => { location.href = to }", elsewhere)
    page.wait_for_url(elsewhere)
    assert is_seen_on_the_way_back(page)


def test_pages_further_behind_are_gone_too(page: Page, elsewhere: str):
    page.goto("/settings/name/")
    page.goto("/settings/devices/")
    page.get_by_role("link", name="Leave").click()
    page.wait_for_url(elsewhere)
    assert not is_seen_on_the_way_back(page)


def test_shift_three_times_leaves(page: Page, elsewhere: str):
    for _press in range(3):
        page.keyboard.press("Shift")
    page.wait_for_url(elsewhere)
    assert not is_seen_on_the_way_back(page)


def test_shift_for_writing_does_not_leave(page: Page):
    page.goto("/settings/name/")
    box = page.get_by_label("Your new sign-in name")
    box.focus()
    for letter in "ABCD":
        page.keyboard.press(f"Shift+{letter}")
    page.keyboard.press("Shift")
    page.keyboard.press("Shift")
    page.keyboard.press("x")
    page.keyboard.press("Shift")
    for _chord in range(3):
        page.keyboard.press("Control+Shift")
    page.wait_for_timeout(300)
    assert page.url.endswith("/settings/name/")
    assert box.input_value() == "ABCDx"


def test_shift_too_slowly_does_not_leave(page: Page):
    page.clock.install()
    for _press in range(2):
        page.keyboard.press("Shift")
    page.evaluate("Object.defineProperty(KeyboardEvent.prototype, 'timeStamp', {get: () => 1e9})")
    page.keyboard.press("Shift")
    page.wait_for_timeout(300)
    assert page.url.endswith("/settings/")


def test_the_screen_is_blank_at_once_even_when_nothing_answers(walk: Walk, page: Page):
    walk.expect("ERR_INTERNET_DISCONNECTED", "ERR_CONNECTION_RESET")  # the second: what was under way just then
    page.context.set_offline(True)
    then = time.perf_counter()
    page.keyboard.press("Shift")
    page.keyboard.press("Shift")
    page.keyboard.press("Shift")
    page.wait_for_timeout(200)
    assert CANARY not in page.content()
    assert time.perf_counter() - then < 2
    assert "Settings" not in page.title()
    page.context.set_offline(False)


def test_other_tabs_of_the_house_leave_too(page: Page, elsewhere: str):
    other = page.context.new_page()
    other.goto("/settings/")
    assert CANARY in other.content()
    page.get_by_role("link", name="Leave").click()
    other.wait_for_url(elsewhere)
    assert not is_seen_on_the_way_back(other)


def test_without_javascript_the_link_does_the_same(walk: Walk, page: Page, elsewhere: str):
    tab = walk(Person.objects.get(), script=False)
    tab.goto("/door/recovery/")
    tab.goto("/settings/")
    assert CANARY in tab.content()
    tab.get_by_role("link", name="Leave").click()
    tab.wait_for_url(elsewhere)
    assert not [cookie for cookie in tab.context.cookies() if cookie["name"] in ("place", "form")]
    for _step in range(2):
        tab.go_back(wait_until="commit")
        assert CANARY not in tab.content()


def found_in(profile: Path, word: str = CANARY) -> list[str]:
    words = [word.encode(), word.encode("utf-16-le")]
    files = [file for file in profile.rglob("*") if file.is_file()]
    return [str(file.relative_to(profile)) for file in files if any(word in file.read_bytes() for word in words)]


def come_in(page: Page, name: str, *, shared: bool = False) -> None:
    page.goto("/door/?next=/settings/")
    if shared:
        page.get_by_label("Other people use this phone").check()
    page.get_by_label("Sign-in name").fill(name)
    page.get_by_label("Passphrase").fill(PASSPHRASE)
    page.get_by_role("button", name="Sign in", exact=True).click()
    page.wait_for_url(lambda url: url.endswith("/settings/") and "door" not in url)
    page.wait_for_load_state()


def test_nothing_private_lies_in_the_browsers_profile(walk: Walk, elsewhere: str, tmp_path: Path):
    """What was shown and what was typed, on a shared phone; the control is a page that a browser may keep."""
    Person.objects.join(NAME, PASSPHRASE).address(f"{CANARY}@example.org")
    how = {"executable_path": find_chromium(), "args": [] if os.getuid() else ["--no-sandbox"]}
    chromium = walk.chromium.browser_type.launch_persistent_context(tmp_path, **how, base_url=walk.address)
    page = chromium.new_page()
    come_in(page, NAME, shared=True)
    assert is_seen(page)
    page.goto("/settings/name/")
    page.get_by_label("Your new sign-in name").fill(CANARY)
    page.get_by_role("link", name="Leave").click()
    page.wait_for_url(elsewhere)
    chromium.close()
    assert found_in(tmp_path) == []
    # Not among the words that the browser offers for a box. (Chromium notes, and no page can forbid it, for which name
    # it has offered to save a passphrase and was told no.)
    assert [file for file in found_in(tmp_path, NAME) if not file.startswith("Default/Login Data")] == []
    chromium = walk.chromium.browser_type.launch_persistent_context(tmp_path, **how)
    chromium.new_page().goto(elsewhere + CANARY)
    chromium.close()
    assert found_in(tmp_path), "the control"
