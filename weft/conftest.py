"""The same people in every test: Ada is in the circle, Ben only in the house, Cleo guides; Mallory is a stranger."""

from collections.abc import Callable

import pytest
from django.test import Client

from weft.circles.models import Circle, House, Persona
from weft.loom import keys, seal
from weft.people import passphrases
from weft.people.models import Person

pytest_plugins = ["weft.tests.browser"]
PASSPHRASE = "a kettle and three spoons"


@pytest.fixture(autouse=True)
def _fresh_secrets() -> None:
    """A new database has new secrets."""
    keys.secret.cache_clear()
    seal._cipher.cache_clear()
    House.forget()


@pytest.fixture(autouse=True)
def _quick_passphrases(monkeypatch: pytest.MonkeyPatch) -> None:
    """Most tests join three people, and are about something else than what a passphrase costs."""
    monkeypatch.setattr(passphrases.Argon2, "time_cost", 1)
    monkeypatch.setattr(passphrases.Argon2, "memory_cost", 8)


def make_circle(name: str = "Evening Circle", **more: object) -> Circle:
    circle = Circle(**({"kind": "peer", "name": name, "about": "For people who lost somebody.", "door": "open"} | more))
    circle.save(force_insert=True)
    circle.agree_on("- What is said here stays here.\n- You can always pass.", ["You may quote me in research."])
    return circle


@pytest.fixture
def house(db: None) -> House:
    commons = make_circle("Mill House", kind="commons", seats=500)
    return House.objects.create(commons=commons, kind="charity", country="GB")


@pytest.fixture
def circle(house: House) -> Circle:
    return make_circle()


@pytest.fixture
def ada(circle: Circle) -> Persona:
    return enter(Person.objects.join("ada", PASSPHRASE), circle, "River")


@pytest.fixture
def ben(house: House) -> Persona:
    return enter(Person.objects.join("ben", PASSPHRASE), house.commons, "Benno")


@pytest.fixture
def cleo(circle: Circle) -> Persona:
    return enter(Person.objects.join("cleo", PASSPHRASE), circle, "Cleo", role=Persona.Role.FACILITATOR)


@pytest.fixture
def mallory(house: House) -> Person:
    """Signed in, and in no circle at all."""
    return Person.objects.join("mallory", PASSPHRASE)


def enter(person: Person, circle: Circle, name: str, role: str = Persona.Role.MEMBER) -> Persona:
    """A person takes a name in a circle and accepts its agreement."""
    persona = Persona.enter(person, circle, name, role=role)
    persona.accept(circle.agreement)
    persona.person = person  # type: ignore[attr-defined]  # for tests only: the house itself cannot tell
    return persona


@pytest.fixture
def sign_in() -> Callable[[Person | Persona], Client]:
    """A browser without JavaScript, signed in as this person (or as the person of this persona)."""

    def signed(who: Person | Persona) -> Client:
        client = Client()
        person = who if isinstance(who, Person) else who.person  # type: ignore[attr-defined]
        client.force_login(person, backend="weft.people.door.Opened")
        return client

    return signed
