"""What the safety team must look at: what members reported, and what somebody wrote to the team about themself.

The table shows that there is something in a circle. When, who told, about whom, and every word of it is sealed. What
is about a persona is hidden from the person behind it, who may sit on the safety team: see `seen_by`.
"""

from datetime import UTC, datetime, timedelta
from typing import Any, Self

from django.db import models, transaction
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from weft.circles import veil
from weft.circles.models import Circle, CircleRow, Persona
from weft.loom import jobs, keys, seal, time
from weft.loom.glance import Glance, Where
from weft.loom.section import Reportable
from weft.notices.models import Notice
from weft.people.models import Duty, Person
from weft.safety.models.desk import Desk, by_when

OWN_WORDS = "own"  # somebody writes to the team about themself
TWICE = timedelta(minutes=10)  # the same words again so soon are a form that was sent twice

REASONS = {
    "unsure": gettext_lazy("I am not sure. Please have a look."),
    "danger": gettext_lazy("I am worried that somebody is in danger."),
    "hurtful": gettext_lazy("It is hurtful, or it threatens somebody."),
    "advice": gettext_lazy("It gives advice that could harm."),
    "approach": gettext_lazy("Somebody sells something, or comes too close in private."),
    "secret": gettext_lazy("It tells what should have stayed in the circle."),
}


def owner_mark(kind: str, owner_tag: "bytes | memoryview[int]") -> bytes:
    """A keyed hash of whoever is behind a persona of one circle, for one purpose. It outlives the persona."""
    return keys.tag(keys.secret("safety"), kind, bytes(owner_tag).hex())


# What the house itself tells the team, from numbers alone. It reads no word.
OF_THE_HOUSE = {
    "reading": gettext_lazy(
        "They open far more pages than people do, as if to carry the circle away. They were stopped for an hour."
    ),
}
NOBODY = b""  # the mark of whoever has left, and of the house
ONCE_IN = timedelta(days=1)  # so seldom the house tells of one person, that no two of their names stand side by side


class NotRead(Exception):
    """Something came in that whoever closes a concern has not read."""


class Once(CircleRow):
    """A row that is written once: history, which no verb of the house changes or takes away."""

    class Meta:
        abstract = True

    def save(self, *args: Any, **kwargs: Any) -> None:
        if not self._state.adding:
            raise TypeError("this row is history")
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> Any:
        raise TypeError("this row is history")


class ConcernQuerySet(models.QuerySet["Concern"]):
    def open(self) -> Self:
        return self.filter(is_open=True)

    def seen_by(self, person: Person) -> Self:
        """What this person of the safety team may see: nothing that is about a persona of their own.

        The same look-ups whoever asks, so that neither a count nor the time it takes tells that there is more.
        """
        return self.not_about(person) if person.has_duty(Duty.Kind.SAFETY) else self.none()

    def not_about(self, person: Person) -> Self:
        circles = Concern.objects.order_by().values_list("circle_id", flat=True).distinct()
        return self.exclude(of_tag__in=[owner_mark("of", veil.owner_tag(person, circle)) for circle in circles])

    def of_all_names(self, person: Person) -> Self:
        """What is about this person, by whichever name."""
        circles = self.order_by().values_list("circle_id", flat=True).distinct()
        return self.filter(of_tag__in=[owner_mark("of", veil.owner_tag(person, circle)) for circle in circles])

    def about(self, persona: Persona) -> Self:
        return self.filter(of_tag=owner_mark("of", persona.owner_tag))

    def by_clock(self) -> "list[Concern]":
        """The oldest promise first. The exact times are sealed, so the order is made here."""
        return sorted(self, key=lambda concern: (concern.due_at or datetime.max.replace(tzinfo=UTC), concern.opened_at))


