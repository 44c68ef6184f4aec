"""What can be found, and how it is kept in step: the verbs of `models.py` change the index in their own transaction.

What stands in the circle is in it: stories that are told, and replies. Drafts and what was taken back are not. A
private note is, because whoever wrote it and whoever opened it may look for it; who may read what is asked again when
something was found (`finding.py`). A house that was there before is put in order bit by bit, while it is open.
"""

import threading
import time
import zlib
from functools import cache
from importlib.metadata import version
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models, transaction

from weft.circles.models import Circle
from weft.loom import ids, index, jobs, words
from weft.loom.index import Index, Place

if TYPE_CHECKING:
    from weft.stories.models import Reply, Story

BATCH = 24  # stories that are put in order in one transaction: others must be able to write in between
TOPIC, WISH = "\x1ftopic:", "\x1fwish:"  # no word begins like this


_whole = threading.Event()


class Posting(index.Posting):
    """Where one word stands in 256 stories of a circle, and in the replies to them."""


def index_of(circle_id: int) -> Index:
    return Index(Posting, f"circle:{circle_id}")


def of_story(story: "Story | None") -> dict[Place, set[str]]:
    """Where a story stands in the index, and by which words: nowhere, unless it is told and stands."""
    if story is None or story.number is None or not story.stands:
        return {}
    said = words.roots_in(" ".join([story.text, *story.topics]))
    return {(story.number, 0): said | {WISH + story.wish} | {TOPIC + words.fold(topic) for topic in story.topics}}


def of_reply(reply: "Reply | None", number: int | None) -> dict[Place, set[str]]:
    """Where a reply to the story with this number stands in the index, and by which words."""
    if reply is None or number is None or reply.erased:
        return {}
    return {(number, reply.number): words.roots_in(reply.text)}


@cache
def edition() -> int:
    """A number for how words are folded and stemmed here. When it is another one, the index is made anew."""
    rules = (words.RULES, version("snowballstemmer"), sorted(code for code, _name in settings.LANGUAGES))
    return zlib.crc32(repr(rules).encode()) >> 1


class Indexing(models.Model):
    """How far a house has been put in order: up to which story of which circle, in the order of the circles' ids."""

    id = models.PositiveSmallIntegerField(primary_key=True)
    edition = models.PositiveIntegerField()
    emptied = models.BooleanField(default=False)
    circle = models.BigIntegerField(default=0)
    number = models.PositiveIntegerField(default=0)
    whole = models.BooleanField(default=False)

    def __str__(self) -> str:
        return "how far the index is"

    @classmethod
    def here(cls) -> "Indexing":
        """As it is now: to be made anew when words are read in another way than before."""
        found = cls._default_manager.filter(pk=1).first()
        if found is None:  # a new house: the verbs keep it whole
            found, _made = cls._default_manager.get_or_create(pk=1, defaults={"edition": edition(), "whole": True})
        return found if found.edition == edition() else cls(pk=1, edition=edition())

    @classmethod
    def anew(cls) -> "Indexing":
        """From the start, whatever there is."""
        found = cls(pk=1, edition=edition())
        found.save()
        return found

    def far(self) -> int:
        """How far it is, in hundredths: circles lie in the order of random ids."""
        return 100 if self.whole else self.circle * 100 >> 63

    @classmethod
    def is_whole(cls) -> bool:
        """Whether all that can be read can be found. Once it is so, it stays so while the process lives."""
        if not _whole.is_set() and cls.here().whole:
            _whole.set()
        return _whole.is_set()

    def further(self, seconds: float) -> bool:
        """Put in order for about so long, and keep how far it came. True when all of it is."""
        until = time.monotonic() + seconds
        while not self.whole and time.monotonic() < until:
            with transaction.atomic():
                if not self.emptied:
                    self.emptied = self._empty()
                else:
                    self._batch()
                self.save()
        return self.whole

    def _empty(self) -> bool:
        some = list(Posting.objects.values_list("pk", flat=True)[:5000])
        Posting.objects.filter(pk__in=some).delete()
        return not some

    def _batch(self) -> None:
        """The next few stories of a circle, with their replies; or on to the next circle."""
        from weft.stories.models import Reply, Story

        here = Circle.objects.filter(pk__gte=self.circle).order_by("pk").first()
        if here is None:
            self.whole = True
            return
        here.lock()
        if here.pk != self.circle:
            self.circle, self.number = here.pk, 0
        found = Story.objects.filter(circle=here, number__gt=self.number).order_by("number")[:BATCH]
        stories = {story.pk: story for story in found}
        if not stories:
            self.circle, self.number = here.pk + 1, 0
            return
        new: dict[Place, set[str]] = {}
        for story in stories.values():
            new |= of_story(story)
        for reply in Reply.objects.filter(story__in=stories, erased=False):
            new |= of_reply(reply, stories[reply.story_id].number)
        index_of(here.pk).change(new=new)
        self.number = max(story.number or 0 for story in stories.values())


def let_go(circle_id: int) -> None:
    """Nothing of a circle stands in the index any more. The circle is locked."""
    from weft.stories.models import Reply, Story

    told = Story.objects.filter(circle=circle_id).exclude(number=None)
    keys = list(told.values_list("pk", flat=True))
    for start in range(0, len(keys), BATCH):
        stories = told.in_bulk(keys[start : start + BATCH])
        gone: dict[Place, set[str]] = {}
        for story in stories.values():
            gone |= of_story(story)
        for reply in Reply.objects.filter(story__in=stories):
            gone |= of_reply(reply, stories[reply.story_id].number)
        index_of(circle_id).change(gone=gone)


def see_to_it() -> None:
    """A house that was there before, or whose words are read in another way now, is put in order by a job."""
    if not Indexing.is_whole():
        jobs.put("stories.put_in_order", once=("all",))


def put_in_order() -> None:
    """The job: some more of it, and then again, so that others have their turn in between."""
    if not Indexing.here().further(seconds=2):
        jobs.put("stories.put_in_order", once=("all",))


def gaps(many: int = 200) -> int:
    """Of so many stories, and the replies to them: how many cannot be found by each of their words."""
    from weft.stories.models import Reply, Story

    stories = {story.pk: story for story in Story.objects.filter(pk__gt=ids.random_id()).order_by("pk")[:many]}
    if len(stories) < many:  # ids are random, so this is anywhere; near the end it begins again
        stories |= {story.pk: story for story in Story.objects.order_by("pk")[: many - len(stories)]}
    said = [(story.circle_id, of_story(story)) for story in stories.values()]
    for reply in Reply.objects.filter(story__in=stories):
        said.append((reply.circle_id, of_reply(reply, stories[reply.story_id].number)))
    return sum(not index_of(circle).holds(places) for circle, places in said)
