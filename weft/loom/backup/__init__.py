"""Backups: one file that holds the whole database as it was at one moment, and never the house key.

The file is a zip archive without compression (what is sealed does not shrink): the rows, and `house.json`, which says
when it was made, for which tables, and which house keys it needs. A keyed hash over all of it shows that nobody has
changed it since: whoever can write where backups lie cannot slip in a steward.
"""

from types import ModuleType

from django.db import connection


def engine() -> ModuleType:
    """How the database at hand is backed up and put back."""
    from weft.loom.backup import postgres, sqlite

    return sqlite if connection.vendor == "sqlite" else postgres
