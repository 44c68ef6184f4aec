"""The file of a backup: how it is written, looked through and opened."""

import hmac
import json
import os
import secrets
import zipfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from typing import IO, Any

from django.conf import settings
from django.db import connection
from django.db.migrations.loader import MigrationLoader

from weft import __version__
from weft.loom import keys

FORMAT = 1
SAID = "house.json"
PIECE = 1 << 20  # bytes


class Unusable(Exception):
    """This is no backup that can be put back here, in words."""


@dataclass
class Label:
    """What a backup says of itself."""

    made: str  # a moment in UTC
    database: str  # sqlite or postgresql
    tables: dict[str, list[str]]  # the newest migrations of each section
    keys: list[str]  # marks of the house keys that open it
    contents: dict[str, str] = field(default_factory=dict)  # each part, and the hash of its bytes
    weft: str = __version__
    format: int = FORMAT

    @property
    def made_at(self) -> datetime:
        return datetime.fromisoformat(self.made)

    def marked(self, key: bytes) -> str:
        """The keyed hash over what it says, and so over all that is in it."""
        said = json.dumps(asdict(self), sort_keys=True).encode()
        return hmac.new(keys.derive(key, "backup"), said, sha256).hexdigest()


class Writer:
    """A backup that is being written, under another name until it is whole."""

    def __init__(self, archive: zipfile.ZipFile, label: Label) -> None:
        self.archive, self.label = archive, label

    @contextmanager
    def part(self, name: str) -> Iterator[Any]:
        """Write one part; what is given is a function that takes its bytes, piece by piece."""
        found = sha256()
        with self.archive.open(zipfile.ZipInfo(name), "w", force_zip64=True) as out:

            def write(piece: Any) -> None:
                found.update(piece)
                out.write(piece)

            yield write
        self.label.contents[name] = found.hexdigest()

    def close(self) -> None:
        key = settings.HOUSE_KEY.newest
        said = {"label": asdict(self.label), "key": keys.mark(key).hex(), "hash": self.label.marked(key)}
        self.archive.writestr(zipfile.ZipInfo(SAID), json.dumps(said, indent=1))


@contextmanager
def writing(target: Path, applied: Iterable[tuple[str, str]], marks: Iterable[bytes]) -> Iterator[Writer]:
    """Write a backup to *target*. It bears that name only when it is whole, looked through, and on the disk.

    *applied* and *marks*: the migrations and the marks of the keys, as they are in what is backed up.
    """
    new = target.with_name(f".{target.name}.{secrets.token_hex(4)}")
    label = Label(
        made=datetime.now(UTC).isoformat(timespec="seconds"),
        database=connection.vendor,
        tables=newest(set(applied)),
        keys=sorted({bytes(mark).hex() for mark in marks}),
    )
    try:
        with os.fdopen(os.open(new, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600), "w+b") as out:
            with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as archive:
                writer = Writer(archive, label)
                yield writer
                writer.close()
            out.flush()
            os.fsync(out.fileno())
        look_through(new)
        new.replace(target)
        keys.sync_folder(target.parent)
    finally:
        new.unlink(missing_ok=True)


def newest(applied: set[tuple[str, str]]) -> dict[str, list[str]]:
    """By section the migrations that no later one of the same section stands on: the shape of the tables."""
    nodes = MigrationLoader(None).graph.node_map
    found: dict[str, list[str]] = {}
    for app, name in sorted(applied):
        later = nodes[app, name].children if (app, name) in nodes else ()
        if not any(child.key[0] == app and child.key in applied for child in later):
            found.setdefault(app, []).append(name)
    return found


def must_be_known(label: Label) -> None:
    """A backup of a newer Weft has tables that this one does not know."""
    nodes = MigrationLoader(None).graph.node_map
    ours = {app for app, _name in nodes}
    if any((app, name) not in nodes for app, names in label.tables.items() if app in ours for name in names):
        raise Unusable(f"That backup was made by another Weft ({label.weft}). Bring this one up to date first.")


def look_through(path: Path, more: Iterable[bytes] = ()) -> Label:
    """What a backup says of itself, after every byte of it was held against its hash.

    *more*: house keys that are no longer in force.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            said = json.loads(archive.read(SAID))
            label = Label(**said["label"])
            if label.format != FORMAT:
                raise Unusable(f"{path} was made by a newer Weft ({label.weft}). Bring this one up to date first.")
            ours = {keys.mark(key).hex(): key for key in (*settings.HOUSE_KEY, *more)}
            lacking = [mark for mark in {*label.keys, said["key"]} if mark not in ours]
            if lacking:
                raise Unusable(
                    f"The house key at hand does not open {path}. "
                    f"It needs the key with the mark {' and '.join(lacking)}."
                )
            seen = {name: _hash(archive, name) for name in archive.namelist() if name != SAID}
            whole = seen == label.contents and hmac.compare_digest(label.marked(ours[said["key"]]), said["hash"])
    except (zipfile.BadZipFile, KeyError, TypeError, ValueError, EOFError):
        raise Unusable(f"{path} is not a backup of a house, or it is damaged.") from None
    if not whole:
        raise Unusable(f"{path} is damaged, or somebody has changed it.")
    return label


def _hash(archive: zipfile.ZipFile, name: str) -> str:
    found = sha256()
    with archive.open(name) as part:
        while piece := part.read(PIECE):
            found.update(piece)
    return found.hexdigest()


@contextmanager
def part(path: Path, name: str) -> Iterator[IO[bytes]]:
    """One part of a backup, to be read."""
    with zipfile.ZipFile(path) as archive, archive.open(name) as found:
        yield found
