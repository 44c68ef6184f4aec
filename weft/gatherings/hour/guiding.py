"""How whoever guides leads through the hour: from phase to phase, with pauses, and with somebody to take over."""

from dataclasses import replace

from weft.gatherings.hour.commands import (
    Act,
    Command,
    Happened,
    Next,
    NotNow,
    NotYours,
    minutes_of,
    need_phase,
    other_of,
    under,
)
from weft.gatherings.hour.piece import go_around, in_order, move_on
from weft.gatherings.hour.room import (
    CLOSING,
    ENDED,
    FLOOR,
    GRACE,
    HELPS,
    LEADS,
    OPENING,
    ROUNDS,
    SCHEDULED,
    STILL,
    TOGETHER,
    UNGUIDED,
    WAITING,
    Chair,
    Room,
)


def open_door(room: Room, chair: Chair, command: Command, now: int) -> Next:
    need_phase(room, SCHEDULED)
    return replace(room, phase=WAITING, turn=room.turn + 1), (Happened("opened", by=chair.seat),)


def begin(room: Room, chair: Chair, command: Command, now: int) -> Next:
    need_phase(room, WAITING)
    return replace(room, phase=OPENING, turn=room.turn + 1), (Happened("began", by=chair.seat),)


def start_round(room: Room, chair: Chair, command: Command, now: int) -> Next:
    need_phase(room, OPENING, ROUNDS, FLOOR)
    order, minutes = in_order(room, command.order), minutes_of(command)
    new = replace(room, round=room.round + 1, prompt=command.words, minutes=minutes, order=order)
    new, more = go_around(new, ROUNDS, now)
    return new, (Happened("round", by=chair.seat), *more)


def open_floor(room: Room, chair: Chair, command: Command, now: int) -> Next:
    need_phase(room, OPENING, ROUNDS)
    new, more = go_around(replace(room, prompt=command.words, minutes=minutes_of(command)), FLOOR, now)
    return new, (Happened("floor", by=chair.seat), *more)


def close(room: Room, chair: Chair, command: Command, now: int) -> Next:
    need_phase(room, OPENING, ROUNDS, FLOOR)
    order = in_order(room, command.order)
    new, more = go_around(replace(room, prompt=command.words, minutes=minutes_of(command), order=order), CLOSING, now)
    return new, (Happened("closing", by=chair.seat), *more)


def end(room: Room, chair: Chair, command: Command, now: int) -> Next:
    if room.phase == SCHEDULED:
        raise NotNow("phase")
    over, _none = move_on(replace(room, phase=ENDED, paused=None, hands=(), later=()), now)
    return over, (Happened("ended", by=chair.seat),)


def pause(room: Room, chair: Chair, command: Command, now: int) -> Next:
    need_phase(room, *TOGETHER)
    return (room, ()) if room.paused is not None else (replace(room, paused=now), (Happened("paused", by=chair.seat),))


def go_on(room: Room, chair: Chair, command: Command, now: int) -> Next:
    """The time of the pause is not taken from whoever was speaking."""
    if room.paused is None:
        return room, ()
    return replace(room, paused=None, since=room.since + now - room.paused), (Happened("went_on", by=chair.seat),)


def muting(muted: bool) -> Act:
    def mute(room: Room, chair: Chair, command: Command, now: int) -> Next:
        other = under(room, chair, command)
        if other.muted == muted:
            return room, ()
        what = "muted" if muted else "unmuted"
        return room.with_chair(replace(other, muted=muted)), (Happened(what, other.seat, chair.seat),)

    return mute


def locking(locked: bool) -> Act:
    def lock(room: Room, chair: Chair, command: Command, now: int) -> Next:
        if room.locked == locked:
            return room, ()
        return replace(room, locked=locked), (Happened("locked" if locked else "unlocked", by=chair.seat),)

    return lock


def take_over(room: Room, chair: Chair, command: Command, now: int) -> Next:
    """Whoever may guide leads from now on, because who did is not there."""
    if not chair.is_inside or not (chair.guides or chair.stands_by):
        raise NotYours("not_guiding")
    if chair.part == LEADS:
        return room, ()
    patience = {STILL: UNGUIDED}
    seen = {other: now - max(other.seen, room.woken) for other in room.guides if other.part == LEADS}
    if any(since < patience.get(other.signs, GRACE) for other, since in seen.items()):
        raise NotNow("led")
    return led_by(room, chair), (Happened("took_over", chair.seat, chair.seat),)


def hand_over(room: Room, chair: Chair, command: Command, now: int) -> Next:
    other = other_of(room, command)
    if chair.part != LEADS:
        raise NotYours("not_guiding")
    if other.seat == chair.seat or not (other.guides or other.stands_by) or not room.is_here(other, now):
        raise NotNow("cannot_lead")
    return led_by(room, other), (Happened("took_over", other.seat, chair.seat),)


def led_by(room: Room, chair: Chair) -> Room:
    for other in room.chairs:
        if other.part == LEADS:
            room = room.with_chair(replace(other, part=HELPS))
    return room.with_chair(replace(chair, part=LEADS, muted=False, stepped_out=chair.stepped_out or not chair.guides))


def need_help(room: Room, chair: Chair, command: Command, now: int) -> Next:
    if chair.needs_help:
        return room, ()
    return room.with_chair(replace(chair, needs_help=True)), (Happened("help", chair.seat, chair.seat),)


def answer_help(room: Room, chair: Chair, command: Command, now: int) -> Next:
    """Whoever asked may take it back; whoever guides says that they are seeing to it."""
    other = other_of(room, command) if command.seat is not None else chair
    if other.seat != chair.seat and not (chair.guides and chair.is_inside):
        raise NotYours("not_guiding")
    if not other.needs_help:
        return room, ()
    return room.with_chair(replace(other, needs_help=False)), (Happened("helped", other.seat, chair.seat),)
