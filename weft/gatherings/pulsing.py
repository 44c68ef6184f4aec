"""The pulse of an hour: four questions for who was there, and what comes of them for who guides."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from weft.gatherings import saying
from weft.gatherings.coming import meet
from weft.gatherings.models import Pulse, PulseSum, Seat
from weft.gatherings.models.pulse import is_open, may_answer
from weft.gatherings.remain_forms import PulseForm
from weft.loom.caps import Cap
from weft.people.request import Request

ANSWERING = Cap(at_once=30, every=20)


@ANSWERING.guards
def pulse(request: Request, key: int, gathering_key: int) -> HttpResponse:
    """Answer, or see what was said together; 404 for whoever has neither to do."""
    persona, found = meet(request, key, gathering_key)
    if not found.is_over or found.is_cancelled:
        raise Http404
    context = {"persona": persona, "circle": persona.circle, "gathering": found, "say": saying}
    if persona.facilitates or found.guided:
        if request.method == "POST":
            raise Http404
        together = None if is_open(found) else PulseSum.objects.filter(gathering=found).first()
        return render(request, "gatherings/pulse_sum.html", context | {"sum": together, "open": is_open(found)})
    seat = Seat.objects.filter(gathering=found, persona=persona).select_related("gathering", "persona").first()
    if seat is None or not may_answer(found, seat):
        raise Http404
    mine = Pulse.objects.filter(seat=seat).first()
    form = PulseForm(request.POST if request.method == "POST" else None, said=dict(mine.said) if mine else {})
    if form.is_valid():
        Pulse.say(seat, {} if "back" in request.POST else form.said)
        messages.success(request, _("Thank you. You can change it for three days."))
        return redirect(found)
    return render(request, "gatherings/pulse.html", context | {"form": form, "mine": mine})
