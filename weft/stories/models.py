"""What is told, what is answered, and the wordless answers in between."""

import hashlib
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Self

from django.db import models, transaction
from django.db.models import Count, Exists, Max, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _
from markupsafe import Markup

from weft.circles.models import CircleRow, Persona
from weft.loom import jobs, ledger, seal, streams, text, time
from weft.loom.glance import Where
from weft.loom.models import Thing
from weft.loom.pages import url
from weft.loom.ready import ready
from weft.loom.section import sections
from weft.notices.models import Notice
from weft.stories import indexing
from weft.stories.unheard import Ask, Handover, Readiness, Waits, WaitsQuerySet
from weft.stories.waiting import AIM

__all__ = ["Ask", "Audience", "Echo", "Handover", "Newer", "Readiness", "Reply", "Story", "Topic", "Wish"]

WRITTEN = ["text", "html", "wish", "audience", "topics", "saved_at", "changed_at"]
TWICE = timedelta(minutes=10)  # the same words again so soon were not meant to be said again


class Newer(Exception):
    """Another window has kept other words since this one was opened."""

    def __init__(self, kept: "Story") -> None:
        super().__init__("there are newer words")
        self.kept = kept


class Wish(models.TextChoices):
    """What would help the teller."""

    LISTEN = "listen", _("just listen")
    BEEN_THERE = "been_there", _("been there?")
    IDEAS = "ideas", _("ideas welcome")
    HELP = "help", _("practical help")
    GLAD = "glad", _("be glad with me")


class Topic(models.TextChoices):
    """What a story may talk about, said plainly: a neutral note for whoever reads, never an alarm."""

    LOSS = "loss", _("loss")
    ILLNESS = "illness", _("illness")
    HOSPITAL = "hospital", _("hospital")
    SELF_HARM = "self-harm", _("self-harm")
    SUICIDE = "suicide", _("suicide")
    DRINK = "drink", _("drink")
    DRUGS = "drugs", _("drugs")
    EATING = "eating", _("eating")
    VIOLENCE = "violence", _("violence")
    ABUSE = "abuse", _("abuse")
    PREGNANCY = "pregnancy", _("pregnancy")
    CHILDHOOD = "childhood", _("childhood")
    MONEY = "money", _("money")
    FAITH = "faith", _("faith")
    WORK = "work", _("work")
    FAMILY = "family", _("family")
    SLEEP = "sleep", _("sleep")
    LONELINESS = "loneliness", _("loneliness")


OWN_TOPICS = frozenset(Topic.values)


class Audience(models.TextChoices):
    """Who reads it."""

    CIRCLE = "circle", _("everybody in the circle")
    FACILITATORS = "facilitators", _("only the people who guide it")


class StoryQuerySet(WaitsQuerySet):
    def told(self) -> Self:
        """Those that were shared. One that was taken back or erased keeps its place while replies stand on it."""
        standing = Q(taken_back=False, erased=False)
        replied = Exists(Reply.objects.filter(story=OuterRef("pk"), is_note=False, erased=False))
        return self.exclude(number=None).filter(standing | replied)

    def heard_by(self, *personas: Persona) -> Self:
        """What these personas may read: told in their circles, to them, by nobody they are shut off from."""
        inside = [persona for persona in personas if persona.is_inside]
        if not inside:
            return self.none()
        members = [persona for persona in inside if not persona.facilitates]
        found = self.told().filter(circle_id__in=[persona.circle_id for persona in inside]).select_related("teller")
        if members:
            guided = [persona.circle_id for persona in inside if persona.facilitates]
            found = found.filter(_openly(*members) | Q(circle_id__in=guided))
        hidden = Persona.hidden_from(*inside)
        return found.exclude(teller_id__in=hidden) if hidden else found

    def told_to(self, circle_id: int, member_id: int | None = None) -> Self:
        """What a member of a circle may read who is shut off from nobody; with no member, what its guides may read."""
        found = self.told().filter(circle_id=circle_id).select_related("teller")
        return found.filter(_openly(member_id)) if member_id else found

    def opened(self) -> Self:
        """With what the sections know of each, for the page of one story."""
        return self.annotate(**{name: part for section in sections() for name, part in section.with_story().items()})

    def counted(self, hidden: Collection[int] = ()) -> Self:
        """With how many have `replied`, without those who are *hidden* from whoever asks."""
        said = Reply.objects.filter(story=OuterRef("pk"), is_note=False, erased=False).order_by().values("story")
        said = said.exclude(by_id__in=hidden) if hidden else said
        return self.annotate(replied=Coalesce(Subquery(said.annotate(n=Count("*")).values("n")), 0))

    def drafts_of(self, persona: Persona | int) -> Self:
        """What this persona has begun, or taken back. Only they can see it."""
        return self.filter(teller=persona, erased=False).filter(Q(number=None) | Q(taken_back=True))


