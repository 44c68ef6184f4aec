"""A voice: what somebody says to the world under a third name, which leads neither to a persona nor to a story."""

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from typing import Self

from django.db import IntegrityError, models, transaction
from django.utils.translation import gettext_lazy as _
from markupsafe import Markup

from weft.loom import jobs, keys, ledger, seal, text, time
from weft.loom.models import Thing
from weft.loom.pages import url
from weft.notices.models import Notice
from weft.people.models import Duty, Person

MOST = 12  # voices of one person


class Use(models.TextChoices):
    """What the world may do with a voice. Each has its own yes, with its day."""

    SITE = "site", _("Anybody may read it on the pages of this house")
    PRINT = "print", _("It may be printed and passed on as a sheet")
    PRESS = "press", _("Newspapers and radio may quote from it")
    TRAINING = "training", _("Courses for helpers may use it")
    COMMENTS = "comments", _("Others may answer it on its page, once a person here has read what they write")


def _tag(person: Person, number: int) -> bytes:
    return keys.tag(keys.secret("voices"), "place", person.pk, number)


class VoiceQuerySet(models.QuerySet["Voice"]):
    def of(self, person: Person) -> Self:
        """This person's own, and nobody else's."""
        return self.filter(place_tag__in=[_tag(person, number) for number in range(MOST)])

    def public(self) -> Self:
        """What the world may read now."""
        return self.filter(is_public=True).order_by("-since", "pk")

    def waiting(self, person: Person) -> Self:
        """What this reader may read: never anything of their own."""
        if not person.has_duty(Duty.Kind.READER):
            return self.none()
        own = [_tag(person, number) for number in range(MOST)]
        return self.filter(is_waiting=True).exclude(place_tag__in=own).order_by("pk")


