"""Nobody arrives alone: whoever is new is greeted by a person, in words that person chose, and asked after later."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Self

from django.db import models
from django.utils.translation import gettext as _

from weft.circles import veil
from weft.circles.models import CircleRow, Persona
from weft.companions.apart import apart_from, there
from weft.companions.book import GuestBook, here_today
from weft.companions.errands import Errand
from weft.companions.following import DAYS, Guest, Step
from weft.companions.open_to_ask import OpenToAsk
from weft.companions.ties import Companion, Letter
from weft.loom import jobs, keys, seal, time
from weft.loom.glance import Where
from weft.loom.ready import ready
from weft.notices.models import Notice
from weft.people.models import Person
from weft.safety.models import Block

__all__ = ["Companion", "Errand", "Greeting", "GuestBook", "Letter", "Newcomer", "Newcomers", "OpenToAsk", "prepared"]
SHOWN = 20


def what_of(day: int) -> str:
    """As what a word of this day is told."""
    return "companions.follow_up" if day else "companions.greeting"


def _tag(to: int, circle: int, day: int) -> bytes:
    return keys.tag(keys.secret(f"circle:{circle}"), "greeting", to, day)


def _tags(*personas: Persona) -> list[bytes]:
    return [_tag(persona.pk, persona.circle_id, day) for persona in personas for day in DAYS]


class GreetingQuerySet(models.QuerySet["Greeting"]):
    def given_to(self, *personas: Persona) -> Self:
        """All that these personas were written as newcomers."""
        return self.filter(turn_tag__in=_tags(*personas))


@ready
def _waiting_for(*tags: bytes) -> "models.QuerySet[Greeting]":
    return Greeting.objects.filter(turn_tag__in=tags, is_put_away=False).select_related("by", "circle")


class Greeting(CircleRow):
    """One person's word to one newcomer, as they come or some days later, and what the newcomer may write back. Read
    by these two alone. To whom it is lies under the seal: how many such rows somebody has would tell when they came."""

    turn_tag = models.BinaryField(unique=True)  # to whom, and of which day: so nobody is asked twice
    newcomer = seal.SealedJSON()  # the same, to be read
    by = models.ForeignKey(Persona, models.CASCADE, related_name="greetings")
    text = seal.SealedText()
    answer = seal.SealedText()
    on = seal.SealedDay(default=time.today)
    is_answered = models.BooleanField(default=False)
    is_read = models.BooleanField(default=False)
    is_put_away = models.BooleanField(default=False)
    to: Persona  # who that is, where somebody has looked it up

    objects = models.Manager.from_queryset(GreetingQuerySet)()

    def __str__(self) -> str:
        return "a greeting"

    @classmethod
    def made(cls, to: Persona, day: int, *, by: Persona, **said: Any) -> "Greeting":
        """One that is not saved yet."""
        tag = _tag(to.pk, to.circle_id, day)
        return cls(circle_id=to.circle_id, turn_tag=tag, newcomer=[to.pk, day], by=by, **said)

    @property
    def to_id(self) -> int:
        return int(self.newcomer[0])

    @property
    def day(self) -> int:
        return int(self.newcomer[1])

    @classmethod
    def waiting_for(cls, *personas: Persona) -> "list[Greeting]":
        """Words to these personas that they have not put away yet, the oldest first. Of somebody from whom they are
        hidden by now there are none."""
        maybe = [persona for persona in personas if cls._may_wait_for(persona)]
        found = _waiting_for(*_tags(*maybe)) if maybe else []
        of = {persona.pk: persona for persona in personas}
        return sorted((one for one in found if one.by_id not in of[one.to_id].hidden), key=lambda one: one.day)

    @staticmethod
    def _may_wait_for(persona: Persona) -> bool:
        glance = persona.glance
        return glance is None or any(here == persona.circle_id for _pk, here, _none in glance["companions.greeting"])

    @classmethod
    def where(cls, person: Person) -> Where:
        """Where the words lie that a person's personas have not put away yet."""
        mine = veil.keyring(person).items()
        tags = [_tag(persona, circle, day) for circle, persona in mine for day in DAYS]
        return Where("companions.greeting", cls, {"turn_tag": tags}, only="NOT is_put_away", number="circle_id")

    @classmethod
    def write(cls, to: Persona, words: str, *, by: Persona) -> "Greeting | None":
        """Say to a newcomer what is to be said now. Where two do it at once, the first one's words stand."""
        if not by.facilitates or by.circle_id != to.circle_id or not to.is_inside:
            raise PermissionError("only who guides a circle greets in it")
        with GuestBook.opened(by.circle_id) as guests:
            guest = guests.get(to.pk)
            step = guest.due(here_today()) if guest else None
            if guest is None or step is None or by.pk in to.hidden:
                return None
            greeting = cls.made(to, step.day, by=by, text=words)
            greeting.save(force_insert=True)
            guest.told[step.day], guest.by = (here_today() - guest.since).days, by.pk
            jobs.put("companions.tell", greeting=greeting.pk)
        return greeting

    def put_away(self, words: str = "", *, by: Persona) -> None:
        """The newcomer has read it, and may write a line back."""
        if self.to_id != by.pk:
            raise PermissionError("only who was greeted puts the greeting away")
        with GuestBook.opened(self.circle_id) as guests:
            row = type(self).objects.select_for_update().get(pk=self.pk)
            if words and not row.answer:
                row.answer, row.is_answered = words, True
                guests.setdefault(by.pk, Guest(by.since, quiet=True)).answers[row.pk] = row.by_id
                jobs.put("companions.tell", greeting=row.pk)
            row.is_put_away = True
            row.save(update_fields=["answer", "is_answered", "is_put_away"])
            Notice.seen(what_of(row.day), by, about=row.pk)

    def read_answer(self, *, by: Persona) -> None:
        """The greeter has read what came back."""
        if self.by_id != by.pk:
            raise PermissionError("only the greeter reads the answer")
        with GuestBook.opened(self.circle_id) as guests:
            self.is_read = True
            self.save(update_fields=["is_read"])
            if self.to_id in guests:
                guests[self.to_id].answers.pop(self.pk, None)
            Notice.seen("companions.answer", by, about=self.pk)

    @classmethod
    def no_more(cls, persona: Persona, *, quiet: bool = True) -> None:
        """A newcomer would rather not be asked after any more; or would again, after all."""
        with GuestBook.opened(persona.circle_id) as guests:
            if persona.pk in guests:
                guests[persona.pk].quiet = quiet
            if quiet:
                for greeting in cls.objects.given_to(persona).filter(is_put_away=False):
                    greeting.is_put_away = True
                    greeting.save(update_fields=["is_put_away"])
                    Notice.hush(what_of(greeting.day), about=greeting.pk)

    @classmethod
    def leave(cls, persona: Persona) -> None:
        """Somebody leaves the circle: nothing is to be said to them any more, and what they were told goes."""
        cls.objects.given_to(persona).delete()
        for greeting in cls.objects.filter(by=persona, is_put_away=False):
            Notice.hush(what_of(greeting.day), about=greeting.pk)
        with GuestBook.opened(persona.circle_id) as guests:
            guests.pop(persona.pk, None)
            for guest in guests.values():
                guest.by = 0 if guest.by == persona.pk else guest.by
                guest.answers = {key: by for key, by in guest.answers.items() if by != persona.pk}


