"""The house key, and the secrets that it wraps. Losing the key loses every word; it is never in the database."""

import base64
import contextlib
import hmac
import os
import secrets
import shlex
import subprocess
from collections.abc import Iterable, Iterator
from functools import lru_cache
from hashlib import sha256
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.db import transaction


class HouseKey:
    """The house keys, newest first, each 32 bytes: one base64 line each, from the first source that is set.

    A key file is read again when it was changed, so that every process learns a new key without a restart.
    """

    def __init__(self, inline: str = "", command: str = "", file: Path | None = None) -> None:
        self.inline, self.command = inline, command
        self.file = None if inline or command else file
        self._seen: tuple[int, ...] = ()
        self._lines = self._read()

    def __iter__(self) -> Iterator[bytes]:
        return iter(self.lines)

    @property
    def newest(self) -> bytes:
        """What is sealed from now on is sealed under this one."""
        return self.lines[0]

    @property
    def lines(self) -> tuple[bytes, ...]:
        """All of them, as they are now. Where the file cannot be read any more, as they were."""
        if self.file and _face(self.file) not in (self._seen, ()):
            with contextlib.suppress(OSError, ImproperlyConfigured):
                self._lines = self._read()
        return self._lines

    def ask_again(self) -> None:
        """A command may know a key by now that it did not know before."""
        if self.command:
            with contextlib.suppress(OSError, subprocess.SubprocessError, ImproperlyConfigured):
                self._lines = self._read()

    def _read(self) -> tuple[bytes, ...]:
        if self.inline:
            return parse(self.inline)
        if self.command:
            asked = subprocess.run(shlex.split(self.command), check=True, capture_output=True, text=True)  # noqa: S603
            return parse(asked.stdout)
        if self.file and self.file.exists():
            self._seen = _face(self.file)
            return read_file(self.file)
        raise ImproperlyConfigured(f"There is no house key at {self.file}. “weft start” makes one in a new house.")


def _face(file: Path) -> tuple[int, ...]:
    """By this a file is known that was changed; nothing for one that is not there."""
    try:
        seen = file.stat()
    except OSError:
        return ()
    return (seen.st_ino, seen.st_mtime_ns, seen.st_size)


def read_file(file: Path) -> tuple[bytes, ...]:
    """The keys in a file that only its owner can read."""
    if file.stat().st_mode & 0o077:
        raise ImproperlyConfigured(f"{file} can be read by others. Mend it with: chmod 600 {file}")
    return parse(file.read_text())


def parse(text: str) -> tuple[bytes, ...]:
    """Keys from their lines."""
    try:
        found = tuple(base64.b64decode(line, validate=True) for line in text.split())
    except ValueError:
        found = ()
    if not found or any(len(key) != 32 for key in found):
        raise ImproperlyConfigured("The house key must be lines of base64, 32 bytes each.")
    return found


def fresh() -> bytes:
    """A new house key."""
    return secrets.token_bytes(32)


def write(file: Path, lines: Iterable[bytes]) -> None:
    """Put these keys into *file* (mode 0600): all of them are there after a power cut, or what was there before."""
    new = file.with_name(f".{file.name}.new")
    new.unlink(missing_ok=True)
    make(new, lines)
    new.replace(file)
    sync_folder(file.parent)


def sync_folder(folder: Path) -> None:
    """A file's name is only safe from a power cut when its folder is on the disk."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def make(file: Path, lines: Iterable[bytes] = ()) -> None:
    """Write a house key, or a new one, into *file* (mode 0600). An existing file is never touched."""
    handle = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "wb") as out:
        out.write(b"".join(base64.b64encode(key) + b"\n" for key in list(lines) or [fresh()]))
        out.flush()
        os.fsync(out.fileno())


def derive(key: bytes, purpose: str) -> bytes:
    """A 32-byte key for one purpose, from the house key."""
    return HKDF(SHA256(), 32, None, b"weft:" + purpose.encode()).derive(key)


def wrap(secret: bytes, scope: str) -> bytes:
    """*secret* under the newest house key: four bytes that name the key, then nonce and ciphertext."""
    key, nonce = settings.HOUSE_KEY.newest, secrets.token_bytes(12)
    return mark(key) + nonce + AESGCM(derive(key, "wrap")).encrypt(nonce, secret, scope.encode())


def unwrap(wrapped: bytes | memoryview, scope: str, more: Iterable[bytes] = ()) -> bytes:
    """What `wrap` wrapped. An unknown key or a tampered row is an error, never a wrong secret.

    *more*: keys that open old things and are no longer in force.
    """
    wrapped = bytes(wrapped)
    key = _known(wrapped[:4], more)
    if key is None:
        settings.HOUSE_KEY.ask_again()
        key = _known(wrapped[:4], more)
    if key is not None:
        with contextlib.suppress(InvalidTag):
            return AESGCM(derive(key, "wrap")).decrypt(wrapped[4:16], wrapped[16:], scope.encode())
    raise ImproperlyConfigured(
        "The house key does not open this house. Put back the key that belongs to it (docs/hosting.md, “The key”)."
    )


def _known(marked: bytes, more: Iterable[bytes]) -> bytes | None:
    return next((key for key in (*settings.HOUSE_KEY, *more) if hmac.compare_digest(mark(key), marked)), None)


def mark(key: bytes) -> bytes:
    """Four bytes that name a key and tell nothing of it."""
    return sha256(b"weft:mark:" + key).digest()[:4]


def tag(secret: bytes, *parts: object) -> bytes:
    """A keyed hash (16 bytes) by which a thing is found and from which nothing is learned."""
    text = "\x1f".join(str(part) for part in parts)
    return hmac.new(secret, text.encode(), sha256).digest()[:16]


def older(file: Path) -> list[Path]:
    """Files with keys that were in force before, beside the key in force: old backups need them."""
    return sorted(file.parent.glob(f"{file.name}.until-*"))


def forget() -> None:
    """Another database has other secrets."""
    from weft.loom import seal

    secret.cache_clear()
    seal._cipher.cache_clear()


def destroy(scope: str) -> None:
    """The secret of a scope is gone for ever, and with it all that it sealed."""
    from weft.loom.models import DataKey

    DataKey.objects.filter(scope=scope).delete()
    transaction.on_commit(forget, robust=True)


def ready() -> None:
    """Make the secrets of the house and its sections, before anything depends on them that may be undone."""
    from weft.loom.section import sections

    for scope in ("house", *(section.label for section in sections())):
        secret(scope)


@lru_cache(maxsize=4096)
def secret(scope: str) -> bytes:
    """The 32-byte secret of a scope: made at first use, kept wrapped in the database, remembered by the process."""
    from weft.loom.models import DataKey

    row = DataKey.objects.filter(scope=scope).first()
    if row is None:
        with transaction.atomic():
            wrapped = wrap(secrets.token_bytes(32), scope)
            row, made = DataKey.objects.get_or_create(scope=scope, defaults={"wrapped": wrapped})
            if made and bytes(row.wrapped[:4]) != mark(settings.HOUSE_KEY.newest):
                row.rewrap()  # the house key changed in this moment; whoever changes it waits for this row
    return unwrap(row.wrapped, scope)
