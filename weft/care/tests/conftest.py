from datetime import datetime

import pytest

from weft.care.models import Care
from weft.care.tests.ways import make_care
from weft.circles.models import Persona
from weft.conftest import PASSPHRASE, enter
from weft.loom import time
from weft.people.models import Person


@pytest.fixture
def care(house) -> Care:
    """A care circle around Rosa, whom Tess coordinates for."""
    return make_care(Person.objects.join("tess", PASSPHRASE))


@pytest.fixture
def tess(care) -> Persona:
    return care.guide


@pytest.fixture
def leo(care) -> Persona:
    """A helper, in the outer ring."""
    return enter(Person.objects.join("leo", PASSPHRASE), care.circle, "Leo")


@pytest.fixture
def bea(care) -> Persona:
    """Another one."""
    return enter(Person.objects.join("bea", PASSPHRASE), care.circle, "Bea")


@pytest.fixture
def rosa(care, tess) -> Persona:
    """Whom it is for, with her own seat."""
    persona = enter(Person.objects.join("rosa", PASSPHRASE), care.circle, "Rosa")
    care.give_seat(persona, speaks=False, by=tess)
    return persona


@pytest.fixture
def clock(monkeypatch):
    """A clock that a test sets: `clock(when)`."""

    def set_to(when: datetime) -> None:
        monkeypatch.setattr(time, "now", lambda: when)

    return set_to
