"""Put a backup back. What was erased since it was made is erased again before the doors open."""

import argparse
import os
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from weft.commands import backup as backing_up
from weft.commands import ground
from weft.commands.trouble import Trouble, plainly


def options(parser: argparse.ArgumentParser) -> None:
    ground.folder_option(parser)
    parser.add_argument("file", type=Path, metavar="FILE", help="the backup")
    parser.add_argument(
        "--replace",
        action="store_true",
        help="there is a house already: move it aside, and put the backup in its place",
    )
    parser.add_argument("--key", type=Path, metavar="FILE", help="your copy of the house key, or an older key it needs")
    parser.add_argument(
        "--ledger", type=Path, metavar="FILE", action="append", default=[],
        help="a copy of the ledger of erasures (“erasures”); the one beside the backup is found by itself",
    )  # fmt: skip
    parser.add_argument(
        "--no-ledger", action="store_true", help="the ledger is lost: what was erased since will be there again"
    )


def run(asked: argparse.Namespace) -> int:
    data = ground.folder(asked.data)
    ground.must_be_closed(data)
    ground.at_work(data, alone=True)
    for file in filter(None, [asked.file, asked.key, *asked.ledger]):
        if not os.access(file, os.R_OK):
            raise Trouble(f"{file} cannot be read.", "See that it is there, and that you may read it.")
    made = _lay_key(data, asked.key)
    try:
        ground.wake()
        with plainly():
            _put_back(asked, data)
    except BaseException:
        if made:
            made.unlink()
        raise
    return 0


def _lay_key(data: Path, copy: Path | None) -> Path | None:
    """A house on a new machine gets its key from the copy. The file that was made, if one was."""
    key = ground.key_file(data)
    if key is None or key.exists():
        return None
    if copy is None:
        raise Trouble(f"There is no house key at {ground.shown(key)}.", "Give your copy of the house key: --key FILE")
    from weft.loom import keys

    with plainly():
        data.mkdir(mode=0o700, parents=True, exist_ok=True)
        keys.make(key, keys.read_file(copy))
    return key


def _put_back(asked: argparse.Namespace, data: Path) -> None:
    from weft.loom import backup
    from weft.loom.backup import archive

    engine = backup.engine()
    more = list(_older_keys(data, asked.key))
    label = archive.look_through(asked.file, more)
    archive.must_be_known(label)
    if label.database != _database():
        raise Trouble(
            f"That backup is of a house on {label.database}, and this one is on {_database()}.",
            "Put it back where WEFT_DATABASE names the same kind of database.",
        )
    had = engine.stands()
    if had and not asked.replace:
        raise Trouble(
            "There is a house here already.",
            "To put the backup in its place, say --replace. The house that is here is moved aside, not deleted.",
        )
    if engine.others():
        raise Trouble("Somebody has the database open.", "Stop the house on every machine first.")
    _bring_ledgers(asked, had=had)
    old = f"before-{datetime.now(UTC):%Y-%m-%d-%H%M%S}"
    print(f"The backup is whole, and the key opens it. It was made on {label.made_at:%Y-%m-%d at %H:%M} UTC.")
    with engine.restoring(asked.file, label, old) as aside:
        _make_ready(more)
    if aside:
        print(f"The house that was here is kept: {aside}. Delete it when you are sure; it holds what was erased since.")
    print("Everybody signs in anew. What happened after that moment is not in it.")
    print("Look at who has which duty, under “House”, and then open it: “weft start” or “weft serve”.")


def _database() -> str:
    from django.db import connection

    return str(connection.vendor)


def _older_keys(data: Path, copy: Path | None) -> Iterator[bytes]:
    """Keys that are no longer in force, for backups of their time."""
    from weft.loom import keys

    key = ground.key_file(data)
    for file in [*(keys.older(key) if key else []), *([copy] if copy else [])]:
        yield from keys.read_file(file)


def _bring_ledgers(asked: argparse.Namespace, *, had: bool) -> None:
    """Everything that is known to have been erased, in the ledger of this house."""
    from weft.loom import ledger

    found: list[Path] = list(asked.ledger)
    for near in (backing_up.beside(asked.file), backing_up.beside(asked.file, several=False)):
        if near.exists():
            found.append(near)
    if not (found or ledger.file().exists() or asked.no_ledger):
        raise Trouble(
            "There is no ledger of erasures here, so what people erased after that backup would be there again.",
            "Give a copy of the file “erasures”: --ledger FILE. If it is lost, say --no-ledger, and tell your people.",
        )
    if had:
        _save_last_lines()
    for file in found:
        ledger.take_over(file)


def _save_last_lines() -> None:
    """An erasure in the database that goes, whose line was not written yet when the machine stopped."""
    from django.db import DatabaseError

    from weft.loom import ledger

    try:
        ledger.add_missing()
    except DatabaseError as error:
        print(f"The house that is here cannot be read ({type(error).__name__}); its ledger is taken as it is.")


def _make_ready(more: Iterable[bytes]) -> None:
    """The backup as it lies aside: its tables brought up to date, under the key in force, without what was erased."""
    from django.core.management import call_command
    from django.db import transaction

    from weft.loom import keys, ledger, rotation
    from weft.people.models import Device

    call_command("migrate", interactive=False, verbosity=0)
    keys.forget()
    rotation.rewrap(more)
    with transaction.atomic():
        Device.objects.all().delete()  # a sign-in that was ended since would be open again
    again: list[Any] = []
    ledger.catch_up(again.append)
    keys.forget()
    if again:
        print(f"Erased again: {again[0]} that were erased after the backup was made.")
