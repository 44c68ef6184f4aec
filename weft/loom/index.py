"""Words that are found although they lie sealed: an index that tells a thief nothing but its size.

A row says where one word stands within one stretch of a scope's numbers. Its id is a keyed hash of word and stretch,
under a secret of that scope, and is the place of the row too; the places in it are sealed, and padded to a power of
two. So nobody without the key can tell which word a row is about, to which scope it belongs, or which things share a
word; two scopes that use the same word have nothing in common. What shows is how many rows there are, and roughly how
long each is.

    Index(Posting, "circle:7").change(new={(12, 0): {"kettle", "floor"}})    thing 12, its first part, has these words

Numbers count upward within a scope and parts within a number: a circle's stories, and the replies to each.
"""

import hashlib
import json
import secrets
from array import array
from bisect import bisect_left
from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.db import connection, models
from django.db.models import Case, IntegerField, Q, Value, When

from weft.loom import keys, seal
from weft.loom.models import RandomKey

STRETCH = 256  # numbers in a row: fewer make more rows, more make longer ones to write anew (docs/performance.md)
PARTS = 2**24
AT_ONCE = 8192  # rows in one question to the database

Place = tuple[int, int]  # a number and a part


class Posting(models.Model):
    """Where one word stands in one stretch."""

    id = RandomKey()
    places = models.BinaryField()

    class Meta:
        abstract = True


class Index:
    """The words of one scope, in one table. Whoever changes it holds the scope's lock and is in a transaction."""

    def __init__(self, model: type[Posting], scope: str) -> None:
        self.model, self.table = model, model._meta.db_table
        self._mark, self._cipher = _keys(keys.secret(scope))

    def row(self, word: str, stretch: int) -> int:
        """The id of the row of a word in a stretch."""
        mark = self._mark.copy()
        mark.update(f"{stretch}\x1f{word}".encode())
        return int.from_bytes(mark.digest(), "big") >> 1

    def change(
        self, *, gone: Mapping[Place, Iterable[str]] | None = None, new: Mapping[Place, Iterable[str]] | None = None
    ) -> None:
        """Take words from their places, and give others theirs. A row without places is gone."""
        less, more = self._by_row(gone or {}), self._by_row(new or {})
        held = read(self.model, less.keys() | more.keys())
        put, drop = [], []
        for pk in less.keys() | more.keys():
            places = self.entries(pk, held[pk]) if pk in held else array("I")
            stay = more.get(pk, set())
            changes = [_take(places, entry) for entry in less.get(pk, set()) - stay]
            changes += [_put(places, entry) for entry in stay]
            if places and any(changes):
                put.append((pk, self._sealed(pk, places)))
            elif pk in held and not places:
                drop.append(pk)
        _write(self.table, put)
        if drop:
            self.model._base_manager.filter(pk__in=drop).delete()

    def _by_row(self, said: Mapping[Place, Iterable[str]]) -> dict[int, set[int]]:
        found: dict[int, set[int]] = {}
        for (number, part), words in said.items():
            stretch, entry = number // STRETCH, _entry(number, part)
            for word in words:
                found.setdefault(self.row(word, stretch), set()).add(entry)
        return found

    def holds(self, said: Mapping[Place, Iterable[str]]) -> bool:
        """Whether all these places are found by each of their words."""
        wanted = self._by_row(said)
        held = read(self.model, wanted)
        return all(pk in held and places <= set(self.entries(pk, held[pk])) for pk, places in wanted.items())

    def marked(
        self, stretch: int, rows: Mapping[Any, Iterable[int]], held: Mapping[int, bytes]
    ) -> dict[Place, set[Any]]:
        """Which of several things stand at each place of a stretch. *rows*: in which rows each of them would."""
        found: dict[Place, set[Any]] = {}
        for thing, some in rows.items():
            for pk in some:
                for entry in self.entries(pk, held[pk]) if pk in held else ():
                    found.setdefault(place(stretch, entry), set()).add(thing)
        return found

    def entries(self, pk: int, places: bytes) -> "array[int]":
        """What a row holds, in order: `place` reads each. A row that was moved or changed is an error, never a wrong
        answer."""
        places = bytes(places)
        if places[:1] != seal.FORMAT:
            raise seal.Tampered(self.table)
        try:
            plain = self._cipher.decrypt(places[1:13], places[13:], self._where(pk))
        except InvalidTag:
            raise seal.Tampered(self.table) from None
        end = len(plain.rstrip(b"\0"))  # what pads it is no entry
        return array("I", plain[: end + -end % 4])

    def _sealed(self, pk: int, entries: "array[int]") -> bytes:
        length = max(4, 1 << (len(entries) - 1).bit_length())
        plain = entries.tobytes() + bytes(4 * (length - len(entries)))
        nonce = secrets.token_bytes(12)
        return seal.FORMAT + nonce + self._cipher.encrypt(nonce, plain, self._where(pk))

    def _where(self, pk: int) -> bytes:
        return f"{self.table}.places:{pk}".encode()


