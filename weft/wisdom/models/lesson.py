"""A lesson, and the strands that it is woven from: each the words of one person, on their own terms."""

import hashlib
import re
from collections.abc import Collection, Iterable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any, Self

from django.db import models, transaction
from django.db.models import Exists, Max, OuterRef, Q
from markupsafe import Markup

from weft.circles.models import Circle, CircleRow, House, Persona
from weft.loom import jobs, ledger, seal, text, time
from weft.loom.glance import Where
from weft.loom.pages import url
from weft.notices.models import Notice
from weft.stories.models import OWN_TOPICS, Reply, Story, Topic
from weft.wisdom import indexing

DYES = ("madder", "moss", "indigo", "ochre", "plum")
RESTS = timedelta(days=3)  # words that were only just said are somebody's own for a while
LINE = 70  # letters of a heading that its author did not write
ABOUT_LESSON = ("wisdom.tried", "wisdom.stands")


class Reader:
    """Somebody who reads lessons: through which of their circles, and from whom they are shut off in any of them."""

    def __init__(self, person: Any, *through: Persona) -> None:
        others = [one for one in Persona.all_of(person) if one.pk not in {persona.pk for persona in through}]
        self.mine = [*through, *others]
        self.through = list(through) or self.mine
        self.circles = [persona.circle_id for persona in self.through]
        self.hidden = Persona.hidden_from(*self.mine)

    def through_which(self, circle_id: int) -> int:
        """The circle through which this one comes to something that lies in a circle."""
        return circle_id if circle_id in self.circles else self.circles[0]


class StrandQuerySet(models.QuerySet["Strand"]):
    def read_by(self, reader: Reader) -> Self:
        """What this reader may read: said yes to, for their circle or the house, by nobody they are shut off from."""
        return self.readable(*reader.through, hidden=reader.hidden)

    def readable(self, *through: Persona, hidden: Collection[int] | None = None) -> Self:
        """What these may read; without *hidden*, shut off from those from whom they are in their own circles."""
        hidden = Persona.hidden_from(*through) if hidden is None else hidden
        circles = [persona.circle_id for persona in through]
        found = self.filter(stands=True).filter(Q(circle_id__in=circles) | Q(for_house=True))
        return found.exclude(author_id__in=hidden) if hidden else found

    def of_source(self, source: "Story | Reply") -> Self:
        """What was made of a story or of a reply, and the asking for it."""
        return self.filter(**_source(source))


class LessonQuerySet(models.QuerySet["Lesson"]):
    def read_by(self, reader: Reader) -> Self:
        """Lessons of which this reader may read a strand, in an order that says nothing."""
        return self.filter(pk__in=Strand.objects.read_by(reader).order_by().values("lesson")).order_by("pk")

    def keys(self) -> list[int]:
        return list(self.values_list("pk", flat=True))


