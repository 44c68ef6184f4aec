"""Whether somebody has still to say yes before they come into an hour: asked at the door."""

from weft.gatherings.models.consent import Consent, watching
from weft.gatherings.models.seat import Seat


def needed(seat: Seat) -> Consent | None:
    """The version that whoever has this seat must still say yes to; None when they may come in.

    It is asked anew when there is a newer one, when somebody looks on who was not declared, and when the yes cannot be
    read any more.
    """
    now = Consent.in_force(seat.gathering.series)
    return None if now.holds_for(seat.persona, watching(seat.circle_id)) else now
