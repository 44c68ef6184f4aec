"""What the links in a mail carry: whom they are for, sealed, so that they open without signing in and tell nothing."""

import base64
import json
import secrets
from datetime import timedelta
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from weft.loom import keys, time
from weft.people.models import Person, email_tag

TO_CONFIRM = timedelta(days=3)
PAD = 96  # bytes: two links look alike


def stopping(person: Person) -> str:
    """Ends all mail to this person, at any time."""
    return _seal(["off", person.pk])


def confirming(person: Person) -> str:
    """Says that this address is this person's, for some days."""
    ends = int((time.now() + TO_CONFIRM).timestamp())
    return _seal(["confirm", person.pk, email_tag(person.email).hex(), ends])


def whose_to_stop(token: str) -> Person | None:
    said = _open(token)
    return _person(said[1]) if said and said[0] == "off" else None


def whose_to_confirm(token: str) -> Person | None:
    """Whose address this confirms, while it is still their address and the link is fresh."""
    said = _open(token)
    if not said or said[0] != "confirm" or said[3] < time.now().timestamp():
        return None
    person = _person(said[1])
    return person if person and person.email and email_tag(person.email).hex() == said[2] else None


def _person(pk: int) -> Person | None:
    return Person.objects.filter(pk=pk, is_active=True).first()


def _cipher() -> AESGCM:
    return AESGCM(keys.secret("mail links"))


def _seal(said: list[Any]) -> str:
    nonce, plain = secrets.token_bytes(12), json.dumps(said).encode()
    sealed = nonce + _cipher().encrypt(nonce, plain.ljust(PAD), b"")
    return base64.urlsafe_b64encode(sealed).decode().rstrip("=")


def _open(token: str) -> list[Any] | None:
    try:
        sealed = base64.urlsafe_b64decode(token + "=" * (-len(token) % 4))
        found: list[Any] = json.loads(_cipher().decrypt(sealed[:12], sealed[12:], b""))
    except (ValueError, InvalidTag):
        return None
    return found
