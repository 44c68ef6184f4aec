"""An exchange of two turns: one asks, the other says yes, and in that moment both change hands; or neither does."""

from django.db import models, transaction
from django.db.models import Q

from weft.care.models.care import Care
from weft.care.models.need import Slot, Taken
from weft.care.models.promise import Promise
from weft.circles.models import CircleRow, Persona
from weft.loom import jobs


class Swap(CircleRow):
    """That somebody would give one turn for another's. It goes with either of the two promises."""

    mine = models.ForeignKey(Promise, models.CASCADE, related_name="+")
    theirs = models.ForeignKey(Promise, models.CASCADE, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["mine", "theirs"], name="one_question_of_two_turns")]

    def __str__(self) -> str:
        return "an exchange of two turns"

    @classmethod
    def ask(cls, mine: Promise, theirs: Promise, *, by: Persona) -> "Swap":
        """Ask whoever has another turn whether they would exchange. Asked twice, it is asked once."""
        with transaction.atomic():
            _hold(mine.slot_id, theirs.slot_id)
            fresh = Promise.objects.select_related("slot__need", "persona__circle")
            give, take = fresh.filter(pk=mine.pk).first(), fresh.filter(pk=theirs.pk).first()
            if not give or not take or not give.is_of(by) or take.is_of(by) or not _may(give, take):
                raise Taken
            swap, made = cls.objects.get_or_create(mine=give, theirs=take, defaults={"circle_id": give.circle_id})
            if made:
                what = {"what": "care.swap_asked", "persona": take.persona_id}
                jobs.put("notices.tell", **what, about=take.slot_id, by=by.pk)
        return swap

    def yes(self, *, by: Persona) -> None:
        """Both turns change hands at once. Raises `Taken` where one of them is not there, or not theirs, any more."""
        with transaction.atomic():
            slots = Swap.objects.filter(pk=self.pk).values_list("mine__slot", "theirs__slot").first()
            if slots is None:
                raise Taken
            _hold(*slots)
            both = ("mine__slot__need", "mine__persona__circle", "theirs__slot__need", "theirs__persona__circle")
            fresh = Swap.objects.select_related(*both).filter(pk=self.pk).first()
            if fresh is None or not fresh.theirs.is_of(by) or not _may(fresh.mine, fresh.theirs):
                raise Taken
            one, other = fresh.mine, fresh.theirs
            asked = one.persona_id
            one.persona, other.persona = other.persona, one.persona
            one.brings, other.brings = other.brings, one.brings
            for promise in (one, other):
                promise.is_sought = False
                promise.save(update_fields=["persona", "brings", "is_sought"])
                promise.slot.hush()
                promise.slot.plan()
            Swap.objects.filter(Q(mine__in=[one, other]) | Q(theirs__in=[one, other])).delete()
            jobs.put("notices.tell", what="care.swapped", persona=asked, about=other.slot_id, by=by.pk)

    def no(self, *, by: Persona) -> None:
        """No, and nobody hears of it. Whoever asked may also take it back."""
        if self.theirs.is_of(by) or self.mine.is_of(by):
            Swap.objects.filter(pk=self.pk).delete()


def _hold(*slots: int) -> None:
    """Hold both slots, always in the same order, so that two who exchange at once do not wait for each other."""
    for slot in sorted(slots):
        Slot.held(slot)


def _may(one: Promise, other: Promise) -> bool:
    """Whether each may have the other's turn: both are in the circle, see it, and neither turn has begun."""
    for giver, taker in ((one, other), (other, one)):
        care = Care.of(taker.persona) if taker.persona and taker.persona.is_inside else None
        if care is None or care.ended_on or giver.slot.has_begun or giver.slot.need.ring < care.ring:
            return False
    return bool(one.circle_id == other.circle_id)
