"""Coming in and going out: the waiting room, the quiet room, and the way out."""

from dataclasses import replace

from weft.gatherings.hour.commands import Act, Command, Happened, Lines, Next, NotNow, NotYours, other_of, under
from weft.gatherings.hour.piece import go_out, seated
from weft.gatherings.hour.room import (
    HELD,
    HELPS,
    INSIDE,
    KNOCKS,
    LEADS,
    LEFT,
    PHONE,
    QUIET,
    REMOVED,
    SCHEDULED,
    STILL,
    Chair,
    Room,
)


def come(room: Room, command: Command, now: int) -> Next:
    """Somebody opens the door from outside: whoever guides is in, everybody else waits until they are let in.

    Who comes back sits where they sat. Only one window has the seat: this one, from now on.
    """
    old, guides = room.chair(command.by), command.part in (LEADS, HELPS)
    fresh = Chair(command.by, command.part, INSIDE if guides else KNOCKS, STILL, stepped_out=guides)
    said: Lines = (Happened("came" if guides else "knocked", command.by),)
    if old is not None:
        if old.standing == REMOVED:
            raise NotYours("removed")
        back = old.standing not in (LEFT, KNOCKS) or (old.standing == KNOCKS and not guides)
        said = () if back else said
        fresh = replace(
            old,
            part=old.part if guides and old.guides else command.part,
            standing=old.standing if back else fresh.standing,
            signs=STILL,
            stepped_out=old.stepped_out or (guides and not old.guides),
        )
    fresh = replace(fresh, window=command.window, stands_by=command.stands_by, seen=now)
    return seated(room, fresh), said


def leave(room: Room, chair: Chair, command: Command, now: int) -> Next:
    room, more = go_out(room, chair, LEFT, now)
    return room, (Happened("left", chair.seat, chair.seat), *more)


def put_out(what: str, standing: str, *fro: str) -> Act:
    """One who guides puts somebody out of the room: for a while, or for good."""

    def put(room: Room, chair: Chair, command: Command, now: int) -> Next:
        other = under(room, chair, command)
        if other.standing == standing:
            return room, ()
        if other.standing not in fro:
            raise NotNow("not_inside")
        room, more = go_out(room, other, standing, now)
        return room, (Happened(what, other.seat, chair.seat), *more)

    return put


def let_in(what: str, standing: str) -> Act:
    """One who guides lets somebody in."""

    def let_in(room: Room, chair: Chair, command: Command, now: int) -> Next:
        other = other_of(room, command)
        if other.is_inside:
            return room, ()
        if other.standing != standing:
            raise NotNow("not_waiting")
        if room.phase == SCHEDULED:
            raise NotNow("not_open")
        if room.locked and standing == KNOCKS:
            raise NotNow("locked")
        return seated(room, replace(other, standing=INSIDE)), (Happened(what, other.seat, chair.seat),)

    return let_in


def by_phone(room: Room, chair: Chair, command: Command, now: int) -> Next:
    """Somebody is there by phone alone, without a page that gives signs: one who guides knows that they are there."""
    if command.seat is None:
        raise NotNow("nobody")
    if room.phase == SCHEDULED or room.locked:
        raise NotNow("locked" if room.locked else "not_open")
    other = room.chair(command.seat) or Chair(command.seat, command.part)
    if other.standing in (REMOVED, HELD, QUIET) or other.guides:
        raise NotNow("not_waiting")
    if other.is_inside and other.signs == PHONE:
        return room, ()
    said = () if other.is_inside else (Happened("admitted", other.seat, chair.seat),)
    return seated(room, replace(other, standing=INSIDE, signs=PHONE, seen=now)), said


def go_aside(room: Room, chair: Chair, command: Command, now: int) -> Next:
    """One who guides goes aside with somebody, while another stays with the room."""
    other = other_of(room, command)
    if other.seat == chair.seat or other.guides or not other.is_inside:
        raise NotNow("not_inside")
    if not any(room.is_here(guide, now) for guide in room.guides if guide.seat != chair.seat):
        raise NotNow("alone")
    lines: Lines = (Happened("quiet", other.seat, chair.seat),)
    for one, two in ((chair, other), (other, chair)):
        room, more = go_out(room, one, QUIET, now)
        room = room.with_chair(replace(one, standing=QUIET, with_seat=two.seat, needs_help=False))
        lines += more
    return room, lines


def come_back(room: Room, chair: Chair, command: Command, now: int) -> Next:
    if chair.standing != QUIET:
        raise NotNow("not_quiet")
    pair = (chair, room.chair(chair.with_seat))
    for one in pair:
        if one is not None:
            room = seated(room, replace(one, standing=INSIDE, with_seat=None))
    return room, (Happened("back", chair.with_seat, chair.seat),)
