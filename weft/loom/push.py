"""Carrying one push to the push service of a browser: an empty one, so that there is nothing in it to read.

A push without a payload needs none of the encryption of RFC 8291, only a signature by which the service knows its
sender (VAPID, RFC 8292). So this is written here, on the standard library: the house must know at any moment how far a
push got, as it knows of a mail (`mail.py`). Until the blank line that ends a request has gone out, nothing was taken
over (`Away`). From then on and until the answer nobody can tell (`Unsure`).

The address of a push comes from a browser, so anybody may send any. Only what lies at a known push service is ever
asked for, over TLS; where it points on to is not followed, and no more than the head of its answer is read.
"""

import base64
import json
import re
import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, timedelta
from email.utils import parsedate_to_datetime
from http.client import HTTPException, HTTPResponse
from urllib.parse import urlsplit

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from django.core.exceptions import ImproperlyConfigured

from weft.loom import time
from weft.loom.mail import THIS_MACHINE, Away, Unsure

PATIENCE = 15.0  # seconds for one answer
LONGEST = 60.0  # seconds for one push: shorter than a job may take
WAITS_AT_MOST = 24 * 60 * 60  # seconds for which a service may ask the house to wait
KEPT = 2 * 24 * 60 * 60  # seconds for which a service keeps a push for a device that is switched off
GOOD = timedelta(hours=12)  # how long a signature is good: a day at most, by RFC 8292
LONGEST_ADDRESS = 1000  # characters
TOPIC = "new"  # of two pushes with one topic, the service keeps the newer

# The makers of browsers, each with its push service. A leading dot stands for any name under it.
KNOWN = (
    "fcm.googleapis.com",  # Chrome and those made from it
    "updates.push.services.mozilla.com",  # Firefox
    ".push.apple.com",  # Safari
    ".notify.windows.com",  # Edge
)
ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551  # of the curve P-256


class Gone(Exception):
    """This device takes no more pushes."""


class Busy(Away):
    """The service takes nothing just now, and may say for how long."""

    def __init__(self, why: str, wait: timedelta | None) -> None:
        super().__init__(why)
        self.wait = wait


@dataclass(frozen=True)
class Services:
    """The push services that this house carries to, beside those that everybody knows."""

    more: tuple[str, ...] = ()

    def knows(self, address: str) -> bool:
        """Whether this is the address of a device at a known service."""
        if len(address) > LONGEST_ADDRESS or not re.fullmatch(r"https?://[!-~]+", address) or "\\" in address:
            return False
        try:
            said = urlsplit(address)
            host, port = said.hostname or "", said.port
        except ValueError:
            return False
        if said.username is not None or said.password is not None or said.fragment or not said.path:
            return False
        if f"{said.scheme}://{said.netloc}" in self.more:  # one on this machine
            return True
        return said.scheme == "https" and port in (None, 443) and any(_is(host, one) for one in (*KNOWN, *self.more))


def _is(host: str, known: str) -> bool:
    return host.endswith(known) if known.startswith(".") else host == known


def services(wanted: bool, more: list[str]) -> Services | None:
    """What was set: nothing while the house sends no push."""
    for one in more:
        on_this_machine = one.startswith("http://") and urlsplit(one).hostname in THIS_MACHINE
        if not on_this_machine and not re.fullmatch(r"\.?[a-z0-9-]+(?:\.[a-z0-9-]+)+", one):
            raise ImproperlyConfigured("WEFT_PUSH_SERVICES must be names like push.example.org, with commas")
    return Services(tuple(more)) if wanted else None


class Signer:
    """The key by which a push service knows this house. A device is bound to it for as long as it is told."""

    def __init__(self, secret: bytes, contact: str) -> None:
        self.key = ec.derive_private_key(1 + int.from_bytes(secret) % (ORDER - 1), ec.SECP256R1())
        self.contact = contact

    @property
    def public(self) -> str:
        """The half that a browser is given."""
        return _text(self.key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint))

    def word(self, audience: str) -> str:
        """What is said to a push service, signed: for whom it is, until when, and whom to ask about it."""
        ends = int((time.now() + GOOD).timestamp())
        head = _text(json.dumps({"typ": "JWT", "alg": "ES256"}).encode())
        body = _text(json.dumps({"aud": audience, "exp": ends, "sub": self.contact}).encode())
        r, s = decode_dss_signature(self.key.sign(f"{head}.{body}".encode(), ec.ECDSA(SHA256())))
        token = f"{head}.{body}.{_text(r.to_bytes(32) + s.to_bytes(32))}"
        return f"vapid t={token}, k={self.public}"