def _openly(*members: Persona | int) -> Q:
    return Q(audience=Audience.CIRCLE) | Q(teller__in=members)


def _reader(persona: Persona) -> list[int]:
    return [persona.circle_id] if persona.facilitates else [persona.circle_id, persona.pk]


@ready
def _one_told_to(key: int, *reader: int) -> "models.QuerySet[Story]":
    return Story.objects.told_to(*reader).filter(pk=key).opened()


@ready
def _newest_told_to(*reader: int, limit: int) -> "models.QuerySet[Story]":
    return Story.objects.told_to(*reader).counted().order_by("-number")[:limit]


@ready
def _begun_by(teller: int, *, limit: int) -> "models.QuerySet[Story]":
    return Story.objects.drafts_of(teller)[:limit]


class Story(Waits, CircleRow):
    """What somebody tells: a draft until it is shared, and theirs to change or take back for ever."""

    teller = models.ForeignKey(Persona, models.SET_NULL, null=True, related_name="stories")
    text = seal.SealedText()
    html = seal.SealedText()
    topics = seal.SealedJSON()
    wish = models.CharField(max_length=12, choices=Wish, default=Wish.LISTEN)
    audience = models.CharField(max_length=12, choices=Audience, default=Audience.CIRCLE)
    number = models.PositiveIntegerField(null=True)  # its place in the circle, from the day it is shared
    told_at = seal.SealedTime(null=True)
    saved_at = seal.SealedTime(null=True)
    changed_at = seal.SealedTime(null=True)
    taken_back = models.BooleanField(default=False)
    erased = models.BooleanField(default=False)

    objects = models.Manager.from_queryset(StoryQuerySet)()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["circle", "number"], name="one_story_of_a_number")]
        indexes = [
            models.Index(fields=["circle", "-number"]),
            models.Index(fields=["circle", "hearers", "is_resting"], name="stories_that_wait"),
        ]

    def __str__(self) -> str:
        return "a story"

    def get_absolute_url(self) -> str:
        return url("stories:story", key=self.circle_id, story_key=self.pk)

    @classmethod
    def heard(cls, key: int, *, by: Persona) -> "Story | None":
        """One story, if this persona may read it."""
        if by.hidden or not by.is_inside:
            return cls.objects.heard_by(by).filter(pk=key).opened().first()
        return next(iter(_one_told_to(key, *_reader(by))), None)

    @classmethod
    def newest_heard(cls, limit: int, *, by: Persona) -> "list[Story]":
        """The newest stories that this persona may read, each with how many have `replied`."""
        if by.hidden or not by.is_inside:
            return list(cls.objects.heard_by(by).counted(by.hidden).order_by("-number")[:limit])
        return _newest_told_to(*_reader(by), limit=limit)

    @classmethod
    def where(cls, mine: list[int]) -> Where:
        """Where the drafts of these personas lie: see `drafts_of`."""
        only = "NOT erased AND (number IS NULL OR taken_back)"
        return Where("stories.draft", cls, {"teller_id": mine}, only=only, number="teller_id")

    @classmethod
    def begun(cls, limit: int, *, by: Persona) -> "list[Story]":
        """Some of this persona's drafts, and of what it took back."""
        if by.glance and not any(teller == by.pk for _pk, teller, _none in by.glance["stories.draft"]):
            return []
        return _begun_by(by.pk, limit=limit)

    @classmethod
    def begin(cls, persona: Persona) -> "Story":
        """An empty, unsaved draft."""
        return cls(circle_id=persona.circle_id, teller=persona)

    def write(self, words: str, *, wish: str, audience: str, topics: list[str], over: str | None = None) -> None:
        """Keep the words as they stand now.

        *over*: the digest of the words that whoever writes began from. If another window has kept other words since,
        or told them, this raises `Newer`: nothing is overwritten, and nothing told that was not read through.
        """
        with self._changing() as kept:
            newer = kept and over is not None and kept.digest != over and kept.text.strip() != words.strip()
            told = kept and kept.stands and not self.stands
            if kept and (newer or told or kept.erased):
                raise Newer(kept)
            if self.stands and words != self.text:
                self.changed_at = time.now()
            self.text, self.html = words, text.render(words)
            self.wish, self.audience, self.topics = wish, audience, topics
            self.saved_at = time.now()
            self.save(update_fields=WRITTEN if kept else None)

    @contextmanager
    def _changing(self) -> "Iterator[Story | None]":
        """Gives the story as it was kept. The index follows whatever is done to it, in the same transaction."""
        with transaction.atomic():
            self.lock_circle()
            kept = Story.objects.filter(pk=self.pk).first()
            before = indexing.of_story(kept)
            yield kept
            indexing.index_of(self.circle_id).change(gone=before, new=indexing.of_story(self))

    def share(self, *, by: Persona) -> None:
        """Let the others hear it. Sharing twice shares once; sharing again what was taken back keeps its place."""
        with transaction.atomic():
            by.circle.lock()
            fresh = Story.objects.get(pk=self.pk, teller=by, erased=False)
            if fresh.number is None or fresh.taken_back:
                fresh.begin_to_wait()
            if fresh.number is None:
                last = Story.objects.filter(circle_id=self.circle_id).aggregate(last=Max("number"))["last"] or 0
                fresh.number, fresh.told_at = last + 1, time.now()
            fresh.taken_back = False
            fresh.save(update_fields=["number", "told_at", "taken_back", "waits_since", "promised", "is_resting"])
            indexing.index_of(self.circle_id).change(new=indexing.of_story(fresh))
            fresh.look_again()
        self.number, self.told_at, self.taken_back = fresh.number, fresh.told_at, False
        self.waits_since, self.promised, self.is_resting = fresh.waits_since, fresh.promised, False

    def take_back(self, *, by: Persona) -> None:
        """Nobody else reads it any more. The teller keeps it, and may share it again; replies by others stand."""
        self._must_be_of(by)
        with ledger.erasing("stories.taken_back", self.pk), self._changing():
            self.taken_back = True
            self.save(update_fields=["taken_back"])
            jobs.put("stories.hush", once=("hush", self.pk), story=self.pk)
            streams.publish(f"story:{self.pk}", "gone", 0)
            _gone("story", self.pk)

    def erase(self) -> None:
        """The words are gone for ever, and so is the name on them."""
        with ledger.erasing("stories.story", self.pk), self._changing():
            self.text, self.html, self.topics, self.teller = "", "", [], None
            self.told_at = self.saved_at = self.changed_at = self.waits_since = self.promised = None
            self.erased = True
            self.save()
            self.echoes.all().delete()
            Notice.hush("stories.reply", about=self.pk)
            Notice.hush("stories.note", about=self.pk)
            jobs.put("stories.hush", once=("hush", self.pk), story=self.pk)
            streams.publish(f"story:{self.pk}", "gone", 0)
            _gone("story", self.pk)

    @property
    def digest(self) -> str:
        """What its teller wrote and chose, as a hash; empty before anything was kept."""
        if not self.saved_at:
            return ""
        return hashlib.sha256("\0".join([self.text, self.wish, self.audience, *self.topics]).encode()).hexdigest()

    def _must_be_of(self, persona: Persona) -> None:
        if self.teller_id != persona.pk:
            raise PermissionError("only its teller may do this")

    @property
    def shown(self) -> Markup:
        """Its words as a page shows them."""
        return text.safe(self.html)

    @property
    def opening(self) -> str:
        """Its first words, for a list."""
        return text.opening(self.html)

    @property
    def topics_said(self) -> list[str]:
        """Its topics in words: the house's own, and the teller's."""
        return [str(Topic(topic).label) if topic in OWN_TOPICS else topic for topic in self.topics]

    @property
    def wish_said(self) -> str:
        """What would help, in words. Django's own way looks all choices through, for each row of a list."""
        return str(Wish(self.wish).label)

    @property
    def stands(self) -> bool:
        return self.number is not None and not self.taken_back and not self.erased

    @property
    def only_listen(self) -> bool:
        return self.wish == Wish.LISTEN


