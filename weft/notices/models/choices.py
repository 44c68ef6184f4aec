"""What somebody chose: how each kind of thing is told, and when the house is quiet."""

import json
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.conf import settings
from django.db import models

from weft.loom import seal
from weft.loom.models import Thing
from weft.notices.models.notice import Mark, notables
from weft.people.models import Person, email_tag

WAYS = ("bell", "mail", "weekly", "push")
PAD = 1024  # bytes: how much is chosen shows only as coarsely as this
QUIET = (22, 8)


class Choices(Thing):
    """What one person chose. It changes when they choose, and with nothing else."""

    person = models.OneToOneField(Person, models.CASCADE, related_name="+")
    kept = seal.SealedText()

    def __str__(self) -> str:
        return "what somebody chose"

    @classmethod
    def of(cls, person: Person) -> "Choices":
        """The choices of this person, or the usual ones."""
        return cls.objects.filter(person=person).first() or cls(person=person)

    def keep(self, **said: Any) -> None:
        """Keep what was chosen, beside what was chosen before."""
        self.kept = seal.padded(json.dumps({**self.said, **said}, ensure_ascii=False), PAD)
        self.save()

    @property
    def said(self) -> dict[str, Any]:
        return json.loads(self.kept) if self.kept else {}

    def way(self, what: str) -> str:
        """How a kind of thing is told."""
        chosen = self.said.get("ways", {}).get(what)
        return chosen if chosen in WAYS else notables()[what].usual

    @property
    def quiet(self) -> tuple[int, int] | None:
        """From which hour to which nothing leaves the house for this person; None for never."""
        chosen = self.said.get("quiet", QUIET)
        return (int(chosen[0]), int(chosen[1])) if chosen and chosen[0] != chosen[1] else None

    @property
    def urgent(self) -> bool:
        """Whether what is urgent may come in quiet hours too."""
        return bool(self.said.get("urgent"))

    @property
    def is_off(self) -> bool:
        """Whether this person wants no mail at all."""
        return bool(self.said.get("off"))

    @property
    def is_confirmed(self) -> bool:
        """Whether the address that this person has now is one that they confirmed."""
        address = self.person.email
        return bool(address) and self.said.get("confirmed") == email_tag(address).hex()

    def confirm(self) -> None:
        """The person has the mail that was sent to their address."""
        self.keep(confirmed=email_tag(self.person.email).hex(), off=False)
        self.try_again()

    @property
    def _refused(self) -> bytes:
        return Mark.of("refused", self.person.pk, email_tag(self.person.email).hex())

    def refuse(self) -> None:
        """The mail server of this address took no mail for it. Nothing on a row of this person changes with that."""
        Mark.make([self._refused])

    def try_again(self) -> None:
        """The person says that the address is right."""
        Mark.objects.filter(tag=self._refused).delete()

    @property
    def is_refused(self) -> bool:
        return Mark.objects.filter(tag=self._refused).exists()

    @property
    def take_mail(self) -> bool:
        """Whether mail may go to this person."""
        return bool(settings.MAIL) and not self.is_off and self.is_confirmed and not self.is_refused

    @property
    def zone(self) -> ZoneInfo:
        """This person's clock."""
        try:
            return ZoneInfo(self.person.time_zone or settings.TIME_ZONE)
        except ZoneInfoNotFoundError:
            return ZoneInfo(settings.TIME_ZONE)

    def quiet_until(self, now: datetime) -> datetime | None:
        """When the quiet hours end in which *now* lies, on this person's clock, or None."""
        if self.quiet is None:
            return None
        first, last = self.quiet
        here = now.astimezone(self.zone)
        into = (here.hour - first) % 24
        if into >= (last - first) % 24:
            return None
        day = here.date() if here.hour < last else here.date() + timedelta(days=1)
        return datetime(day.year, day.month, day.day, last, tzinfo=self.zone).astimezone(now.tzinfo)

    def quiet_from(self, now: datetime) -> datetime | None:
        """When quiet hours begin next, after *now*; None for never."""
        if self.quiet is None:
            return None
        day = now.astimezone(self.zone).date()
        for ahead in range(3):
            on = day + timedelta(days=ahead)
            first = datetime(on.year, on.month, on.day, self.quiet[0], tzinfo=self.zone).astimezone(now.tzinfo)
            if first > now:
                return first
        raise ValueError("a day has 24 hours, or 23, or 25")

    def awake(self, since: datetime, until: datetime) -> Iterator[tuple[datetime, datetime]]:
        """The stretches between two moments in which it is not quiet for this person."""
        while since < until:
            since = self.quiet_until(since) or since
            end = min(self.quiet_from(since) or until, until)
            if since < end:
                yield since, end
            since = end
