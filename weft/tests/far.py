"""The house in a process of its own, over the database of the test: for what must not share its time with the test.

with far_house() as house:
    house.port
with far_house("from weft.loom import turns; ...") as worse:   # a house in which something is broken: for controls
"""

import os
import socket
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from typing import Any

from django.conf import settings
from django.db import connection
from django.test import Client

PATIENCE = 30.0  # seconds; a busy machine is slow
SCRIPT = """
import socket
import django
django.setup()
from weft.loom import serve
{broken}
door = socket.create_server(("127.0.0.1", 0), backlog=1024)
print(door.getsockname()[1], flush=True)
serve.run(door)
"""


class Far:
    """A house that is open, and its port."""

    def __init__(self, port: int) -> None:
        self.port = port

    def line(self) -> socket.socket:
        line = socket.create_connection(("127.0.0.1", self.port), timeout=PATIENCE)
        line.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return line


def environment() -> dict[str, str]:
    """What another process needs to open the same house."""
    where = connection.settings_dict
    if connection.vendor == "postgresql":
        database = f"postgres://{where['USER']}@{where['HOST'].replace('/', '%2F')}/{where['NAME']}"
        if where["HOST"] and not where["HOST"].startswith("/") and where["PORT"]:
            database = f"postgres://{where['USER']}@{where['HOST']}:{where['PORT']}/{where['NAME']}"
    else:
        database = f"sqlite:///{where['NAME']}"
    return os.environ | {
        "DJANGO_SETTINGS_MODULE": "weft.settings",
        "WEFT_DATA": str(settings.DATA),
        "WEFT_DATABASE": database,
    }


@contextmanager
def far_house(broken: str = "") -> Iterator[Far]:
    process = subprocess.Popen(
        [sys.executable, "-c", SCRIPT.format(broken=broken)], env=environment(), text=True, stdout=subprocess.PIPE
    )
    try:
        assert process.stdout
        yield Far(int(process.stdout.readline()))
    finally:
        process.terminate()
        try:
            process.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def cookie(who: Any) -> str:
    """The cookie of a person, or of the person of a persona, who has just signed in."""
    client = Client()
    client.force_login(getattr(who, "person", who), backend="weft.people.door.Opened")
    return f"{settings.SESSION_COOKIE_NAME}={client.cookies[settings.SESSION_COOKIE_NAME].value}"


def request(path: str, cookie: str = "", method: str = "GET", more: str = "") -> bytes:
    said = f"{method} {path} HTTP/1.1\r\nHost: localhost\r\n"
    return (said + (f"Cookie: {cookie}\r\n" if cookie else "") + more + "\r\n").encode()


def answer(line: socket.socket) -> tuple[int, bytes]:
    """The next answer on this line: its status and its body."""
    heard = b""
    while b"\r\n\r\n" not in heard:
        heard += _more(line)
    head, _end, body = heard.partition(b"\r\n\r\n")
    lower = head.lower()
    if b"transfer-encoding: chunked" in lower:
        while not body.endswith(b"0\r\n\r\n"):
            body += _more(line)
    else:
        length = int(lower.split(b"content-length:")[1].split(b"\r\n")[0]) if b"content-length:" in lower else 0
        while len(body) < length:
            body += _more(line)
    return int(head.split()[1]), body


def _more(line: socket.socket) -> bytes:
    more = line.recv(262_144)
    if not more:
        raise ConnectionError("the line is closed")
    return more


def timed(line: socket.socket, asked: bytes) -> float:
    """Seconds from asking for a page until all of it is there."""
    start = time.perf_counter()
    line.sendall(asked)
    status, _body = answer(line)
    took = time.perf_counter() - start
    assert status == 200, status
    return took


def at_home(house: Far, stack: ExitStack, people: list[Any], path: str) -> list[tuple[socket.socket, bytes]]:
    """A line for each of these people, who have been here before; and what they ask for."""
    found = []
    for one in people:
        line, asked = stack.enter_context(closing(house.line())), request(path, cookie(one))
        timed(line, asked)
        found.append((line, asked))
    return found


def how_much_slower(
    here: list[tuple[socket.socket, bytes]], calm: list[tuple[socket.socket, bytes]], rounds: int = 5
) -> float:
    """How many times as long pages take here as in a calm house, at the 95th percentile: the median of the rounds.

    Both are asked in turn, page by page, so that a machine that is busy with something else is busy for both."""
    ratios = []
    for _round in range(rounds):
        times: tuple[list[float], list[float]] = ([], [])
        for number in range(5):
            for pair in zip(here, calm, strict=True):
                for which in (0, 1) if number % 2 else (1, 0):
                    times[which].append(timed(*pair[which]))
                time.sleep(0.002)
        ratios.append(_p95(times[0]) / _p95(times[1]))
    return statistics.median(ratios)


def _p95(times: list[float]) -> float:
    return sorted(times)[int(len(times) * 0.95)]
