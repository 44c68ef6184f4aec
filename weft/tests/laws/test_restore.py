"""A backup that was made while people write is whole, holds nobody up, and comes back on an empty machine."""

import json
import threading
import time
from contextlib import closing

import pytest
from django.db import connection, connections, transaction

from weft.loom import backup, ids, keys
from weft.loom.models import DataKey
from weft.tests.storm.served import THERE, People, Served

pytestmark = pytest.mark.slow

BLOCKED = 0.1  # seconds that a write may be held up
MEGABYTES = 50

NUMBERS = """
import django
django.setup()
from weft.stories.models import Reply
print(sorted(Reply.objects.values_list("number", flat=True)))
"""


@pytest.fixture
def houses(tmp_path, a_database):
    """Two machines: where the house is, and an empty one."""
    here, there = a_database(), a_database()
    house = Served(tmp_path / "house", **({"WEFT_DATABASE": here} if here else {}))
    house.fill()
    other = Served(tmp_path / "other", **({"WEFT_DATABASE": there} if there else {}))
    (other.folder / "house.key").unlink()
    yield house, other
    house.kill()
    other.kill()


def test_restore(houses, tmp_path):
    house, other = houses
    house.open()
    people = People(house, pause=1)  # nobody answers more often than the house lets them, however long a backup takes
    people.wait(20)
    before = list(people.acknowledged)
    file = tmp_path / "then.backup"
    done = house.weft("backup", str(file))
    assert (done.returncode, done.stderr) == (0, "")
    people.wait(10)
    everything = people.stop()
    assert people.refused == []
    done = other.weft("restore", str(file), "--key", str(house.folder / "house.key"))
    assert (done.returncode, done.stderr) == (0, "")
    there = json.loads(other.ask(THERE))
    assert len(before) >= 20
    assert not set(before) - set(there)
    assert not set(there) - set(everything) - {"I was there."}
    numbers = json.loads(other.ask(NUMBERS))
    assert numbers == list(range(1, len(there) + 1))  # one moment: no later answer without an earlier one
    other.open()
    assert other.get("/")[0] == 200
    assert other.get(house.story, house.cookies[0])[0] == 302  # everybody signs in anew


@pytest.mark.django_db(transaction=True)
class TestBlocked:
    @pytest.fixture
    def large(self, settings, tmp_path):
        """A database of a size at which copying takes a while."""
        settings.DATA = tmp_path
        keys.ready()
        DataKey(scope="hot", wrapped=keys.wrap(b"0" * 32, "hot")).save(force_insert=True)
        filler = keys.mark(settings.HOUSE_KEY.newest) + bytes(250_000)
        for number in range(MEGABYTES * 4):
            DataKey(scope=f"filler {number}", wrapped=filler).save(force_insert=True)

    def longest_write(self, run):
        """The longest that a small write took while *run* ran."""
        took, done = [], threading.Event()

        def write():
            while not done.is_set():
                began = time.monotonic()
                with transaction.atomic():
                    row = DataKey.objects.select_for_update().get(scope="hot")
                    row.wrapped = row.wrapped[:4] + ids.random_id().to_bytes(8, "big")
                    row.save()
                took.append(time.monotonic() - began)
                done.wait(0.002)
            connections.close_all()

        writer = threading.Thread(target=write)
        writer.start()
        try:
            run()
        finally:
            done.set()
            writer.join()
        assert took
        return max(took)

    def test_nobody_waits_for_a_backup(self, large, tmp_path):
        """The machine may stall by itself for a moment, but hardly each time."""
        waits = []
        for time_ in range(4):
            waits.append(self.longest_write(lambda: backup.engine().write(tmp_path / f"{time_}.backup")))  # noqa: B023
            if waits[-1] <= BLOCKED:
                break
        assert min(waits) <= BLOCKED, waits

    def test_a_backup_that_keeps_writers_out_is_noticed(self, large, tmp_path):
        """The control: the same backup, behind a lock."""

        def locked():
            with transaction.atomic():
                DataKey.objects.select_for_update().get(scope="hot").save()
                backup.engine().write(tmp_path / "then.backup")
                time.sleep(2 * BLOCKED)

        assert self.longest_write(locked) > BLOCKED


@pytest.fixture
def a_database():
    """On PostgreSQL, databases of their own; on SQLite nothing needs to be said."""
    if connection.vendor == "sqlite":
        yield lambda: ""
        return
    import psycopg
    from django.conf import settings

    where, made = settings.DATABASES["default"], []
    with closing(psycopg.connect(host=where["HOST"], user=where["USER"], dbname="postgres", autocommit=True)) as server:

        def make():
            name = f"house_{ids.code(8)}"
            server.execute(f"CREATE DATABASE {name}")
            made.append(name)
            return f"postgres://{where['USER']}@{where['HOST'].replace('/', '%2F')}/{name}"

        yield make
        for name in made:
            server.execute(f"DROP DATABASE {name} WITH (FORCE)")
