"""A comment: what somebody answers to a voice. They have no account: a name, an address that nobody is shown, and a
link of their own by which they change and erase it. A person reads it before anybody else does."""

import base64
import hashlib
from collections.abc import Iterable
from datetime import date, timedelta
from typing import Self

from django.conf import settings
from django.db import IntegrityError, models, transaction
from django.db.models import Max
from django.utils.crypto import constant_time_compare
from markupsafe import Markup

from weft.loom import ids, jobs, keys, ledger, seal, text, time
from weft.loom.models import Thing
from weft.loom.pages import url
from weft.notices.models import Notice
from weft.people.models import Duty, Person
from weft.voices.models.voice import Voice

ADDRESS_KEPT = timedelta(days=90)
MOST_WAITING = 2000  # in the whole house: a flood does not fill the disk
MAC = 16  # bytes
SOME = 400  # ids in one query

_KEY = ids.KeyConverter()


def address_until(today: date | None = None) -> date:
    """When an address that is given today is deleted: on the first day of a month, so that it tells no day."""
    last = (today or time.today()) + ADDRESS_KEPT
    return (last.replace(day=1) + timedelta(days=31)).replace(day=1)


class CommentQuerySet(models.QuerySet["Comment"]):
    def public(self) -> Self:
        """What the world may read now."""
        return self.filter(voice__is_public=True, is_waiting=False).exclude(number=None)

    def standing(self) -> Self:
        """Those of a voice that have their place on its page."""
        return self.filter(is_waiting=False).exclude(number=None).order_by("number")

    def waiting(self, person: Person) -> Self:
        """What this reader may read: never what they wrote themselves, as a teller of a voice."""
        if not person.has_duty(Duty.Kind.READER):
            return self.none()
        own = Voice.objects.of(person).values("pk")
        return self.filter(is_waiting=True).exclude(by_teller=True, voice__in=own).order_by("pk")


