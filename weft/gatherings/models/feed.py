"""A person's own calendar: a secret address that a phone asks every few hours, and what shall stand in it."""

import json
from datetime import datetime
from typing import Any

from django.db import models, transaction
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from weft.loom import ids, keys, ledger, seal
from weft.loom.models import Thing
from weft.people.models import Person

PAD = 4096  # bytes: how many meetings somebody has is told no finer than this
LETTERS = 26  # of an address, five bits each


class Feed(Thing):
    """One person's calendar. The address follows from the row by the house's key, and is kept nowhere.

    It is the only place in which what one person has in several circles stands side by side, so all of it lies in one
    sealed piece, and each calendar calls a meeting by another name: two of them do not tell who meets whom.
    """

    class Which(models.TextChoices):
        COMING = "coming", _("Those to which I am coming")
        CIRCLES = "circles", _("All that my circles hold")

    class Title(models.TextChoices):
        HOUR = "hour", _("Day and hour")
        OWN = "own", _("Words of my own")
        NAME = "name", _("The name of the meeting")

    person = models.OneToOneField(Person, models.CASCADE, related_name="feed")
    token_tag = models.BinaryField(unique=True)
    said = seal.SealedText()

    def __str__(self) -> str:
        return "a calendar of one's own"

    @classmethod
    def of(cls, person: Person) -> "Feed | None":
        return cls.objects.filter(person=person).first()

    @classmethod
    def open(cls, person: Person) -> "Feed":
        """This person's calendar, made now if there is none."""
        with transaction.atomic():
            Person.objects.select_for_update().only("pk").get(pk=person.pk)
            return cls.of(person) or cls._make(person, {"root": ids.code(LETTERS)})

    @classmethod
    def _make(cls, person: Person, facts: dict[str, Any]) -> "Feed":
        new = cls(person=person)
        new.token_tag = cls.tag(new.token)
        new._write(facts)
        new.save(force_insert=True)
        return new

    @classmethod
    def held(cls, token: str) -> "Feed | None":
        """The calendar at this address."""
        found = cls.objects.filter(token_tag=cls.tag(token), person__is_active=True)
        return found.select_related("person").first()

    def renew(self) -> "Feed":
        """The same calendar at another address. The old one is gone for good, also from older backups."""
        with ledger.erasing("gatherings.feed", self.pk):
            person, facts = self.person, self.facts
            self.delete()
            return Feed._make(person, facts)

    def close(self) -> None:
        """No calendar any more: its address answers nobody."""
        with ledger.erasing("gatherings.feed", self.pk):
            self.delete()

    @staticmethod
    def tag(token: str) -> bytes:
        return keys.tag(keys.secret("gatherings"), "feed", token)

    @property
    def token(self) -> str:
        number = int.from_bytes(keys.tag(keys.secret("gatherings"), "address", self.pk), "big")
        return "".join(ids.LETTERS[number >> 5 * place & 31] for place in range(LETTERS))

    def get_absolute_url(self) -> str:
        return reverse("gatherings:feed", kwargs={"token": self.token})

    @property
    def facts(self) -> dict[str, Any]:
        usual = {"which": "coming", "title": "hour", "words": "", "details": False, "without": [], "kept": {}}
        found: dict[str, Any] = usual | json.loads(self.said or "{}")
        return found

    def _write(self, facts: dict[str, Any]) -> None:
        self.said = seal.padded(json.dumps(facts, separators=(",", ":")), PAD)

    def choose(self, **said: Any) -> None:
        """What shall stand in it, and how much of it."""
        self._write(self.facts | said)
        self.save(update_fields=["said"])

    def uid(self, of: str) -> str:
        """What a meeting is called in this calendar, as long as the calendar stands."""
        return keys.tag(keys.secret("gatherings"), "uid", self.facts["root"], of).hex()

    def remember(self, kept: "dict[str, tuple[str, int, str]]") -> None:
        """What stood in it when it was last asked: by this a change is known, and counted."""
        if kept != {key: tuple(value) for key, value in self.facts["kept"].items()}:
            self.choose(kept=kept)

    @property
    def kept(self) -> dict[str, "tuple[str, int, datetime]"]:
        found = self.facts["kept"].items()
        return {key: (mark, number, datetime.fromisoformat(at)) for key, (mark, number, at) in found}
