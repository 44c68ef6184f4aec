"""Live pages: a hint goes out when something is new; the words come over HTTP, to those who may read them.

    streams.publish("story:12", "reply", 7)     to every page that listens, after the commit; never words
    streams.token("story:12", persona.pk)       lets this persona listen, if it is used within two minutes
    streams.live(response, "story:12", persona.pk)   puts a fresh token on the answer to “what is new since?”
    streams.let_go(persona.pk)                  ends a persona's streams: it left, or somebody blocked it

Whether a persona may hear a subject is asked of every section's card (`Section.may_hear`) whenever a stream opens. What
the page does with all this stands at the top of `static/loom/live.js`.
"""

import base64
import json
import re
import secrets
import time
from functools import lru_cache, partial
from typing import TypeVar

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings
from django.db import transaction
from django.http import HttpResponse

from weft.loom import keys, wires
from weft.loom.section import sections

AGE = 120  # seconds
HEADER = "Weft-Live"
EVENT = re.compile(r"[a-z_]{1,24}")
Response = TypeVar("Response", bound=HttpResponse)


def publish(subject: str, event: str, number: int = 0) -> None:
    """Hint to the pages that listen to *subject*: the event's name and a number. Sent when the transaction is done."""
    if not EVENT.fullmatch(event) or not isinstance(number, int):
        raise ValueError("a hint is a short name and a number, never words")
    transaction.on_commit(partial(wires.send, [subject, event, number]), robust=True)


def let_go(persona_id: int) -> None:
    """End a persona's streams when the transaction is done; before the next one opens, it is asked again."""
    transaction.on_commit(partial(wires.send, [persona_id]), robust=True)


def token(subject: str, persona_id: int) -> str:
    """A pass to one subject for one persona. It is sealed: an address in a proxy's log names neither."""
    nonce = secrets.token_bytes(12)
    said = json.dumps([subject, persona_id, int(time.time()) + AGE]).encode()
    return base64.urlsafe_b64encode(nonce + _seals()[0].encrypt(nonce, said, b"")).decode().rstrip("=")


def admit(token: str) -> tuple[str, int] | None:
    """The subject and the persona that a token names, while it is fresh."""
    try:
        sealed = base64.urlsafe_b64decode(token + "=" * (-len(token) % 4))
    except ValueError:
        return None
    for seal in _seals():
        try:
            subject, persona_id, ends = json.loads(seal.decrypt(sealed[:12], sealed[12:], b""))
        except (InvalidTag, ValueError):
            continue
        return (subject, persona_id) if time.time() < ends else None
    return None


def may_hear(subject: str, persona_id: int) -> bool:
    """Whether this persona may hear this subject now: one section says yes, and none says no."""
    said = [section.may_hear(persona_id, subject) for section in sections()]
    return True in said and False not in said


def live(response: Response, subject: str, persona_id: int) -> Response:
    """The same response, with a fresh token on it."""
    response.headers[HEADER] = token(subject, persona_id)
    return response


def _seals() -> list[AESGCM]:
    return [_seal(key) for key in settings.HOUSE_KEY]


@lru_cache(maxsize=8)
def _seal(key: bytes) -> AESGCM:
    return AESGCM(keys.derive(key, "stream"))
