"""What a house does at night, when few are awake: small things that keep its promises."""

from django.apps import apps
from django.db import connection


def shuffle() -> None:
    """Lay rows in the order of their random ids, so that their order tells nothing.

    SQLite keeps them so by itself; PostgreSQL keeps the order of writing until a table is clustered. Clustering
    also forgets which rows were written in one transaction.
    """
    if connection.vendor != "postgresql":
        return
    with connection.cursor() as cursor:
        for model in apps.get_models():
            table = model._meta.db_table
            cursor.execute(
                "SELECT i.relname FROM pg_index x JOIN pg_class i ON i.oid = x.indexrelid "
                "WHERE x.indrelid = %s::regclass AND x.indisprimary",
                [f'"{table}"'],
            )
            found = cursor.fetchone()
            if found:
                cursor.execute(f'CLUSTER "{table}" USING "{found[0]}"')
