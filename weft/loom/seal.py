"""The seal: every word that a person writes lies encrypted in the database, bound to its table, column and row.

A sealed value is a byte that names the format, a nonce of 12 bytes, and AES-256-GCM ciphertext with its tag. The text
is padded, so that the length of a name does not tell whose it is. It opens only when it is read, only in the row it was
written in, and never by an update that bypasses the model.
"""

import json
import secrets
from datetime import date, datetime
from functools import lru_cache
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.db import models
from django.db.models.query_utils import DeferredAttribute

from weft.loom import keys

HOUSE = "house"
FORMAT = b"\x01"
PAD = 32  # bytes


class Tampered(Exception):
    """A sealed value was moved, changed or damaged."""


class SealedBytes(bytes):
    """Bytes as they lie in the database, not opened yet."""


@lru_cache(maxsize=4096)
def _cipher(scope: str) -> AESGCM:
    return AESGCM(keys.secret(scope))


def seal(text: str, scope: str, place: str) -> bytes:
    """*text* as it may lie in the database. *place* says where: the same place is needed to open it."""
    nonce, plain = secrets.token_bytes(12), text.encode()
    plain += bytes(-len(plain) % PAD)
    return FORMAT + nonce + _cipher(scope).encrypt(nonce, plain, place.encode())


def unseal(sealed: bytes | memoryview, scope: str, place: str) -> str:
    """The text that `seal` sealed for this place. Anything else raises `Tampered`."""
    sealed = bytes(sealed)
    if sealed[:1] != FORMAT:
        raise Tampered(place)
    try:
        return _cipher(scope).decrypt(sealed[1:13], sealed[13:], place.encode()).rstrip(b"\0").decode()
    except InvalidTag:
        raise Tampered(place) from None


def padded(text: str, to: int) -> str:
    """*text* with spaces behind it, so that once sealed it tells its length only as coarsely as *to*."""
    return text + " " * (-len(text.encode()) % to)


class _Opening(DeferredAttribute):
    """Opens the value when it is read: the first moment at which the row, and so its place, is known."""

    def __get__(self, instance: Any, cls: Any = None) -> Any:
        if instance is None:
            return self
        value = super().__get__(instance, cls)
        if isinstance(value, SealedBytes):
            value = self.field.opened(instance, value)  # type: ignore[attr-defined]
            instance.__dict__[self.field.attname] = value
        return value

    def __set__(self, instance: Any, value: Any) -> None:
        instance.__dict__[self.field.attname] = value


class SealedText(models.BinaryField):  # type: ignore[type-arg]
    """Text that is sealed under the data key of its row's scope (`seal_scope`: the house, or a circle)."""

    descriptor_class = _Opening

    def __init__(self, *args: Any, **options: Any) -> None:
        options.setdefault("editable", True)
        super().__init__(*args, **options)

    def place(self, instance: models.Model) -> str:
        return f"{instance._meta.db_table}.{self.column}:{instance.pk}"

    def opened(self, instance: models.Model, value: SealedBytes) -> Any:
        return self.read(unseal(value, _scope(instance), self.place(instance)))

    def pre_save(self, instance: models.Model, add: bool) -> Any:
        value = instance.__dict__.get(self.attname)
        if value is None or isinstance(value, SealedBytes):
            return value
        return SealedBytes(seal(self.write(value), _scope(instance), self.place(instance)))

    def from_db_value(self, value: Any, expression: Any, connection: Any) -> Any:
        return None if value is None else SealedBytes(value)

    def get_db_prep_value(self, value: Any, connection: Any, prepared: bool = False) -> Any:
        if value is not None and not isinstance(value, SealedBytes):
            raise TypeError(f"{self.name} is sealed: set it on the row and save the row")
        return super().get_db_prep_value(value, connection, prepared)

    def get_default(self) -> Any:
        if self.has_default():
            return super().get_default()
        return None if self.null else self.read(self.write(self.empty))

    empty: Any = ""

    def write(self, value: Any) -> str:
        return str(value)

    def read(self, text: str) -> Any:
        return text

    def value_to_string(self, obj: models.Model) -> str:
        return self.write(self.value_from_object(obj))


class SealedJSON(SealedText):
    """A small list or mapping, sealed."""

    empty: Any = ()

    def write(self, value: Any) -> str:
        return json.dumps(value, ensure_ascii=False, separators=(",", ":"))

    def read(self, text: str) -> Any:
        return json.loads(text)


class SealedTime(SealedText):
    """An exact time. None lies in the open: what happened in two circles at once would join one person's personas."""

    empty = None

    def write(self, value: Any) -> Any:
        return value and value.isoformat(timespec="seconds")

    def read(self, text: str) -> Any:
        return text and datetime.fromisoformat(text)


class SealedDay(SealedText):
    """A day that would join rows to one person if it lay in the open."""

    empty = None

    def write(self, value: Any) -> Any:
        return value and value.isoformat()

    def read(self, text: str) -> Any:
        return text and date.fromisoformat(text)


def _scope(instance: models.Model) -> str:
    return instance.seal_scope() if hasattr(instance, "seal_scope") else HOUSE
