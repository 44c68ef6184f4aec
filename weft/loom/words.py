"""Words as they are compared: folded, without accents, reduced to their stems, without the little ones."""

import re
import unicodedata
from functools import lru_cache

import snowballstemmer

STEMMERS = {"en": "english", "ar": "arabic", "de": "german", "fr": "french", "es": "spanish"}
LITTLE = frozenset(
    """a about after all am an and any are as at be been but by did do does for from get got had has have he her his how
    i if im in is it its ive just like me my no not of on or our out she so some someone somebody that the their them
    then there they this to too up us was we were what when who why will with you your""".split()  # noqa: SIM905
)


@lru_cache
def _stemmer(language: str) -> "snowballstemmer.Stemmer":
    return snowballstemmer.stemmer(STEMMERS.get(language[:2], "english"))


def fold(text: str) -> str:
    """Lower case, without accents, apostrophes closed up."""
    plain = unicodedata.normalize("NFKD", text.casefold()).replace("’", "").replace("'", "")
    return "".join(letter for letter in plain if not unicodedata.combining(letter))


def stems(text: str, language: str = "en") -> list[str]:
    """The stems of the words that carry meaning, in order."""
    found = [word for word in re.findall(r"\w+", fold(text)) if word not in LITTLE]
    return [str(stem) for stem in _stemmer(language).stemWords(found)]
