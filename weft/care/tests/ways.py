"""How a test comes to a care circle, a need and a slot."""

from datetime import time as clock
from datetime import timedelta
from typing import Any

from weft.care.models import Board, Call, Care, Diary, HouseOffer, Look, Near, Need, News, Posting, Ring, Slot
from weft.care.models.guest import new_token
from weft.circles.models import Circle, Persona
from weft.loom import ids, time
from weft.people.models import Duty, Person

HOME = {"address": "14 Weir Lane", "gate": "2580", "phone": "0151 496 0777"}


def make_care(person: Person, name: str = "Tess", *, whom: str = "Rosa", zone: str = "UTC", seat: str = "own") -> Care:
    """A care circle that this person coordinates; its `guide` is their persona."""
    guide = Care.begin(ids.random_id(), whom, name, seat=seat, ground="", zone=zone, by=person)
    assert guide
    guide.person = person  # type: ignore[attr-defined]  # for tests only: the house itself cannot tell
    care = Care.objects.get(circle=guide.circle_id)
    care.where = HOME
    care.save()
    care.guide = guide  # type: ignore[attr-defined]
    return care


def make_need(guide: Persona, kind: str = "meal", *, days: int = 1, **more: Any) -> Need:
    """A need; without a rule it has one slot, so many days from now."""
    said: dict[str, Any] = {"kind": kind, "name": "Supper", "starts_on": time.today() + timedelta(days=days)}
    said |= {"starts_at": clock(17), "minutes": 60}
    return Need.ask(ids.random_id(), said | more, by=guide)


def make_slot(guide: Persona, kind: str = "meal", **more: Any) -> Slot:
    return make_need(guide, kind, **more).slots.order_by("starts")[0]


def stands(persona: Persona, ring: int, guide: Persona, *, backup: bool = False) -> Persona:
    """A persona in a ring."""
    Near.place(persona, Ring(ring), by=guide)
    if backup:
        Near.back_up(True, by=persona)
    return persona


def care_in(circle: Circle, guide: Persona, helpers: list[Persona] | None = None) -> Care:
    """Care in a circle that is there, with everything in it: promised by these, or by all but whoever guides."""
    care = Care(circle=circle, whom="Rosa", zone="UTC", ground="She asked.", where=HOME, farewell="", speaker=guide)
    care.save(force_insert=True)
    guide.circle = circle
    others = helpers or list(circle.personas.inside().exclude(pk=guide.pk)[:6])
    need = make_need(
        guide, how="Ring twice.", meal={"without": "nuts"}, where={"gate": "1"}, places=max(1, len(others))
    )
    for slot, persona in zip(need.slots.all(), others, strict=False):
        persona.circle = circle
        Near.place(persona, Ring.MIDDLE, by=guide)
        Near.offer(["meal"], [0, 3], "Not on Sundays.", by=persona)
        promise = slot.take("Soup", by=persona)
        promise.thank("Thank you.", by=guide)
        promise.thank("I was glad to.", by=persona)
        Look.write(slot, by=persona)
    for persona in others:
        Diary.open(persona)
    News.tell(ids.random_id(), "She slept.", "A good week.", by=guide)
    _call, token = Call.write(guide, uses=3, days=9, words="It is me.")
    held = Call.held(token)
    assert held
    held.let_in("Old Tom", new_token())
    return care


def make_steward(name: str = "sol") -> Person:
    """A steward, who has switched the board on."""
    person = Person.objects.join(name, None)
    Duty.objects.create(person=person, kind="steward", known_as="Sol")
    Board.turn(True, by=person)
    return person


def make_posting(need: Need, words: str = "A pan of supper, for two.", *, days: int = 30, by: Persona) -> Posting:
    return Posting.put_up(need, words, time.today() + timedelta(days=days), by=by)


def make_offer(person: Person, words: str = "I can cook.", *, kinds: str = "meal", days: int = 30) -> HouseOffer:
    return HouseOffer.make("Robin", words, [kinds], [], time.today() + timedelta(days=days), by=person)
