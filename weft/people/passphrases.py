"""Passphrases: how one is kept, and which ones everybody tries first."""

import hmac
import re
import unicodedata
from collections import defaultdict
from functools import lru_cache
from hashlib import sha256
from pathlib import Path
from typing import Any

from django.contrib.auth.hashers import Argon2PasswordHasher
from django.contrib.auth.password_validation import CommonPasswordValidator
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from weft.loom import keys

SHORTEST, LONGEST = 15, 256
SHORTEST_COMMON = 4
FIGURES, SIGNS = "0123456789", " .!?*#-_+"
LEET = [str.maketrans("01345789@$!|+", f"o{one}eastbgasilt") for one in "il"]
UNGUESSED = 8  # so many letters must stay when everything that is easy to guess has been taken away
ROWS = [
    "`1234567890-=", "1234567890", "qwertyuiop", "asdfghjkl", "zxcvbnm", "qwertzuiop", "yxcvbnm", "azertyuiop",
    "qsdfghjklm", "wxcvbn", "abcdefghijklmnopqrstuvwxyz", "qazwsxedcrfvtgbyhnujmikolp", "1qaz2wsx3edc4rfv5tgb6yhn7ujm",
]  # fmt: skip


class Argon2(Argon2PasswordHasher):
    """Argon2id at 19 MiB, two passes, one lane: a sign-in costs a small machine a tenth of a second.

    The passphrase goes through a keyed hash first, so that a thief of the database cannot even begin to guess."""

    time_cost = 2
    memory_cost = 19456
    parallelism = 1

    def encode(self, password: str, salt: str) -> str:
        return super().encode(_peppered(password), salt)

    def verify(self, password: str, encoded: str) -> bool:
        return super().verify(_peppered(password), encoded)


def _peppered(passphrase: str) -> str:
    plain = unicodedata.normalize("NFKC", passphrase).encode()
    return hmac.new(keys.secret("people"), b"passphrase:" + plain, sha256).hexdigest()


class NotCommon:
    """Refuses what everybody tries first: sayings, songs, runs of keys, one word over and over, one's own name."""

    def validate(self, passphrase: str, user: Any = None) -> None:
        letters = _letters(passphrase) or passphrase
        name = _letters(user.name) if user is not None else ""
        if len(name) > 2 and len(letters.replace(name, "")) < UNGUESSED:
            raise ValidationError(_("That is mostly your sign-in name. Somebody who knows it would try that first."))
        if _repeats(letters):
            raise ValidationError(_("That repeats itself, so it is easy to guess. Try a few words that differ."))
        if _lies_side_by_side(letters):
            raise ValidationError(_("Those keys lie side by side, so it is easy to guess. Try a few words instead."))
        if len(_without_common(letters)) < UNGUESSED or _stretches_a_common_one(passphrase):
            raise ValidationError(
                _("Many people use that one, so it is easy to guess. Try a few words that do not belong together.")
            )

    def get_help_text(self) -> str:
        return _("Not a saying, a line of a song, or a run of keys.")


def _letters(text: str) -> str:
    """Only letters and figures, folded: “P@ss-Word” is “pssword”, and accents do not count."""
    plain = unicodedata.normalize("NFKD", text.casefold())
    return "".join(letter for letter in plain if letter.isalnum())


def _repeats(letters: str) -> bool:
    """Few different letters; little left when every piece that follows itself is said only once; or nothing but one
    piece over and over, or forth and back, that would be too short by itself."""
    if len(set(letters)) < 5 or len(_once(letters)) < UNGUESSED:
        return True
    over = re.fullmatch(r"(.+?)\1+", letters)
    return letters == letters[::-1] or (over is not None and len(over[1]) < SHORTEST)


def _once(letters: str) -> str:
    return re.sub(r"(.+?)\1+", r"\1", letters)


def _lies_side_by_side(letters: str) -> bool:
    """Little but runs along a row of keys; or two such runs, letter by letter in turn, like 1q2w3e4r."""
    whole = (letters, _once(letters))
    in_turn = (letters[::2], letters[1::2])
    return any(len(_without_runs(one)) < UNGUESSED for one in whole) or all(
        len(_without_runs(one)) < UNGUESSED // 2 for one in in_turn
    )


def _without_runs(letters: str) -> str:
    """What stays when runs of four and more along a row of keys, the alphabet or the figures are taken away."""
    kept, here = "", 0
    while here < len(letters):
        longest = max((_run(letters[here:], row) for row in _rows()), default=0)
        if longest < 4:
            kept += letters[here]
        here += longest if longest >= 4 else 1
    return kept


def _run(letters: str, row: str) -> int:
    start, length = row.find(letters[0]), 0
    if start < 0:
        return 0
    while length < len(letters) and start + length < len(row) and letters[length] == row[start + length]:
        length += 1
    return length


@lru_cache
def _rows() -> list[str]:
    rows = [_letters(row) for row in ROWS]
    return rows + [row[::-1] for row in rows]


def _without_common(letters: str) -> str:
    """What stays when common words and sayings are taken away, the longest first, and a year before or behind."""
    for known in _common():
        letters = letters.replace(known, "")
    return re.sub(r"^\d{1,4}|\d{1,4}$", "", letters)


def _stretches_a_common_one(passphrase: str) -> bool:
    """Whether it is one of the 20,000 commonest, as it is or made long enough: said twice, with figures around it, with
    figures and signs for letters, or with a short word beside it. Three of them that do not belong together are no such
    one, since most are plain words."""
    plain = passphrase.rstrip(FIGURES + SIGNS).lstrip(FIGURES + SIGNS)
    readings = {_letters(passphrase), _letters(plain), *(_letters(plain.translate(leet)) for leet in LEET)}
    readings |= {re.sub(r"(.{4,}?)\1+", r"\1", reading) for reading in readings}
    return any(map(_is_mostly_a_common_one, readings))


def _is_mostly_a_common_one(letters: str) -> bool:
    known = _commonest()
    for long in range(max(SHORTEST_COMMON, len(letters) - UNGUESSED + 1), min(len(letters), max(known)) + 1):
        if any(letters[start : start + long] in known[long] for start in range(len(letters) - long + 1)):
            return True
    return False


@lru_cache
def _commonest() -> dict[int, set[str]]:
    """Django's list of stolen passphrases, folded, by their length."""
    found: dict[int, set[str]] = defaultdict(set)
    for one in CommonPasswordValidator().passwords:
        letters = _letters(one)
        found[len(letters)].add(letters)
        found[len(letters.strip(FIGURES))].add(letters.strip(FIGURES))
    return found


@lru_cache
def _common() -> list[str]:
    lines = (Path(__file__).parent / "common.txt").read_text(encoding="utf-8").splitlines()
    known = {_letters(line) for line in lines if line and not line.startswith("#")}
    return sorted(known, key=len, reverse=True)
