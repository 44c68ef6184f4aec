"""Saying yes before an hour, taking it back, and for whoever guides: what is asked, and who has said yes."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.template.loader import get_template
from django.urls import reverse
from django.utils.translation import get_language, get_language_bidi
from django.utils.translation import gettext as _

from weft.circles.desk import guiding
from weft.circles.models import Persona
from weft.circles.views import within
from weft.gatherings import presets
from weft.gatherings.guide_forms import ConsentForm
from weft.gatherings.models import Consent, ConsentChain, ConsentStep, Series
from weft.gatherings.models.consent import watching
from weft.loom import ids
from weft.loom.caps import Cap
from weft.notices.bell import Bell
from weft.notices.models import Notice
from weft.people import door
from weft.people.models import fold
from weft.people.request import Request

SAYING = Cap(at_once=30, every=60)


def _steps(persona: Persona) -> list[ConsentStep]:
    """All that this persona said, the newest first."""
    found = persona.consent_steps.select_related("consent__series")
    steps = sorted(found, key=lambda step: step.place, reverse=True)
    ConsentStep.name_watchers(steps)
    return steps


def consents(request: Request, key: int) -> HttpResponse:
    """What is asked here before an hour, and what I said to it, and when."""
    persona = within(request, key)
    in_force, steps = Consent.all_in_force(persona.circle), _steps(persona)
    last: dict[int | None, ConsentStep] = {}
    for step in steps:
        last.setdefault(step.consent_id, step)
    asked = watching(persona.circle_id)
    rows = []
    for series in [None, *Series.objects.filter(pk__in=[pk for pk in in_force if pk])]:
        now = in_force[series.pk if series else None]
        said = last.get(now.pk)
        rows.append((series, now, said, bool(said and said.is_yes and said.covers(asked))))
    context = {"persona": persona, "circle": persona.circle, "rows": rows, "steps": steps}
    return render(request, "gatherings/consents.html", context)


@SAYING.guards
def consent(request: Request, key: int, consent_key: int) -> HttpResponse:
    """Read one version, and say yes to it; or not now, and what happens then; or take the yes back."""
    persona = within(request, key)
    here = get_object_or_404(Consent.objects.filter(circle=key).select_related("series"), pk=consent_key)
    now, asked = Consent.all_in_force(persona.circle), watching(persona.circle_id)
    in_force = now.get(here.series_id) == here
    onward = door.local(request.POST.get("next", "") or request.GET.get("next", ""))
    if request.method == "POST":
        if "back" in request.POST:
            here.take_back(persona)
            messages.success(request, _("You have taken it back. Nobody is told. The door asks you again."))
        elif in_force:
            here.agree(persona, declared=_declared(request, asked))
            messages.success(request, _("Thank you. It is kept that you said yes, to which words, and when."))
        return redirect(onward or reverse("gatherings:consents", kwargs={"key": key}))
    Bell.of(request.person).see(Notice.fact("gatherings.consent", persona, here.pk))
    step = here.last_step_of(persona)
    context = {
        "persona": persona,
        "circle": persona.circle,
        "consent": here,
        "in_force": in_force,
        "watching": asked,
        "step": step,
        "yes": bool(step and step.is_yes and step.covers(asked)),
        "newly": [name for pk, name in asked if step and step.is_yes and not step.covers([(pk, name)])],
        "next": onward,
        "not_now": "not-now" in request.GET,
    }
    return render(request, "gatherings/consent.html", context)


def _declared(request: Request, now: list[tuple[int, str]]) -> list[tuple[int, str]]:
    """Whose looking on the page had declared: who came in between is asked about anew."""
    shown = set(request.POST.getlist("watching"))
    return [(pk, name) for pk, name in now if str(pk) in shown]


def record(request: Request, key: int) -> HttpResponse:
    """All that I said yes to, with the words, as a file of my own."""
    persona = within(request, key)
    context = {
        "circle": persona.circle,
        "persona": persona,
        "steps": _steps(persona),
        "lang": get_language(),
        "dir": "rtl" if get_language_bidi() else "ltr",
    }
    answer = HttpResponse(get_template("gatherings/record.html").render(context))
    answer["Content-Disposition"] = 'attachment; filename="my-record.html"'
    return answer


@SAYING.guards
def new_consent(request: Request, key: int) -> HttpResponse:
    """Publish the next version. Until somebody has said yes to it, no door opens for them."""
    persona = guiding(request, key)
    series = None
    if wanted := request.GET.get("series", ""):
        series = get_object_or_404(Series, circle=key, pk=ids.read(wanted))
    in_force = Consent.all_in_force(persona.circle)
    now = in_force.get(series.pk if series else None) or in_force[None]
    words = presets.consent(persona.circle.kind) if "anew" in request.GET else now.text
    form = ConsentForm(request.POST if request.method == "POST" else None, initial={"text": words})
    if form.is_valid():
        same = form.cleaned_data["text"].strip() == now.text.strip() and now.series_id == (series and series.pk)
        if not same:
            Consent.publish(form.cleaned_data["text"], by=persona, series=series)
            messages.success(request, _("From now on everybody is asked for this before they come in."))
        return redirect("gatherings:who_agreed", key=key)
    version = now.version if now.series_id == (series and series.pk) else 0
    context = {"persona": persona, "circle": persona.circle, "form": form, "version": version, "series": series}
    return render(request, "gatherings/new_consent.html", context)


def who_agreed(request: Request, key: int) -> HttpResponse:
    """Who has said yes to which version, and whether the record is whole."""
    persona = guiding(request, key)
    context = {
        "persona": persona,
        "circle": persona.circle,
        "series": list(Series.objects.filter(circle=key, ended_on=None)),
        "rows": standings(persona),
        "untouched": not ConsentChain.verify(persona.circle),
    }
    return render(request, "gatherings/who_agreed.html", context)


def standings(guide: Persona) -> list[dict[str, Any]]:
    """For each text in force: everybody in the circle, and what they last said yes to of it."""
    circle = guide.circle
    everybody = sorted(circle.personas.inside(), key=lambda one: fold(one.name))
    asked = [(one.pk, str(one.name)) for one in everybody if one.role == Persona.Role.OBSERVER]
    steps: dict[tuple[int | None, int | None], list[ConsentStep]] = {}
    for step in ConsentStep.objects.filter(circle=circle, persona__isnull=False).select_related("consent"):
        of = step.consent.series_id if step.consent else None
        steps.setdefault((of, step.persona_id), []).append(step)
    names = {series.pk: series for series in Series.objects.filter(circle=circle)}
    found = []
    for of, consent in sorted(Consent.all_in_force(circle).items(), key=lambda one: one[0] is not None):
        people = []
        for persona in everybody:
            last: dict[int | None, ConsentStep] = {}
            for step in sorted(steps.get((of, persona.pk), []), key=lambda step: step.place):
                last[step.consent_id] = step
            yes = [step for step in last.values() if step.is_yes]
            newest = max(yes, key=lambda step: step.place, default=None)
            holds = newest is not None and newest.consent_id == consent.pk and newest.covers(asked)
            people.append((persona, newest, holds))
        missing = sum(not holds for _persona, _step, holds in people)
        found.append({"series": names.get(of or 0), "consent": consent, "people": people, "missing": missing})
    return found
