"""Carrying one mail to the house's mail server, so that the house knows at any moment how far it got.

A mail is taken over when the server has said yes to the dot that ends it. Until that dot has gone out, nothing was
taken over (`Away`: try again later). From then on and until the answer nobody can tell (`Unsure`). So whoever carries a
mail writes down, just before the dot, that it is about to go out: `before_end`.
"""

import re
import select
import smtplib
import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from urllib.parse import unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured

PATIENCE = 20.0  # seconds for one answer
LONGEST = 120.0  # seconds for one mail: shorter than a job may take
PORTS = {"smtp": 587, "smtps": 465}
THIS_MACHINE = ("localhost", "127.0.0.1", "::1")
PLAIN = re.compile(r"[\w!#$%&'*+/=?^`{|}~.-]+@(?:[\w.-]+|\[[\da-fA-F:.]+\])", re.ASCII)
NO_SUCH = re.compile(rb"\b5\.(?:1|2)\.\d")  # about the address itself
POLICY = re.compile(rb"\b5\.(?:3|4|5|6|7)\.\d")  # about the server, the sender or the house

OTHER_NAME = (
    "its certificate is for another name",
    "Write the server in WEFT_MAIL as its certificate does, or have it given one for this name.",
)
ENDED = ("its certificate has ended", "Whoever keeps it has to renew it.")
NOT_TRUSTED = (
    "its certificate is signed by nobody whom this machine trusts",
    "If it is your own, name the file of whoever signed it in SSL_CERT_FILE (docs/mail.md).",
)
CERTIFICATE = {62: OTHER_NAME, 64: OTHER_NAME, 10: ENDED}  # by what OpenSSL counts


class Away(Exception):
    """The mail was not taken over. It may be tried again. *mend* is what whoever keeps the house can do about it."""

    def __init__(self, why: str, mend: str = "") -> None:
        super().__init__(why)
        self.mend = mend


class Refused(Exception):
    """This address takes no mail."""


class Unsure(Exception):
    """The mail went out whole, and nothing came back: it may have been taken over, or not."""


@dataclass(frozen=True)
class Server:
    """A mail server, and how it is spoken to: by TLS, except on this machine."""

    host: str
    port: int
    whole: bool  # TLS from the first byte on
    name: str = ""
    passphrase: str = ""

    @property
    def must_be_safe(self) -> bool:
        return self.host not in THIS_MACHINE


def server(address: str) -> Server | None:
    """The mail server of an address: smtp://name:passphrase@host:port, or smtps://… for TLS from the first byte on."""
    if not address:
        return None
    try:
        said = urlsplit(address)
        if said.scheme not in PORTS or not said.hostname:
            raise ValueError
        port = said.port or PORTS[said.scheme]
    except ValueError:
        raise ImproperlyConfigured("WEFT_MAIL must be like smtp://name:passphrase@mail.example.org:587") from None
    name, passphrase = unquote(said.username or ""), unquote(said.password or "")
    if not (name + passphrase).isascii() or not (name + passphrase).isprintable():
        raise ImproperlyConfigured("WEFT_MAIL: name and passphrase may hold plain letters, figures and signs only")
    return Server(said.hostname, port, said.scheme == "smtps", name, passphrase)


def sender(said: str, host: str) -> tuple[str, str]:
    """The name and the address that mails come from: neutral, unless somebody chose otherwise."""
    said = said or f"notes@{host}"
    name, _opened, rest = said.partition("<")  # Python 3.11's own parser knows no address of numbers before 3.11.4
    name, address = (name.strip(' "'), rest[:-1]) if rest.endswith(">") else ("", said)
    if not PLAIN.fullmatch(address) or not said.isprintable():
        raise ImproperlyConfigured("WEFT_MAIL_FROM must be like notes@example.org, or Notes <notes@example.org>")
    return name or "Notes", address


def mailbox(address: str) -> str:
    """An address as it is spoken on the way: a host's name in another script has a plain form. Quotation marks, and
    whatever could end a line, are in none: such an address takes no mail."""
    box, _at, host = address.strip(" ").rpartition("@")
    with suppress(UnicodeError):
        host = host.encode("idna").decode()
    if not PLAIN.fullmatch(f"{box}@{host}"):
        raise Refused
    return f"{box}@{host}"


