"""What the house has acknowledged survives kill -9, of the house and of its database, while people write."""

import json
import os
import signal
import time
from contextlib import suppress
from pathlib import Path

import pytest
from django.db import connection

from weft.tests.run import postgres, postgres_programs
from weft.tests.storm.served import THERE, People, Served

pytestmark = pytest.mark.slow

KILLS = 20
SOON = 5  # seconds until the next answer, with the start of the house
BUSY = 2  # on a machine that takes longer than that even for a start in peace: so many times as long as that

# A house that says yes first, and writes a little later.
CARELESS = """
import threading
from types import SimpleNamespace
from weft.__main__ import main
from weft.commands import serving
serve = serving.serve

def careless(*arguments, **more):
    from django.db import connection
    from weft.stories.models import Reply
    say = Reply.say

    def later(*said, **how):
        def write():
            say(*said, **how)
            connection.close()
        threading.Timer(1, write).start()
        return SimpleNamespace(number=0)

    Reply.say = later
    return serve(*arguments, **more)

serving.serve = careless
main()
"""


class Cluster:
    """A PostgreSQL server of its own, which writes down what it acknowledges."""

    CAREFUL = {"synchronous_commit": "on", "fsync": "off", "max_connections": "60", "log_min_messages": "panic"}

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.start()

    def start(self) -> None:
        self.running = postgres(postgres_programs(), self.folder, self.CAREFUL)
        self.address = self.running.__enter__()

    def kill(self) -> None:
        """Kill it with everything that it started."""
        first = int((self.folder / "data" / "postmaster.pid").read_text().split()[0])
        others = [
            int(status.parent.name)
            for status in Path("/proc").glob("[0-9]*/status")
            if f"\nPPid:\t{first}\n" in _read(status)
        ]
        for process in [first, *others]:
            with suppress(ProcessLookupError):
                os.kill(process, signal.SIGKILL)
        self.stop()

    def stop(self) -> None:
        self.running.__exit__(None, None, None)


def _read(file: Path) -> str:
    try:
        return file.read_text()
    except OSError:  # it has just ended
        return ""


@pytest.fixture
def cluster(tmp_path):
    if connection.vendor == "sqlite":
        yield None
        return
    if not Path("/proc/self/status").exists():
        pytest.skip("whose children to kill is read from /proc")
    import tempfile

    with tempfile.TemporaryDirectory(prefix="weft-pg-") as folder:
        found = Cluster(Path(folder))
        yield found
        found.stop()


@pytest.fixture
def house(tmp_path, cluster):
    found = Served(tmp_path / "house", **({"WEFT_DATABASE": cluster.address} if cluster else {}))
    found.fill()
    yield found
    found.kill()


def test_kill9(house, cluster):
    """On PostgreSQL the database server is killed each time, and the house with it every other time."""
    house.open()
    people, waits = People(house), []
    for kill in range(KILLS):
        people.wait(15)
        began = time.monotonic()
        if cluster:
            cluster.kill()
            cluster.start()
        if not cluster or kill % 2:
            house.kill()
            house.open()
        people.wait(1)
        waits.append(time.monotonic() - began)
    acknowledged = people.stop()
    assert len(acknowledged) >= KILLS * 15
    there = set(json.loads(house.ask(THERE)))
    assert len([words for words in acknowledged if words not in there]) == 0
    assert max(waits) <= max(SOON, BUSY * in_peace(house, cluster)), waits


def in_peace(house, cluster):
    """Seconds from a start to the first answer, with nobody about: the longest of three."""
    found = []
    for _ in range(3):
        house.kill()
        if cluster:
            cluster.stop()
        began = time.monotonic()
        if cluster:
            cluster.start()
        house.open()
        assert house.get(house.story, house.cookies[0])[0] == 200
        found.append(time.monotonic() - began)
    return max(found)


def test_a_house_that_says_yes_too_early_loses_words(house, cluster):
    """The control: acknowledged first, written a second later."""
    house.open(program=CARELESS)
    people = People(house)
    people.wait(20)
    house.kill()
    acknowledged = people.stop()
    there = set(json.loads(house.ask(THERE)))
    assert [words for words in acknowledged if words not in there]
