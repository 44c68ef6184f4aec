"""One port for pages, files and streams; what the server refuses; and what never reaches its terminal."""

import gc
import http.client
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from contextlib import closing

import pytest
from django.conf import settings
from django.contrib.staticfiles import finders
from django.templatetags.static import static
from django.test import Client

from weft.loom import files, serve, streams
from weft.tests.test_listening import PATIENCE, Ear

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def ask(ground):
    """Ask the house over HTTP: (status, headers, body)."""

    def ask(method, path, body=None, headers=None):
        with closing(http.client.HTTPConnection(*ground.door.getsockname(), timeout=PATIENCE)) as line:
            line.request(method, path, body, {"Host": "localhost", **(headers or {})})
            answer = line.getresponse()
            return answer.status, answer.headers, answer.read()

    return ask


def test_pages_files_and_streams_come_from_one_port(ground, ask, ada):
    status, headers, page = ask("GET", "/")
    assert status == 200
    assert b"</html>" in page
    assert headers["Cache-Control"] == "no-store"
    with closing(Ear(ground, streams.token(f"circle:{ada.circle_id}", ada.pk))) as ear:
        ear.until(b"beat")
        assert ask("GET", static("loom/weft.css"))[0] == 200
        assert ask("GET", "/")[0] == 200
        streams.publish(f"circle:{ada.circle_id}", "story", 1)
        ear.until(b"story 1")


def test_no_piece_of_a_page_waits_for_the_one_before(ground):
    assert ground.door.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)


def test_garbage_is_looked_for_only_among_what_may_go(ground):
    """A look through all that a house has read holds up every page."""
    assert gc.isenabled()
    assert gc.get_freeze_count() > len(gc.get_objects())


def test_pages_answer_while_many_listen(ground, ask, ada, monkeypatch):
    monkeypatch.setattr(type(ground.app.hub), "of_one", 50)
    ears = [Ear(ground, streams.token(f"circle:{ada.circle_id}", ada.pk)) for _ in range(50)]
    for ear in ears:
        ear.until(b"beat")
    assert ask("GET", "/")[0] == 200
    for ear in ears:
        ear.close()


@pytest.mark.parametrize("path", ["/", "/nowhere/", "/stream/nothing", "/static/nothing.css"])
def test_no_answer_names_the_software(ask, house, path):
    _status, headers, _body = ask("GET", path)
    assert "Server" not in headers
    assert "Date" not in headers
    assert "X-Powered-By" not in headers


def test_no_page_learns_from_where_somebody_asks(ground, ask, house, monkeypatch):
    seen = []

    def pages(environ, start_response):
        seen.append(environ)
        start_response("200 OK", [])
        return [b"well"]

    monkeypatch.setattr(ground.app.pages, "app", pages)
    assert ask("GET", "/?x=1", headers={"X-Forwarded-For": "192.0.2.7"})[2] == b"well"
    assert seen[0]["QUERY_STRING"] == "x=1"
    assert not {"REMOTE_ADDR", "REMOTE_PORT", "REMOTE_HOST"} & set(seen[0])
    assert "127.0.0.1" not in {str(value) for name, value in seen[0].items() if name.startswith(("REMOTE", "HTTP"))}


def test_a_header_with_an_underscore_passes_for_no_other(ground, ask, house, monkeypatch):
    """A front server sets `X-Forwarded-Proto` itself, and may let `X_Forwarded_Proto` of whoever asks through."""
    seen = []

    def pages(environ, start_response):
        seen.append(environ)
        start_response("200 OK", [])
        return [b"well"]

    monkeypatch.setattr(ground.app.pages, "app", pages)
    ask("GET", "/", headers={"X_Forwarded_Proto": "https", "X-Other": "1"})
    assert seen[0]["HTTP_X_OTHER"] == "1"
    assert "HTTP_X_FORWARDED_PROTO" not in seen[0]


# Files


