"""What is kept of a person who helps or is helped, and how it is let go of."""

from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any

from django.db.models import OuterRef, Subquery

from weft.care.models import (
    Board,
    Call,
    Care,
    Guest,
    HouseOffer,
    Look,
    Near,
    Need,
    News,
    Posting,
    Promise,
    Slot,
    Sponsor,
    Tally,
    Thanks,
)
from weft.care.models.need import KEPT, SOON
from weft.circles.models import Persona
from weft.circles.veil import keyring
from weft.loom import time
from weft.loom.glance import Glance, Where
from weft.loom.section import Slip
from weft.people.models import Person

NEAR, LONG = timedelta(days=4), timedelta(hours=12)


def lying(person: Person) -> list[Where]:
    """Which of somebody's circles are care circles, and whether they have promised anything soon."""
    ring, since = keyring(person), time.now()
    near = f"starts BETWEEN '{since - LONG:%Y-%m-%d %H:%M:%S}' AND '{since + NEAR:%Y-%m-%d %H:%M:%S}'"
    soon = f"NOT is_done AND slot_id IN (SELECT id FROM care_slot WHERE {near})"  # noqa: S608
    return [
        Where("care.care", Care, {"circle_id": list(ring)}, number="circle_id"),
        Where("care.board", Board, only="is_on"),
        Where("care.promise", Promise, {"persona_id": list(ring.values())}, only=soon, number="circle_id"),
    ]


def is_here(persona: Persona) -> bool:
    """Whether this persona's circle is a care circle."""
    if persona.glance is None:
        return Care.objects.filter(circle=persona.circle_id).exists()
    return any(circle == persona.circle_id for _pk, circle, _kept in persona.glance["care.care"])


def for_circle(persona: Persona) -> list[Slip]:
    """The way to what is needed, on the circle's page."""
    return [Slip("care/slip.html", {"circle": persona.circle}, order=3)] if is_here(persona) else []


def for_today(person: Person) -> list[Slip]:
    """In which circles one has promised something for the next days; and the way to the board, where there is one."""
    leads = Glance.of(person)["care.board"] and (Persona.all_of(person) or person.has_duty("safety"))
    slips = [Slip("care/board_today.html", order=60)] if leads else []
    near = {circle for _pk, circle, _kept in Glance.of(person)["care.promise"]}
    mine = [persona for persona in Persona.all_of(person) if persona.circle_id in near] if near else []
    by_board = len(near) > len(mine)  # taken from the board, by somebody who is not in the circle
    return slips + ([Slip("care/today.html", {"personas": mine, "by_board": by_board}, order=1)] if near else [])


def beside() -> dict[str, Any]:
    """The day of the last slot that each has promised, for the desk of whoever guides."""
    last = Promise.objects.filter(persona=OuterRef("pk")).order_by("-slot__day").values("slot__day")
    return {"last_promise": Subquery(last[:1])}


def last_heard(members: list[Any]) -> dict[int, date]:
    """Whoever has promised what is still to come was heard of just now."""
    return {one.pk: min(one.last_promise, time.today()) for one in members if one.last_promise}


def tidy() -> None:
    """Once a night: slots ahead, calls for what nobody took, and what is long over goes."""
    for need in Need.objects.filter(ended_on=None).iterator(200):
        need.roll_out()
    near = Slot.objects.filter(starts__gt=time.now(), starts__lt=time.now() + SOON)
    for slot in near.select_related("need").iterator(500):
        slot.plan()
    _board()
    Guest.forget_old_mail()
    Slot.objects.filter(starts__lt=time.now() - KEPT).delete()
    Call.objects.filter(expires_on__lt=time.today()).delete()


def _board() -> None:
    """What was kept by the board is marked, before whoever did it is gone from that circle; what has run out goes."""
    by_board = Slot.objects.filter(by_board=False, promise__persona__standing=Persona.Standing.VISITING)
    over = [slot.pk for slot in by_board.filter(starts__lt=time.now()).iterator(500) if slot.is_over]
    Slot.objects.filter(pk__in=over).update(by_board=True)
    for posting in Posting.objects.filter(until__lt=time.today()):
        posting.go()
    for offer in HouseOffer.objects.filter(until__lt=time.today()):
        offer.go()
    for offer in HouseOffer.objects.iterator(200):
        offer.forget_old()
    for sponsor in Sponsor.objects.filter(until__lt=time.today()):
        sponsor.go()
    Tally.close_months()


def forget(person: Person) -> None:
    """What somebody offered on the board."""
    for offer in HouseOffer.objects.of(person):
        offer.go()


def leave(persona: Persona, *, words: str) -> None:
    """Whoever goes frees what they had promised. If it was their care, all of it ends."""
    if words != "keep":
        for news in News.objects.filter(by=persona):
            news.erase()
    care = Care.objects.filter(circle=persona.circle_id).first()
    if care and care.seat_id == persona.pk and not care.ended_on:
        care.end("", by=persona)
    if care and care.speaker_id == persona.pk:
        care.ground = ""
        care.save(update_fields=["ground"])
    for posting in Posting.objects.filter(by=persona):
        posting.go()
    for promise in list(persona.promises.filter(is_done=False)):
        promise.step_back(by=persona)


def closes(circle_id: int) -> None:
    """The circle ends: nothing is needed any more, and nobody is reminded."""
    for care in Care.objects.filter(circle=circle_id):
        Care.again(care.pk)


def kept_of(person: Person) -> dict[str, Any]:
    """For a person's own download."""
    mine = list(Persona.objects.of(person))
    found = {
        "what I promised": [
            {"what": one.slot.need.name, "when": one.slot.starts, "brings": one.brings, "done": one.is_done}
            for one in Promise.objects.filter(persona__in=mine).select_related("slot__need")
        ],
        "news that I wrote": [
            {"words": one.words, "for the outer ring": one.outer, "at": one.told_at}
            for one in News.objects.filter(by__in=mine).order_by("number")
        ],
        "thanks that I said": [one.words for one in Thanks.objects.filter(persona__in=mine)],
        "where I stand": [
            {
                "circle": one.persona.circle.name,
                "ring": one.get_ring_display(),
                "may be asked": one.is_backup,
                "offers": one.offers,
            }
            for one in Near.objects.filter(persona__in=mine).select_related("persona__circle")
        ],
        "when I looked at an address": [one.at for one in Look.objects.filter(persona__in=mine)],
        "help that is for me": [_care(one) for one in Care.objects.filter(seat__in=mine)],
        "what I put on the board": [one.words for one in Posting.objects.filter(by__in=mine)],
        "what I offer on the board": [
            {"name": one.name, "words": one.words, "what": one.said, "until": one.until}
            for one in HouseOffer.objects.of(person)
        ],
        "invitations to help": [one.words for one in Call.objects.filter(by__in=mine)],
    }
    return {name: said for name, said in found.items() if said}


def _care(care: Care) -> dict[str, Any]:
    needs: Iterable[Need] = Need.objects.filter(circle=care.circle_id)
    return {
        "for": care.whom,
        "where": care.where,
        "needs": [{"what": need.name, "how": need.how, "meal": need.meal, "rule": need.rule} for need in needs],
        "helpers without an account": [guest.name for guest in Guest.objects.filter(circle=care.circle_id)],
    }
