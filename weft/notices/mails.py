"""What the mails of the house say: that something waits, and nothing of what. docs/mail.md lists every one of them."""

from dataclasses import dataclass
from datetime import UTC
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from html import escape
from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from weft.loom import mail, time
from weft.loom.section import Outsider
from weft.notices import passes
from weft.people.models import Person


@dataclass(frozen=True)
class Words:
    """One kind of mail: its subject, what it says, and the words on its one link."""

    subject: str
    lines: tuple[str, ...]
    link: str


MAILS = {
    "soon": Words(
        gettext_noop("Something new"),
        (gettext_noop("Something waits for you. There is no hurry."),),
        gettext_noop("See what it is"),
    ),
    "weekly": Words(
        gettext_noop("This week"),
        (gettext_noop("Some things wait for you in the house. They will still be there whenever you come."),),
        gettext_noop("See what they are"),
    ),
    "confirm": Words(
        gettext_noop("Is this your address?"),
        (
            gettext_noop("Somebody typed this address, so that notes can come to it. Please say that it is yours."),
            gettext_noop("If it was not you, do nothing. No notes will come."),
        ),
        gettext_noop("Yes, it is mine"),
    ),
    "answered": Words(
        gettext_noop("Something new"),
        (gettext_noop("You left words on a page, and asked to hear when somebody answers. Somebody has."),),
        gettext_noop("Read it"),
    ),
    "helping": Words(
        gettext_noop("Something is near"),
        (gettext_noop("Something that you said yes to is near. Your own page says what, and when."),),
        gettext_noop("See your page"),
    ),
}
SUBSCRIBED = ("soon", "weekly", "answered", "helping")
LINES = SMTP.clone(max_line_length=900)  # a link that is broken in two opens nothing


def drawn(kind: str, whom: Person | Outsider, message_id: str) -> EmailMessage:
    """A mail as it goes out: to one person, in their language, plain and as simple HTML, without a picture."""
    words = MAILS[kind]
    with translation.override(whom.language or settings.LANGUAGE_CODE):
        to, off = (settings.ADDRESS + path for path in _links(kind, whom))
        ends = [(_(words.link), to)]
        if kind in SUBSCRIBED:
            ends.append((_("No more of these"), off))
        lines = [_(line) for line in words.lines]
        message = EmailMessage(policy=LINES)
        message["Subject"] = _(words.subject)
        text = "\n\n".join([*lines, *(f"{said}:\n{link}" for said, link in ends)]) + "\n"
        html = _html(lines, ends)
    name, address = settings.MAIL_FROM
    message["From"] = Address(display_name=name, addr_spec=address)
    message["To"] = mail.mailbox(whom.email)
    message["Date"] = format_datetime(time.now().astimezone(UTC).replace(second=0))
    message["Message-ID"] = message_id
    message["Auto-Submitted"] = "auto-generated"
    message["X-Auto-Response-Suppress"] = "All"
    if kind in SUBSCRIBED:
        message["List-Unsubscribe"] = f"<{off}>"
        message["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    message.set_content(text)
    message.add_alternative(html, subtype="html")
    return message


def _links(kind: str, whom: Person | Outsider) -> tuple[str, str]:
    """Where a mail leads, and where one button ends it."""
    if isinstance(whom, Outsider):
        return whom.link, whom.off
    to = reverse("notices:bell")
    if kind == "confirm":
        to = reverse("notices:confirm", kwargs={"token": passes.confirming(whom)})
    return to, reverse("notices:off", kwargs={"token": passes.stopping(whom)})


def _html(lines: list[str], ends: list[tuple[str, Any]]) -> str:
    said = "".join(f"<p>{escape(line)}</p>\n" for line in lines)
    links = "".join(f'<p><a href="{escape(link)}">{escape(words)}</a></p>\n' for words, link in ends)
    way = "rtl" if translation.get_language_bidi() else "ltr"
    begins = f'<!doctype html>\n<html lang="{translation.get_language()}" dir="{way}">\n<body>\n'
    return f"{begins}{said}{links}</body>\n</html>\n"
