"""A command, the ways in which it is refused, and what every command asks first."""

from collections.abc import Callable
from dataclasses import dataclass

from weft.gatherings.hour.room import LEADS, MEMBER, Chair, Room


class Refused(Exception):
    """It did not happen. *why*: a short name, for which the page has a sentence."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


class Stale(Refused):
    """It was meant for a turn that is over: somebody was faster, or it was sent twice."""


class NotYours(Refused):
    """Somebody else may do this."""


class NotNow(Refused):
    """Not in this moment of the hour."""


class Elsewhere(Refused):
    """This seat is in another window now."""


@dataclass(frozen=True)
class Command:
    """What one seat asks for."""

    what: str
    by: int
    turn: int | None = None  # the turn that its sender saw
    seat: int | None = None  # the other seat that it is about
    words: str = ""
    minutes: int = 0
    order: tuple[int, ...] = ()
    window: int = 0  # the window that it comes from
    part: str = MEMBER  # only for who comes: what the house knows of them
    stands_by: bool = False


@dataclass(frozen=True)
class Happened:
    """A line of the hour: what happened, to which seat, by which."""

    what: str
    seat: int | None = None
    by: int | None = None


Lines = tuple[Happened, ...]
Next = tuple[Room, Lines]
Act = Callable[[Room, Chair, Command, int], Next]


LONGEST = 120  # minutes that a turn may be given


def need_phase(room: Room, *phases: str) -> None:
    if room.phase not in phases:
        raise NotNow("phase")


def minutes_of(command: Command) -> int:
    return min(max(command.minutes, 0), LONGEST)


def other_of(room: Room, command: Command) -> Chair:
    other = room.chair(command.seat)
    if other is None:
        raise NotNow("nobody")
    return other


def under(room: Room, chair: Chair, command: Command) -> Chair:
    """The one whom this is about: not oneself, nobody who leads, and one who helps only for who leads."""
    other = other_of(room, command)
    if other.seat == chair.seat or other.part == LEADS or (other.guides and chair.part != LEADS):
        raise NotYours("guides_too")
    return other
