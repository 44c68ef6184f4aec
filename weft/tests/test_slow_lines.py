"""Whoever asks slowly, takes slowly, or opens a line and does nothing, slows nobody else; and is cut off in the end."""

import socket
import time
from contextlib import ExitStack, closing

import pytest

from weft.conftest import enter
from weft.loom import lines, streams
from weft.people.models import Person
from weft.tests import far
from weft.tests.browser import Ground
from weft.tests.test_listening import PATIENCE, Ear

pytestmark = pytest.mark.django_db(transaction=True)

LISTENERS = 1000
SLOW = 40  # lines of each kind
FORM = "Content-Type: application/x-www-form-urlencoded\r\nContent-Length: 1000\r\n"
# A house that hands a request to a thread before all of it is there, whoever else waits.
HOLDS_THREADS = """
import asyncio
from weft.loom import turns
turns.Turns._may_begin = lambda *_: 0
async def page(self, scope, receive, send):
    loop = asyncio.get_running_loop()
    def wait():
        while asyncio.run_coroutine_threadsafe(receive(), loop).result().get("more_body"):
            pass
    await loop.run_in_executor(self.pages.executor, wait)
    await self.pages(scope, b"", send, await self.turns.take(*self.turns.whose(scope)))
serve.App.page = page
"""


@pytest.fixture
def impatient(monkeypatch, house):
    """A house that looks often, and waits briefly."""
    monkeypatch.setattr(lines, "EVERY", 0.2)
    monkeypatch.setattr(lines, "TIME_TO_ASK", -29.0)  # with the 30 seconds of a line that is kept: one
    monkeypatch.setattr(lines, "TIME_TO_TAKE", 1.0)
    ground = Ground(buffer=4096)
    yield ground
    ground.close()


def is_cut(line: socket.socket) -> bool:
    line.settimeout(PATIENCE)
    try:
        while line.recv(4096):
            pass
    except TimeoutError:
        return False
    except OSError:
        pass
    return True


@pytest.mark.parametrize("said", [b"", b"GET / HT", b"GET / HTTP/1.1\r\nHost: localhost\r\nX-Slow: "])
def test_whoever_does_not_end_their_request_is_cut_off(impatient, said):
    with closing(socket.create_connection(impatient.door.getsockname())) as line:
        line.sendall(said)
        assert is_cut(line)


def test_a_letter_now_and_then_does_not_keep_a_line(impatient):
    with closing(socket.create_connection(impatient.door.getsockname())) as line:
        line.sendall(b"GET / HTTP/1.1\r\nHost: localhost\r\nX-Slow: ")
        ends = time.monotonic() + PATIENCE
        try:
            while time.monotonic() < ends:
                line.sendall(b"x")
                time.sleep(0.1)
        except OSError:
            return
        raise AssertionError("it was kept open")


def test_a_second_request_on_a_line_must_end_too(impatient):
    with closing(socket.create_connection(impatient.door.getsockname())) as line:
        line.settimeout(PATIENCE)
        line.sendall(far.request("/"))
        assert far.answer(line)[0] == 200
        line.sendall(b"GET / HT")
        assert is_cut(line)


def test_whoever_takes_nothing_of_a_long_answer_is_cut_off(impatient):
    with closing(socket.socket()) as line:
        line.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1024)
        line.connect(impatient.door.getsockname())
        line.sendall(far.request("/") * 40)
        ends = time.monotonic() + PATIENCE
        while impatient.server.server_state.connections and time.monotonic() < ends:
            time.sleep(0.1)
        assert not impatient.server.server_state.connections


def test_whoever_asks_and_takes_is_not_cut_off(impatient):
    with closing(socket.create_connection(impatient.door.getsockname())) as line:
        line.settimeout(PATIENCE)
        ends = time.monotonic() + 2.5  # longer than the house waits for anybody
        while time.monotonic() < ends:
            line.sendall(far.request("/"))
            assert far.answer(line)[0] == 200
            time.sleep(0.2)


def test_a_stream_is_not_taken_for_a_slow_line(impatient, ada):
    with closing(Ear(impatient, streams.token(f"circle:{ada.circle_id}", ada.pk))) as ear:
        ear.until(b"beat")
        time.sleep(2.5)
        streams.publish(f"circle:{ada.circle_id}", "story", 1)
        ear.until(b"story 1")


@pytest.mark.parametrize("more", ["X-Long: " + "x" * 300_000, "Cookie: " + "a=b; " * 60_000, "X: y\r\n" * 50_000])
def test_too_long_a_head_is_refused_in_plain_words(ground, house, more):
    with closing(socket.create_connection(ground.door.getsockname())) as line:
        line.settimeout(PATIENCE)
        try:
            line.sendall(far.request("/", more=more.strip() + "\r\n"))
            status, body = far.answer(line)
        except OSError:  # the line ended before all of it had left: no page was made either
            return
        assert status == 400
        assert lines.NOT_HEARD.encode() in body


