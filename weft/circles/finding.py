"""Circles found by one's own words, before having an account."""

import base64
import tomllib
from datetime import timedelta
from functools import cache, lru_cache
from pathlib import Path

from django.utils.translation import get_language

from weft.circles.models import Circle
from weft.loom import seal, time, words


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
    circles = sorted(Circle.objects.listed(), key=lambda circle: words.fold(circle.name))
    if not asked.strip():
        return circles
    language = get_language() or "en"
    said, senses = meant(asked, language)
    weighed = [(_weight(circle, said, senses, language), circle) for circle in circles]
    best = max((weight for weight, _ in weighed), default=0)
    fitting = [(weight, circle) for weight, circle in weighed if weight and weight * 3 >= best]
    return [circle for _, circle in sorted(fitting, key=lambda pair: -pair[0])]


def _weight(circle: Circle, said: set[str], senses: set[str], language: str) -> int:
    carried, meant_here = _says_of_itself(" . ".join(circle.words), language)
    named, _ = _says_of_itself(f"{circle.name} {circle.about}", language)
    return 3 * len(senses & meant_here) + 2 * len(said & carried) + len(said & named)


@lru_cache(maxsize=2048)
def _says_of_itself(text: str, language: str) -> tuple[set[str], set[str]]:
    """What a circle says of itself changes seldom. (What somebody asks for is not remembered.)"""
    return meant(text, language)