class Lesson(CircleRow):
    """What holds strands together. It has no words of its own: where somebody takes theirs back, none stay."""

    strands: "list[Strand]"  # those that whoever asks may read: see `woven`
    tried: bool

    objects = models.Manager.from_queryset(LessonQuerySet)()

    def __str__(self) -> str:
        return "a lesson"

    @classmethod
    def woven(cls, keys: Iterable[int], reader: Reader) -> "list[Lesson]":
        """These lessons in their order, with the strands that this reader may read, and whether anybody tried them:
        in one look-up."""
        order = {key: number for number, key in enumerate(keys)}
        rows = Strand.objects.read_by(reader).filter(lesson__in=order) if order else Strand.objects.none()
        return sorted(cls.of(rows, reader), key=lambda one: order[one.pk])

    @classmethod
    def of(cls, rows: StrandQuerySet, reader: Reader) -> "list[Lesson]":
        """The lessons of these strands, with them alone."""
        from weft.wisdom.models.trial import Trial

        tried = Trial.objects.read_by(reader).filter(lesson=OuterRef("lesson"))
        strands: Any = rows.select_related("lesson").annotate(tried=Exists(tried))
        found: dict[int, Lesson] = {}
        for strand in sorted(strands, key=lambda one: one.number or 0):
            if strand.lesson is not None:
                lesson = found.setdefault(strand.lesson.pk, strand.lesson)
                lesson.strands, lesson.tried = [*getattr(lesson, "strands", []), strand], strand.tried
        return list(found.values())

    @classmethod
    def read(cls, key: int, reader: Reader) -> "Lesson | None":
        """One lesson, if this reader may read any of it."""
        return next(iter(cls.woven([key], reader)), None)

    def through(self, circle_id: int) -> str:
        """Its address, for somebody who comes through this circle."""
        return url("wisdom:lesson", key=circle_id, lesson_key=self.pk)

    @property
    def edge(self) -> list[str]:
        """The colours of the threads on its edge: one for each strand, no neighbours alike."""
        return [DYES[(self.pk + number) % len(DYES)] for number in range(len(self.strands))]

    @property
    def heading(self) -> str:
        return self.strands[0].heading

    @property
    def topics_said(self) -> list[str]:
        """What it helped with, in words."""
        topics = dict.fromkeys(topic for strand in self.strands for topic in strand.topics)
        return [_said(topic) for topic in topics]

    def let_go_if_bare(self) -> None:
        """A lesson with no strand left is none, and what was said of it goes with it."""
        if not Strand.objects.filter(lesson=self, stands=True).exists():
            for what in ABOUT_LESSON:
                Notice.hush(what, about=self.pk)
            Lesson.objects.filter(pk=self.pk).delete()


