"""Whether words name somebody: a note about one member never says who else was there."""

import re
import unicodedata
from collections.abc import Iterable

from weft.loom.words import fold

SHORT = 3  # a first word of a name that has fewer letters is no name by itself
ARTICLES = {"the", "los", "las", "der", "die", "das", "les"}
ARABIC = re.compile(r"[\u0600-\u06ff]")


def named_in(words: str, names: Iterable[str]) -> list[str]:
    """Those of these names that stand in the words: whole, or by their first word; however they are spelled."""
    found = _tokens(words)
    return [name for name in names if any(_stands(found, wanted) for wanted in _ways(name))]


def marked(words: str, names: Iterable[str]) -> list[tuple[str, bool]]:
    """The words in pieces, and which of them name somebody."""
    names = list(names)
    single = [" ".join(part) for name in names for way in _ways(name) for part in ([one] for one in way)]
    return [(piece, bool(piece.strip() and named_in(piece, single))) for piece in re.split(r"(\s+)", words) if piece]


def _tokens(text: str) -> list[str]:
    """The words in their plain form, and beside them what was spelled letter by letter."""
    plain = fold("".join(letter for letter in text if unicodedata.category(letter) != "Cf"))
    found = re.findall(r"[^\W_]+", plain)
    spelled, run = [], ""
    for word in [*found, "  "]:
        if len(word) == 1:
            run += word
        elif run:
            spelled.append(run)
            run = ""
    return [*found, "", *spelled]


def _ways(name: str) -> list[list[str]]:
    whole = [token for token in re.findall(r"[^\W_]+", fold(name)) if token]
    first = whole[:1]
    alone = len(whole) > 1 and len(first[0]) >= SHORT and first[0] not in ARTICLES
    return [way for way in (whole, first if alone else []) if way]


def _stands(found: list[str], wanted: list[str]) -> bool:
    last = len(found) - len(wanted) + 1
    return any(all(_is(found[at + k], want) for k, want in enumerate(wanted)) for at in range(last))


def _is(word: str, want: str) -> bool:
    """The word itself, whose it is, or with the small words that Arabic writes onto it."""
    if word in (want, f"{want}s"):
        return True
    return bool(ARABIC.match(want)) and re.fullmatch(f"[وفبلك]{{1,2}}{re.escape(want)}", word) is not None