class ReplyQuerySet(models.QuerySet["Reply"]):
    def heard_by(self, *personas: Persona) -> Self:
        """Replies these personas may read, in their order; a private note only if they wrote it or it is for them."""
        found = self._said(Q(circle_id__in=[persona.circle_id for persona in personas]), *personas)
        hidden = Persona.hidden_from(*personas)
        return found.exclude(by_id__in=hidden) if hidden else found

    def said_to(self, circle_id: int, persona_id: int) -> Self:
        """Replies that somebody in a circle may read who is shut off from nobody, in their order."""
        return self._said(Q(circle_id=circle_id), persona_id)

    def _said(self, where: Q, *readers: Persona | int) -> Self:
        theirs = Q(by__in=readers) | Q(story__teller__in=readers)
        found = self.filter(where).filter(Q(is_note=False) | theirs)
        return found.select_related("by").order_by("number")


@ready
def _all_said_to(circle_id: int, persona_id: int, story_id: int) -> "models.QuerySet[Reply]":
    return Reply.objects.said_to(circle_id, persona_id).filter(story=story_id)


@ready
def _reply_at(pk: int) -> "models.QuerySet[Reply]":
    return Reply.objects.filter(pk=pk)


@ready
def _last_reply(story_id: int) -> "models.QuerySet[Reply]":
    return Reply.objects.filter(story=story_id).order_by("-number")[:1]


