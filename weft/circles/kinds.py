"""Kinds of circle: presets of words and defaults, read from `kinds.toml`. Nothing else in the house asks for a kind."""

import tomllib
from dataclasses import dataclass, field, replace
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

    @property
    def spoken(self) -> "Kind":
        """The same kind in the language of whoever opens a circle: its words become the circle's own."""
        return replace(
            self,
            what=_(self.what),
            greeting=_(self.greeting),
            agreement=_(self.agreement.strip()),
            clauses=[_(clause) for clause in self.clauses],
        )


@cache
def kinds() -> dict[str, Kind]:
    """Every kind by its key, in the order of the file."""
    with (Path(__file__).parent / "kinds.toml").open("rb") as file:
        return {key: Kind(key=key, **preset) for key, preset in tomllib.load(file).items()}
