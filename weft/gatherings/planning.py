"""Planning: whoever guides makes a series, changes it from a day on, leaves days out, and lets it end."""

from datetime import date
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from weft.circles.desk import guiding
from weft.circles.models import Persona
from weft.gatherings import saying
from weft.gatherings.forms import SeriesForm
from weft.gatherings.models import Series
from weft.loom import ids, time
from weft.loom.caps import Cap
from weft.people.request import Request

PLANS = Cap(at_once=60, every=10)


def planned(request: Request, key: int, series_key: int) -> tuple[Persona, Series]:
    """Somebody who guides the circle, and a series of it."""
    persona = guiding(request, key)
    return persona, get_object_or_404(Series, pk=series_key, circle=key)


def begin(request: Request, key: int) -> HttpResponse:
    """A new series has its own address at once, so that sending it twice makes it once."""
    guiding(request, key)
    return redirect("gatherings:plan", key=key, series_key=ids.random_id())


@PLANS.guards
def plan(request: Request, key: int, series_key: int) -> HttpResponse:
    """Make a series, or change it."""
    persona = guiding(request, key)
    series = Series.objects.filter(pk=series_key).first()
    if series and series.circle_id != key:
        raise Http404
    zone, clinical = request.person.time_zone or settings.TIME_ZONE, persona.circle.kind == "therapy"
    form = SeriesForm(request.POST or None, series=series, zone=zone, clinical=clinical)
    if form.is_valid():
        if series:
            series.change(form.said, by=persona)
            messages.success(request, _("Saved. If it is at another time now, those who meant to come are told."))
        else:
            Series.begin(series_key, form.said, by=persona)
            messages.success(request, _("It is planned. People can say now whether they come."))
        return redirect("gatherings:gatherings", key=key)
    context: dict[str, Any] = {"persona": persona, "circle": persona.circle, "form": form, "series": series}
    context["say"] = saying
    if series:
        parts = {guide.persona_id: "leads" if guide.leads else "helps" for guide in series.guides.all()}
        context |= {"guides": list(persona.circle.guides), "parts": parts}
    return render(request, "gatherings/plan.html", context)


@PLANS.guards
@require_POST
def holiday(request: Request, key: int, series_key: int) -> HttpResponse:
    """Leave a day out, or take it in again."""
    persona, series = planned(request, key, series_key)
    try:
        day = date.fromisoformat(request.POST.get("day", ""))
    except ValueError:
        messages.error(request, _("Please choose a day."))
        return redirect("gatherings:plan", key=key, series_key=series_key)
    if "back" in request.POST:
        series.take_in(day, by=persona)
        messages.success(request, _("There is a gathering on that day again."))
    else:
        series.leave_out(day, request.POST.get("note", "").strip()[:400], by=persona)
        messages.success(request, _("There is no gathering on that day. Those who meant to come are told."))
    return redirect("gatherings:plan", key=key, series_key=series_key)


@PLANS.guards
@require_POST
def ending(request: Request, key: int, series_key: int) -> HttpResponse:
    """Let a series end with a day, or go on after all."""
    persona, series = planned(request, key, series_key)
    if "back" in request.POST:
        series.end(None, by=persona)
        messages.success(request, _("It goes on."))
    else:
        try:
            day = date.fromisoformat(request.POST.get("day", ""))
        except ValueError:
            day = time.today()
        series.end(max(day, time.today()), by=persona)
        messages.success(request, _("It ends then. Those who meant to come later are told. You can take it back."))
    return redirect("gatherings:plan", key=key, series_key=series_key)


def roll_out() -> None:
    """Once a night: make the gatherings of every series ahead."""
    for series in Series.objects.running():
        series.roll_out()
