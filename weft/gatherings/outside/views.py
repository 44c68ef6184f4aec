"""What anybody may see without an account: which meetings there are, and how to come to one."""

from typing import Any
from zoneinfo import ZoneInfo

from csp.decorators import csp_replace
from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext
from django.views.decorators.http import require_safe

from weft.circles.models import Persona
from weft.gatherings import saying
from weft.gatherings.outside import meeting_guide, tables
from weft.gatherings.outside.listed import Listed, find, listed
from weft.loom import clocks
from weft.loom.section import Slip
from weft.people.request import Request

FEW = 4
FRAME = '<iframe src="{}" title="{}" width="100%" height="600"></iframe>'
KEPT = "public, max-age=300"


def on_clock(request: Request) -> str:
    """From here on by the clock that was asked for, or the reader's own, or the house's. Its name."""
    asked = request.GET.get("clock", "")
    if asked in clocks.known():
        timezone.activate(ZoneInfo(asked))
    return timezone.get_current_timezone_name()


def by_day(meetings: list[Listed]) -> list[tuple[str, list[Listed]]]:
    """By the day of the week on which they are next, on the reader's clock; the next first."""
    found: dict[str, list[Listed]] = {}
    for meeting in meetings:
        found.setdefault(date_format(meeting.here, "l"), []).append(meeting)
    return list(found.items())


@login_not_required
@require_safe
def meetings(request: Request) -> HttpResponse:
    """All meetings that are open to anybody."""
    clock = on_clock(request)
    context = {
        "say": saying,
        "days": by_day(listed()),
        "clock": clock,
        "clocks": clocks.choices(),
        "city": clocks.city(clock),
    }
    return render(request, "gatherings/meetings.html", context)


@login_not_required
@require_safe
def meeting(request: Request, key: int) -> HttpResponse:
    """One of them, and how to come in. Whoever is let in hears the rest there."""
    clock, found = on_clock(request), find(key)
    if found is None:
        raise Http404
    mine = Persona.found(request.person, found.series.circle_id) if request.person else None
    context = {
        "say": saying,
        "meeting": found,
        "series": found.series,
        "circle": found.series.circle,
        "city": clocks.city(clock),
    }
    context |= {"inside": mine is not None and mine.is_inside, "visit": found.to_visit}
    return render(request, "gatherings/meeting.html", context)


@login_not_required
@require_safe
def sheet(request: Request) -> HttpResponse:
    """To print and to hang up. It names no meeting unless it is asked to: it hangs where everybody passes."""
    clock = on_clock(request)
    context = {"say": saying, "days": by_day(listed()), "names": "names" in request.GET, "city": clocks.city(clock)}
    return render(request, "gatherings/sheet.html", context)


@csp_replace({"frame-ancestors": ["*"]})  # type: ignore[arg-type]
@login_not_required
@require_safe
def embed(request: Request) -> HttpResponse:
    """The list for a page of somebody else: the only page of the house that another may frame. It knows nobody."""
    clock = on_clock(request)
    context = {"say": saying, "days": by_day(listed()), "city": clocks.city(clock), "clock": clock}
    return render(request, "gatherings/embed.html", context)


@login_not_required
@require_safe
def share(request: Request) -> HttpResponse:
    """The list for other sites: what to paste where."""
    here = settings.ADDRESS
    host = settings.HOST.rsplit(":", 1)[0]
    context = {
        "any": any(one.days for one in listed()),
        "json": here + reverse("gatherings:meetings_json"),
        "csv": here + reverse("gatherings:meetings_csv"),
        "frame": FRAME.format(here + reverse("gatherings:embed"), gettext("Meetings")),
        "providers": f'tsml_react_config.conference_providers = {{ "{host}": "Weft" }};',
    }
    return render(request, "gatherings/share.html", context)


def _open_to_pages(answer: HttpResponse) -> HttpResponse:
    """Any page may read it: there is nothing in it that not everybody may know, and no cookie is asked for."""
    answer["Access-Control-Allow-Origin"] = "*"
    answer["Cache-Control"] = KEPT
    return answer


@login_not_required
@require_safe
def meetings_json(request: Request) -> HttpResponse:
    """For Meeting Guide. An empty list counts as broken there, so there is none then."""
    found: list[dict[str, Any]] = meeting_guide.said(listed())
    if not found:
        raise Http404
    return _open_to_pages(JsonResponse(found, safe=False, json_dumps_params={"ensure_ascii": False}))


@login_not_required
@require_safe
def meetings_csv(request: Request) -> HttpResponse:
    answer = HttpResponse(tables.table(listed()), content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = 'attachment; filename="meetings.csv"'
    return _open_to_pages(answer)


def for_landing() -> list[Slip]:
    """The next few open meetings, on the front page."""
    found = listed()[:FEW]
    return [Slip("gatherings/meetings_landing.html", {"meetings": found, "say": saying}, order=20)] if found else []