def _entry(number: int, part: int) -> int:
    """A place within its stretch, never zero."""
    if part >= PARTS - 1:
        raise ValueError("too many parts")
    return (number % STRETCH * PARTS + part) + 1


def _put(entries: "array[int]", entry: int) -> bool:
    """Put an entry where it belongs; whether it was not there."""
    at = bisect_left(entries, entry)
    new = entries[at : at + 1] != array("I", [entry])
    if new:
        entries.insert(at, entry)
    return new


def _take(entries: "array[int]", entry: int) -> bool:
    """Take an entry out; whether it was there."""
    at = bisect_left(entries, entry)
    there = entries[at : at + 1] == array("I", [entry])
    if there:
        del entries[at]
    return there


def first_part(entry: int) -> int:
    """The entry of the same number's part 0."""
    return (entry - 1) // PARTS * PARTS + 1


def place(stretch: int, entry: int) -> Place:
    """The place that an entry of a row of this stretch means."""
    number, part = divmod(entry - 1, PARTS)
    return stretch * STRETCH + number, part


@lru_cache(maxsize=4096)
def _keys(secret: bytes) -> "tuple[hashlib.blake2b, AESGCM]":
    mark = hashlib.blake2b(key=keys.derive(secret, "index"), digest_size=8)
    return mark, AESGCM(keys.derive(secret, "index places"))


def best_first(places: Mapping[int, Q]) -> Case:
    """An order: first what lies at the places that share the most. *places*: which, by how much they share."""
    whens = [When(where, then=Value(shares)) for shares, where in places.items()]
    return Case(*whens, default=Value(0), output_field=IntegerField())


def read(model: type[Posting], rows: Iterable[int]) -> dict[int, bytes]:
    """These rows, as they lie in the database: those that are there."""
    table, found, wanted = model._meta.db_table, {}, list(rows)
    with connection.cursor() as cursor:
        for start in range(0, len(wanted), AT_ONCE):
            some = wanted[start : start + AT_ONCE]
            if connection.vendor == "sqlite":
                # One statement for any number of rows; to SQLite, “cross” says in which order they are joined.
                sql = f"SELECT {table}.id, places FROM json_each(%s) CROSS JOIN {table} ON {table}.id = value"  # noqa: S608
                cursor.execute(sql, [json.dumps(some)])
            else:
                cursor.execute(f"SELECT id, places FROM {table} WHERE id = ANY(%s)", [some])  # noqa: S608
            found.update(cursor.fetchall())
    return found


def _write(table: str, rows: list[tuple[int, bytes]]) -> None:
    if not rows:
        return
    anew = "ON CONFLICT (id) DO UPDATE SET places = excluded.places"
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.executemany(f"INSERT INTO {table} (id, places) VALUES (%s, %s) {anew}", rows)  # noqa: S608
        else:
            ids, places = [pk for pk, _ in rows], [sealed for _, sealed in rows]
            sql = f"INSERT INTO {table} (id, places) SELECT * FROM unnest(%s::bigint[], %s::bytea[]) {anew}"  # noqa: S608
            cursor.execute(sql, [ids, places])
