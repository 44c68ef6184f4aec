"""Numbers for hard moments: a seed that comes with the house, and what its steward made of it."""

import re
import tomllib
from datetime import timedelta
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Any
from urllib.parse import quote

from django.db import IntegrityError, models, transaction
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from weft.loom import languages, seal, time
from weft.loom.models import Thing
from weft.people.models import Duty, Person

GOOD_FOR = timedelta(days=180)


class HelpLine(Thing):
    """One number. A line of the seed becomes a row when a steward first touches it; until then the file says it."""

    class Cost(models.TextChoices):
        FREE = "free", _("free")
        USUAL = "usual", _("costs what a usual call or text costs")

    country = models.CharField(max_length=2)
    emergency = models.BooleanField(default=False)
    name = seal.SealedText()
    tel = seal.SealedText()
    sms = seal.SealedText()
    sms_words = seal.SealedText()
    url = seal.SealedText()
    hours = seal.SealedText()
    languages = seal.SealedText()
    note = seal.SealedText()
    source = seal.SealedText()
    cost = models.CharField(max_length=6, choices=Cost, blank=True)
    place = models.PositiveIntegerField(default=1000)
    confirmed_on = models.DateField(null=True)
    confirmed_by = models.ForeignKey(Duty, models.SET_NULL, null=True, related_name="confirmed")
    gone_on = models.DateField(null=True)

    def __str__(self) -> str:
        return "a help line"

    @classmethod
    def of(cls, country: str) -> "list[HelpLine]":
        """A country's lines, the emergency number first: what the steward keeps, and what nobody has touched yet."""
        rows: dict[int, HelpLine] = {row.pk: row for row in cls.objects.filter(country=country)}
        untouched: list[HelpLine] = [
            cls(pk=pk, **said) for pk, said in seed().items() if said["country"] == country and pk not in rows
        ]
        found = [line for line in [*rows.values(), *untouched] if line.gone_on is None]
        return sorted(found, key=lambda line: (not line.emergency, line.place))

    @classmethod
    def countries(cls) -> dict[str, str]:
        """The countries that have numbers here, by their names in the reader's language."""
        kept = cls.objects.filter(gone_on=None).order_by().values_list("country", flat=True).distinct()
        codes = {said["country"] for said in seed().values()} | set(kept)
        return dict(sorted(((code, country_name(code)) for code in codes), key=lambda pair: pair[1]))

    @classmethod
    def find(cls, pk: int) -> "HelpLine":
        """A line by its id, whether it is a row or still in the seed. Raises DoesNotExist."""
        line = cls.objects.filter(pk=pk, gone_on=None).first()
        if line:
            return line
        if pk not in seed() or cls.objects.filter(pk=pk).exists():
            raise cls.DoesNotExist
        return cls(pk=pk, **seed()[pk])

    @classmethod
    def to_check(cls, country: str) -> "list[HelpLine]":
        """A country's lines that nobody has confirmed, or not for half a year."""
        return [line for line in cls.of(country) if line.needs_check]

    @classmethod
    def add(cls, *, by: Person, **said: Any) -> "HelpLine":
        """A line of the house's own, or a well-known one that the seed lacks. Whoever adds it has just checked it."""
        line = cls(**said)
        line.confirm(by=by)
        return line

    def confirm(self, *, by: Person) -> None:
        """A steward has rung this number, or read it up at its source, today."""
        self.confirmed_on = time.today()
        self.confirmed_by = by.duties.filter(kind=Duty.Kind.STEWARD).first()
        self._keep()

    def change(self, said: dict[str, Any], *, by: Person) -> None:
        """Correct a line. Whoever corrects it has just checked it."""
        for name, value in said.items():
            setattr(self, name, value)
        self.confirm(by=by)

    def remove(self) -> None:
        """Show this line no longer. A line of the seed stays away."""
        self.gone_on = time.today()
        self._keep()

    @property
    def called(self) -> str:
        """What it is called: a name of its own, or, for the emergency number, the reader's words where we have them."""
        return gettext(self.name) if self.emergency and self.name else self.name

    @property
    def stale(self) -> bool:
        """Confirmed so long ago that it may be wrong by now."""
        return self.confirmed_on is not None and time.today() - self.confirmed_on > GOOD_FOR

    @property
    def needs_check(self) -> bool:
        return self.confirmed_on is None or self.stale

    @property
    def tel_link(self) -> str:
        """Dialled as it is written: a short code stays short, and no country is put before it."""
        return f"tel:{dialled(self.tel)}"

    @property
    def sms_link(self) -> str:
        return f"sms:{dialled(self.sms)}" + (f"?&body={quote(self.sms_words)}" if self.sms_words else "")

    def _keep(self) -> None:
        try:
            with transaction.atomic():
                self.save()
        except IntegrityError:  # another steward touched the same line of the seed a moment ago
            self._state.adding = False
            self.save()


def dialled(number: str) -> str:
    """A number as a telephone takes it: “13 11 14” is 131114, “9-8-8” is 988."""
    return re.sub(r"[^\d+*#]", "", number)


@cache
def seed() -> dict[int, dict[str, Any]]:
    """The lines of `helplines.toml` by their ids, which follow from their keys."""
    with (Path(__file__).parents[1] / "helplines.toml").open("rb") as file:
        entries = tomllib.load(file)
    return {_id(key): {"place": place, **said} for place, (key, said) in enumerate(entries.items())}


def _id(key: str) -> int:
    return int.from_bytes(sha256(b"helpline:" + key.encode()).digest()[:8]) >> 1


def country_name(code: str) -> str:
    """A country's name in the reader's language."""
    return str(languages.locale().territories.get(code, code))
