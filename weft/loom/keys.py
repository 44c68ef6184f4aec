"""The house key, and the secrets that it wraps. Losing the key loses every word; it is never in the database."""

import base64
import hmac
import os
import secrets
import shlex
import subprocess
from functools import lru_cache
from hashlib import sha256
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.core.exceptions import ImproperlyConfigured


def read(inline: str = "", command: str = "", file: Path | None = None) -> list[bytes]:
    """The house keys, newest first, each 32 bytes: one base64 line each, from the first source that is set."""
    if inline:
        lines = inline.split()
    elif command:
        asked = subprocess.run(shlex.split(command), check=True, capture_output=True, text=True)  # noqa: S603
        lines = asked.stdout.split()
    elif file and file.exists():
        if file.stat().st_mode & 0o077:
            raise ImproperlyConfigured(f"{file} can be read by others. Mend it with: chmod 600 {file}")
        lines = file.read_text().split()
    else:
        raise ImproperlyConfigured(f"There is no house key at {file}. “weft start” makes one in a new house.")
    try:
        found = [base64.b64decode(line, validate=True) for line in lines]
    except ValueError:
        found = []
    if not found or any(len(key) != 32 for key in found):
        raise ImproperlyConfigured("The house key must be lines of base64, 32 bytes each.")
    return found


def make(file: Path) -> None:
    """Write a new house key into *file* (mode 0600). An existing file is never touched."""
    handle = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "wb") as out:
        out.write(base64.b64encode(secrets.token_bytes(32)) + b"\n")
        out.flush()
        os.fsync(out.fileno())


def derive(key: bytes, purpose: str) -> bytes:
    """A 32-byte key for one purpose, from the house key."""
    return HKDF(SHA256(), 32, None, b"weft:" + purpose.encode()).derive(key)


def wrap(secret: bytes, scope: str) -> bytes:
    """*secret* under the newest house key: four bytes that name the key, then nonce and ciphertext."""
    from django.conf import settings

    key, nonce = settings.HOUSE_KEYS[0], secrets.token_bytes(12)
    return _mark(key) + nonce + AESGCM(derive(key, "wrap")).encrypt(nonce, secret, scope.encode())


def unwrap(wrapped: bytes | memoryview, scope: str) -> bytes:
    """What `wrap` wrapped. An unknown key or a tampered row is an error, never a wrong secret."""
    from django.conf import settings

    wrapped = bytes(wrapped)
    for key in settings.HOUSE_KEYS:
        if hmac.compare_digest(_mark(key), wrapped[:4]):
            try:
                return AESGCM(derive(key, "wrap")).decrypt(wrapped[4:16], wrapped[16:], scope.encode())
            except InvalidTag:
                break
    raise ImproperlyConfigured(
        "The house key does not open this house. Put back the key that belongs to it (docs/hosting.md, “The key”)."
    )


def _mark(key: bytes) -> bytes:
    return sha256(b"weft:mark:" + key).digest()[:4]


def tag(secret: bytes, *parts: object) -> bytes:
    """A keyed hash (16 bytes) by which a thing is found and from which nothing is learned."""
    text = "\x1f".join(str(part) for part in parts)
    return hmac.new(secret, text.encode(), sha256).digest()[:16]


@lru_cache(maxsize=4096)
def secret(scope: str) -> bytes:
    """The 32-byte secret of a scope: made at first use, kept wrapped in the database, remembered by the process."""
    from weft.loom.models import DataKey

    row, _ = DataKey.objects.get_or_create(scope=scope, defaults={"wrapped": wrap(secrets.token_bytes(32), scope)})
    return unwrap(row.wrapped, scope)
