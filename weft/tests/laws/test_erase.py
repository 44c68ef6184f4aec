"""What was erased is nowhere: not in the rows, in free pages, in the log, nor in an older backup that is put back.

Words lie sealed, so it is the sealed bytes that are looked for: whoever holds the key could open them.
"""

import os
import sqlite3
import threading
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.core.management import call_command
from django.db import connection, models, transaction

from weft.circles.models import Persona
from weft.home import erasing
from weft.loom import backup, keys, ledger, night
from weft.loom.backup import archive
from weft.people.models import Person
from weft.stories.models import Reply, Story
from weft.tests.laws.seeded import seeded_house

pytestmark = pytest.mark.django_db(transaction=True)
LONG = 900.0  # seconds: other runs may write on the same server, and a night waits for them
BEFORE = f"before_{os.getpid()}"  # several runs may stand in one folder


@pytest.fixture(autouse=True)
def folder(settings, tmp_path) -> Path:
    settings.DATA = tmp_path
    return tmp_path


@pytest.fixture(autouse=True)
def patient(monkeypatch) -> None:
    monkeypatch.setattr(night, "PATIENCE", LONG)


@pytest.fixture
def open_all_the_while(db):
    """Somebody else has the house open, so that SQLite's log stays where it is."""
    if connection.vendor != "sqlite":
        yield
        return
    with closing(sqlite3.connect(connection.settings_dict["NAME"])) as other:
        other.execute("SELECT count(*) FROM sqlite_master").fetchone()
        yield


def sealed() -> set[bytes]:
    """Every sealed value in every row."""
    found: set[bytes] = set()
    for model in apps.get_models():
        names = [field.name for field in model._meta.concrete_fields if isinstance(field, models.BinaryField)]
        for row in model._default_manager.values_list(*names) if names else []:
            found |= {bytes(value) for value in row if value is not None and len(value) > 28}
    return found


def raw() -> bytes:
    """Every byte of the tables and of the log beside them, as they lie on the disk."""
    if connection.vendor == "sqlite":
        name = Path(connection.settings_dict["NAME"])
        return b"".join(path.read_bytes() for path in name.parent.glob(f"{name.name}*"))
    parts = []
    with connection.cursor() as cursor:
        cursor.execute("CHECKPOINT")
        cursor.execute(
            "SELECT pg_read_binary_file(pg_relation_filepath(oid)) FROM pg_class "
            "WHERE relkind IN ('r', 't', 'i') AND relnamespace IN ('public'::regnamespace, 'pg_toast'::regnamespace) "
            "AND relpersistence = 'p' AND pg_relation_filepath(oid) IS NOT NULL AND oid >= 16384"
        )
        parts = [bytes(piece) for (piece,) in cursor.fetchall()]
    return b"".join(parts)


def left(gone: set[bytes]) -> int:
    """How many of these are still to be found. A long value may lie in pieces, so its first bytes are looked for."""
    there = raw()
    return sum(value[:28] in there for value in gone)


def erase_some() -> set[bytes]:
    """A person goes with all their words, others erase a story and an answer: what was sealed then and is not now."""
    before = sealed()
    person = Person.objects.first()
    erasing.erase(person, words="erase")
    Story.objects.filter(erased=False).first().erase()
    Reply.objects.filter(erased=False).first().erase()
    return before - sealed()


def night_falls() -> None:
    """On PostgreSQL the tables are laid anew every night; until then what was erased stands in them as dead rows."""
    night.shuffle()


@pytest.mark.usefixtures("open_all_the_while")
def test_erase(folder):
    seeded_house(people=30, circles=3)
    backup.engine().write(folder / "older.backup")
    gone = erase_some()
    assert len(gone) >= 20
    night_falls()
    assert left(gone) == 0


def test_erase_reaches_an_older_backup_when_it_is_put_back(folder):
    seeded_house(people=30, circles=3)
    backup.engine().write(folder / "older.backup")
    gone = erase_some()
    put_back(folder / "older.backup")
    assert Persona.objects.count() > 10
    night_falls()
    assert left(gone) == 0


@pytest.mark.parametrize("who", ["reads here", "writes in another database"])
@pytest.mark.parametrize("patience", [LONG, 0.0])
def test_the_night_waits_for_whoever_still_looks_back(patience, who, monkeypatch):
    """PostgreSQL keeps dead rows while somebody may still see them; without patience, the control, they stay."""
    if connection.vendor == "sqlite":
        pytest.skip("SQLite writes over what is erased, at once")
    monkeypatch.setattr(night, "PATIENCE", patience)
    seeded_house(people=30, circles=3)
    looking, done = threading.Event(), threading.Event()

    def look_back():
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
            cursor.execute("SELECT count(*) FROM pg_class")
            looking.set()
            done.wait(60)
        connection.close()

    def write_elsewhere():
        import psycopg

        place = connection.get_connection_params() | {"dbname": "postgres"}
        with psycopg.connect(**{key: place[key] for key in ("dbname", "user", "host", "port") if key in place}) as line:
            line.execute("SELECT pg_current_xact_id()")
            looking.set()
            done.wait(60)

    reader = threading.Thread(target=look_back if who == "reads here" else write_elsewhere)
    reader.start()
    looking.wait(60)
    gone = erase_some()
    if patience:
        threading.Timer(1, done.set).start()
    night_falls()
    remembered = left(gone)
    done.set()
    reader.join()
    assert (remembered == 0) is bool(patience)


def put_back(file: Path, *, replay: bool = True) -> None:
    connection.close()
    with backup.engine().restoring(file, archive.look_through(file), BEFORE):
        call_command("migrate", verbosity=0)
        keys.forget()
        if replay:
            ledger.catch_up()
    keys.forget()
    aside()


def aside() -> None:
    """What was moved aside is the steward's to delete, and not looked through here."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute(f'DROP SCHEMA IF EXISTS "{BEFORE}" CASCADE')
        return
    old = Path(connection.settings_dict["NAME"]).with_name(BEFORE)
    for path in old.glob("*"):
        path.unlink()
    old.rmdir()


# Controls: each takes one part of the care away, and what was erased is found again.


def test_without_the_ledger_an_older_backup_brings_it_back(folder):
    seeded_house(people=30, circles=3)
    backup.engine().write(folder / "older.backup")
    gone = erase_some()
    put_back(folder / "older.backup", replay=False)
    assert left(gone) > len(gone) * 0.9


@pytest.mark.usefixtures("open_all_the_while")
@pytest.mark.parametrize("care", ["the log", "free pages", "the night"])
def test_without_care_the_disk_remembers(folder, care, monkeypatch: Any):
    if (connection.vendor == "sqlite") == (care == "the night"):
        pytest.skip("the other database")
    monkeypatch.setattr(ledger, "wipe", lambda: None)
    if care == "free pages":
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA secure_delete = OFF")
    seeded_house(people=30, circles=3)
    gone = erase_some()
    if care == "free pages":
        monkeypatch.undo()
        ledger.wipe()
    assert left(gone) > 0
    connection.close()
