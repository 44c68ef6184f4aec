"""Live pages hear a hint, never a word, for as long as they may. All of it over the real server."""

import os
import re
import socket
import subprocess
import sys
import time
from contextlib import closing, contextmanager

import pytest
from django.conf import settings
from django.db import connection, transaction

from weft.conftest import enter
from weft.loom import hub, streams
from weft.people.models import Person
from weft.tests.browser import Ground

PATIENCE = 10  # seconds; a busy machine is slow, and a hint that does not come does not come in ten seconds either

pytestmark = pytest.mark.django_db(transaction=True)


class Ear:
    """One stream, as a browser opens it."""

    def __init__(self, ground, token, buffer=0):
        self.line = socket.socket()
        if buffer:
            self.line.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, buffer)
        self.line.connect(ground.door.getsockname())
        self.line.settimeout(PATIENCE)
        self.line.sendall(f"GET /stream/{token} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode())
        self.heard = b""

    def close(self):
        self.line.close()

    def until(self, words):
        """Read until *words* have come; the stream's end is an error."""
        while words not in self.heard:
            more = self.line.recv(65536)
            assert more, f"the stream ended after {self.heard!r}"
            self.heard += more
        return self.heard.decode()

    def nothing_for(self, seconds, words):
        self.line.settimeout(seconds)
        try:
            while more := self.line.recv(65536):
                self.heard += more
        except TimeoutError:
            pass
        self.line.settimeout(PATIENCE)
        return words not in self.heard

    def ends(self):
        """Read to the end."""
        while more := self.line.recv(65536):
            self.heard += more
            if self.heard.endswith(b"0\r\n\r\n"):
                break
        return True

    @property
    def status(self):
        return int(self.until(b"\r\n\r\n").split()[1])


@contextmanager
def listening(ground, subject, persona):
    with closing(Ear(ground, streams.token(subject, persona.pk))) as ear:
        ear.until(b"event: beat")
        yield ear


def wait_for(true):
    ends = time.monotonic() + PATIENCE
    while not true() and time.monotonic() < ends:
        time.sleep(0.02)
    return true()


@pytest.fixture
def subject(ada):
    return f"circle:{ada.circle_id}"


def status(ground, token):
    with closing(Ear(ground, token)) as ear:
        return ear.status


def test_a_hint_arrives(ground, ada, subject):
    with listening(ground, subject, ada) as ear:
        streams.publish(subject, "story", 7)
        assert "data: story 7\n\n" in ear.until(b"story 7\n\n")


def test_a_hint_reaches_those_who_listen_to_it_alone(ground, ada, cleo, ben, subject):
    with listening(ground, subject, cleo) as ear, listening(ground, f"circle:{ben.circle_id}", ben) as other:
        streams.publish(subject, "story", 7)
        ear.until(b"story 7")
        assert other.nothing_for(0.3, b"story")


def test_a_hint_leaves_when_the_words_are_safe(ground, ada, subject):
    with listening(ground, subject, ada) as ear:
        with transaction.atomic():
            streams.publish(subject, "story", 8)
            assert ear.nothing_for(0.3, b"story 8")
        ear.until(b"story 8")
        with transaction.atomic():
            streams.publish(subject, "story", 9)
            transaction.set_rollback(True)
        assert ear.nothing_for(0.3, b"story 9")


@pytest.mark.parametrize("words", ["I feel low", "", "Story", "a" * 25, "story\ndata: x"])
def test_a_hint_has_no_room_for_words(words):
    with pytest.raises(ValueError, match="never words"):
        streams.publish("circle:1", words, 1)
    with pytest.raises(ValueError, match="never words"):
        streams.publish("circle:1", "story", words)


def test_a_token_names_nobody(ada, subject):
    token = streams.token(subject, ada.pk)
    assert streams.admit(token) == (subject, ada.pk)
    assert re.fullmatch(r"[\w-]+", token)
    assert str(ada.pk).encode() not in streams.base64.urlsafe_b64decode(token + "==")
    assert token != streams.token(subject, ada.pk)


def test_a_stale_token_opens_nothing(ground, ada, subject, monkeypatch):
    assert status(ground, streams.token(subject, ada.pk)) == 200
    monkeypatch.setattr(streams, "AGE", -1)
    assert status(ground, streams.token(subject, ada.pk)) == 404


def test_a_forged_token_opens_nothing(ground, ada, subject):
    token = streams.token(subject, ada.pk)
    assert status(ground, token) == 200
    middle = len(token) // 2
    assert status(ground, f"{token[:middle]}{'A' if token[middle] != 'A' else 'B'}{token[middle + 1 :]}") == 404
    for nonsense in ("", "x", "..", "%00", token[:20], token * 2):
        assert status(ground, nonsense) == 404


def test_a_token_for_what_one_may_not_hear_opens_nothing(ground, ada, ben, subject):
    assert status(ground, streams.token(subject, ada.pk)) == 200
    assert status(ground, streams.token(subject, ben.pk)) == 404
    assert status(ground, streams.token("circle:1", ada.pk)) == 404
    assert status(ground, streams.token("weather:1", ada.pk)) == 404


def test_whoever_has_left_hears_no_more(ground, ada, subject):
    token = streams.token(subject, ada.pk)
    with listening(ground, subject, ada) as ear:
        streams.let_go(ada.pk)
        assert ear.ends()
    assert status(ground, token) == 200  # she is still there, so she may come back
    ada.leave(by=ada.person, words="keep")
    assert status(ground, token) == 404


def test_only_a_get_opens_a_stream(ground, ada, subject):
    with closing(Ear(ground, streams.token(subject, ada.pk))) as ear:
        assert ear.status == 200
    with closing(Ear(ground, "x")) as ear:
        ear.until(b"\r\n\r\n")
        ear.heard = b""
        ear.line.sendall(
            f"POST /stream/{streams.token(subject, ada.pk)} HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n".encode()
        )
        assert ear.status == 404


def test_a_stream_gives_signs_of_life(ground, ada, subject, monkeypatch):
    monkeypatch.setattr(hub.Hub, "beat", 0.2)
    with listening(ground, subject, ada) as ear:
        ear.heard = b""
        ear.until(b"event: beat")


def test_a_stream_ends_and_must_be_asked_for_again(ground, ada, subject, monkeypatch):
    monkeypatch.setattr(hub.Hub, "stay", 0.5)
    with listening(ground, subject, ada) as ear:
        assert ear.ends()


def test_one_persona_has_so_many_streams_and_no_more(ground, ada, subject, monkeypatch):
    monkeypatch.setattr(hub.Hub, "of_one", 2)

    def one_more():
        return listening(ground, subject, ada)

    with one_more() as first, one_more() as second, one_more() as third:
        assert first.ends()
        streams.publish(subject, "story", 3)
        second.until(b"story 3")
        third.until(b"story 3")


def test_a_full_house_says_so(ground, ada, subject, monkeypatch):
    monkeypatch.setattr(hub.Hub, "of_all", 0)
    assert status(ground, streams.token(subject, ada.pk)) == 503


def test_whoever_takes_nothing_is_cut_off_and_the_others_hear_on(ada, cleo, subject, monkeypatch):
    monkeypatch.setattr(hub.Hub, "patience", 1.0)
    ground = Ground(buffer=4096)
    try:
        with closing(Ear(ground, streams.token(subject, ada.pk), buffer=1024)) as deaf:
            assert wait_for(lambda: len(ground.app.hub.listeners) == 1)
            with listening(ground, subject, cleo) as ear:
                number, ends = 0, time.monotonic() + 60
                while len(ground.app.hub.listeners) == 2 and time.monotonic() < ends:
                    number += 1
                    streams.publish(subject, "story", number)
                    if number % 200 == 0:
                        ear.until(f"story {number}\n".encode())
                        ear.heard = b""
                assert [one.persona for one in ground.app.hub.listeners] == [cleo.pk]
                streams.publish(subject, "reply", 1)
                ear.until(b"reply 1")
            assert deaf  # open to the last
    finally:
        ground.close()


def test_two_hundred_listen(ground, circle, ada, subject, monkeypatch):
    monkeypatch.setattr(hub.Hub, "of_one", 200)
    ears = [Ear(ground, streams.token(subject, ada.pk)) for _ in range(200)]
    try:
        for ear in ears:
            ear.until(b"event: beat")
        streams.publish(subject, "story", 5)
        for ear in ears:
            ear.until(b"story 5")
    finally:
        for ear in ears:
            ear.close()
    assert wait_for(lambda: not ground.app.hub.listeners)
    assert not ground.app.hub.subjects
    assert not ground.app.hub.personas


def test_a_hint_crosses_from_another_process(ground, ada, subject):
    with listening(ground, subject, ada) as ear:
        said = (
            f"import django; django.setup()\nfrom weft.loom.streams import publish; publish({subject!r}, 'story', 44)"
        )
        environment = os.environ | {"DJANGO_SETTINGS_MODULE": "weft.settings", "WEFT_DATA": str(settings.DATA)}
        if connection.vendor == "postgresql":
            where = connection.settings_dict
            host = where["HOST"].replace("/", "%2F")
            environment["WEFT_DATABASE"] = f"postgres://{where['USER']}@{host}/{where['NAME']}"
        subprocess.run([sys.executable, "-c", said], env=environment, check=True)
        ear.until(b"story 44")


def test_hints_that_were_lost_while_the_database_was_away_are_asked_for(ground, ada, subject):
    if connection.vendor != "postgresql":
        pytest.skip("only PostgreSQL can be away")
    with listening(ground, subject, ada) as ear:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query LIKE 'LISTEN%%'"
                " AND datname = current_database()"
            )
            assert cursor.rowcount
        ear.until(b"again 0")
        streams.publish(subject, "story", 45)
        ear.until(b"story 45")


def test_what_a_stream_says_of_itself(ground, ada, subject):
    with listening(ground, subject, ada) as ear:
        head = ear.heard.decode().split("\r\n\r\n")[0].lower()
        assert "cache-control: no-store" in head
        assert "text/event-stream" in head
        assert "server:" not in head
        assert "date:" not in head


def test_a_new_persona_is_heard_of_at_once(ground, circle, ada):
    """Nothing about who may listen is remembered between two streams."""
    late = Person.objects.join("late", "a kettle and three spoons")
    late = enter(late, circle, "Late")
    assert status(ground, streams.token(f"circle:{circle.pk}", late.pk)) == 200
