"""The archive of a circle that has ended: what its people said yes to, as two files in one.

It is made when somebody takes it along, from what stands then and is consented to, for this reader; it is kept nowhere.
So whoever takes a yes back, or leaves, is in no archive that is made afterwards. In it are no ids, no days, no scripts,
and nothing that asks any machine.
"""

import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from io import BytesIO
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from django.template.loader import get_template
from django.utils.translation import get_language, get_language_bidi

from weft.circles.models import Persona
from weft.stories.models import OWN_TOPICS, Audience, Reply, Story, Topic
from weft.wisdom.given import digest_of, key_of
from weft.wisdom.models import Ending, Farewell, Parting, Strand
from weft.wisdom.season import FEW


@dataclass
class Told:
    """A story with the answers to it, each under the name that its author chose, or none."""

    story: Story
    name: str
    answers: list[tuple[Reply, str]] = field(default_factory=list)


@dataclass
class Archive:
    """What one persona takes along."""

    ending: Ending
    agreement: Any
    carried: list[str]
    told: list[Told]
    lessons: list[list[tuple[Strand, str]]]
    thanks: list[tuple[str, str]]
    to_me: list[tuple[str, str]]

    @classmethod
    def of(cls, persona: Persona, ending: Ending) -> "Archive":
        partings = Parting.objects.filter(circle=persona.circle_id).select_related("persona")
        yeses = {one.persona_id: one for one in partings if one.persona_id not in persona.hidden}
        told = _told(persona.circle_id, yeses)
        thanks, to_me = [], []
        for farewell in Farewell.read_by(persona):
            parting = yeses.get(farewell.by_id)
            said = (parting.name if parting else farewell.by.name, farewell.words)
            if farewell.to == persona.pk:
                to_me.append((farewell.by.name, farewell.words))
            elif farewell.to == 0:
                thanks.append(said)
        lessons = _lessons(persona.circle_id, yeses)
        return cls(ending, persona.circle.agreement, _carried(told), told, lessons, thanks, to_me)

    @property
    def as_data(self) -> dict[str, Any]:
        """The same, for machines."""
        circle = self.ending.circle
        return {
            "circle": circle.name,
            "about": circle.about,
            "what we agreed": self.agreement.text,
            "what was said at the end": self.ending.words,
            "what we carried": self.carried,
            "stories": [
                {
                    "by": one.name or None,
                    "talks about": one.story.topics_said,
                    "what would help": one.story.wish_said,
                    "words": one.story.text,
                    "answers": [{"by": name or None, "words": reply.text} for reply, name in one.answers],
                }
                for one in self.told
            ],
            "lessons": [
                [{"by": name or None, "in a line": strand.line, "words": strand.text} for strand, name in woven]
                for woven in self.lessons
            ],
            "thanks": [{"by": name or None, "words": words} for name, words in self.thanks],
            "thanks to you": [{"by": name, "words": words} for name, words in self.to_me],
        }

    def packed(self) -> bytes:
        """All its files. Their names say nothing, and neither do the times in the archive."""
        language = {"lang": get_language(), "dir": "rtl" if get_language_bidi() else "ltr"}
        page = get_template("wisdom/archive.html").render({"archive": self, "circle": self.ending.circle} | language)
        data, style = (
            json.dumps(self.as_data, ensure_ascii=False, indent=2),
            get_template("wisdom/archive.css").render(),
        )
        out = BytesIO()
        with ZipFile(out, "w", ZIP_DEFLATED) as archive:
            for name, words in (("archive.html", page), ("archive.css", style), ("archive.json", data)):
                entry = ZipInfo(name)
                entry.compress_type = ZIP_DEFLATED
                archive.writestr(entry, words)
        return out.getvalue()


def _kept(things: Iterable[Any], author: str, yeses: dict[int, Parting]) -> list[Any]:
    """Those to whose very words their author said yes."""
    found = []
    for thing in things:
        parting = yeses.get(getattr(thing, author))
        if parting and key_of(thing) in parting.yes and parting.yes[key_of(thing)] == digest_of(thing):
            found.append(thing)
    return found


def _told(circle_id: int, yeses: dict[int, Parting]) -> list[Told]:
    """Stories, and the answers to them. An answer to a story that is not kept is not kept either."""
    stories = Story.objects.filter(circle=circle_id, teller__in=yeses, taken_back=False, erased=False)
    stories = stories.filter(audience=Audience.CIRCLE).exclude(number=None).order_by("number")
    told = {one.pk: Told(one, yeses[one.teller_id].name) for one in _kept(stories, "teller_id", yeses)}
    replies = Reply.objects.filter(story__in=told, by__in=yeses, is_note=False, erased=False).order_by("number")
    for reply in _kept(replies, "by_id", yeses):
        told[reply.story_id].answers.append((reply, yeses[reply.by_id].name))
    return list(told.values())


def _lessons(circle_id: int, yeses: dict[int, Parting]) -> list[list[tuple[Strand, str]]]:
    """Lessons, by strands. A strand keeps the name that it has, which may be none; it gets no other."""
    strands = Strand.objects.filter(circle=circle_id, author__in=yeses, stands=True).order_by("number")
    woven: dict[int, list[tuple[Strand, str]]] = {}
    for strand in _kept(strands, "author_id", yeses):
        name = strand.name if yeses[strand.author_id].how != "none" else ""
        woven.setdefault(strand.lesson_id, []).append((strand, name))
    return list(woven.values())


def _carried(told: list[Told]) -> list[str]:
    """What more than one of those told of whose stories are kept, in words of the house."""
    tellers: dict[str, set[int | None]] = {}
    for one in told:
        for topic in one.story.topics:
            tellers.setdefault(topic, set()).add(one.story.teller_id)
    return [str(Topic(one).label) for one in Topic.values if one in OWN_TOPICS and len(tellers.get(one, ())) >= FEW]
