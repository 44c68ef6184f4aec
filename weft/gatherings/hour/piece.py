"""The piece: where it goes next, and what is done by whoever has it in hand, or would like to."""

from dataclasses import replace

from weft.gatherings.hour.commands import Command, Happened, Next, NotNow, NotYours, minutes_of, need_phase, other_of
from weft.gatherings.hour.room import AROUND, FLOOR, HELD, INSIDE, LEFT, OBSERVES, QUIET, REMOVED, Chair, Room


def may_hold(room: Room, chair: Chair) -> bool:
    """On the floor also whoever sits out of the rounds may be called."""
    return chair.is_inside and chair.part != OBSERVES and (room.phase == FLOOR or not chair.stepped_out)


def to_next(room: Room, now: int) -> int | None:
    """Who gets the piece next: the first to come who is here."""
    if room.phase not in AROUND:
        return None
    chairs = {chair.seat: chair for chair in room.chairs}
    return next((seat for seat in room.to_come if room.is_here(chairs[seat], now)), None)


def move_on(room: Room, now: int) -> Next:
    """The piece leaves where it is: to the next, or to the middle."""
    free = replace(room, holder=None, offered=None, turn=room.turn + 1, since=now, given=0)
    to = to_next(free, now)
    return replace(free, offered=to), () if to is None else (Happened("offered", to),)


def give(room: Room, seat: int, now: int) -> Room:
    """The piece is in this one's hands."""
    return replace(room, holder=seat, offered=None, turn=room.turn + 1, since=now, given=room.minutes)


def to_tail(room: Room, seat: int) -> Room:
    """It comes back to this one at the end of the same round; on the floor, their hand goes up again."""
    if room.phase == FLOOR:
        return replace(room, hands=(*without(room.hands, seat), seat))
    return replace(room, later=(*without(room.later, seat), seat))


def done(room: Room, seat: int) -> Room:
    """This one had the piece in this round."""
    return replace(
        room,
        spoken=(*without(room.spoken, seat), seat),
        later=without(room.later, seat),
        hands=without(room.hands, seat),
    )


def without(seats: tuple[int, ...], gone: int) -> tuple[int, ...]:
    return tuple(seat for seat in seats if seat != gone)


def is_at(room: Room, chair: Chair) -> bool:
    return chair.seat in (room.holder, room.offered)


def go_around(room: Room, phase: str, now: int) -> Next:
    """Begin to go around."""
    fresh = replace(room, phase=phase, spoken=(), later=(), hands=())
    return move_on(fresh, now)


def in_order(room: Room, wanted: tuple[int, ...]) -> tuple[int, ...]:
    """All who may have a turn: first as it is wanted, then as it was, then as they came."""
    there = {chair.seat for chair in room.inside if chair.part != OBSERVES}
    away = {chair.seat for chair in room.chairs if not chair.is_inside and chair.standing in (QUIET, HELD)}
    every = [*wanted, *room.order, *(chair.seat for chair in room.chairs)]
    return tuple(seat for seat in dict.fromkeys(every) if seat in there | away)


def seated(room: Room, chair: Chair) -> Room:
    """The room with this chair; where the piece goes around, it will come there too."""
    room = room.with_chair(chair)
    if room.phase in AROUND and chair.is_inside and chair.part != OBSERVES and chair.seat not in room.order:
        room = replace(room, order=(*room.order, chair.seat))
    return room


def go_out(room: Room, chair: Chair, standing: str, now: int) -> Next:
    """This one goes out of the room. What they held goes on, and comes back to them if they do, in this round."""
    partner = room.chair(chair.with_seat) if chair.standing == QUIET else None
    if partner is not None:
        room = room.with_chair(replace(partner, standing=INSIDE, with_seat=None))
    held = is_at(room, chair)
    helped = chair.needs_help and standing not in (LEFT, REMOVED)
    room = room.with_chair(replace(chair, standing=standing, with_seat=None, needs_help=helped))
    if held:
        return move_on(to_tail(room, chair.seat) if room.phase in AROUND else room, now)
    return replace(room, hands=without(room.hands, chair.seat)), ()


def accept(room: Room, chair: Chair, command: Command, now: int) -> Next:
    if room.offered != chair.seat:
        raise NotYours("not_offered")
    return give(room, chair.seat, now), (Happened("accepted", chair.seat, chair.seat),)


def pass_on(room: Room, chair: Chair, command: Command, now: int) -> Next:
    """Whoever holds it has spoken; whoever it was offered to lets it pass."""
    if not is_at(room, chair):
        raise NotYours("not_held")
    what = "spoke" if room.holder == chair.seat else "passed"
    room, more = move_on(done(room, chair.seat), now)
    return room, (Happened(what, chair.seat, chair.seat), *more)


