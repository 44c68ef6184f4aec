"""What the house has acknowledged survives a power cut, on a disk that drops what nobody asked it to keep."""

import json
import os
import subprocess
import sys

import pytest
from django.db import connection

from weft.tests.storm.disk import why_not

pytestmark = pytest.mark.slow

HOUSE = """
import django
django.setup()
from weft.loom import tables
tables.ready()
from weft.conftest import enter, make_circle
from weft.loom import keys
from weft.people.models import Person
from weft.stories.models import Reply, Story
room = make_circle()
people = [enter(Person.objects.join(f"person {n}"), room, f"Name {n}") for n in range(4)]
story = Story.begin(people[3])
story.write("The first Sunday.", wish="listen", audience="circle", topics=[])
story.share(by=people[3])
Reply.say(story, "I was there.", by=people[0])
keys.ready()
"""


@pytest.fixture
def cut(tmp_path):
    """Cut the power under a house: what came of it."""
    if connection.vendor != "sqlite":
        pytest.skip("PostgreSQL keeps its files by itself; this law is about ours")
    if why_not():
        pytest.skip(why_not())
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("WEFT_", "DJANGO_"))}
    environment |= {"WEFT_KEY": os.environ["WEFT_KEY"]}
    house = tmp_path / "house"
    house.mkdir(mode=0o700)
    told = environment | {"WEFT_DATA": str(house), "DJANGO_SETTINGS_MODULE": "weft.settings"}
    subprocess.run([sys.executable, "-c", HOUSE], env=told, check=True)

    def cut(synchronous, cuts, words):
        storm = [sys.executable, "-m", "weft.tests.storm.power_cut", str(tmp_path), synchronous, str(cuts), str(words)]
        done = subprocess.run(storm, env=environment, check=True, stdout=subprocess.PIPE, text=True)
        return json.loads(done.stdout)

    return cut


def test_power_cut(cut):
    came = cut("FULL", 20, 210)
    assert came["cuts"] == 20
    assert came["acknowledged"] >= 4000
    assert (came["lost"], came["damaged"], came["without a line"]) == (0, 0, 0)


def test_with_less_care_a_power_cut_would_lose_words(cut):
    """The control: the same disk, and SQLite as many guides advise it."""
    came = cut("NORMAL", 3, 100)
    assert came["lost"] > 0
    assert came["damaged"] == 0
