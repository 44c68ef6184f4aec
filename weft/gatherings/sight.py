"""What one persona sees of an hour. Whoever is hidden from them is not in it, neither as a chair nor in a line."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import Any
from zlib import crc32

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from markupsafe import Markup

from weft.gatherings.hour import acts, commands, room
from weft.gatherings.hour.room import Chair, Room
from weft.gatherings.models import Gathering, Seat
from weft.gatherings.ring import chairs

SHORT = 11  # letters of a name in the picture
PARTS = {
    room.LEADS: gettext_lazy("guides"),
    room.HELPS: gettext_lazy("helps to guide"),
    room.OBSERVES: gettext_lazy("observes"),
    room.VISITS: gettext_lazy("visits"),
}
MUTED, ASIDE, KEPT_OUT = gettext_lazy("muted"), gettext_lazy("in the quiet room"), gettext_lazy("held for a moment")
SITS_OUT, HAND_UP, AWAY = gettext_lazy("sits out"), gettext_lazy("hand up"), gettext_lazy("away just now")
HELP = {
    "call": gettext_lazy("Call on them"),
    "offer": gettext_lazy("Offer them the piece"),
    "force": gettext_lazy("Put the piece in their hands"),
    "lower_hand": gettext_lazy("Lower their hand"),
    "unmute": gettext_lazy("Unmute"),
    "mute": gettext_lazy("Mute"),
    "quiet_room": gettext_lazy("Go aside together"),
    "release": gettext_lazy("Let them back in"),
    "hold": gettext_lazy("Ask them to wait outside"),
    "send_back": gettext_lazy("Back to the door, kindly"),
    "hand_over": gettext_lazy("Let them lead"),
    "remove": gettext_lazy("Send them out for this hour"),
}


@dataclass(frozen=True)
class Sitting:
    """One who is in the room or at its door, as somebody else sees them."""

    chair: Chair
    name: str
    pattern: Markup
    is_me: bool
    holds: bool
    offered: bool
    away: bool
    has_hand_up: bool

    @property
    def seat(self) -> int:
        return self.chair.seat

    @property
    def short(self) -> str:
        first = self.name.split(" ")[0]
        return first if len(first) <= SHORT else f"{first[: SHORT - 1]}…"

    @property
    def guides(self) -> bool:
        return self.chair.guides

    @property
    def observes(self) -> bool:
        return self.chair.part == room.OBSERVES

    @property
    def visits(self) -> bool:
        return self.chair.part == room.VISITS

    @property
    def waits(self) -> bool:
        return self.chair.standing == room.KNOCKS

    @property
    def is_in(self) -> bool:
        return self.chair.standing in (room.INSIDE, room.QUIET)

    @property
    def is_out(self) -> bool:
        return self.chair.standing in (room.REMOVED, room.LEFT)

    @property
    def said(self) -> list[str]:
        """What everybody may know about this one, in a word each. The part is always the true one (R27)."""
        chair = self.chair
        words = [
            (PARTS.get(chair.part), chair.part in PARTS),
            (MUTED, chair.muted),
            (ASIDE, chair.standing == room.QUIET),
            (KEPT_OUT, chair.standing == room.HELD),
            (SITS_OUT, chair.stepped_out and not chair.guides),
            (HAND_UP, self.has_hand_up),
            (AWAY, self.away),
        ]
        return [str(word) for word, holds in words if holds]


class Sight:
    """An hour through the eyes of one seat."""

    def __init__(self, gathering: Gathering, seen: Room, mine: Seat, now: int, window: int) -> None:
        self.gathering, self.room, self.mine, self.now, self.window = gathering, seen, mine, now, window
        hidden = mine.persona.hidden
        seats = gathering.taken.select_related("persona").exclude(persona__in=hidden)
        self.seats: dict[int, Seat] = {seat.pk: seat for seat in seats}
        sittings = [self._sitting(chair) for chair in seen.chairs if chair.seat in self.seats]
        self.by_seat = {sitting.seat: sitting for sitting in sittings}
        self._lists = [frozenset(seats) for seats in (seen.order, seen.spoken, seen.later, seen.hands)]
        self._about: dict[tuple[Any, ...], list[tuple[str, str]]] = {}

    def _sitting(self, chair: Chair) -> Sitting:
        persona = self.seats[chair.seat].persona
        return Sitting(
            chair=chair,
            name=persona.name,
            pattern=persona.pattern,
            is_me=chair.seat == self.mine.pk,
            holds=chair.seat == self.room.holder,
            offered=chair.seat == self.room.offered,
            away=chair.is_inside and self.room.is_away(chair, self.now, room.LULL),
            has_hand_up=chair.seat in self.room.hands,
        )

    @property
    def me(self) -> Sitting:
        return self.by_seat[self.mine.pk]

    @property
    def elsewhere(self) -> bool:
        """Whether another window of this one counts now."""
        return self.me.chair.window != self.window

    @property
    def mark(self) -> str:
        """Which state of the room this is: its version, and what changes by itself, since somebody is silent."""
        away = [one.seat for one in self.by_seat.values() if one.away]
        silence = (away, self.elsewhere, self.may("take_over"))
        return f"{self.room.version}.{crc32(repr(silence).encode()):x}"

    @cached_property
    def address(self) -> str:
        places = {"key": self.gathering.circle_id, "gathering_key": self.gathering.pk}
        return reverse("gatherings:room", kwargs=places)

    def written(self, words: Any) -> list[tuple[Sitting, Any]]:
        """What was written in turns, by those whom this one may see; in the quiet room, what was written there."""
        aside = self.me.chair.standing == room.QUIET
        if not (aside or self.me.chair.is_inside):
            return []
        found = words.aside_for(self.mine) if aside else words.for_room(self.gathering)
        return [(self.by_seat[said.seat_id], said) for said in found if said.seat_id in self.by_seat]

    @property
    def inside(self) -> list[Sitting]:
        """Those in the room, whoever guides first, then in the order of the round."""
        order = {seat: number for number, seat in enumerate(self.room.order)}
        here = [one for one in self.by_seat.values() if one.chair.standing in (room.INSIDE, room.QUIET, room.HELD)]
        return sorted(here, key=lambda one: (not one.guides, order.get(one.seat, len(order))))

    @property
    def ring(self) -> list[tuple[Sitting, Any]]:
        sitting = [one for one in self.inside if one.chair.standing != room.HELD]
        return list(zip(sitting, chairs([one.holds for one in sitting]), strict=True))

    @property
    def at_the_door(self) -> list[Sitting]:
        return [one for one in self.by_seat.values() if one.waits]

    @property
    def need_help(self) -> list[Sitting]:
        return [one for one in self.by_seat.values() if one.chair.needs_help]

    @property
    def guides_here(self) -> list[str]:
        return [one.name for one in self.inside if one.guides and not one.away]

    @property
    def holder(self) -> Sitting | None:
        return self.by_seat.get(self.room.holder or 0)

    @property
    def offered(self) -> Sitting | None:
        return self.by_seat.get(self.room.offered or 0)

    @property
    def somebody_holds(self) -> bool:
        """The piece is with somebody who is hidden from this one."""
        return bool(self.room.holder or self.room.offered) and not (self.holder or self.offered)

    @property
    def next(self) -> list[str]:
        return [_("you") if seat == self.mine.pk else self.by_seat[seat].name
                for seat in self.room.to_come if seat in self.by_seat][:3]  # fmt: skip

    @property
    def phase(self) -> str:
        return self.room.phase

    @property
    def paused(self) -> str:
        """Whether the hour pauses, and whether somebody is here who can go on."""
        if self.room.paused is None:
            return ""
        return "guided" if self.guides_here else "alone"

    @property
    def turn(self) -> int:
        return self.room.turn

    @property
    def round(self) -> int:
        return self.room.round

    @property
    def suggested(self) -> str:
        """What the plan of the hour asks in the round that comes next."""
        prompts = dict(self.gathering.series.plan or {}).get("prompts") or []
        return str(prompts[self.round]) if self.round < len(prompts) else ""

    @property
    def prompt(self) -> str:
        return self.room.prompt

    @property
    def until(self) -> int | None:
        """When the time of this turn is over, in seconds since 1970. Nothing happens then."""
        return self.room.ends()

    @property
    def length(self) -> int:
        return 60 * self.room.given

    @property
    def left(self) -> int:
        return max(0, (self.until or self.now) - self.now)

    def may(self, what: str, seat: int | None = None, **more: Any) -> bool:
        """Whether this one could do this now: the hour itself says so, and is not changed."""
        command = commands.Command(
            what, by=self.mine.pk, turn=self.room.turn, seat=seat, window=self.me.chair.window, **more
        )
        try:
            return acts.act(self.room, command, self.now)[0] != self.room
        except commands.Refused:
            return False

    @property
    def may_write(self) -> bool:
        """Whether what this one writes would be read by the others now."""
        return self.mine.pk in room.audible(self.room)

    @property
    def buttons(self) -> list[tuple[str, Any, bool]]:
        """What this one can do: the name of it, the words on the button, and whether it is what one mostly wants."""
        pass_on = _("I have finished. Pass it on") if self.me.holds else _("Pass")
        words = {
            "accept": _("Take the piece"),
            "pass_on": pass_on,
            "later": _("Come back to me"),
            "raise_hand": _("Raise my hand"),
            "lower_hand": _("Lower my hand"),
            "take_over": _("Guide the hour now"),
            "back_from_quiet": _("Back to the others"),
            "step_out": _("Sit out for a while"),
            "step_in": _("Take part in the round") if self.me.guides else _("Join the round again"),
            "need_help": _("I need somebody"),
            "answer_help": _("I am fine again"),
        }
        if self.me.guides:
            words.pop("need_help")
        main = {"accept", "take_over"} | ({"pass_on"} if self.me.holds else set())
        return [(what, said, what in main) for what, said in words.items() if self.may(what)]

    @property
    def steps(self) -> list[tuple[str, Any, bool]]:
        """What whoever guides can do with the hour itself; first what mostly comes next."""
        words = {
            "open_door": _("Open the room"),
            "begin": _("Begin the hour"),
            "go_on": _("Go on"),
            "start_round": _("Begin a round"),
            "skip": _("Move the piece on"),
            "open_floor": _("Open floor"),
            "close": _("Go to the closing words"),
            "pause": _("Pause"),
            "lock": _("Lock the door"),
            "unlock": _("Open the door again"),
            "end": _("End the hour"),
        }
        can = [what for what in words if self.may(what)]
        order = {"opening": "start_round", "closing": "end"}
        main = order.get(self.phase, can[0] if can else "")
        return [(what, words[what], what == main) for what in can]

    def about(self, other: Sitting) -> list[tuple[str, str]]:
        """What whoever guides can do for, or about, somebody else. Who is alike in the room can be helped alike, so it
        is asked once for all of them."""
        likeness = self._likeness(other.chair)
        if likeness not in self._about:
            self._about[likeness] = [
                (what, str(said)) for what, said in HELP.items() if self.may(what, seat=other.seat)
            ]
        return self._about[likeness]

    def _likeness(self, chair: Chair) -> tuple[Any, ...]:
        """All that the hour asks of one seat when somebody who guides does something about it."""
        now = self.room
        return (
            *(chair.part, chair.standing, chair.stands_by, chair.muted, chair.stepped_out, chair.needs_help),
            *(chair.signs, now.is_away(chair, self.now), chair.with_seat, chair.seat in (now.holder, now.offered)),
            *(chair.seat == now.holder, *(chair.seat in seats for seats in self._lists)),
        )

    def lines(self, happened: Iterable[dict[str, Any]]) -> list[str]:
        """What happened, in neutral words; nothing of anybody who is hidden from this one, and never why."""
        return [said for one in happened if (said := self._line(one))]

    def _line(self, one: dict[str, Any]) -> str:
        seat, by = self.by_seat.get(one.get("seat") or 0), self.by_seat.get(one.get("by") or 0)
        who = seat or by
        if one.get("seat") and not seat:
            return ""
        words = {
            "opened": _("%(name)s has opened the room."),
            "began": _("%(name)s has begun the hour."),
            "admitted": _("%(name)s has come in."),
            "came": _("%(name)s has come in."),
            "round": _("A round has begun."),
            "floor": _("The floor is open."),
            "closing": _("We come to the closing words."),
            "paused": _("%(name)s has paused the hour."),
            "unguided": _("The hour pauses, since nobody who guides is here."),
            "went_on": _("The hour goes on."),
            "took_over": _("%(name)s guides the hour now."),
            "quiet": _("Two people have gone aside."),
            "left": _("Somebody has left the room."),
            "removed": _("Somebody has left the room."),
            "held": _("Somebody has left the room for a while."),
            "sent_back": _("Somebody has left the room for a while."),
            "dropped": _("%(name)s has lost the line. The piece comes back to them in this round."),
            "locked": _("The door is locked."),
            "unlocked": _("The door is open again."),
            "ended": _("The hour has ended."),
        }
        return words.get(one["what"], "") % {"name": who.name if who else _("Somebody")}


REFUSED = {
    "stale": gettext_lazy("That came a moment too late: the piece had moved on. Nothing of yours was lost."),
    "elsewhere": gettext_lazy("You have opened this hour in another window. That one counts now."),
    "paused": gettext_lazy("The hour pauses just now. Please wait a little."),
    "locked": gettext_lazy("The door is locked. Open it first."),
    "not_open": gettext_lazy("Open the room first. Then you can let people in."),
    "not_waiting": gettext_lazy("They are not at the door any more."),
    "last": gettext_lazy("Nobody else is left in this round. You can speak, write or pass."),
    "alone": gettext_lazy("Somebody who guides must stay with the room. You are the only one here."),
    "removed": gettext_lazy("You cannot come back into this hour."),
    "ended": gettext_lazy("The hour has ended."),
    "led": gettext_lazy("Somebody guides this hour."),
    "cannot_hold": gettext_lazy("They cannot take the piece just now."),
    "cannot_lead": gettext_lazy("They cannot lead this hour."),
    "guides_too": gettext_lazy("They guide this hour too."),
}


def refusal(why: str) -> str:
    """Why something did not happen, in a sentence."""
    return str(REFUSED.get(why, gettext_lazy("That cannot be done just now.")))
