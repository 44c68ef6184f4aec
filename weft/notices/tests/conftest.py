from collections.abc import Callable

import pytest

from weft.circles.models import Persona
from weft.loom import jobs
from weft.notices.bell import Bell
from weft.notices.models import Notice
from weft.people.models import Person


@pytest.fixture
def bell() -> Callable[[Person | Persona], list[Notice]]:
    """What somebody has not read, after all jobs that are due are done."""

    def unread(who: Person | Persona) -> list[Notice]:
        jobs.run_due()
        person = Person.objects.get(pk=getattr(who, "person", who).pk)
        return Bell(person).unread

    return unread
