"""A room: all that holds in an hour at one moment. Plain values; times are whole seconds, given from outside.

The piece goes from hand to hand: whoever holds it speaks. It is *offered*, and held once it is accepted. While nobody
holds it and it is offered to nobody, it rests in the middle.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, fields, replace
from typing import Any

SCHEDULED, WAITING, OPENING, ROUNDS, FLOOR, CLOSING, ENDED = (
    "scheduled",
    "waiting",
    "opening",
    "rounds",
    "floor",
    "closing",
    "ended",
)
AROUND = (ROUNDS, CLOSING)  # here the piece goes around by itself
TOGETHER = (OPENING, ROUNDS, FLOOR, CLOSING)  # here somebody who guides has to be present

LEADS, HELPS, MEMBER, OBSERVES = "leads", "helps", "member", "observes"
VISITS = "visits"  # like a member in this hour, and not in the circle

KNOCKS = "knocks"  # in the waiting room
INSIDE = "inside"
QUIET = "quiet"  # in the quiet room, with one who guides
HELD = "held"  # asked to wait outside for a while
LEFT = "left"
REMOVED = "removed"  # and does not come back into this hour

BEATS, STILL, PHONE = "beats", "still", "phone"  # its page gives signs by itself; only when it is loaded; it has none

BEAT = 10  # seconds between two signs of life from an open page
LULL = 20  # nobody gave one for so long: it was the house that was away
GRACE = 30  # the piece stays with somebody who has dropped out
UNGUIDED = 120  # then the hour pauses
LONG = 600  # instead of both, for a page that cannot give signs by itself: its reader may be typing


@dataclass(frozen=True)
class Chair:
    """One seat in the room. Everybody has one true part, which all can see (R27)."""

    seat: int
    part: str = MEMBER
    standing: str = KNOCKS
    signs: str = STILL
    window: int = 0  # the one window in which this seat is; another one takes over
    stands_by: bool = False  # may guide, and has come for something else: takes over when nobody leads
    muted: bool = False
    stepped_out: bool = False  # sits out of the rounds
    needs_help: bool = False
    with_seat: int | None = None  # the other one in the quiet room
    seen: int = 0  # the last sign of life; kept with the seat, not with the room

    @property
    def guides(self) -> bool:
        return self.part in (LEADS, HELPS)

    @property
    def is_inside(self) -> bool:
        return self.standing == INSIDE

    @property
    def has_turns(self) -> bool:
        """Whether the piece comes to this one."""
        return self.is_inside and not self.stepped_out and self.part != OBSERVES


@dataclass(frozen=True)
class Room:
    """An hour at one moment."""

    phase: str = SCHEDULED
    version: int = 0
    paused: int | None = None  # since when
    locked: bool = False
    turn: int = 0  # grows whenever the piece or the phase moves: what was meant for an older one comes too late
    round: int = 0
    prompt: str = ""
    minutes: int = 0  # of a turn; 0: as long as it takes
    given: int = 0  # of this turn, with what was added
    since: int = 0  # when this turn began
    holder: int | None = None
    offered: int | None = None
    order: tuple[int, ...] = ()
    spoken: tuple[int, ...] = ()  # had the piece in this round, or let it pass
    later: tuple[int, ...] = ()  # the tail of this round: “come back to me”, and those who dropped out
    hands: tuple[int, ...] = ()
    woken: int = 0  # when the first came back after the house was away
    chairs: tuple[Chair, ...] = field(default=())

    def chair(self, seat: int | None) -> Chair | None:
        return next((chair for chair in self.chairs if chair.seat == seat), None)

    def with_chair(self, new: Chair) -> "Room":
        """The same room with this chair in it, in the place where it stood."""
        if self.chair(new.seat) is None:
            return replace(self, chairs=(*self.chairs, new))
        return replace(self, chairs=tuple(new if chair.seat == new.seat else chair for chair in self.chairs))

    def without(self, seat: int) -> "Room":
        """The same room, in which nothing names this seat."""
        kept = tuple(
            replace(chair, with_seat=None, standing=INSIDE) if chair.with_seat == seat else chair
            for chair in self.chairs
            if chair.seat != seat
        )
        order, spoken, later, hands = (
            tuple(one for one in seats if one != seat) for seats in (self.order, self.spoken, self.later, self.hands)
        )
        moved = seat in (self.holder, self.offered)
        return replace(
            self,
            chairs=kept,
            order=order,
            spoken=spoken,
            later=later,
            hands=hands,
            holder=None if self.holder == seat else self.holder,
            offered=None if self.offered == seat else self.offered,
            turn=self.turn + moved,
        )

    def at_version(self, version: int) -> "Room":
        return replace(self, version=version)

    @property
    def inside(self) -> tuple[Chair, ...]:
        return tuple(chair for chair in self.chairs if chair.is_inside)

    @property
    def knocking(self) -> tuple[Chair, ...]:
        return tuple(chair for chair in self.chairs if chair.standing == KNOCKS)

    @property
    def guides(self) -> tuple[Chair, ...]:
        """Those who guide and are in this room, not in the quiet one."""
        return tuple(chair for chair in self.inside if chair.guides)

    @property
    def to_come(self) -> tuple[int, ...]:
        """To whom the piece still comes in this round, in their order; the tail at the end."""
        can = {chair.seat for chair in self.chairs if chair.has_turns} - set(self.spoken)
        can -= {self.holder, self.offered}
        first = [seat for seat in self.order if seat in can and seat not in self.later]
        return (*first, *(seat for seat in self.later if seat in can))

    def ends(self) -> int | None:
        """When the time that this turn was given is over. Nothing happens then but that the speaker sees it."""
        return self.since + 60 * self.given if self.holder is not None and self.given else None

    def is_away(self, chair: Chair, now: int, after: int = GRACE) -> bool:
        """Whether this one gave no sign for so long. While the house itself was away, nobody could."""
        if chair.signs == PHONE:
            return False
        return now - max(chair.seen, self.woken) >= (max(after, LONG) if chair.signs == STILL else after)

    def is_here(self, chair: Chair, now: int) -> bool:
        return chair.is_inside and not self.is_away(chair, now)

    def to_json(self) -> dict[str, Any]:
        """As it is kept: phase and version have columns of their own, and signs of life lie with the seats."""
        state = {name: value for name, value in vars(self).items() if name not in ("phase", "version")}
        state["chairs"] = [{name: v for name, v in vars(chair).items() if name != "seen"} for chair in self.chairs]
        return state

    @classmethod
    def from_json(cls, state: Mapping[str, Any], phase: str, version: int, seen: Mapping[int, int]) -> "Room":
        """The room that was kept so. What a newer or older house kept besides is left out."""
        known = {name: _frozen(state[name]) for name in _names(cls) if name in state and name != "chairs"}
        chairs = tuple(
            Chair(**{name: chair[name] for name in _names(Chair) if name in chair} | {"seen": seen[chair["seat"]]})
            for chair in state.get("chairs", ())
            if chair["seat"] in seen
        )
        return cls(**known | {"phase": phase, "version": version, "chairs": chairs})


def audible(room: Room) -> frozenset[int]:
    """Who may be heard in the room now, by voice or in writing. It follows from the room alone."""
    if room.phase in (SCHEDULED, ENDED):
        return frozenset()
    guides = {chair.seat for chair in room.guides}
    holder = set() if room.holder is None else {room.holder}
    if room.paused is not None or room.phase in (WAITING, OPENING):
        heard = guides
    elif room.phase == FLOOR:
        heard = holder | guides
    else:
        heard = holder or guides  # between two turns, whoever guides
    return frozenset(chair.seat for chair in room.inside if chair.seat in heard and not chair.muted)


def hears(room: Room, seat: int) -> frozenset[int]:
    """Whom this seat hears. In the quiet room two hear each other, and nobody else hears them."""
    chair = room.chair(seat)
    if chair is None or room.phase in (SCHEDULED, ENDED):
        return frozenset()
    if chair.standing == QUIET and chair.with_seat is not None:
        return frozenset({chair.with_seat})
    return audible(room) - {seat} if chair.is_inside else frozenset()


def _names(cls: type) -> Iterable[str]:
    return [one.name for one in fields(cls)]


def _frozen(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value
