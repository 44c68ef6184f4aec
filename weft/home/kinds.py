"""Kinds of house: presets for the set-up, read from `kinds.toml`. Afterwards nothing in the house asks for a kind."""

import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from django.utils.translation import gettext as _

from weft.circles.kinds import Kind as CircleKind
from weft.circles.kinds import kinds as circle_kinds


@dataclass(frozen=True)
class Kind:
    """One kind of house, and what it proposes."""

    key: str
    name: str
    what: str
    circles: list[str]
    about: str
    first: str
    first_about: str
    private: bool = False

    @property
    def said(self) -> str:
        return _(self.name)

    @property
    def offered(self) -> list[CircleKind]:
        """The kinds of circle, those that fit such a house first."""
        return [circle_kinds()[key] for key in self.circles]


@cache
def kinds() -> dict[str, Kind]:
    """Every kind of house by its key, in the order of the file."""
    with (Path(__file__).parent / "kinds.toml").open("rb") as file:
        return {key: Kind(key=key, **preset) for key, preset in tomllib.load(file).items()}
