"""The board of the house: needs of care circles, in words that name nobody, and what people of the house offer.

Nobody stands here by a name that they have in a circle. An offer has a name of its own. Whoever takes something from
the board takes a name for that, and visits the care circle for that one slot.
"""

import re
from collections.abc import Iterable
from datetime import date, timedelta
from typing import Self
from zoneinfo import ZoneInfo

from django.db import models, transaction
from django.db.models import Q

from weft.care.models.care import Care, Ring
from weft.care.models.need import Need, Slot, Taken
from weft.care.models.promise import Promise
from weft.circles import veil
from weft.circles.models import Bar, Barred, CircleRow, Persona
from weft.loom import jobs, keys, ledger, seal, time
from weft.loom.models import Thing
from weft.people.models import Duty, Person, fold
from weft.safety.models import Block
from weft.safety.models.concern import owner_mark

NEW = timedelta(days=7)  # so long somebody who has just come reads the board and takes nothing yet
LATELY = timedelta(days=4)  # so long whoever came by the board may still say and hear thank you
MOST = 40  # needs, and offers, on one page


class Board(models.Model):
    """Whether the house has a board: one row, from the day it was first switched on."""

    id = models.BigIntegerField(primary_key=True, default=1, editable=False)
    is_on = models.BooleanField(default=False)
    opened_on = models.DateField(default=time.today)

    def __str__(self) -> str:
        return "the board"

    @classmethod
    def here(cls) -> "Board | None":
        """The board, while it is on."""
        return cls.objects.filter(is_on=True).first()

    @classmethod
    def turn(cls, on: bool, *, by: Person) -> None:
        """Switch it on; or off, and then all that stands on it is gone. What was promised stays promised."""
        if not by.has_duty(Duty.Kind.STEWARD):
            raise PermissionError("a steward says whether the house has a board")
        with transaction.atomic():
            board, _made = cls.objects.select_for_update().get_or_create(pk=1)
            board.is_on = on
            board.save(update_fields=["is_on"])
            if not on:
                for posting in Posting.objects.all():
                    posting.go()
                for offer in HouseOffer.objects.all():
                    offer.go()


class PostingQuerySet(models.QuerySet["Posting"]):
    def standing(self) -> Self:
        """What is on the board now: it goes by itself on its day, with its need, its care, its circle."""
        found = self.filter(until__gte=time.today(), circle__closed_on=None, circle__care__ended_on=None)
        return found.filter(Q(need__ended_on=None) | Q(need__ended_on__gt=time.today())).select_related(
            "need", "circle"
        )

    def open_to(self, person: Person, *, own: bool = False) -> list["Posting"]:
        """What this person finds on the board: nothing of a circle at whose door they stand, that removed them, or in
        which somebody is hidden from them. Of circles that they are in they take it there; *own*: also these."""
        standing = Persona.Standing
        near = Persona.objects.of(person).exclude(standing__in=[standing.VISITING] + [standing.INSIDE] * own)
        found = list(self.standing().order_by("until", "pk")[: 4 * MOST])
        shut = {*near.values_list("circle", flat=True), *_shut_out(person, {one.circle_id for one in found})}
        return [one for one in found if one.circle_id not in shut][:MOST]


def _shut_out(person: Person, circles: Iterable[int]) -> set[int]:
    """The circles among these that removed this person, or in which a block stands between them and somebody."""
    tags = {veil.owner_tag(person, circle): circle for circle in circles}
    if not tags:
        return set()
    marks = {owner_mark("block", tag): circle for tag, circle in tags.items()}
    barred = Bar.objects.filter(owner_tag__in=list(tags)).values_list("owner_tag")
    blocked = Block.objects.filter(viewer_tag__in=list(marks)).values_list("viewer_tag")
    return {(tags | marks)[bytes(tag)] for (tag,) in barred.union(blocked)}


