"""The bell of one person: what their personas and they themselves were told, and whether it is new."""

from collections import OrderedDict
from datetime import date
from threading import Lock
from typing import Any

from django.db import connection
from django.utils import timezone

from weft.circles import veil
from weft.notices.models import Mark, Notice
from weft.notices.models.notice import notables
from weft.people.models import Person

SHOWN = 100
REMEMBERED = 50_000


class Read:
    """Turns that this process knows to be read: they stay so, and are not asked for again."""

    def __init__(self) -> None:
        self.turns: OrderedDict[int, None] = OrderedDict()
        self.lock = Lock()

    def __contains__(self, turn: int) -> bool:
        return turn in self.turns

    def add(self, turns: set[int]) -> None:
        with self.lock:
            self.turns.update(dict.fromkeys(turns))
            while len(self.turns) > REMEMBERED:
                self.turns.popitem(last=False)


_read = Read()


class Bell:
    """What one person was told. Every page asks whether something is new, so that costs one look-up, or two."""

    def __init__(self, person: Person) -> None:
        self.person = person

    @classmethod
    def of(cls, person: Person) -> "Bell":
        """The bell of this person; one for each person object, so that a page asks once."""
        if "_bell" not in person.__dict__:
            person._bell = cls(person)  # type: ignore[attr-defined]
        found: Bell = person._bell  # type: ignore[attr-defined]
        return found

    @property
    def has_news(self) -> bool:
        """Whether there is anything that this person has not read."""
        return bool(self.unread)

    @property
    def unread(self) -> list[Notice]:
        """What this person has not read, in no order."""
        if "_unread" not in self.__dict__:
            self._unread = self._look()
        return self._unread

    def _look(self) -> list[Notice]:
        turns = {turn: pk for pk, turn in self._turns() if turn not in _read}
        if not turns:
            return []
        tags = {Mark.of("read", turn): turn for turn in turns}
        marked = Mark.objects.filter(tag__in=list(tags)).values_list("tag", flat=True)
        read = {tags[bytes(tag)] for tag in marked}
        new = [pk for turn, pk in turns.items() if turn not in read]
        found = list(Notice.objects.filter(pk__in=new).select_related("circle")) if new else []
        _read.add(read | {notice.turn for notice in found if not notice.is_shown})
        return [notice for notice in found if notice.is_shown]

    def _turns(self) -> list[tuple[int, int]]:
        """Id and turn of every notice. Written by hand: it stands behind every page (see `loom/ready.py`)."""
        personas, facts = list(veil.keyring(self.person).values()), self._facts()
        with connection.cursor() as cursor:
            cursor.execute(
                f"SELECT id, turn FROM {Notice._meta.db_table} WHERE persona_id IN ({_places(personas)})"  # noqa: S608
                f" OR fact_tag IN ({_places(facts)})",
                [*personas, *facts],
            )
            found: list[tuple[int, int]] = cursor.fetchall()
        return found

    def _facts(self) -> list[bytes]:
        """The tags of all that may be told to the person themself."""
        held = self.person.duties_held
        kinds = [one.what for one in notables().values() if one.own or one.duty in held]
        return [Notice.fact(what, self.person) for what in kinds]

    @property
    def by_day(self) -> list[tuple[date, list[tuple[Notice, bool]]]]:
        """The newest notices by their day, newest first, each with whether it is new."""
        found = Notice.objects.filter(pk__in=[pk for pk, _turn in self._turns()]).select_related("circle")
        newest = sorted((one for one in found if one.is_shown), key=lambda one: one.rung_at, reverse=True)
        new = {notice.pk for notice in self.unread}
        days: dict[date, list[tuple[Notice, bool]]] = {}
        for notice in newest[:SHOWN]:
            days.setdefault(timezone.localdate(notice.rung_at), []).append((notice, notice.pk in new))
        return list(days.items())

    def find(self, key: int) -> Notice | None:
        """One of this person's notices."""
        mine = [pk for pk, _turn in self._turns() if pk == key]
        notice = Notice.objects.filter(pk__in=mine).select_related("circle").first()
        return notice if notice and notice.is_shown else None

    def see(self, *facts: bytes) -> None:
        """This person came to the things themselves (`Notice.fact`): what they were told of them has been read."""
        seen = [notice for notice in self.unread if bytes(notice.fact_tag) in facts]
        if seen:
            Mark.make(Mark.of("read", notice.turn) for notice in seen)
            self._forget()

    def read_all(self) -> None:
        """All of it has been read."""
        Mark.make(Mark.of("read", notice.turn) for notice in self.unread)
        self._forget()

    def _forget(self) -> None:
        self.__dict__.pop("_unread", None)


def _places(values: list[Any]) -> str:
    return ", ".join(["%s"] * len(values)) or "NULL"
