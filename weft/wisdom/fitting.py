"""Lessons that fit somebody's few words: by the index, of their circles and of the house."""

from collections.abc import Iterable
from typing import Any

from django.db.models import Max, OuterRef, Q, Subquery
from django.utils.translation import gettext as _

from weft.circles.models import Persona
from weft.circles.sought import Sought
from weft.loom import index
from weft.loom.glance import Glance, Where
from weft.loom.pages import url
from weft.loom.section import Find, Finds
from weft.stories.fitting import marks, reason
from weft.wisdom.indexing import HOUSE, TOPIC, Posting, index_of
from weft.wisdom.models import Reader, Strand

ROWS = 1200  # of the index, over all circles and the house
MOST = 500  # strands that may fit
OPENED = 30


def along() -> dict[str, Any]:
    """How far the index goes: that of a persona's circle, and that of the house."""
    here = Strand.objects.filter(circle=OuterRef("circle"), stands=True).order_by().values("circle")
    house = Strand.objects.filter(for_house=True, stands=True).order_by().values("for_house")
    return {
        "last_strand": Subquery(here.annotate(last=Max("number")).values("last")),
        "last_of_house": Subquery(house.annotate(last=Max("house_place")).values("last")),
    }


class FittingLessons:
    """Those that this person may read through one of their circles."""

    def __init__(self, person: Any, sought: Sought) -> None:
        self.person, self.sought, self.mine = person, sought, Persona.all_of(person)
        self.rows: list[tuple[int, int, dict[int | str, list[int]]]] = []
        far = {p.circle_id: p.__dict__.get("last_strand") for p in self.mine}
        far[HOUSE] = next((p.__dict__.get("last_of_house") for p in self.mine), None)
        wanted = marks(sought, TOPIC)
        each = max(1, ROWS // max(1, sum(map(len, wanted.values())) * len(far)))
        for scope, last in far.items():
            newest = -1 if last is None else last // index.STRETCH
            for stretch in range(newest, max(-1, newest - each), -1):
                here = index_of(scope)
                rows = {mark: [here.row(root, stretch) for root in roots] for mark, roots in wanted.items()}
                self.rows.append((scope, stretch, rows))

    def lying(self) -> Iterable[Where]:
        ids = {pk for _scope, _stretch, rows in self.rows for some in rows.values() for pk in some}
        return [Where("wisdom.fitting", Posting, {"id": sorted(ids)}, kept="places")] if ids else []

    def finds(self) -> Finds:
        return Finds(_("Lessons"), self._found(), order=30)

    def _found(self) -> list[Find]:
        shared = self._shared()
        if not shared:
            return []
        by_count: dict[int, Q] = {}
        for at in sorted(shared, key=lambda at: -len(shared[at]))[:MOST]:
            here = Q(house_place=at[1]) if at[0] == HOUSE else Q(circle=at[0], number=at[1])
            by_count[len(shared[at])] = by_count.get(len(shared[at]), Q(pk=None)) | here
        fits, reader = Q(*by_count.values(), _connector=Q.OR), Reader(self.person)
        mine = [persona.pk for persona in self.mine]
        read = Strand.objects.read_by(reader).filter(fits).exclude(author__in=mine).exclude(lesson=None)
        found: dict[int | None, Find] = {}
        for strand in read.order_by(index.best_first(by_count).desc(), "pk")[:OPENED]:
            places = [(strand.circle_id, strand.number), (HOUSE, strand.house_place)]
            said = set[Any]().union(*(shared.get((scope, at or 0), set()) for scope, at in places if at is not None))
            found.setdefault(strand.lesson_id, self._find(strand, reader, said))
        return list(found.values())

    def _shared(self) -> dict[tuple[int, int], set[Any]]:
        """What each strand shares with what is sought, by index and place."""
        held = {pk: kept for pk, _number, kept in Glance.of(self.person)["wisdom.fitting"]}
        found: dict[tuple[int, int], set[Any]] = {}
        for scope, stretch, rows in self.rows:
            for (number, _part), some in index_of(scope).marked(stretch, rows, held).items():
                found[scope, number] = some
        return found

    def _find(self, strand: Strand, reader: Reader, shared: set[Any]) -> Find:
        through = reader.through_which(strand.circle_id)
        return Find(
            strand.heading,
            url("wisdom:lesson", key=through, lesson_key=strand.lesson_id),
            beneath=(strand.name or _("without a name"),),
            at=strand.on.toordinal() if strand.on else 0,
            text=f"{strand.line} {strand.text}",
            topics=tuple(strand.topics),
            **reason(self.sought, shared),
        )
