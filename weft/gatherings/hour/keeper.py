"""Who keeps the hour: holds its row, lets the pure machine act, and writes down what came of it.

    hour = Hour.of(gathering)
    hour.come(by=seat, window=…)             opens the door from outside
    hour.act("pass_on", by=seat, turn=7)     one command, one transaction; raises `Refused`
    hour.say("words", by=seat, turn=7)       words typed in a turn
    hour.here(seat, window=…, beats=True)    a sign of life, which lets time do what it does
    hour.look()                              the room as it is now

Each gives the room. Whoever listens to `gathering:<pk>` is told that it changed, and asks for it.
"""

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime

from django.db import transaction
from django.db.models import Max

from weft.circles.models import Persona
from weft.gatherings import opening
from weft.gatherings.hour.acts import act, settle, sign, slept
from weft.gatherings.hour.commands import (
    Command,
    Elsewhere,
    Happened,
    NotNow,
    NotYours,
    Refused,
    Stale,
)
from weft.gatherings.hour.room import (
    BEATS,
    ENDED,
    HELD,
    HELPS,
    INSIDE,
    KNOCKS,
    LEADS,
    LEFT,
    MEMBER,
    OBSERVES,
    QUIET,
    REMOVED,
    VISITS,
    Chair,
    Room,
    audible,
)
from weft.gatherings.models import Gathering, Line, Said, Seat, Shift
from weft.gatherings.models.said import KEPT
from weft.loom import jobs, streams, time

RARE = 8  # seconds until a sign of life is written down again: pages give one every ten
LISTEN = (KNOCKS, INSIDE, QUIET, HELD)
MOST = 4000  # letters in one message


