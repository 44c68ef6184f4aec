"""A notice: one thing of which one persona, or one person, is told.

What is told to a persona lies at that persona, as what it is about does. What is told to a person has no link at all:
it is found by a keyed tag. And whatever somebody does at their bell changes no notice, since a thief with many backups
would see whose notices change in one moment: that a notice was read is a mark (`Mark`) that nobody can lead back to it.
For the same reason a notice that must not be seen (it is about somebody whom the persona shut out, say) is kept like
any other, and is hollow: if it were missing, that would tell.
"""

import random
from collections.abc import Iterable
from datetime import timedelta
from functools import cache
from typing import Any

from django.db import IntegrityError, models, transaction

from weft.circles.models import Circle, Persona
from weft.loom import ids, jobs, keys, seal, time
from weft.loom.models import Thing
from weft.loom.ready import ready
from weft.loom.section import Notable, sections
from weft.people.models import Duty, Person

KEPT = timedelta(days=60)
SOONEST, LATEST = 5 * 60, 15 * 60  # seconds until a notice may leave the house: whoever is in it reads it there first
MOST_ABOUT = 20


@cache
def notables() -> dict[str, Notable]:
    """Every kind of thing that somebody is told, from every section's card."""
    return {notable.what: notable for section in sections() for notable in section.notables()}


def _secret() -> bytes:
    return keys.secret("notices")


@ready
def _marked(tag: bytes) -> "models.QuerySet[Mark]":
    return Mark.objects.filter(tag=tag)


@ready
def _held(fact_tag: bytes) -> "models.QuerySet[Notice]":
    return Notice.objects.select_for_update().filter(fact_tag=fact_tag)


class Mark(Thing):
    """That a notice was read, or was carried out of the house. Without the key nobody can tell which one."""

    tag = models.BinaryField(unique=True)
    on = models.DateField(default=time.today)

    def __str__(self) -> str:
        return "a mark"

    @staticmethod
    def of(kind: str, *about: object) -> bytes:
        return keys.tag(_secret(), kind, *about)

    @classmethod
    def make(cls, tags: Iterable[bytes]) -> None:
        """Make these marks. One that is there already stays."""
        Mark.objects.bulk_create([Mark(tag=tag) for tag in tags], ignore_conflicts=True)

    @classmethod
    def is_made(cls, *about: Any) -> bool:
        return bool(_marked(cls.of(*about)))


