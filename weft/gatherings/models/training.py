"""The training of volunteer hosts: short steps, read and answered, and a person who signs it off. It lapses.

What somebody gets by it is one thing: they may hold an hour that is theirs to hold. It is no rank, and it shows
nowhere. When it lapses, that is gone, and nothing else.
"""

from datetime import date, timedelta
from typing import Any, Self

from django.db import models, transaction
from django.db.models import Q

from weft.circles import veil
from weft.circles.models import CircleRow, Persona
from weft.circles.models.credential import AHEAD, WITHIN
from weft.gatherings.presets import LESSONS
from weft.loom import ids, jobs, seal, time
from weft.people.models import Duty, Person

SIGN_OFF = (Duty.Kind.SAFETY, Duty.Kind.TRAINER)


class Course(models.Model):
    """What hosts of this house read and answer: one row, once the house has changed it."""

    id = models.BigIntegerField(primary_key=True, default=1, editable=False)
    lessons = seal.SealedJSON()  # key, title, text, asks
    days = models.PositiveIntegerField(default=365)  # how long a sign-off holds

    def __str__(self) -> str:
        return "the training of hosts"

    @classmethod
    def here(cls) -> "Course":
        """The course of this house; until it has its own, the one that comes with it."""
        return cls.objects.filter(pk=1).first() or cls(lessons=[lesson.said for lesson in LESSONS])

    @classmethod
    def teach(cls, lessons: list[dict[str, str]], days: int) -> "Course":
        """From now on hosts read this. Whoever is signed off stays so."""
        course = cls.here()
        course.lessons, course.days = lessons, days
        course.save()
        return course

    def lesson(self, number: int) -> dict[str, str] | None:
        """The lesson of this number, from one on."""
        return dict(self.lessons[number - 1]) if 0 < number <= len(self.lessons) else None


class TrainingQuerySet(models.QuerySet["Training"]):
    def waiting(self) -> Self:
        """Those that somebody still has to read."""
        return self.filter(is_waiting=True)

    def not_of(self, person: Person) -> Self:
        """Those of others: nobody signs off their own. The same look-ups whoever asks."""
        circles = self.order_by().values_list("circle_id", flat=True).distinct()
        return self.exclude(persona__owner_tag__in=[veil.owner_tag(person, circle) for circle in list(circles)])


