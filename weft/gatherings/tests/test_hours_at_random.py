"""Long hours of many people at random, whose commands come late, twice, and out of order."""

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from weft.gatherings.hour import acts
from weft.gatherings.hour.acts import ACTS
from weft.gatherings.hour.commands import Command, Refused, Stale
from weft.gatherings.hour.room import AROUND, Room
from weft.gatherings.tests.hours import Machine, begun

pytestmark = pytest.mark.once

PARTS = {1: "leads", 2: "helps", 3: "member", 4: "member", 5: "member", 6: "observes"}
seats = st.sampled_from(sorted(PARTS))
PIECE = ["accept", "pass_on", "later", "skip", "step_out", "step_in", "need_help", "raise_hand"]


class AnHour(RuleBasedStateMachine):
    """Six people; whatever they send is kept, and may arrive once more at any time."""

    machine = Machine()

    @initialize(phase=st.sampled_from(["waiting", "opening", "rounds", "floor", "closing"]))
    def begin(self, phase: str) -> None:
        self.now = 1000
        self.room: Room = begun(PARTS, phase=phase)
        self.sent: list[Command] = []
        self.counted: set[tuple[str, int, int | None]] = set()  # what has moved the piece, by whom, in which turn
        self.highest = self.room.turn

    def arrive(self, command: Command) -> None:
        before = self.room
        try:
            self.room = self.machine.do(before, command, self.now)
        except Stale:
            assert command.turn != self.settled(before, command).turn
            return
        except Refused:
            return
        if ACTS[command.what].turned and self.room.turn != before.turn:
            key = (command.what, command.by, command.turn)
            assert key not in self.counted, "a turn was taken twice"
            self.counted.add(key)

    def settled(self, before: Room, command: Command) -> Room:
        return acts.settle(acts.sign(before, command.by, self.now, True), self.now)[0]

    @rule(what=st.sampled_from(sorted(set(ACTS) - {"end"})), by=seats, seat=seats, order=st.permutations(sorted(PARTS)))
    def send(self, what: str, by: int, seat: int, order: list[int]) -> None:
        command = Command(what, by, self.room.turn, seat, minutes=2, order=tuple(order))
        self.sent.append(command)
        self.arrive(command)

    @rule(what=st.sampled_from(PIECE))
    def send_by_whom_it_is_up_to(self, what: str) -> None:
        at = self.room.holder or self.room.offered or 1
        self.send(what, at if what != "skip" else 1, at, sorted(PARTS))

    @rule(data=st.data())
    @precondition(lambda self: self.sent)
    def arrive_once_more(self, data: st.DataObject) -> None:
        self.arrive(data.draw(st.sampled_from(self.sent)))

    @rule(seat=seats)
    def come_again(self, seat: int) -> None:
        try:
            self.room = self.machine.do(self.room, Command("come", seat, part=PARTS[seat]), self.now)
        except Refused:
            assert self.room.chair(seat).standing == "removed"

    @rule(seconds=st.integers(1, 40), there=st.sets(seats))
    def time_passes(self, seconds: int, there: set[int]) -> None:
        self.now += seconds
        for seat in sorted(there):
            self.room = self.machine.rest(acts.sign(self.room, seat, self.now, True), self.now)
        self.room = self.machine.rest(self.room, self.now)

    @rule()
    def the_house_is_started_anew(self) -> None:
        seen = {chair.seat: chair.seen for chair in self.room.chairs}
        again = Room.from_json(self.room.to_json(), self.room.phase, self.room.version, seen)
        assert again == self.room
        self.room = again

    @invariant()
    def every_promise_holds(self) -> None:
        if hasattr(self, "room"):
            self.machine.hold(acts.settle(self.room, self.now)[0], self.now)
            assert self.room.turn >= self.highest
            self.highest = self.room.turn
            if self.room.phase in AROUND:
                assert len(set(self.room.order)) == len(self.room.order)
                assert not {self.room.holder, self.room.offered} & set(self.room.spoken) - {None}


TestAnHour = AnHour.TestCase
TestAnHour.settings = settings(
    max_examples=40, stateful_step_count=40, deadline=None, derandomize=True, database=None,
    suppress_health_check=list(HealthCheck),
)  # fmt: skip
