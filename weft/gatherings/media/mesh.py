"""The mesh: between which seats there is a link now, and which way words may go on it.

A link is between two who are both in the room (or both in the quiet room), both tuned in, and not hidden from each
other. Whoever tuned in later leads it: only they offer, and only they build it anew.
"""

from typing import Any

from weft.gatherings.hour.room import INSIDE, QUIET, Room, hears
from weft.gatherings.models import Seat, Tuning


def may_hear(persona_id: int, subject: str) -> bool:
    """Hints to one seat are for whoever has it."""
    key = subject.partition(":")[2]
    return key.isdigit() and Seat.objects.filter(pk=int(key), persona=persona_id).exists()


def links(mine: Seat, room: Room) -> list[dict[str, Any]]:
    """The links of one seat: with whom, who leads, whether this one is heard there, and hears."""
    tunings = Tuning.objects.filter(gathering=mine.gathering_id).exclude(number=0)
    others = tunings.exclude(seat__persona__in=mine.persona.hidden)
    by_seat = {tuning.seat_id: tuning for tuning in others}
    me, chair = by_seat.get(mine.pk), room.chair(mine.pk)
    if me is None or chair is None or chair.standing not in (INSIDE, QUIET):
        return []
    heard = hears(room, mine.pk)
    return [
        {
            "seat": str(other.seat),  # as text: a browser's numbers are too small for it
            "theirs": by_seat[other.seat].number,
            "mine": me.number,
            "lead": me.number > by_seat[other.seat].number,
            "video": "video" in (me.way, by_seat[other.seat].way),  # whoever shows no picture sees those of others
            "say": mine.pk in hears(room, other.seat),
            "hear": other.seat in heard,
        }
        for other in room.chairs
        if other.seat != mine.pk and other.seat in by_seat and other.standing in (INSIDE, QUIET)
    ]
