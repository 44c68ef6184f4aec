"""A series with one hour in it, and somebody whom the house lets hold it."""

from datetime import time as clock
from datetime import timedelta
from typing import Any

from weft.circles.models import Circle, Credential, Persona
from weft.gatherings.models import Gathering, Seat, Series, Shift, Training
from weft.loom import time
from weft.people.models import Duty, Person


def make_hour(circle: Circle, guide: Persona | None = None, **more: Any) -> Gathering:
    """One hour today, which *guide* leads."""
    said = {"name": "An hour", "zone": "Europe/London", "starts_on": time.today(), "starts_at": clock(19)} | more
    series = Series(circle=circle, **said)
    series.save(force_insert=True)
    hour = Gathering(circle=circle, series=series, day=time.today(), starts=time.now())
    hour.save(force_insert=True)
    if guide:
        Shift(circle=circle, gathering=hour, persona=guide).save(force_insert=True)
    return hour


def sit(hour: Gathering, persona: Persona) -> Seat:
    seat = Seat(circle=hour.circle, gathering=hour, persona=persona, answer="coming")
    seat.save(force_insert=True)
    return seat


def signed_off(persona: Persona, days: int = 365) -> Training:
    """Somebody of the house has signed this host off."""
    training = Training(circle_id=persona.circle_id, persona=persona)
    training.settle(by="Noor", on=time.today(), days=days)
    return training


def of_the_team(name: str = "Noor", kind: str = "safety") -> Person:
    person = Person.objects.join(name, None)
    Duty.objects.create(person=person, kind=kind, known_as=name)
    return person


def licence(days: int = 400) -> dict[str, Any]:
    until = time.today() + timedelta(days=days)
    return {"kind": "Therapist", "issuer": "The Chamber", "number": "TH-4711", "valid_until": until}


def checked(persona: Persona, by: Person, days: int = 400) -> Credential:
    """A credential that *by* has checked."""
    credential = Credential.enter(persona, **licence(days))
    credential.confirm(by=by)
    return Credential.objects.get(pk=credential.pk)
