"""`weft start` and `weft serve`."""

import re
import signal
import socket
import stat
import subprocess
import sys
import time

import pytest

from weft.commands.tests.conftest import certificate


def link_in(said):
    return re.search(r"Set it up +http://[^/]+/(setup/[a-z0-9-]+/)", said)[1]


def test_a_new_house_is_made_and_can_be_set_up(begin, tmp_path, port):
    house = begin("start", "--port", port)
    assert house.home == f"http://127.0.0.1:{port}/"
    assert "a new house in ./weft-data" in house.said
    assert "works once, for 60 minutes" in house.said
    assert "Keep a copy of ./weft-data/house.key" in house.said
    assert house.get() == 200
    assert house.get(link_in(house.said)) == 200
    assert house.get("setup/0000-0000-0000-0000-0000/") == 404
    assert house.stop() == 0
    for name, mode in {"": 0o700, "house.key": 0o600, "setup.json": 0o600}.items():
        assert stat.S_IMODE((tmp_path / "weft-data" / name).stat().st_mode) == mode
    assert not (tmp_path / "weft-data" / "address").exists()


def test_a_second_start_finds_the_same_house(begin, tmp_path, port):
    first = begin("start", "--port", port)
    assert first.home
    old = link_in(first.said)
    first.stop()
    key = (tmp_path / "weft-data" / "house.key").read_bytes()
    second = begin("start", "--port", port)
    assert second.home
    assert "the house in ./weft-data" in second.said
    assert "Keep a copy" not in second.said
    assert (tmp_path / "weft-data" / "house.key").read_bytes() == key
    assert second.get(old) == 404  # a new link was made; the old one ends
    assert second.get(link_in(second.said)) == 200


def test_a_house_that_is_set_up_shows_no_link(begin, weft, environment, tmp_path, port):
    begin("start", "--port", port).home  # noqa: B018
    made = subprocess.run(
        [sys.executable, "-c", OPENED],
        env=environment | {"WEFT_DATA": str(tmp_path / "weft-data"), "DJANGO_SETTINGS_MODULE": "weft.settings"},
        check=False,
    )
    assert made.returncode == 0
    code, _said, complaint = weft("setup-link")
    assert code == 1
    assert "set up already" in complaint


OPENED = """
import django
django.setup()
from weft.circles.models import Circle, House
commons = Circle(kind="commons", name="Riverside", about="", door="open")
commons.save(force_insert=True)
House(commons=commons, kind="charity", country="GB").save()
"""


def test_a_second_start_of_a_house_that_is_set_up_prints_only_home(begin, environment, tmp_path, port):
    first = begin("start", "--port", port)
    assert "Set it up" in first.until("Ctrl+C.")
    first.stop()
    subprocess.run(
        [sys.executable, "-c", OPENED],
        env=environment | {"WEFT_DATA": str(tmp_path / "weft-data"), "DJANGO_SETTINGS_MODULE": "weft.settings"},
        check=True,
    )
    second = begin("start", "--port", port)
    assert second.home
    assert "setup" not in second.said.lower()


def test_a_taken_port_gives_way_to_the_next(begin):
    with socket.socket() as taken:
        taken.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            taken.bind(("127.0.0.1", 8765))
            taken.listen()
        except OSError:
            pass  # somebody else has it, which is as good
        house = begin("start")
        number = int(re.search(r":(\d+)/", house.home)[1])
        assert number > 8765
        assert f"Port 8765 is taken; using {number}." in house.said
        assert house.get() == 200


def test_a_port_that_was_asked_for_is_not_changed(weft):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        code, _said, complaint = weft("start", "--port", port)
    assert code == 1
    assert f"Port {port} is taken." in complaint
    assert weft("start", "--port", "99999")[0] == 2


def test_a_house_opens_once(begin, weft, port):
    assert begin("start", "--port", port).home
    code, _said, complaint = weft("start")
    assert code == 1
    assert f"is open already: http://127.0.0.1:{port}/" in complaint


@pytest.mark.parametrize("host", ["0.0.0.0", "192.0.2.1", "::", "weft.example.org"])  # noqa: S104
def test_nobody_listens_in_on_the_way(weft, host, tmp_path):
    code, said, complaint = weft("start", "--host", host)
    assert code == 2
    assert "--certfile" in complaint
    assert "--behind-proxy" in complaint
    assert said == ""
    assert not (tmp_path / "weft-data").exists()
    code, _said, complaint = weft("start", "--host", host, "--behind-proxy")
    assert code == 2
    assert "WEFT_ADDRESS=https://" in complaint


def test_an_address_with_tls_needs_somebody_who_speaks_it(weft):
    code, _said, complaint = weft("serve", "--data", ".", WEFT_ADDRESS="https://weft.example.org")
    assert code == 2
    assert "nothing here speaks TLS" in complaint


