"""How old one must be to read a text: the Flesch-Kincaid grade, in a few lines of our own.

It counts words in a sentence and syllables in a word, and answers with a school year; five more is an age. A formula
sees neither meaning nor kindness. It sees long sentences and long words, and those are what tired people trip over.
"""

import re
from dataclasses import dataclass

PLACES = re.compile(r"%\(\w+\)s|\{\w+\}")
ENDS = re.compile(r"[.!?:;…]+(?=[\s”’)\"]|$)|\n+")
WORDS = re.compile(r"[a-z]+(?:['’][a-z]+)*", re.IGNORECASE)
VOWELS = re.compile(r"[aeiouy]+")
SILENT = re.compile(r"(?:[^laeiouy]|[aeiouy]l)e$|[^tdaeiouy]ed$|(?:[^aeiouysxzcg]|[^cs]h)es$")
APART = re.compile(r"i(?:a(?!l|n)|o(?!n|us))|[aeiou]ing$|ue(?:l|t)|eo(?!p)|[^aeiouq]ua")
WITHIN = re.compile(
    r"(?<=som)e|(?<=ever)e|(?<=ev)e(?=ry)|(?<=saf)e(?=ty)|(?<=hom)e|(?<=lik)e|(?<=tim)e(?=s)|(?<=nam)e|(?<=lat)e(?=ly)"
)


@dataclass(frozen=True)
class Measured:
    """A text, counted."""

    words: tuple[str, ...]
    sentences: int
    syllables: int
    longest: int  # words of its longest sentence

    @property
    def grade(self) -> float:
        """The school year in which it can be read."""
        if not self.words:
            return 0
        return 0.39 * len(self.words) / self.sentences + 11.8 * self.syllables / len(self.words) - 15.59

    @property
    def age(self) -> float:
        return self.grade + 5


def measure(*texts: str) -> Measured:
    """Several texts as one. A name or a number in a place counts as a short word."""
    found, lengths = [], []
    for text in texts:
        for sentence in ENDS.split(PLACES.sub("Ada", text)):
            said = WORDS.findall(sentence)
            found += said
            lengths += [len(said)] if said else []
    return Measured(tuple(found), len(lengths), sum(map(syllables, found)), max(lengths, default=0))


def syllables(word: str) -> int:
    """About how often the mouth opens for it."""
    plain = WITHIN.sub("", re.sub(r"['’].*", "", word.lower()))
    count = len(VOWELS.findall(plain)) + len(APART.findall(plain)) - bool(SILENT.search(plain))
    return max(1, count)
