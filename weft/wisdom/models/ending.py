"""A circle that ends leaves together: its last day, what each says may be kept, and thanks."""

from collections.abc import Collection, Iterable, Mapping
from contextlib import contextmanager
from datetime import date, datetime, timedelta
from datetime import time as clock
from typing import Any, Self
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import models, transaction
from markupsafe import Markup

from weft.circles.models import Circle, CircleRow, House, Persona
from weft.loom import jobs, ledger, night, seal, text, time
from weft.loom.glance import Where
from weft.loom.pages import url
from weft.notices.models import Notice

LEAST = timedelta(days=14)  # so long before its last day everybody in a circle is told
USUAL = timedelta(days=90)
MOST = timedelta(days=180)
STAYS = timedelta(days=30)  # so long afterwards the archive is there
NEAR = timedelta(days=7)  # so long before a day comes those are told who still have something to do
THANKS = 30  # words to single ones that one persona may leave
SHIELD = 30  # days in which nobody who is new gets a word that only they read
TOLD = ("wisdom.ending", "wisdom.still_to_say")


def night_after(day: date) -> datetime:
    """The night after a day, on the clock of the house: then the day is over for everybody who is still up."""
    return datetime.combine(day + timedelta(days=1), clock(night.HOUR), ZoneInfo(settings.TIME_ZONE))


class EndingQuerySet(models.QuerySet["Ending"]):
    def with_answer(self, persona_ids: Collection[int]) -> Self:
        """With whether one of these has said what may be kept: `is_answered`."""
        said = Parting.objects.filter(circle=models.OuterRef("circle"), persona__in=persona_ids)
        return self.select_related("circle").annotate(is_answered=models.Exists(said))


