"""What a house does by itself once a day, while few are awake: small things that keep its promises."""

import logging
import threading
from datetime import datetime, timedelta
from time import monotonic, sleep
from zoneinfo import ZoneInfo

from django.apps import apps
from django.conf import settings
from django.db import OperationalError, close_old_connections, connection
from django.db.backends.utils import CursorWrapper

from weft.loom import time
from weft.loom.section import sections

HOUR = 4  # o'clock, where the house is
PATIENCE = 60.0  # seconds to wait for those who still look back at rows that are gone

logger = logging.getLogger(__name__)


def begin() -> threading.Event:
    """Keep house every night from now on, in a thread of its own. Set the event to stop."""
    stop = threading.Event()
    threading.Thread(target=_nights, args=[stop], name="night", daemon=True).start()
    return stop


def _nights(stop: threading.Event) -> None:
    while not stop.wait(until_next(time.now())):
        keep_house()


def until_next(now: datetime) -> float:
    """Seconds until the next time it is night in the house."""
    here = now.astimezone(ZoneInfo(settings.TIME_ZONE))
    night = here.replace(hour=HOUR, minute=0, second=0)
    if night <= here:
        night += timedelta(days=1)
    return (night - here).total_seconds()


def keep_house() -> None:
    """Let every section tidy up, then lay the rows anew. One that fails does not keep the others from it."""
    close_old_connections()
    for section in sections():
        try:
            section.tidy()
        except Exception:
            logger.exception("tidying")
    shuffle()
    close_old_connections()


def shuffle() -> None:
    """Lay rows in the order of their random ids, so that their order tells nothing.

    SQLite keeps them so by itself; PostgreSQL keeps the order of writing until a table is clustered. Clustering
    also forgets which rows were written in one transaction.
    """
    if connection.vendor != "postgresql":
        return
    with connection.cursor() as cursor:
        if not _nobody_looks_back(cursor):
            logger.warning("somebody reads for long: what was erased lies in the tables until the next night")
        cursor.execute("SET lock_timeout = '2s'")
        for model in apps.get_models():
            table = model._meta.db_table
            cursor.execute(
                "SELECT i.relname FROM pg_index x JOIN pg_class i ON i.oid = x.indexrelid "
                "WHERE x.indrelid = %s::regclass AND x.indisprimary",
                [f'"{table}"'],
            )
            found = cursor.fetchone()
            if found:
                try:
                    cursor.execute(f'CLUSTER "{table}" USING "{found[0]}"')
                except OperationalError:  # a backup is being made; whoever writes shall not wait behind the two of us
                    logger.warning("a table is not laid anew tonight: somebody reads it for long")
        cursor.execute("RESET lock_timeout")


def _nobody_looks_back(cursor: CursorWrapper) -> bool:
    """Wait until nobody is at work who began before now: PostgreSQL keeps a row while somebody may still look back at
    it, and lays a table anew as one sees it who reckons with every writer of the server, of other databases too."""
    cursor.execute("SELECT pg_current_xact_id()::text")
    (now,) = cursor.fetchone()
    until = monotonic() + PATIENCE
    while True:
        cursor.execute(
            "SELECT pg_snapshot_xmin(pg_current_snapshot()) > %s::xid8 AND NOT EXISTS ("
            "SELECT FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid() "
            "AND age(backend_xmin) > age(%s::xid8::xid))",
            [now, now],
        )
        if cursor.fetchone() == (True,):
            return True
        if monotonic() > until:
            return False
        sleep(0.2)