class Posting(CircleRow):
    """One need on the board, in words of its own. It says neither for whom it is, nor why, nor where."""

    need = models.OneToOneField(Need, models.CASCADE, related_name="posting")
    by = models.ForeignKey(Persona, models.CASCADE, related_name="+")
    words = seal.SealedText()
    until = models.DateField()

    objects = models.Manager.from_queryset(PostingQuerySet)()

    def __str__(self) -> str:
        return "a need on the board"

    @classmethod
    def put_up(cls, need: Need, words: str, until: date, *, by: Persona) -> "Posting":
        """Put it on the board, or change what it says there."""
        care = Care.of(by)
        if (
            care is None
            or care.ring != Ring.INNER
            or care.ended_on
            or not by.may_write
            or need.circle_id != by.circle_id
        ):
            raise PermissionError("only the inner ring puts a need on the board")
        with transaction.atomic():
            by.lock_circle()
            if Board.here() is None:
                raise PermissionError("the house has no board")
            posting = cls.objects.filter(need=need).first() or cls(circle_id=by.circle_id, need=need)
            posting.by, posting.words, posting.until = by, words, until
            posting.save()
            decider = care.decider
            if decider and decider.pk != by.pk:
                jobs.put("notices.tell", what="care.on_board", persona=decider.pk, about=need.pk, by=by.pk)
        return posting

    def take_down(self, *, by: Persona) -> None:
        """It is gone from the board at once. Whoever took something by it keeps that."""
        care = Care.of(by)
        if care is None or care.ring != Ring.INNER or by.circle_id != self.circle_id:
            raise PermissionError("only the inner ring takes a need from the board")
        self.go()

    def go(self) -> None:
        with ledger.erasing("care.posting", self.pk):
            Posting.objects.filter(pk=self.pk).delete()
            jobs.put("notices.hush", what="care.on_board", about=self.need_id)

    @classmethod
    def again(cls, key: int) -> None:
        """One that an older backup brought back goes once more."""
        cls.objects.filter(pk=key).delete()

    def free(self, number: int) -> list[Slot]:
        """The next slots of it that nobody has taken."""
        found = self.need.slots.free().select_related("need").order_by("starts", "pk")
        return list(found[:number])

    def take(self, slot: Slot, name: str, brings: str = "", *, by: Person) -> Promise:
        """A person of the house takes one slot, by a name that is for this alone. For this slot they are in the outer
        ring, and see nothing else of the care circle. Raises `Taken`, `NameTaken` or `Barred`."""
        if time.today() - by.joined_on < NEW:
            raise PermissionError("whoever has just come takes nothing yet")
        with transaction.atomic():
            self.need.hold()
            here = Posting.objects.standing().filter(pk=self.pk).first()
            if here is None or slot.need_id != here.need_id or Board.here() is None:
                raise Taken
            if _shut_out(by, [here.circle_id]):
                raise Barred
            visitor = Persona.visit(by, here.circle, name)
            promise = slot.take(brings, by=visitor)
            jobs.put("notices.tell", what="care.by_board", persona=here.by_id, about=slot.pk, by=visitor.pk)
        return promise


def hints(words: str, care: Care, need: Need) -> list[str]:
    """What in these words would say for whom it is, or where: names, streets, a code."""
    seat = care.seat
    named = {care.whom, seat.name if seat else ""}
    where = " ".join(str(said) for kept in (care.where, need.where) for said in dict(kept or {}).values())
    telling = {part for said in named for part in _parts(said)}
    telling |= {fold(part) for part in re.findall(r"\w\w+", where) if part != part.lower() or not part.isalpha()}
    return [said for said in re.findall(r"\w+", words) if fold(said) in telling]


def _parts(said: str) -> list[str]:
    return [fold(part) for part in re.findall(r"\w\w+", said)]


class HouseOfferQuerySet(models.QuerySet["HouseOffer"]):
    def of(self, person: Person) -> Self:
        """This person's own: one, or none."""
        return self.filter(owner_tag=HouseOffer.tag(person))

    def standing(self) -> Self:
        """Those that have not run out."""
        return self.filter(until__gte=time.today())

    def fitting(self, slot: Slot) -> list["HouseOffer"]:
        """Those that fit a slot, in no order that tells anything."""
        weekday = slot.starts.astimezone(ZoneInfo(slot.need.zone)).weekday()
        return [one for one in self.standing().order_by("pk")[: 10 * MOST] if one.fits(slot.need.kind, weekday)][:MOST]