class Ending(CircleRow):
    """That a circle ends: on which day, and why, in the words of one who guides it."""

    circle = models.OneToOneField(Circle, models.CASCADE, related_name="+")
    words = seal.SealedText()
    html = seal.SealedText()
    by_name = seal.SealedText()
    last_day = models.DateField()
    gone_on = models.DateField()  # the last day of the archive

    is_answered: bool  # see `with_answer`

    objects = models.Manager.from_queryset(EndingQuerySet)()

    def __str__(self) -> str:
        return "an ending"

    def get_absolute_url(self) -> str:
        return url("wisdom:ending", key=self.circle_id)

    @classmethod
    def where(cls, circles: Iterable[int]) -> Where:
        """Where the endings of these circles lie."""
        return Where("wisdom.ending", cls, {"circle_id": list(circles)}, number="circle_id")

    @classmethod
    def of(cls, persona: Persona) -> "Ending | None":
        """That of this persona's circle, and whether it has said what may be kept."""
        if persona.glance and not any(here == persona.circle_id for _pk, here, _no in persona.glance["wisdom.ending"]):
            return None
        return cls.objects.with_answer([persona.pk]).filter(circle=persona.circle_id).first()

    @classmethod
    def days(cls, before: "Ending | None" = None) -> tuple[date, date]:
        """The first and the last day that may be the last one. A day that was said may be moved, and only later."""
        today = time.today()
        return before.last_day if before else today + LEAST, today + MOST

    @classmethod
    def announce(cls, day: date, words: str, *, by: Persona) -> "Ending":
        """One who guides says that the circle will end, and everybody in it is told. Said again, it may be moved to a
        later day. Nobody can bring it nearer."""
        if not by.facilitates:
            raise PermissionError("only who guides a circle says that it ends")
        if House.objects.filter(commons=by.circle_id).exists():
            raise PermissionError("the open room of a house does not end")
        with transaction.atomic():
            by.lock_circle()
            found = cls.objects.filter(circle=by.circle_id).first()
            first, last = cls.days(found)
            if not first <= day <= last or Circle.objects.exclude(closed_on=None).filter(pk=by.circle_id).exists():
                raise ValueError("too near or too far")
            ending = found or cls(circle_id=by.circle_id)
            moved = found is None or found.last_day != day
            ending.last_day, ending.gone_on = day, day + STAYS
            ending.words, ending.html, ending.by_name = words, text.render(words), by.name
            ending.save()
            if moved:
                jobs.put("notices.tell", what="wisdom.ending", circle=by.circle_id, about=ending.pk, by=by.pk)
                ending.plan()
        return ending

    def plan(self) -> None:
        """Ask for what is to be done when its days come."""
        self._put("end", night_after(self.last_day))
        self._put("still_to_say", time.midnight(self.last_day - NEAR))

    def _put(self, what: str, due: datetime) -> None:
        jobs.put(f"wisdom.{what}", due=due, once=(what, self.pk), ending=self.pk)

    def call_off(self, *, by: Persona) -> None:
        """The circle goes on after all. What was said for its ending is gone, and everybody is told."""
        if not by.facilitates or by.circle_id != self.circle_id:
            raise PermissionError("only who guides the circle calls it off")
        with ledger.erasing("wisdom.ending", self.pk):
            self.lock_circle()
            if Ending.objects.filter(pk=self.pk, circle__closed_on=None).exists():
                self.let_go()
                jobs.put("notices.tell", what="wisdom.goes_on", circle=by.circle_id, by=by.pk)

    def let_go(self) -> None:
        """It is not so, or not any more, and what was said for it is gone."""
        for what in TOLD:
            Notice.hush(what, about=self.pk)
        for what in ("end", "still_to_say"):
            jobs.drop(f"wisdom.{what}", once=(what, self.pk))
        Parting.objects.filter(circle=self.circle_id).delete()
        Farewell.objects.filter(circle=self.circle_id).delete()
        Ending.objects.filter(pk=self.pk).delete()

    def come(self) -> None:
        """Its day is over: the circle is closed, and the archive is there. If the house slept over it, the archive
        stays as much longer. Done twice it is done once; before its time it waits."""
        if time.now() < night_after(self.last_day):
            return self._put("end", night_after(self.last_day))
        with transaction.atomic():
            self.lock_circle()
            fresh = Ending.objects.select_related("circle").get(pk=self.pk)
            if fresh.circle.closed_on:
                return None
            fresh.gone_on = max(fresh.gone_on, time.today() + STAYS)
            fresh.save(update_fields=["gone_on"])
            Notice.objects.filter(circle=self.circle_id).delete()  # of what was to be done here, and is no more
            fresh.circle.close()
            jobs.put("notices.tell", what="wisdom.ended", circle=self.circle_id, about=self.pk)
            fresh._put("let_all_go", night_after(fresh.gone_on))
            fresh._put("still_there", time.midnight(fresh.gone_on - NEAR))
        return None

    def let_all_go(self) -> None:
        """The day of the archive is over: nothing of the circle is left. Before its time it waits."""
        if time.now() < night_after(self.gone_on):
            return self._put("let_all_go", night_after(self.gone_on))
        if self.circle.closed_on and (self.circle.personas.exists() or not self.circle.is_held):
            self.circle.erase()
        return None

    @classmethod
    def tidy(cls) -> None:
        """Each night: what a job should have done, and did not."""
        for ending in cls.objects.filter(last_day__lt=time.today()).select_related("circle"):
            if ending.circle.closed_on is None:
                ending.come()
            elif ending.gone_on < time.today():
                ending.let_all_go()

    @property
    def shown(self) -> Markup:
        return text.safe(self.html)


