"""Gatherings that fit somebody's few words: those that are coming, and to which they may come."""

from collections.abc import Iterable
from datetime import timedelta
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext as _

from weft.circles import finding
from weft.circles.fitting import touching
from weft.circles.models import Persona
from weft.circles.sought import Sought
from weft.gatherings import saying
from weft.gatherings.models import Gathering, Series
from weft.loom import time
from weft.loom.section import Find, Finds

NEAR = timedelta(days=16)
MOST = 300


class FittingGatherings:
    """The next one of each series: of this person's circles, and of those that are open to everybody in the house."""

    def __init__(self, person: Any, sought: Sought) -> None:
        self.mine, self.sought = Persona.all_of(person), sought

    def lying(self) -> Iterable[Any]:
        return ()

    def finds(self) -> Finds:
        coming = [self._find(one) for one in self._coming()]
        found = [one for one in coming if one.shares]
        return Finds(_("Gatherings"), found, order=40, instead=coming[0] if coming else None)

    def _coming(self) -> list[Gathering]:
        """The soonest first."""
        for_them = (~Q(series__door=Series.Door.COHORT) | Q(placed="in")) & Q(guided=None, is_cancelled=False)
        seen = Gathering.objects.seen_by(*self.mine, visits=True).coming().filter(for_them)
        soon = seen.filter(starts__lt=time.now() + NEAR).order_by("starts")[:MOST]
        first: dict[int, Gathering] = {}
        for one in soon:
            first.setdefault(one.series_id, one)
        return list(first.values())

    def _find(self, one: Gathering) -> Find:
        series, circle = one.series, one.circle
        senses = finding.says(circle).meant & self.sought.senses if circle.listed else set()
        said = self.sought.in_text(f"{series.name} {series.about}")
        senses |= finding.meant(f"{series.name} . {series.about}")[1] & self.sought.senses
        return Find(
            series.name,
            one.get_absolute_url(),
            len(senses) + len(said),
            said=said,
            touched=tuple(touching(circle, senses)),
            beneath=(f"{saying.on(one.starts)}, {saying.at(one)}", circle.name),
            thread=circle.thread,
            at=-one.starts.timestamp(),
            text=f"{series.name} {series.about}",
        )
