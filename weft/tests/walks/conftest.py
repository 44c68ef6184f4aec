import logging
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from weft.circles.models import Persona
from weft.conftest import PASSPHRASE
from weft.people.models import Duty, Person
from weft.safety.models import Desk
from weft.stories.models import Story
from weft.tests.walks.visitor import Visitor


@pytest.fixture
def come(walk) -> Callable[..., Visitor]:
    """Somebody comes with a phone of 360 x 640: signed out, or as this person. See `browser.Walk`."""

    def comes(who: Any = None, **how: Any) -> Visitor:
        return Visitor(walk(who, **how), closely=not how.get("script", True))

    return comes


@pytest.fixture
def look_around(example, visit) -> Callable[..., Visitor]:
    """Somebody comes to the example house, to look and to change nothing."""

    def comes(who: Any = None, **how: Any) -> Visitor:
        return Visitor(visit(who, **how), closely=not how.get("script", True))

    return comes


@pytest.fixture(params=[False, True], ids=["plain", "scripted"])
def script(request) -> bool:
    """Whether the phone runs JavaScript: what hurts most at 2 a.m. is walked both ways."""
    return request.param


@pytest.fixture
def noor(house) -> Person:
    """She is the safety team, at every hour."""
    noor = Person.objects.join("noor", PASSPHRASE)
    Duty.objects.create(person=noor, kind=Duty.Kind.SAFETY, known_as="Noor")
    Desk.seat("Noor and Sam", [[day, "00:00", "00:00"] for day in range(7)], 3)
    return noor


@pytest.fixture
def reader(house) -> Person:
    """She reads what is to go out into the world."""
    noor = Person.objects.join("noor", PASSPHRASE)
    Duty.objects.create(person=noor, kind=Duty.Kind.READER, known_as="Noor")
    return noor


@pytest.fixture
def logged() -> Iterator[list[str]]:
    """Every line that reaches any log of the house, at the levels that the house has set."""
    lines: list[str] = []
    handler = logging.Handler()
    handler.emit = lambda record: lines.append(record.getMessage())
    loggers = [logging.getLogger(name) for name in (None, *logging.root.manager.loggerDict)]
    for logger in loggers:
        logger.addHandler(handler)
    yield lines
    for logger in loggers:
        logger.removeHandler(handler)


def tell(teller: Persona, words: str, wish: str = "listen", **more: Any) -> Story:
    """A story that is told already when the walk begins."""
    story = Story.begin(teller)
    story.write(words, **({"wish": wish, "audience": "circle", "topics": []} | more))
    story.share(by=teller)
    return story
