"""Many write at once: everybody gets their turn, and nothing is lost."""

import json
import os
import subprocess
import sys
import threading

import pytest
from django.db import OperationalError, connection, connections, transaction

from weft.loom.models import DataKey

WRITERS = 16
WRITER = """
import json, os, sys, time
import django
django.setup()
from django.conf import settings
from django.db import OperationalError, connection, transaction
from weft.loom.models import DataKey

def write():
    written, refused, longest = 0, 0, 0
    while time.monotonic() < ends:
        start = time.monotonic()
        try:
            with transaction.atomic():
                row = DataKey.objects.get(scope="hot")
                row.wrapped = str(int(bytes(row.wrapped)) + 1).encode()
                row.save()
            written += 1
        except OperationalError:
            refused += 1
        longest = max(longest, time.monotonic() - start)
    return written, refused, longest

if sys.argv[1] == "plain":  # as Django does it when nobody thinks of it
    connection.settings_dict["OPTIONS"] = {"timeout": 1}
    from django.db.backends.sqlite3.base import DatabaseWrapper
    django.db.connections["default"] = DatabaseWrapper(connection.settings_dict)
mine, its = os.pipe()
ends = time.monotonic() + 3
for _ in range(int(sys.argv[2])):  # nobody has opened the database yet
    if not os.fork():
        os.write(its, (json.dumps(write()) + "\\n").encode())
        os._exit(0)
os.close(its)
with os.fdopen(mine) as said:
    print(said.read())
"""
MAKE = """
import django
django.setup()
from weft.loom import tables
tables.ready()
from weft.loom.models import DataKey
DataKey(scope="hot", wrapped=b"0").save(force_insert=True)
"""
SEE = """
import django
django.setup()
from weft.loom.models import DataKey
print(bytes(DataKey.objects.get().wrapped).decode())
"""


@pytest.fixture
def write_together(tmp_path):
    """Sixteen processes write to one row: (written, refused, the longest wait, what the row says)."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("WEFT_")}
    environment |= {
        "WEFT_DATA": str(tmp_path), "WEFT_KEY": os.environ["WEFT_KEY"], "DJANGO_SETTINGS_MODULE": "weft.settings",
    }  # fmt: skip

    def run(how):
        for file in tmp_path.glob("house.*"):
            file.unlink()
        subprocess.run([sys.executable, "-c", MAKE], env=environment, check=True)
        writers = [sys.executable, "-c", WRITER, how, str(WRITERS)]
        done = subprocess.run(writers, env=environment, check=True, stdout=subprocess.PIPE, text=True)
        said = [json.loads(line) for line in done.stdout.split("\n") if line]
        assert len(said) == WRITERS
        row = subprocess.run([sys.executable, "-c", SEE], env=environment, check=True, capture_output=True, text=True)
        written, refused, longest = zip(*said, strict=True)
        return sum(written), sum(refused), max(longest), int(row.stdout)

    return run


@pytest.mark.slow
def test_writers_fair(write_together):
    """None is refused, ever; and none waits long, though a machine with much else to do may stall by itself."""
    waits = []
    for _ in range(4):
        written, refused, longest, row = write_together("in line")
        assert refused == 0
        assert written == row
        assert written > 50
        assert longest < 5
        waits.append(longest)
        if longest <= 1:
            break
    assert min(waits) <= 1, waits


@pytest.mark.slow
def test_without_the_line_and_its_settings_writes_would_fail(write_together):
    written, refused, _longest, row = write_together("plain")
    assert refused > 0
    assert written == row


@pytest.mark.django_db(transaction=True)
def test_whoever_holds_the_line_for_long_keeps_nobody_for_ever(settings):
    if connection.vendor != "sqlite":
        pytest.skip("PostgreSQL has no line")
    said = []

    def write():
        own = connections["default"]
        own.settings_dict = {**own.settings_dict, "OPTIONS": {**own.settings_dict["OPTIONS"], "timeout": 0.2}}
        try:
            with transaction.atomic():
                DataKey(scope="other", wrapped=b"").save(force_insert=True)
        except OperationalError as error:
            said.append(str(error))
        finally:
            own.close()

    with transaction.atomic():
        DataKey(scope="mine", wrapped=b"").save(force_insert=True)
        other = threading.Thread(target=write)
        other.start()
        other.join()
    assert said == ["database is locked"]
    with transaction.atomic():  # and the line is free again
        DataKey(scope="mine too", wrapped=b"").save(force_insert=True)
    assert DataKey.objects.filter(scope__startswith="mine").count() == 2


@pytest.mark.django_db(transaction=True)
def test_a_transaction_that_fails_leaves_the_line():
    for _ in range(3):
        with pytest.raises(ZeroDivisionError), transaction.atomic():
            raise ZeroDivisionError
    with transaction.atomic():
        DataKey(scope="after", wrapped=b"").save(force_insert=True)
    connection.close()
    with transaction.atomic():
        DataKey(scope="later", wrapped=b"").save(force_insert=True)
    assert DataKey.objects.filter(scope__in=["after", "later"]).count() == 2
