"""Exchanging a turn for another's, by a yes of both."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from weft.care import saying
from weft.care.models import Slot, Swap, Taken
from weft.care.views import ACTS, met
from weft.circles.models import Persona
from weft.loom import ids, time
from weft.people.request import Request

MOST = 30


@ACTS.guards
def swap(request: Request, key: int, slot_key: int) -> HttpResponse:
    """Which turn one would take for this one; and what one was asked."""
    persona, care, slot = met(request, key, slot_key)
    held = slot.held_by
    if not persona.may_write:
        raise Http404
    if held is None or not held.is_of(persona) or slot.has_begun:
        return redirect(slot)
    coming = Slot.objects.seen_by(key, care.ring).filter(starts__gt=time.now(), promise__persona__isnull=False)
    inside = coming.filter(promise__persona__standing=Persona.Standing.INSIDE)
    others = list(inside.exclude(promise__persona__in=[persona.pk, *persona.hidden])[:MOST])
    joined = ("mine__slot__need", "mine__persona", "theirs__slot__need", "theirs__persona")
    swaps = Swap.objects.filter(circle=key).select_related(*joined)
    asked = [one for one in swaps.filter(theirs=held) if one.mine.persona_id not in persona.hidden]
    if request.method == "POST":
        return _answer(request, slot, {one.pk: one for one in others}, {one.pk: one for one in asked}, persona)
    context: dict[str, Any] = {"persona": persona, "circle": persona.circle, "care": care, "slot": slot}
    waits = {one.theirs_id for one in swaps.filter(mine=held)}
    context |= {"others": others, "asked": asked, "waits": waits, "say": saying}
    return render(request, "care/swap.html", context)


def _answer(
    request: Request, slot: Slot, others: dict[int, Slot], asked: dict[int, Swap], persona: Persona
) -> HttpResponse:
    number, how = ids.read(request.POST.get("which", "")), request.POST.get("how", "")
    held, other, question = slot.held_by, others.get(number), asked.get(number)
    try:
        if how == "ask" and held and other and other.held_by:
            Swap.ask(held, other.held_by, by=persona)
            messages.success(request, _("They are asked. If they say yes, both turns change hands at once."))
        elif how == "yes" and question:
            question.yes(by=persona)
            messages.success(request, _("Done. Each of you has the other’s turn now."))
            return redirect("care:care", key=slot.circle_id)
        elif how == "no" and question:
            question.no(by=persona)
            messages.success(request, _("That is fine. Nobody hears of it."))
        else:
            raise Taken
    except Taken:
        messages.info(request, _("That cannot be exchanged any more. All is as it was."))
    return redirect("care:care", key=slot.circle_id)
