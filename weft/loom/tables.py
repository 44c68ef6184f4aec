"""The tables of the house: made at once in a new one, and brought up to date in one that is there."""

from django.apps import apps
from django.core.management import call_command
from django.db import connection, transaction
from django.db.migrations.executor import MigrationExecutor


def are_ready() -> bool:
    """Whether they are those of this Weft."""
    executor = MigrationExecutor(connection)
    return not executor.migration_plan(executor.loader.graph.leaf_nodes())


def ready() -> None:
    """Make them, or bring them up to date."""
    executor = MigrationExecutor(connection)
    executor.recorder.ensure_schema()
    if not executor.recorder.applied_migrations():
        _make(executor)
    call_command("migrate", interactive=False, verbosity=0)


def _make(executor: MigrationExecutor) -> None:
    """Straight from the models: what all migrations come to, in a small part of their time. They are made all or none,
    and so it is written down: after a start that was cut short, the next one goes on."""
    models = [model for model in apps.get_models() if model._meta.can_migrate(connection)]
    there = {*connection.introspection.table_names()} & {model._meta.db_table for model in models}
    if not there:
        with connection.schema_editor() as editor:
            for model in models:
                editor.create_model(model)
    elif len(there) < len(models):
        return  # not ours: let the migrations say so
    with transaction.atomic():
        for migration, _backwards in executor.migration_plan(executor.loader.graph.leaf_nodes()):
            executor.recorder.record_applied(migration.app_label, migration.name)