class HouseOffer(Thing):
    """What one person of the house could do, for a time, under a name that stands nowhere else. It is asked; and then a
    person says yes, or nothing."""

    owner_tag = models.BinaryField(unique=True)
    owner = seal.SealedText()  # whom to ask
    name = seal.SealedText()
    words = seal.SealedText()
    said = seal.SealedJSON(default=dict)  # kinds of need, days of the week
    asked = seal.SealedJSON(default=dict)  # for which slots they were asked; and to which they said “not this time”
    until = models.DateField()

    objects = models.Manager.from_queryset(HouseOfferQuerySet)()

    def __str__(self) -> str:
        return "an offer on the board"

    @staticmethod
    def tag(person: Person) -> bytes:
        return keys.tag(keys.secret("care"), "offer", person.pk)

    @classmethod
    def make(cls, name: str, words: str, kinds: list[str], days: list[int], until: date, *, by: Person) -> "HouseOffer":
        """Put it on the board, or change it."""
        if Board.here() is None:
            raise PermissionError("the house has no board")
        with transaction.atomic():
            Person.objects.select_for_update(no_key=True).get(pk=by.pk)
            offer = cls.objects.of(by).first() or cls(owner_tag=cls.tag(by), owner=str(by.pk))
            offer.name, offer.words, offer.said = " ".join(name.split()), words, {"kinds": kinds, "days": days}
            offer.until = until
            offer.save()
        return offer

    def go(self) -> None:
        """It is gone, and nobody is asked by it."""
        with ledger.erasing("care.offer", self.pk):
            HouseOffer.objects.filter(pk=self.pk).delete()

    @classmethod
    def again(cls, key: int) -> None:
        """One that an older backup brought back goes once more."""
        cls.objects.filter(pk=key).delete()

    def fits(self, kind: str, weekday: int) -> bool:
        said = dict(self.said)
        return kind in said.get("kinds", []) and (not said.get("days") or weekday in said["days"])

    def ask(self, slot: Slot, *, by: Persona) -> None:
        """Ask them for one slot, once. Whoever is shut out of that circle is not asked, and nobody can tell."""
        care = Care.of(by)
        if care is None or not care.may_plan(by) or slot.circle_id != by.circle_id:
            raise PermissionError("whoever decides or coordinates asks")
        if not Posting.objects.standing().filter(need=slot.need_id).exists():
            raise PermissionError("only what is on the board is asked by it")
        with transaction.atomic():
            fresh = HouseOffer.objects.select_for_update(no_key=True).filter(pk=self.pk).first()
            if fresh is None or str(slot.pk) in fresh.asked:
                return
            person = Person.objects.filter(pk=int(fresh.owner)).first()
            hollow = person is None or bool(_shut_out(person, [slot.circle_id]))
            fresh.asked = {**fresh.asked, str(slot.pk): "no" if hollow else "asked"}
            fresh.save(update_fields=["asked"])
            if person and not hollow:
                jobs.put("notices.tell", what="care.board_asks", person=person.pk, about=slot.pk)

    def was_asked(self, slot: Slot) -> bool:
        return str(slot.pk) in self.asked

    def not_this_time(self, slot_pk: int) -> None:
        """No, and nobody hears of it."""
        with transaction.atomic():
            fresh = HouseOffer.objects.select_for_update(no_key=True).filter(pk=self.pk).first()
            if fresh and str(slot_pk) in fresh.asked:
                fresh.asked = {**fresh.asked, str(slot_pk): "no"}
                fresh.save(update_fields=["asked"])

    @property
    def questions(self) -> list[int]:
        """The slots for which they were asked, and have not answered."""
        return [int(pk) for pk, said in dict(self.asked).items() if said == "asked"]

    def forget_old(self) -> None:
        """Questions about what is over or gone are let go of."""
        there = set(
            Slot.objects.filter(pk__in=[int(pk) for pk in self.asked], starts__gt=time.now()).values_list(
                "pk", flat=True
            )
        )
        if len(there) < len(self.asked):
            self.asked = {pk: said for pk, said in dict(self.asked).items() if int(pk) in there}
            self.save(update_fields=["asked"])


def turns_of(person: Person) -> list[Promise]:
    """What this person took from the board and is not long over, the first first."""
    ring = list(veil.keyring(person).values())
    found = Promise.objects.filter(persona__in=ring, persona__standing=Persona.Standing.VISITING)
    found = found.filter(slot__starts__gt=time.now() - LATELY, circle__care__ended_on=None)
    return list(found.select_related("slot__need", "persona__circle").order_by("slot__starts"))


def holds(persona: Persona) -> bool:
    """Whether somebody who came by the board still has something to do in that circle, or to hear."""
    late = time.now() - LATELY
    if persona.promises.filter(slot__starts__gt=late).exists():
        return True
    return persona.since >= late.date() and Care.objects.filter(circle=persona.circle_id).exists()
