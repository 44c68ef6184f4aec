"""Hours that are played through, and what must never come of it.

`explore` takes a room and tries every command of everybody, with every other seat, and every way in which time may
pass, again and again. `Machine` is the real one, unless a control puts a broken part into it.
"""

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any

from weft.gatherings.hour import acts, room
from weft.gatherings.hour.acts import ACTS
from weft.gatherings.hour.commands import Command, Refused
from weft.gatherings.hour.room import Room

PLAIN = {"admit", "release", "send_back", "hold", "remove", "by_phone", "offer", "force", "call", "mute", "unmute",
         "quiet_room", "hand_over", "lower_hand", "answer_help"}  # fmt: skip  # commands about another seat


class Broken(AssertionError):
    """A promise was broken; says which."""


@dataclass(frozen=True)
class Machine:
    """What keeps the hour, as the keeper uses it."""

    act: Callable[..., Any] = acts.act
    settle: Callable[..., Any] = acts.settle
    audible: Callable[[Room], frozenset[int]] = room.audible

    def do(self, before: Room, command: Command, now: int) -> Room:
        """One command of somebody who is there, and what time had done before it."""
        ready = self.rest(acts.sign(before, command.by, now, True), now)
        after, _lines = self.act(ready, command, now)
        self.look(ready, command, after, now)
        settled = self.rest(after, now)
        self.twice(settled, command, now)
        return settled

    def rest(self, before: Room, now: int) -> Room:
        """What time alone does. A second look finds nothing more to do."""
        after, _lines = self.settle(before, now)
        if after.phase != before.phase:
            raise Broken("a phase ended by itself")
        if self.settle(after, now)[0] != after:
            raise Broken("time did not come to rest")
        self.hold(after, now)
        return after

    def twice(self, after: Room, command: Command, now: int) -> None:
        """The same command again: it is refused, or finds everything as it wants it."""
        try:
            again, lines = self.act(after, command, now)
        except Refused:
            return
        if again != after or lines:
            raise Broken(f"{command.what} counted twice")

    def look(self, before: Room, command: Command, after: Room, now: int) -> None:
        """What one command may change."""
        by = before.chair(command.by)
        guided = by is not None and by.is_inside and (by.guides or command.what == "take_over")
        for chair in after.chairs:
            old = before.chair(chair.seat)
            was = old.standing if old else "outside"
            if chair.is_inside and was in ("outside", "knocks", "left"):
                comes = command.what == "come" and chair.seat == command.by and command.part in ("leads", "helps")
                if not comes and not (guided and command.what in ("admit", "by_phone") and not after.locked):
                    raise Broken("somebody came in whom nobody let in")
            if chair.is_inside and was == "held" and not (guided and command.what == "release"):
                raise Broken("somebody came back whom nobody let in")
            if was == "removed" and chair.standing != "removed":
                raise Broken("somebody who was removed came back")
            if old and old.muted and not chair.muted and not guided:
                raise Broken("somebody was heard again whom nobody unmuted")
        if after.phase != before.phase and not guided:
            raise Broken("a phase was moved by somebody who does not guide")
        moved = (before.phase, before.holder, before.offered) != (after.phase, after.holder, after.offered)
        if after.turn < before.turn or (moved and after.turn == before.turn):
            raise Broken("the piece moved within a turn")

    def hold(self, now_: Room, now: int) -> None:
        """What holds at every moment."""
        inside = {chair.seat for chair in now_.inside}
        heard = self.audible(now_)
        silent = {chair.seat for chair in now_.chairs if chair.muted or chair.part == "observes"}
        if heard - inside or heard & silent:
            raise Broken("somebody may be heard who may not be")
        for chair in now_.chairs:
            if chair.standing not in ("inside", "quiet") and room.hears(now_, chair.seat):
                raise Broken("somebody outside hears the room")
            if chair.standing == "quiet":
                other = now_.chair(chair.with_seat)
                if other is None or other.standing != "quiet" or other.with_seat != chair.seat:
                    raise Broken("somebody is alone in the quiet room")
        if now_.holder is not None and now_.offered is not None:
            raise Broken("the piece is in two places")
        if now_.phase in room.AROUND and now_.paused is None:
            if now_.holder is not None and heard - {now_.holder}:
                raise Broken("two are heard at once")
            turns = {chair.seat for chair in now_.chairs if chair.has_turns}
            at = {now_.holder, now_.offered} - {None}
            if at - turns:
                raise Broken("the piece is with somebody who cannot have it")
            if turns - at - set(now_.spoken) - set(now_.to_come):
                raise Broken("somebody was left out of the round")
            waits = [seat for seat in now_.to_come if now_.is_here(now_.chair(seat), now)]
            if not at and waits:
                raise Broken("the piece is lost")
            if at and any(now_.is_away(now_.chair(seat), now) for seat in at):
                raise Broken("the piece waits for somebody who is away")


