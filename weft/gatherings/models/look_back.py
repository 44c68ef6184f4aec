"""What whoever guided an hour says of it afterwards: to themself, and to one whom they choose, if they choose one.

In the table every row looks alike: whether it was passed on, to whom, and whether they have answered, cannot be told.
"""

import secrets
from datetime import timedelta
from typing import Any, Self

from django.db import models, transaction

from weft.circles.models import CircleRow, Persona
from weft.gatherings.models.gathering import Gathering
from weft.loom import jobs, keys, ledger, seal, time
from weft.loom.glance import Where
from weft.safety.models import Concern

KEPT = timedelta(days=90)  # so long after its hour it is there
TEAM = "team"  # the safety team, in place of a persona


def nobody() -> bytes:
    """A mark that nobody has."""
    return secrets.token_bytes(16)


def _mark(kind: str, persona: int) -> bytes:
    return keys.tag(keys.secret("gatherings"), f"look back {kind}", persona)


class LookBackQuerySet(models.QuerySet["LookBack"]):
    def passed_to(self, persona: Persona) -> Self:
        """Those that this one may read since somebody chose them, answered or not."""
        marks = [_mark("asks", persona.pk), _mark("heard", persona.pk)]
        return self.filter(circle=persona.circle_id, to_tag__in=marks) if persona.facilitates else self.none()


class LookBack(CircleRow):
    """Three answers of one who guided an hour. Nobody else reads them, unless it is passed on."""

    gathering = models.ForeignKey(Gathering, models.CASCADE, related_name="looks_back")
    by = models.ForeignKey(Persona, models.CASCADE, related_name="looks_back")
    said = seal.SealedJSON(
        default=dict
    )  # how it was, what stays; to whom it went; whether they said that they are there
    to_tag = models.BinaryField(default=nobody, db_index=True)  # a keyed hash of whoever may read it, or of nobody

    objects = models.Manager.from_queryset(LookBackQuerySet)()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["gathering", "by"], name="one_look_back_each")]

    def __str__(self) -> str:
        return "a look back on an hour"

    @classmethod
    def of(cls, gathering: Gathering, by: Persona) -> "LookBack | None":
        return cls.objects.filter(gathering=gathering, by=by).first()

    @classmethod
    def where(cls, personas: list[int]) -> Where:
        """Where those lie that were passed to one of these and wait for a word."""
        return Where("gatherings.look_back", cls, {"to_tag": [_mark("asks", pk) for pk in personas]}, "", "circle_id")

    @classmethod
    def keep(cls, gathering: Gathering, *, by: Persona, how: str, stays: str, to: "Persona | str | None") -> "LookBack":
        """Keep the answers, and pass them to one who guides too, to the safety team, or to nobody. Twice is once."""
        if not gathering.shifts.filter(persona=by).exists():
            raise PermissionError("only whoever guided an hour looks back on it so")
        if isinstance(to, Persona) and not (to.facilitates and to.circle_id == by.circle_id and to.pk != by.pk):
            raise PermissionError("it goes to one who guides the same circle")
        with transaction.atomic():
            Gathering.held(gathering.pk)
            here = cls.of(gathering, by) or cls(circle_id=by.circle_id, gathering=gathering, by=by)
            before = dict(here.said)
            here.said = {"how": how, "stays": stays, "to": to.pk if isinstance(to, Persona) else to}
            if to == TEAM:
                told = before.get("concern") if before.get("to") == TEAM and here._same_words(before) else None
                here.said["concern"] = told or Concern.write(here.words, by=by).concern_id
            if to == before.get("to") or (isinstance(to, Persona) and to.pk == before.get("to")):
                here.said["heard"] = before.get("heard", False)
            else:
                here.to_tag = _mark("asks", to.pk) if isinstance(to, Persona) else nobody()
                jobs.put("gatherings.tell_of_look_back", look_back=here.pk)
            here.save()
        return here

    def be_there(self, *, by: Persona) -> None:
        """The one to whom it was passed says that they are there. Whoever wrote it is told."""
        with transaction.atomic():
            self.lock_circle()
            here = LookBack.objects.passed_to(by).filter(pk=self.pk).first()
            if here and not here.is_heard:
                here.said = {**here.said, "heard": True}
                here.to_tag = _mark("heard", by.pk)
                here.save()
                jobs.put("gatherings.tell_of_being_there", look_back=here.pk)

    def let_go(self) -> None:
        """Whoever wrote it lets go of it: it is erased, and nobody reads it any more."""
        with ledger.erasing("gatherings.look_back", self.pk):
            jobs.put("gatherings.tell_of_look_back", look_back=self.pk)
            self.delete()

    @classmethod
    def again(cls, key: int) -> None:
        """What was let go of, and came back with an older backup, goes once more."""
        cls.objects.filter(pk=key).delete()

    @classmethod
    def tidy(cls) -> None:
        """Their time is over."""
        cls.objects.filter(gathering__starts__lt=time.now() - KEPT).delete()

    def asks(self, persona: Persona) -> bool:
        """Whether this one was chosen, and has not answered yet."""
        return bytes(self.to_tag) == _mark("asks", persona.pk)

    def _same_words(self, before: dict[str, Any]) -> bool:
        return (before.get("how"), before.get("stays")) == (self.how, self.stays)

    @property
    def how(self) -> str:
        return str(self.said.get("how", ""))

    @property
    def stays(self) -> str:
        return str(self.said.get("stays", ""))

    @property
    def words(self) -> str:
        """What the safety team reads of it."""
        return "\n\n".join(part for part in (self.how, self.stays) if part) or "…"

    @property
    def to(self) -> "int | str | None":
        """The id of the persona to whom it was passed, the safety team, or nobody."""
        found: int | str | None = self.said.get("to")
        return found

    @property
    def is_heard(self) -> bool:
        return bool(self.said.get("heard"))

    @property
    def concern(self) -> int | None:
        found: int | None = self.said.get("concern")
        return found
