"""What somebody kept for themselves."""

import json

from django.db import models, transaction

from weft.loom import keys, seal
from weft.loom.models import Thing
from weft.people.models import Person

PAD = 1024  # bytes: how much somebody keeps shows only as coarsely as this
MOST = 200


class Shelf(Thing):
    """The lessons that one person keeps: ids alone, sealed and padded, so that nobody learns through which circles they
    came to them. The words stay where they are, so what is taken back there is gone from here."""

    tag = models.BinaryField(unique=True)
    kept = seal.SealedText()

    def __str__(self) -> str:
        return "a shelf"

    @staticmethod
    def _tag(person: Person) -> bytes:
        return keys.tag(keys.secret("wisdom"), "shelf", person.pk)

    @classmethod
    def of(cls, person: Person) -> list[int]:
        """The ids of what this person keeps, in the order in which they kept it."""
        shelf = cls.objects.filter(tag=cls._tag(person)).first()
        return [int(key) for key in json.loads(shelf.kept)] if shelf else []

    @classmethod
    def keep(cls, person: Person, lesson: int, *, on: bool = True) -> None:
        """Keep a lesson, or put it back."""
        with transaction.atomic():
            Person.objects.select_for_update().only("pk").get(pk=person.pk)
            shelf = cls.objects.filter(tag=cls._tag(person)).first() or cls(tag=cls._tag(person))
            held = [key for key in (json.loads(shelf.kept) if shelf.kept else []) if key != lesson]
            held = [*held, lesson][-MOST:] if on else held
            shelf.kept = seal.padded(json.dumps(held), PAD)
            shelf.save()

    @classmethod
    def forget(cls, person: Person) -> None:
        cls.objects.filter(tag=cls._tag(person)).delete()