class Notice(Thing):
    """One thing of which somebody is told."""

    circle = models.ForeignKey(Circle, models.CASCADE, null=True, related_name="+")
    persona = models.ForeignKey(Persona, models.CASCADE, null=True, related_name="notices")
    fact_tag = models.BinaryField(unique=True)
    about_tag = models.BinaryField(db_index=True)
    turn = models.BigIntegerField(default=ids.random_id)  # drawn anew whenever it is told anew
    said = seal.SealedJSON()  # what happened, the ids of what it happened to, and whether it is shown
    rung_at = seal.SealedTime()

    def __str__(self) -> str:
        return "a notice"

    def seal_scope(self) -> str:
        return f"circle:{self.circle_id}" if self.circle_id else seal.HOUSE

    @staticmethod
    def fact(what: str, to: "Persona | Person | int", about: int = 0) -> bytes:
        """The tag of a fact. To a person there is one notice of a kind, whatever it is about."""
        if isinstance(to, Persona):
            return keys.tag(_secret(), "fact", what, "persona", to.pk, about)
        return keys.tag(_secret(), "fact", what, "person", to if isinstance(to, int) else to.pk)

    @staticmethod
    def _about(what: str, about: int) -> bytes:
        return keys.tag(_secret(), "about", what, about)

    @classmethod
    def ring(
        cls, what: str, *, to: Persona | Person, about: int = 0, by: int | None = None, hollow: bool = False
    ) -> None:
        """Tell somebody of a fact. What they have not read yet is not told twice; what they have read is told anew.

        *by*: the persona who did it. *hollow*: it is kept as if it were told, and never seen.
        """
        notable = notables()[what]
        if isinstance(to, Persona) == (notable.own or bool(notable.duty)):
            raise TypeError(f"{what} is told to a {'person' if isinstance(to, Persona) else 'persona'}")
        if isinstance(to, Persona):
            if to.circle.closed_on and not notable.when_over:
                return  # a circle that has ended calls nobody any more
            hollow = hollow or by in to.hidden
        hollow = hollow or not (notable.wanted is None or notable.wanted(to, about))
        try:
            with transaction.atomic():
                cls._ring(what, to, about, hollow)
        except IntegrityError:  # another worker told it in this moment
            cls._ring(what, to, about, hollow)

    @classmethod
    @transaction.atomic
    def _ring(cls, what: str, to: Persona | Person, about: int, hollow: bool) -> None:
        tag = cls.fact(what, to, about)
        notice = next(iter(_held(tag)), None)
        if notice is None:
            notice = Notice(fact_tag=tag, said={"what": what, "about": [], "shown": 0})
            notice.said["to"] = 0 if isinstance(to, Persona) else to.pk
            if isinstance(to, Persona):
                notice.persona, notice.circle_id = to, to.circle_id
        anew = not hollow and (not notice.is_shown or notice.is_read)
        if anew:
            notice.turn = ids.random_id()
        before = [] if anew else [one for one in notice.abouts if one != about]
        notice.about_tag = cls._about(what, about)
        about_now, shown = [*before, about][-MOST_ABOUT:], int(notice.is_shown or anew)
        notice.said = {**notice.said, "about": about_now, "shown": shown}
        notice.rung_at = time.now()
        notice.save()
        wait = timedelta(seconds=random.uniform(SOONEST, LATEST))  # noqa: S311  # so that no two times join
        jobs.put("notices.carry", due=time.now() + wait, notice=notice.pk, turn=notice.turn)

    @classmethod
    def hush(cls, what: str, *, about: int) -> None:
        """The fact is gone: nobody is told of it any more, and what was to leave the house stays."""
        cls.objects.filter(about_tag=cls._about(what, about), persona__isnull=False).delete()
        duty = notables()[what].duty
        if duty:
            held = Duty.objects.filter(kind=duty).values_list("person_id", flat=True)
            for notice in cls.objects.filter(fact_tag__in=[cls.fact(what, person) for person in held]):
                notice._let_go_of(about)

    def _let_go_of(self, about: int) -> None:
        if self.abouts == [about]:
            self.delete()
        elif about in self.abouts:
            self.said = {**self.said, "about": [one for one in self.abouts if one != about]}
            self.save(update_fields=["said"])

    @classmethod
    def seen(cls, what: str, to: Persona | Person, *, about: int = 0) -> None:
        """Whoever was told came to the thing itself by another way."""
        turn = cls.objects.filter(fact_tag=cls.fact(what, to, about)).values_list("turn", flat=True).first()
        if turn is not None:
            Mark.make([Mark.of("read", turn)])

    def read(self) -> None:
        """It has been read."""
        Mark.make([Mark.of("read", self.turn)])

    @property
    def is_read(self) -> bool:
        return Mark.is_made("read", self.turn)

    @property
    def what(self) -> str:
        return str(self.said["what"])

    @property
    def abouts(self) -> list[int]:
        return list(self.said["about"])

    @property
    def about(self) -> int:
        """The id of the newest thing that it is about."""
        return self.abouts[-1] if self.abouts else 0

    @property
    def is_shown(self) -> bool:
        return bool(self.said["shown"])

    @property
    def words(self) -> str:
        """What happened, in a sentence."""
        return notables()[self.what].say(self)[0]

    @property
    def address(self) -> str:
        """Where it leads."""
        return notables()[self.what].say(self)[1]

    @classmethod
    def forget(cls, person: Person) -> None:
        """Let go of what a person was told. What their personas were told went with them."""
        cls.objects.filter(fact_tag__in=[cls.fact(what, person) for what in notables()]).delete()

    @classmethod
    def tidy(cls) -> None:
        """After two months a notice goes, read or not: whichever day it went would else tell when it was read."""
        gone = time.now() - KEPT
        old = [notice.pk for notice in cls.objects.only("rung_at", "circle_id").iterator() if notice.rung_at < gone]
        cls.objects.filter(pk__in=old).delete()
        Mark.objects.filter(on__lt=time.today() - KEPT - timedelta(days=8)).delete()
