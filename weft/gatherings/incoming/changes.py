"""What a list from elsewhere would change here."""

from dataclasses import dataclass, field

from weft.gatherings.incoming.meetings import Meeting
from weft.gatherings.models import Series
from weft.gatherings.models.listing import Import, Listing
from weft.loom import time


@dataclass
class Changes:
    """Which meetings are new, changed, the same, and not in the list any more."""

    new: list[Meeting] = field(default_factory=list)
    changed: list[tuple[Meeting, Series]] = field(default_factory=list)
    same: list[Series] = field(default_factory=list)
    gone: list[Series] = field(default_factory=list)

    @classmethod
    def of(cls, brought: Import) -> "Changes":
        """Compared with what came into this circle from lists before. What was made here is never touched."""
        found = cls()
        here = Series.objects.running().filter(circle=brought.circle_id, listing__isnull=False)
        known = {Listing.of(series).slug: series for series in here.select_related("listing")}
        for one in (Meeting(**said) for said in brought.said):
            series = known.pop(one.slug, None)
            if series is None:
                found.new.append(one)
            elif one.differs(series):
                found.changed.append((one, series))
            else:
                found.same.append(series)
        found.gone = [series for series in known.values() if series.ended_on is None or series.ended_on > time.today()]
        return found