class Hour:
    """The hour of one gathering."""

    def __init__(self, gathering: int) -> None:
        self.gathering = gathering

    @classmethod
    def of(cls, gathering: Gathering) -> "Hour":
        return cls(gathering.pk)

    def look(self) -> Room:
        """The room as it is now, after time has done what it does."""
        room, now = self._read(Gathering.objects.get(pk=self.gathering)), _now()
        return room if settle(room, now)[0] == room else self._change(now)

    def here(self, seat: Seat, *, window: int = 0, beats: bool = False) -> Room:
        """A sign of life of this seat. It is written to the seat alone, unless the room changes by it."""
        room, now = self._read(Gathering.objects.get(pk=self.gathering)), _now()
        chair = _at(room, seat.pk, window)
        if chair is None:
            return room
        guided = self._as_they_are(room, seat.pk)
        signed = sign(guided, seat.pk, now, beats)
        if guided != room or slept(room, now) or (beats and chair.signs != BEATS) or settle(signed, now)[0] != signed:
            return self._change(now, seat.pk, window=window, beats=beats)
        if now - chair.seen >= RARE:
            _see(seat.pk, now)
        return signed

    def come(self, *, by: Seat, window: int = 0) -> Room:
        """This seat opens the door from outside: in, where it guides or was in; else into the waiting room."""
        part, stands_by = part_of(by)
        return self._act(Command("come", by.pk, window=window, part=part, stands_by=stands_by))

    def act(
        self,
        what: str,
        *,
        by: Seat,
        turn: int | None = None,
        seat: int | None = None,
        words: str = "",
        minutes: int = 0,
        order: Iterable[int] = (),
        window: int = 0,
    ) -> Room:
        """One command of one seat. Raises `Refused` when it may not be, or comes too late."""
        if what == "come":
            return self.come(by=by, window=window)
        part = MEMBER
        if what == "by_phone" and seat is not None:
            other = Seat.objects.select_related("persona").filter(gathering=self.gathering, pk=seat).first()
            if other is None:
                raise NotNow("nobody")
            part, _by = part_of(other)
        said = Command(what, by.pk, turn, seat, words.strip(), minutes, tuple(order), window, part)
        return self._act(said)

    def say(self, words: str, *, by: Seat, turn: int | None = None, window: int = 0, once: int | None = None) -> Room:
        """Words typed by whoever may be heard now; in the quiet room, for the other one there."""
        with transaction.atomic():
            gathering, now = self._hold(), _now()
            if once is not None and Said.objects.filter(pk=once, seat=by).exists():
                return self._read(gathering)
            room, refused = self._step(gathering, now, Command("", by.pk, turn, window=window))
            chair, aside = room.chair(by.pk), None
            if refused is None and chair is not None and chair.standing == QUIET:
                aside = chair.with_seat
            elif refused is None and by.pk not in audible(room):
                refused = Stale("stale") if turn != room.turn else NotYours("not_heard")
            elif refused is None and turn != room.turn:
                refused = Stale("stale")
            words = words.strip()[:MOST]
            if refused is None and words:
                last = Said.objects.filter(gathering=gathering).aggregate(last=Max("number"))["last"] or 0
                said = Said(circle_id=gathering.circle_id, gathering=gathering, seat=by, aside_id=aside)
                said.pk = once if once is not None else said.pk
                said.turn, said.number, said.words, said.at = room.turn, last + 1, words, time.now()
                said.save(force_insert=True)
                jobs.put(
                    "gatherings.let_words_go",
                    due=time.now() + KEPT,
                    once=(gathering.pk,),
                    gathering=gathering.pk,
                )
                room = self._next_version(gathering, room)
        if refused is not None:
            raise refused
        return room

    def forget(self, seat: int) -> None:
        """This seat is about to be gone, with whoever sat on it: nothing in the room names it any more."""
        with transaction.atomic():
            gathering, now = self._hold(), _now()
            before = self._read(gathering)
            if before.chair(seat) is not None:
                self._write(gathering, before, settle(before.without(seat), now)[0], (), now)

    # Under the row.

    def _act(self, command: Command) -> Room:
        with transaction.atomic():
            room, refused = self._step(self._hold(), _now(), command)
        if refused is not None:  # what time did before it stands all the same
            raise refused
        return room

    def _change(self, now: int, seat: int | None = None, *, window: int = 0, beats: bool = False) -> Room:
        with transaction.atomic():
            gathering = self._hold()
            before = after = self._read(gathering)
            if seat is not None and _at(before, seat, window) is not None:
                after = sign(self._as_they_are(before, seat), seat, now, beats)
            after, lines = settle(after, now)
            return self._write(gathering, before, after, lines, now)

    def _step(self, gathering: Gathering, now: int, command: Command) -> tuple[Room, Refused | None]:
        """A sign of life, what time has done, and the command (or none, when it has no name)."""
        before = self._read(gathering)
        refused: Refused | None = None
        after = before
        try:
            _at(before, command.by, command.window if command.what != "come" else 0)
            after = sign(self._as_they_are(before, command.by), command.by, now)
            if command.what == "hand_over":
                after = self._as_they_are(after, command.seat)
        except Elsewhere as elsewhere:
            refused = elsewhere
        after, lines = settle(after, now)
        if gathering.is_cancelled:
            refused = NotNow("cancelled")
        if refused is None and command.what:
            try:
                after, more = act(after, command, now)
                lines += more
                after, more = settle(after, now)
                lines += more
            except Refused as no:
                refused = no
        return self._write(gathering, before, after, lines, now), refused

    def _as_they_are(self, room: Room, seat: int | None) -> Room:
        """The same room, in which whoever guides, or stands by, and may not any more, is a guest where they sit."""
        chair = room.chair(seat)
        if chair is None or not (chair.guides or chair.stands_by):
            return room
        part, stands_by = part_of(Seat.objects.select_related("persona", "gathering__series").get(pk=chair.seat))
        part = chair.part if stands_by or not chair.guides else part
        return room.with_chair(replace(chair, part=part, stands_by=stands_by and chair.stands_by))

    def _hold(self) -> Gathering:
        return Gathering.objects.select_for_update(no_key=True).get(pk=self.gathering)

    def _read(self, gathering: Gathering) -> Room:
        seats = Seat.objects.filter(gathering=self.gathering).only("circle_id", "seen_at")
        seen = {seat.pk: int(seat.seen_at.timestamp()) if seat.seen_at else 0 for seat in seats}
        return Room.from_json(dict(gathering.state or {}), gathering.phase, gathering.version, seen)

    def _write(self, gathering: Gathering, before: Room, after: Room, lines: tuple[Happened, ...], now: int) -> Room:
        """Keep what is new. A room that is as it was costs nothing, and nobody is told."""
        ended = after.phase == ENDED != before.phase
        for chair in after.chairs:
            old = before.chair(chair.seat)
            if ended or old is None or (old.seen, old.standing) != (chair.seen, chair.standing):
                _see(chair.seat, chair.seen, old, chair, ended=ended, now=now)
        if after.to_json() == before.to_json() and after.phase == before.phase and not lines:
            return after
        if lines:
            last = Line.objects.filter(gathering=gathering).aggregate(last=Max("number"))["last"]
            first = 0 if last is None else last + 1
            Line.objects.bulk_create(
                Line(
                    circle_id=gathering.circle_id,
                    gathering=gathering,
                    number=first + n,
                    said={"what": line.what, "seat": line.seat, "by": line.by, "at": now},
                )
                for n, line in enumerate(lines)
            )
        for line in lines:
            if line.what == "took_over" and line.seat is not None:
                _lead(gathering, line.seat)
        if ended:
            Said.erase_all(gathering.pk)
        gone = [line.seat for line in lines if line.what in ("removed", "left") and line.seat is not None]
        for persona in Seat.objects.filter(pk__in=gone).values_list("persona", flat=True) if gone else ():
            streams.let_go(persona)
        return self._next_version(gathering, after)

    def _next_version(self, gathering: Gathering, room: Room) -> Room:
        gathering.state, gathering.phase, gathering.version = room.to_json(), room.phase, gathering.version + 1
        gathering.save(update_fields=["state", "phase", "version"])
        streams.publish(f"gathering:{gathering.pk}", "changed", gathering.version)
        return room.at_version(gathering.version)