@ready
def _last_reply_by(story_id: int, by_id: int, *, note: bool) -> "models.QuerySet[Reply]":
    return Reply.objects.filter(story=story_id, by=by_id, is_note=note, erased=False).order_by("-number")[:1]


@ready
def _too_few_heard(story_id: int) -> "models.QuerySet[Story]":
    return Story.objects.filter(pk=story_id, hearers__lt=AIM)


class Reply(CircleRow):
    """What somebody answers. Under “just listen”, advice can only be a note, which the teller may open or decline."""

    story = models.ForeignKey(Story, models.CASCADE, related_name="replies")
    by = models.ForeignKey(Persona, models.SET_NULL, null=True, related_name="replies")
    number = models.PositiveIntegerField()
    text = seal.SealedText()
    html = seal.SealedText()
    is_note = models.BooleanField(default=False)
    note_opened = models.BooleanField(null=True)  # None: not yet; False: declined
    said_at = seal.SealedTime(null=True)
    changed_at = seal.SealedTime(null=True)
    erased = models.BooleanField(default=False)

    objects = models.Manager.from_queryset(ReplyQuerySet)()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["story", "number"], name="one_reply_of_a_number")]

    def __str__(self) -> str:
        return "a reply"

    @classmethod
    def heard(cls, story: Story, *, by: Persona) -> "list[Reply]":
        """The replies to a story that this persona may read, in their order."""
        if by.hidden:
            return list(cls.objects.heard_by(by).filter(story=story))
        return _all_said_to(by.circle_id, by.pk, story.pk)

    @classmethod
    def say(cls, story: Story, words: str, *, by: Persona, note: bool = False, once: str = "") -> "Reply":
        """Answer a story. *once* is the form's own token: the same form sent twice answers once, and so do the same
        words from two forms, when a page was open in two tabs."""
        with transaction.atomic():
            story.lock_circle()
            pk = _once(once, story, by)
            if pk and (said := _reply_at(pk) or cls._said_just_now(story, words, note, by)):
                return said[0]
            number = 1 + max((last.number for last in _last_reply(story.pk)), default=0)
            reply = cls(circle_id=story.circle_id, story=story, by=by, number=number, is_note=note)
            if pk:
                reply.pk = pk
            reply.text, reply.html, reply.said_at = words, text.render(words), time.now()
            reply.save(force_insert=True)
            indexing.index_of(story.circle_id).change(new=indexing.of_reply(reply, story.number))
            if not note and by.pk != story.teller_id and _too_few_heard(story.pk):
                story.recount()
            jobs.put("stories.tell_of_reply", reply=reply.pk)
            streams.publish(f"story:{story.pk}", "reply", reply.number)
        return reply

    @classmethod
    def _said_just_now(cls, story: Story, words: str, note: bool, by: Persona) -> "list[Reply]":
        last = _last_reply_by(story.pk, by.pk, note=note)
        return [one for one in last if one.said_at and time.now() - one.said_at < TWICE and one.text == words]

    def revise(self, words: str, *, by: Persona) -> None:
        """Change one's own reply."""
        if self.by_id != by.pk or self.erased:
            raise PermissionError("only who said it may change it")
        if words != self.text:
            with self._changing():
                self.text, self.html, self.changed_at = words, text.render(words), time.now()
                self.save(update_fields=["text", "html", "changed_at"])
            streams.publish(f"story:{self.story_id}", "reply", self.number)

    def erase(self) -> None:
        """Its words and the name on it are gone for ever; its place stays, so that the other replies make sense."""
        with ledger.erasing("stories.reply", self.pk), self._changing():
            self.text, self.html, self.by, self.said_at, self.changed_at = "", "", None, None, None
            self.erased = True
            self.save()
            self.story.recount()
            self._hush()
            streams.publish(f"story:{self.story_id}", "reply", self.number)
            _gone("reply", self.pk)

    def _hush(self) -> None:
        """When no other answer of this kind stands, the teller is told of none."""
        others = Reply.objects.filter(story=self.story_id, is_note=self.is_note, erased=False)
        if not others.exclude(by=self.story.teller_id).exists():
            Notice.hush("stories.note" if self.is_note else "stories.reply", about=self.story_id)

    @contextmanager
    def _changing(self) -> Iterator[None]:
        """The index follows, in the same transaction, whatever is done to a reply."""
        with transaction.atomic():
            self.lock_circle()
            before = indexing.of_reply(Reply.objects.filter(pk=self.pk).first(), self.story.number)
            yield
            after = indexing.of_reply(self, self.story.number)
            indexing.index_of(self.circle_id).change(gone=before, new=after)

    def open_note(self, *, by: Persona, wanted: bool) -> None:
        """The teller opens a note that was offered to them, or declines it unread."""
        if not self.is_note or self.story.teller_id != by.pk:
            raise PermissionError("a note is for the teller alone")
        self.note_opened = wanted
        with transaction.atomic():
            self.save(update_fields=["note_opened"])
            self.story.recount()

    @property
    def shown(self) -> Markup:
        return text.safe(self.html)


