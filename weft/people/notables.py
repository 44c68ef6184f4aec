"""Of what a person is told about their own account."""

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from weft.loom.section import Notable
from weft.loom.text import listed
from weft.people.models import Change


def _changed(notice: Any) -> tuple[str, str]:
    words = listed([str(Change(about).label) for about in notice.abouts if about in Change.values])
    return _("How you come in has changed: %(words)s.") % {"words": words}, reverse("people:settings")


def _signed_in(notice: Any) -> tuple[str, str]:
    return _("You were signed in on one more device."), reverse("people:devices")


ALL = [
    Notable("people.changed", gettext_lazy("How you come in was changed"), _changed, usual="mail", own=True),
    Notable("people.signed_in", gettext_lazy("You are signed in on one more device"), _signed_in, own=True),
]