class Strand(CircleRow):
    """One person's words in a lesson. Asked for, or begun by themselves; it stands only after their yes to the words,
    the name and who reads it, and is gone at once when they take it back."""

    lesson = models.ForeignKey(Lesson, models.SET_NULL, null=True, related_name="+")
    author = models.ForeignKey(Persona, models.SET_NULL, null=True, related_name="strands")
    story = models.ForeignKey(Story, models.CASCADE, null=True, related_name="+")
    reply = models.ForeignKey(Reply, models.CASCADE, null=True, related_name="+")
    line = seal.SealedText()
    text = seal.SealedText()
    html = seal.SealedText()
    name = seal.SealedText()
    topics = seal.SealedJSON(default=list)
    asked_by = seal.SealedJSON(default=list)  # who asked for it, until it is answered
    on = seal.SealedDay(null=True)
    for_house = models.BooleanField(default=False)
    is_asked = models.BooleanField(default=False)
    stands = models.BooleanField(default=False)
    declined = models.BooleanField(default=False)  # said no to, or taken back: nobody asks for it again
    number = models.PositiveIntegerField(null=True)  # its place in the index of the circle
    house_place = models.PositiveIntegerField(null=True, unique=True)

    objects = models.Manager.from_queryset(StrandQuerySet)()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["circle", "number"], name="one_strand_of_a_number")]
        indexes = [
            models.Index(fields=["circle", "stands"], name="strands_of_a_circle"),
            models.Index(fields=["for_house", "stands"], name="strands_of_the_house"),
        ]

    def __str__(self) -> str:
        return "a strand"

    def get_absolute_url(self) -> str:
        return url("wisdom:strand", key=self.circle_id, strand_key=self.pk)

    @classmethod
    def where(cls, mine: list[int]) -> Where:
        """Where that lies which these personas are asked for."""
        only = "is_asked AND NOT stands AND NOT declined"
        return Where("wisdom.asked", cls, {"author_id": mine}, only=only, number="circle_id")

    @classmethod
    def may_be_asked(cls, source: Story | Reply, *, by: Persona) -> bool:
        """Whether one may ask for a source that one reads: not for one's own, of nobody who just came, and once."""
        author = _author(source)
        if author is None or author.pk == by.pk or not by.may_write or not author.is_inside or author.is_new:
            return False
        if not rested(source):
            return False
        return not (Unasked.among(author.pk) or cls.objects.of_source(source).exists())

    @classmethod
    def ask(
        cls, key: int, source: Story | Reply, words: str, topics: list[str], *, by: Persona, into: Lesson | None = None
    ) -> "Strand | None":
        """Ask whether these words of a story or of a reply may help others. Nothing is added to what was said there."""
        if not stands_in(words, source.text):
            raise ValueError("only what was said is asked for")
        with transaction.atomic():
            by.circle.lock()
            if found := cls.objects.filter(pk=key, circle_id=by.circle_id).first():  # the form was sent twice
                return found
            if not cls.may_be_asked(source, by=by):
                return None
            strand = cls(pk=key, circle_id=by.circle_id, author=_author(source), **_source(source))
            strand.is_asked, strand.asked_by = True, [by.pk]
            strand._put(line="", words=words, name="", topics=topics, for_house=False)
            strand.lesson = into if into and by.facilitates else None
            strand.save(force_insert=True)
            jobs.put("wisdom.tell_of_ask", strand=strand.pk)
        return strand

    @classmethod
    def begin(
        cls,
        key: int,
        said: dict[str, Any],
        *,
        by: Persona,
        source: Story | Reply | None = None,
        into: Lesson | None = None,
    ) -> "Strand | None":
        """Somebody begins one of their own, alone or woven into a lesson. It stands only after their yes."""
        if source is not None and _author(source) != by:
            raise PermissionError("another's words are asked for")
        with transaction.atomic():
            by.circle.lock()
            if found := cls.objects.filter(pk=key).first():
                return found if found.author_id == by.pk else None
            strand = cls(pk=key, circle_id=by.circle_id, author=by, **(_source(source) if source else {}))
            strand.lesson = into
            strand._put(**said)
            strand.save(force_insert=True)
        return strand

    def _put(self, *, line: str, words: str, name: str, topics: list[str], for_house: bool) -> None:
        self.line, self.text, self.html = " ".join(line.split()), words, text.render(words)
        self.name, self.topics, self.for_house = " ".join(name.split()), topics, for_house

    @contextmanager
    def _changing(self, by: Persona | None) -> "Iterator[Strand]":
        """The row as it is now, held until the change is made, and the index in step with it."""
        with transaction.atomic():
            self.lock_circle()
            fresh = Strand.objects.select_for_update().get(pk=self.pk)
            if by is not None and fresh.author_id != by.pk:
                raise PermissionError("only its author may do this")
            before = fresh._places()
            yield fresh
            if fresh.for_house and fresh.stands and fresh.house_place is None:
                _lock_house()
                taken = Strand.objects.exclude(house_place=None).values_list("house_place", flat=True)
                fresh.house_place = indexing.free_place({place for place in taken if place is not None})
            elif not (fresh.for_house and fresh.stands):
                fresh.house_place = None
            fresh.save()
            _reindex(before, fresh._places())
        self.refresh_from_db()

    def _places(self) -> dict[int, tuple[int | None, set[str]]]:
        """Where it stands in which index, and by which words."""
        if not self.stands:
            return {}
        said = indexing.said_in(f"{self.line} {self.text}", list(self.topics))
        here = {self.circle_id: (self.number, said)}
        return here | ({indexing.HOUSE: (self.house_place, said)} if self.house_place is not None else {})

    def write(self, said: dict[str, Any], over: str, *, by: Persona) -> bool:
        """Change the words, the name, or who reads it. What others read changes with it.

        *over*: the digest of what its author began from. False: another window changed it since, and it stays as it is.
        """
        with self._changing(by) as fresh:
            if fresh.declined:
                raise PermissionError("it was taken back")
            if fresh.digest != over and fresh.text.strip() != said["words"].strip():
                return False
            fresh._put(**said)
        return True

    def say_yes(self, digest: str, *, by: Persona) -> bool:
        """Its author says yes to the very words that they read. False: they changed since."""
        with self._changing(by) as fresh:
            if fresh.declined or fresh.digest != digest:
                return False
            if fresh.stands:
                return True
            if fresh.lesson_id is None:
                fresh.lesson = Lesson(circle_id=fresh.circle_id)
                fresh.lesson.save(force_insert=True)
            last = Strand.objects.filter(circle_id=fresh.circle_id).aggregate(last=Max("number"))["last"] or 0
            fresh.number, fresh.on, fresh.stands = last + 1, time.today(), True
            asker = fresh.asked_by[0] if fresh.asked_by else None
            fresh.asked_by, fresh.is_asked = [], False
            if asker:
                jobs.put("wisdom.tell_asker", persona=asker, lesson=fresh.lesson_id)
        return True

    def let_go(self, *, by: Persona | None = None) -> None:
        """No, without a reason; or not any more. Its words, its name and what it helped with are gone everywhere."""
        with ledger.erasing("wisdom.strand", self.pk):
            with self._changing(by) as fresh:
                lesson, fresh.lesson = fresh.lesson, None
                fresh._put(line="", words="", name="", topics=[], for_house=False)
                fresh.stands = fresh.is_asked = False
                fresh.declined, fresh.number, fresh.on, fresh.asked_by = True, None, None, []
                Notice.hush("wisdom.asked", about=fresh.pk)
            if self.story_id is None and self.reply_id is None:  # nothing that anybody could ask for again
                Strand.objects.filter(pk=self.pk).delete()
            if lesson:
                lesson.let_go_if_bare()

    def bare(self) -> None:
        """Its author has left, and lets it stand: without a name, and without a way back."""
        with self._changing(None) as fresh:
            fresh.name, fresh.author, fresh.story, fresh.reply = "", None, None, None

    @property
    def digest(self) -> str:
        """All that a yes is to, as a hash."""
        said = [self.line, self.text, self.name, *self.topics, str(self.for_house)]
        return hashlib.sha256("\0".join(said).encode()).hexdigest()

    @property
    def heading(self) -> str:
        """What it says in a line: its author's, or how it begins."""
        return self.line or text.opening(self.html, LINE)

    @property
    def opening(self) -> str:
        """Its first words, for a list."""
        return text.opening(self.html)

    @property
    def shown(self) -> Markup:
        return text.safe(self.html)

    @property
    def topics_said(self) -> list[str]:
        return [_said(topic) for topic in self.topics]


