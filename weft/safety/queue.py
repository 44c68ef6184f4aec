"""The safety team's queue. Everybody else gets 404, and so does whoever a concern is about."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from weft.loom.section import sections
from weft.notices.bell import Bell
from weft.notices.models import Notice
from weft.people.models import Duty
from weft.people.request import Request
from weft.safety.forms import AnswerForm, CloseForm
from weft.safety.models import Concern
from weft.safety.models.concern import NotRead


def _find(request: Request, key: int) -> Concern:
    seen = Concern.objects.seen_by(request.person).select_related("circle")
    return get_object_or_404(seen.prefetch_related("steps", "looks", "reports"), pk=key)


def queue(request: Request) -> HttpResponse:
    """What waits, the oldest promise first. What was written stays closed until somebody opens it."""
    if not request.person.has_duty(Duty.Kind.SAFETY):
        raise Http404
    Bell.of(request.person).see(Notice.fact("safety.concern", request.person))
    seen = Concern.objects.seen_by(request.person).select_related("circle").prefetch_related("steps")
    slips = [slip for section in sections() for slip in section.for_team(request.person)]
    return render(request, "safety/queue.html", {"waiting": seen.open().by_clock(), "slips": slips})


def item(request: Request, key: int) -> HttpResponse:
    """Open one. That it was opened, and by whom, is kept."""
    here = _find(request, key)
    here.look(by=request.person)
    return _page(request, _find(request, key))


@require_POST
def taken(request: Request, key: int) -> HttpResponse:
    """“I have this.”"""
    _find(request, key).take(by=request.person)
    return redirect("safety:item", key=key)


@require_POST
def answers(request: Request, key: int) -> HttpResponse:
    """Write to those who told."""
    here, form = _find(request, key), AnswerForm(request.POST)
    if not form.is_valid():
        return _page(request, here, answer=form)
    here.answer(form.cleaned_data["answer"], by=request.person, seen=form.cleaned_data["seen"])
    messages.success(request, _("They see it on their page of today."))
    return redirect("safety:item", key=key)


@require_POST
def closed(request: Request, key: int) -> HttpResponse:
    """Close one, with a reason."""
    here, form = _find(request, key), CloseForm(request.POST)
    if not form.is_valid():
        return _page(request, here, close=form)
    said = form.cleaned_data
    try:
        here.close(said["reason"], by=request.person, words=said["last_words"], seen=said["seen"])
    except NotRead:
        messages.warning(request, _("Something came in while you wrote. Please read it before you close this."))
        return redirect("safety:item", key=key)
    messages.success(request, _("Closed."))
    return redirect("safety:queue")


def _page(request: Request, here: Concern, **forms: Any) -> HttpResponse:
    told = sorted(here.reports.all(), key=lambda report: report.at)
    seen = {"seen": len(told)}
    looks: dict[str, Any] = {}
    for look in sorted(here.looks.all(), key=lambda look: look.at):
        looks[look.by_name] = look.at
    context = {"concern": here, "told": told, "looks": looks}
    context |= {"answer": AnswerForm(initial=seen), "close": CloseForm(initial=seen)} | forms
    return render(request, "safety/item.html", context)
