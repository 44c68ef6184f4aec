"""When somebody wants to be reminded of the gatherings of one circle."""

from datetime import timedelta

from django.db import models

from weft.circles.models import CircleRow, Persona
from weft.loom import seal

# How long before the hour each is told: a quarter of an hour early, since a mail waits that long for whoever is in the
# house anyway. The last lets go of those that nobody has read.
BEFORE = {
    "day": timedelta(hours=24, minutes=15),
    "hour": timedelta(minutes=75),
    "soon": timedelta(minutes=20),
    "over": timedelta(minutes=-5),
}
USUAL = ["day", "hour"]


class Reminding(CircleRow):
    """What one persona chose for its circle. Without a row it is the usual."""

    persona = models.OneToOneField(Persona, models.CASCADE, related_name="reminding")
    before = seal.SealedJSON()

    def __str__(self) -> str:
        return "how somebody is reminded"

    @classmethod
    def of(cls, persona: Persona) -> list[str]:
        """Which of them this persona wants."""
        found = cls.objects.filter(persona=persona).first()
        return USUAL if found is None else list(found.before)

    @classmethod
    def choose(cls, before: list[str], *, by: Persona) -> None:
        """Choose anew."""
        found = cls.objects.filter(persona=by).first() or cls(circle_id=by.circle_id, persona=by)
        found.before = [what for what in BEFORE if what in before and what != "over"]
        found.save()
