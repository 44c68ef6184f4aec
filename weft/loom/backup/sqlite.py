"""A backup of a house on SQLite: the file as it was at one moment, while everybody goes on writing."""

import contextlib
import os
import secrets
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from django.db import connection

from weft.loom import keys
from weft.loom.backup import archive

PART = "house.sqlite3"
BESIDE = ("-wal", "-shm", "-line")
WRITE_NEW = os.O_WRONLY | os.O_CREAT | os.O_EXCL


def write(target: Path) -> None:
    """In one go: in steps it would begin again whenever somebody writes, and never end."""
    copy = target.with_name(f".{target.name}.{secrets.token_hex(4)}.sqlite3")
    try:
        os.close(os.open(copy, WRITE_NEW, 0o600))
        with closing(sqlite3.connect(connection.settings_dict["NAME"])) as house, closing(sqlite3.connect(copy)) as out:
            out.execute("PRAGMA synchronous=OFF")  # what must be on the disk is the archive
            house.backup(out, pages=-1)
            out.execute("PRAGMA journal_mode=DELETE")
            _must_be_whole(out)
            applied = out.execute("SELECT app, name FROM django_migrations").fetchall()
            marks = [mark for (mark,) in out.execute("SELECT DISTINCT substr(wrapped, 1, 4) FROM loom_datakey")]
        with archive.writing(target, applied, marks) as backup, backup.part(PART) as add, copy.open("rb") as pieces:
            while piece := pieces.read(archive.PIECE):
                add(piece)
    finally:
        copy.unlink(missing_ok=True)


def _must_be_whole(copy: sqlite3.Connection) -> None:
    seen = copy.execute("PRAGMA integrity_check(1)").fetchone()[0]
    if seen != "ok":
        raise archive.Unusable(f"The database is damaged: {seen}.")
    if copy.execute("PRAGMA foreign_key_check").fetchone():
        raise archive.Unusable("The database is damaged: a row leads to another that is not there.")


def stands() -> bool:
    """Whether there is a database already."""
    return Path(connection.settings_dict["NAME"]).exists()


def others() -> bool:
    """Whether somebody else has it open: only who is alone with it may do away with its log."""
    if stands():
        with closing(sqlite3.connect(connection.settings_dict["NAME"], timeout=0)) as house:
            try:
                house.execute("PRAGMA journal_mode=DELETE")
            except sqlite3.OperationalError as error:
                return "locked" in str(error)
            except sqlite3.DatabaseError:  # damaged; that may be why it goes
                return False
    return False


@contextmanager
def restoring(backup: Path, _label: archive.Label, old: str) -> Iterator[str]:
    """Lay the backup beside the house, and let Django look at it instead; at the end it takes the house's place.

    Whatever fails before that leaves the house as it was. The database that was there goes into the folder *old*
    beside it. What is given says where that is, or nothing if there was none.
    """
    place = Path(connection.settings_dict["NAME"])
    new, where = place.with_name("house.restoring"), place.with_name(old)
    connection.close()
    _clear(new)
    try:
        with archive.part(backup, PART) as pieces, os.fdopen(os.open(new, WRITE_NEW, 0o600), "wb") as out:
            shutil.copyfileobj(pieces, out, archive.PIECE)
        connection.settings_dict["NAME"] = str(new)
        yield str(where) if place.exists() else ""
        connection.close()
        _fold(new)
        with new.open("rb+") as file:
            os.fsync(file.fileno())
        if place.exists():
            _keep(place, where)
        new.replace(place)
        keys.sync_folder(place.parent)
    finally:
        connection.close()
        connection.settings_dict["NAME"] = str(place)
        _clear(new)


def _keep(place: Path, where: Path) -> None:
    """A second name for the old database and its log, in the folder *where*; then the log goes from beside the place
    of the new one, which it would ruin. The old database itself stays until the new one takes its name."""
    with contextlib.suppress(sqlite3.DatabaseError):  # damaged; that may be why it goes
        _fold(place)
    where.mkdir(mode=0o700)
    for file in (place, *_beside(place)):
        if file.exists() and file.stat().st_size:
            os.link(file, where / file.name)
    keys.sync_folder(where)
    for file in _beside(place):
        file.unlink(missing_ok=True)


def _fold(file: Path) -> None:
    """Bring what stands in the log into the file."""
    with closing(sqlite3.connect(file)) as database:
        database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        _must_be_whole(database)


def _clear(file: Path) -> None:
    for part in (file, *_beside(file)):
        part.unlink(missing_ok=True)


def _beside(file: Path) -> list[Path]:
    return [file.with_name(file.name + end) for end in BESIDE]
