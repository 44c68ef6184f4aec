"""Walks in a real browser: the whole house on a port of its own, and Chromium at the size of a small phone.

    def test_a_walk(walk, ada):
        page = walk(ada)                 # signed in as Ada, 360 x 640, JavaScript on, light
        page.goto("/circles/")
    walk()                               # signed out
    walk(ada, script=False)              # without JavaScript
    walk(ada, width=1100, height=800, dark=True, locale="ar")

Every page of a walk is watched. The test fails if anything asked another host, broke the content security policy, threw
an error, or left one in the console; `walk.expect("404")` says which of these the test is about. Whoever uses `walk` is
marked `browser`. Without a browser the walk is skipped; with WEFT_REQUIRE_BROWSER=1 it fails.
"""

import os
import shutil
import socket
import threading
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome", "msedge")
WITHOUT_WINDOWS = (
    "chromium-headless-shell"  # the same pages for two thirds of the work; it shows no notes of the system
)
QUIET = ["--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
         "--disable-component-update", "--disable-sync",
         "--disable-features=Translate,OptimizationHints,WebRtcHideLocalIpsWithMdns",
         "--allow-loopback-in-peer-connection", "--autoplay-policy=no-user-gesture-required",
         "--disable-background-timer-throttling", "--disable-renderer-backgrounding",
         "--disable-backgrounding-occluded-windows"]  # fmt: skip
LACKING = "no browser: set WEFT_CHROMIUM, or apt install chromium"


@cache
def find_chromium() -> str:
    """The browser to walk in: the one that is named, Playwright's own, or the system's. Empty if there is none."""
    named = os.environ.get("WEFT_CHROMIUM")
    if named:
        return named
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        own = playwright.chromium.executable_path
    return own if Path(own).exists() else next(filter(None, map(shutil.which, NAMES)), "")


@cache
def find_quick_chromium() -> str:
    """The one without windows, where nobody named another and it is there."""
    quick = "" if os.environ.get("WEFT_CHROMIUM") else shutil.which(WITHOUT_WINDOWS)
    return quick or find_chromium()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if "chromium" in getattr(item, "fixturenames", ()):
            item.add_marker("browser")


@pytest.fixture(scope="session")
def chromium() -> Iterator[Any]:
    path = find_chromium() and find_quick_chromium()  # both are known before Playwright runs, and asks for neither
    if not path:
        (pytest.fail if os.environ.get("WEFT_REQUIRE_BROWSER") == "1" else pytest.skip)(LACKING)
    from playwright.sync_api import sync_playwright

    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"  # Playwright's loop runs in the thread of the tests
    sandbox = [] if os.getuid() else ["--no-sandbox"]
    with sync_playwright() as playwright:
        # With the memory of pages for “Back”, which Playwright switches off: people's browsers have it.
        memory = ["--disable-back-forward-cache"]
        browser = playwright.chromium.launch(executable_path=path, args=[*QUIET, *sandbox], ignore_default_args=memory)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def whole_chromium(chromium: Any) -> Iterator[Any]:
    """One that shows the notes of the system, too."""
    sandbox = [] if os.getuid() else ["--no-sandbox"]
    browser = chromium.browser_type.launch(executable_path=find_chromium(), args=[*QUIET, *sandbox])
    yield browser
    browser.close()


class Ground:
    """The whole house, served in a thread: pages, files and streams, over the database of the test."""

    def __init__(self, buffer: int = 0, door: socket.socket | None = None) -> None:
        from weft.loom import serve

        self.door = door or socket.create_server(("127.0.0.1", 0), backlog=512)
        if buffer:
            self.door.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, buffer)
        self.address = f"http://localhost:{self.door.getsockname()[1]}"
        self.app = serve.App(works=False)  # a test does its jobs itself: `jobs.run_due()`
        ready = threading.Event()
        self.server = serve.Server(self.app, ready=ready.set)
        self.thread = threading.Thread(target=self.server.run, args=[[self.door]], name="house", daemon=True)
        self.thread.start()
        if not ready.wait(10):
            raise RuntimeError("the house did not open")

    def close(self) -> None:
        self.server.should_exit = True
        self.thread.join(10)


@pytest.fixture(scope="session")
def ground(django_db_setup: None) -> Iterator[Ground]:
    """The house on a port of its own, for tests that ask over HTTP. Use it with `transactional_db`."""
    ground = Ground()
    yield ground
    ground.close()


class Walk:
    """The browsers of one test."""

    def __init__(self, chromium: Any, ground: Ground) -> None:
        self.chromium, self.ground, self.address = chromium, ground, ground.address
        self.contexts: list[Any] = []
        self.troubles: list[str] = []
        self.expected: list[str] = []

    def __call__(
        self,
        who: Any = None,
        *,
        script: bool = True,
        width: int = 360,
        height: int = 640,
        dark: bool = False,
        **more: Any,
    ) -> Any:
        """A page in a browser of its own, signed in as this person or as the person of this persona."""
        context = self.chromium.new_context(
            base_url=self.address,
            viewport={"width": width, "height": height},
            java_script_enabled=script,
            color_scheme="dark" if dark else "light",
            **more,
        )
        context.set_default_timeout(30_000)  # a busy machine takes its time, and what is late comes
        self.contexts.append(context)
        context.on("request", self._asked)
        context.on("console", self._said)
        context.on("weberror", lambda error: self.troubles.append(f"error: {error.error}"))
        if who is not None:
            self.sign_in(context, who)
        return context.new_page()

    def sign_in(self, context: Any, who: Any) -> None:
        """Give this browser the cookie of a person who has just signed in."""
        from django.conf import settings
        from django.test import Client

        client = Client()
        client.force_login(getattr(who, "person", who), backend="weft.people.door.Opened")
        value = client.cookies[settings.SESSION_COOKIE_NAME].value
        context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": value, "url": self.address}])

    def expect(self, *words: str) -> None:
        """Troubles that hold these words are what this test is about."""
        self.expected += words

    def close(self) -> None:
        for context in self.contexts:
            context.close()

    def check(self) -> None:
        found = [trouble for trouble in self.troubles if not any(words in trouble for words in self.expected)]
        assert not found, "\n".join(found)

    def _asked(self, request: Any) -> None:
        to = urlsplit(request.url)
        if to.scheme not in ("data", "blob", "about") and f"{to.scheme}://{to.netloc}" != self.address:
            self.troubles.append(f"asked another host: {request.url}")

    def _said(self, message: Any) -> None:
        if message.type in ("error", "warning"):  # breaches of the policy come as errors too
            self.troubles.append(f"console: {message.text}")


@pytest.fixture
def walk(transactional_db: None, chromium: Any, ground: Ground) -> Iterator[Walk]:
    walk = Walk(chromium, ground)
    yield walk
    walk.close()
    walk.check()
