"""A calendar of what one persona promised in one care circle, at a secret address of its own.

It holds nothing of any other circle: whoever shows it to the family shows only what the family knows.
"""

from django.db import models, transaction

from weft.circles.models import CircleRow, Persona
from weft.loom import ids, keys, ledger
from weft.loom.pages import url

LETTERS = 26  # of an address, five bits each


class Diary(CircleRow):
    """The address follows from the row by the house's key, and is kept nowhere."""

    persona = models.OneToOneField(Persona, models.CASCADE, related_name="diary")
    token_tag = models.BinaryField(unique=True)

    def __str__(self) -> str:
        return "a calendar of promises"

    @classmethod
    def open(cls, persona: Persona) -> "Diary":
        """This persona's calendar, made now if there is none."""
        with transaction.atomic():
            persona.lock_circle()
            found = cls.objects.filter(persona=persona).first()
            if found:
                return found
            new = cls(circle_id=persona.circle_id, persona=persona)
            new.token_tag = cls.tag(new.token)
            new.save(force_insert=True)
        return new

    @classmethod
    def held(cls, token: str) -> "Diary | None":
        """The calendar at this address."""
        return cls.objects.filter(token_tag=cls.tag(token)).select_related("persona__circle").first()

    def close(self) -> None:
        """No calendar any more: its address answers nobody, also after an older backup."""
        with ledger.erasing("care.diary", self.pk):
            Diary.objects.filter(pk=self.pk).delete()

    @classmethod
    def again(cls, key: int) -> None:
        """One that an older backup brought back goes once more."""
        cls.objects.filter(pk=key).delete()

    @staticmethod
    def tag(token: str) -> bytes:
        return keys.tag(keys.secret("care"), "diary", token)

    @property
    def token(self) -> str:
        number = int.from_bytes(keys.tag(keys.secret("care"), "address of a diary", self.pk), "big")
        return "".join(ids.LETTERS[number >> 5 * place & 31] for place in range(LETTERS))

    def get_absolute_url(self) -> str:
        return url("care:diary", token=self.token)
