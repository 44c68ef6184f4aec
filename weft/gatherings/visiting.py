"""Visiting: somebody of the house comes to an open hour without coming into its circle.

They read the agreement and what is asked before the hour, take a name for this one time, and wait at the door like
everybody. Nothing else of the circle is theirs to see. A day after the hour they are gone from it.
"""

from django.db import transaction
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from weft.circles.models import Barred, NameTaken, Persona
from weft.gatherings import consent, saying
from weft.gatherings.coming import DOOR
from weft.gatherings.models import Consent, Gathering, Seat
from weft.gatherings.models.consent import watching
from weft.gatherings.room_forms import VisitForm
from weft.loom import time
from weft.loom.caps import Cap
from weft.people.request import Request

VISITS = Cap(at_once=20, every=60)


@VISITS.guards
def visit(request: Request, key: int, gathering_key: int) -> HttpResponse:
    """The door of an open hour, for whoever is not in its circle."""
    found = Gathering.objects.to_visit().filter(pk=gathering_key, circle=key).select_related("series", "circle").first()
    if found is None:
        raise Http404
    mine = Persona.found(request.person, key)
    if mine and mine.is_inside:
        return redirect(found)
    seat = Seat.objects.filter(gathering=found, persona=mine).first() if mine else None
    if seat and found.was_held:
        return redirect("gatherings:after", key=key, gathering_key=gathering_key)
    is_near = found.is_on and found.series.is_online and found.starts < time.now() + DOOR
    if request.method == "POST" and not is_near:
        raise Http404
    asked = Consent.in_force(found.series)
    form = VisitForm(request.POST or None, agreement=found.circle.agreement, consent=asked, mine=mine)
    if form.is_valid():
        try:
            come(request, found, form)
        except NameTaken:
            form.add_error("name", _("Somebody here has this name. Please choose another."))
        except Barred:
            raise Http404 from None
        else:
            return redirect("gatherings:room", key=key, gathering_key=gathering_key)
    context = {"circle": found.circle, "gathering": found, "series": found.series, "form": form, "is_near": is_near}
    context |= {"consent": asked, "watching": watching(key), "say": saying, "mine": mine if seat else None}
    return render(request, "gatherings/visit.html", context)


def come(request: Request, found: Gathering, form: VisitForm) -> None:
    """Take the name and the yes that somebody gives at the door."""
    shown = set(request.POST.getlist("watching"))
    declared = [(pk, name) for pk, name in watching(found.circle_id) if str(pk) in shown]
    with transaction.atomic():
        mine = Persona.visit(request.person, found.circle, form.cleaned_data.get("name", ""))
        mine.accept(form.agreement, form.declined)
        form.consent.agree(mine, declared=declared)
        Seat.objects.get_or_create(gathering=found, persona=mine, defaults={"circle": found.circle})
        found.let_visitors_go()


def asked_again(seat: Seat) -> bool:
    """Whether a visitor has still to say yes to something before they come in."""
    return not seat.persona.has_accepted(seat.persona.circle.agreement) or consent.needed(seat) is not None