class Concern(CircleRow):
    """Something the safety team must look at, until somebody closes it with a reason."""

    about = seal.SealedJSON()  # kind and id of the thing, and its author's id and name at that time
    about_tag = models.BinaryField()
    of_tag = models.BinaryField(null=True)
    opened_at = seal.SealedTime()
    due_at = seal.SealedTime(null=True)
    is_open = models.BooleanField(default=True, db_index=True)
    waits = models.BooleanField(default=True)  # something was told that nobody has answered yet
    forget_on_close = models.BooleanField(default=False)

    objects = models.Manager.from_queryset(ConcernQuerySet)()

    class Meta:
        indexes = [models.Index(fields=["about_tag"], name="concern_about")]

    def __str__(self) -> str:
        return "a concern"

    @classmethod
    def report(cls, thing: Reportable, *, by: Persona, reason: str, words: str = "") -> "Report":
        """A member tells the team about a thing. What several tell about one thing lies together."""
        author = thing.author
        with translation.override(None):  # the team reads it in its own language, not in that of whoever told
            what = str(thing.what)
        about = {
            "kind": thing.kind,
            "id": thing.pk,
            "what": what,
            "persona": author and author.pk,
            "name": author.name if author else "",
        }
        return cls._tell(about, author, by=by, reason=reason, words=words, excerpt=thing.excerpt)

    @classmethod
    def write(cls, words: str, *, by: Persona, excerpt: str = "") -> "Report":
        """Somebody writes to the team about themself, with the words of a draft if they like."""
        about = {"kind": OWN_WORDS, "id": by.pk, "what": "", "persona": by.pk, "name": by.name}
        return cls._tell(about, by, by=by, reason=OWN_WORDS, words=words, excerpt=excerpt)

    @classmethod
    def notice(cls, persona: Persona, *, of: Person, reason: str = "reading") -> "Report | None":
        """The house tells the team what a persona does, by that name alone, in that circle alone; and nothing more of
        the same person for a day: two names that are told of in one hour would be one person's."""
        with translation.override(None):
            what = _("A person")
        about = {"kind": "person", "id": persona.pk, "what": what, "persona": persona.pk, "name": persona.name}
        with transaction.atomic():
            Person.objects.select_for_update().get(pk=of.pk)
            told = Report.objects.filter(by_tag=NOBODY, concern__in=cls.objects.of_all_names(of))
            if any(report.is_of_the_house and time.now() - report.at < ONCE_IN for report in told):
                return None
            return cls._tell(about, persona, by=None, reason=reason, words="")

    @classmethod
    def _tell(
        cls, about: dict[str, Any], author: Persona | None, *, by: Persona | None, reason: str, **said: str
    ) -> "Report":
        where = by or author
        assert where  # noqa: S101  # the house tells of somebody
        tag = keys.tag(keys.secret("safety"), "about", where.circle_id, about["kind"], about["id"])
        with transaction.atomic():
            Circle.objects.select_for_update().get(pk=where.circle_id)
            concern = cls.objects.open().filter(about_tag=tag).first()
            if concern is None:
                desk, now = Desk.here(), time.now()
                concern = cls(
                    circle_id=where.circle_id,
                    about=about,
                    about_tag=tag,
                    of_tag=author and owner_mark("of", author.owner_tag),
                    opened_at=now,
                    due_at=desk.due(now) if desk else None,
                )
                concern.save(force_insert=True)
            return concern.add(by=by, reason=reason, **said)

    def add(self, *, by: Persona | None, reason: str, words: str, excerpt: str = "") -> "Report":
        """One more telling, and where nothing waited a new promise. A form that was sent twice is one telling."""
        now = time.now()
        mark = owner_mark("by", by.owner_tag) if by else NOBODY
        for told in self.reports.filter(by_tag=mark):
            if (told.reason, told.words, told.excerpt) == (reason, words, excerpt) and now - told.at < TWICE:
                return told
        told = Report(
            concern=self,
            circle_id=self.circle_id,
            by_tag=mark,
            by_name=by.name if by else "",
            reason=reason,
            words=words,
            excerpt=excerpt,
            at=now,
        )
        with transaction.atomic():
            told.save(force_insert=True)
            jobs.put("safety.tell_of_concern", concern=self.pk)
            row = Concern.objects.select_for_update().get(pk=self.pk)
            if not row.waits:
                desk = Desk.here()
                row.waits, row.due_at = True, desk.due(now) if desk else None
                row.save(update_fields=["waits", "due_at"])
                self.waits, self.due_at = row.waits, row.due_at
        return told

    @classmethod
    def anything_late(cls, person: Person) -> bool:
        """Whether something waits past its promise: all that a steward is told. Nothing about themself counts."""
        return any(concern.is_late for concern in cls.objects.open().not_about(person))

    @property
    def kind(self) -> str:
        return str(self.about["kind"])

    @property
    def is_own(self) -> bool:
        return self.kind == OWN_WORDS

    @property
    def is_late(self) -> bool:
        return self.is_open and self.waits and self.due_at is not None and self.due_at < time.now()

    @property
    def due_said(self) -> str:
        return by_when(self.due_at) if self.due_at else ""

    @property
    def steps_so_far(self) -> "list[Step]":
        """What has been done, in order. Reads what was prefetched."""
        return sorted(self.steps.all(), key=lambda step: step.at)

    @property
    def answers(self) -> "list[Step]":
        return [step for step in self.steps_so_far if step.kind != Step.Kind.TAKEN and step.answer]

    @property
    def taken_by(self) -> str:
        """The name of whoever took it last, or nothing."""
        return next((step.by_name for step in reversed(self.steps_so_far) if step.kind == Step.Kind.TAKEN), "")

    def look(self, *, by: Person) -> "Look":
        """Somebody of the team opens what was told. Every opening is kept."""
        duty = by.duties.get(kind=Duty.Kind.SAFETY)
        look = Look(concern=self, circle_id=self.circle_id, by=duty, by_name=duty.known_as, at=time.now())
        look.save(force_insert=True)
        return look

    def take(self, *, by: Person) -> "Step":
        """Somebody of the team takes it on; the one who takes it last has it."""
        return self._step(Step.Kind.TAKEN, by=by)

    def answer(self, words: str, *, by: Person, seen: int | None = None) -> "Step":
        """Write to those who told. They see it on their page of today.

        *seen*: how many tellings lay before whoever answers. What came in while they wrote still waits.
        """
        with transaction.atomic():
            row = Concern.objects.select_for_update().get(pk=self.pk)
            row.waits = self.waits = seen is not None and row.reports.count() > seen
            row.save(update_fields=["waits"])
            return self._step(Step.Kind.ANSWERED, by=by, answer=words)

    def close(self, reason: str, *, by: Person, words: str = "", seen: int | None = None) -> "Step":
        """Close it, with a reason that the team keeps and *words* for those who told. Closing twice is closing once.

        Raises `NotRead` where something came in that was not before whoever closes.
        """
        if not reason.strip():
            raise ValueError("nothing is closed without a reason")
        with transaction.atomic():
            row = Concern.objects.select_for_update().get(pk=self.pk)
            if not row.is_open:
                return row.steps.filter(kind=Step.Kind.CLOSED)[0]
            if seen is not None and row.reports.count() > seen:
                raise NotRead
            row.is_open = self.is_open = row.waits = self.waits = False
            row.save(update_fields=["is_open", "waits"])
            step = self._step(
                Step.Kind.CLOSED, by=by, answer=words or _("We have read it, and closed it."), reason=reason
            )
            Notice.hush("safety.concern", about=row.pk)
            if row.forget_on_close:
                row.forget_excerpts()
            return step

    def _step(self, kind: str, *, by: Person, answer: str = "", reason: str = "") -> "Step":
        duty = by.duties.get(kind=Duty.Kind.SAFETY)
        with transaction.atomic():
            step = Step(concern=self, circle_id=self.circle_id, kind=kind, answer=answer, reason=reason)
            step.by, step.by_name, step.at = duty, duty.known_as, time.now()
            step.save(force_insert=True)
            if answer:
                self.reports.exclude(by_tag=NOBODY).update(news=True)
                jobs.put("safety.tell_of_answer", concern=self.pk)
        return step

    def forget_excerpts(self) -> None:
        """The author took their words back. What was kept of them here goes: at once, or when this is closed."""
        if self.is_open:
            self.forget_on_close = True
            self.save(update_fields=["forget_on_close"])
            return
        for told in self.reports.all():
            told.excerpt = ""
            told.save(update_fields=["excerpt"])
        if self.about.get("gone"):
            self.about, self.of_tag = {**self.about, "id": 0, "persona": None, "name": ""}, None
            self.save(update_fields=["about", "of_tag"])

    def forget_author(self) -> None:
        """The author's account is erased: with the copy of their words go their name and what leads to them."""
        self.about = {**self.about, "gone": True} | ({"name": ""} if self.is_own else {})
        self.save(update_fields=["about"])
        self.forget_excerpts()


