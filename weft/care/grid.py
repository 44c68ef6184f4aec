"""The month as a grid, and the list as a file: for those who plan, and to be printed."""

import calendar
import csv
import io
from datetime import date, timedelta
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.dates import WEEKDAYS_ABBR
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from weft.care import saying
from weft.care.models import Slot
from weft.care.planning import planning
from weft.care.views import SHOWN, cared
from weft.gatherings.outside.tables import guarded
from weft.loom import time
from weft.people.request import Request


@require_safe
def month(request: Request, key: int) -> HttpResponse:
    """One month: what is free on each day, and what is covered."""
    persona, care = cared(request, key)
    first = _first(request.GET.get("month", ""))
    weeks = calendar.Calendar().monthdatescalendar(first.year, first.month)
    since, until = time.midnight(weeks[0][0]) - timedelta(days=1), time.midnight(weeks[-1][-1]) + timedelta(days=2)
    found: dict[date, list[Slot]] = {}
    for slot in Slot.objects.seen_by(key, care.ring).filter(starts__gte=since, starts__lt=until):
        found.setdefault(timezone.localdate(slot.starts), []).append(slot)
    context: dict[str, Any] = {"persona": persona, "circle": persona.circle, "care": care, "say": saying}
    context |= {"weeks": weeks, "first": first, "found": found, "names": WEEKDAYS_ABBR, "today": timezone.localdate()}
    context |= {"before": first - timedelta(days=1), "after": first + timedelta(days=32)}
    return render(request, "care/month.html", context)


def _first(asked: str) -> date:
    """The first day of the month that was asked for, within a year of now; else of this one."""
    now = timezone.localdate().replace(day=1)
    try:
        first = date.fromisoformat(f"{asked}-01")
    except ValueError:
        return now
    return first if abs((first - now).days) < 370 else now


@require_safe
def table(request: Request, key: int) -> HttpResponse:
    """What is coming as a table, for whoever plans it elsewhere."""
    _persona, care = planning(request, key)
    out = io.StringIO()
    lines = csv.writer(out, lineterminator="\r\n")
    lines.writerow([_("Day"), _("From when?"), _("Until when?"), _("What is needed"), _("Who"), _("What comes")])
    for slot in Slot.objects.seen_by(key, care.ring).coming()[:SHOWN]:
        starts, ends = timezone.localtime(slot.starts), timezone.localtime(slot.ends)
        held = slot.held_by
        cells = [starts.date().isoformat(), f"{starts:%H:%M}", f"{ends:%H:%M}", slot.need.name]
        cells += [held.name, held.brings] if held else ["", ""]
        lines.writerow(guarded(cell) for cell in cells)
    answer = HttpResponse("\ufeff" + out.getvalue(), content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = 'attachment; filename="list.csv"'
    return answer
