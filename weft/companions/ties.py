"""Companions: two personas of a circle in a tie that both said yes to, and the letters that they write to each other.

Who is tied to whom lies under the seal. Each side is found by a keyed hash of its persona and a number, so nothing in
the open is the same in two ties, and nobody has more ties than there are numbers.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from typing import Self

from django.db import models, transaction
from django.db.models import Max, Q
from markupsafe import Markup

from weft.circles.models import CircleRow, Persona
from weft.companions.open_to_ask import MOST, OpenToAsk
from weft.loom import jobs, keys, seal, text, time
from weft.loom.pages import url
from weft.notices.models import Notice

SHIELD = 30  # days in which nobody asks somebody who is new
TOLD = ("companions.asked", "companions.yes", "companions.letter")


def tags_of(persona_id: int, circle_id: int) -> list[bytes]:
    """By which the ties of a persona are found: so many as it can have."""
    secret = keys.secret(f"circle:{circle_id}")
    return [keys.tag(secret, "companion", persona_id, number) for number in range(MOST)]


def _tags(persona: Persona) -> list[bytes]:
    return tags_of(persona.pk, persona.circle_id)


class CompanionQuerySet(models.QuerySet["Companion"]):
    def of(self, persona: Persona) -> Self:
        """All ties of this persona."""
        mine = _tags(persona)
        return self.filter(Q(asks_tag__in=mine) | Q(asked_tag__in=mine)).select_related("circle")

    def holders(self, tags: dict[bytes, int]) -> list[int]:
        """Whose tags of these are held, each as often as it holds one."""
        found = self.filter(Q(asks_tag__in=tags) | Q(asked_tag__in=tags)).values_list("asks_tag", "asked_tag")
        return [tags[bytes(tag)] for both in found for tag in both if bytes(tag) in tags]


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
        found = [tie for tie in found if not tie.is_on_its_way_from(persona)]
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
                    if tie.is_on_its_way_from(by):  # from now on they ask by themselves
                        tie.said = {name: said for name, said in tie.said.items() if name != "through"}
                        tie.said |= {"words": words}
                        tie.save(update_fields=["said"])
                    return tie
            return cls.begin(to, words, by=by)

    @classmethod
    def begin(cls, to: Persona, words: str, *, by: Persona, through: int = 0) -> "Companion | None":
        """A question where there is none yet, asked by oneself or *through* one who guides. The circle is locked."""
        mine, theirs = cls._free(by), cls._free(to, OpenToAsk.of(by)[to.pk].most)
        if mine is None or theirs is None or any(to.pk in tie.both for tie in cls.objects.of(by)):
            return None
        said = {"from": by.pk, "to": to.pk, "words": words, "state": "asked"} | (
            {"through": through} if through else {}
        )
        new = cls(circle_id=by.circle_id, asks_tag=mine, asked_tag=theirs, said=said)
        new.save(force_insert=True)
        new._tell("companions.asked", to.pk, by.pk)
        return new

    @classmethod
    def has_room(cls, persona: Persona) -> bool:
        return cls._free(persona) is not None

    @classmethod
    def _free(cls, persona: Persona, most: int = MOST) -> bytes | None:
        """A tag that no tie of this persona has yet; none when it has as many ties as it said."""
        held = {bytes(tag) for tie in cls.objects.of(persona) for tag in (tie.asks_tag, tie.asked_tag)}
        free = [tag for tag in _tags(persona) if tag not in held]
        return free[0] if len(free) > MOST - most else None

    def answer(self, yes: bool, *, by: Persona) -> None:
        """Yes, or no. A no is told to nobody."""
        from weft.companions.errands import Errand

        with self._changing(by) as fresh:
            if fresh is None or fresh.said["to"] != by.pk or fresh.state != "asked":
                return
            if not yes:
                fresh.let_go()
                if fresh.through:
                    Errand.go_on(fresh.said["from"], fresh.circle_id)
                return
            fresh.said = fresh.said | {"state": "yes"}
            fresh.save(update_fields=["said"])
            if fresh.through:
                Errand.done(fresh.said["from"], fresh.circle_id)
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
            by.lock_circle()
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
    def through(self) -> int:
        """The one who guides through whom it was asked, if it was."""
        return int(self.said.get("through", 0))

    def is_on_its_way_from(self, persona: Persona) -> bool:
        """Asked through one who guides: then the asker does not know whom, or they would learn of a no."""
        return self.state == "asked" and bool(self.through) and self.said["from"] == persona.pk

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
        from weft.companions.errands import Errand

        Errand.leave(persona)
        ties = list(cls.objects.of(persona))
        on_their_way = [tie.said["from"] for tie in ties if tie.through and tie.waits_for(persona)]
        for tie in ties:
            tie.let_go()
        OpenToAsk.say(on=False, by=persona)
        for asker in on_their_way:
            Errand.go_on(asker, persona.circle_id)


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
