"""Companions: two personas of a circle in a tie that both said yes to, and the letters that they write to each other.

Who is tied to whom lies under the seal. Each side is found by a keyed hash of its persona and a number, so nothing in
the open is the same in two ties, and nobody has more ties than there are numbers.
"""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from typing import Self

from django.db import models, transaction
from django.db.models import Max, Q
from markupsafe import Markup

from weft.circles.models import Circle, CircleRow, Persona
from weft.loom import jobs, keys, seal, text, time
from weft.loom.pages import url
from weft.notices.models import Notice

MOST = 3  # ties of one persona: more than that nobody can be there for
SHIELD = 30  # days in which nobody asks somebody who is new
PAD = 512  # bytes: how many are open shows only as coarsely as this
TOLD = ("companions.asked", "companions.yes", "companions.letter")


def _tags(persona: Persona) -> list[bytes]:
    secret = keys.secret(f"circle:{persona.circle_id}")
    return [keys.tag(secret, "companion", persona.pk, number) for number in range(MOST)]


class OpenToAsk(CircleRow):
    """Who in a circle may be asked to be a companion: only whoever said so. One sealed list for each circle."""

    circle = models.OneToOneField(Circle, models.CASCADE, related_name="+")
    kept = seal.SealedText()

    def __str__(self) -> str:
        return "who may be asked"

    @classmethod
    def of(cls, persona: Persona) -> set[int]:
        """The ids of those who may be asked in this persona's circle. Asked once for each persona object."""
        if "_open_to_ask" not in persona.__dict__:
            found = cls.objects.filter(circle=persona.circle_id).first()
            persona._open_to_ask = set(json.loads(found.kept)) if found else set()  # type: ignore[attr-defined]
        there: set[int] = persona._open_to_ask  # type: ignore[attr-defined]
        return there

    @classmethod
    def say(cls, *, on: bool, by: Persona) -> None:
        """Whether this persona may be asked."""
        with transaction.atomic():
            by.lock_circle()
            found = cls.objects.filter(circle=by.circle_id).first() or cls(circle_id=by.circle_id, kept="[]")
            there = set(json.loads(found.kept)) - {by.pk} | ({by.pk} if on else set())
            found.kept = seal.padded(json.dumps(sorted(there)), PAD)
            found.save()
        by.__dict__.pop("_open_to_ask", None)


class CompanionQuerySet(models.QuerySet["Companion"]):
    def of(self, persona: Persona) -> Self:
        """All ties of this persona."""
        mine = _tags(persona)
        return self.filter(Q(asks_tag__in=mine) | Q(asked_tag__in=mine)).select_related("circle")


