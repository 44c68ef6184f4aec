"""An unveiling: two people of the safety team, who both said yes, may see how to reach the person behind one persona.

It is for danger, when there is no other way. Whoever asked never sees the answer, and the person is told. In the open
the table shows that somebody asked in a circle on a day. Who asked, about whom, who said yes and every word are sealed
or lie under a keyed hash (`owner_mark`), and no row joins a person to a persona. The way to the person is nowhere in
these rows: it is looked up through the veil each time, and each look is written down before it is shown.
"""

from datetime import date, datetime, timedelta
from typing import Any, Self

from django.db import models, transaction

from weft.circles import veil
from weft.circles.models import Circle, CircleRow, Persona
from weft.loom import jobs, seal, time
from weft.loom.glance import Glance, Where
from weft.loom.ready import ready
from weft.people.models import Duty, Person
from weft.safety.models.concern import NotRead, owner_mark
from weft.safety.models.desk import by_when
from weft.safety.models.history import History, Kind, UnveilingStep, keyed

TO_AGREE = timedelta(hours=24)
TO_LOOK = timedelta(hours=24)
LONGEST_DELAY = 72  # hours
FRESH = timedelta(days=5)  # longer than anything here can take
TWO = 2


class TooFew(Exception):
    """The safety team has fewer than two people besides whoever asks."""


class Changed(Exception):
    """Somebody changed the history of an unveiling from outside. Nothing is opened."""


def _of(person: Person, circle: int) -> bytes:
    return owner_mark("unveiled", veil.owner_tag(person, circle))


def _by(person: Person, circle: int) -> bytes:
    return owner_mark("unveils", veil.owner_tag(person, circle))


class UnveilingQuerySet(models.QuerySet["Unveiling"]):
    def of(self, person: Person) -> Self:
        """Those of a persona of this person, also of one that has left."""
        return self.filter(of_tag__in=[_of(person, circle) for circle in _circles()])

    def asked_by(self, person: Person) -> Self:
        """Those that this person asked for, as a facilitator or for the safety team."""
        return self.filter(asked_tag__in=[_by(person, circle) for circle in _circles()])

    def seen_by(self, person: Person) -> Self:
        """What this person of the safety team decides: none of a persona of theirs, and none that they asked for.

        The same look-ups whoever asks, so that neither a count nor the time it takes tells that there is more.
        """
        if not person.has_duty(Duty.Kind.SAFETY):
            return self.none()
        circles = _circles()
        of, by = [_of(person, circle) for circle in circles], [_by(person, circle) for circle in circles]
        return self.exclude(of_tag__in=of).exclude(asked_tag__in=by)

    def whole(self) -> Self:
        """With their circle and all their steps."""
        return self.select_related("circle").prefetch_related("steps")

    def fresh(self, day: date | None = None) -> Self:
        """Those in which something can still happen, or of which somebody has not put the news away."""
        return self.filter(models.Q(news=True) | models.Q(asked_on__gte=(day or time.today()) - FRESH))


def _circles() -> list[int]:
    return list(Unveiling.objects.order_by().values_list("circle_id", flat=True).distinct())


@ready
def _fresh(*, day: date) -> "models.QuerySet[Unveiling]":
    """Written anew each day."""
    return Unveiling.objects.fresh(day).select_related("circle")