@ready
def _echoes_to(story_id: int) -> "models.QuerySet[Echo]":
    return Echo.objects.filter(story=story_id).select_related("by")


@ready
def _echoes_by(story_id: int, by_id: int) -> "models.QuerySet[Echo]":
    return Echo.objects.filter(story=story_id, by=by_id)


class Echo(Thing):
    """A wordless answer. Only the teller sees who gave it; nobody sees a count."""

    class Kind(models.TextChoices):
        THERE = "there", _("I was there too")
        WITH = "with", _("I am sitting with you")
        THANKS = "thanks", _("Thank you for saying it")

    story = models.ForeignKey(Story, models.CASCADE, related_name="echoes")
    by = models.ForeignKey(Persona, models.CASCADE, related_name="echoes")
    kind = models.CharField(max_length=8, choices=Kind)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["story", "by", "kind"], name="one_echo_of_a_kind")]

    @classmethod
    def seen(cls, story: Story, *, by: Persona) -> "list[Echo]":
        """To its teller, who gave which echo, without those from whom they are shut off; to anybody else, their own."""
        if story.teller_id != by.pk:
            return _echoes_by(story.pk, by.pk)
        return [echo for echo in _echoes_to(story.pk) if echo.by_id not in by.hidden]

    @classmethod
    def give(cls, story: Story, kind: str, *, by: Persona) -> None:
        cls.objects.get_or_create(story=story, by=by, kind=kind)

    @classmethod
    def take_back(cls, story: Story, kind: str, *, by: Persona) -> None:
        cls.objects.filter(story=story, by=by, kind=kind).delete()


def _gone(kind: str, pk: int) -> None:
    """What other sections made of it goes with it."""
    for section in sections():
        section.gone(kind, pk)


def _once(token: str, story: Story, by: Persona) -> int | None:
    """A row's id from a form's token: whoever sends the form twice arrives at the same row."""
    from weft.loom import keys

    if not token:
        return None
    return int.from_bytes(keys.tag(keys.secret("stories"), "once", story.pk, by.pk, token)[:8], "big") >> 1 or None
