"""What somebody looks for in a few words of their own: looked through in every section, and kept nowhere."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

from django.utils.translation import get_language

from weft.circles import finding
from weft.loom import words
from weft.people.models import Person

MANY = 12  # words that are looked for; what is typed beyond them is left out


@dataclass(frozen=True)
class Term:
    """One word that says something, as it was typed, and its stems."""

    said: str
    roots: frozenset[str]


@dataclass(frozen=True)
class Sought:
    """A few words, and topics that were chosen. In an address they stand sealed, for one person and for a day."""

    words: str = ""
    topics: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.terms or self.topics)

    def sealed(self, person: Person) -> str:
        return finding.sealed(json.dumps([self.words, self.topics], ensure_ascii=False), whom=f"fits{person.pk}")

    @classmethod
    def opened(cls, address: str, person: Person) -> "Sought":
        said = finding.opened(address, whom=f"fits{person.pk}")
        typed, topics = json.loads(said) if said else ("", ())
        return cls(typed, tuple(topics))

    @cached_property
    def terms(self) -> list[Term]:
        found: dict[frozenset[str], Term] = {}
        for start, end, word in words.spots(self.words):
            roots = words.roots(word)
            if roots:
                found.setdefault(roots, Term(self.words[start:end], roots))
        return list(found.values())[:MANY]

    @cached_property
    def senses(self) -> set[str]:
        """What the words and the topics mean: “my son died” is about loss."""
        return finding.meant(" . ".join([self.words, *self.topics]), get_language() or "en")[1]

    def in_text(self, text: str) -> tuple[str, ...]:
        """Those of the words that stand in a text."""
        roots = words.roots_in(text)
        return self.as_typed(number for number, term in enumerate(self.terms) if term.roots & roots)

    def as_typed(self, numbers: Iterable[int]) -> tuple[str, ...]:
        """The words with these numbers, in the order in which they were typed."""
        return tuple(self.terms[number].said for number in sorted(numbers))