class Voice(Thing):
    """Words for the world. Its place is a keyed hash of its person and a number, so no two of one person are alike."""

    place_tag = models.BinaryField(unique=True)
    owner = seal.SealedText()  # whom to tell that it was read
    name = seal.SealedText()
    text = seal.SealedText()
    html = seal.SealedText()
    consents = seal.SealedJSON(default=dict)  # each use, with the day of its yes
    marks = seal.SealedJSON(default=list)  # passages that might expose somebody
    note = seal.SealedText()  # what the reader wrote to the teller
    agreed = seal.SealedText()  # the words that the reader said yes to, as a hash
    read_by = seal.SealedText()  # the name of the reader in the house
    since = models.DateField(null=True)  # the first day of the month in which it was published
    may_be_found = models.BooleanField(default=False)
    is_waiting = models.BooleanField(default=False)
    is_public = models.BooleanField(default=False)

    objects = models.Manager.from_queryset(VoiceQuerySet)()

    def __str__(self) -> str:
        return "a voice"

    def get_absolute_url(self) -> str:
        return url("voices:voice", key=self.pk)

    @classmethod
    def begin(cls, key: int, person: Person) -> "Voice | None":
        """A voice of this person that is not offered yet; None where there is no room for another one."""
        for number in range(MOST):
            try:
                with transaction.atomic():
                    voice = cls(pk=key, place_tag=_tag(person, number), owner=str(person.pk))
                    voice.save(force_insert=True)
                    return voice
            except IntegrityError:
                if cls.objects.filter(pk=key).exists():  # the form was sent twice
                    return cls.objects.of(person).filter(pk=key).first()
        return None

    @contextmanager
    def _changing(self, by: Person) -> Iterator["Voice"]:
        """The row as it is now, held until the change is made; only for its own person."""
        with transaction.atomic():
            fresh = Voice.objects.of(by).select_for_update().filter(pk=self.pk).first()
            if fresh is None:
                raise PermissionError("only its teller may do this")
            yield fresh
            fresh.save()
        self.refresh_from_db()

    def write(self, name: str, words: str, *, may_be_found: bool, by: Person) -> None:
        """Change it. What was read and agreed to was other words, unless nothing changed."""
        with self._changing(by) as fresh:
            if fresh.is_public:
                raise PermissionError("what the world reads is taken back before it is changed")
            fresh.name, fresh.text, fresh.html = name, words, text.render(words)
            fresh.may_be_found, fresh.is_waiting = may_be_found, False

    def consent(self, use: str, *, on: bool, by: Person) -> None:
        """Say yes to one use, or no. Without the first, nobody reads it any more."""
        if use not in Use.values:
            raise ValueError(use)
        with ledger.erasing(f"voices.no_{use}", self.pk) if not on else transaction.atomic(), self._changing(by) as it:
            said = {key: day for key, day in it.consents.items() if key != use}
            it.consents = said | ({use: str(time.today())} if on else {})
            if use == Use.SITE and not on:
                it.is_public = it.is_waiting = False

    def offer(self, *, by: Person) -> None:
        """Let a second person read it."""
        with self._changing(by) as fresh:
            if not fresh.is_public and not fresh.is_agreed:
                fresh.is_waiting, fresh.marks, fresh.note, fresh.read_by = True, [], "", ""
                jobs.put("voices.tell_readers", voice=fresh.pk)

    def answer(self, digest: str, *, yes: bool, marks: list[str], note: str, by: Person) -> bool:
        """The second person says yes to the very words they read, or gives them back. False: they changed since."""
        with transaction.atomic():
            fresh = Voice.objects.waiting(by).select_for_update().filter(pk=self.pk).first()
            if fresh is None or fresh.digest != digest:
                return False
            fresh.is_waiting = False
            fresh.marks, fresh.note = ([] if yes else marks), note
            fresh.agreed = fresh.digest if yes else ""
            fresh.read_by = by.duties.get(kind=Duty.Kind.READER).known_as
            fresh.save()
            jobs.put("voices.tell_teller", voice=fresh.pk)
            Notice.hush("voices.to_read", about=fresh.pk)
        return True

    def publish(self, *, by: Person) -> bool:
        """The world may read it, once both have said yes to these very words."""
        with self._changing(by) as fresh:
            if fresh.is_agreed and Use.SITE in fresh.consents:
                fresh.is_public, fresh.since = True, time.today().replace(day=1)
        return self.is_public

    def take_back(self, *, by: Person) -> None:
        """At once, nobody but its teller reads it any more."""
        with ledger.erasing("voices.taken_back", self.pk), self._changing(by) as fresh:
            fresh.is_public = fresh.is_waiting = False
            Notice.hush("voices.to_read", about=fresh.pk)

    def erase(self) -> None:
        """It is gone, with all that was said of it."""
        with ledger.erasing("voices.voice", self.pk):
            Notice.hush("voices.to_read", about=self.pk)
            Notice.hush("voices.read", about=self.pk)
            Voice.objects.filter(pk=self.pk).delete()

    @property
    def digest(self) -> str:
        """The words and the name, as a hash: what a reader says yes to."""
        return hashlib.sha256(f"{self.name}\0{self.text}".encode()).hexdigest()

    @property
    def is_agreed(self) -> bool:
        """Whether a second person has said yes to these very words under this very name."""
        return bool(self.agreed) and self.agreed == self.digest

    @property
    def takes_comments(self) -> bool:
        """Whether its teller said yes to what others answer."""
        return Use.COMMENTS in self.consents

    @property
    def shown(self) -> Markup:
        """Its words as a page shows them."""
        return text.safe(self.html)

    @property
    def opening(self) -> str:
        """Its first words, for a list."""
        return text.opening(self.html)

    def uses(self) -> list[tuple[str, str, date | None]]:
        """Each use, in words, with the day of its yes."""
        return [(u.value, str(u.label), _day(self.consents.get(u.value))) for u in Use]


def _day(said: str | None) -> date | None:
    return date.fromisoformat(said) if said else None