def test_behind_a_front_server(begin, port):
    house = begin(
        "start", "--host", "0.0.0.0", "--port", port, "--behind-proxy",  # noqa: S104
        WEFT_ADDRESS="https://weft.example.org",
    )  # fmt: skip
    assert house.home == "https://weft.example.org/"
    assert "Only this computer" not in house.said
    with socket.create_connection(("127.0.0.1", int(port))) as line:
        line.sendall(b"GET / HTTP/1.1\r\nHost: weft.example.org\r\nX-Forwarded-Proto: https\r\n\r\n")
        head = line.recv(65536).decode()
    assert head.startswith("HTTP/1.1 200")
    assert "strict-transport-security" in head.lower()


def test_it_speaks_tls_itself(begin, tmp_path, port):
    certificate(tmp_path, days=30)
    house = begin("start", "--port", port, "--certfile", "cert.pem", "--keyfile", "key.pem")
    assert house.home == f"https://127.0.0.1:{port}/"
    import ssl

    context = ssl.create_default_context(cafile=str(tmp_path / "cert.pem"))
    context.check_hostname = False
    with (
        socket.create_connection(("127.0.0.1", int(port))) as line,
        context.wrap_socket(line, server_hostname="localhost") as safe,
    ):
        safe.sendall(f"GET / HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n\r\n".encode())
        assert safe.recv(65536).startswith(b"HTTP/1.1 200")
        assert safe.version() in ("TLSv1.2", "TLSv1.3")


def test_serve_makes_no_house(weft):
    code, _said, complaint = weft("serve")
    assert code == 1
    assert "There is no house in ./weft-data." in complaint
    assert "weft start" in complaint


def test_serve_serves_what_start_made(begin, port):
    first = begin("start", "--port", port)
    assert first.home
    first.stop()
    served = begin("serve", "--port", port)
    assert served.home
    assert "“weft setup-link” makes a link" in served.said
    assert served.get() == 200
    assert served.stop(signal.SIGTERM) == 0


def test_several_workers_share_the_door(begin, port):
    first = begin("start", "--port", port, "--workers", "2")
    assert first.home
    assert first.get() == 200
    assert first.stop(signal.SIGTERM) == 0
    with pytest.raises(OSError, match="refused"):
        socket.create_connection(("127.0.0.1", int(port)))


def test_a_lost_key_is_not_replaced(begin, weft, tmp_path, database, port):
    if database:
        pytest.skip("only SQLite lies beside its key")
    house = begin("start", "--port", port)
    assert house.home
    house.stop()
    (tmp_path / "weft-data" / "house.key").unlink()
    code, _said, complaint = weft("start")
    assert code == 1
    assert "its key is gone" in complaint
    assert not (tmp_path / "weft-data" / "house.key").exists()


def test_a_wrong_key_opens_nothing(begin, weft, tmp_path, environment, port):
    house = begin("start", "--port", port)
    assert house.home
    house.stop()
    subprocess.run(
        [sys.executable, "-c", OPENED],
        env=environment | {"WEFT_DATA": str(tmp_path / "weft-data"), "DJANGO_SETTINGS_MODULE": "weft.settings"},
        check=True,
    )
    code, _said, complaint = weft("serve", WEFT_KEY="A" * 43 + "=")
    assert code == 1
    assert "does not open this house" in complaint


def test_a_folder_that_others_can_see_is_closed(begin, tmp_path, port):
    (tmp_path / "weft-data").mkdir(mode=0o755)
    assert begin("start", "--port", port).home
    assert stat.S_IMODE((tmp_path / "weft-data").stat().st_mode) == 0o700


def test_the_browser_gets_the_link_without_showing_it_to_the_machine(begin, tmp_path, port):
    """The list of processes is open to everybody on the machine; a file of mode 0600 is not."""
    seen, browser = tmp_path / "seen", tmp_path / "browser"
    browser.write_text(f'#!/bin/sh\necho "$@" >> {seen}\n')
    browser.chmod(0o700)
    house = begin("start", "--port", port, DISPLAY=":9", BROWSER=str(browser))
    assert house.home
    for _ in range(100):
        if seen.exists() and seen.read_text():
            break
        time.sleep(0.1)
    link = link_in(house.said)
    assert link.split("/")[1] not in seen.read_text()
    page = tmp_path / "weft-data" / "open.html"
    assert page.as_uri() in seen.read_text()
    assert link in page.read_text()
    assert stat.S_IMODE(page.stat().st_mode) == 0o600
    house.stop()
    assert not page.exists()


def test_no_browser_is_opened_where_nobody_looks(begin, tmp_path, port):
    house = begin("start", "--port", port, BROWSER="false")
    assert house.home
    assert house.get() == 200
    assert not (tmp_path / "weft-data" / "open.html").exists()


def test_a_folder_that_cannot_be_made(weft):
    code, _said, complaint = weft("start", "--data", "/proc/weft")
    assert code == 1
    assert "/proc/weft" in complaint