def _text(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


def carry(
    signer: Signer, address: str, *, before_end: Callable[[], None], at_end: Callable[[], None] = lambda: None
) -> None:
    """Carry one empty push to a device. *before_end* is called when all of it has gone out but the line that ends it;
    *at_end* as soon as the service has taken it over."""
    said = urlsplit(address)
    path = said.path + (f"?{said.query}" if said.query else "")
    head = {
        "Host": said.netloc,
        "Authorization": signer.word(f"{said.scheme}://{said.netloc}"),
        "TTL": str(KEPT),
        "Urgency": "normal",
        "Topic": TOPIC,
        "Content-Length": "0",
        "Connection": "close",
    }
    lines = [f"POST {path} HTTP/1.1", *(f"{name}: {value}" for name, value in head.items())]
    with _line(address) as line:
        line.sendall("".join(f"{one}\r\n" for one in lines).encode("ascii"))
        if _speaks(line):
            raise Away("it hangs up")
        before_end()
        code, wait = _end(line)
        if code in (404, 410):
            raise Gone
        if not 200 <= code < 300:
            raise Busy(f"it answers {code}", wait) if code == 429 or code >= 500 else Away(f"it answers {code}")
        at_end()


def _speaks(line: socket.socket) -> bool:
    """Whether it says something, or hangs up, where it should listen."""
    line.settimeout(0)
    try:
        line.recv(1)
    except (BlockingIOError, ssl.SSLWantReadError):  # TLS may have had something to say, and that is all
        return False
    finally:
        line.settimeout(PATIENCE)
    return True


def _end(line: socket.socket) -> tuple[int, timedelta | None]:
    """End the request, and hear what the service answers: its code, and how long to wait."""
    answer = HTTPResponse(line, method="POST")
    try:
        line.sendall(b"\r\n")
        answer.begin()
        return answer.status, _wait(answer.getheader("Retry-After") or "")
    except (OSError, HTTPException) as error:
        raise Unsure from error
    finally:
        answer.close()


def _wait(said: str) -> timedelta | None:
    """How long a service asks the house to wait: in seconds, or until a moment."""
    seconds: float = 0
    if said.strip().isascii() and said.strip().isdigit():
        seconds = int(said.strip()[:9])
    elif said:
        with suppress(ValueError):
            until = parsedate_to_datetime(said)
            seconds = ((until if until.tzinfo else until.replace(tzinfo=UTC)) - time.now()).total_seconds()
    return timedelta(seconds=min(seconds, WAITS_AT_MOST)) if seconds > 0 else None


@contextmanager
def _line(address: str) -> Iterator[socket.socket]:
    """A line to the service. It is cut when it takes too long."""
    said = urlsplit(address)
    opened: list[socket.socket] = []

    def cut() -> None:
        for one in opened:
            with suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)

    watch = threading.Timer(LONGEST, cut)
    watch.daemon = True
    watch.start()
    try:
        host, port = said.hostname or "", said.port or (443 if said.scheme == "https" else 80)
        with socket.create_connection((host, port), timeout=PATIENCE) as bare:
            opened.append(bare)
            if said.scheme != "https":
                yield bare
                return
            with ssl.create_default_context().wrap_socket(bare, server_hostname=host) as safe:
                opened.append(safe)
                yield safe
    except OSError as error:
        raise Away(_why(error)) from error
    finally:
        watch.cancel()


def _why(error: OSError) -> str:
    """Why, without a name or an address."""
    if isinstance(error, ssl.SSLCertVerificationError):
        return "its certificate is not good"
    return "TLS with it fails" if isinstance(error, ssl.SSLError) else "nobody answers there"
