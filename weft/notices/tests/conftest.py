from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta

import pytest
from django.contrib.auth import SESSION_KEY

from weft.circles.models import Persona
from weft.loom import jobs, mail, push, time
from weft.loom.models import Job
from weft.notices import carrying
from weft.notices.bell import Bell
from weft.notices.models import Choices, Notice, Subscription
from weft.notices.tests.postbox import Postbox
from weft.notices.tests.pushbox import Pushbox
from weft.people.devices import SessionStore
from weft.people.models import Device, Person


@pytest.fixture
def bell() -> Callable[[Person | Persona], list[Notice]]:
    """What somebody has not read, after all jobs that are due are done."""

    def unread(who: Person | Persona) -> list[Notice]:
        jobs.run_due()
        person = Person.objects.get(pk=getattr(who, "person", who).pk)
        return Bell(person).unread

    return unread


@pytest.fixture
def postbox(settings, monkeypatch) -> Iterator[Postbox]:
    """A mail server, and a house that knows it."""
    box = Postbox()
    settings.MAIL = mail.server(box.address)
    monkeypatch.setattr(carrying, "REST", 0.0)
    yield box
    box.close()


class Clock:
    """The house's clock, as far as a test sets it on. It stands at noon of a working day in London."""

    def __init__(self) -> None:
        self.now = datetime(2026, 11, 25, 12, 0, tzinfo=UTC)

    def passes(self, **some: float) -> None:
        """Time passes, and what falls due is done on the way, five minutes by five minutes."""
        end = self.now + timedelta(**some)
        while self.now < end:
            following = Job.objects.order_by("due").values_list("due", flat=True).first()
            self.now = max(self.now, min(end, following or end))
            if not jobs.run_due(at=self.now):  # what is due is held by somebody, or there is nothing
                self.now = min(end, self.now + jobs.GRAIN)


@pytest.fixture
def clock(monkeypatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr(time, "now", lambda: clock.now)
    return clock


@pytest.fixture
def reachable(ada, settings) -> Persona:
    """Ada, with an address that she confirmed, and a clock in London."""
    settings.TIME_ZONE = "Europe/London"
    ada.person.address("ada@example.org")
    Choices.of(ada.person).confirm()
    return ada


@pytest.fixture
def pushbox(settings, monkeypatch) -> Iterator[Pushbox]:
    """A push service on this machine, and a house that sends pushes and knows it."""
    box = Pushbox()
    settings.PUSH = push.services(True, [box.origin])
    monkeypatch.setattr(carrying, "REST", 0.0)
    monkeypatch.setattr(carrying, "_service_rests", {})
    yield box
    box.close()


def device(person: Person, box: Pushbox, name: str) -> Subscription:
    """A device on which this person is signed in, and which is told."""
    session = SessionStore()
    session[SESSION_KEY] = str(person.pk)
    session.save()
    told = Subscription.begin(Device.objects.get(pk=Device.tag(session.session_key or "")), f"{box.origin}/to/{name}")
    assert told
    return told
