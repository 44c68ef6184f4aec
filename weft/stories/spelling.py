"""Another spelling, for somebody who finds nothing: words that are one letter away, and stand in what they may read.

Only what was opened says how a word is written. So no spelling is offered that stands in hidden words alone.
"""

import re
from dataclasses import fields
from functools import cached_property, partial

from weft.circles.models import Persona
from weft.loom import words
from weft.stories.finding import MANY, ROWS, Asked, find

SHORTEST = 4  # letters: almost every short word is one letter away from another
LATIN, ARABIC = "abcdefghijklmnopqrstuvwxyz", "ابتثجحخدذرزسشصضطظعغفقكلمنهويءؤئ"


class Loose(Asked):
    """The same, where each word may also be one that is a letter away."""

    @cached_property
    def meant(self) -> dict[str, dict[str, str]]:
        """For each word that says something: in which ways it may have been meant, by their stems."""
        said = dict.fromkeys(word for word in words.said_in(self.words) if words.roots(word))
        found = {}
        for word in list(said)[:MANY]:
            near = sorted(around(word)) if len(word) >= SHORTEST else []
            found[word] = {root: one for one in [*near, word] for root in words.roots(one)}
        return found

    @property
    def roots(self) -> list[frozenset[str]]:
        return [frozenset(meant) for meant in self.meant.values()]


def around(word: str) -> set[str]:
    """All that is one letter away from a word: one too many, one too few, another one, or two that changed places."""
    letters = ARABIC if words.ARABIC.search(word) else LATIN
    parts = [(word[:at], word[at:]) for at in range(len(word) + 1)]
    fewer = {before + after[1:] for before, after in parts if after}
    other = {before + letter + after[1:] for before, after in parts if after for letter in letters}
    more = {before + letter + after for before, after in parts for letter in letters}
    turned = {before + after[1] + after[0] + after[2:] for before, after in parts if len(after) > 1}
    return fewer | other | more | turned


def other_spelling(personas: list[Persona], asked: Asked) -> str:
    """These words as they stand in the newest story that fits almost; nothing where none does."""
    loose = Loose(**{one.name: getattr(asked, one.name) for one in fields(asked)})
    if not loose.meant or sum(map(len, loose.roots)) * len(personas) > 8 * ROWS:
        return ""
    for hit in find(personas, loose, newest=True).hits:
        said = words.said_in(" ".join([hit.story.text if hit.itself else "", *(reply.text for reply in hit.replies)]))
        nearest = {typed: _nearest(typed, meant, said) for typed, meant in loose.meant.items()}
        if all(nearest.values()):
            return re.sub(r"[\w'’]+", partial(_other, nearest), asked.words)
    return ""


def _other(nearest: dict[str, str], found: re.Match[str]) -> str:
    return nearest.get(words.fold(found[0]), found[0])


def _nearest(typed: str, meant: dict[str, str], said: list[str]) -> str:
    """How a word must have been meant: as it was typed, if that stands there."""
    roots = {root for word in said for root in words.roots(word)}
    if words.roots(typed) & roots:
        return typed
    return next((one for root, one in meant.items() if root in roots), "")
