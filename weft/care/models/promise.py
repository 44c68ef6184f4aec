"""A promise: a slot that somebody took. And what follows from it: thanks, and who looked at an address."""

from datetime import timedelta
from typing import TYPE_CHECKING

from django.db import models, transaction

from weft.care.models.need import Slot, Taken
from weft.circles.models import CircleRow, Persona
from weft.loom import jobs, seal, time

if TYPE_CHECKING:
    from weft.care.models.guest import Guest


class Promise(CircleRow):
    """That somebody has a slot. Whoever steps back leaves no trace of it: nobody is counted here."""

    slot = models.OneToOneField(Slot, models.CASCADE, related_name="promise")
    persona = models.ForeignKey(Persona, models.CASCADE, null=True, related_name="promises")
    guest = models.ForeignKey("care.Guest", models.CASCADE, null=True, related_name="promises")
    brings = seal.SealedText()  # what is coming, so that nobody brings the same
    is_sought = models.BooleanField(default=False)  # another may have it, and no reason is asked
    is_done = models.BooleanField(default=False)

    def __str__(self) -> str:
        return "a promise"

    @classmethod
    def make(cls, slot: Slot, brings: str, *, by: "Persona | Guest") -> "Promise":
        promise = cls(circle_id=slot.circle_id, slot=slot, brings=brings)
        if isinstance(by, Persona):
            promise.persona = by
        else:
            promise.guest = by
        promise.save(force_insert=True)
        return promise

    @property
    def name(self) -> str:
        """Who has it."""
        return str((self.persona or self.guest).name)  # type: ignore[union-attr]

    def is_of(self, who: "Persona | Guest") -> bool:
        return bool(who.pk == (self.persona_id if isinstance(who, Persona) else self.guest_id))

    def _held(self, by: "Persona | Guest") -> "Promise":
        """The promise as it is now, if it is theirs. The transaction holds the slot."""
        Slot.held(self.slot_id)
        fresh = Promise.objects.select_related("slot__need").filter(pk=self.pk).first()
        if fresh is None or not fresh.is_of(by):
            raise Taken
        return fresh

    def say(self, brings: str, *, by: "Persona | Guest") -> None:
        """Say what one brings."""
        with transaction.atomic():
            fresh = self._held(by)
            fresh.brings = brings
            fresh.save(update_fields=["brings"])

    def step_back(self, *, by: "Persona | Guest") -> None:
        """Let it go. Nobody asks why, and nothing of it is kept; if it is near, others are called at once."""
        with transaction.atomic():
            fresh = self._held(by)
            slot = fresh.slot
            fresh.delete()
            slot.rung = []
            slot.save(update_fields=["rung"])
            slot.hush()
            slot.plan(late=timedelta())

    def release(self, *, by: Persona) -> None:
        """Whoever plans would rather ask somebody else than one who came by the board. No reason is asked, or given."""
        from weft.care.models.care import Care

        care = Care.of(by)
        with transaction.atomic():
            Slot.held(self.slot_id)
            fresh = Promise.objects.select_related("slot__need", "persona").filter(pk=self.pk).first()
            if (
                not care
                or not care.may_plan(by)
                or not fresh
                or fresh.circle_id != by.circle_id
                or not fresh.came_by_board
            ):
                raise PermissionError("whoever plans lets somebody go who came by the board")
            fresh.hear_of_end()
            if fresh.persona:
                fresh.step_back(by=fresh.persona)

    @property
    def came_by_board(self) -> bool:
        """Whether somebody of the house has it, who is otherwise not in the circle."""
        return bool(self.persona and self.persona.standing == Persona.Standing.VISITING)

    def hear_of_end(self) -> None:
        """Whoever has it is told that it is not needed any more. One who came by the board stays until they can have
        read so."""
        if self.persona:
            jobs.put("notices.tell", what="care.ended", persona=self.persona_id, about=self.slot.need_id)
            if self.came_by_board:
                self.persona.since = time.today()
                self.persona.save(update_fields=["since"])

    def seek(self, on: bool, *, by: "Persona | Guest") -> None:
        """Ask whether somebody else can. It stays theirs until somebody takes it."""
        with transaction.atomic():
            fresh = self._held(by)
            fresh.is_sought = on
            fresh.save(update_fields=["is_sought"])
            if on:
                jobs.put("care.seek", slot=fresh.slot_id)
            else:
                fresh.slot.hush()

    def pass_on(self, *, to: "Persona | Guest") -> None:
        """Somebody else took it. The slot is held."""
        if self.persona_id:
            by = to.pk if isinstance(to, Persona) else None
            jobs.put("notices.tell", what="care.taken", persona=self.persona_id, about=self.slot_id, by=by)
        self.delete()

    def finish(self, *, by: "Persona | Guest") -> None:
        """It is done."""
        with transaction.atomic():
            fresh = self._held(by)
            if fresh.slot.has_begun:
                fresh.is_done = True
                fresh.save(update_fields=["is_done"])

    def where(self, *, by: "Persona | Guest") -> dict[str, str]:
        """Address, gate and phone, for whoever holds the slot, near its hour. Each look is written down.

        Nothing at all for anybody else, and at any other time.
        """
        with transaction.atomic():
            try:
                fresh = self._held(by)
            except Taken:
                return {}
            slot = fresh.slot
            if not slot.is_open:
                return {}
            found = {name: said for name, said in dict(slot.need.where or _home(slot.circle_id)).items() if said}
            if found:
                Look.write(slot, by=by)
        return found

    def thank(self, words: str, *, by: "Persona | Guest") -> None:
        """Say thank you: to whoever did it, or back."""
        if by.circle_id != self.circle_id:
            raise PermissionError("thanks are said within a circle")
        mine = {"persona": by} if isinstance(by, Persona) else {"guest": by}
        with transaction.atomic():
            Slot.held(self.slot_id)
            said = Thanks.objects.filter(promise=self, **mine).first()
            said = said or Thanks(circle_id=self.circle_id, promise=self, **mine)
            said.words = words
            said.save()
            if self.persona_id and not self.is_of(by):
                self._tell_thanks(said.persona_id)

    def _tell_thanks(self, by: int | None) -> None:
        jobs.put("notices.tell", what="care.thanks", persona=self.persona_id, about=self.slot_id, by=by)


