"""The house key changes while people write: nobody is refused, nobody is signed out, and nothing is lost."""

import base64
import json
import random
import subprocess
import sys
import time

import pytest

from weft.loom import keys
from weft.tests.laws.test_restore import a_database  # noqa: F401  # a fixture
from weft.tests.storm.served import THERE, People, Served

pytestmark = pytest.mark.slow


@pytest.fixture
def house(tmp_path, a_database):  # noqa: F811
    address = a_database()
    found = Served(tmp_path / "house", **({"WEFT_DATABASE": address} if address else {}))
    found.fill()
    yield found
    found.kill()


def rotate(house, *, within: float = 0) -> int:
    """Run the command; or kill it *within* so many seconds."""
    process = subprocess.Popen(
        [sys.executable, "-m", "weft", "rotate-key"], env=house.environment, stdout=subprocess.PIPE, text=True
    )
    if within:
        time.sleep(within)
        process.kill()
    process.communicate()
    return process.returncode


NEW_CIRCLE = """
import django
django.setup()
from weft.conftest import make_circle
print(make_circle("Morning Circle").name)
"""


def test_rotate(house):
    key = house.folder / "house.key"
    (old,) = keys.read_file(key)
    house.open("--workers", "2")
    people = People(house, pause=1)  # less than the house allows each of them
    people.wait(10)
    chance = random.Random(7)  # noqa: S311
    for _ in range(4):
        rotate(house, within=chance.uniform(0.2, 2.5))
        people.wait(2)
        assert house.ask(NEW_CIRCLE).strip() == "Morning Circle"
    assert rotate(house) == 0
    (new,) = keys.read_file(key)
    assert new != old
    people.wait(10)
    assert house.get(house.story, house.cookies[0])[0] == 200
    acknowledged = people.stop()
    assert people.refused == []
    house.kill()
    for file in keys.older(key):
        file.unlink()
    assert not set(acknowledged) - set(json.loads(house.ask(THERE)))
    house.open()
    assert house.get(house.story, house.cookies[0])[0] == 200


def test_a_key_that_is_changed_without_wrapping_anew_locks_the_house(house):
    """The control: nothing of this would show if the key were not what opens the house."""
    (house.folder / "house.key").write_bytes(base64.b64encode(keys.fresh()))
    with pytest.raises(subprocess.CalledProcessError):
        house.ask(THERE)
