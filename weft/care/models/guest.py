"""Helpers without an account: how they are asked, and their own link."""

from datetime import timedelta
from typing import Self

from django.db import models, transaction

from weft.care.models.care import Ring
from weft.circles.models import Circle, CircleRow, Persona
from weft.loom import ids, keys, ledger, seal, time

LETTERS = 26  # of a personal link, five bits each


class CallQuerySet(models.QuerySet["Call"]):
    def open_in(self, circle: Circle) -> Self:
        """Those that still let somebody in."""
        return self.filter(circle=circle, uses_left__gt=0, expires_on__gte=time.today()).select_related("by")


class Call(CircleRow):
    """An invitation to help, without an account: for so many people, until a day. It names who asks, and no illness."""

    by = models.ForeignKey(Persona, models.CASCADE, related_name="+")
    token_tag = models.BinaryField(unique=True)
    words = seal.SealedText()
    ring = models.PositiveSmallIntegerField(choices=Ring, default=Ring.OUTER)
    uses_left = models.PositiveIntegerField(default=1)
    expires_on = models.DateField()

    objects = models.Manager.from_queryset(CallQuerySet)()

    def __str__(self) -> str:
        return "a call for help"

    @classmethod
    def write(cls, by: Persona, *, uses: int, days: int, words: str = "") -> tuple["Call", str]:
        """A new one and its token, which is shown once and kept nowhere."""
        token = ids.code(16, group=4)
        call = cls(circle_id=by.circle_id, by=by, token_tag=cls.tag(token), words=words, uses_left=uses)
        call.expires_on = time.today() + timedelta(days=days)
        call.save(force_insert=True)
        return call, token

    @staticmethod
    def tag(token: str) -> bytes:
        return keys.tag(keys.secret("care"), "call", token.strip().lower())

    @classmethod
    def held(cls, token: str) -> "Call | None":
        """The one of this token, while it still opens."""
        found = cls.objects.filter(token_tag=cls.tag(token), uses_left__gt=0, expires_on__gte=time.today())
        return found.filter(circle__closed_on=None).select_related("circle", "by").first()

    def let_in(self, name: str, token: str) -> "Guest":
        """Use it once. The page drew the token of the personal link, so that sent twice there is one helper."""
        with transaction.atomic():
            found = Guest.held(token)
            if found and found.circle_id == self.circle_id:
                return found
            left = Call.objects.filter(pk=self.pk, uses_left__gt=0)
            if not left.update(uses_left=models.F("uses_left") - 1):
                raise Call.DoesNotExist
            guest = Guest(circle_id=self.circle_id, name=" ".join(name.split()), ring=self.ring)
            guest.token_tag = Guest.tag(token)
            guest.save(force_insert=True)
        return guest


class Guest(CircleRow):
    """Somebody who helps and has no account: a name, and a link of their own, which can be taken back."""

    token_tag = models.BinaryField(unique=True)
    name = seal.SealedText()
    ring = models.PositiveSmallIntegerField(choices=Ring, default=Ring.OUTER)
    mail = seal.SealedJSON(null=True)  # address, own link and language, if they want a mail before their turn
    wants_mail = models.BooleanField(default=False)

    def __str__(self) -> str:
        return "a helper without an account"

    @staticmethod
    def tag(token: str) -> bytes:
        return keys.tag(keys.secret("care"), "guest", token)

    @classmethod
    def held(cls, token: str) -> "Guest | None":
        """Whose link this is."""
        found = cls.objects.filter(token_tag=cls.tag(token), circle__closed_on=None)
        return found.select_related("circle").first()

    def want_mail(self, address: str, token: str, language: str) -> None:
        """Get a mail before each turn, with their own link. Their address is kept until their last turn is over."""
        self.mail, self.wants_mail = {"email": address, "token": token, "language": language}, True
        self.save(update_fields=["mail", "wants_mail"])

    def forget_mail(self) -> None:
        """No mail any more, and no address."""
        with ledger.erasing("care.mail", self.pk):
            self.mail, self.wants_mail = None, False
            self.save(update_fields=["mail", "wants_mail"])

    @classmethod
    def again_mail(cls, key: int) -> None:
        """An address that an older backup brought back goes once more."""
        for guest in cls.objects.filter(pk=key):
            guest.mail, guest.wants_mail = None, False
            guest.save(update_fields=["mail", "wants_mail"])

    @classmethod
    def forget_old_mail(cls) -> None:
        """Whose last turn is over leaves no address."""
        for guest in cls.objects.filter(wants_mail=True):
            if all(promise.slot.is_over for promise in guest.promises.select_related("slot")):
                guest.forget_mail()

    def go(self) -> None:
        """Their link shows nothing any more, and what they had promised is free."""
        with ledger.erasing("care.guest", self.pk):
            for promise in self.promises.all():
                promise.step_back(by=self)
            self.delete()

    @classmethod
    def again(cls, key: int) -> None:
        """One that an older backup brought back goes once more."""
        cls.objects.filter(pk=key).delete()


def new_token() -> str:
    """A personal link."""
    return ids.code(LETTERS)
