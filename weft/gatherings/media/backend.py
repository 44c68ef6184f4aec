"""What carries voice and picture, and what it can: the pages and whoever plans an hour ask it.

There is one way now, the *mesh*: browsers send to each other, and no server is in between. Another (one that a house
runs beside itself) would say other things of itself here.
"""

from dataclasses import dataclass

from weft.gatherings.models import Series


@dataclass(frozen=True)
class Media:
    """One way to carry voice and picture."""

    name: str
    most_by_video: int  # so many people at most, each to each
    most_by_voice: int
    hides_addresses: bool  # whether the others' devices cannot see from which address somebody comes
    holds_back: bool  # whether it can itself hold back the voice of whoever may not be heard, without the receivers

    def carries(self, way: str, people: int) -> bool:
        """Whether so many people can be in it by this way."""
        most = {Series.Way.VIDEO: self.most_by_video, Series.Way.VOICE: self.most_by_voice}
        return way == Series.Way.TEXT or people <= most[Series.Way(way)]

    def best(self, way: str, people: int) -> str:
        """The most of this way that it can carry for so many people: picture becomes voice, voice becomes writing."""
        ways = [Series.Way.VIDEO, Series.Way.VOICE, Series.Way.TEXT]
        return next(one for one in ways[ways.index(Series.Way(way)) :] if self.carries(one, people))


MESH = Media("mesh", most_by_video=6, most_by_voice=12, hides_addresses=False, holds_back=False)


def media() -> Media:
    """What this house has."""
    return MESH
