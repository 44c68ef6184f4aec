"""Noor and Sam sit at the safety desk, Sol is the steward; the desk is open every day, all day."""

import pytest

from weft.circles.models import Circle, Persona
from weft.conftest import PASSPHRASE, enter
from weft.people.models import Duty, Person
from weft.safety.models import Desk

ALWAYS = [[day, "00:00", "00:00"] for day in range(7)]


def on_duty(person: Person, kind: str, known_as: str) -> Person:
    Duty(person=person, kind=kind, known_as=known_as).save(force_insert=True)
    person.__dict__.pop("_duties", None)
    return person


@pytest.fixture
def noor(house) -> Person:
    return on_duty(Person.objects.join("noor", PASSPHRASE), "safety", "Noor")


@pytest.fixture
def sam(house) -> Person:
    return on_duty(Person.objects.join("sam", PASSPHRASE), "safety", "Sam")


@pytest.fixture
def sol(house) -> Person:
    return on_duty(Person.objects.join("sol", PASSPHRASE), "steward", "Sol")


@pytest.fixture
def desk(noor) -> Desk:
    return Desk.seat("Noor and Sam", ALWAYS, 3)


@pytest.fixture
def dee(circle: Circle) -> Persona:
    return enter(Person.objects.join("dee", PASSPHRASE), circle, "Dee")