class Comment(Thing):
    """Words under a voice. It answers the voice, or a comment on it: there is no third level."""

    voice = models.ForeignKey(Voice, models.CASCADE, related_name="comments")
    answers = models.ForeignKey("self", models.CASCADE, null=True, related_name="answered")
    number = models.PositiveIntegerField(null=True)  # its place under the voice, from the day it is published
    name = seal.SealedText()
    text = seal.SealedText()
    html = seal.SealedText()
    email = seal.SealedText()
    said = seal.SealedJSON(default=dict)  # whether they want to hear of an answer, their language, how it was sent
    email_until = models.DateField(null=True)  # the first day of a month
    is_waiting = models.BooleanField(default=True)
    by_teller = models.BooleanField(default=False)
    erased = models.BooleanField(default=False)  # others have answered it: its place stays, without its words

    objects = models.Manager.from_queryset(CommentQuerySet)()

    def __str__(self) -> str:
        return "a comment"

    # Whoever wrote it

    @classmethod
    def leave(
        cls,
        key: int,
        voice: Voice,
        name: str,
        words: str,
        *,
        email: str = "",
        answers: "Comment | None" = None,
        by_teller: bool = False,
        **said: bool | str,
    ) -> "Comment | None":
        """Leave one, for a reader. Sent twice it is there once. None: so many wait that there is no room.

        *said*: `tell` (of an answer, by mail), `language`, and `proven` (their browser did the work).
        """
        with transaction.atomic():
            left = cls.objects.filter(pk=key, voice=voice).first()
            if left:
                return left
            if cls.objects.filter(is_waiting=True)[MOST_WAITING - 1 : MOST_WAITING].exists():
                return None
            if answers and answers.answers_id:
                answers = answers.answers
            new = cls(pk=key, voice=voice, answers=answers, email=email, by_teller=by_teller, said=said)
            new.email_until = address_until() if email else None
            new._put(name, words)
            try:
                with transaction.atomic():
                    new.save(force_insert=True)
            except IntegrityError:  # sent twice in the same moment
                return cls.objects.get(pk=key, voice=voice)
            jobs.put("voices.tell_of_comments", once=("waiting",))
        return new

    def change(self, name: str, words: str) -> None:
        """Other words: they are read anew before anybody sees them."""
        with transaction.atomic():
            fresh = Comment.objects.select_for_update().get(pk=self.pk)
            if fresh.erased:
                return
            fresh._put(name, words)
            fresh.is_waiting = True
            fresh.save()
            jobs.put("voices.tell_of_comments", once=("waiting",))
        self.refresh_from_db()

    def _put(self, name: str, words: str) -> None:
        self.name, self.text, self.html = name, words, text.render(words)

    def forget_address(self) -> None:
        """The address is gone, and with it every mail that was to go there."""
        with ledger.erasing("voices.address", self.pk):
            for fresh in Comment.objects.filter(pk=self.pk):
                fresh.email, fresh.email_until, fresh.said = "", None, fresh.said | {"tell": False}
                fresh.save(update_fields=["email", "email_until", "said"])
        self.refresh_from_db()

    def erase(self) -> None:
        """It is gone. Where others answered it, an empty place is left."""
        with ledger.erasing("voices.comment", self.pk):
            Notice.hush("voices.commented", about=self.pk)
            blank(self.pk)

    # Whoever reads it for the house

    def publish(self, digest: str, *, by: Person) -> bool:
        """A reader says yes to the very words they read. False: these changed or went, or are not theirs to read."""
        with transaction.atomic():
            fresh = Comment.objects.waiting(by).select_for_update(of=("self",)).filter(pk=self.pk).first()
            if fresh is None or fresh.digest != digest:
                return False
            Voice.objects.select_for_update().get(pk=fresh.voice_id)  # so that two have not the same number
            last = Comment.objects.filter(voice=fresh.voice_id).aggregate(last=Max("number"))["last"] or 0
            fresh.number, fresh.is_waiting = fresh.number or last + 1, False
            fresh.save()
            jobs.put("voices.tell_of_answer", comment=fresh.pk)
        return True

    @classmethod
    def refuse(cls, which: Iterable[int], *, by: Person) -> int:
        """Let go of these for good, with one decision. How many went. What nobody ever saw is no loss to anybody: of
        a flood there is no line in the ledger."""
        wanted, gone = list(which), 0
        for at in range(0, len(wanted), SOME):
            these = cls.objects.waiting(by).filter(pk__in=wanted[at : at + SOME])
            for comment in these.exclude(number=None):
                comment.erase()
                gone += 1
            gone += these.filter(number=None).delete()[0]
        return gone

    # What it shows

    @property
    def digest(self) -> str:
        """Name and words, as a hash: what a reader says yes to."""
        return hashlib.sha256(f"{self.name}\0{self.text}".encode()).hexdigest()

    @property
    def is_public(self) -> bool:
        stands = self.number is not None and not self.is_waiting
        return stands and self.voice.is_public and self.voice.takes_comments

    @property
    def shown(self) -> Markup:
        return text.safe(self.html)

    @property
    def opening(self) -> str:
        return text.opening(self.html)

    @property
    def wants_answers(self) -> bool:
        return bool(self.email and self.said.get("tell"))

    # Its own link

    @property
    def code(self) -> str:
        """What opens it to whoever wrote it. It lies nowhere: it is reckoned from the key of the house."""
        return _KEY.to_url(self.pk) + _mac(self.pk)

    @property
    def link(self) -> str:
        return settings.ADDRESS + url("voices:own_comment", code=self.code)

    @classmethod
    def opened(cls, code: str) -> "Comment | None":
        """The comment whose link this is."""
        try:
            key = _KEY.to_python(code[:13])
        except ValueError:
            return None
        if not constant_time_compare(code[13:], _mac(key)):
            return None
        return cls.objects.filter(pk=key, erased=False).select_related("voice").first()

    @classmethod
    def tidy(cls) -> None:
        """Addresses go on the day that was said."""
        for comment in cls.objects.filter(email_until__lte=time.today()):
            comment.forget_address()


def _mac(key: int) -> str:
    tag = keys.tag(keys.secret("voices"), "link", key)[:MAC]
    return base64.b32encode(tag).decode().rstrip("=").lower()


def blank(key: int) -> None:
    """Take a comment's words, name and address away; and the row too, where nobody answered it in public."""
    for comment in Comment.objects.filter(pk=key):
        parent = comment.answers_id
        if comment.answered.standing().exists():
            comment.name = comment.text = comment.html = comment.email = ""
            comment.said, comment.email_until, comment.is_waiting, comment.erased = {}, None, False, True
            comment.save()
        else:
            comment.delete()
        for empty in Comment.objects.filter(pk=parent, erased=True, answered=None):
            empty.delete()


def threads(voice: Voice, after: int, most: int) -> tuple[list["Comment"], bool]:
    """Comments of a voice with their answers below them, from the first on; and whether there are more."""
    first = list(voice.comments.standing().filter(answers=None, number__gt=after)[: most + 1])
    answers = list(voice.comments.standing().filter(answers__in=[one.pk for one in first[:most]]))
    found = []
    for one in first[:most]:
        found += [one, *(answer for answer in answers if answer.answers_id == one.pk)]
    return found, len(first) > most
