"""A circle's guest book: who came lately, and which words they have been sent."""

import json
from collections.abc import Collection, Iterable, Iterator
from contextlib import contextmanager
from datetime import date
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import models, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from weft.circles.models import Circle, CircleRow, Persona
from weft.companions.following import FOLLOWING, GONE, Guest
from weft.loom import seal
from weft.loom.glance import Glance, Where
from weft.loom.ready import ready

PAD = 1024  # bytes: how many came lately shows only as coarsely as this


def here_today() -> date:
    """This day on the clock of the house, by which the days of somebody who is new are counted."""
    return timezone.localdate(timezone=ZoneInfo(settings.TIME_ZONE))


@ready
def _of(*circles: int) -> "models.QuerySet[GuestBook]":
    return GuestBook.objects.filter(circle__in=circles)


class GuestBook(CircleRow):
    """Who came to a circle lately. Since when somebody is here lies under their own seal, so finding who is new would
    open it for everybody in the circle; and a date or a mark beside a persona would join those who came in one sitting.
    So the circle keeps a sealed list of the last weeks, padded: one row to open, however many people there are."""

    circle = models.OneToOneField(Circle, models.CASCADE, related_name="+")
    kept = seal.SealedText()
    words = seal.SealedJSON()  # what is prepared to be said after two days, a week and a month

    def __str__(self) -> str:
        return "a guest book"

    @classmethod
    def of(cls, *circles: int) -> "list[GuestBook]":
        """The books of these circles, in one look-up."""
        return _of(*circles) if circles else []

    @classmethod
    def where(cls, circles: Iterable[int]) -> Where:
        """Where the books of these circles lie. They come with each page of whoever is there; who guides needs them."""
        return Where("companions.book", cls, {"circle_id": list(circles)}, number="circle_id", kept="kept")

    @classmethod
    def lying(cls, glance: Glance, circles: Collection[int]) -> "list[GuestBook]":
        """The books of these circles, out of what lies for somebody."""
        rows = glance["companions.book"]
        return [cls(pk=pk, circle_id=here, kept=seal.SealedBytes(kept)) for pk, here, kept in rows if here in circles]

    @property
    def guests(self) -> dict[int, Guest]:
        """Those who came lately, by the ids of their personas."""
        kept = json.loads(self.kept) if self.kept else {}
        return {int(key): Guest.unpacked(said) for key, said in kept.items()}

    @classmethod
    @contextmanager
    def opened(cls, circle_id: int) -> Iterator[dict[int, Guest]]:
        """Hold the book, and write into it. Whoever is not new any more is taken out."""
        with transaction.atomic():
            book = cls.objects.select_for_update().filter(circle=circle_id).first() or cls.begun(circle_id)
            guests = book.guests
            yield guests
            book._keep(guests)
            book.save(update_fields=["kept"])

    @classmethod
    def begun(cls, circle_id: int) -> "GuestBook":
        """A new book. Where people came before there was one, they are written down: all their days are opened once."""
        from weft.companions.models import Greeting

        today, guests = here_today(), {}
        members = Persona.objects.inside().filter(circle=circle_id, role=Persona.Role.MEMBER)
        for persona in members.only("circle_id", "since").iterator():
            if (today - persona.since).days < GONE:
                guests[persona.pk] = Guest(persona.since)
        greetings = Greeting.objects.filter(circle=circle_id)
        for greeting in greetings.only("circle_id", "newcomer", "on", "by", "is_answered", "is_read").iterator():
            guest = guests.get(greeting.to_id)
            if guest:
                guest.told[greeting.day] = (greeting.on - guest.since).days
                guest.by = greeting.by_id
                if greeting.is_answered and not greeting.is_read:
                    guest.answers[greeting.pk] = greeting.by_id
        book = cls(circle_id=circle_id, words=usual_words())
        book._keep(guests)
        book.save(force_insert=True)
        return book

    @classmethod
    def see_to_it(cls) -> None:
        """Every circle has its book."""
        for circle_id in Circle.objects.exclude(pk__in=cls.objects.values("circle")).values_list("pk", flat=True):
            cls.begun(circle_id)

    def _keep(self, guests: dict[int, Guest]) -> None:
        today = here_today()
        kept = {key: guest.packed() for key, guest in guests.items() if not guest.is_over(today)}
        self.kept = seal.padded(json.dumps(kept, separators=(",", ":")), PAD)

    @classmethod
    def prepared(cls, circle_id: int) -> dict[int, str]:
        """What this circle prepared to be said, by the day."""
        found = cls.of(circle_id)
        words = found[0].words if found and found[0].words else usual_words()
        return dict(zip(FOLLOWING, words, strict=False))

    @classmethod
    def prepare(cls, words: list[str], *, by: Persona) -> None:
        """Change what is prepared in a circle."""
        if not by.facilitates:
            raise PermissionError("only who guides a circle prepares its words")
        with transaction.atomic():
            book = cls.objects.select_for_update().filter(circle=by.circle_id).first() or cls.begun(by.circle_id)
            book.words = words
            book.save(update_fields=["words"])


def usual_words() -> list[str]:
    """In the language of whoever opens a circle: like its greeting, these become the circle's own words."""
    return [
        _("Hello {name}. You have been here for some days now. How is it for you? If anything is unclear, ask me."),
        _("Hello {name}. You have been here for a week. Had you hoped for something that is not here? Tell me."),
        _("Hello {name}. It is a month since you came. I wanted to ask how you are. There is no need to answer."),
    ]
