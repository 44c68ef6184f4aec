"""Random ids: neither a time nor a sequence, so that the order of rows tells nothing."""

import secrets
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from django.http import HttpRequest

LETTERS = "0123456789abcdefghjkmnpqrstvwxyz"  # without i, l, o, u: easy to read aloud


def random_id() -> int:
    """A random positive 63-bit integer: a primary key, and on SQLite the place of the row."""
    return secrets.randbits(63) or random_id()


def read(said: str) -> int:
    """An id that came with a form or an address; 0, which no row has, where it is none."""
    number = int(said) if said.isdecimal() and len(said) < 20 else 0
    return number if number < 2**63 else 0


def once(request: "HttpRequest") -> int:
    """The id that a new row will have: its form carries it, so that it may be sent twice."""
    return read(request.POST.get("once", "")) or random_id()


def code(length: int, group: int = 0) -> str:
    """A random code in letters that are easy to read aloud, five bits each, in groups joined by a hyphen."""
    letters = "".join(secrets.choice(LETTERS) for _ in range(length))
    return "-".join(letters[i : i + group] for i in range(0, length, group)) if group else letters


def heard(code: str) -> str:
    """A code as it was meant, however it was written down or read aloud: I and L are 1, O is 0, U is V."""
    plain = "".join(letter for letter in code.lower() if letter.isalnum())
    return plain.translate(str.maketrans("ilou", "110v"))


class KeyConverter:
    """An id in an address: thirteen letters, five bits each."""

    regex = f"[{LETTERS}]{{13}}"

    def to_python(self, value: str) -> int:
        number = 0
        for letter in value:
            number = number * 32 + LETTERS.index(letter)
        if number >= 2**63:
            raise ValueError(value)
        return number

    def to_url(self, value: int) -> str:
        return "".join(LETTERS[(value >> shift) & 31] for shift in range(60, -1, -5))