class Unasked(CircleRow):
    """Somebody would rather not be asked for their words here any more. Nobody is told."""

    persona = models.OneToOneField(Persona, models.CASCADE, related_name="unasked")

    def __str__(self) -> str:
        return "would rather not be asked"

    @classmethod
    def choose(cls, *, on: bool, by: Persona) -> None:
        """Not to be asked, or to be asked again."""
        if on:
            cls.objects.get_or_create(persona=by, defaults={"circle_id": by.circle_id})
        else:
            cls.objects.filter(persona=by).delete()

    @classmethod
    def among(cls, *personas: int) -> set[int]:
        """Which of these would rather not be asked."""
        return set(cls.objects.filter(persona__in=personas).values_list("persona", flat=True))


def stands_in(words: str, said: str) -> bool:
    """Whether each paragraph of these words stands so in what somebody said, whatever the breaks between its lines."""
    plain = " ".join(said.split())
    parts = [" ".join(part.split()) for part in re.split(r"\n\s*\n", words)]
    return any(parts) and all(part in plain for part in parts)


def rested(source: Story | Reply) -> bool:
    """Whether it has been some days since this was said."""
    said = source.told_at if isinstance(source, Story) else source.said_at
    return bool(said) and time.now() - said >= RESTS


def _author(source: Story | Reply) -> Persona | None:
    return source.teller if isinstance(source, Story) else source.by


def _source(source: Story | Reply) -> dict[str, Story | Reply]:
    return {"story": source} if isinstance(source, Story) else {"reply": source}


def _said(topic: str) -> str:
    return str(Topic(topic).label) if topic in OWN_TOPICS else topic


def _lock_house() -> None:
    """Places in the index of the house are given out one at a time."""
    house = House.objects.only("commons_id").first()
    if house:
        Circle(pk=house.commons_id).lock()


def _reindex(before: dict[int, Any], after: dict[int, Any]) -> None:
    for circle in before.keys() | after.keys():
        if circle == indexing.HOUSE:
            _lock_house()
        gone, new = (indexing.places(*side[circle]) if circle in side else {} for side in (before, after))
        indexing.index_of(circle).change(gone=gone, new=new)