class Parting(CircleRow):
    """What one persona says may be kept in the archive, and under which name. Without it nothing of theirs is."""

    persona = models.OneToOneField(Persona, models.CASCADE, related_name="parting")
    yes = seal.SealedJSON(default=dict)  # which of their things, each with the digest of what they said yes to
    how = seal.SealedText()  # under another name, or none; nothing: under their name in the circle
    other = seal.SealedText()

    def __str__(self) -> str:
        return "what may be kept"

    @classmethod
    def of(cls, persona: Persona) -> "Parting":
        return cls.objects.filter(persona=persona).first() or cls(circle_id=persona.circle_id, persona=persona)

    @classmethod
    @contextmanager
    def _changing(cls, by: Persona) -> Any:
        with transaction.atomic():
            by.lock_circle()
            if not Ending.objects.filter(circle=by.circle_id, circle__closed_on=None).exists():
                raise PermissionError("there is nothing to part from, or it is over")
            mine = cls.of(by)
            yield mine
            mine.save()

    @classmethod
    def say(cls, yes: Mapping[str, str], no: Collection[str], *, by: Persona) -> None:
        """Yes to these things, as they stand now, and no to those. What is not named stays as it was said."""
        with cls._changing(by) as mine:
            before = dict(mine.yes)
            mine.yes = {key: digest for key, digest in before.items() if key not in no} | dict(yes)
        if set(before) & set(no):
            mine._write_down()

    @classmethod
    def call(cls, how: str, other: str, *, by: Persona) -> None:
        """Under which name."""
        with cls._changing(by) as mine:
            mine.how, mine.other = how, " ".join(other.split()) if how == "other" else ""

    @classmethod
    def withdraw(cls, *, by: Persona) -> None:
        """No to all of it, also when the circle has ended."""
        with transaction.atomic():
            by.lock_circle()
            mine = cls.of(by)
            with ledger.erasing("wisdom.parting", mine.pk):
                mine.yes = {}
                mine.save()

    def _write_down(self) -> None:
        """An older backup does not bring back a yes that was taken back: with it go all others of this persona."""
        with ledger.erasing("wisdom.parting", self.pk):
            pass

    @classmethod
    def again(cls, key: int) -> None:
        for parting in cls.objects.filter(pk=key):
            parting.yes = {}
            parting.save(update_fields=["yes"])

    @property
    def name(self) -> str:
        """The name below what is kept; none where they want none."""
        return str({"": self.persona.name, "other": self.other}.get(self.how, ""))


class Farewell(CircleRow):
    """A word of thanks when a circle ends: to all, or to one, who alone reads it."""

    by = models.ForeignKey(Persona, models.CASCADE, related_name="farewells")
    to = seal.SealedJSON(default=int)  # the id of one persona; none: all
    words = seal.SealedText()

    def __str__(self) -> str:
        return "a farewell"

    @classmethod
    def say(cls, pk: int, words: str, *, by: Persona, to: Persona | None = None) -> "Farewell | None":
        """Say it. To each there is one of each; said again, it is the new one."""
        if not by.may_write or (to and not cls.may_get_one(to, by=by)):
            raise PermissionError("a word goes to somebody of one's own circle, who has been there for a while")
        with transaction.atomic():
            by.lock_circle()
            if not Ending.objects.filter(circle=by.circle_id, circle__closed_on=None).exists():
                raise PermissionError("nothing ends here, or it is over")
            mine = {farewell.to: farewell for farewell in cls.objects.filter(by=by)}
            said: Farewell | None = mine.get(to.pk if to else 0)
            if said is None and len(mine) > THANKS:
                return None
            said = said or Farewell(pk=pk, circle_id=by.circle_id, by=by, to=to.pk if to else 0)
            said.words = words
            said.save()
            if to:
                jobs.put("notices.tell", what="wisdom.farewell", persona=to.pk, about=said.pk, by=by.pk)
        return said

    @staticmethod
    def may_get_one(to: Persona, *, by: Persona) -> bool:
        """Whether one may leave them a word: not oneself, nobody whom one does not see, and nobody who just came."""
        return (
            to.pk != by.pk
            and to.circle_id == by.circle_id
            and to.is_inside
            and to.pk not in by.hidden
            and (to.days_here >= SHIELD or to.facilitates)
        )

    @classmethod
    def read_by(cls, persona: Persona) -> "list[Farewell]":
        """What this persona may read: said to all, to it, or by it; of nobody whom it does not see."""
        found = cls.objects.filter(circle=persona.circle_id).select_related("by").order_by("pk")
        heard = [one for one in found if one.to in (0, persona.pk) or one.by_id == persona.pk]
        return [one for one in heard if one.by_id not in persona.hidden]

    def erase(self) -> None:
        """Taken back, or not wanted."""
        with ledger.erasing("wisdom.farewell", self.pk):
            Notice.hush("wisdom.farewell", about=self.pk)
            self.delete()

    @classmethod
    def leave(cls, persona: Persona) -> None:
        """Whoever leaves takes along what they said, and what was said to them alone."""
        for farewell in cls.objects.filter(circle=persona.circle_id).only("circle_id", "by", "to"):
            if persona.pk in (farewell.to, farewell.by_id):
                farewell.erase()
