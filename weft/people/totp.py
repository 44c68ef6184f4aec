"""The second step: six figures from an app that shares a secret with the house (TOTP, RFC 6238)."""

import base64
import secrets
import time
from urllib.parse import quote

from cryptography.hazmat.primitives.hashes import SHA1
from cryptography.hazmat.primitives.twofactor import InvalidToken
from cryptography.hazmat.primitives.twofactor.totp import TOTP

STEP = 30


def new_secret() -> str:
    """A new shared secret, in the letters that apps ask for."""
    return base64.b32encode(secrets.token_bytes(20)).decode()


def _app(secret: str) -> TOTP:
    return TOTP(base64.b32decode(secret), 6, SHA1(), STEP)  # noqa: S303 — the only hash that every app knows


def code_at(secret: str, moment: float) -> str:
    """What the app shows at this moment."""
    return _app(secret).generate(int(moment)).decode()


def counter(secret: str, code: str) -> int | None:
    """Which half-minute this code belongs to, if it is this one or a neighbour of it."""
    figures = "".join(letter for letter in code if letter.isdigit()).encode()
    now = time.time()
    for moment in (now, now - STEP, now + STEP):
        try:
            _app(secret).verify(figures, int(moment))
        except InvalidToken:
            continue
        return int(moment) // STEP
    return None


def address(secret: str, place: str) -> str:
    """What the QR code says. It names the house's address only: the list in an app is read over shoulders."""
    return f"otpauth://totp/{quote(place)}?secret={secret}&digits=6&period={STEP}"
