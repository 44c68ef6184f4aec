"""Who was there: one's own times for everybody, all of them for whoever guides, who may put one right."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from weft.gatherings import saying
from weft.gatherings.coming import meet
from weft.gatherings.models import Correction, Seat
from weft.gatherings.models.attendance import attended, of_gathering
from weft.gatherings.remain_forms import CorrectionForm
from weft.loom.caps import Cap
from weft.people.request import Request

PUTTING_RIGHT = Cap(at_once=60, every=10)


@PUTTING_RIGHT.guards
def attendance(request: Request, key: int, gathering_key: int) -> HttpResponse:
    """One gathering that is over, and who was there from when to when."""
    persona, found = meet(request, key, gathering_key)
    guides = persona.facilitates or bool(found.guided)
    if not found.is_over or found.is_cancelled or (request.method == "POST" and not guides):
        raise Http404
    context = {"persona": persona, "circle": persona.circle, "gathering": found, "say": saying, "guides": guides}
    if not guides:
        mine = Seat.objects.filter(gathering=found, persona=persona).select_related("gathering")
        seat = mine.prefetch_related("corrections__by").first()
        context |= {"rows": [(seat, attended(seat))] if seat else []}
        return render(request, "gatherings/attendance.html", context)
    inside = sorted(persona.circle.personas.inside(), key=lambda one: str(one.name))
    form = CorrectionForm(request.POST if request.method == "POST" else None, gathering=found, personas=inside)
    if form.is_valid():
        Correction.put_right(found, by=persona, **form.said)
        messages.success(request, _("It is put right. Everybody sees their own times, and who put them right."))
        return redirect("gatherings:attendance", key=key, gathering_key=gathering_key)
    return render(request, "gatherings/attendance.html", context | {"rows": of_gathering(found), "form": form})
