"""A history that nobody can change unseen: each row carries a keyed hash of its own words and of the row before.

Whoever can write into the database but has no key can edit, swap, add or remove rows, and `History.verify` finds every
one of them. What is cut off at the end together with a restored older `History` row is found only by comparing with a
mark that somebody wrote down elsewhere; each step shows its own (`UnveilingStep.mark`).
"""

import json
from typing import Any

from django.db import models

from weft.circles.models import Circle
from weft.loom import keys, seal
from weft.safety.models.concern import Once


class History(models.Model):
    """How long the history is, and how it ends: one row, and the lock behind which the history grows."""

    id = models.BigIntegerField(primary_key=True, default=1, editable=False)
    length = models.PositiveIntegerField(default=0)
    end = models.BinaryField(default=bytes)

    def __str__(self) -> str:
        return "the history of unveilings"

    @classmethod
    def held(cls) -> "History":
        """The history, locked until the transaction ends: one after the other says yes, no, or looks."""
        cls.objects.get_or_create(pk=1)
        return cls.objects.select_for_update().get(pk=1)

    def add(self, step: "UnveilingStep") -> None:
        """Write down one more step. The history is held."""
        last = UnveilingStep.objects.order_by("-place").first()
        end = last.place if last else 0
        scar = 0 if self.length == end else 1  # something was cut off here: a gap that no later step closes
        self.length = step.place = max(self.length, end) + 1 + scar
        step.link = step.linked_to(bytes(last.link) if last else b"")
        step.save(force_insert=True)
        self.end = self.ending(step.link)
        self.save()

    def ending(self, link: bytes) -> bytes:
        return keyed("end", [self.length, link.hex()])

    @classmethod
    def verify(cls) -> list[int]:
        """The places that do not hold: none, where nobody has touched the history."""
        wrong, before, place = [], b"", 0
        steps = list(UnveilingStep.objects.order_by("place").select_related("unveiling"))
        newest = {step.unveiling_id: step for step in steps if step.kind in (Kind.ASKED, Kind.FORGOTTEN)}
        for step in steps:
            if step.place != place + 1 or not step.holds(before, newest.get(step.unveiling_id) == step):
                wrong.append(step.place)
            before, place = bytes(step.link), step.place
        kept = cls.objects.filter(pk=1).first() or cls()
        if kept.length != place or (place and bytes(kept.end) != kept.ending(before)):
            wrong.append(place + 1)
        return wrong


class UnveilingStep(Once):
    """One step of an unveiling: who did what, when, and in which words."""

    class Kind(models.TextChoices):
        ASKED = "asked"
        YES = "yes"
        NO = "no"
        LOOKED = "looked"
        WROTE = "wrote"
        FORGOTTEN = "forgotten"  # one side was erased, and their words with them

    circle = models.ForeignKey(Circle, models.PROTECT, related_name="+")
    unveiling = models.ForeignKey("safety.Unveiling", models.PROTECT, related_name="steps")
    place = models.PositiveIntegerField(unique=True)
    link = models.BinaryField()
    kind = models.CharField(max_length=9, choices=Kind)
    by_tag = models.BinaryField(default=bytes)
    by_name = seal.SealedText()
    words = seal.SealedText()  # a yes: what the person is told; a no: the reason; wrote: the words to the person
    why = seal.SealedText()  # a yes: why the person is told later
    hours = models.PositiveSmallIntegerField(default=0)  # a yes: how much later
    content = seal.SealedText()  # asked, forgotten: the keyed hash of what the unveiling's own row says from then on
    at = seal.SealedTime()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["unveiling", "by_tag"], name="one_yes_of_a_person", condition=models.Q(kind="yes")
            )
        ]

    def __str__(self) -> str:
        return "a step of an unveiling"

    def linked_to(self, before: bytes) -> bytes:
        """The keyed hash of this step and of the one before."""
        return keyed(
            "step",
            [
                *(self.pk, self.place, self.unveiling_id, self.circle_id, self.kind, bytes(self.by_tag).hex()),
                *(self.by_name, self.words, self.why, self.hours, self.content, self.at.isoformat(), before.hex()),
            ],
        )

    def holds(self, before: bytes, newest: bool = False) -> bool:
        """Whether this step is as it was written; where it is the *newest* to keep a hash of it, the unveiling too."""
        try:
            said = not newest or self.content == self.unveiling.content
            return said and bytes(self.link) == self.linked_to(before)
        except seal.Tampered:
            return False

    @property
    def mark(self) -> str:
        """A few letters to write down elsewhere: as long as they stand here, nothing up to this step was changed.

        Not its place: a gap in the numbers would tell one of the team that there is something about themself."""
        return bytes(self.link).hex()[:8]


Kind = UnveilingStep.Kind


def keyed(kind: str, content: list[Any]) -> bytes:
    return keys.tag(keys.secret("safety"), kind, json.dumps(content, ensure_ascii=False))
