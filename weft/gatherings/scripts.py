"""The plan of an hour, and scripts: plans that are kept, and shared between those who guide."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from weft.circles.desk import guiding
from weft.gatherings.forms import HourForm
from weft.gatherings.models import Script
from weft.gatherings.planning import PLANS, planned
from weft.loom.words import fold
from weft.people.request import Request


@PLANS.guards
def hour_plan(request: Request, key: int, series_key: int) -> HttpResponse:
    """What the hour follows: opening words, prompts for the rounds, closing words, minutes of a turn."""
    persona, series = planned(request, key, series_key)
    scripts = sorted(Script.objects.open_to(persona), key=lambda script: fold(script.name))
    chosen = request.GET.get("script", "")
    script = next((one for one in scripts if str(one.pk) == chosen), None)
    form = HourForm(request.POST or None, plan=script.plan if script else series.plan)
    if form.is_valid():
        series.follow_plan(form.plan, by=persona)
        messages.success(request, _("Saved. The next hour can follow it."))
        if form.cleaned_data["keep"]:
            shared = form.cleaned_data["is_shared"]
            Script.keep(form.cleaned_data["keep"], form.plan, is_shared=shared, by=persona)
        return redirect(request.path)
    context = {"persona": persona, "circle": persona.circle, "series": series, "form": form, "scripts": scripts}
    return render(request, "gatherings/hour_plan.html", context | {"script": script})


@PLANS.guards
@require_POST
def script(request: Request, key: int, script_key: int) -> HttpResponse:
    """Let go of a script of this circle."""
    guiding(request, key)
    get_object_or_404(Script, pk=script_key, circle=key).delete()
    messages.success(request, _("The script is gone. Plans that were made from it stay."))
    return redirect("gatherings:gatherings", key=key)
