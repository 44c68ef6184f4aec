"""The set-up link: whoever holds it may open the house. It lasts an hour and works once.

Only a keyed hash of it is kept, in a file beside the database, so that nobody who reads either can set up the house.
"""

import hmac
import json
import os
import time
from pathlib import Path

from django.conf import settings

from weft.loom import ids, keys

MINUTES = 60


def make() -> str:
    """A new link's token, shown once and kept nowhere. Any link before it ends."""
    token = ids.code(20, group=4)
    new = _file().with_suffix(".new")
    new.unlink(missing_ok=True)
    with os.fdopen(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as out:
        json.dump({"tag": _tag(token, settings.HOUSE_KEY.newest), "until": time.time() + MINUTES * 60}, out)
    new.replace(_file())
    return token


def holds(token: str) -> bool:
    """Whether this is the token of the link in force."""
    try:
        kept = json.loads(_file().read_text())
        fresh = time.time() < kept["until"]
        return fresh and any(hmac.compare_digest(kept["tag"], _tag(token, key)) for key in settings.HOUSE_KEY)
    except (OSError, ValueError, KeyError):
        return False


def spend() -> None:
    """The house is open: the link is worth nothing any more."""
    _file().unlink(missing_ok=True)


def _file() -> Path:
    return Path(settings.DATA) / "setup.json"


def _tag(token: str, key: bytes) -> str:
    return keys.tag(keys.derive(key, "setup-link"), token.strip().lower()).hex()
