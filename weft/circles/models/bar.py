"""Who cannot come: for good, since a circle removed them; or for a while, since they did harm as a visitor.

Both are found by a keyed hash of person and circle, whatever name somebody takes, and open to nobody.
"""

from collections.abc import Iterable
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from django.db import models

from weft.circles import veil
from weft.circles.models.circle import Circle, CircleRow
from weft.loom import keys, ledger, seal, time
from weft.loom.models import Thing
from weft.people.models import Person

if TYPE_CHECKING:
    from weft.circles.models.persona import Persona

LONGEST = 52  # weeks


class Barred(Exception):
    """The circle has removed this person, or its hours are closed to them for a while."""


class Bar(Thing):
    """A person whom a circle has removed cannot come back under another name. Nobody can tell who it is."""

    circle = models.ForeignKey(Circle, models.CASCADE, related_name="bars")
    owner_tag = models.BinaryField()


class VisitBar(CircleRow):
    """Somebody who visited an hour does not come to the next ones, nor into the circle, until a day.

    What is written down is the name that they had there, the hour, and why, for those who guide. The tag is another
    than the one by which personas are found, since a visitor's own row stays for a day beside this one.
    """

    tag = models.BinaryField(unique=True)
    by = models.ForeignKey("circles.Persona", models.SET_NULL, null=True, related_name="visit_bars")
    said = seal.SealedJSON(default=dict)  # the name, the hour, its day, the reason
    until = seal.SealedDay()  # the last day on which it holds

    def __str__(self) -> str:
        return "a bar for a while"

    @staticmethod
    def _tag(owner_tag: bytes | memoryview) -> bytes:
        return keys.tag(keys.secret("circles"), "bar of visits", bytes(owner_tag).hex())

    @classmethod
    def of(cls, person: Person, circle_id: int) -> "VisitBar | None":
        """The one that holds against this person now, whatever they call themselves."""
        found = cls.objects.filter(tag=cls._tag(veil.owner_tag(person, circle_id))).first()
        return found if found and found.holds else None

    @classmethod
    def among(cls, personas: "Iterable[Persona]") -> set[int]:
        """Those of these against whom one holds."""
        tags = {cls._tag(persona.owner_tag): persona.pk for persona in personas}
        found = cls.objects.filter(tag__in=list(tags)) if tags else []
        return {tags[bytes(bar.tag)] for bar in found if bar.holds}

    @classmethod
    def in_circle(cls, circle_id: int) -> "list[VisitBar]":
        """Those that hold, the one that ends first on top."""
        found = cls.objects.filter(circle=circle_id).select_related("by")
        return sorted((bar for bar in found if bar.holds), key=lambda bar: bar.until)

    @classmethod
    def lay(cls, visitor: "Persona", *, weeks: int, hour: str, day: date, reason: str, by: "Persona") -> "VisitBar":
        """Close the hours to whoever is behind this name. Said again, the later day holds. The circle is held."""
        if not by.facilitates or by.circle_id != visitor.circle_id or visitor.is_inside:
            raise PermissionError("only a facilitator, and only against a visitor")
        tag = cls._tag(visitor.owner_tag)
        bar = cls.objects.filter(tag=tag).first() or cls(circle_id=by.circle_id, tag=tag, until=time.today())
        bar.by = by
        bar.until = max(bar.until, time.today() + timedelta(weeks=min(max(weeks, 1), LONGEST)))
        bar.said = {"name": visitor.name, "hour": hour, "day": day.isoformat(), "reason": reason.strip()}
        bar.save()
        return bar

    def lift(self, *, by: "Persona") -> None:
        """Let them come again. Nothing of it stays."""
        if not by.facilitates or by.circle_id != self.circle_id:
            raise PermissionError("only a facilitator of the circle")
        with ledger.erasing("circles.visit_bar", self.pk):
            self.delete()

    @property
    def holds(self) -> bool:
        return bool(self.until >= time.today())

    @property
    def name(self) -> str:
        return str(dict(self.said).get("name", ""))

    @property
    def hour(self) -> str:
        return str(dict(self.said).get("hour", ""))

    @property
    def day(self) -> date:
        return date.fromisoformat(dict(self.said)["day"])

    @property
    def reason(self) -> str:
        return str(dict(self.said).get("reason", ""))

    def let_go_of_words(self) -> None:
        """Whoever wrote the reason has left; their words go with them."""
        self.said = dict(self.said) | {"reason": ""}
        self.save(update_fields=["said"])

    @classmethod
    def tidy(cls) -> None:
        """Those that are over."""
        for bar in cls.objects.iterator(500):
            if not bar.holds:
                bar.delete()

    @classmethod
    def forget(cls, person: Person, circles: Iterable[int]) -> None:
        """Nothing holds against this person any more."""
        cls.objects.filter(tag__in=[cls._tag(veil.owner_tag(person, circle)) for circle in circles]).delete()

    @classmethod
    def kept_of(cls, person: Person, personas: "list[Persona]") -> dict[str, Any]:
        """What is written down of this person, and what they wrote of others, for their own file."""
        circles = list(Circle.objects.values_list("pk", flat=True))
        tags = [cls._tag(veil.owner_tag(person, circle)) for circle in circles]
        mine = cls.objects.filter(tag__in=tags).select_related("circle")
        wrote = cls.objects.filter(by__in=personas).select_related("circle")
        found = {
            "hours that are closed to me for a while": [
                {"circle": bar.circle.name, "as": bar.name, "hour": bar.hour, "day": bar.day, "until": bar.until}
                for bar in mine
            ],
            "why I closed our hours to a visitor": [
                {"circle": bar.circle.name, "why": bar.reason, "until": bar.until} for bar in wrote
            ],
        }
        return {name: said for name, said in found.items() if said}
