from collections.abc import Iterator

import pytest
from django.db import transaction

from weft.circles.models import House
from weft.home.demo import fill
from weft.home.demo.reading import Room, rooms
from weft.loom import keys, seal


@pytest.fixture(scope="session")
def files() -> list[Room]:
    return rooms()


@pytest.fixture(scope="module")
def filled(django_db_setup, django_db_blocker) -> Iterator[list[str]]:
    """The example house, filled once for all tests of a module; what the filling said."""
    keys.secret.cache_clear()
    seal._cipher.cache_clear()
    House.forget()
    said: list[str] = []
    with django_db_blocker.unblock(), transaction.atomic():
        fill(said.append)
        yield said
        transaction.set_rollback(True)
    House.forget()
