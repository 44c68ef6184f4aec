"""Words that put the person first: a hint to the writer about how they speak of others.

It is said to the writer alone, with its reason, and changes, holds and counts nothing. It is never about how somebody
speaks of themselves, about a fellowship's name, or about what they quote. The rules are data (`wording/`), with their
sources; docs/voices.md says how many they find, and how often they are wrong.
"""

import re
import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from django.utils.translation import gettext_lazy as _

from weft.loom.words import fold, spots

WORDING = Path(__file__).parent / "wording"
FAR = 10  # words before and after that are looked at
NOUNS = ("label", "hurts", "group")  # kinds that need a link to be said of somebody; a verb needs none
MOST = 4  # hints at a time: more would be a telling-off

WHY = {
    "label": _("It says what somebody is, and then there is no more of them. Many would rather be a person first."),
    "hurts": _("Many who have been called this were hurt by it."),
    "blames": _("It sounds as if it were their fault. Many who live with it hear that every day."),
    "crime": _("“Commit” comes from a time when it was a crime. Those who are left behind often hear that in it."),
    "success": _("A death is no success, and to live is no failure."),
    "group": _("It makes many people into one thing."),
    "chair": _("For many it is what sets them free, and not what ties them down."),
    "suffers": _("Not everybody who lives with it feels it so. They may say."),
    "normal": _("Then the others are what is not normal."),
}


@dataclass(frozen=True)
class Hint:
    """*said*: the words as they were written; *instead*: what others often say."""

    said: str
    why: Any
    instead: str


@dataclass(frozen=True)
class _Rules:
    rules: tuple[tuple[re.Pattern[str], str, str, bool], ...]  # what, why, what instead, and whether it is a noun
    someone: re.Pattern[str]
    self_: re.Pattern[str]
    subject: re.Pattern[str]
    self_right_before: re.Pattern[str]
    link: re.Pattern[str]
    hangs: re.Pattern[str]
    self_after: re.Pattern[str]
    other_after: re.Pattern[str]


def hints(text: str) -> list[Hint]:
    """What could be said otherwise in these words, in every language that there are rules for, in order."""
    found: dict[int, Hint] = {}
    for start, sentence in _sentences(text):
        said = list(spots(sentence))
        folded = " ".join(word for _start, _end, word in said)
        for rules in map(_rules, _languages()):
            for pattern, kind, instead, noun in rules.rules:
                for match in pattern.finditer(folded):
                    spot = _of_others(match, noun, rules, sentence, said)
                    if spot:
                        found.setdefault(start + spot[0], Hint(sentence[spot[0] : spot[1]], WHY[kind], instead))
    once = {fold(hint.said): hint for _at, hint in sorted(found.items(), reverse=True)}
    return list(reversed(once.values()))[:MOST]


def _of_others(
    match: re.Match[str], noun: bool, rules: _Rules, sentence: str, said: list[tuple[int, int, str]]
) -> tuple[int, int] | None:
    """Where it stands in the sentence, if it is said of others and is no name."""
    first = match.string[: match.start()].count(" ")
    last = first + match.group().count(" ")
    before_it = rules.someone.match(match.group())
    begins = first + (before_it.group().count(" ") + 1 if before_it else 0)
    before, right_before = ([word for _s, _e, word in said[:end]] for end in (begins, first))
    after = " ".join(word for _s, _e, word in said[last + 1 : last + 1 + FAR])
    if noun and any(rules.self_right_before.fullmatch(word) for word in right_before[-1:]):
        return None
    if noun and any(rules.self_.fullmatch(word) for word in right_before[-1:]):
        return None
    if _is_self(before[-FAR:], noun, rules) or _is_self_after(sentence[said[last][1] :], before, noun, rules):
        return None
    if rules.self_after.search(after) or rules.other_after.match(after):
        return None
    start, end = said[min(begins, last)][0], said[last][1]
    if _is_name(sentence, said, last):
        return None
    return start, end


def _is_self(before: list[str], noun: bool, rules: _Rules) -> bool:
    """Whether the nearest of whom these words speak is the writer: “we addicts”, “I am an addict”."""
    for at in range(len(before) - 1, -1, -1):
        if rules.subject.fullmatch(before[at]):
            between = before[at:]
            linked = not noun or any(rules.link.fullmatch(word) for word in between)
            return bool(rules.self_.fullmatch(before[at])) and linked
    return False


def _is_self_after(rest: str, before: list[str], noun: bool, rules: _Rules) -> bool:
    """Whether what is said hangs in the air until the writer comes: “Like many addicts, I …”, “As an addict, …”."""
    if any(rules.subject.fullmatch(word) for word in before):
        return False
    if noun:
        hangs = any(rules.hangs.fullmatch(word) for word in before)
        own = rest.lstrip()[:1] in ("", ",") or any(rules.self_.fullmatch(word) for _start, _end, word in spots(rest))
        return hangs and own
    return not before or all(rules.link.fullmatch(word) for word in before)


def _is_name(sentence: str, said: list[tuple[int, int, str]], last: int) -> bool:
    """Whether the word at this place is part of a name: it begins with a capital, and so does one beside it."""

    def capital(at: int) -> bool:
        return 0 <= at < len(said) and sentence[said[at][0]].isupper()

    shouted = sentence.isupper()
    return capital(last) and not shouted and (capital(last + 1) or (last > 1 and capital(last - 1)) or last > 0)


def _sentences(text: str) -> list[tuple[int, str]]:
    """The writer's own sentences, each with its place: what is quoted is blank in them."""
    own = re.sub(r"(?m)^[ \t]*>.*$", _blank, text)
    own = re.sub(r"[“„«\"][^“”„«»\"\n]{0,400}[”“»\"]|(?<!\w)[‘'][^‘’'\n]{2,400}[’'](?!\w)", _blank, own)
    return [(found.start(), found.group()) for found in re.finditer(r"[^.!?;:…\n()]+", own)]


def _blank(found: re.Match[str]) -> str:
    """As long, but a break: what stands on its two sides is not one sentence."""
    return "\n" * len(found.group())


@cache
def _languages() -> list[str]:
    return sorted(file.stem for file in WORDING.glob("*.toml"))


@cache
def _rules(language: str) -> _Rules:
    said = tomllib.loads((WORDING / f"{language}.toml").read_text(encoding="utf-8"))

    def words(pattern: str) -> re.Pattern[str]:
        return re.compile(rf"(?<!\w)(?:{pattern.replace('{someone}', said['someone'])})(?!\w)")

    return _Rules(
        tuple(
            (words(rule["words"]), rule["kind"], rule["instead"], rule.get("noun", rule["kind"] in NOUNS))
            for rule in said["rule"]
        ),
        re.compile(rf"(?:{said['someone']})(?= )"),
        words(said["self"]),
        words(f"{said['self']}|{said['others']}"),
        words(said["self_right_before"]),
        words(said["link"]),
        words(said["hangs"]),
        words(said["self_after"]),
        words(said["other_after"]),
    )
