"""Words in a draft that suggest that its writer may be in danger.

This speaks to the writer, and to nobody else (R11): it opens a calm card with choices before the words are shared. It
never holds, hides, marks, counts or passes on a draft, and its answer is kept nowhere. It hears some of those who are
in danger and not others: docs/safety-words.md says how many, and why more is not the aim.
"""

import re
import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from weft.loom.words import fold

WORDS = Path(__file__).parent / "words"
NEAR = 5  # words before a phrase in which a “not” turns it round


@dataclass(frozen=True)
class Ear:
    """What is listened for in one language, ready to use."""

    breaks: re.Pattern[str]
    plain: re.Pattern[str]
    mine: re.Pattern[str]
    subject: re.Pattern[str]
    self_: re.Pattern[str]
    negation: re.Pattern[str]
    not_negation: re.Pattern[str]
    past: re.Pattern[str]
    present: re.Pattern[str]
    harmless_after: re.Pattern[str]
    hurt: re.Pattern[str]
    accident_near: re.Pattern[str]
    fiction_near: re.Pattern[str]


def heard(text: str) -> bool:
    """Whether these words suggest that whoever writes them may be in danger now, in any language that we listen to:
    people write in their own, whatever the page speaks."""
    return any(heard_in(text, language) for language in _languages())


def heard_in(text: str, language: str = "en") -> bool:
    """Whether it is heard in one language."""
    ear = _ear(language.split("-")[0])
    return ear is not None and any(_heard(sentence, ear) for sentence in _sentences(text, ear))


@cache
def _languages() -> list[str]:
    return sorted(file.stem for file in WORDS.glob("*.toml"))


def _heard(sentence: str, ear: Ear) -> bool:
    if ear.fiction_near.search(sentence):
        return False
    if ear.past.search(sentence) and not ear.present.search(sentence):
        return False
    return any(_said_of_self(found, ear, needs_self=False) for found in ear.plain.finditer(sentence)) or any(
        _said_of_self(found, ear, needs_self=True) for found in ear.mine.finditer(sentence)
    )


def _said_of_self(found: re.Match[str], ear: Ear, *, needs_self: bool) -> bool:
    before, after = found.string[: found.start()], found.string[found.end() :].lstrip()
    if ear.harmless_after.match(after):
        return False
    if ear.hurt.search(found.group()) and ear.accident_near.search(found.string):
        return False
    close = " ".join(ear.not_negation.sub(" ", before).split()[-NEAR:])
    if ear.negation.search(close):
        return False
    subjects = ear.subject.findall(before)
    if not subjects:
        return not needs_self or bool(ear.self_.match(found.group()))
    return bool(ear.self_.fullmatch(subjects[-1]))


def _sentences(text: str, ear: Ear) -> list[str]:
    """Folded sentences of the writer's own: without quoted lines and without what stands in quotation marks."""
    own = "\n".join(line for line in text.splitlines() if not line.lstrip().startswith(">"))
    own = re.sub(r"[“„«\"][^“”„«»\"\n]{0,400}[”“»\"]|(?<!\w)[‘'][^‘’'\n]{3,400}[’'](?!\w)", " ", own)
    parts = ear.breaks.sub("\n", fold(own)).split("\n")
    return [" ".join(re.findall(r"\w+", part)) for part in parts]


@cache
def _ear(language: str) -> Ear | None:
    file = WORDS / f"{language}.toml"
    if not re.fullmatch("[a-z]{2,3}", language) or not file.exists():
        return None
    said = tomllib.loads(file.read_text(encoding="utf-8"))

    def filled(pattern: str) -> str:
        return re.sub(r"\{([a-z_]+)\}", lambda name: f"(?:{filled(said['groups'][name[1]])})", pattern)

    def any_of(patterns: list[str]) -> re.Pattern[str]:
        return words("|".join(filled(pattern) for pattern in patterns))

    def words(pattern: str) -> re.Pattern[str]:
        nothing_kept = re.sub(r"(?<!\\)\((?!\?)", "(?:", pattern)
        return re.compile(rf"\b(?:{nothing_kept})\b")

    return Ear(
        breaks=re.compile(said["breaks"]),
        plain=any_of(said["patterns"]["plain"]),
        mine=any_of(said["patterns"]["mine"]),
        subject=words(f"{said['self']}|{said['others']}"),
        self_=words(said["self"]),
        negation=words(said["negations"]),
        not_negation=words(said["not_negations"]),
        past=words(said["past"]),
        present=words(said["present"]),
        harmless_after=words(said["harmless_after"]),
        hurt=words(said["hurt"]),
        accident_near=words(said["accident_near"]),
        fiction_near=words(said["fiction_near"]),
    )
