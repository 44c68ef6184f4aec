"""What a device shows when a push comes: that something is new, and nothing of what. And whose push it is.

A push is empty, so the words lie in the service worker, in every language of the house. The browser's own language
says which: that is the one in which a note on this device stands out least.
"""

import json
from functools import cache
from pathlib import Path

from django.conf import settings
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from weft.loom import keys
from weft.loom.push import Signer

SHOWN = {"title": gettext_noop("Notes"), "body": gettext_noop("Something new")}  # as a mail's sender and subject


def signer() -> Signer:
    """This house, as push services know it. Its key comes from a secret that the house key wraps, and outlives a change
    of the house key: devices are bound to it."""
    _name, address = settings.MAIL_FROM
    contact = settings.ADDRESS if settings.SECURE else f"mailto:{address}"
    return Signer(keys.derive(keys.secret("notices"), "push"), contact)


def said() -> dict[str, dict[str, str]]:
    """All that a device shows, by language."""
    found = {}
    for code, _name in settings.LANGUAGES:
        with translation.override(code):
            way = "rtl" if translation.get_language_bidi() else "ltr"
            found[code] = {name: _(words) for name, words in SHOWN.items()} | {"dir": way}
    return found


@cache
def worker() -> str:
    """What the service worker does about pushes."""
    facts = {
        "SAID": said(),
        "BELL": reverse("notices:bell"),
        "LEAVE": reverse("people:leave"),
        "USUAL": settings.LANGUAGE_CODE,
    }
    names = "".join(f"const {name} = {json.dumps(fact)};\n" for name, fact in facts.items())
    return names + (Path(__file__).parent / "static" / "notices" / "pushed.js").read_text()


def look() -> str:
    """For `weft check`: how many pushes wait."""
    from weft.notices.models import Push

    waiting, failed = Push.waiting()
    if settings.PUSH is None:
        return "none is sent; docs/push.md says how"
    return f"{waiting} wait, {failed} of them after a failure"
