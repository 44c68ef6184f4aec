"""A backup of a house on PostgreSQL: every table, as it was at one moment, without any program but the driver.

Rows are written in the order of their random ids, so that a backup tells no more of their order than the house does.
"""

import json
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

from django.apps import apps
from django.core.management.color import no_style
from django.db import connection, transaction
from django.db.migrations.executor import MigrationExecutor

from weft.loom.backup import archive

TABLES = "tables.json"
MIGRATIONS = "django_migrations"  # made anew by what puts the backup back
NEW = "weft_restoring"  # the schema in which a backup is laid out


def write(target: Path) -> None:
    """One transaction that sees one moment, and holds nobody up."""
    from psycopg import IsolationLevel

    with closing(_another_connection()) as house, house.cursor() as cursor:
        house.isolation_level, house.read_only = IsolationLevel.REPEATABLE_READ, True
        cursor.execute("SELECT app, name FROM django_migrations")
        applied = cursor.fetchall()
        cursor.execute("SELECT DISTINCT substr(wrapped, 1, 4) FROM loom_datakey")
        marks = [mark for (mark,) in cursor.fetchall()]
        tables = {table: _columns(cursor, table) for table in sorted(_ours())}
        with archive.writing(target, applied, marks) as backup:
            with backup.part(TABLES) as add:
                add(json.dumps(tables).encode())
            for table, columns in tables.items():
                asked = f'SELECT {_named(columns)} FROM "{table}" ORDER BY 1'  # noqa: S608  # names of our own models
                with (
                    backup.part(table) as add,
                    cursor.copy(f"COPY ({asked}) TO STDOUT (FORMAT BINARY)") as rows,
                ):
                    for piece in rows:
                        add(piece)


def _another_connection() -> Any:
    driver: Any = connection
    return driver.get_new_connection(driver.get_connection_params())


def _ours() -> set[str]:
    """The tables of the house that are there."""
    found = {model._meta.db_table for model in apps.get_models(include_auto_created=True)}
    return found & set(connection.introspection.table_names())


def _columns(cursor: Any, table: str) -> list[str]:
    """Its columns, the key first."""
    cursor.execute(
        "SELECT a.attname FROM pg_attribute a LEFT JOIN pg_index i ON i.indrelid = a.attrelid AND i.indisprimary "
        "WHERE a.attrelid = %s::regclass AND a.attnum > 0 AND NOT a.attisdropped "
        "ORDER BY a.attnum = i.indkey[0] DESC, a.attnum",
        [f'"{table}"'],
    )
    return [name for (name,) in cursor.fetchall()]


def _named(columns: list[str]) -> str:
    return ", ".join(f'"{column}"' for column in columns)


def stands() -> bool:
    """Whether there is a house in the database already."""
    return MIGRATIONS in connection.introspection.table_names()


def others() -> bool:
    """Whether somebody else has the database open."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid() "
            "AND backend_type = 'client backend'"
        )
        return bool(cursor.fetchone()[0])


@contextmanager
def restoring(backup: Path, label: archive.Label, old: str) -> Iterator[str]:
    """Lay the backup out in a schema of its own, and let Django look at that; at the end it takes the house's place.

    Whatever fails before that leaves the house as it was. The tables that were there go into the schema *old*. What is
    given says so, or nothing if there were none.
    """
    had = stands()
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_schema()")
        (place,) = cursor.fetchone()
        cursor.execute(f"DROP SCHEMA IF EXISTS {NEW} CASCADE")
        cursor.execute(f"CREATE SCHEMA {NEW}")
    options = connection.settings_dict["OPTIONS"]
    said = options.get("options", "")
    try:
        options["options"] = f"{said} -c search_path={NEW}".strip()
        connection.close()
        _lay_out(backup, label)
        yield f"the schema {old}" if had else ""
        with connection.cursor() as cursor:
            for line in connection.ops.sequence_reset_sql(no_style(), apps.get_models(include_auto_created=True)):
                cursor.execute(line)
            new = connection.introspection.table_names(cursor)
    finally:
        options["options"] = said
        connection.close()
    with transaction.atomic(), connection.cursor() as cursor:
        there = set(connection.introspection.table_names(cursor)) & {*_ours(), *new, MIGRATIONS}
        if there:
            cursor.execute(f'CREATE SCHEMA "{old}"')
        for table in there:
            cursor.execute(f'ALTER TABLE "{place}"."{table}" SET SCHEMA "{old}"')
        for table in new:
            cursor.execute(f'ALTER TABLE {NEW}."{table}" SET SCHEMA "{place}"')
        cursor.execute(f"DROP SCHEMA {NEW}")
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def _lay_out(backup: Path, label: archive.Label) -> None:
    """Tables of the shape that they had then, and all their rows."""
    executor = MigrationExecutor(connection)
    ours = {app for app, _name in executor.loader.graph.node_map}
    executor.migrate([(app, name) for app, names in label.tables.items() if app in ours for name in names])
    with archive.part(backup, TABLES) as part:
        tables: dict[str, list[str]] = json.load(part)
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"TRUNCATE {_named(list(tables))}")
        for table, columns in tables.items():
            with (
                archive.part(backup, table) as part,
                cursor.copy(f'COPY "{table}" ({_named(columns)}) FROM STDIN (FORMAT BINARY)') as rows,
            ):
                while piece := part.read(archive.PIECE):
                    rows.write(piece)
