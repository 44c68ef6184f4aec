"""What somebody would rather not see: topics that are tucked away, and muted words.

It lies sealed with the person, beside none of their names, and no page but their own is any different for it: neither
who wrote nor anybody else can tell. It holds wherever a story or a reply would come to them by itself:

    tucked = Tucking.of(person)
    if tucked and tucked.covers(story): ...       # a reply too; what covers it says why, in a sentence

It comes with the person's row, so it costs no query, and next to nothing where nothing is tucked away.
"""

import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _

from weft.loom import seal, text, words
from weft.people.models import Person
from weft.stories.models import Topic

PAD = 512  # bytes: how much is tucked away shows only as coarsely as this
MOST = 60  # words
LONGEST = 40  # letters


def named(topics: Iterable[str]) -> str:
    """Topics in a sentence."""
    return text.listed([str(Topic(topic).label) for topic in topics])


@dataclass(frozen=True)
class Cover:
    """Why something is tucked away."""

    topics: tuple[str, ...] = ()

    @property
    def said(self) -> str:
        """The one neutral line that stands in its place."""
        if self.topics:
            return _("Talks about %(topics)s.") % {"topics": named(self.topics)}
        return _("You asked not to see some of these words.")


@dataclass(frozen=True)
class Tucking:
    """The topics and the words that one person would rather not see."""

    topics: tuple[str, ...] = ()
    words: tuple[str, ...] = ()

    @classmethod
    def of(cls, person: Person | None) -> "Tucking":
        """Read once for each person object; nothing for nobody."""
        if person is None or person.tucked is None:
            return NOTHING
        if "_tucking" not in person.__dict__:
            person._tucking = cls(**{name: tuple(kept) for name, kept in json.loads(person.tucked).items()})  # type: ignore[attr-defined]
        found: Tucking = person._tucking  # type: ignore[attr-defined]
        return found

    def keep(self, person: Person) -> None:
        """From now on this is what the person would rather not see."""
        said = json.dumps({"topics": self.topics, "words": self.words}, ensure_ascii=False)
        person.tucked = seal.padded(said, PAD) if self else None
        person.save(update_fields=["tucked"])
        person.__dict__.pop("_tucking", None)

    def __bool__(self) -> bool:
        return bool(self.topics or self.words)

    def covers(self, thing: Any) -> Cover | None:
        """Why a story or a reply is tucked away, or None. What somebody wrote themself never should be asked about."""
        said = getattr(thing, "topics", ())
        topics = tuple(topic for topic in said if topic in self.topics)
        if topics:
            return Cover(topics)
        return Cover() if self.words and self._spots("\n".join([thing.text, *said])) else None

    @cached_property
    def _spots(self) -> Callable[[str], bool]:
        return words.spotter(self.words, [code for code, _name in settings.LANGUAGES])


NOTHING = Tucking()


def for_settings(person: Person) -> dict[str, Any]:
    """What the settings show."""
    tucked = Tucking.of(person)
    return {"tucked": tucked, "said": named(tucked.topics), "topics": Topic.choices, "longest": LONGEST}
