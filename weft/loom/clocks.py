"""Time zones, as people call them and look for them."""

from functools import lru_cache
from typing import Any
from zoneinfo import available_timezones

from babel.core import get_global
from django import forms
from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from weft.loom import languages

PARTS = {
    "Africa": gettext_lazy("Africa"),
    "America": gettext_lazy("America"),
    "Antarctica": gettext_lazy("Antarctica"),
    "Arctic": gettext_lazy("Arctic"),
    "Asia": gettext_lazy("Asia"),
    "Atlantic": gettext_lazy("Atlantic"),
    "Australia": gettext_lazy("Australia"),
    "Europe": gettext_lazy("Europe"),
    "Indian": gettext_lazy("Indian Ocean"),
    "Pacific": gettext_lazy("Pacific"),
}


@lru_cache
def known() -> frozenset[str]:
    """All names by which a zone can be called. Python reads some six hundred files to tell."""
    return frozenset(available_timezones())


def city(zone: str) -> str:
    """A time zone as people call it: the name of its city, without the part of the world."""
    known = languages.locale().time_zones
    said = next((known[name]["city"] for name in (zone, *_old_names(zone)) if known.get(name, {}).get("city")), "")
    return said or zone.rsplit("/", 1)[-1].replace("_", " ")


def choices(*near: str) -> list[tuple[str, Any]]:
    """Time zones to choose from: first those *near*, one's own and that of the house, then by their part of the world.

    Each stands there once, by the name that is in use today.
    """
    own = timezone.get_current_timezone_name()
    here = {city(zone): zone for zone in ("UTC", settings.TIME_ZONE, own, *near) if zone}
    found: dict[str, list[tuple[str, str]]] = {}
    for zone in sorted(known() - {*here.values(), *get_global("zone_aliases")}):
        part, _slash, place = zone.partition("/")
        if place and part in PARTS:
            found.setdefault(part, []).append((zone, city(zone)))
    by_part = [(str(PARTS[part]), sorted(places, key=lambda one: one[1])) for part, places in found.items()]
    return [(_("Close at hand"), [(zone, name) for name, zone in reversed(here.items())]), *by_part]


class ZoneField(forms.ChoiceField):
    """One time zone. Old names hold too: some browsers and lists still say them."""

    def valid_value(self, value: object) -> bool:
        return value in known() or super().valid_value(value)


@lru_cache
def _old_names(zone: str) -> tuple[str, ...]:
    """Names that a zone had. CLDR still keeps some cities by them."""
    return tuple(old for old, name in get_global("zone_aliases").items() if name == zone)
