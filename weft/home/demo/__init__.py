"""The example house: made-up people, whose texts lie in `circles/`."""

from collections.abc import Callable

NAMED = "Wren (member) · Ada (facilitator) · Noor (safety team) · Sol (steward)"


def fill(say: Callable[[str], object] = print) -> None:
    """Fill an empty house with the made-up people."""
    from weft.home.demo import house

    house.fill(say)
