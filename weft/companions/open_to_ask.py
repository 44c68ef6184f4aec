"""Who may be asked to be a companion, and on which terms: how many at once, what for, in which languages, at which
times of the day. Who said so lies in one sealed list for each circle: nothing in the open stands beside a persona."""

import json
from dataclasses import astuple, dataclass
from typing import Any

from django.conf import settings
from django.db import models, transaction
from django.utils.translation import gettext_lazy as _

from weft.circles.models import Circle, CircleRow, Persona
from weft.loom import seal
from weft.loom.ready import ready
from weft.stories.models import OWN_TOPICS, Topic

MOST = 3  # ties of one persona: more than that nobody can be there for
PAD = 2048  # bytes: how many are open, and what they say, shows only as coarsely as this


class Hours(models.TextChoices):
    """When somebody usually writes."""

    MORNING = "morning", _("in the morning")
    AFTERNOON = "afternoon", _("in the afternoon")
    EVENING = "evening", _("in the evening")
    NIGHT = "night", _("at night")


@dataclass(frozen=True)
class Terms:
    """On which terms somebody may be asked. Without a language it is any; without topics nobody finds them by one."""

    most: int = MOST
    line: str = ""
    languages: tuple[str, ...] = ()
    hours: tuple[str, ...] = ()
    topics: tuple[str, ...] = ()

    @classmethod
    def kept(cls, said: list[Any]) -> "Terms":
        most, line, *lists = said
        return cls(most, line, *map(tuple, lists))

    def speaks(self, language: str) -> bool:
        """Whether somebody who reads this language can write with them."""
        return not self.languages or language in self.languages

    @property
    def languages_said(self) -> list[str]:
        return [str(name) for code, name in settings.LANGUAGES if code in self.languages]

    @property
    def hours_said(self) -> list[str]:
        return [str(hour.label) for hour in Hours if hour in self.hours]

    @property
    def topics_said(self) -> list[str]:
        return [str(Topic(topic).label) for topic in self.topics if topic in OWN_TOPICS]


@ready
def _list_of(circle: int) -> "models.QuerySet[OpenToAsk]":
    return OpenToAsk.objects.filter(circle=circle)


class OpenToAsk(CircleRow):
    """Who in a circle may be asked to be a companion: only whoever said so. One sealed list for each circle."""

    circle = models.OneToOneField(Circle, models.CASCADE, related_name="+")
    kept = seal.SealedText()

    def __str__(self) -> str:
        return "who may be asked"

    @property
    def all(self) -> dict[int, Terms]:
        """The terms of those who may be asked, by the ids of their personas."""
        kept = json.loads(self.kept) if self.kept else {}
        if isinstance(kept, list):  # as it was kept before anybody could say on which terms
            return dict.fromkeys(kept, Terms())
        return {int(key): Terms.kept(said) for key, said in kept.items()}

    @classmethod
    def of(cls, persona: Persona) -> dict[int, Terms]:
        """Who may be asked in this persona's circle. Asked once for each persona object."""
        if "_open_to_ask" not in persona.__dict__:
            persona.__dict__["_open_to_ask"] = next((found.all for found in _list_of(persona.circle_id)), {})
        return persona.__dict__["_open_to_ask"]  # type: ignore[no-any-return]

    @classmethod
    def say(cls, *, on: bool, by: Persona, terms: Terms | None = None) -> None:
        """Whether this persona may be asked, and on which terms."""
        with transaction.atomic():
            by.lock_circle()
            found = cls.objects.filter(circle=by.circle_id).first() or cls(circle_id=by.circle_id, kept="{}")
            there = found.all
            there.pop(by.pk, None)
            if on:
                there[by.pk] = terms or Terms()
            said = {key: astuple(one) for key, one in sorted(there.items())}
            found.kept = seal.padded(json.dumps(said, ensure_ascii=False, separators=(",", ":")), PAD)
            found.save()
        by.__dict__.pop("_open_to_ask", None)
