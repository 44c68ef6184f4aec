"""When something is needed, and how it stands, as people say it."""

from typing import Any

from django.utils.dates import WEEKDAYS as NAMES
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from weft.care.models import Need, Slot
from weft.gatherings import saying
from weft.gatherings.recurring import WEEKDAYS
from weft.loom import clocks, text

on, till, dated = saying.on, saying.till, saying.dated


def at(slot: Slot) -> str:
    """From when to when, on the reader's clock, and when it begins there if that is another."""
    here = _("%(first)s to %(last)s") % {"first": text.moment(slot.starts), "last": text.moment(slot.ends)}
    if slot.there is None:
        return here
    said = {"here": here, "there": date_format(slot.there, "H:i"), "place": clocks.city(slot.need.zone)}
    return _("%(here)s (%(there)s in %(place)s)") % said


def month(day: Any) -> str:
    """“December 2026”."""
    return date_format(day, "F Y")


def how_often(need: Need) -> str:
    """“every day”, “every Monday and Thursday”, “once”."""
    said: dict[str, Any] = dict(part.split("=") for part in need.rule.split(";")) if need.rule else {}
    if not said:
        return _("once")
    if said["FREQ"] == "DAILY":
        return _("every day")
    days = [str(NAMES[WEEKDAYS.index(day)]) for day in said.get("BYDAY", "").split(",") if day in WEEKDAYS]
    return _("every %(weekday)s") % {"weekday": text.listed(days)} if days else _("every week")