def test_a_file_is_kept_for_a_year_under_an_address_that_changes_with_it(ask, tmp_path):
    _status, headers, body = ask("GET", static("loom/weft.css"))
    assert headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert headers["Content-Type"] == "text/css; charset=utf-8"
    assert headers["X-Content-Type-Options"] == "nosniff"
    with open(finders.find("loom/weft.css"), "rb") as file:  # noqa: PTH123
        assert body == file.read()
    folder = tmp_path / "loom" / "static" / "loom"
    folder.mkdir(parents=True)
    (folder / "a.js").write_text("1")
    before = files.mark(tmp_path)
    assert before == files.mark(tmp_path)
    (folder / "a.js").write_text("2")
    assert before != files.mark(tmp_path)


def test_a_file_travels_small(ask):
    whole = ask("GET", static("loom/weft.css"))[2]
    _status, headers, body = ask("GET", static("loom/weft.css"), headers={"Accept-Encoding": "gzip"})
    assert headers["Content-Encoding"] == "gzip"
    assert len(body) < len(whole) / 2
    assert ask("HEAD", static("loom/weft.css"))[2] == b""


@pytest.mark.parametrize("path", ["../settings.py", "..%2fsettings.py", "loom/../../settings.py", "", "loom/", "x.css"])
def test_nothing_but_the_files_is_there(ask, house, path):
    assert ask("GET", static("loom/weft.css"))[0] == 200
    assert ask("GET", settings.STATIC_URL + path)[0] in (302, 404)
    assert ask("POST", static("loom/weft.css"))[0] in (302, 403, 404)


# Bodies


def test_what_fits_reaches_the_page(ask, house):
    status, _headers, body = ask("POST", "/ease/", b"x" * (serve.LIMIT - 10))
    assert status == 403  # as far as Django: it lacks the form's token
    assert b"too much" not in body


@pytest.mark.parametrize("size", [serve.LIMIT + 1, 4 * serve.LIMIT, 16 * serve.LIMIT])
def test_too_much_for_one_page_is_refused_in_plain_words(ask, house, size):
    try:
        status, headers, body = ask("POST", "/ease/", b"x" * size)
    except (BrokenPipeError, ConnectionResetError):
        assert size > serve.DRAIN  # whoever sends that much is no browser with a form
        return
    assert status == 413
    assert serve.TOO_MUCH.encode() in body
    assert headers["Content-Security-Policy"].startswith("default-src 'none';")


def test_too_much_in_pieces_is_refused_too(ask, house):
    pieces = iter([b"x" * 100_000] * 6)
    assert ask("POST", "/ease/", pieces)[0] == 413


def test_a_slow_line_holds_no_thread(ground, ask, house, monkeypatch):
    monkeypatch.setattr(serve, "TIME_TO_WRITE", 1.5)
    slow = [socket.create_connection(ground.door.getsockname()) for _ in range(8)]
    for line in slow:
        line.settimeout(PATIENCE)
        line.sendall(b"POST /ease/ HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1000\r\n\r\nx")
    assert ask("GET", "/")[0] == 200
    for line in slow:
        assert b" 408 " in line.recv(4096).split(b"\r\n")[0]
        line.close()


# Stopping, and the terminal

SCRIPT = """
import os, socket, sys, threading
import django
django.setup()
from django.http import HttpResponse
from django.contrib.auth.decorators import login_not_required
from django.urls import path
from weft import urls
from weft.loom import serve, streams

@login_not_required
def breaks(request, word):
    canary = request.GET["q"] + request.body.decode()
    raise ValueError("canary-in-the-error " + canary)

@login_not_required
def thread_breaks(request):
    thread = threading.Thread(target=lambda: {}["canary-in-a-thread"])
    thread.start()
    thread.join()
    return HttpResponse("well")

@login_not_required
def warns(request):
    import logging, warnings
    logging.getLogger("somebody.else").error("canary-in-a-log %s", request.GET.get("q"))
    return HttpResponse("well")

urls.urlpatterns += [path("breaks/<slug:word>/", breaks), path("thread/", thread_breaks), path("warns/", warns)]
from weft.loom import tables
tables.ready()
streams.may_hear = lambda subject, persona: subject == "x:1" or 1 / 0
door = socket.create_server(("127.0.0.1", 0))
print(door.getsockname()[1], streams.token("x:1", 1), streams.token("canary-in-a-subject", 2), flush=True)
serve.run(door)
"""