def come_later(room: Room, chair: Chair, command: Command, now: int) -> Next:
    if not is_at(room, chair):
        raise NotYours("not_held")
    need_phase(room, *AROUND)
    if to_next(room, now) is None:
        raise NotNow("last")
    room, more = move_on(to_tail(room, chair.seat), now)
    return room, (Happened("later", chair.seat, chair.seat), *more)


def skip(room: Room, chair: Chair, command: Command, now: int) -> Next:
    at = room.holder if room.holder is not None else room.offered
    if at is None:
        raise NotNow("rests")
    room, more = move_on(done(room, at), now)
    return room, (Happened("skipped", at, chair.seat), *more)


def offer(room: Room, chair: Chair, command: Command, now: int) -> Next:
    need_phase(room, *AROUND)
    other = for_piece(room, command, now)
    if room.offered == other.seat:
        return room, ()
    room = back_in_round(room, other.seat)
    new = replace(room, holder=None, offered=other.seat, turn=room.turn + 1, since=now, given=0)
    return new, (Happened("offered", other.seat, chair.seat),)


def force(room: Room, chair: Chair, command: Command, now: int) -> Next:
    """Put right where the piece is: it lies in this one's hand without being offered first."""
    need_phase(room, *AROUND)
    other = for_piece(room, command, now)
    if room.holder == other.seat:
        return room, ()
    return give(back_in_round(room, other.seat), other.seat, now), (Happened("given", other.seat, chair.seat),)


def call(room: Room, chair: Chair, command: Command, now: int) -> Next:
    need_phase(room, FLOOR)
    other = for_piece(room, command, now)
    room = replace(room, hands=without(room.hands, other.seat))
    return give(room, other.seat, now), (Happened("called", other.seat, chair.seat),)


def for_piece(room: Room, command: Command, now: int) -> Chair:
    """The one who shall have it, if they can."""
    other = other_of(room, command)
    if not may_hold(room, other) or room.is_away(other, now):
        raise NotNow("cannot_hold")
    return other


def back_in_round(room: Room, seat: int) -> Room:
    order = room.order if seat in room.order else (*room.order, seat)
    return replace(room, order=order, spoken=without(room.spoken, seat), later=without(room.later, seat))


def extend(room: Room, chair: Chair, command: Command, now: int) -> Next:
    """*minutes* are all that this turn shall have: sent twice, it gives no more."""
    if room.holder is None:
        raise NotNow("rests")
    given = max(room.given, minutes_of(command))
    if not room.given or given == room.given:
        return room, ()
    return replace(room, given=given), (Happened("extended", room.holder, chair.seat),)


def reorder(room: Room, chair: Chair, command: Command, now: int) -> Next:
    order = in_order(room, command.order)
    return (room, ()) if order == room.order else (replace(room, order=order), (Happened("order", by=chair.seat),))


def step_out(room: Room, chair: Chair, command: Command, now: int) -> Next:
    if not chair.is_inside:
        raise NotYours("not_inside")
    if chair.stepped_out:
        return room, ()
    held = is_at(room, chair) and room.phase in AROUND
    room = room.with_chair(replace(chair, stepped_out=True))
    room, more = move_on(room, now) if held else (room, ())
    return room, (Happened("stepped_out", chair.seat, chair.seat), *more)


def step_in(room: Room, chair: Chair, command: Command, now: int) -> Next:
    if not chair.is_inside or chair.part == OBSERVES:
        raise NotYours("not_inside")
    if not chair.stepped_out:
        return room, ()
    return seated(room, replace(chair, stepped_out=False)), (Happened("stepped_in", chair.seat, chair.seat),)


def raise_hand(room: Room, chair: Chair, command: Command, now: int) -> Next:
    need_phase(room, FLOOR)
    if not may_hold(room, chair):
        raise NotYours("not_inside")
    if chair.seat in room.hands or chair.seat == room.holder:
        return room, ()
    return replace(room, hands=(*room.hands, chair.seat)), (Happened("hand", chair.seat, chair.seat),)


def lower_hand(room: Room, chair: Chair, command: Command, now: int) -> Next:
    """One's own; whoever guides may lower another's."""
    seat = command.seat if command.seat is not None else chair.seat
    if seat != chair.seat and not (chair.guides and chair.is_inside):
        raise NotYours("not_guiding")
    return replace(room, hands=without(room.hands, seat)), ()
