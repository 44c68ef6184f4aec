"""Every address, every role, every state: exhaustive, against an oracle, with holes planted that must be caught."""

from collections.abc import Iterable, Iterator
from typing import Any

import pytest

from weft.tests.laws.matrix import ANYBODY, ORACLE, ROLES, STATES, expected, names, pattern_of
from weft.tests.laws.world import World


def disagreements(world: World, state: str, routes: Iterable[str]) -> Iterator[str]:
    """Every cell in which the house and the oracle disagree."""
    for name in routes:
        for method in ("get", "post"):
            for role in ROLES:
                said, meant = world.ask(name, method, role), expected(name, method, role, state)
                if said != meant:
                    yield f"{method} {name} as {role}, {state}: {said}, meant {meant}"


@pytest.fixture
def world(db: None) -> World:
    return World()


def test_every_address_is_in_the_table():
    assert names() - set(ORACLE) == set()


@pytest.mark.parametrize("state", STATES)
def test_permission_matrix(db, state):
    """All addresses while a story is told; in its other states those that depend on it."""
    depends = [name for name, rule in ORACLE.items() if callable(rule.get) or callable(rule.post)]
    found = list(disagreements(World(state), state, sorted(ORACLE if state == "told" else depends)))
    assert not found, "\n".join(found)


def guarded() -> list[str]:
    """Addresses that not everybody may use: a hole can be planted in each."""
    all_or_none = (ANYBODY, None, set())
    return sorted(name for name, rule in ORACLE.items() if rule.get not in all_or_none or rule.post not in all_or_none)


def plant(monkeypatch: pytest.MonkeyPatch, world: World, name: str, acting: str) -> None:
    """A hole: whoever comes is taken for somebody who may, and needs no sign-in."""
    pattern = pattern_of(name)
    whole = pattern.callback
    person = world.people[acting]

    def holed(request: Any, *args: Any, **kwargs: Any) -> Any:
        request.user = request.person = person
        return whole(request, *args, **kwargs)

    holed.login_required = False  # type: ignore[attr-defined]
    monkeypatch.setattr(pattern, "callback", holed)


@pytest.mark.parametrize("acting", ["facilitator", "teller", "answerer"])
def test_planted_holes_are_caught(world, monkeypatch, acting):
    """More than fifty holes over the three runs, each found by the matrix alone."""
    planted, missed = 0, []
    for name in guarded():
        with monkeypatch.context() as patch:
            plant(patch, world, name, acting)
            planted += 1
            if next(disagreements(world, "told", [name]), None) is None:
                missed.append(name)
    assert planted >= 25
    assert missed == []