def _home(circle_id: int) -> dict[str, str]:
    from weft.care.models.care import Care

    return dict(Care.objects.get(circle=circle_id).where or {})


class Thanks(CircleRow):
    """A thank-you for one promise. It goes with whoever said it."""

    promise = models.ForeignKey(Promise, models.CASCADE, related_name="thanks")
    persona = models.ForeignKey(Persona, models.CASCADE, null=True, related_name="+")
    guest = models.ForeignKey("care.Guest", models.CASCADE, null=True, related_name="+")
    words = seal.SealedText()

    def __str__(self) -> str:
        return "thanks"

    @property
    def name(self) -> str:
        return str((self.persona or self.guest).name)  # type: ignore[union-attr]


class Look(CircleRow):
    """That whoever held a slot looked at its address. The inner ring reads it."""

    slot = models.ForeignKey(Slot, models.CASCADE, related_name="looks")
    persona = models.ForeignKey(Persona, models.SET_NULL, null=True, related_name="+")
    guest = models.ForeignKey("care.Guest", models.SET_NULL, null=True, related_name="+")
    at = seal.SealedTime()

    def __str__(self) -> str:
        return "a look at an address"

    @classmethod
    def write(cls, slot: Slot, *, by: "Persona | Guest") -> None:
        who = {"persona": by} if isinstance(by, Persona) else {"guest": by}
        cls(circle_id=slot.circle_id, slot=slot, at=time.now(), **who).save(force_insert=True)

    @property
    def name(self) -> str:
        """Who looked; nothing where they have left."""
        who = self.persona or self.guest
        return str(who.name) if who else ""
