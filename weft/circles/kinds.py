"""Kinds of circle: presets of words and defaults, read from `kinds.toml`. Nothing else in the house asks for a kind."""

import tomllib
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from django.utils.translation import gettext as _


@dataclass(frozen=True)
class Kind:
    """One kind of circle and what a new circle of it starts with."""

    key: str
    name: str
    what: str
    facilitator: str
    door: str
    seats: int
    promise_hours: int
    listed: bool
    members_hidden: bool
    thread: str
    greeting: str
    agreement: str
    private: bool = False
    clauses: list[str] = field(default_factory=list)

    @property
    def said(self) -> str:
        return _(self.name)


@cache
def kinds() -> dict[str, Kind]:
    """Every kind by its key, in the order of the file."""
    with (Path(__file__).parent / "kinds.toml").open("rb") as file:
        return {key: Kind(key=key, **preset) for key, preset in tomllib.load(file).items()}