def test_a_head_is_taken_up_to_a_size(ground, house):
    with closing(socket.create_connection(ground.door.getsockname())) as line:
        line.settimeout(PATIENCE)
        line.sendall(far.request("/", more="X-Long: " + "x" * 10_000 + "\r\n"))
        assert far.answer(line)[0] == 200


def test_too_long_an_address_is_refused(ground, house):
    with closing(socket.create_connection(ground.door.getsockname())) as line:
        line.settimeout(PATIENCE)
        try:
            line.sendall(far.request("/" + "x" * 300_000))
            assert far.answer(line)[0] == 400
        except OSError:
            return


def test_too_many_boxes_in_a_form_are_refused(client, house):
    assert client.post("/ease/", {f"box{n}": "x" for n in range(150)}).status_code == 302
    assert client.post("/ease/", {f"box{n}": "x" for n in range(250)}).status_code == 400


def test_squeezed_words_are_not_let_out(client, house):
    """A small parcel that becomes a large one is a stranger's trick: nothing that is sent here is unpacked."""
    import gzip

    parcel = gzip.compress(b"text=" + b"x" * 50_000_000)
    assert len(parcel) < 100_000
    kind = "application/x-www-form-urlencoded"
    assert client.post("/ease/", parcel, content_type=kind, HTTP_CONTENT_ENCODING="gzip").status_code in (302, 400)


def test_requests_sent_ahead_are_answered_one_after_the_other(ground, house):
    with closing(socket.create_connection(ground.door.getsockname())) as line:
        line.settimeout(PATIENCE)
        line.sendall(far.request("/help/") * 30)
        heard = b""
        while heard.count(b"HTTP/1.1 200") < 30:
            more = line.recv(262_144)
            assert more
            heard += more


# How quick the others' pages stay


def slow_lines(house: far.Far, stack: ExitStack) -> None:
    """Some who upload slowly, some who never end their head, some who take nothing."""
    for n in range(SLOW):
        said = [
            far.request("/ease/", method="POST", more=FORM) + b"x",
            b"GET / HTTP/1.1\r\nHost: localhost\r\nX-Slow: ",
        ]
        for one in [*said, far.request("/") * 20] if n % 5 == 0 else said:
            line = stack.enter_context(closing(socket.socket()))
            line.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1024)
            line.connect(("127.0.0.1", house.port))
            line.settimeout(PATIENCE)
            line.sendall(one)


@pytest.fixture
def members(ada):
    ada.circle.seats = 500
    ada.circle.save()
    return [enter(Person.objects.join(f"member {n}"), ada.circle, f"Member {n}") for n in range(90)]


@pytest.fixture
def calm(members):
    with far.far_house() as house, ExitStack() as stack:
        yield far.at_home(house, stack, members[:20], members[0].circle.get_absolute_url())


@pytest.mark.slow
def test_slow_clients_do_not_slow_a_page(members, calm):
    with far.far_house() as house, ExitStack() as stack:
        here = far.at_home(house, stack, members[:20], members[0].circle.get_absolute_url())
        slow_lines(house, stack)
        time.sleep(2)  # the pages that they asked for are made by then
        assert far.how_much_slower(here, calm) <= 1.5


@pytest.mark.slow
def test_slow_clients_would_stop_a_house_that_gave_them_threads(members, monkeypatch):
    monkeypatch.setattr(far, "PATIENCE", 5)
    with far.far_house(HOLDS_THREADS) as house, ExitStack() as stack:
        [(line, asked)] = far.at_home(house, stack, members[:1], members[0].circle.get_absolute_url())
        slow_lines(house, stack)
        with pytest.raises(TimeoutError):
            far.timed(line, asked)


@pytest.mark.slow
def test_a_thousand_open_streams_do_not_slow_a_page(members, calm):
    subject = f"circle:{members[0].circle_id}"
    asked = [far.request(f"/stream/{streams.token(subject, members[n % 90].pk)}") for n in range(LISTENERS)]
    with far.far_house() as house, ExitStack() as stack:
        here = far.at_home(house, stack, members[:20], members[0].circle.get_absolute_url())
        ears = [stack.enter_context(closing(house.line())) for _ in asked]
        for ear, one in zip(ears, asked, strict=True):
            ear.sendall(one)
        for ear in ears:
            heard = b""
            while b"beat" not in heard:
                more = ear.recv(4096)
                assert more
                heard += more
        assert far.how_much_slower(here, calm) <= 1.5
