"""Lessons found by what helped with what: by their words and topics, through the index, within what one may read."""

import json
from dataclasses import dataclass
from functools import cached_property

from django.db.models import Max, Q

from weft.circles import finding
from weft.loom import index, words
from weft.people.models import Person
from weft.wisdom.indexing import HOUSE, TOPIC, Posting, index_of, said_in
from weft.wisdom.models import Lesson, Reader, Strand

MANY = 12  # words that are looked for
MOST = 200  # strands that are opened for a page: few do not fit
SHOWN = 20


@dataclass(frozen=True)
class Asked:
    """What somebody looks for. In an address it stands sealed, for them alone and for a day."""

    words: str = ""
    topic: str = ""

    def sealed(self, person: Person) -> str:
        return finding.sealed(json.dumps([self.words, self.topic], ensure_ascii=False), whom=person.pk)

    @classmethod
    def opened(cls, address: str, person: Person) -> "Asked":
        said = finding.opened(address, whom=person.pk)
        return cls(*json.loads(said)) if said else cls()

    @cached_property
    def sought(self) -> list[frozenset[str]]:
        """The stems of each word, and the topic: one of each must stand there."""
        found = [words.roots(word) for word in words.said_in(self.words)]
        topic = [frozenset([TOPIC + words.fold(self.topic)])] if self.topic else []
        return [*list(dict.fromkeys(roots for roots in found if roots))[:MANY], *topic]


def find(reader: Reader, asked: Asked, after: int = 0) -> tuple[list[Lesson], int]:
    """Lessons that fit, from the one *after* on, in an order that says nothing; and after which one to look further
    (0: nothing is left)."""
    if not asked.sought or not reader.through:
        return [], 0
    places = _places(reader, asked.sought)
    fits = Q(pk=None)
    for scope, some in places.items():
        if some:
            fits |= Q(house_place__in=some) if scope == HOUSE else Q(circle=scope, number__in=some)
    rows = Strand.objects.read_by(reader).filter(fits, lesson__gt=after).order_by("lesson", "pk")
    opened = [(strand.lesson_id or 0, _fits(strand, asked)) for strand in rows[:MOST]]  # the index says where it may be
    fitting = sorted({lesson for lesson, does in opened if does})
    shown, further = fitting[:SHOWN], 0
    if len(fitting) > SHOWN:
        further = shown[-1]
    elif len(opened) == MOST:
        last = opened[-1][0]  # it may have strands that were not opened
        further = last if last in shown or last == opened[0][0] else last - 1
    return Lesson.woven(shown, reader), further


def _fits(strand: Strand, asked: Asked) -> bool:
    said = said_in(f"{strand.line} {strand.text}", list(strand.topics))
    return all(roots & said for roots in asked.sought)


def _places(reader: Reader, sought: list[frozenset[str]]) -> dict[int, set[int]]:
    """In which places of which index all of it may stand: one look-up for all."""
    strands = Strand.objects.filter(Q(circle__in=reader.circles) | Q(for_house=True), stands=True).order_by()
    far: dict[int, int] = {}
    for circle, last, in_house in strands.values_list("circle").annotate(Max("number"), Max("house_place")):
        if circle in reader.circles:
            far[circle] = last
        if in_house is not None:
            far[HOUSE] = max(in_house, far.get(HOUSE, 0))
    wanted: list[tuple[int, int, list[list[int]]]] = []
    for scope, last in far.items():
        here = index_of(scope)
        for stretch in range(last // index.STRETCH + 1):
            wanted.append((scope, stretch, [[here.row(root, stretch) for root in roots] for roots in sought]))
    held = index.read(Posting, {pk for _, _, rows in wanted for some in rows for pk in some})
    found: dict[int, set[int]] = {scope: set() for scope in far}
    for scope, stretch, rows in wanted:
        here = index_of(scope)
        stand = [{e for pk in some if pk in held for e in here.entries(pk, held[pk])} for some in rows]
        found[scope] |= {index.place(stretch, entry)[0] for entry in set.intersection(*stand)}
    return found
