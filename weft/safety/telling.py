"""Telling the safety team: a report about a thing, a few words about oneself, and what came back."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from weft.circles.models import Persona
from weft.loom.caps import Cap
from weft.loom.section import Reportable, sections
from weft.notices.bell import Bell
from weft.notices.models import Notice
from weft.people.request import Request
from weft.safety.forms import AddForm, ReportForm, WriteForm
from weft.safety.models import Concern, Report, Unveiling

cap = Cap(at_once=12, every=300)


def _number(text: str) -> int:
    if not text.isdecimal() or len(text) > 19:
        raise Http404
    return int(text)


def _persona(request: Request) -> Persona:
    """The persona of whoever asks, in the circle that the address names; 404 for everybody who is not in it."""
    circle = _number(request.GET.get("circle", ""))
    return get_object_or_404(Persona.objects.at_hand().owned(request.person, circle))


def _thing(request: Request, persona: Persona) -> Reportable:
    """The thing that the address names, as far as this persona may see it."""
    kind, _dot, number = request.GET.get("about", "").partition(".")
    for section in sections():
        thing = section.reportable(kind, _number(number), persona)
        if thing:
            return thing
    raise Http404


@cap.guards
def report(request: Request) -> HttpResponse:
    """Tell the safety team about a thing: open this page, send it."""
    persona = _persona(request)
    thing = _thing(request, persona)
    form = ReportForm(request.POST or None)
    if form.is_valid():
        told = Concern.report(thing, by=persona, **form.cleaned_data)
        messages.success(request, _("Thank you for telling us. We will not tell them that it was you."))
        return redirect("safety:concern", key=told.concern_id)
    return render(request, "safety/reporting.html", {"form": form, "thing": thing, "persona": persona})


@cap.guards
def write(request: Request) -> HttpResponse:
    """Write to the safety team, with the words of a draft if the address names one."""
    if "circle" not in request.GET:
        mine = Persona.objects.of(request.person).inside().select_related("circle")
        return render(request, "safety/write_as.html", {"mine": sorted(mine, key=lambda persona: persona.circle.name)})
    persona = _persona(request)
    draft = _thing(request, persona).excerpt if "about" in request.GET else ""
    form = WriteForm(request.POST or None, initial={"excerpt": draft})
    if not draft:
        form.fields.pop("excerpt")
    if form.is_valid():
        said = form.cleaned_data
        told = Concern.write(said["words"], by=persona, excerpt=said.get("excerpt", ""))
        messages.success(request, _("We have it. Thank you for telling us."))
        return redirect("safety:concern", key=told.concern_id)
    return render(request, "safety/write.html", {"form": form, "persona": persona})


def told(request: Request) -> HttpResponse:
    """All that this person told the safety team."""
    Bell.of(request.person).see(Notice.fact("safety.answer", request.person))
    mine = Report.objects.by(request.person).select_related("concern", "circle").prefetch_related("concern__steps")
    by_concern = {report.concern_id: report for report in sorted(mine, key=lambda report: report.at)}
    asked = sorted(Unveiling.objects.asked_by(request.person).whole(), key=lambda one: one.asked_at, reverse=True)
    return render(request, "safety/told.html", {"mine": list(by_concern.values())[::-1], "asked": asked})


@cap.guards
def concern(request: Request, key: int) -> HttpResponse:
    """What this person told about one thing, and what came back. One may always add to it."""
    mine = _mine(request, key)
    here = mine[0].concern
    form = AddForm(request.POST or None)
    persona = Persona.objects.at_hand().owned(request.person, here.circle_id).first() if here.is_open else None
    if persona and form.is_valid():
        here.add(by=persona, reason=mine[-1].reason, words=form.cleaned_data["words"])
        messages.success(request, _("Added."))
        return redirect("safety:concern", key=key)
    answers = [step for step in here.answers if step.at >= mine[0].at]
    waiting = here.is_open and not mine[-1].answered_since
    context = {"concern": here, "mine": mine, "answers": answers, "waiting": waiting, "form": form if persona else None}
    context["guide"] = persona if persona and persona.facilitates else None
    return render(request, "safety/concern.html", context)


@require_POST
def put_away(request: Request, key: int) -> HttpResponse:
    """Take an answer off the page of today. Nobody is told that it was read."""
    Report.objects.filter(pk__in=[report.pk for report in _mine(request, key)]).update(news=False)
    Bell.of(request.person).see(Notice.fact("safety.answer", request.person))
    return redirect("/")


def _mine(request: Request, key: int) -> list[Report]:
    mine = Report.objects.by(request.person).filter(concern_id=key)
    found = sorted(
        mine.select_related("concern", "circle").prefetch_related("concern__steps"), key=lambda report: report.at
    )
    if not found:
        raise Http404
    return found
