"""Circles found by one's own words, before having an account."""

import base64
import tomllib
from dataclasses import dataclass, field
from datetime import timedelta
from functools import cache, lru_cache
from pathlib import Path

from django.db.models import QuerySet
from django.utils.translation import get_language

from weft.circles.models import Circle
from weft.loom import seal, time, words
from weft.loom.ready import ready


def sealed(asked: str, *, whom: object = "") -> str:
    """Somebody's words, as an address may hold them for a day: a browser keeps it, and a proxy may log it."""
    if not asked.strip():
        return ""
    return base64.urlsafe_b64encode(seal.seal(asked.strip(), seal.HOUSE, f"asked:{whom}{time.today()}")).decode()


def opened(address: str, *, whom: object = "") -> str:
    """The words that an address holds; none if it is older than a day, or another's, or was never one of ours."""
    for day in (time.today(), time.today() - timedelta(days=1)):
        try:
            return seal.unseal(base64.urlsafe_b64decode(address), seal.HOUSE, f"asked:{whom}{day}")
        except (seal.Tampered, ValueError):
            continue
    return ""


@cache
def meanings() -> dict[str, list[frozenset[str]]]:
    """Groups of phrases that mean alike, in every language that we have words of, each phrase as a set of stems: “can't
    stop drinking” finds “alcohol”, and so does “لا أستطيع التوقف عن الشرب”."""
    groups: dict[str, list[frozenset[str]]] = {}
    for file in sorted((Path(__file__).parent / "meanings").glob("*.toml")):
        for name, phrases in tomllib.loads(file.read_text(encoding="utf-8")).items():
            said = (frozenset(words.stems(phrase, file.stem)) for phrase in phrases)
            groups.setdefault(name, []).extend(stems for stems in said if stems)
    return groups


def meant(text: str, language: str = "en") -> tuple[set[str], set[str]]:
    """The stems of a text, and the meanings that it touches."""
    said = set(words.stems(text, language))
    return said, {name for name, group in meanings().items() if any(phrase <= said for phrase in group)}


def find(asked: str) -> list[Circle]:
    """Listed circles that fit these words, the closest first; all of them, by name, when nothing was asked."""
    circles = listed()
    if not asked.strip():
        return [circle for _says, circle in circles]
    said, senses = meant(asked, get_language() or "en")
    weighed = [(says.weight(said, senses), circle) for says, circle in circles]
    best = max((weight for weight, _ in weighed), default=0)
    fitting = [(weight, circle) for weight, circle in weighed if weight and weight * 3 >= best]
    return [circle for _, circle in sorted(fitting, key=lambda pair: -pair[0])]


def listed() -> "list[tuple[Says, Circle]]":
    """The listed circles by name, each with what it says of itself."""
    circles = [(says(circle), circle) for circle in _listed()]
    return sorted(circles, key=lambda pair: pair[0].name)


def says(circle: Circle) -> "Says":
    """What a circle says of itself, in the language of whoever asks. Asked before any of its words was opened."""
    return _says_of_itself(_Unchanged.since(circle), get_language() or "en")


@ready
def _listed() -> QuerySet[Circle]:
    return Circle.objects.listed()


@dataclass(frozen=True)
class _Unchanged:
    """A circle as it lies in the database: as long as these are the same bytes, it says the same of itself."""

    sealed: tuple[bytes, ...]
    circle: Circle = field(compare=False)

    @classmethod
    def since(cls, circle: Circle) -> "_Unchanged":
        return cls(tuple(circle.__dict__[part] for part in ("name", "about", "words")), circle)


@dataclass(frozen=True)
class Says:
    """What a circle says of itself, stemmed."""

    name: str
    carried: set[str]
    meant: set[str]
    named: set[str]

    def weight(self, said: set[str], senses: set[str]) -> int:
        """How well it fits what somebody said, and what they mean."""
        return 3 * len(senses & self.meant) + 2 * len(said & self.carried) + len(said & self.named)


@lru_cache(maxsize=2048)
def _says_of_itself(here: _Unchanged, language: str) -> Says:
    """It changes seldom. (What somebody asks for is not remembered.)"""
    circle = here.circle
    carried, meant_here = meant(" . ".join(circle.words), language)
    named, _ = meant(f"{circle.name} {circle.about}", language)
    return Says(words.fold(circle.name), carried, meant_here, named)
