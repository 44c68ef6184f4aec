"""What may happen in an hour: pure functions from one room to the next.

    act(room, Command("pass_on", by=seat, turn=7), now)   what somebody does; or `Refused`, and the room is as before
    settle(room, now)                                     what time alone does
    sign(room, seat, now)                                 a sign of life

A command that moves the piece or the phase names the turn that its sender saw. Sent twice, or too late, it meets a
later turn and is refused. Every other command says how things shall be, and finds them so the second time.
Nothing ends by itself: time passes the piece on, and pauses.
"""

from dataclasses import dataclass, replace

from weft.gatherings.hour import coming, guiding, piece
from weft.gatherings.hour.commands import (
    Act,
    Command,
    Elsewhere,
    Happened,
    Lines,
    Next,
    NotNow,
    NotYours,
    Stale,
)
from weft.gatherings.hour.room import (
    BEATS,
    ENDED,
    HELD,
    INSIDE,
    KNOCKS,
    LEFT,
    LULL,
    PHONE,
    QUIET,
    REMOVED,
    TOGETHER,
    UNGUIDED,
    Chair,
    Room,
)


def act(room: Room, command: Command, now: int) -> Next:
    """The room after this command, and what is to be written down of it."""
    if room.phase == ENDED:
        raise NotNow("ended")
    if command.what == "come":
        return coming.come(room, command, now)
    rule = ACTS.get(command.what)
    if rule is None:
        raise NotNow("unknown")
    chair = room.chair(command.by)
    if chair is None or chair.standing in (LEFT, REMOVED):
        raise NotYours("not_here")
    if command.window and command.window != chair.window:
        raise Elsewhere("elsewhere")
    if rule.guided and not (chair.guides and chair.is_inside):
        raise NotYours("not_guiding")
    if rule.turned and command.turn != room.turn:
        raise Stale("stale")
    if rule.moving and room.paused is not None:
        raise NotNow("paused")
    return rule.act(room, chair, command, now)


def settle(room: Room, now: int) -> Next:
    """What time alone does: who has dropped out loses the piece after a while; without a guide the hour pauses."""
    if room.phase not in TOGETHER or room.paused is not None:
        return room, ()
    if _unguided(room, now):
        return replace(room, paused=now), (Happened("unguided"),)
    lines: Lines = ()
    at = room.holder if room.holder is not None else room.offered
    if at is not None:
        chair = room.chair(at)
        if chair is None or not piece.may_hold(room, chair):
            room, lines = piece.move_on(room, now)
        elif room.is_away(chair, now):
            room, lines = piece.move_on(piece.to_tail(room, at), now)
            lines = (Happened("dropped", at), *lines)
    elif piece.to_next(room, now) is not None:
        room, lines = piece.move_on(room, now)
    return room, lines


def sign(room: Room, seat: int, now: int, beats: bool = False) -> Room:
    """This seat is there. Its page gives such signs by itself, if it *beats*."""
    chair = room.chair(seat)
    if chair is None or chair.standing in (LEFT, REMOVED):
        return room
    if slept(room, now):
        room = replace(room, woken=now)
    return room.with_chair(replace(chair, seen=now, signs=BEATS if beats else chair.signs))


def slept(room: Room, now: int) -> bool:
    """Whether the house itself was away: of all the pages that give signs by themselves, none has come through.

    Then everybody's time begins anew with the first who is back: a restart takes the piece from nobody. That holds
    once, and again only after such a page was heard: else a room with nobody in it would never let the piece go.
    """
    last = max((chair.seen for chair in room.chairs if chair.signs == BEATS), default=0)
    return last > room.woken and now - last > LULL


def _unguided(room: Room, now: int) -> bool:
    """Whether nobody who guides has been seen for a while. One in the quiet room does not see to this one."""

    def gone(chair: Chair) -> bool:
        if chair.is_inside and chair.signs != PHONE:
            return room.is_away(chair, now, UNGUIDED)
        return chair.standing not in (INSIDE, LEFT) or now - max(chair.seen, room.woken) >= UNGUIDED

    return all(gone(chair) for chair in room.chairs if chair.guides)


@dataclass(frozen=True)
class Rule:
    """How a command is done, and when it may be."""

    act: Act
    guided: bool = False  # only by those who guide, while they are in the room
    turned: bool = False  # names the turn that its sender saw
    moving: bool = False  # not while the hour pauses


ACTS: dict[str, Rule] = {
    "open_door": Rule(guiding.open_door, guided=True, turned=True),
    "begin": Rule(guiding.begin, guided=True, turned=True),
    "start_round": Rule(guiding.start_round, guided=True, turned=True, moving=True),
    "open_floor": Rule(guiding.open_floor, guided=True, turned=True, moving=True),
    "close": Rule(guiding.close, guided=True, turned=True, moving=True),
    "end": Rule(guiding.end, guided=True, turned=True),
    "admit": Rule(coming.let_in("admitted", KNOCKS), guided=True),
    "release": Rule(coming.let_in("released", HELD), guided=True),
    "send_back": Rule(coming.put_out("sent_back", KNOCKS, INSIDE, HELD), guided=True),
    "hold": Rule(coming.put_out("held", HELD, INSIDE, QUIET), guided=True),
    "remove": Rule(coming.put_out("removed", REMOVED, KNOCKS, INSIDE, QUIET, HELD, LEFT), guided=True),
    "by_phone": Rule(coming.by_phone, guided=True),
    "accept": Rule(piece.accept, turned=True, moving=True),
    "pass_on": Rule(piece.pass_on, turned=True, moving=True),
    "later": Rule(piece.come_later, turned=True, moving=True),
    "skip": Rule(piece.skip, guided=True, turned=True, moving=True),
    "offer": Rule(piece.offer, guided=True, turned=True, moving=True),
    "force": Rule(piece.force, guided=True, turned=True, moving=True),
    "call": Rule(piece.call, guided=True, turned=True, moving=True),
    "extend": Rule(piece.extend, guided=True, turned=True, moving=True),
    "reorder": Rule(piece.reorder, guided=True),
    "step_out": Rule(piece.step_out),
    "step_in": Rule(piece.step_in),
    "raise_hand": Rule(piece.raise_hand, moving=True),
    "lower_hand": Rule(piece.lower_hand),
    "need_help": Rule(guiding.need_help),
    "answer_help": Rule(guiding.answer_help),
    "pause": Rule(guiding.pause, guided=True),
    "go_on": Rule(guiding.go_on, guided=True),
    "mute": Rule(guiding.muting(True), guided=True),
    "unmute": Rule(guiding.muting(False), guided=True),
    "lock": Rule(guiding.locking(True), guided=True),
    "unlock": Rule(guiding.locking(False), guided=True),
    "quiet_room": Rule(coming.go_aside, guided=True),
    "back_from_quiet": Rule(coming.come_back),
    "take_over": Rule(guiding.take_over),
    "hand_over": Rule(guiding.hand_over, guided=True),
    "leave": Rule(coming.leave),
}
