"""Where lessons are found by their words, and by what they helped with: the index that stories have, with its own rows.

There is one for each circle, and one for what the whole house may read. In that one a strand has a place drawn by lot:
counted upward, the places would tell what came to be at the same time in several circles.
"""

import random
from collections.abc import Collection

from weft.loom import index, words
from weft.loom.index import Index, Place

TOPIC = "\x1ftopic:"  # no word begins like this
HOUSE = 0
_lot = random.SystemRandom()


class Posting(index.Posting):
    """Where one word stands in 256 strands of a circle, or of those that the house may read."""


def scope(circle_id: int) -> str:
    """Under which secret it lies."""
    return f"lessons:{circle_id}"


def index_of(circle_id: int) -> Index:
    """The index of a circle, or of the house."""
    return Index(Posting, scope(circle_id))


def said_in(text: str, topics: list[str]) -> set[str]:
    """By which words something is found."""
    return words.roots_in(" ".join([text, *topics])) | {TOPIC + words.fold(topic) for topic in topics}


def places(place: int | None, said: set[str]) -> dict[Place, set[str]]:
    return {} if place is None else {(place, 0): said}


def free_place(taken: Collection[int]) -> int:
    """A place by lot among about twice as many as there are."""
    while (place := _lot.randrange(2 * len(taken) + 64)) in taken:
        pass
    return place
