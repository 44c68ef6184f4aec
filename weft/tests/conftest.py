"""Houses that stand for a whole module: for laws that only read, and would else fill the house again for every test."""

from collections.abc import Iterator

import pytest
from django.core.management import call_command
from django.db import connection
from django.test.utils import setup_databases, teardown_databases

from weft.circles.models import House
from weft.loom import caps, keys, seal
from weft.tests.browser import Walk


@pytest.fixture(scope="module")
def lasting_db(django_db_setup: None, django_db_blocker) -> Iterator[None]:
    """A database whose rows every thread sees until the module is done. Then it is empty again.

    Not for tests that use `db` too. Where no test of a run does, nobody has made the database yet.
    """
    with django_db_blocker.unblock():
        there = House._meta.db_table in connection.introspection.table_names()
        made = [] if there else setup_databases(verbosity=0, interactive=False)
        keys.secret.cache_clear()
        seal._cipher.cache_clear()
        House.forget()
        caps.forget()
        try:
            yield
        finally:
            call_command("flush", verbosity=0, interactive=False)
            teardown_databases(made, verbosity=0)


@pytest.fixture(scope="module")
def example(lasting_db: None) -> None:
    """The example house, with all its people."""
    from weft.home.demo import fill

    fill(lambda _said: None)


@pytest.fixture
def visit(lasting_db: None, chromium, ground) -> Iterator[Walk]:
    """A walk through a house that stays as it is: it must not be changed."""
    walk = Walk(chromium, ground)
    yield walk
    walk.close()
    walk.check()