def carry(
    to: Server,
    sender: str,
    address: str,
    mail: bytes,
    *,
    before_end: Callable[[], None],
    at_end: Callable[[], None] = lambda: None,
) -> None:
    """Carry one mail to one address. *before_end* is called when all of it has gone out but the dot; *at_end* as soon
    as the server has taken it over."""
    with _line(to, sender.rpartition("@")[2]) as line:
        _expect(line.mail(sender), 250)
        code, said = line.rcpt(address)
        if 500 <= code < 600 and not POLICY.search(said):
            raise Refused
        _expect((code, said), 250, 251)
        _expect(line.docmd("DATA"), 354)
        line.send(re.sub(rb"(?m)^\.", b"..", mail))
        if line.sock and select.select([line.sock], [], [], 0)[0]:  # it speaks, or hangs up, where it should listen
            raise Away("it hangs up")
        before_end()
        code, said = _end(line)
        if 500 <= code < 600 and NO_SUCH.search(said):
            raise Refused
        _expect((code, said), 250)
        at_end()


def _end(line: smtplib.SMTP) -> tuple[int, bytes]:
    try:
        line.send(b".\r\n")
        code, said = line.getreply()
    except (OSError, smtplib.SMTPException) as error:
        raise Unsure from error
    if code == -1:
        raise Unsure
    return code, said


def reach(to: Server, sender: str) -> None:
    """See whether the server answers, speaks TLS with a good certificate, and knows the house."""
    with _line(to, sender.rpartition("@")[2]) as line:
        _expect(line.mail(sender), 250)


@contextmanager
def _line(to: Server, name: str) -> Iterator[smtplib.SMTP]:
    """A line to the server, as far as it takes mail. It is cut when it takes too long."""
    opened: list[socket.socket] = []

    def cut() -> None:
        for one in opened:
            with suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)

    watch = threading.Timer(LONGEST, cut)
    watch.daemon = True
    watch.start()
    try:
        line = (
            smtplib.SMTP_SSL(local_hostname=name, timeout=PATIENCE, context=ssl.create_default_context())
            if to.whole
            else smtplib.SMTP(local_hostname=name, timeout=PATIENCE)
        )
        line._host = to.host  # type: ignore[attr-defined]  # whose certificate it must be
        try:
            _expect(line.connect(to.host, to.port), 220)
            opened.append(line.sock)  # type: ignore[arg-type]
            line.ehlo_or_helo_if_needed()
            if not to.whole and to.must_be_safe and not line.has_extn("starttls"):
                raise Away(
                    "it does not speak TLS", "Ask whoever keeps it which port does; smtps:// is TLS from the start."
                )
            if not to.whole and line.has_extn("starttls"):
                _expect(line.starttls(context=ssl.create_default_context()), 220)
                opened.append(line.sock)  # type: ignore[arg-type]
                line.ehlo()
            if to.name:
                line.login(to.name, to.passphrase)
            yield line
            with suppress(OSError, smtplib.SMTPException):
                line.quit()
        finally:
            line.close()
    except (OSError, smtplib.SMTPException) as error:
        raise Away(*_why(error)) from error
    finally:
        watch.cancel()


def _expect(said: tuple[int, bytes], *codes: int) -> None:
    if said[0] not in codes:
        raise Away(f"it answers {said[0]}")


def _why(error: Exception) -> tuple[str, str]:
    """Why, without a name or an address, and what can be done about it."""
    if isinstance(error, smtplib.SMTPAuthenticationError):
        return (
            "it does not take the name and the passphrase",
            "See that both stand in WEFT_MAIL as they are, with @ written as %40, : as %3A and / as %2F.",
        )
    if isinstance(error, ssl.SSLCertVerificationError):
        return CERTIFICATE.get(error.verify_code, NOT_TRUSTED)
    if isinstance(error, smtplib.SMTPNotSupportedError):
        return (
            "it takes no sign-in",
            "Leave name and passphrase out of WEFT_MAIL, or ask whoever keeps it for another port.",
        )
    if isinstance(error, ssl.SSLError):
        return (
            "TLS with it fails",
            "See whether its port speaks TLS from the first byte on (smtps://) or turns to it (smtp://).",
        )
    if isinstance(error, OSError):
        return "nobody answers there", "See that it runs, and that host and port in WEFT_MAIL are right."
    return "it hangs up", "Its own log says why."
