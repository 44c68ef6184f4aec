"""What the gatherings keep of one person, for their own download; and what becomes of it when a persona leaves."""

from collections.abc import Iterable
from typing import Any

from weft.circles.models import Persona
from weft.gatherings.calendars import own
from weft.gatherings.hour.keeper import Hour
from weft.gatherings.models import (
    Arrival,
    AttendanceLetter,
    ConsentChain,
    ConsentStep,
    Correction,
    Gathering,
    HourNote,
    Line,
    LookBack,
    Place,
    Pulse,
    Reminding,
    Rest,
    Said,
    Seat,
    Shift,
    Training,
)
from weft.loom import jobs
from weft.people.models import Person


def kept_of(person: Person) -> dict[str, Any]:
    """All of it, as plain data."""
    mine = list(Persona.objects.of(person))
    return {**_coming(mine), **_hours(mine), **own.kept_of(person), **_guiding(mine), **_remains(mine)}


def _coming(mine: list[Persona]) -> dict[str, Any]:
    """Seats, places, and shifts."""
    seats = Seat.objects.filter(persona__in=mine).select_related("gathering__series", "circle", "persona")
    places = Place.objects.filter(persona__in=mine).select_related("series", "circle")
    shifts = Shift.objects.filter(persona__in=mine).select_related("gathering__series", "circle")
    return {
        "gatherings": [
            {
                "circle": seat.circle.name,
                "as": seat.persona.name,
                "what": seat.gathering.series.name,
                "starts": seat.gathering.starts,
                "I said": seat.answer,
                "I came at": seat.came_at,
                "I left at": seat.left_at,
            }
            for seat in seats
        ],
        "places in closed groups": [
            {"circle": p.circle.name, "group": p.series.name, "standing": p.standing, "answers": p.answers}
            for p in places
        ],
        "where I was, and whom to call": [
            {"circle": a.circle.name, "where": a.where, "call": a.call}
            for a in Arrival.objects.filter(seat__persona__in=mine).select_related("circle")
        ],
        "when I am reminded": [
            {"circle": r.circle.name, "before": r.before} for r in Reminding.objects.filter(persona__in=mine)
        ],
        "gatherings I guide": [
            {"circle": s.circle.name, "what": s.gathering.series.name, "starts": s.gathering.starts} for s in shifts
        ],
    }


def _hours(mine: list[Persona]) -> dict[str, Any]:
    """What was written down of a persona in an hour, and what it typed there."""
    seats = list(Seat.objects.filter(persona__in=mine))
    return {
        "what was written down of me in an hour": [
            {"what": said["what"], "at": said.get("at"), "by me": said.get("by") == seat.pk}
            for seat, said in _of(seats)
        ],
        "what I typed in an hour": [
            {"words": said.words, "at": said.at} for said in Said.objects.filter(seat__in=seats).order_by("number")
        ],
    }


def _of(seats: list[Seat]) -> Iterable[tuple[Seat, dict[str, Any]]]:
    """What the lines of the hours say of these seats."""
    sits = {seat.gathering_id: seat for seat in seats}
    for line in Line.objects.filter(gathering__in=sits, is_bare=False).order_by("gathering", "number"):
        seat, said = sits[line.gathering_id], dict(line.said)
        if seat.pk in (said.get("seat"), said.get("by")):
            yield seat, said


def _guiding(mine: list[Persona]) -> dict[str, Any]:
    """What was agreed to, learned, and noted. Nothing at all where there is none."""
    steps = []
    for persona in mine:
        said = list(persona.consent_steps.select_related("consent", "circle"))
        ConsentStep.name_watchers(said)
        steps += said
    trained = Training.objects.filter(persona__in=mine).select_related("circle")
    found: dict[str, Any] = {
        "what I said to consents": [
            {
                "circle": step.circle.name,
                "said": step.said["what"],
                "version": step.said.get("version"),
                "when": step.at,
                "who looked on": step.watched_by,
                "words": step.consent.text if step.consent else "",
                "mark of the text": step.said.get("text"),
                "mark of the record": step.mark,
            }
            for step in sorted(steps, key=lambda step: step.at)
        ],
        "my training as a host": [{"circle": one.circle.name, **one.for_its_person} for one in trained],
        "notes about me": [
            {
                "circle": note.circle.name,
                "kind": "a private note, which those who guide can read",
                "gathering": note.gathering.day,
                "kept until": note.kept_until,
            }
            for note in HourNote.objects.filter(about__in=mine).select_related("circle", "gathering")
        ],
    }
    found["what I wrote after hours that I guided"] = [
        {
            "circle": look.circle.name,
            "gathering": look.gathering.day,
            "how it was": look.how,
            "what stays": look.stays,
            "passed on": bool(look.to),
        }
        for look in LookBack.objects.filter(by__in=mine).select_related("circle", "gathering")
    ]
    rests = Rest.objects.filter(persona__in=mine).select_related("circle")
    found["where I rest"] = [{"circle": rest.circle.name, "until": rest.until} for rest in rests]
    return {name: said for name, said in found.items() if said}


def _remains(mine: list[Persona]) -> dict[str, Any]:
    """What remains of an hour: times, letters, and what was said of it."""
    put_right = Correction.objects.filter(seat__persona__in=mine).select_related("circle", "by")
    found = {
        "times of mine that were put right": [
            {"circle": one.circle.name, "by": one.by.name if one.by else "", **dict(one.said)} for one in put_right
        ],
        "my letters of attendance": [dict(letter.said) for letter in AttendanceLetter.objects.filter(persona__in=mine)],
        "what I said of an hour": [dict(pulse.said) for pulse in Pulse.objects.filter(seat__persona__in=mine)],
    }
    return {name: said for name, said in found.items() if said}


def leave(persona: Persona) -> None:
    """A persona goes: out of its rooms; the record of consents leads to nobody; what is still coming passes on."""
    _leave_hours(persona)
    ConsentChain.let_go(persona)
    _pass_on(persona)


def _leave_hours(persona: Persona) -> None:
    """Whoever goes is in no room any more, holds no piece, and no line names their seat. Their rows go with them."""
    for seat in list(persona.seats.all()):
        leave_hour(seat)


def leave_hour(seat: Seat) -> None:
    """This seat is in its room no more, holds no piece, and no line names it."""
    Hour(seat.gathering_id).forget(seat.pk)
    for line in Line.objects.filter(gathering=seat.gathering_id, is_bare=False):
        said = dict(line.said)
        if seat.pk in (said.get("seat"), said.get("by")):
            line.said = said | {who: None for who in ("seat", "by") if said.get(who) == seat.pk}
            line.save(update_fields=["said"])


def _pass_on(persona: Persona) -> None:
    """Seats in what is still coming, and places, pass on to the next in line. All other rows go with the persona."""
    for seat in persona.seats.all():
        jobs.drop("gatherings.forget_arrival", once=("arrival", seat.pk))
    for seat in persona.seats.filter(gathering__in=Gathering.objects.coming()):
        seat.go()
    for place in persona.places.select_related("series"):
        place.give_up()
