"""Whoever decides or coordinates: opening a care circle, what is needed, who stands where, and the end of it."""

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from weft.care import saying
from weft.care.forms import AboutForm, CareForm, HoursForm, NeedForm, WordsForm
from weft.care.models import Care, Guest, Near, Need, Promise, Ring
from weft.care.views import ACTS, cared
from weft.circles.models import Persona
from weft.loom import ids
from weft.people.models import fold
from weft.people.request import Request


def planning(request: Request, key: int) -> tuple[Persona, Care]:
    """Somebody who says what is needed; 404 for everybody else."""
    persona, care = cared(request, key)
    if not care.may_plan(persona):
        raise Http404
    return persona, care


@ACTS.guards
def new(request: Request) -> HttpResponse:
    """Open a care circle: three questions, and it stands."""
    form = CareForm(request.POST or None)
    if form.is_valid():
        said = form.cleaned_data
        zone = request.person.time_zone or settings.TIME_ZONE
        persona = Care.begin(
            ids.once(request),
            said["whom"],
            said["my_name"],
            seat=said["seat"],
            ground=said["ground"] if said["seat"] == "speaks" else "",
            zone=zone,
            by=request.person,
        )
        if persona is None:
            raise Http404
        messages.success(request, _("It stands. Say what is needed, and ask people in."))
        return redirect("care:care", key=persona.circle_id)
    return render(request, "care/new.html", {"form": form, "once": ids.once(request)})


@ACTS.guards
def ask(request: Request, key: int) -> HttpResponse:
    """Say what is needed: of one kind, once or again and again."""
    persona, care = planning(request, key)
    kind = request.POST.get("kind") or request.GET.get("kind", "")
    if kind not in Need.Kind.values:
        kind = Need.Kind.OTHER
    form = NeedForm(request.POST if request.method == "POST" else None, kind=kind)
    if request.method == "POST" and form.is_valid():
        need = Need.ask(ids.once(request), form.said, by=persona)
        messages.success(request, _("It is asked for. Whoever can will take it."))
        return redirect("care:need", key=key, need_key=need.pk)
    context: dict[str, Any] = {"persona": persona, "circle": persona.circle, "care": care, "form": form}
    return render(request, "care/ask.html", context | {"kind": kind, "once": ids.once(request)})


@ACTS.guards
def need(request: Request, key: int, need_key: int) -> HttpResponse:
    """One need: its words and its hour can be changed, and it can be ended."""
    persona, care = planning(request, key)
    found = get_object_or_404(Need, pk=need_key, circle=key)
    moves, posted = "move" in request.POST, request.method == "POST"
    form = WordsForm(request.POST if posted and not moves else None, kind=found.kind, need=found)
    hours = HoursForm.of(found, request.POST if moves else None)
    if posted and "end" in request.POST:
        found.end(by=persona)
        messages.success(request, _("It is not asked for any more. Whoever had promised it is told."))
        return redirect("care:care", key=key)
    if moves and hours.is_valid() and not found.ended_on:
        moved = found.move(hours.cleaned_data["starts_at"], hours.minutes, by=persona)
        _say_moved(request, moved)
        return redirect(found)
    if posted and not moves and form.is_valid():
        found.change(form.said, by=persona)
        messages.success(request, _("Saved."))
        return redirect("care:care", key=key)
    context: dict[str, Any] = {"persona": persona, "circle": persona.circle, "care": care, "need": found}
    return render(request, "care/need.html", context | {"form": form, "hours": hours, "say": saying})


def _say_moved(request: Request, moved: list[Promise]) -> None:
    messages.success(request, _("The hour is changed. Whoever had promised it is told, and may let it go."))
    guests = ", ".join(dict.fromkeys(promise.name for promise in moved if promise.guest_id))
    if guests:
        said = _("Without an account one sees it only on one's own page. Please tell them yourself: %(names)s")
        messages.info(request, said % {"names": guests})


@ACTS.guards
def about(request: Request, key: int) -> HttpResponse:
    """Where it is, by which clock, what nobody should bring, and whether news waits for whoever decides."""
    persona, care = planning(request, key)
    form = AboutForm(request.POST if request.method == "POST" else None, care=care)
    if request.method == "POST" and form.is_valid():
        care.zone, care.no_gifts = form.cleaned_data["zone"], form.cleaned_data["no_gifts"]
        if care.is_decided_by(persona) or not care.decider:
            care.approves = form.cleaned_data["approves"]
        if form.where:
            care.where = form.where
        care.save(update_fields=["zone", "no_gifts", "approves", "where"])
        messages.success(request, _("Saved."))
        return redirect("care:care", key=key)
    context = {"persona": persona, "circle": persona.circle, "care": care, "form": form}
    return render(request, "care/about.html", context | {"kept": sorted(care.where)})


def people(request: Request, key: int) -> HttpResponse:
    """Who stands where, and who decides."""
    persona, care = cared(request, key)
    near = {one.persona_id: one for one in Near.objects.filter(circle=key)}
    found = [one for one in persona.circle.personas.inside() if one.pk not in persona.hidden or one.facilitates]
    found.sort(key=lambda one: fold(one.name))

    def ring(one: Persona) -> int:
        return 1 if one.facilitates or care.is_decided_by(one) else near[one.pk].ring if one.pk in near else 3

    rings = [(label, [one for one in found if ring(one) == value]) for value, label in Ring.choices]
    context: dict[str, Any] = {"persona": persona, "circle": persona.circle, "care": care, "rings": rings}
    context |= {"backup": bool(persona.pk in near and near[persona.pk].is_backup), "choices": Ring.choices, "at": ring}
    context["guests"] = list(Guest.objects.filter(circle=key)) if care.ring == Ring.INNER else []
    context["hands_on"] = care.is_decided_by(persona) or (persona.facilitates and not care.decider)
    return render(request, "care/people.html", context)


@ACTS.guards
@require_POST
def place(request: Request, key: int, persona_key: int) -> HttpResponse:
    """Let somebody stand nearer or further out; or say whose seat it is, and who speaks for them."""
    persona, care = planning(request, key)
    who = get_object_or_404(persona.circle.personas.inside(), pk=persona_key)
    ring, how = request.POST.get("ring", ""), request.POST.get("how", "")
    if ring in {str(value) for value in Ring.values}:
        Near.place(who, int(ring), by=persona)
    elif how in ("seat", "speaks"):
        try:
            care.give_seat(who, speaks=how == "speaks", ground=request.POST.get("ground", "")[:300], by=persona)
        except PermissionError:
            raise Http404 from None
    else:
        raise Http404
    messages.success(request, _("Saved."))
    return redirect("care:people", key=key)


@ACTS.guards
@require_POST
def backup(request: Request, key: int) -> HttpResponse:
    """Be asked when nobody else can, or not any more."""
    persona, _care = cared(request, key)
    if not persona.may_write:
        raise Http404
    Near.back_up("on" in request.POST, by=persona)
    messages.success(request, _("Saved."))
    return redirect("care:people", key=key)


@ACTS.guards
def ending(request: Request, key: int) -> HttpResponse:
    """Let it end: thanks to all, and all that was only needed to help is gone."""
    persona, care = planning(request, key)
    if request.method == "POST" and "sure" in request.POST:
        care.end(request.POST.get("words", "").strip()[:2000], by=persona)
        messages.success(request, _("It has ended, and nobody is reminded any more."))
        return redirect("care:care", key=key)
    context = {"persona": persona, "circle": persona.circle, "care": care}
    return render(request, "care/ending.html", context)
