"""A thief's view of the house: every table and every byte of it, in the order in which the database keeps its rows."""

from pathlib import Path
from typing import Any

from django.db import connection


def tables() -> dict[str, list[dict[str, Any]]]:
    """All rows of all tables, each in its hidden order: SQLite's rowid, PostgreSQL's place in the heap."""
    place = "rowid" if connection.vendor == "sqlite" else "ctid"
    found = {}
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            try:
                cursor.execute(f'SELECT * FROM "{table}" ORDER BY {place}')  # noqa: S608
            except Exception:  # a table without rowid
                cursor.execute(f'SELECT * FROM "{table}"')  # noqa: S608
            names = [column[0] for column in cursor.description]
            found[table] = [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
    return found


def everything() -> bytes:
    """Every byte a thief of the disk has: the database's files on SQLite, all values of all rows on PostgreSQL."""
    if connection.vendor == "sqlite":
        connection.close()
        name = Path(str(connection.settings_dict["NAME"]))
        return b"".join(path.read_bytes() for path in name.parent.glob(name.name + "*"))
    parts = []
    for rows in tables().values():
        for row in rows:
            parts += [bytes(v) if isinstance(v, bytes | memoryview) else str(v).encode() for v in row.values()]
    return b"\n".join(parts)
