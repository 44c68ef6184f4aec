"""When a gathering is, as people say it."""

from datetime import date, datetime, timedelta
from typing import Any

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from weft.gatherings.models import Series
from weft.loom import clocks, text, time


def on(when: datetime) -> str:
    """The day, on the reader's clock: “today”, “tomorrow”, “Tuesday 12 May”."""
    here = timezone.localtime(when)
    ahead = (here.date() - timezone.localdate()).days
    if ahead in (0, 1, -1):
        return {0: _("today"), 1: _("tomorrow"), -1: _("yesterday")}[ahead]
    return date_format(here, "l j F" if here.year == timezone.localdate().year else "l j F Y")


def dated(day: date) -> str:
    """A day with its year, as on paper: “12 May 2026”."""
    return date_format(timezone.localdate(day) if isinstance(day, datetime) else day, "j F Y")


def at(gathering: Any) -> str:
    """The hour, on the reader's clock, and on the circle's where it is another."""
    here = text.moment(gathering.starts)
    there = gathering.there
    if there is None:
        return here
    said = {"here": here, "there": date_format(there, "H:i"), "place": clocks.city(gathering.series.zone)}
    if there.date() != timezone.localtime(gathering.starts).date():
        said["there"] = date_format(there, "l H:i")
    return _("%(here)s (%(there)s in %(place)s)") % said


def till(when: datetime) -> str:
    """How long until then, when it is near: “in 3 hours”. Nothing when it is not."""
    left = when - time.now()
    if left <= timedelta():
        return _("now")
    if left < timedelta(hours=1):
        minutes = int(left.total_seconds() // 60) + 1
        return ngettext("in %(n)s minute", "in %(n)s minutes", minutes) % {"n": minutes}
    if left < timedelta(hours=24):
        hours = round(left.total_seconds() / 3600)
        return ngettext("in %(n)s hour", "in %(n)s hours", hours) % {"n": hours}
    return ""


def how_often(series: Series) -> str:
    """“every Tuesday”, “every 2 weeks on Tuesday”, “the last Friday of the month”."""
    rhythm = series.rhythm
    weekday = date_format(series.starts_on, "l")
    if rhythm is None:
        return _("by a rule that came from elsewhere")
    if rhythm.step == "once":
        return _("once")
    if rhythm.step == "weeks":
        said = ngettext("every %(weekday)s", "every %(n)s weeks on %(weekday)s", rhythm.every)
        return said % {"n": rhythm.every, "weekday": weekday}
    said = _of_month(rhythm.which) % {"weekday": weekday}
    if rhythm.every == 1:
        return said
    return ngettext("%(day)s, every %(n)s month", "%(day)s, every %(n)s months", rhythm.every) % {
        "day": said,
        "n": rhythm.every,
    }


def _of_month(which: int) -> str:
    return {
        1: _("the first %(weekday)s of the month"),
        2: _("the second %(weekday)s of the month"),
        3: _("the third %(weekday)s of the month"),
        4: _("the fourth %(weekday)s of the month"),
        -1: _("the last %(weekday)s of the month"),
    }[which]
