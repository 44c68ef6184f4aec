"""Many at once, late, twice and out of order, and with a process that dies in between: every turn counts once."""

import os
import random
import signal
import threading
from contextlib import suppress

import pytest
from django.db import connection, connections, transaction

from weft.conftest import enter
from weft.gatherings.hour.commands import Refused, Stale
from weft.gatherings.hour.keeper import Hour
from weft.gatherings.models import Gathering, Line, Seat
from weft.gatherings.tests.conftest import sit
from weft.people.models import Person
from weft.tests.racing import at_once

pytestmark = pytest.mark.django_db(transaction=True)
TOGETHER = 12


def fill(gathering, lead, many):
    """So many members, who are all let in; the round begins."""
    hour, circle = Hour.of(gathering), gathering.circle
    circle.seats = many + 10
    circle.save()
    seats = [sit(gathering, enter(Person.objects.join(f"m{n}", None), circle, f"Member {n}")) for n in range(many)]
    hour.come(by=lead)
    room = hour.act("open_door", by=lead, turn=0)
    for seat in seats:
        hour.come(by=seat)
        hour.act("admit", by=lead, seat=seat.pk)
    room = hour.act("begin", by=lead, turn=room.turn)
    return hour, seats, hour.act("start_round", by=lead, turn=room.turn, words="How was it?")


def spoken():
    return [line.said["seat"] for line in Line.objects.order_by("number") if line.said["what"] == "spoke"]


def test_twelve_who_send_the_same_pass_at_once_pass_once(gathering, lead):
    hour, (first, second, _third), room = fill(gathering, lead, 3)
    room = hour.act("accept", by=first, turn=room.turn)
    turn, version = room.turn, room.version
    came = at_once(*[lambda: Hour.of(gathering).act("pass_on", by=first, turn=turn)] * TOGETHER)
    assert sum(isinstance(one, Stale) for one in came) == TOGETHER - 1
    assert spoken() == [first.pk]
    room = hour.look()
    assert (room.offered, room.turn, room.version) == (second.pk, turn + 1, version + 1)


def test_control_without_the_row_held_a_pass_would_count_more_than_once(gathering, lead, monkeypatch):
    """Twelve who have read the same row, before any of them writes."""
    hour, (first, *_others), room = fill(gathering, lead, 2)
    turn = hour.act("accept", by=first, turn=room.turn).turn
    read = threading.Barrier(TOGETHER)

    def loose(self):
        found = Gathering.objects.get(pk=self.gathering)
        read.wait()
        return found

    monkeypatch.setattr(Hour, "_hold", loose)
    monkeypatch.setattr(Hour, "_write", lambda self, gathering, before, after, lines, now: after)
    monkeypatch.setattr(transaction, "atomic", lambda *_args, **_more: _Nothing())
    came = at_once(*[lambda: Hour.of(gathering).act("pass_on", by=first, turn=turn)] * TOGETHER)
    assert sum(not isinstance(one, Refused) for one in came) == TOGETHER


class _Nothing:
    def __enter__(self):
        return self

    def __exit__(self, *_error):
        return False


def test_all_who_press_something_at_once_leave_one_piece_and_every_line(gathering, lead):
    hour, seats, room = fill(gathering, lead, TOGETHER - 2)
    turn, works = room.turn, []
    for place, seat in enumerate(seats):
        what = ["accept", "pass_on", "need_help", "step_out"][place % 4]
        works.append(lambda what=what, seat=seat: Hour.of(gathering).act(what, by=seat, turn=turn))
    works += [lambda: Hour.of(gathering).act("skip", by=lead, turn=turn)] * 2
    at_once(*works)
    room = hour.look()
    assert (room.holder is None) != (room.offered is None)
    numbers = list(Line.objects.order_by("number").values_list("number", flat=True))
    assert numbers == list(range(len(numbers)))
    assert Gathering.objects.get(pk=gathering.pk).version == room.version