class Companion(CircleRow):
    """A tie: asked for, agreed to, or ended by one of the two."""

    asks_tag = models.BinaryField(unique=True)
    asked_tag = models.BinaryField(unique=True)
    said = seal.SealedJSON()  # who asked whom, with which words, and how far it is
    other: Persona | None  # the other of the two, where somebody has looked them up

    objects = models.Manager.from_queryset(CompanionQuerySet)()

    def __str__(self) -> str:
        return "a tie"

    def get_absolute_url(self) -> str:
        return url("companions:companion", key=self.circle_id, companion_key=self.pk)

    @classmethod
    def seen_by(cls, persona: Persona) -> "list[Companion]":
        """The ties of a persona, each with the other one. Of somebody hidden from it there are none."""
        found = list(cls.objects.of(persona))
        them = Persona.objects.in_bulk([tie.other_id(persona) for tie in found]) if found else {}
        for tie in found:
            tie.other = them.get(tie.other_id(persona))
        return [tie for tie in found if tie.other and tie.other.is_inside and tie.other.pk not in persona.hidden]

    @classmethod
    def may_ask(cls, to: Persona, *, by: Persona) -> bool:
        """Whether this one may be asked: they said so, and are not new, and the two see each other."""
        if to.pk == by.pk or to.circle_id != by.circle_id or not by.may_write or not to.may_write:
            return False
        return to.pk in OpenToAsk.of(by) and to.days_here >= SHIELD and to.pk not in by.hidden

    @classmethod
    def ask(cls, to: Persona, words: str, *, by: Persona) -> "Companion | None":
        """Ask somebody. Asked twice it is one; None where one of the two has no room for another tie."""
        if not cls.may_ask(to, by=by):
            raise PermissionError("only whoever may be asked is asked")
        with transaction.atomic():
            by.lock_circle()
            for tie in cls.objects.of(by):
                if to.pk in tie.both:
                    return tie
            mine, theirs = (cls._free(persona) for persona in (by, to))
            if mine is None or theirs is None:
                return None
            said = {"from": by.pk, "to": to.pk, "words": words, "state": "asked"}
            new = cls(circle_id=by.circle_id, asks_tag=mine, asked_tag=theirs, said=said)
            new.save(force_insert=True)
            new._tell("companions.asked", to.pk, by.pk)
        return new

    @classmethod
    def _free(cls, persona: Persona) -> bytes | None:
        held = {bytes(tag) for tie in cls.objects.of(persona) for tag in (tie.asks_tag, tie.asked_tag)}
        return next((tag for tag in _tags(persona) if tag not in held), None)

    def answer(self, yes: bool, *, by: Persona) -> None:
        """Yes, or no. A no is told to nobody."""
        with self._changing(by) as fresh:
            if fresh is None or fresh.said["to"] != by.pk or fresh.state != "asked":
                return
            if not yes:
                fresh.let_go()
                return
            fresh.said = fresh.said | {"state": "yes"}
            fresh.save(update_fields=["said"])
            fresh._tell("companions.yes", fresh.said["from"], by.pk)

    def end(self, *, by: Persona) -> None:
        """It is over for this one, at once. Nobody is told; the other finds it when they next look."""
        with self._changing(by) as fresh:
            if fresh is None:
                return
            if fresh.state != "yes":  # it was never one, or the other had ended it
                fresh.let_go()
                return
            fresh.said = fresh.said | {"state": "ended", "by": by.pk}
            fresh.save(update_fields=["said"])
            for what in TOLD:
                Notice.hush(what, about=fresh.pk)

    def write(self, pk: int, words: str, *, by: Persona) -> "Letter | None":
        """Write a letter. Sent twice it is one; None where the tie has ended meanwhile."""
        with self._changing(by) as fresh:
            if fresh is None or fresh.state != "yes" or not by.may_write or fresh.other_id(by) in by.hidden:
                return None
            there = Letter.objects.filter(pk=pk, tie=fresh).first()
            if there:
                return there
            last = fresh.letters.aggregate(last=Max("number"))["last"] or 0
            letter = Letter(pk=pk, circle_id=fresh.circle_id, tie=fresh, number=last + 1)
            letter.said = {"by": by.pk, "on": str(time.today())}
            letter.text, letter.html = words, text.render(words)
            letter.save(force_insert=True)
            fresh._tell("companions.letter", fresh.other_id(by), by.pk)
        return letter

    @contextmanager
    def _changing(self, by: Persona) -> "Iterator[Companion | None]":
        """The tie as it is now, held until the change is made; None for whoever is not in it, or has ended it."""
        with transaction.atomic():
            fresh = Companion.objects.select_for_update().filter(pk=self.pk).first()
            mine = fresh and by.pk in fresh.both and not fresh.has_ended_for(by)
            yield fresh if mine else None

    def _tell(self, what: str, to: int, by: int) -> None:
        jobs.put("notices.tell", what=what, persona=to, about=self.pk, by=by)

    def let_go(self) -> None:
        """It is gone, with every letter in it."""
        for what in TOLD:
            Notice.hush(what, about=self.pk)
        self.delete()

    @property
    def state(self) -> str:
        return str(self.said["state"])

    @property
    def both(self) -> tuple[int, int]:
        return int(self.said["from"]), int(self.said["to"])

    def other_id(self, persona: Persona) -> int:
        asks, asked = self.both
        return asked if persona.pk == asks else asks

    def waits_for(self, persona: Persona) -> bool:
        """Whether this one is asked, and has not answered."""
        return self.state == "asked" and self.said["to"] == persona.pk

    def has_ended_for(self, persona: Persona) -> bool:
        """Whether this one ended it."""
        return self.state == "ended" and self.said["by"] == persona.pk

    @classmethod
    def leave(cls, persona: Persona) -> None:
        """Somebody leaves the circle: their ties and letters go."""
        for tie in cls.objects.of(persona):
            tie.let_go()
        OpenToAsk.say(on=False, by=persona)


class Letter(CircleRow):
    """One letter from one of the two to the other. Nobody learns whether it was read."""

    tie = models.ForeignKey(Companion, models.CASCADE, related_name="letters")
    number = models.PositiveIntegerField()
    said = seal.SealedJSON()  # by whom, and on which day
    text = seal.SealedText()
    html = seal.SealedText()

    class Meta:
        ordering = ["number"]

    def __str__(self) -> str:
        return "a letter"

    @property
    def by_id(self) -> int:
        return int(self.said["by"])

    @property
    def day(self) -> date:
        return date.fromisoformat(self.said["on"])

    @property
    def shown(self) -> Markup:
        return text.safe(self.html)

    @classmethod
    def found(cls, pk: int, persona: Persona) -> "tuple[Letter, Persona] | None":
        """A letter to this persona, with who wrote it."""
        letter = cls.objects.filter(pk=pk, circle=persona.circle_id).select_related("tie").first()
        if letter is None or persona.pk not in letter.tie.both or letter.by_id == persona.pk:
            return None
        wrote = Persona.objects.filter(pk=letter.by_id).first()
        return (letter, wrote) if wrote else None
