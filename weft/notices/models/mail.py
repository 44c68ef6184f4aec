"""A mail on its way out: how it goes, see `Parcel`."""

from collections.abc import Callable
from functools import cache
from typing import Any

from django.conf import settings

from weft.loom import ids, time
from weft.loom.section import Outsider, sections
from weft.notices.models.choices import Choices
from weft.notices.models.notice import Mark, Notice
from weft.notices.models.parcel import Parcel
from weft.people.models import Person, email_tag

CONFIRMATIONS = 3  # to one address in a day, whoever asks


@cache
def outsiders() -> dict[str, Callable[[int], Outsider | None]]:
    """Who without an account gets which kind of mail, from every section's card."""
    return {kind: found for section in sections() for kind, found in section.outsiders().items()}


def _message_id() -> str:
    return f"<{ids.code(26)}@{settings.MAIL_FROM[1].rpartition('@')[2]}>"


class Mail(Parcel):
    """One mail to one person, or to one outsider."""

    JOB = "notices.send"

    def __str__(self) -> str:
        return "a mail"

    @classmethod
    def write(cls, kind: str, person: Person, *once: object, notices: "list[Notice] | None" = None) -> "Mail | None":
        """Write a mail, and have it sent. None where this very mail was written before."""
        more: dict[str, Any] = {"kind": kind, "address": email_tag(person.email).hex(), "id": _message_id()}
        return cls.begin(Mark.of("mail", kind, *once), person, notices or [], **more)

    @classmethod
    def write_out(cls, kind: str, about: int, *once: object) -> "Mail | None":
        """Write a mail to somebody without an account. Their address is looked up when it goes: it is not here."""
        more = {"kind": kind, "about": about, "id": _message_id()}
        return cls.begin(Mark.of("mail", kind, *once), None, [], **more)

    @classmethod
    def confirmation(cls, person: Person) -> None:
        """Ask whoever has this address whether it is theirs; a few times a day, whoever asks."""
        for number in range(CONFIRMATIONS):
            if cls.write("confirm", person, email_tag(person.email).hex(), time.today(), number):
                return

    @property
    def kind(self) -> str:
        return str(self.facts["kind"])

    @property
    def whom(self) -> Person | Outsider | None:
        if "about" in self.facts:
            return outsiders()[self.kind](self.facts["about"])
        return super().whom

    def is_wanted(self, person: Person) -> bool:
        choices = Choices.of(person)
        if self.facts["address"] != (email_tag(person.email).hex() if person.email else ""):
            return False
        if self.kind == "confirm":
            return not choices.is_confirmed and not choices.is_refused
        return choices.take_mail and self.is_unread
