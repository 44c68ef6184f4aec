"""Look-ups that stand behind every page, compiled once.

Django writes the SQL of a query anew each time it is asked: for the persona of a page that takes two milliseconds, and
running it a tenth of one (docs/performance.md). A look-up marked as `ready` is written once:

    @ready
    def owned(tag: bytes) -> QuerySet[Persona]:
        return Persona.objects.filter(owner_tag=tag).select_related("circle")

    owned(tag)                a list of personas, as the query set would give them

What differs from call to call is given by position: ids, tags, words and moments. What changes the shape of the query
is given by name, and each shape is written once. The function itself never sees a real value, only stand-ins.
"""

import secrets
from collections.abc import Callable
from datetime import UTC, datetime
from functools import update_wrapper
from typing import Any, Generic, TypeVar

from django.db import DEFAULT_DB_ALIAS, connections, models
from django.db.models.base import ModelState

Row = TypeVar("Row", bound=models.Model)
Value = int | bytes | str | datetime


class ready(Generic[Row]):  # a decorator, so in small letters
    """Decorates a function that makes a query set; see above."""

    def __init__(self, make: Callable[..., models.QuerySet[Row]]) -> None:
        self.make = make
        self.written: dict[Any, _Written] = {}
        update_wrapper(self, make)

    def __call__(self, *values: Value, **shape: Any) -> list[Row]:
        here = connections[DEFAULT_DB_ALIAS]
        key = (here.vendor, len(values), *shape.items())
        if key not in self.written:
            stand_ins = [_stand_in(value) for value in values]
            self.written[key] = _Written(self.make(*stand_ins, **shape), stand_ins)
        return self.written[key].rows(here, values)


class _Written:
    """One query in the words of one database, and how its rows become objects."""

    def __init__(self, query: "models.QuerySet[Any]", stand_ins: list[Value]) -> None:
        here = connections[DEFAULT_DB_ALIAS]
        compiler = query.query.get_compiler(connection=here)
        self.sql, given = compiler.as_sql()
        self.given = list(given)
        plain = [_plain(value) for value in given]
        sought = [_plain(_sent(value, here)) for value in stand_ins]
        self.places = [(place, sought.index(value)) for place, value in enumerate(plain) if value in sought]
        if {number for _place, number in self.places} != set(range(len(stand_ins))):
            raise TypeError("a ready query uses each of its values as it is")
        self.thing = _Thing(compiler.klass_info, compiler.select)
        self.counted = list((compiler.annotation_col_map or {}).items())
        read = compiler.get_converters([column for column, _sql, _name in compiler.select])
        self.read = [(place, reads, column) for place, (reads, column) in read.items()]

    def rows(self, here: Any, values: tuple[Value, ...]) -> list[Any]:
        given = list(self.given)
        for place, number in self.places:
            given[place] = _sent(values[number], here)
        with here.cursor() as cursor:
            cursor.execute(self.sql, tuple(given))
            return [self._row(here, list(row)) for row in cursor.fetchall()]

    def _row(self, here: Any, row: list[Any]) -> Any:
        for place, reads, column in self.read:
            for read in reads:
                row[place] = read(row[place], column, here)
        made = self.thing.made(row)
        made.__dict__.update({name: row[place] for name, place in self.counted})
        return made


class _Thing:
    """How a part of a row becomes an object, with what is joined to it.

    Django works this out anew for each query, and sets each value by itself; that took longer than the query."""

    def __init__(self, info: Any, select: Any) -> None:
        self.model, places = info["model"], info["select_fields"]
        self.start, self.end = places[0], places[-1] + 1
        self.names = [select[place][0].target.attname for place in places]
        self.key = places[self.names.index(self.model._meta.pk.attname)]
        if places != list(range(self.start, self.end)) or self.model.__init__ is not models.Model.__init__:
            raise TypeError("a ready query brings plain rows")
        self.joined = [
            (_Thing(one, select), one["local_setter"], one["remote_setter"])
            for one in info.get("related_klass_infos", [])
        ]

    def made(self, row: list[Any]) -> Any:
        if row[self.key] is None:  # nothing is joined
            return None
        made = self.model.__new__(self.model)
        made._state = ModelState()
        made._state.adding, made._state.db = False, DEFAULT_DB_ALIAS
        made.__dict__.update(zip(self.names, row[self.start : self.end], strict=True))
        for thing, join, join_back in self.joined:
            other = thing.made(row)
            join(made, other)
            if other is not None:
                join_back(other, made)
        return made


def _stand_in(value: Value) -> Value:
    if isinstance(value, bytes):
        return secrets.token_bytes(16)
    if isinstance(value, datetime):
        return datetime.fromtimestamp(secrets.randbits(32), UTC)
    return secrets.token_hex(16) if isinstance(value, str) else secrets.randbits(62)


def _sent(value: Value, here: Any) -> Any:
    """A value as this database takes it."""
    if isinstance(value, datetime):
        return here.ops.adapt_datetimefield_value(value)
    return here.Database.Binary(value) if isinstance(value, bytes) else value


def _plain(value: Any) -> Any:
    """A value as it was before the database's driver wrapped it."""
    value = getattr(value, "obj", value)
    return bytes(value) if isinstance(value, memoryview) else value