@pytest.fixture
def alone(tmp_path):
    """The house in a process of its own: (process, port, a token, a token that breaks)."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("WEFT_")}
    environment |= {
        "WEFT_DATA": str(tmp_path),
        "WEFT_KEY": os.environ["WEFT_KEY"],
        "DJANGO_SETTINGS_MODULE": "weft.settings",
        "PYTHONUNBUFFERED": "1",
    }
    process = subprocess.Popen(
        [sys.executable, "-c", SCRIPT], env=environment, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
    )
    port, token, bad = process.stdout.readline().split()
    yield process, int(port), token, bad
    process.kill()
    process.wait()


@pytest.mark.parametrize("sign", [signal.SIGINT, signal.SIGTERM])
def test_it_stops_at_once_even_with_open_streams(alone, sign):
    process, port, token, _bad = alone
    lines = []
    for _ in range(3):
        line = socket.create_connection(("127.0.0.1", port))
        line.sendall(f"GET /stream/{token} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode())
        line.settimeout(PATIENCE)
        while b"beat" not in line.recv(4096):
            pass
        lines.append(line)
    start = time.monotonic()
    process.send_signal(sign)
    assert process.wait(PATIENCE) == 0
    assert time.monotonic() - start < 4  # about 0.3 s; a busy machine takes longer
    assert process.stdout.read() == ""
    for line in lines:
        line.close()


def test_no_canary_reaches_the_terminal(alone):
    process, port, _token, bad = alone

    def ask(method, path, body=None, **headers):
        with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE)) as line:
            line.request(method, path, body, {"Host": "localhost", **headers})
            return line.getresponse().status

    assert ask("GET", "/breaks/canary-in-the-path/?q=canary-in-the-query") == 500
    assert ask("POST", "/breaks/canary-in-the-path/?q=canary-in-the-query", b"canary-in-the-body") in (403, 500)
    assert ask("GET", "/canary-in-a-lost-path/?q=canary-in-the-query") in (302, 404)
    assert ask("GET", "/", **{"Host": "canary-in-the-host.example"}) == 400
    assert ask("GET", "/", **{"Cookie": "place=canary-in-a-cookie", "User-Agent": "canary-in-the-agent"}) == 200
    assert ask("GET", "/thread/") == 200
    assert ask("GET", "/warns/?q=canary-in-the-query") == 200
    assert ask("GET", f"/stream/{bad}") == 500
    assert ask("GET", "/stream/canary-in-a-token") == 404
    with closing(socket.create_connection(("127.0.0.1", port))) as line:
        line.sendall(b"canary-in-no-request\r\n\r\n")
        line.recv(4096)
    process.send_signal(signal.SIGTERM)
    said, _none = process.communicate(timeout=PATIENCE)
    assert "ValueError at" in said  # it is there to be seen: where it broke
    assert "ZeroDivisionError at" in said
    assert "KeyError at" in said
    assert "canary" not in said
    assert "127.0.0.1" not in said


def test_two_can_write_at_the_same_moment(ground, house):
    """Threads of the server wait for each other's writes instead of failing."""
    failed = []

    def join(number):
        try:
            client = Client()
            client.get("/")
            from weft.people.models import Person

            Person.objects.join(f"somebody {number}")
        except Exception as error:
            failed.append(error)
        finally:
            from django.db import connections

            connections.close_all()

    threads = [threading.Thread(target=join, args=[number]) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not failed
