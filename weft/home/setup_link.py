"""The one-time link with which a new house is set up. Only its hash lies on the disk, for an hour at most."""

import hashlib
import hmac
import json
import os
import time
from pathlib import Path

from django.conf import settings

from weft.loom import ids

LIFETIME = 60 * 60  # seconds


def make() -> str:
    """A new link's token. An older one opens nothing any more."""
    token = ids.code(24)
    file = _file()
    file.unlink(missing_ok=True)
    handle = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w") as out:
        json.dump({"hash": _hash(token), "until": time.time() + LIFETIME}, out)
    return token


def holds(token: str) -> bool:
    """Whether this token opens the set-up now."""
    try:
        kept = json.loads(_file().read_text())
    except (FileNotFoundError, ValueError):
        return False
    return hmac.compare_digest(kept["hash"], _hash(token)) and time.time() < kept["until"]


def spend() -> None:
    """It opens nothing any more."""
    _file().unlink(missing_ok=True)


def _file() -> Path:
    return Path(settings.DATA) / "setup.json"


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
