"""What the frame itself keeps."""

from collections.abc import Iterable
from typing import Any

from django.db import models

from weft.loom import keys, seal
from weft.loom.ids import random_id


class RandomKey(models.BigIntegerField):  # type: ignore[type-arg]
    """A random primary key that is also the place of the row.

    On SQLite only an `integer` key is the row's place; beside a `bigint` one the order of writing would be kept.
    """

    def __init__(self, **options: Any) -> None:
        usual: dict[str, Any] = {"primary_key": True, "default": random_id, "editable": False}
        super().__init__(**usual | options)

    def db_type(self, connection: Any) -> str | None:
        return "integer" if connection.vendor == "sqlite" else super().db_type(connection)

    def rel_db_type(self, connection: Any) -> str | None:
        return models.BigIntegerField().db_type(connection)


class Thing(models.Model):
    """A row under a random id."""

    id = RandomKey()

    class Meta:
        abstract = True


class DataKey(models.Model):
    """The secret of one scope, wrapped by the house key."""

    scope = models.CharField(max_length=40, primary_key=True)
    wrapped = models.BinaryField()

    def rewrap(self, more: Iterable[bytes] = ()) -> None:
        """The same secret under the newest house key. *more*: keys that open it and are no longer in force."""
        self.wrapped = keys.wrap(keys.unwrap(self.wrapped, self.scope, more), self.scope)
        self.save(update_fields=["wrapped"])

    @property
    def mark(self) -> bytes:
        """Which house key it needs."""
        return bytes(self.wrapped[:4])


class Job(Thing):
    """Something that the house will do by itself (`jobs.py`). In the open lies what, and when, to five minutes."""

    name = models.CharField(max_length=60)
    said = seal.SealedJSON()
    due = models.DateTimeField(db_index=True)
    once_tag = models.BinaryField(unique=True, null=True)
    held_until = models.DateTimeField(null=True)
    tries = models.PositiveIntegerField(default=0)

    def __str__(self) -> str:
        return "a job"


class Erasure(Thing):
    """Something was erased, and must not come back with an older backup: see `loom/ledger.py`."""

    what = seal.SealedText()  # the kind of thing and its id
