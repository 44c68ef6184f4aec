"""A circle's season in words: what it agreed, learned and carried. Nobody is set against anybody else."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.utils import timezone

from weft.circles.models import Persona
from weft.loom import time
from weft.stories.models import OWN_TOPICS, Story, Topic
from weft.wisdom.models import Lesson, Milestone, Reader, Strand, ThenNow

DAYS = 91
LOOKED_AT = 200  # stories, the newest first
SHOWN = 12
FEW = 2  # what only one person told is not said of all


@dataclass(frozen=True)
class Season:
    """The last quarter of a year, as one persona of the circle may read it."""

    since: date
    until: date
    agreement: Any
    carried: list[str]
    lessons: list[Lesson]
    came_back: list[Milestone]
    ties: list[ThenNow]

    @classmethod
    def of(cls, persona: Persona, reader: Reader) -> "Season":
        until = time.today()
        since = until - timedelta(days=DAYS)
        marked = Milestone.objects.shown_to(persona)
        return cls(
            since,
            until,
            persona.circle.agreement,
            _carried(persona, since),
            _learned(reader, persona.circle_id, since),
            [one for one in marked if one.came_back_within(DAYS)][:SHOWN],
            list(ThenNow.objects.read_by(persona)[:SHOWN]),
        )


def _carried(persona: Persona, since: date) -> list[str]:
    """What more than one told of, in words of the house, in the order of the list of topics: not of how often."""
    heard = Story.objects.heard_by(persona).filter(audience="circle", taken_back=False, erased=False)
    tellers: dict[str, set[int | None]] = {}
    for story in heard.order_by("-number").only("circle_id", "teller__id", "topics", "told_at")[:LOOKED_AT]:
        if story.told_at and timezone.localdate(story.told_at) >= since:
            for topic in story.topics:
                tellers.setdefault(topic, set()).add(story.teller_id)
    return [str(Topic(one).label) for one in Topic.values if one in OWN_TOPICS and len(tellers.get(one, ())) >= FEW]


def _learned(reader: Reader, circle_id: int, since: date) -> list[Lesson]:
    rows = Strand.objects.read_by(reader).filter(circle=circle_id).order_by("-number")[:LOOKED_AT]
    learned = [one for one in Lesson.of(rows, reader) if any(strand.on >= since for strand in one.strands if strand.on)]
    return sorted(learned, key=lambda one: one.pk)[:SHOWN]
