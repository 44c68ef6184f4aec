"""Nobody unheard: a story waits until somebody answers, somebody takes it on, or its teller lets it rest.

Which stories wait is read from their own rows (`Waits`), each time anew. No job has to run for that: jobs only tell
people, and ask two who have been there (`asking.py`). By which rules is said in `waiting.py`.
"""

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Self

from django.db import models, transaction
from django.db.models import FilteredRelation, Q
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from weft.circles.models import Circle, CircleRow, Persona
from weft.loom import jobs, seal, time
from weft.loom.glance import Where
from weft.safety.models.desk import by_when
from weft.stories import waiting
from weft.stories.waiting import Wait

if TYPE_CHECKING:
    from weft.stories.models import Reply, Story

STILL_YOUNG = timedelta(days=30)  # a story whose only answer is taken back after that has been heard, long ago
UNHEARD = Q(hearers=0, is_resting=False, number__isnull=False, taken_back=False, erased=False, teller__isnull=False)


class WaitsQuerySet(models.QuerySet[Any]):
    def unheard(self) -> Self:
        """Told, still standing, and answered by nobody; neither did its teller let it rest."""
        return self.filter(UNHEARD)

    def with_hands(self) -> Self:
        """With who has each in hand (`Waits.in_hand`), for a list."""
        with_hand = self.annotate(hand=FilteredRelation("handovers", condition=Q(handovers__is_open=True)))
        return with_hand.select_related("teller", "circle", "hand__to")


class Waits(models.Model):
    """The part of a story that says whether it still waits."""

    hearers = models.PositiveSmallIntegerField(default=0)  # others who answered so that the teller sees it: 0, 1, more
    is_resting = models.BooleanField(default=False)  # the teller's word: “let it rest”, “I am all right”
    waits_since = seal.SealedTime(null=True)
    promised = seal.SealedTime(null=True)  # by when its circle said that somebody answers

    if TYPE_CHECKING:  # what a story is besides
        pk: int
        circle: Circle
        circle_id: int
        teller: Persona | None
        teller_id: int | None
        told_at: datetime | None
        replies: models.QuerySet[Reply]
        asks: models.QuerySet[Any]
        handovers: models.QuerySet[Any]

        @property
        def stands(self) -> bool: ...

    class Meta:
        abstract = True

    @property
    def wait(self) -> Wait:
        """How it waits. A row from before there was a promise on it has the promise that its circle makes today."""
        since = self.waits_since or self.told_at or time.now()
        return Wait(since, self.promised or since + timedelta(hours=self.circle.promise_hours), self.hearers)

    @property
    def is_unheard(self) -> bool:
        return self.stands and self.teller_id is not None and not self.hearers and not self.is_resting

    @property
    def in_hand(self) -> "Handover | None":
        """In whose hands it is. One who no longer guides the circle has nothing in hand. (Found by `with_hands`.)"""
        hand: Handover | None = getattr(self, "hand", None)
        return hand if hand and (hand.to is None or hand.to.facilitates) else None

    @property
    def is_late(self) -> bool:
        """Whether the promise was not kept: then its teller reads the note of the house."""
        return self.is_unheard and self.wait.is_over(time.now())

    @property
    def by_when(self) -> str:
        """By when somebody means to answer, on the reader's clock."""
        return by_when(self.wait.until)

    @property
    def left_said(self) -> str:
        """How long is left of the promise, in words."""
        left = self.wait.until - time.now()
        if left <= timedelta(0):
            return _("the promised time is over")
        if left < timedelta(hours=1):
            return _("less than an hour left")
        if left < timedelta(hours=36):
            hours = round(left / timedelta(hours=1))
            return ngettext("%(n)s hour left", "%(n)s hours left", hours) % {"n": hours}
        days = round(left / timedelta(days=1))
        return ngettext("%(n)s day left", "%(n)s days left", days) % {"n": days}

    @property
    def waited_said(self) -> str:
        """How long it has waited, in words."""
        waited = max(time.now() - self.wait.since, timedelta(0))
        if waited < timedelta(hours=1):
            return _("waits for less than an hour")
        if waited < timedelta(hours=36):
            hours = round(waited / timedelta(hours=1))
            return ngettext("waits for %(n)s hour", "waits for %(n)s hours", hours) % {"n": hours}
        days = round(waited / timedelta(days=1))
        return ngettext("waits for %(n)s day", "waits for %(n)s days", days) % {"n": days}

    def begin_to_wait(self) -> None:
        """From now on the promise of the circle counts. Saved by the caller."""
        self.waits_since, self.is_resting = time.now(), False
        self.promised = self.waits_since + timedelta(hours=self.circle.promise_hours)

    def look_again(self) -> None:
        """Have the house look at it when something is to be done. Stands or falls with the transaction around it."""
        wait = self.wait
        jobs.put("stories.look_again", due=wait.at(waiting.ASK), once=("look", self.pk), story=self.pk)
        jobs.put("stories.tell_in_time", due=wait.at(waiting.TELL), once=("tell", self.pk), story=self.pk)

    def recount(self) -> None:
        """Count anew who has answered so that the teller sees it, after something was said, opened or taken back."""
        with transaction.atomic():
            row: Any = type(self)._base_manager.select_for_update().get(pk=self.pk)
            before, who = row.hearers, row._who_answered()
            row.hearers = min(len(who), waiting.AIM)
            fields = ["hearers"]
            if before and not row.hearers:
                if row.told_at and time.now() - row.told_at > STILL_YOUNG:
                    return
                row.begin_to_wait()
                fields += ["waits_since", "promised", "is_resting"]
                row.look_again()
            if row.hearers != before:
                row.save(update_fields=fields)
            if row.hearers > before:
                jobs.put("stories.hush", once=("hush", self.pk), story=self.pk)
            if row.hearers:
                row.handovers.filter(is_open=True).update(is_open=False)
            done = Q() if row.hearers >= waiting.AIM else Q(to__in=who)
            row.asks.filter(done, is_open=True).update(is_open=False)
        self.hearers = row.hearers

    def _who_answered(self) -> set[int]:
        """A note counts when it was opened: advice that lies unread has not heard anybody. An answer by somebody whom
        the teller does not see counts for nobody."""
        heard = self.replies.filter(erased=False).filter(Q(is_note=False) | Q(note_opened=True))
        who = {by or -pk for pk, by in heard.values_list("pk", "by") if by is None or by != self.teller_id}
        if who and self.teller:
            who -= self.teller.hidden
        return who

    def ask_again(self, *, by: Persona) -> None:
        """The teller asks again: the promise counts anew, and others are asked."""
        self._word(by)
        with transaction.atomic():
            self.begin_to_wait()
            self.save(update_fields=["waits_since", "promised", "is_resting"])
            self.look_again()

    def rest(self, *, by: Persona) -> None:
        """The teller's word: it need not be answered. Nobody is asked any more."""
        self._word(by)
        with transaction.atomic():
            self.is_resting = True
            self.save(update_fields=["is_resting"])
            self.asks.filter(is_open=True).update(is_open=False)
            self.handovers.filter(is_open=True).update(is_open=False)
            jobs.put("stories.hush", once=("hush", self.pk), story=self.pk)

    def show_to_guides(self, *, by: Persona) -> None:
        """The teller shows it only to those who guide, and asks them."""
        self._word(by)
        story: Any = self
        with story._changing():
            story.audience = "facilitators"
            self.begin_to_wait()
            story.save(update_fields=["audience", "waits_since", "promised", "is_resting"])
            self.asks.filter(is_open=True).update(is_open=False)
            self.look_again()

    def _word(self, by: Persona) -> None:
        if self.teller_id != by.pk or not self.stands or self.hearers:
            raise PermissionError("only its teller says what becomes of a story that nobody has answered")