class Training(CircleRow):
    """One persona's training as a host. While it is done again, the one that was signed off stays beside it."""

    persona = models.ForeignKey(Persona, models.CASCADE, related_name="trainings")
    answers = seal.SealedJSON(default=dict)  # by the key of the lesson: what it asked, and what was answered
    signed = seal.SealedJSON(default=dict)  # by whom, when, until when, and at which persona
    word = seal.SealedText()  # what whoever read it wrote back
    is_waiting = models.BooleanField(default=False)
    is_signed = models.BooleanField(default=False)

    objects = models.Manager.from_queryset(TrainingQuerySet)()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["persona", "is_signed"], name="one_training_signed_and_one_not"),
        ]

    def __str__(self) -> str:
        return "a training"

    @classmethod
    def of(cls, persona: Persona) -> "Training":
        """The training that this persona is at; a new one is not saved yet."""
        found = persona.trainings.filter(is_signed=False).first()
        return found or cls(circle_id=persona.circle_id, persona=persona)

    @classmethod
    def signed_of(cls, *personas: Persona) -> "dict[int, Training]":
        """What was signed off, by persona. One look-up, however many they are."""
        found = cls.objects.filter(persona__in=personas, is_signed=True) if personas else []
        return {one.persona_id: one for one in found if one.was_signed}

    @classmethod
    def signed_in(cls, circle_id: int) -> "list[Training]":
        """All that was signed off in a circle, also what has lapsed."""
        found = cls.objects.filter(circle_id=circle_id, is_signed=True).select_related("persona")
        return [one for one in found if one.was_signed]

    @classmethod
    def answer(cls, persona: Persona, lesson: dict[str, str], words: str) -> "Training":
        """A host has read a step, and says something to it, or only that they have read it."""
        if not persona.may_write:
            raise PermissionError("an observer does not host")
        with transaction.atomic():
            persona.circle.lock()
            here = cls.of(persona)
            said = {"asks": lesson["asks"], "title": lesson["title"], "words": words.strip()}
            here.answers = {**here.answers, lesson["key"]: said}
            here.save()
        return here

    def hand_in(self, course: Course) -> None:
        """All steps are answered: somebody shall read it."""
        with transaction.atomic():
            self.lock_circle()
            here = Training.objects.get(pk=self.pk)
            if here.is_whole(course) and not here.is_waiting and not here.is_signed:
                here.is_waiting, here.word = True, ""
                here.save(update_fields=["is_waiting", "word"])
                jobs.put("gatherings.tell_of_training", training=here.pk)

    def sign_off(self, *, by: Person) -> None:
        """A person has read it and answers for it. It holds for as long as the house says."""
        with transaction.atomic():
            here = self._held(by)
            if here and here.is_waiting:
                here.persona.trainings.filter(is_signed=True).delete()
                here.settle(by=_duty(by).known_as, on=time.today(), days=Course.here().days)
                jobs.put("notices.tell", what="gatherings.signed", persona=here.persona_id, about=here.pk)

    def give_back(self, words: str, *, by: Person) -> None:
        """Not yet: whoever read it writes what is missing, or that they would like to talk first."""
        if not words.strip():
            raise ValueError("nothing is given back without a word")
        with transaction.atomic():
            here = self._held(by)
            if here and here.is_waiting:
                here.is_waiting, here.word = False, words.strip()
                here.save(update_fields=["is_waiting", "word"])
                jobs.put("notices.tell", what="gatherings.signed", persona=here.persona_id, about=here.pk)

    def settle(self, *, by: str, on: date, days: int) -> None:
        """It is signed off. The one whose it is will be warned in time."""
        until = on + timedelta(days=days)
        self.signed = {"by": by, "on": on.isoformat(), "until": until.isoformat(), "persona": self.persona_id}
        self.is_signed, self.is_waiting, self.word = True, False, ""
        self.save()
        early = timedelta(seconds=ids.random_id() % int(WITHIN.total_seconds()))
        for ahead in (AHEAD + early, early / 2):
            jobs.put("gatherings.warn", due=time.midnight(until) - ahead, training=self.pk)

    @classmethod
    def can_be_signed(cls, persona: Persona) -> bool:
        """Whether there is anybody who could sign it off besides the one whose it is."""
        found = Duty.objects.filter(kind__in=SIGN_OFF).select_related("person")
        return any(veil.owner_tag(duty.person, persona.circle_id) != bytes(persona.owner_tag) for duty in found)

    def is_whole(self, course: Course) -> bool:
        """Whether every step of the course is answered."""
        return all(lesson["key"] in self.answers for lesson in course.lessons)

    @property
    def was_signed(self) -> bool:
        """Whether a person signed just this. Read from what is sealed."""
        return bool(self.signed) and self.signed["persona"] == self.persona_id

    @property
    def signed_by(self) -> str:
        return str(self.signed["by"]) if self.was_signed else ""

    @property
    def signed_on(self) -> date | None:
        return date.fromisoformat(self.signed["on"]) if self.was_signed else None

    @property
    def valid_until(self) -> date | None:
        return date.fromisoformat(self.signed["until"]) if self.was_signed else None

    def holds(self, day: date) -> bool:
        """Whether it lets somebody hold an hour on this day."""
        return self.valid_until is not None and day <= self.valid_until

    @property
    def days_left(self) -> int:
        """Days until it lapses: none on its last day, and fewer than none afterwards."""
        return (self.valid_until - time.today()).days if self.valid_until else -1

    @property
    def is_due(self) -> bool:
        """Whether it is time to renew it."""
        return self.days_left <= AHEAD.days

    @property
    def for_its_person(self) -> dict[str, Any]:
        """What it says, for the download of the one whose it is."""
        return {
            "answers": list(self.answers.values()),
            "signed_off_by": self.signed_by,
            "signed_off_on": self.signed_on,
            "valid_until": self.valid_until,
            "word": self.word,
        }

    def _held(self, by: Person) -> "Training | None":
        """This row as it is now, and its circle held, for somebody who signs off and whose it is not."""
        _duty(by)
        if veil.owner_tag(by, self.circle_id) == bytes(self.persona.owner_tag):
            raise PermissionError("nobody signs off their own training")
        self.lock_circle()
        return Training.objects.select_related("persona").filter(pk=self.pk).first()


def _duty(person: Person) -> Duty:
    found = person.duties.filter(Q(kind__in=SIGN_OFF)).order_by("kind").first()
    if found is None:
        raise PermissionError("only the safety team, or whom the house named for it, signs off a training")
    return found
