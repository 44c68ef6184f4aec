"""What lies for a person, in one look-up.

Nearly every page must know whether somebody is blocked, whether the bell has news, whether a greeting or a question
waits. Asked one by one that is a query for each, and each is nearly always empty. So each section names on its card
where its part lies (`Section.lying`), and the first that wants to know asks for all:

    Glance.of(person)["stories.question"]      rows of an id, a number and some bytes, in no order

Ids and keyed tags of a person's personas come from their own keyring, so the look-up needs nothing but the person.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Self

from django.db import connection, models

from weft.loom.section import sections

Row = tuple[int, int, bytes]
Found = Mapping[str, Sequence[int | bytes]]


@dataclass(frozen=True)
class Where:
    """Where one thing lies: the rows in which any of these columns has one of these values.

    Columns and *only*, a condition in SQL, are written in the code and never come from anywhere else."""

    what: str  # “stories.question”: the section, and what it is
    model: type[models.Model]
    found: Found = field(default_factory=dict)  # nothing: all rows
    only: str = ""
    number: str = "0"  # a column with a whole number
    kept: str = ""  # a column with bytes

    def written(self) -> tuple[str, list[Any]]:
        """In SQL, and its values."""
        sides = {column: values for column, values in self.found.items() if values}
        either = " OR ".join(f"{column} IN ({_places(values)})" for column, values in sides.items())
        where = " AND ".join(f"({part})" for part in (either, self.only) if part)
        columns = f"'{self.what}', id, {self.number}, {self.kept or '%s'}"
        given = [*([] if self.kept else [b""]), *(value for values in sides.values() for value in values)]
        return f"SELECT {columns} FROM {self.model._meta.db_table} WHERE {where}", given  # noqa: S608

    @property
    def is_empty(self) -> bool:
        """Whether nothing can be found: nobody is asked for."""
        return bool(self.found) and not any(self.found.values())


class Glance:
    """What lies for one person; asked when it is first needed."""

    def __init__(self, person: Any) -> None:
        self.person = person
        self.rows: dict[str, list[Row]] | None = None
        self.places: dict[str, Where] = {}
        self.further: list[Where] = []

    @classmethod
    def of(cls, person: Any) -> Self:
        """One for each person object, so that a page asks once."""
        if "_glance" not in person.__dict__:
            person._glance = cls(person)
        found: Self = person._glance
        return found

    def __getitem__(self, what: str) -> list[Row]:
        if self.rows is None:
            self.rows = self._asked()
        return self.rows.get(what, [])

    def sought(self, what: str, column: str) -> Sequence[int | bytes]:
        """The values that were looked for."""
        return self.places[what].found[column] if what in self.places else ()

    def forget(self) -> None:
        """Something was changed: ask again."""
        self.rows = None

    def look_further(self, *there: Where) -> None:
        """A page that needs more than most has it looked up along with the rest."""
        self.further += there
        self.forget()

    def _asked(self) -> dict[str, list[Row]]:
        said = [where for section in sections() for where in section.lying(self.person)] + self.further
        self.places = {where.what: where for where in said if not where.is_empty}
        written = [where.written() for where in self.places.values()]
        rows: dict[str, list[Row]] = {}
        if written:
            sql = " UNION ALL ".join(part for part, _given in written)
            with connection.cursor() as cursor:
                cursor.execute(sql, [value for _part, given in written for value in given])
                for what, pk, number, kept in cursor.fetchall():
                    rows.setdefault(what, []).append((pk, number, bytes(kept)))
        return rows


def _places(values: Sequence[Any]) -> str:
    return ", ".join(["%s"] * len(values))