class Handover(CircleRow):
    """One who guides takes a story on, or passes it to another, or to the safety team (then *to* is nobody)."""

    story = models.ForeignKey("stories.Story", models.CASCADE, related_name="handovers")
    by = models.ForeignKey(Persona, models.SET_NULL, null=True, related_name="+")
    to = models.ForeignKey(Persona, models.CASCADE, null=True, related_name="taken_on")
    at = seal.SealedTime()
    is_open = models.BooleanField(default=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["story"], condition=Q(is_open=True), name="one_open_handover_of_a_story")
        ]

    def __str__(self) -> str:
        return "a hand-over"

    @classmethod
    def make(cls, story: "Story", *, by: Persona, to: Persona | None) -> "Handover | None":
        """Take it on (*to* is oneself), or pass it on. Nothing happens when somebody has answered meanwhile."""
        if not by.facilitates or by.circle_id != story.circle_id:
            raise PermissionError("only who guides a circle hands its stories over")
        if to is not None and (not to.facilitates or to.circle_id != story.circle_id or to.pk == story.teller_id):
            raise PermissionError("a story is handed to somebody who guides its circle")
        with transaction.atomic():
            row = type(story).objects.select_for_update().get(pk=story.pk)
            if not row.is_unheard:
                return None
            last: Handover | None = row.handovers.filter(is_open=True).first()
            if last and last.to_id == (to and to.pk):
                return last
            row.handovers.filter(is_open=True).update(is_open=False)
            made = cls(circle_id=story.circle_id, story=row, by=by, to=to, at=time.now())
            made.save(force_insert=True)
            if to is not None and to.pk != by.pk:
                jobs.put("stories.tell_of_handover", once=("handover", made.pk), handover=made.pk)
        return made

    def give_back(self, *, by: Persona) -> None:
        """Whoever took it cannot after all: it lies before everybody who guides again."""
        if self.to_id != by.pk:
            raise PermissionError("only who took it on gives it back")
        self.is_open = False
        self.save(update_fields=["is_open"])

    @classmethod
    def of(cls, story: "Story") -> "Handover | None":
        """In whose hands it is."""
        found = cls.objects.filter(story=story.pk, is_open=True).select_related("to").first()
        return found if found and (found.to is None or found.to.facilitates) else None


