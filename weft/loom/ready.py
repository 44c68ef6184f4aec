"""Look-ups that stand behind every page, compiled once.

Django writes the SQL of a query anew each time it is asked: for the persona of a page that takes two milliseconds, and
running it a tenth of one (docs/performance.md). A look-up marked as `ready` is written once:

    @ready
    def owned(tag: bytes) -> QuerySet[Persona]:
        return Persona.objects.filter(owner_tag=tag).select_related("circle")

    owned(tag)                a list of personas, as the query set would give them

What differs from call to call is given by position: ids, tags and words. What changes the shape of the query is given
by name, and each shape is written once. The function itself never sees a real value, only stand-ins.
"""

import secrets
from collections.abc import Callable
from copy import copy
from functools import update_wrapper
from typing import Any, Generic, TypeVar

from django.db import connection, models
from django.db.models.query import ModelIterable

Row = TypeVar("Row", bound=models.Model)
Value = int | bytes | str


class ready(Generic[Row]):  # a decorator, so in small letters
    """Decorates a function that makes a query set; see above."""

    def __init__(self, make: Callable[..., models.QuerySet[Row]]) -> None:
        self.make = make
        self.written: dict[Any, _Written] = {}
        update_wrapper(self, make)

    def __call__(self, *values: Value, **shape: Any) -> list[Row]:
        key = (connection.vendor, len(values), *shape.items())
        if key not in self.written:
            stand_ins = [_stand_in(value) for value in values]
            self.written[key] = _Written(self.make(*stand_ins, **shape), stand_ins)
        return list(ModelIterable(self.written[key].asked(values)))  # type: ignore[arg-type]


class _Written:
    """One query in the words of one database."""

    def __init__(self, query: "models.QuerySet[Any]", stand_ins: list[Value]) -> None:
        self.compiler = query.query.get_compiler(connection=connection)
        self.sql, given = self.compiler.as_sql()
        self.given = list(given)
        plain = [_plain(value) for value in given]
        self.places = [(place, stand_ins.index(value)) for place, value in enumerate(plain) if value in stand_ins]
        if {number for _place, number in self.places} != set(range(len(stand_ins))):
            raise TypeError("a ready query uses each of its values as it is")

    def asked(self, values: tuple[Value, ...]) -> "_Asked":
        given = list(self.given)
        for place, number in self.places:
            value = values[number]
            given[place] = _binary(value) if isinstance(value, bytes) else value
        compiler = copy(self.compiler)  # several threads ask at once; each has its own connection behind `connection`
        compiler.as_sql = lambda *_args, **_options: (self.sql, tuple(given))
        return _Asked(compiler)


class _Asked:
    """As much of a query set as Django needs in order to make its rows."""

    _known_related_objects: dict[Any, Any] = {}

    def __init__(self, compiler: Any) -> None:
        self.compiler, self.query, self.db = compiler, self, connection.alias

    def get_compiler(self, using: str) -> Any:
        return self.compiler


def _stand_in(value: Value) -> Value:
    if isinstance(value, bytes):
        return secrets.token_bytes(16)
    return secrets.token_hex(16) if isinstance(value, str) else secrets.randbits(62)


def _binary(value: bytes) -> Any:
    driver: Any = connection
    return driver.Database.Binary(value)


def _plain(value: Any) -> Any:
    """A value as it was before the database's driver wrapped it."""
    value = getattr(value, "obj", value)
    return bytes(value) if isinstance(value, memoryview) else value
