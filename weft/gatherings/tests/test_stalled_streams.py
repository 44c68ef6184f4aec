"""Forty who listen to a room and take nothing of what is said to them slow nobody else's page."""

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager, suppress

import pytest
from django.db import connections

from weft.conftest import enter
from weft.gatherings.hour.keeper import Hour
from weft.gatherings.tests.conftest import sit
from weft.gatherings.tests.test_walking_through_an_hour import room_of
from weft.loom import streams, wires
from weft.people.models import Person
from weft.tests import far

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]
STALLED = 40
HINTS = 600
# Small buffers, so that a line that nobody reads is full soon; and nobody is cut off in the middle of the test.
FULL_SOON = """
from weft.loom import hub
hub.Hub.patience = 3600.0
made, open_door = hub.Listener.__init__, socket.create_server
def begin(self, *args):
    made(self, *args)
    self._send.__self__.transport.set_write_buffer_limits(high=2048)
def small(*args, **more):
    door = open_door(*args, **more)
    door.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 4096)
    return door
hub.Listener.__init__, socket.create_server = begin, small
"""
# A house that says a hint to one after the other, and waits until each has taken it.
WAITS = """
import time
def publish(self, subject, event, line):
    for listener in self.subjects.get(subject, ()):
        listener.hints[event] = line
        listener.wake.set()
        while listener.speaking:
            time.sleep(0.01)
hub.Hub._publish = publish
"""


@pytest.fixture
def seats(gathering, lead, circle):
    """An hour with all of them in it."""
    circle.seats = 100
    circle.save()
    names = [f"Member {n}" for n in range(STALLED)]
    seats = [sit(gathering, enter(Person.objects.join(name), circle, name)) for name in names]
    hour = Hour.of(gathering)
    hour.come(by=lead)
    hour.act("open_door", by=lead, turn=0)
    for seat in seats:
        hour.come(by=seat)
        hour.act("admit", by=lead, seat=seat.pk)
    return seats


def listen(house: far.Far, stack: ExitStack, seat) -> socket.socket:
    """A stream of the room, open, on a line that holds little."""
    line = stack.enter_context(closing(socket.socket()))
    line.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1024)
    line.settimeout(far.PATIENCE)
    line.connect(("127.0.0.1", house.port))
    line.sendall(far.request(f"/stream/{streams.token(f'gathering:{seat.gathering_id}', seat.persona_id)}"))
    until(line, b"beat")
    return line


def until(line: socket.socket, words: bytes) -> int:
    """Read until these words came; how much that was."""
    heard = b""
    while words not in heard[-200:]:
        more = line.recv(4096)
        assert more
        heard += more
    return len(heard)


def waiting(line: socket.socket) -> int:
    """How much lies there that was not taken."""
    line.setblocking(False)
    with suppress(BlockingIOError):
        return len(line.recv(1_000_000, socket.MSG_PEEK))
    return 0


@contextmanager
def talk(subject: str) -> Iterator[None]:
    """Meanwhile the hour goes on: five times a second something new is said to its streams."""
    over = threading.Event()

    def go_on():
        number = HINTS
        while not over.wait(0.2):
            wires.send([subject, "changed", number := number + 1])
        connections.close_all()

    thread = threading.Thread(target=go_on)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()


def test_forty_stalled_streams_do_not_slow_a_page(gathering, seats):
    subject, room = f"gathering:{gathering.pk}", room_of(gathering)
    with far.far_house(FULL_SOON) as calm_house, far.far_house(FULL_SOON) as house, ExitStack() as stack:
        calm = far.at_home(calm_house, stack, seats_of(seats), room)
        here = far.at_home(house, stack, seats_of(seats), room)
        taken, healthy = 0, listen(house, stack, seats[0])
        stalled = [listen(house, stack, seat) for seat in seats]
        for number in range(HINTS):
            wires.send([subject, "changed", number])
            taken += until(healthy, f"changed {number}\n".encode())  # whoever takes what comes hears every hint
        assert all(waiting(line) < taken / 2 for line in stalled), "their lines are full"
        with talk(subject):
            assert far.how_much_slower(here, calm) <= 1.5


def test_control_a_house_that_waits_for_them_stops(gathering, seats, monkeypatch):
    monkeypatch.setattr(far, "PATIENCE", 5)
    subject = f"gathering:{gathering.pk}"
    with far.far_house(FULL_SOON + WAITS) as house, ExitStack() as stack:
        [(line, asked)] = far.at_home(house, stack, seats_of(seats)[:1], room_of(gathering))
        for seat in seats:
            listen(house, stack, seat)
        with pytest.raises(TimeoutError):
            until_it_stops(subject, line, asked)


def until_it_stops(subject, line, asked):
    for number in range(5 * HINTS):
        wires.send([subject, "changed", number])
        if number % 50 == 0:
            far.timed(line, asked)
        time.sleep(0.002)


def seats_of(seats):
    """The people of some of them: as many as ask for a page in turn."""
    return [seat.persona for seat in seats[:10]]