def part_of(seat: Seat) -> tuple[str, bool]:
    """What this seat truly is in its gathering, and whether its persona may guide it if nobody else does.

    Without the training or the credential that the series asks for nobody guides, whatever the shift says.
    """
    persona: Persona = seat.persona
    if not persona.is_inside:
        return VISITS, False
    if persona.role == Persona.Role.OBSERVER:
        return OBSERVES, False
    shift = Shift.objects.filter(gathering=seat.gathering_id, persona=persona).first()
    if shift is None and not persona.facilitates:
        return MEMBER, False
    if opening.reasons_against(seat.gathering, persona, opens=False):
        return MEMBER, False
    return MEMBER if shift is None else LEADS if shift.part == Shift.Part.LEADS else HELPS, True


def _lead(gathering: Gathering, seat: int) -> None:
    """Who leads from now on has the shift; who led helps, if they are back."""
    persona = Seat.objects.values_list("persona", flat=True).get(pk=seat)
    Shift.objects.filter(gathering=gathering, part=Shift.Part.LEADS).update(part=Shift.Part.HELPS)
    if not Shift.objects.filter(gathering=gathering, persona=persona).update(part=Shift.Part.LEADS):
        Shift(circle_id=gathering.circle_id, gathering=gathering, persona_id=persona).save(force_insert=True)


def may_hear(persona_id: int, subject: str) -> bool | None:
    """Hints of an hour are for those who are in it, or wait to be."""
    kind, _, key = subject.partition(":")
    if kind != "gathering" or not key.isdigit():
        return None
    seat = Seat.objects.filter(gathering=int(key), persona=persona_id).select_related("gathering").first()
    if seat is None or seat.gathering.is_cancelled:
        return False
    chairs = dict(seat.gathering.state or {}).get("chairs", ())
    return any(chair["seat"] == seat.pk and chair["standing"] in LISTEN for chair in chairs)


def _at(room: Room, seat: int, window: int) -> Chair | None:
    chair = room.chair(seat)
    if chair is not None and window and chair.window != window:
        raise Elsewhere("elsewhere")
    return chair


def _now() -> int:
    return int(time.now().timestamp())


def _see(
    seat: int, seen: int, old: Chair | None = None, new: Chair | None = None, *, ended: bool = False, now: int = 0
) -> None:
    """Write down when this seat was seen, came in and went."""
    row = Seat.objects.only("circle_id", "seen_at", "came_at", "left_at").filter(pk=seat).first()
    if row is None:
        return
    row.seen_at = datetime.fromtimestamp(seen, UTC)
    names = ["seen_at"]
    if new is not None:
        at = datetime.fromtimestamp(now, UTC)
        if new.is_inside and row.came_at is None:
            row.came_at = at
            names.append("came_at")
        went = new.standing in (LEFT, REMOVED) and (old is None or old.standing != new.standing)
        if row.came_at is not None and (went or (ended and new.standing in (INSIDE, QUIET, HELD))):
            row.left_at = at
            names.append("left_at")
    row.save(update_fields=names)


__all__ = ["Elsewhere", "Hour", "NotNow", "NotYours", "Refused", "Stale", "may_hear", "part_of"]
