"""From a care circle to the board of the house: a need in words of its own, offers that fit, and whoever came by it."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from weft.care import saying
from weft.care.board_forms import PostingForm
from weft.care.models import Board, HouseOffer, Need, Posting, Ring
from weft.care.models.board import hints
from weft.care.views import ACTS, cared, met
from weft.loom import ids
from weft.people.request import Request


@ACTS.guards
def put_up(request: Request, key: int, need_key: int) -> HttpResponse:
    """One need on the board: what it says there, for how long, and taking it down."""
    persona, care = cared(request, key)
    need = get_object_or_404(Need, pk=need_key, circle=key, ended_on=None)
    if care.ring != Ring.INNER or care.ended_on or not persona.may_write or Board.here() is None:
        raise Http404
    posting = Posting.objects.filter(need=need).first()
    if request.method == "POST" and "down" in request.POST:
        if posting:
            posting.take_down(by=persona)
        messages.success(request, _("It is gone from the board. Whoever took something by it keeps that."))
        return redirect("care:care", key=key)
    said = {"words": posting.words} if posting else {}
    form = PostingForm(request.POST if request.method == "POST" else None, initial=said)
    telling: list[str] = []
    if form.is_valid():
        telling = hints(form.cleaned_data["words"], care, need)
        if not telling or form.cleaned_data["sure"]:
            Posting.put_up(need, form.cleaned_data["words"], form.until, by=persona)
            messages.success(request, _("It stands on the board. Everybody in the house can read it and take it."))
            return redirect("care:care", key=key)
    context = {"persona": persona, "circle": persona.circle, "care": care, "need": need, "form": form}
    context |= {"posting": posting, "telling": telling, "say": saying}
    return render(request, "care/put_up.html", context)


@ACTS.guards
@require_POST
def ask_offer(request: Request, key: int, slot_key: int) -> HttpResponse:
    """Ask somebody of the house who put such help forward. They say yes by taking it; else nothing happens."""
    persona, care, slot = met(request, key, slot_key)
    whose = ids.read(request.POST.get("who", ""))
    offer = next((one for one in HouseOffer.objects.fitting(slot) if one.pk == whose), None)
    if offer is None or slot.held_by or slot.has_begun or not care.may_plan(persona) or Board.here() is None:
        raise Http404
    try:
        offer.ask(slot, by=persona)
    except PermissionError:
        raise Http404 from None
    messages.success(request, _("They are asked. If they can, they take it."))
    return redirect(slot)


@ACTS.guards
@require_POST
def release(request: Request, key: int, slot_key: int) -> HttpResponse:
    """Rather ask somebody else than one who came by the board."""
    persona, _care, slot = met(request, key, slot_key)
    held = slot.held_by
    try:
        if held is None or slot.has_begun:
            raise Http404
        held.release(by=persona)
    except PermissionError:
        raise Http404 from None
    messages.success(request, _("It is free again. They hear that it is not needed any more, and no reason."))
    return redirect(slot)