class Network:
    """Carries commands late, twice, and out of order."""

    def __init__(self, hour, seed):
        self.hour, self.draw, self.on_the_way = hour, random.Random(seed), []  # noqa: S311

    def send(self, what, seat, turn):
        self.on_the_way += [(what, seat, turn)] * self.draw.choice([1, 1, 2, 3])

    def deliver(self):
        """Whatever comes next; None when nothing is on the way."""
        if not self.on_the_way:
            return False
        what, seat, turn = self.on_the_way.pop(self.draw.randrange(len(self.on_the_way)))
        with suppress(Refused):
            self.hour.act(what, by=seat, turn=turn)
        return True


def play(hour, seats, turns, seed):
    """Everybody does what their page shows them, over a bad network, until so many turns were taken."""
    network, done = Network(hour, seed), set()
    while len(spoken()) < turns:
        room = hour.look()
        for seat in seats:
            what = {room.offered: "accept", room.holder: "pass_on"}.get(seat.pk)
            if what and (room.turn, seat.pk) not in done:
                done.add((room.turn, seat.pk))
                network.send(what, seat, room.turn)
        assert network.deliver(), "nothing is on the way, and nobody has spoken"
    while network.deliver():
        pass


@pytest.mark.parametrize("seed", [1, 2])
def test_a_round_of_twelve_over_a_bad_network_lets_each_speak_once_and_in_order(gathering, lead, seed):
    hour, seats, _room = fill(gathering, lead, 12)
    play(hour, seats, 12, seed)
    assert spoken() == [seat.pk for seat in seats]
    room = hour.look()
    assert (room.holder, room.offered, room.to_come) == (None, None, ())


@pytest.mark.slow
def test_two_hundred_sit_in_one_hour_and_the_piece_goes_on(gathering, lead):
    hour, seats, _room = fill(gathering, lead, 200)
    play(hour, seats, 6, seed=3)
    assert spoken()[:6] == [seat.pk for seat in seats[:6]]
    assert len(hour.look().to_come) + len(spoken()) >= 199


def die(work):
    """Do this in a process that is killed in the middle of it, without a word."""
    connections.close_all()
    child = os.fork()
    if not child:
        try:
            work()
        finally:
            os.kill(os.getpid(), signal.SIGKILL)
    _pid, status = os.waitpid(child, 0)
    assert os.WTERMSIG(status) == signal.SIGKILL


def test_killed_between_commit_and_answer_a_pass_that_is_sent_again_counts_once(gathering, lead):
    hour, (first, second, _third), room = fill(gathering, lead, 3)
    turn = hour.act("accept", by=first, turn=room.turn).turn
    die(lambda: hour.act("pass_on", by=first, turn=turn))
    assert hour.look().offered == second.pk  # it was kept, though nobody was told
    with pytest.raises(Stale):
        hour.act("pass_on", by=first, turn=turn)
    assert spoken() == [first.pk]


def test_killed_before_commit_nothing_has_happened_and_the_piece_is_where_it_was(gathering, lead):
    hour, (first, second, _third), room = fill(gathering, lead, 3)
    turn = hour.act("accept", by=first, turn=room.turn).turn

    def half():
        with transaction.atomic():
            hour.act("pass_on", by=first, turn=turn)
            os.kill(os.getpid(), signal.SIGKILL)

    die(half)
    assert hour.look().holder == first.pk
    assert hour.act("pass_on", by=first, turn=turn).offered == second.pk
    assert spoken() == [first.pk]


def test_a_restart_in_mid_turn_finds_the_piece_and_the_time_where_they_were(gathering, lead):
    hour, (first, *_others), room = fill(gathering, lead, 3)
    before = hour.act("accept", by=first, turn=room.turn)
    connection.close()
    after = Hour.of(Gathering.objects.get(pk=gathering.pk)).look()
    assert after == before
    assert Seat.objects.get(pk=first.pk).seen_at is not None
