"""Visiting: somebody of the house comes to an open hour without coming into its circle.

They read the agreement and what is asked before the hour, take a name for this one time, and wait at the door like
everybody. Nothing else of the circle is theirs to see. A day after the hour they are gone from it. Those who guide may
close the next hours to whoever did harm, for a while, without learning who it is.
"""

from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from weft.circles.desk import guiding
from weft.circles.models import Barred, NameTaken, Persona, VisitBar
from weft.gatherings import consent, kept, saying
from weft.gatherings.coming import DOOR
from weft.gatherings.hour.keeper import Hour
from weft.gatherings.hour.room import REMOVED
from weft.gatherings.models import Consent, Gathering, Seat
from weft.gatherings.models.consent import watching
from weft.gatherings.room_forms import ClosedForm, VisitForm
from weft.loom import time
from weft.loom.caps import Cap
from weft.people.request import Request

VISITS = Cap(at_once=20, every=60)
CLOSING = Cap(at_once=60, every=20)
CLOSED = gettext_lazy(
    "Your hours are closed to them for a while, whatever they call themselves. They are not told why."
)


@VISITS.guards
def visit(request: Request, key: int, gathering_key: int) -> HttpResponse:
    """The door of an open hour, for whoever is not in its circle."""
    found = Gathering.objects.to_visit().filter(pk=gathering_key, circle=key).select_related("series", "circle").first()
    if found is None:
        raise Http404
    mine = Persona.found(request.person, key)
    if mine and mine.is_inside:
        return redirect(found)
    if closed := VisitBar.of(request.person, key):
        return render(request, "gatherings/closed.html", {"gathering": found, "until": closed.until})
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


@CLOSING.guards
def visitors(request: Request, key: int) -> HttpResponse:
    """For those who guide: to whom the hours are closed, until when and why; and who visited lately."""
    by = guiding(request, key)
    if request.method == "POST" and "lift" in request.POST:
        _chosen(VisitBar.in_circle(key), request.POST["lift"]).lift(by=by)
        messages.success(request, _("They can visit your hours again."))
        return redirect(request.path)
    seats = lately(by)
    form = ClosedForm(request.POST or None)
    if form.is_valid():
        close_to(_chosen(seats, request.POST.get("seat", "")), by=by, **form.cleaned_data)
        messages.success(request, CLOSED)
        return redirect(request.path)
    context = {"persona": by, "circle": by.circle, "bars": VisitBar.in_circle(key), "seats": seats, "form": form}
    return render(request, "gatherings/visitors.html", context | {"say": saying})


def lately(by: Persona) -> list[Seat]:
    """The seats of those who visited a circle in the last day, and to whom its hours are still open."""
    found = Seat.objects.filter(gathering__circle=by.circle_id).exclude(persona__standing=Persona.Standing.INSIDE)
    found = found.filter(gathering__starts__gt=time.now() - timedelta(hours=24))
    seats = {seat.persona_id: seat for seat in found.select_related("persona", "gathering__series").order_by("pk")}
    closed = VisitBar.among(seat.persona for seat in seats.values())
    return sorted((seat for pk, seat in seats.items() if pk not in closed), key=lambda seat: seat.persona.name)


def close_to(seat: Seat, *, by: Persona, weeks: int, reason: str) -> None:
    """Close the hours of the circle to whoever visits on this seat. They are in no other room of it from now on.

    Where they were sent out their seat stays for its day, so that they can ask the safety team about it.
    """
    visitor, series = seat.persona, seat.gathering.series
    with transaction.atomic():
        seat.lock_circle()
        day = seat.gathering.starts.date()
        VisitBar.lay(visitor, weeks=weeks, hour=series.name, day=day, reason=reason, by=by)
        for other in visitor.seats.filter(gathering__in=Gathering.objects.coming()):
            chair = Hour(other.gathering_id).look().chair(other.pk)
            if chair is None or chair.standing != REMOVED:
                kept.leave_hour(other)
                other.delete()
        if visitor.standing == Persona.Standing.WAITING:
            visitor.decline(by=by)  # else the next free seat would let them in


def _chosen(rows: list[Any], said: str) -> Any:
    """The one of these that was named; 404 if it is none of them."""
    for row in rows:
        if str(row.pk) == said:
            return row
    raise Http404
