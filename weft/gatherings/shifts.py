"""Who guides: a gathering is handed on and taken, somebody helps; and who guides a whole series."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from weft.circles.desk import guiding
from weft.circles.models import Persona
from weft.gatherings.coming import ANSWERS, meet
from weft.gatherings.models import Gathering, Guide, Shift
from weft.gatherings.models.shift import Taken
from weft.gatherings.planning import planned
from weft.people.request import Request


@ANSWERS.guards
@require_POST
def shift(request: Request, key: int, gathering_key: int) -> HttpResponse:
    """Hand one's own shift on, take it back, take another's, or help."""
    guiding(request, key)
    persona, found = meet(request, key, gathering_key)
    how, mine = request.POST.get("how", ""), found.shifts.filter(persona=persona).first()
    try:
        if how == "hand_on" and mine:
            mine.hand_on(by=persona)
            words = _("The others who guide are asked. Nobody asks you why. Until somebody says yes, it is yours.")
        elif how == "take_back" and mine:
            mine.take_back(by=persona)
            words = _("It is yours again.")
        elif how == "take":
            _sought(request, found).take(by=persona)
            words = _("Thank you. You guide it now.")
        elif how == "join":
            joined = Shift.join(found, by=persona)
            leads = joined.part == Shift.Part.LEADS
            words = _("Thank you. You guide it now.") if leads else _("Thank you. You guide it too.")
        elif how == "step_back" and mine and mine.part == Shift.Part.HELPS:
            mine.step_back(by=persona)
            words = _("Done. Nobody asks you why.")
        else:
            raise Http404
    except Taken:
        messages.info(request, _("Somebody else has it already. Thank you all the same."))
    else:
        messages.success(request, words)
    return redirect(found)


def _sought(request: Request, found: Gathering) -> Shift:
    pk = request.POST.get("shift", "")
    return get_object_or_404(Shift, gathering=found, pk=int(pk) if pk.isdigit() else 0)


@ANSWERS.guards
@require_POST
def guides(request: Request, key: int, series_key: int, persona_key: int) -> HttpResponse:
    """Who guides a series: the one who leads it, those who help, or not any more."""
    persona, series = planned(request, key, series_key)
    who = get_object_or_404(Persona.objects.guiding().filter(circle=key), pk=persona_key)
    part = request.POST.get("part", "")
    if part not in ("leads", "helps", "none"):
        raise Http404
    Guide.appoint(series, who, part, by=persona)
    messages.success(request, _("Saved."))
    return redirect("gatherings:plan", key=key, series_key=series_key)