def here_for(day: int) -> str:
    """How long somebody has been here, in words; nothing for those who just came."""
    return {2: _("here for some days"), 7: _("here for a week"), 30: _("here for a month")}.get(day, "")


def prepared(to: Persona, day: int = 0) -> str:
    """The circle's prepared words for this newcomer, to be changed before they are sent."""
    words = GuestBook.prepared(to.circle_id)[day] if day else to.circle.greeting
    return str(words).replace("{name}", to.name)


@dataclass(frozen=True)
class Newcomer:
    """Somebody who is new, and what there is about them for one who guides."""

    persona: Persona
    step: Step | None = None
    mine: bool = False  # whoever asks was the last to write to them
    answers: tuple[int, ...] = ()  # what they wrote back to whoever asks

    @property
    def said(self) -> str:
        """How long they have been here, in words."""
        return here_for(self.step.day if self.step else 0)


class Newcomers:
    """All who are new where these personas guide: who is to be greeted or asked after now, and who wrote back."""

    def __init__(self, personas: Iterable[Persona], known: list[Persona] | None = None) -> None:
        """*known*: all who are in their circle, where a page has them already."""
        guiding = {persona.circle_id: persona for persona in personas if persona.facilitates}
        self.known = known
        self.all: list[Newcomer] = self._look(guiding) if guiding else []

    @classmethod
    def of(cls, person: Any, personas: list[Persona]) -> "Newcomers":
        """Asked once for each person object."""
        if "_newcomers" not in person.__dict__:
            person._newcomers = cls(personas)
        found: Newcomers = person._newcomers
        return found

    @property
    def new(self) -> list[Newcomer]:
        """To be greeted, and to be asked after by anybody who guides; the newest first."""
        return [one for one in self.all if one.step and not (one.step.day and one.mine)]

    @property
    def promised(self) -> list[Newcomer]:
        """To be asked after by whoever greeted them."""
        return [one for one in self.all if one.step and one.step.day and one.mine]

    @property
    def answered(self) -> list[Newcomer]:
        return [one for one in self.all if one.answers]

    def answers(self, by: Persona) -> list[Greeting]:
        """What was written back to this greeter, each with who wrote it."""
        wrote = {key: one.persona for one in self.answered for key in one.answers}
        found = list(Greeting.objects.filter(pk__in=wrote, by=by)) if wrote else []
        for greeting in found:
            greeting.to = wrote[greeting.pk]
        return found

    def _look(self, guiding: dict[int, Persona]) -> list[Newcomer]:
        today, found = here_today(), []
        glance = next(iter(guiding.values())).glance
        for book in GuestBook.lying(glance, guiding) if glance else GuestBook.of(*guiding):
            me = guiding[book.circle_id].pk
            for key, guest in book.guests.items():
                answers = tuple(pk for pk, by in guest.answers.items() if by == me)
                step = guest.due(today)
                if answers or step:
                    found.append((guest, key, book.circle_id, step, answers))
        found.sort(key=lambda one: one[0].since, reverse=True)
        found = [one for one in found if one[4]][:SHOWN] + [one for one in found if not one[4]][: 2 * SHOWN]
        if not found:
            return []
        wanted = {key for _guest, key, *_ in found} | {guest.by for guest, *_ in found if guest.by}
        if self.known is None:
            by_key = {one.pk: one for one in there(wanted, list(guiding.values()))}
            apart = apart_from(by_key.values(), list(guiding.values()))
        else:
            by_key = {one.pk: one for one in self.known if one.pk in wanted}
            shut = {side.hidden[0] for side in Block.sides(*guiding.values())}
            apart = {pk for pk, one in by_key.items() if bytes(one.owner_tag).hex() in shut}
        new = []
        for guest, key, circle, step, answers in found:
            someone, me = by_key.get(key), guiding[circle]
            if someone is None or not someone.is_inside or key == me.pk:
                continue
            greeter = by_key.get(guest.by)
            away = greeter is None or not greeter.facilitates or guest.is_for_all(today)
            seen = step and someone.role == Persona.Role.MEMBER and key not in apart
            step = step if seen and (guest.by == me.pk or away) else None
            if step or answers:
                someone.circle = me.circle
                new.append(Newcomer(someone, step, guest.by == me.pk, answers))
        return new[:SHOWN]