class ReportQuerySet(models.QuerySet["Report"]):
    def by(self, person: Person) -> Self:
        """What this person told, in whichever circle, also in one they have left since."""
        circles = self.order_by().values_list("circle_id", flat=True).distinct()
        return self.filter(by_tag__in=[owner_mark("by", veil.owner_tag(person, circle)) for circle in circles])


class Report(CircleRow):
    """What one member told the safety team, with what they saw at that time."""

    concern = models.ForeignKey(Concern, models.CASCADE, related_name="reports")
    by_tag = models.BinaryField()
    by_name = seal.SealedText()
    reason = seal.SealedText()
    words = seal.SealedText()
    excerpt = seal.SealedText()
    at = seal.SealedTime()
    news = models.BooleanField(default=False)  # the team wrote, and the one who told has not put it away

    objects = models.Manager.from_queryset(ReportQuerySet)()

    class Meta:
        indexes = [models.Index(fields=["news"], name="report_news", condition=models.Q(news=True))]

    def __str__(self) -> str:
        return "a report"

    @classmethod
    def answered(cls, person: Person) -> "list[tuple[Report, list[Step]]]":
        """What this person told and has an answer to that they have not put away, with the answers."""
        news = Glance.of(person)["safety.report"]
        marks = {circle: owner_mark("by", veil.owner_tag(person, circle)) for _pk, circle, _tag in news}
        mine = [pk for pk, circle, tag in news if tag == marks[circle]]
        if not mine:
            return []
        found = cls.objects.filter(pk__in=mine).select_related("concern").prefetch_related("concern__steps")
        by_concern = {report.concern_id: report for report in sorted(found, key=lambda report: report.at, reverse=True)}
        return [
            (report, [step for step in report.concern.answers if step.at >= report.at])
            for report in by_concern.values()
        ]

    @classmethod
    def where(cls) -> Where:
        """Where the reports lie, of whomever, that have an answer which nobody has put away."""
        return Where("safety.report", cls, only="news", number="circle_id", kept="by_tag")

    def forget(self) -> None:
        """Its author is gone: the words go, and what leads to them. That somebody told stays, unsaid who."""
        self.by_tag, self.by_name, self.words, self.news = NOBODY, "", "", False
        if self.concern.is_own:
            self.excerpt = ""
        self.save()

    @property
    def answered_since(self) -> bool:
        return any(step.at >= self.at for step in self.concern.answers)

    @property
    def reason_said(self) -> str:
        return str((REASONS | OF_THE_HOUSE).get(self.reason, ""))

    @property
    def is_of_the_house(self) -> bool:
        return self.reason in OF_THE_HOUSE


class Step(Once):
    """One step that the team took: who, when, and what was said."""

    class Kind(models.TextChoices):
        TAKEN = "taken"
        ANSWERED = "answered"
        CLOSED = "closed"

    concern = models.ForeignKey(Concern, models.CASCADE, related_name="steps")
    kind = models.CharField(max_length=8, choices=Kind)
    by = models.ForeignKey(Duty, models.SET_NULL, null=True, related_name="+")
    by_name = seal.SealedText()
    answer = seal.SealedText()  # for those who told
    reason = seal.SealedText()  # for the team
    at = seal.SealedTime()

    def __str__(self) -> str:
        return "a step"


class Look(Once):
    """Somebody of the team opened a concern and read it."""

    concern = models.ForeignKey(Concern, models.CASCADE, related_name="looks")
    by = models.ForeignKey(Duty, models.SET_NULL, null=True, related_name="+")
    by_name = seal.SealedText()
    at = seal.SealedTime()

    def __str__(self) -> str:
        return "a look"
