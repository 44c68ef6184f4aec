"""A new house has the very tables that an old one has when all its migrations are done."""

import base64
import json

import pytest

LOOK = """
import json
from django.apps import apps
from django.db import connection
ours = [model for model in apps.get_models() if model.__module__.startswith("weft.")]
named = {rule.name for model in ours for rule in (*model._meta.constraints, *model._meta.indexes)}
found = {}
with connection.cursor() as cursor:
    for table in sorted({model._meta.db_table for model in ours} & {*connection.introspection.table_names(cursor)}):
        columns = connection.introspection.get_table_description(cursor, table)
        rules = connection.introspection.get_constraints(cursor, table)
        found[table] = {
            "columns": sorted([one.name, str(one.type_code), bool(one.null_ok), one.display_size, one.internal_size]
                              for one in columns),
            "rules": sorted([*map(str, sorted(rule.items())), name if name in named else ""]
                            for name, rule in rules.items()),
        }
    from django.db.migrations.recorder import MigrationRecorder
    done = sorted(map(list, MigrationRecorder(connection).applied_migrations()))
print(json.dumps([found, done]))
"""
AT_ONCE = "from weft.loom import tables\ntables.ready()\n"
BY_MIGRATIONS = "from django.core.management import call_command\ncall_command('migrate', verbosity=0)\n"


@pytest.fixture
def within(inside, tmp_path):
    """A few lines of Python in a house without a table."""

    def within(lines, folder="new"):
        (tmp_path / folder).mkdir(mode=0o700, exist_ok=True)
        return inside(lines, folder, WEFT_KEY=base64.b64encode(bytes(32)).decode())

    return within


def empty(within):
    """On PostgreSQL both ways meet the same database."""
    within(
        "from django.db import connection\n"
        "if connection.vendor == 'postgresql':\n"
        "    connection.cursor().execute('DROP SCHEMA public CASCADE; CREATE SCHEMA public')\n"
    )


def test_a_new_house_has_the_tables_to_which_migrations_lead(within):
    at_once, done = json.loads(within(AT_ONCE + LOOK))
    empty(within)
    migrated, done_too = json.loads(within(BY_MIGRATIONS + LOOK, "old"))
    assert len(at_once) > 90
    assert at_once == migrated
    assert done == done_too


def test_a_start_that_was_cut_short_goes_on(within):
    cut = "from django.db.migrations.recorder import MigrationRecorder\nMigrationRecorder.record_applied = None\n"
    said = within(
        f"{cut}try:\n    from weft.loom import tables; tables.ready()\nexcept TypeError:\n    print('cut')", "new"
    )
    assert said == "cut"
    whole, done = json.loads(within(AT_ONCE + LOOK))
    assert len(whole) > 90
    assert len(done) > 50


def test_tables_of_something_else_are_left_alone(within):
    other = "from django.db import connection\nconnection.cursor().execute('CREATE TABLE people_person (words text)')\n"
    said = within(
        f"{other}try:\n    from weft.loom import tables; tables.ready()\nexcept Exception as error:\n    print(error)",
        "new",
    )
    assert "people_person" in said
    assert "already exists" in said