BITS = 24  # room for as many topics: a row's length tells nothing of what somebody has been through
WEEK = 7


class Readiness(CircleRow):
    """“I have been there, and I may be asked”: about what, how often, and on which days not. Off unless somebody says
    so, in one circle, by themselves. For those who guide also: on which days they are on duty."""

    persona = models.OneToOneField(Persona, models.CASCADE, related_name="readiness")
    said = seal.SealedJSON()  # as many letters whatever it says: topics, anything, limit, days of rest, days of duty

    def __str__(self) -> str:
        return "a readiness"

    @classmethod
    def of(cls, persona: Persona) -> "Readiness":
        """What this persona has said; where they have said nothing, they are not asked."""
        found = cls.objects.filter(persona=persona).first()
        return found or cls(circle_id=persona.circle_id, persona=persona, said=_packed([], False, 1, [], []))

    def say(self, *, topics: list[str], anything: bool, a_day: int, rest: list[int], duty: list[int]) -> None:
        """Keep it. Where nothing is left, the row goes."""
        if topics or anything or duty:
            self.said = _packed(topics, anything, a_day, rest, duty)
            self.save()
        elif self.persona.pk:
            type(self).objects.filter(persona=self.persona).delete()

    @property
    def topics(self) -> list[str]:
        from weft.stories.models import Topic

        return [topic for topic, bit in zip(Topic.values, self.said[0], strict=False) if bit == "1"]

    @property
    def anything(self) -> bool:
        return bool(self.said[1] == "1")

    @property
    def a_day(self) -> int:
        return int(self.said[2])

    @property
    def rest(self) -> list[int]:
        return [day for day in range(WEEK) if self.said[3][day] == "1"]

    @property
    def duty(self) -> list[int]:
        return [day for day in range(WEEK) if self.said[4][day] == "1"]

    @property
    def is_open(self) -> bool:
        return bool(self.topics) or self.anything


def _packed(topics: list[str], anything: bool, a_day: int, rest: list[int], duty: list[int]) -> list[str]:
    from weft.stories.models import Topic

    bits = "".join("1" if topic in topics else "0" for topic in Topic.values).ljust(BITS, "0")
    days = ["".join("1" if day in chosen else "0" for day in range(WEEK)) for chosen in (rest, duty)]
    return [bits, "1" if anything else "0", str(min(max(a_day, 1), 3)), *days]


class Ask(CircleRow):
    """A quiet question to one who has been there: would you read this? Nobody else knows of it, or of the answer."""

    story = models.ForeignKey("stories.Story", models.CASCADE, related_name="asks")
    to = models.ForeignKey(Persona, models.CASCADE, related_name="asks")
    at = seal.SealedTime()
    is_open = models.BooleanField(default=True)
    said = seal.SealedText()  # nothing yet, "yes" or "no"

    class Meta:
        constraints = [models.UniqueConstraint(fields=["story", "to"], name="one_question_to_one")]
        indexes = [models.Index(fields=["to", "is_open"], name="questions_open")]

    def __str__(self) -> str:
        return "a question"

    @classmethod
    def where(cls, mine: list[int]) -> Where:
        """Where the questions lie that are open for these personas."""
        return Where("stories.question", cls, {"to_id": mine}, only="is_open", number="story_id")

    def still_waits(self, now: datetime, hidden: set[int]) -> bool:
        """The story still stands, still waits, and may be read."""
        return bool(
            now < self.at + waiting.DAY
            and self.story.stands
            and not self.story.is_resting
            and self.story.hearers < waiting.AIM
            and self.story.teller_id is not None
            and self.story.teller_id not in hidden
            and self.story.audience == "circle"
        )

    def answer(self, *, by: Persona, yes: bool) -> None:
        """“I will read it”, or “not today”: then the question passes on, and nobody learns from whom."""
        if self.to_id != by.pk:
            raise PermissionError("only who was asked answers")
        with transaction.atomic():
            self.said = "yes" if yes else "no"
            self.is_open = self.is_open and yes
            self.save(update_fields=["said", "is_open"])
            if not yes:
                jobs.put("stories.look_again", once=("look", self.story_id), story=self.story_id)

    @property
    def is_taken(self) -> bool:
        return bool(self.said == "yes")
