"""Every small hour, played through to the end of what can happen: the piece is in one hand, and in nobody's twice.

No room in which a promise is broken can be reached. Each promise has its control: a machine that breaks it is caught.
"""

from dataclasses import replace

import pytest

from weft.gatherings.hour import acts, room
from weft.gatherings.hour.acts import ACTS
from weft.gatherings.hour.commands import Command, Happened, Stale
from weft.gatherings.tests.hours import Broken, Machine, begun, explore

pytestmark = pytest.mark.once

TWO = {1: "leads", 2: "member"}
THREE = {1: "leads", 2: "member", 3: "member"}
HELPED = {1: "leads", 2: "helps", 3: "member"}
WATCHED = {1: "leads", 2: "member", 3: "observes"}
PIECE = {"accept", "pass_on", "later", "skip", "offer", "force"}
ROUND = PIECE | {"step_out", "step_in", "start_round", "close", "pause", "go_on", "reorder"}
ALL = 400  # rooms of each beginning


def test_two_can_reach_no_room_in_which_the_piece_is_lost_or_in_two_hands():
    rooms, all_of_them = explore(Machine(), begun(TWO), TWO, most=5000, only=PIECE)
    assert all_of_them
    assert rooms > 500


@pytest.mark.parametrize("phase", ["rounds", "closing"])
def test_nor_can_three_as_far_as_they_were_followed(phase):
    assert explore(Machine(), begun(THREE, phase=phase), THREE, most=2 * ALL, only=ROUND) >= (2 * ALL, False)


@pytest.mark.parametrize("phase", ["scheduled", "waiting", "opening", "rounds", "floor", "closing"])
def test_no_promise_can_be_broken_by_two_with_all_that_they_may_try(phase):
    assert explore(Machine(), begun(TWO, phase=phase), TWO, most=ALL) >= (ALL, False)


@pytest.mark.parametrize("parts", [THREE, HELPED, WATCHED], ids=["members", "helped", "watched"])
def test_no_promise_can_be_broken_by_three_with_all_that_they_may_try(parts):
    assert explore(Machine(), begun(parts), parts, most=ALL) >= (ALL, False)


def caught(machine: Machine, parts: dict[int, str] = THREE, phase: str = "rounds") -> str:
    with pytest.raises(Broken) as broken:
        explore(machine, begun(parts, phase=phase), parts, most=5 * ALL)
    return str(broken.value)


def test_control_a_piece_that_is_in_two_hands_is_noticed():
    def act(before, command, now):
        after, lines = acts.act(before, command, now)
        return (replace(after, offered=2 if after.holder == 3 else None), lines) if command.what == "accept" else (
            after, lines)  # fmt: skip

    assert caught(Machine(act=act)) == "the piece is in two places"


def test_control_a_piece_that_nobody_gets_is_noticed():
    def settle(before, now):
        after, lines = acts.settle(before, now)
        return (
            (replace(after, offered=None), lines) if any(line.what == "dropped" for line in lines) else (after, lines)
        )

    assert caught(Machine(settle=settle)) in ("the piece is lost", "time did not come to rest")


def test_control_a_turn_that_counts_twice_is_noticed(monkeypatch):
    monkeypatch.setitem(ACTS, "skip", replace(ACTS["skip"], turned=False))
    assert caught(Machine()) == "skip counted twice"


def test_control_a_pass_that_is_taken_for_somebody_elses_is_noticed(monkeypatch):
    """Whoever holds the piece and sends twice would pass for the next one, too."""

    def pass_on(before, chair, command, now):
        at = before.holder if before.holder is not None else before.offered
        if at is None:
            raise Stale("stale")
        return ACTS["skip"].act(before, chair, command, now)

    monkeypatch.setitem(ACTS, "pass_on", replace(ACTS["pass_on"], act=pass_on, turned=False))
    assert caught(Machine()) == "pass_on counted twice"


def test_control_somebody_who_is_heard_and_may_not_be_is_noticed():
    def audible(here):
        return room.audible(here) | ({here.holder} - {None}) | {c.seat for c in here.chairs if c.standing == "held"}

    assert caught(Machine(audible=audible)) == "somebody may be heard who may not be"


def test_control_two_who_are_heard_at_once_are_noticed():
    def audible(here):
        return room.audible(here) | {c.seat for c in here.guides}

    assert caught(Machine(audible=audible)) == "two are heard at once"


def test_control_a_door_that_opens_because_a_guide_has_come_is_noticed():
    def act(before, command, now):
        after, lines = acts.act(before, command, now)
        if command.what == "come" and command.part == "leads":
            for chair in after.knocking:
                after = after.with_chair(replace(chair, standing="inside"))
        return after, lines

    assert caught(Machine(act=act), phase="scheduled") == "somebody came in whom nobody let in"


def test_control_an_hour_that_ends_by_itself_is_noticed():
    def settle(before, now):
        after, lines = acts.settle(before, now)
        return (replace(after, phase="ended"), lines) if Happened("unguided") in lines else (after, lines)

    assert caught(Machine(settle=settle)) == "a phase ended by itself"


def test_control_somebody_who_dropped_out_and_is_forgotten_is_noticed():
    def settle(before, now):
        after, lines = acts.settle(before, now)
        gone = {line.seat for line in lines if line.what == "dropped"}
        return replace(after, order=tuple(seat for seat in after.order if seat not in gone), later=()), lines

    assert caught(Machine(settle=settle)) == "somebody was left out of the round"


def test_an_observer_never_has_the_piece_and_is_never_heard():
    here = begun(WATCHED)
    with pytest.raises(Exception, match="cannot_hold"):
        acts.act(here, Command("offer", 1, here.turn, 3), 1000)
    assert 3 not in here.to_come
