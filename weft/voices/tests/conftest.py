import pytest

from weft.conftest import PASSPHRASE
from weft.notices.tests.conftest import postbox
from weft.people.models import Duty, Person
from weft.voices.models import Voice
from weft.voices.tests.ways import make_voice

__all__ = ["postbox"]


@pytest.fixture
def reader(house) -> Person:
    """Noor, who reads voices before the world does."""
    noor = Person.objects.join("noor", PASSPHRASE)
    Duty.objects.create(person=noor, kind="reader", known_as="Noor")
    return noor


@pytest.fixture
def voice(ada, reader) -> Voice:
    """A voice that anybody may read."""
    return make_voice(ada.person, reader)
