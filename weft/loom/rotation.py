"""Changing the house key while the house is open.

The new key is put before the old one in the key file, so that both open; every process sees that the file has changed
(`keys.HouseKey`). Then every data key is wrapped anew, in a transaction of its own, and at last the old key leaves the
file. Wherever this stops, doing it again goes on from there.
"""

from collections.abc import Iterable
from pathlib import Path

from django.conf import settings
from django.db import connection, transaction

from weft.loom import keys, time
from weft.loom.models import DataKey


def rewrap(more: Iterable[bytes] = ()) -> int:
    """Wrap every data key under the newest house key. *more*: keys that open and are no longer in force."""
    wait_for_makers()
    newest, done = keys.mark(settings.HOUSE_KEY.newest), 0
    for scope in DataKey.objects.order_by("scope").values_list("scope", flat=True):
        with transaction.atomic():
            row = DataKey.objects.select_for_update().get(scope=scope)
            if row.mark != newest:
                row.rewrap(more)
                done += 1
    return done


def wait_for_makers() -> None:
    """Whoever makes a data key in this moment, under the key that was the newest until now, finishes first."""
    with transaction.atomic():  # on SQLite this alone lets nobody else write
        if connection.vendor == "postgresql":
            with connection.cursor() as cursor:
                cursor.execute(f'LOCK TABLE "{DataKey._meta.db_table}" IN SHARE ROW EXCLUSIVE MODE')


def begin(file: Path) -> bool:
    """Put a new key before the old one. False if a change was begun before and is not done."""
    lines = keys.read_file(file)
    if len(lines) > 1:
        return False
    keys.write(file, [keys.fresh(), *lines])
    return True


def finish(file: Path) -> Path:
    """The old keys leave the file, and are kept in another one for older backups: that file's name."""
    newest, *old = keys.read_file(file)
    kept = file.with_name(f"{file.name}.until-{time.today()}")
    if kept.exists():
        old += [key for key in keys.read_file(kept) if key not in old]
    keys.write(kept, old)
    keys.write(file, [newest])
    return kept