class Unveiling(CircleRow):
    """Somebody asked that a person be reached who is known here only by one name."""

    circle = models.ForeignKey(Circle, models.PROTECT, related_name="+")  # its history outlives an empty circle
    of_tag = models.BinaryField()
    asked_tag = models.BinaryField()
    asked_on = models.DateField(default=time.today)
    about = seal.SealedJSON()  # the persona's id, and its name at that time
    asker = seal.SealedJSON()  # the name of whoever asked, and whether they asked for the safety team
    reason = seal.SealedText()
    need = seal.SealedText()
    news = models.BooleanField(default=False)  # two have agreed, and the person has not put it away

    objects = models.Manager.from_queryset(UnveilingQuerySet)()

    class Meta:
        indexes = [models.Index(fields=["asked_on"], name="unveiling_asked_on")]

    def __str__(self) -> str:
        return "an unveiling"

    @classmethod
    def possible(cls, circle: int, *, by: Persona | Person) -> bool:
        """Whether the safety team has two people besides whoever asks. Who it is about is not counted out here: a
        number that changed with them would tell who they are."""
        asker = by.owner_tag if isinstance(by, Persona) else veil.owner_tag(by, circle)
        team = Duty.objects.filter(kind=Duty.Kind.SAFETY).select_related("person")
        return sum(veil.owner_tag(duty.person, circle) != bytes(asker) for duty in team) >= TWO

    @classmethod
    def ask(cls, persona: Persona, *, by: Persona | Person, reason: str, need: str) -> "Unveiling":
        """A facilitator of the circle, or somebody of the safety team, asks. Asking twice is asking once.

        Raises `TooFew` where no two others could agree.
        """
        if not reason.strip() or not need.strip():
            raise ValueError("nobody is unveiled without a reason")
        if isinstance(by, Persona):
            if not by.facilitates or by.circle_id != persona.circle_id:
                raise PermissionError("a facilitator asks in their own circle only")
            tag, asker = bytes(by.owner_tag), {"name": by.name, "team": False}
        else:
            tag, asker = veil.owner_tag(by, persona.circle_id), {"name": _duty(by).known_as, "team": True}
        if tag == bytes(persona.owner_tag):
            raise PermissionError("nobody asks for themself")
        if not cls.possible(persona.circle_id, by=by):
            raise TooFew
        with transaction.atomic():
            history = History.held()
            of_tag, asked_tag = owner_mark("unveiled", persona.owner_tag), owner_mark("unveils", tag)
            for before in cls.objects.fresh().filter(of_tag=of_tag, asked_tag=asked_tag).whole():
                if before.is_waiting:
                    return before
            new = cls(circle_id=persona.circle_id, of_tag=of_tag, asked_tag=asked_tag, asker=asker)
            new.about = {"persona": persona.pk, "name": persona.name}
            new.reason, new.need = reason.strip(), need.strip()
            new.save(force_insert=True)
            jobs.put("safety.tell_of_unveiling", unveiling=new.pk)
            new._write(history, Kind.ASKED, by_tag=asked_tag, content=new.content)
        return new

    def say_yes(self, *, by: Person, words: str = "", hours: int = 0, why: str = "", seen: int | None = None) -> None:
        """Agree. The first also says what the person is told, and whether later, and why; the second agrees to that.

        Nothing happens where this person has agreed already, or where it is too late. Raises `NotRead` where somebody
        did something that was not yet before whoever agrees (*seen*: how many steps were).
        """
        with transaction.atomic():
            history, here = self._held(by)
            mark = _by(by, here.circle_id)
            if not here.is_waiting or here._agreed(mark):
                return
            if seen is not None and seen != len(here.history):
                raise NotRead
            second = bool(here.yeses)
            if second:
                words, hours, why = "", 0, ""
            elif not words.strip() or not 0 <= hours <= LONGEST_DELAY or (hours and not why.strip()):
                raise ValueError("the person is told, in words; later only for a reason, and never later than that")
            here._write(history, Kind.YES, by=by, words=words.strip(), hours=hours, why=why.strip())
            if second:
                Unveiling.objects.filter(pk=here.pk).update(news=True)
                told_at = Unveiling.objects.whole().get(pk=here.pk).told_at
                later = told_at if told_at and told_at > time.now() else None
                jobs.put("safety.tell_of_unveiled", due=later, unveiling=here.pk)

    def say_no(self, reason: str, *, by: Person) -> None:
        """Decline, with a reason that the team keeps. One no ends it; after the second yes it comes too late."""
        if not reason.strip():
            raise ValueError("nothing is declined without a reason")
        with transaction.atomic():
            history, here = self._held(by)
            if here.is_waiting:
                here._write(history, Kind.NO, by=by, words=reason.strip())

    def look(self, *, by: Person) -> str:
        """How to reach the person: the e-mail address that they gave, or nothing. It is written down first."""
        with transaction.atomic():
            history, here = self._held(by)
            if not here.is_open_to(by):
                raise PermissionError("only the two who agreed look, and only for a day")
            if not here.is_untouched:
                raise Changed
            here._write(history, Kind.LOOKED, by=by)
        persona = Persona.objects.filter(pk=here.about["persona"], circle_id=here.circle_id).first()
        return veil.address_of(persona) if persona else ""

    def write(self, words: str, *, by: Person) -> None:
        """One of the two writes to the person, on their page of today. With it they are told, if they were not yet."""
        with transaction.atomic():
            history, here = self._held(by)
            if not here.is_open_to(by):
                raise PermissionError("only the two who agreed write, and only for a day")
            sent = [step for step in here.history if step.kind == Kind.WROTE and step.words == words.strip()]
            if words.strip() and not sent:
                here._write(history, Kind.WROTE, by=by, words=words.strip())
                Unveiling.objects.filter(pk=here.pk).update(news=True)
                jobs.put("safety.tell_of_unveiled", unveiling=here.pk)

    def put_away(self) -> None:
        """The person takes it off their page of today. It stays in their download, and nobody learns of it."""
        if self.is_told:
            Unveiling.objects.filter(pk=self.pk).update(news=False)

    @classmethod
    def where(cls) -> Where:
        """Where the fresh ones lie, whomever they are about: see `fresh`."""
        return Where("safety.unveiling", cls, only=f"news OR asked_on >= '{time.today() - FRESH}'")

    @classmethod
    def today(cls, person: Person) -> "tuple[list[Unveiling], list[Unveiling], list[Unveiling]]":
        """What this person is told, what they asked for, and what they and the safety team decide. Where there is
        nothing for them it asks as much as for everybody, whatever there is for others."""
        team = person.has_duty(Duty.Kind.SAFETY)  # they are asked for anyway: a number would tell whom it concerns
        rows = _fresh(day=time.today()) if team or Glance.of(person)["safety.unveiling"] else []
        of = [row for row in rows if row.news and row.is_of(person)]
        asked = [row for row in rows if row.asked_on > time.today() - FRESH and row.is_asked_by(person)]
        theirs = [row for row in rows if team and not row.is_of(person) and not row.is_asked_by(person)]
        models.prefetch_related_objects([*of, *asked, *theirs], "steps")
        return (
            [row for row in of if row.is_told],
            asked,
            sorted((row for row in theirs if row.is_waiting or row.is_open), key=lambda row: row.asked_at),
        )

    @property
    def history(self) -> list[UnveilingStep]:
        """All steps in order. Reads what was prefetched."""
        return sorted(self.steps.all(), key=lambda step: step.place)

    @property
    def yeses(self) -> list[UnveilingStep]:
        return [step for step in self.history if step.kind == Kind.YES]

    @property
    def looks(self) -> list[UnveilingStep]:
        return [step for step in self.history if step.kind == Kind.LOOKED]

    @property
    def written(self) -> list[UnveilingStep]:
        """What the two wrote to the person."""
        return [step for step in self.history if step.kind == Kind.WROTE]

    @property
    def asked_at(self) -> datetime:
        at: datetime = self.history[0].at
        return at

    @property
    def lapses_at(self) -> datetime:
        return self.asked_at + TO_AGREE

    @property
    def lapses_said(self) -> str:
        return by_when(self.lapses_at)

    @property
    def opened_at(self) -> datetime | None:
        """When the second of two said yes."""
        at: list[datetime] = [step.at for step in self.yeses]
        return at[TWO - 1] if len(at) >= TWO else None

    @property
    def closes_at(self) -> datetime | None:
        opened = self.opened_at
        return opened + TO_LOOK if opened else None

    @property
    def closes_said(self) -> str:
        return by_when(self.closes_at) if self.closes_at else ""

    @property
    def agreed_by(self) -> list[str]:
        return [step.by_name for step in self.yeses]

    @property
    def told_at(self) -> datetime | None:
        """When the person is told: with the second yes, or later as the first said, or when somebody wrote to them."""
        if self.opened_at is None:
            return None
        told: list[datetime] = [step.at for step in self.written]
        return min([*told, self.opened_at + timedelta(hours=min(self.yeses[0].hours, LONGEST_DELAY))])

    @property
    def is_told(self) -> bool:
        return self.told_at is not None and self.told_at <= time.now()

    @property
    def was_told_later(self) -> bool:
        return bool(self.yeses[0].hours) and self.told_at != self.opened_at

    @property
    def is_declined(self) -> bool:
        return any(step.kind == Kind.NO for step in self.history)

    @property
    def is_waiting(self) -> bool:
        """Whether a yes can still come in time."""
        return not self.is_declined and self.opened_at is None and time.now() < self.lapses_at

    @property
    def is_open(self) -> bool:
        return self.closes_at is not None and time.now() < self.closes_at

    @property
    def is_untouched(self) -> bool:
        """Whether nobody changed the history since this was asked. A step that is missing shows in a later one."""
        return all(place < self.history[0].place for place in History.verify())

    def is_open_to(self, person: Person) -> bool:
        """Whether this is one of the two, still on the safety team, and in time."""
        return self.is_open and person.has_duty(Duty.Kind.SAFETY) and self.has_agreed(person)

    def has_agreed(self, person: Person) -> bool:
        return self._agreed(_by(person, self.circle_id))

    def is_of(self, person: Person) -> bool:
        return bytes(self.of_tag) == _of(person, self.circle_id)

    def is_asked_by(self, person: Person) -> bool:
        return bytes(self.asked_tag) == _by(person, self.circle_id)

    @classmethod
    def forget(cls, tags: list[bytes]) -> None:
        """Somebody is erased: their name goes, and what a facilitator wrote. What the team did stays."""
        of, by = ({owner_mark(kind, tag) for tag in tags} for kind in ("unveiled", "unveils"))
        with transaction.atomic():
            history = History.held()
            for row in cls.objects.filter(models.Q(of_tag__in=of) | models.Q(asked_tag__in=by)).whole():
                if bytes(row.of_tag) in of:
                    row.of_tag, row.news, row.about = b"", False, {"persona": None, "name": ""}
                elif not row.asker["team"]:
                    row.asked_tag, row.reason, row.need, row.asker = b"", "", "", {**row.asker, "name": ""}
                row.save()
                row._write(history, Kind.FORGOTTEN, content=row.content)

    @property
    def content(self) -> str:
        """A keyed hash of all that this row says. The history keeps it."""
        said = [self.pk, self.circle_id, self.asked_on.isoformat(), self.about, self.asker, self.reason, self.need]
        return keyed("asked", [*said, bytes(self.of_tag).hex(), bytes(self.asked_tag).hex()]).hex()

    def _agreed(self, mark: bytes) -> bool:
        return any(bytes(step.by_tag) == mark for step in self.yeses)

    def _held(self, by: Person) -> "tuple[History, Unveiling]":
        """The history, locked, and this unveiling as it is now, for somebody of the safety team who has a say in it."""
        history = History.held()
        here = Unveiling.objects.seen_by(Person.objects.get(pk=by.pk)).whole().filter(pk=self.pk).first()
        if here is None:
            raise PermissionError("only others of the safety team have a say in this")
        return history, here

    def _write(self, history: History, kind: Kind, *, by: Person | None = None, **said: Any) -> None:
        if by is not None:
            said |= {"by_tag": _by(by, self.circle_id), "by_name": _duty(by).known_as}
        history.add(UnveilingStep(unveiling=self, circle_id=self.circle_id, kind=kind, at=time.now(), **said))


def _duty(person: Person) -> Duty:
    """Their duty on the safety team."""
    try:
        return person.duties.get(kind=Duty.Kind.SAFETY)
    except Duty.DoesNotExist:
        raise PermissionError("only the safety team") from None
