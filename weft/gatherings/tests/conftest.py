"""A gathering with people: Cleo leads it, Imke helps, Ada and Ben may come."""

import pytest

from weft.circles.models import Circle, Persona
from weft.conftest import PASSPHRASE, enter
from weft.gatherings.hour.keeper import Hour
from weft.gatherings.models import Consent, Gathering, Seat, Series, Shift
from weft.gatherings.models.consent import watching
from weft.gatherings.tests.planned import make_series
from weft.loom import time
from weft.people.models import Person


def make_gathering(circle: Circle, **more: object) -> Gathering:
    from datetime import time as clock

    series = Series(circle=circle, name="Tuesday hour", zone="Europe/London", starts_on=time.today())
    series.starts_at, series.needs_training = clock(19), False
    series.save(force_insert=True)
    gathering = Gathering(circle=circle, series=series, day=time.today(), starts=time.now(), **more)
    gathering.save(force_insert=True)
    return gathering


def sit(gathering: Gathering, persona: Persona, part: str = "") -> Seat:
    if part:
        Shift(circle=gathering.circle, gathering=gathering, persona=persona, part=part).save(force_insert=True)
    seat = Seat(circle=gathering.circle, gathering=gathering, persona=persona, answer="coming")
    seat.save(force_insert=True)
    Consent.in_force(gathering.series).agree(persona, declared=watching(gathering.circle_id))
    return seat


@pytest.fixture
def gathering(circle: Circle) -> Gathering:
    return make_gathering(circle)


@pytest.fixture
def imke(circle: Circle) -> Persona:
    return enter(Person.objects.join("imke", PASSPHRASE), circle, "Imke", role=Persona.Role.FACILITATOR)


@pytest.fixture
def ben(circle: Circle) -> Persona:
    return enter(Person.objects.join("ben", PASSPHRASE), circle, "Benno")


@pytest.fixture
def lead(gathering: Gathering, cleo: Persona) -> Seat:
    return sit(gathering, cleo, "leads")


@pytest.fixture
def helper(gathering: Gathering, imke: Persona) -> Seat:
    return sit(gathering, imke, "helps")


@pytest.fixture
def river(gathering: Gathering, ada: Persona) -> Seat:
    return sit(gathering, ada)


@pytest.fixture
def benno(gathering: Gathering, ben: Persona) -> Seat:
    return sit(gathering, ben)


@pytest.fixture
def hour(gathering: Gathering) -> Hour:
    return Hour.of(gathering)


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch):
    """A clock that goes on when it is told to."""
    from datetime import timedelta

    class Clock:
        now = time.now()

        def go(self, seconds: int) -> None:
            self.now += timedelta(seconds=seconds)

    here = Clock()
    monkeypatch.setattr(time, "now", lambda: here.now)
    return here


@pytest.fixture
def series(cleo: Persona) -> Series:
    """A weekly hour from tomorrow on, which Cleo guides."""
    return make_series(cleo)


@pytest.fixture
def evening(series: Series) -> Gathering:
    """The next gathering of it."""
    return series.next
