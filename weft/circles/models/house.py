"""The house itself."""

from time import monotonic
from typing import Any

from django.db import models

from weft.circles.models.circle import Circle
from weft.loom import seal


class House(models.Model):
    """The house itself: one row. Its name and its open room are those of its commons, a circle like any other."""

    id = models.BigIntegerField(primary_key=True, default=1, editable=False)  # known before its words are sealed to it
    commons = models.OneToOneField(Circle, models.PROTECT)
    kind = models.CharField(max_length=20)
    country = models.CharField(max_length=2, blank=True)
    leave_to = models.URLField(default="https://www.wikipedia.org/")
    paid_by = seal.SealedText()
    opened_on = models.DateField(null=True)

    def save(self, *args: Any, **kwargs: Any) -> None:
        super().save(*args, **kwargs)
        House.forget()

    @property
    def name(self) -> str:
        return str(self.commons.name)

    @classmethod
    def here(cls) -> "House | None":
        """The house, or None before it is set up. Every page asks, so the answer is remembered for some seconds."""
        global _remembered
        until, house = _remembered
        if house is None or monotonic() > until:
            house = cls.objects.select_related("commons").first()
            _remembered = (monotonic() + 10, house)
        return house

    @classmethod
    def forget(cls) -> None:
        """Ask the database again at the next page."""
        global _remembered
        _remembered = (0.0, None)


_remembered: tuple[float, House | None] = (0.0, None)
