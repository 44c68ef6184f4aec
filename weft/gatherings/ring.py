"""The ring: where everybody sits, as a picture. Who holds the piece sits a little nearer to the middle."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import cos, pi, sin

MIDDLE = (160, 145)
AROUND, ABOVE = 122, 108  # how far the chairs stand from the middle, across and up, in a box of 320 by 310
SIDES = [(6, 50), (9, 42), (12, 34)]  # the side of a chair, where up to so many sit
LEAST = 24


@dataclass(frozen=True)
class Chair:
    """Where one chair stands: the upper corner of its square, its side, and the middle of the name under it."""

    x: float
    y: float
    side: int
    name_x: float
    name_y: float


def chairs(sitting: Sequence[bool]) -> list[Chair]:
    """A chair for each who sits there, in their order, the first at the bottom. True: this one holds the piece."""
    side = next((side for most, side in SIDES if len(sitting) <= most), LEAST)
    return [_chair(number, len(sitting), side, holds) for number, holds in enumerate(sitting)]


def _chair(number: int, of: int, side: int, holds: bool) -> Chair:
    turn = 2 * pi * number / of + pi / 2
    near = 0.84 if holds and of > 1 else 1.0
    middle_x, middle_y = MIDDLE[0] + AROUND * near * cos(turn), MIDDLE[1] + ABOVE * near * sin(turn)
    grown = side + 10 if holds else side
    return Chair(
        round(middle_x - grown / 2, 1),
        round(middle_y - grown / 2, 1),
        grown,
        round(middle_x, 1),
        round(middle_y + grown / 2 + 17, 1),
    )
