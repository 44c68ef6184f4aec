"""What every answer says to the browser: pages, files, streams, and all that is refused."""

import logging
import socket
from contextlib import closing
from datetime import datetime, timedelta, timezone

import pytest
from django.templatetags.static import static
from django.test import Client
from django.urls import reverse

from weft.loom import plain, streams
from weft.loom.privacy import PlainFormatter
from weft.tests.test_listening import PATIENCE

pytestmark = pytest.mark.django_db(transaction=True)


def head(ground, said: str) -> dict[str, str]:
    """The headers of an answer, and its status."""
    with closing(socket.create_connection(ground.door.getsockname())) as line:
        line.settimeout(PATIENCE)
        line.sendall(said.encode())
        heard = b""
        while b"\r\n\r\n" not in heard:
            more = line.recv(65536)
            assert more, heard
            heard += more
    first, *rest = heard.split(b"\r\n\r\n")[0].decode("latin1").split("\r\n")
    return {"status": first.split()[1]} | {name.lower(): value for name, value in (one.split(": ", 1) for one in rest)}


def ask(path: str, method: str = "GET", more: str = "") -> str:
    return f"{method} {path} HTTP/1.1\r\nHost: localhost\r\n{more}\r\n"


ASKED = {
    "a page": (ask("/"), "200"),
    "the door": (ask("/door/"), "200"),
    "help": (ask("/help/"), "200"),
    "the worker": (ask("/sw.js"), "200"),
    "a redirect": (ask("/settings/"), "302"),
    "a page that is not there": (ask("/invitations/nothing/"), "404"),
    "a form that is refused": (ask("/ease/", "POST", "Content-Length: 0\r\n"), "403"),
    "a stream that is refused": (ask("/stream/nothing"), "404"),
    "no request at all": ("nonsense\r\n\r\n", "400"),
    "another host": (ask("/").replace("localhost", "elsewhere.example"), "400"),
}


@pytest.mark.parametrize("what", [*ASKED, "a file", "a stream"])
def test_the_headers_stand_on_every_answer(ground, house, ada, what):
    if what == "a file":
        said, status = ask(static("loom/weft.css")), "200"
    elif what == "a stream":
        said, status = ask(f"/stream/{streams.token(f'circle:{ada.circle_id}', ada.pk)}"), "200"
    else:
        said, status = ASKED[what]
    found = head(ground, said)
    assert found["status"] == status
    policy = found["content-security-policy"]
    for part in ("default-src 'none'", "frame-ancestors 'none'", "base-uri 'none'"):
        assert part in policy
    assert "unsafe" not in policy
    assert found["x-content-type-options"] == "nosniff"
    assert found["referrer-policy"] == "same-origin"
    assert found["cross-origin-resource-policy"] == "same-origin"
    assert "access-control-allow-origin" not in found
    kept = {"a file": "public, max-age=31536000, immutable", "the worker": "no-cache"}  # the same for everybody
    assert found["cache-control"] == kept[what] if what in kept else "no-store" in found["cache-control"]
    if "text/html" in found.get("content-type", ""):
        assert found["cross-origin-opener-policy"] == "same-origin"
        assert "charset=utf-8" in found["content-type"]


@pytest.mark.parametrize("method", ["TRACE", "CONNECT"])
def test_trace_is_not_answered(ground, house, method):
    found = head(ground, ask("/help/", method, "X-Canary: canary\r\n"))
    assert found["status"] in ("400", "403", "404", "405")


@pytest.mark.parametrize(
    "more",
    [
        "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n",
        "Content-Length: 5\r\nContent-Length: 6\r\n",
        "Content-Length: five\r\n",
        "Transfer-Encoding: chunked, identity\r\n",
    ],
)
def test_a_length_that_contradicts_the_pieces_is_refused(ground, house, more):
    assert head(ground, ask("/ease/", "POST", more) + "0\r\n\r\n")["status"] == "400"


def test_with_tls_every_answer_says_so_for_a_year(house, settings):
    settings.SECURE_HSTS_SECONDS = 31_536_000
    assert Client().get("/help/", secure=True)["Strict-Transport-Security"] == "max-age=31536000"
    assert (b"strict-transport-security", b"max-age=31536000") in plain.safe()
    settings.SECURE_HSTS_SECONDS = 0
    assert plain.safe() == plain.SAFE


OTHERS = ("place", "form")  # whose names were read when this process began: see above
BOUND = ["__Host-language", "__Host-ease"]


def test_with_tls_cookies_are_bound_to_the_host(tmp_path):
    """Asked of a process of its own: what the settings say follows from the address."""
    import os
    import subprocess
    import sys

    said = (
        "import django; django.setup()\n"
        "from django.conf import settings as s\n"
        "print(s.SESSION_COOKIE_NAME, s.CSRF_COOKIE_NAME, s.SESSION_COOKIE_SECURE, s.CSRF_COOKIE_SECURE,"
        " s.SESSION_COOKIE_HTTPONLY, s.CSRF_COOKIE_HTTPONLY, s.SESSION_COOKIE_SAMESITE, s.CSRF_COOKIE_SAMESITE,"
        " s.LANGUAGE_COOKIE_SECURE, s.SECURE_HSTS_SECONDS, s.LANGUAGE_COOKIE_NAME, s.COOKIE_PREFIX + 'ease')"
    )
    environment = os.environ | {
        "DJANGO_SETTINGS_MODULE": "weft.settings",
        "WEFT_DATA": str(tmp_path),
        "WEFT_ADDRESS": "https://weft.example.org",
    }
    found = subprocess.run([sys.executable, "-c", said], env=environment, capture_output=True, text=True, check=True)
    assert found.stdout.split() == [
        "__Host-place",
        "__Host-form",
        *["True"] * 4,
        "Lax",
        "Lax",
        "True",
        "31536000",
        *BOUND,
    ]


def test_with_tls_every_cookie_that_an_answer_sets_is_bound_to_the_host(settings, ada, sign_in):
    """Looks, and which drafts are safe, too; and what is let go of is let go of under the same name."""
    settings.COOKIE_PREFIX, settings.SECURE = "__Host-", True
    browser = sign_in(ada)
    sheet = browser.get(reverse("stories:begin", kwargs={"key": ada.circle_id})).headers["Location"]
    answers = [
        browser.post("/ease/", {"text": "larger", "next": "/"}),
        browser.post("/ease/", {"text": "", "next": "/"}),
        browser.post(sheet, {"kept": "0" * 36, "text": "Hm.", "wish": "listen", "audience": "circle", "later": "1"}),
    ]
    cookies = [cookie for answer in answers for cookie in answer.cookies.values() if cookie.key not in OTHERS]
    assert {cookie.key for cookie in cookies} >= {"__Host-ease", "__Host-safe"}
    for cookie in cookies:
        assert cookie.key.startswith("__Host-")
        assert cookie["secure"]
        assert cookie["path"] == "/"
        assert not cookie["domain"]


def test_a_line_in_the_log_says_its_time_in_utc():
    record = logging.LogRecord("weft.loom", logging.WARNING, "", 1, "a mail waits", None, None)
    record.created = datetime(2026, 7, 1, 22, 30, 5, tzinfo=timezone(timedelta(hours=9))).timestamp()
    assert PlainFormatter().format(record) == "2026-07-01T13:30:05Z warning weft.loom a mail waits"