def commands(before: Room, parts: dict[int, str], only: set[str] | None = None) -> Iterator[Command]:
    """Everything that anybody may try now."""
    seats = sorted(parts)
    for by in seats:
        yield Command("come", by, part=parts[by], window=before.turn % 2, stands_by=parts[by] != "observes")
        for what in sorted(only or ACTS):
            for seat in seats if what in PLAIN else [None]:
                minutes = 3 if what in ("start_round", "extend") else 0
                order = tuple(reversed(seats)) if what == "reorder" else ()
                yield Command(what, by, before.turn, seat, minutes=minutes, order=order)


def passing(seats: list[int]) -> Iterator[tuple[int, frozenset[int]]]:
    """How time may pass: so many seconds, and who gives a sign of life at their end."""
    everybody = frozenset(seats)
    for seconds in (31, 121):
        for who in (frozenset[int](), everybody, *(everybody - {seat} for seat in seats)):
            yield seconds, who


def wait(machine: Machine, before: Room, now: int, who: frozenset[int]) -> Room:
    after = before
    for seat in sorted(who):
        after = machine.rest(acts.sign(after, seat, now, True), now)
    return machine.rest(after, now)


def likeness(one: Room, now: int) -> object:
    """Rooms that are alike lead to the same: exact times and the number of the turn make no difference."""

    def age(then: int) -> int:
        return next(limit for limit in (121, 31, 1, -(10**12)) if now - then >= limit - (limit > 1))

    chairs = tuple(replace(chair, seen=age(max(chair.seen, one.woken)), window=0) for chair in one.chairs)
    heard = max((chair.seen for chair in one.chairs), default=0) > one.woken
    same = replace(one, chairs=chairs, woken=heard, since=0, turn=0, version=0, paused=one.paused and 1)
    return replace(same, round=min(one.round, 2))


def explore(
    machine: Machine, start: Room, parts: dict[int, str], *, most: int, only: set[str] | None = None, now: int = 1000
) -> tuple[int, bool]:
    """Go from room to room until *most* were seen, or all of them. How many, and whether none is left to be tried.

    In turns the nearest is taken, and one that is drawn from all, which may lie far off.
    """
    draw, seen, todo = random.Random(7), {likeness(start, now)}, [(start, now)]  # noqa: S311
    while todo and len(seen) < most:
        here, now = todo.pop(0 if len(seen) % 2 else draw.randrange(len(todo)))
        found = []
        for command in commands(here, parts, only):
            try:
                found.append((machine.do(here, command, now), now))
            except Refused:
                continue
        for seconds, who in passing(sorted(parts)):
            found.append((wait(machine, here, now + seconds, who), now + seconds))
        for after, then in found:
            like = likeness(after, then)
            if like not in seen:
                seen.add(like)
                todo.append((after, then))
    return len(seen), not todo


def begun(parts: dict[int, str], *, phase: str = "rounds", now: int = 1000) -> Room:
    """A room in which everybody is in, in this phase."""
    machine, here = Machine(), Room()
    lead = next(seat for seat, part in parts.items() if part == "leads")
    for seat, part in parts.items():
        here = acts.sign(acts.act(here, Command("come", seat, part=part), now)[0], seat, now, True)
    steps = {"waiting": ["open_door"], "opening": ["open_door", "begin"]}
    for late in ("rounds", "floor", "closing"):
        steps[late] = [*steps["opening"], {"rounds": "start_round", "floor": "open_floor", "closing": "close"}[late]]
    for step in steps.get(phase, []):
        here = machine.do(here, Command(step, lead, here.turn, minutes=3), now)
        if step == "open_door":
            for seat, part in parts.items():
                if part not in ("leads", "helps"):
                    here = machine.do(here, Command("admit", lead, seat=seat), now)
    return here
