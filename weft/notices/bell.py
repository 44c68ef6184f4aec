"""The bell of one person: what their personas and they themselves were told, and whether it is new."""

from collections import OrderedDict
from datetime import date
from functools import cached_property
from threading import Lock
from typing import Any

from django.utils import timezone

from weft.circles import veil
from weft.loom.glance import Found, Glance, Where
from weft.notices.models import Mark, Notice
from weft.notices.models.notice import notables
from weft.people.models import Person

SHOWN = 100
REMEMBERED = 50_000


class Known(OrderedDict[int, Any]):
    """What this process knows and need not ask for again, as far back as there is room."""

    def __init__(self) -> None:
        super().__init__()
        self.lock = Lock()

    def add(self, more: dict[int, Any]) -> None:
        with self.lock:
            self.update(more)
            while len(self) > REMEMBERED:
                self.popitem(last=False)


_read = Known()  # turns that were read, or that are hollow: they stay so
_shown = Known()  # turns that are not hollow: these stay so too
_unread = Known()  # by person, the marks of turns that were unread when they last looked


class Bell:
    """What one person was told. Every page asks whether something is new: the answer comes with what else lies for
    them (`loom/glance.py`), and takes one more look-up when something new has come."""

    def __init__(self, person: Person) -> None:
        self.person, self.glance = person, Glance(person)

    @classmethod
    def of(cls, person: Person) -> "Bell":
        """The bell of this person; one for each person object, so that a page asks once."""
        if "_bell" not in person.__dict__:
            person._bell = cls(person)  # type: ignore[attr-defined]
            person._bell.glance = Glance.of(person)  # type: ignore[attr-defined]
        found: Bell = person._bell  # type: ignore[attr-defined]
        return found

    @property
    def has_news(self) -> bool:
        """Whether there is anything that this person has not read."""
        return any(turn in _shown for turn in self._new) or bool(self.unread)

    @property
    def unread(self) -> list[Notice]:
        """What this person has not read, in no order."""
        if "_unread" not in self.__dict__:
            keys = [pk for pk, _fact in self._new.values()]
            found = list(Notice.objects.filter(pk__in=keys).select_related("circle")) if keys else []
            _read.add({notice.turn: None for notice in found if not notice.is_shown})
            _shown.add({notice.turn: None for notice in found if notice.is_shown})
            self._unread = [notice for notice in found if notice.is_shown]
        return self._unread

    @cached_property
    def _new(self) -> dict[int, tuple[int, bytes]]:
        """The turns that have no mark yet, with the id and the fact of their notices. Some of them may be hollow."""
        turns = {turn: (pk, fact) for pk, turn, fact in self.glance["notices.notice"] if turn not in _read}
        tags = {Mark.of("read", turn): turn for turn in turns}
        marked = {tag for _pk, _none, tag in self.glance["notices.mark"]}
        fresh = tags.keys() - set(self.glance.sought("notices.mark", "tag"))
        if fresh:
            marked |= {bytes(tag) for tag in Mark.objects.filter(tag__in=fresh).values_list("tag", flat=True)}
        _read.add({turn: None for tag, turn in tags.items() if tag in marked})
        new = {tag: turn for tag, turn in tags.items() if tag not in marked}
        if new or self.person.pk in _unread:
            _unread.add({self.person.pk: list(new)})
        return {turn: turns[turn] for turn in new.values()}

    @classmethod
    def where(cls, person: Person) -> list[Where]:
        """Where the notices lie, and the marks on those that were unread the last time."""
        facts = [Notice.fact(what, person) for what in _told_to(person)]
        to: Found = {"persona_id": list(veil.keyring(person).values()), "fact_tag": facts}
        return [
            Where("notices.notice", Notice, to, number="turn", kept="fact_tag"),
            Where("notices.mark", Mark, {"tag": _unread.get(person.pk, [])}, kept="tag"),
        ]

    @property
    def by_day(self) -> list[tuple[date, list[tuple[Notice, bool]]]]:
        """The newest notices by their day, newest first, each with whether it is new."""
        all_of_them = [pk for pk, _turn, _fact in self.glance["notices.notice"]]
        found = Notice.objects.filter(pk__in=all_of_them).select_related("circle")
        newest = sorted((one for one in found if one.is_shown), key=lambda one: one.rung_at, reverse=True)
        new = {notice.pk for notice in self.unread}
        days: dict[date, list[tuple[Notice, bool]]] = {}
        for notice in newest[:SHOWN]:
            days.setdefault(timezone.localdate(notice.rung_at), []).append((notice, notice.pk in new))
        return list(days.items())

    def find(self, key: int) -> Notice | None:
        """One of this person's notices."""
        mine = [pk for pk, _turn, _fact in self.glance["notices.notice"] if pk == key]
        notice = Notice.objects.filter(pk__in=mine).select_related("circle").first()
        return notice if notice and notice.is_shown else None

    def see(self, *facts: bytes) -> None:
        """This person came to the things themselves (`Notice.fact`): what they were told of them has been read."""
        if any(fact in facts for _pk, fact in self._new.values()):
            seen = [notice for notice in self.unread if bytes(notice.fact_tag) in facts]
            Mark.make(Mark.of("read", notice.turn) for notice in seen)
            self._forget()

    def read_all(self) -> None:
        """All of it has been read."""
        Mark.make(Mark.of("read", notice.turn) for notice in self.unread)
        self._forget()

    def _forget(self) -> None:
        self.glance.forget()
        for known in ("_unread", "_new"):
            self.__dict__.pop(known, None)


def _told_to(person: Person) -> list[str]:
    """The kinds of things that are told to the person themself."""
    return [one.what for one in notables().values() if one.own or one.duty in person.duties_held]
