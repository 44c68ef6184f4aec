"""After an hour: a calm page for everybody, and a worry that goes to the safety team, from the hour too."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from weft.circles.models import Persona
from weft.gatherings import keeping, saying
from weft.gatherings.after_forms import WorryForm
from weft.gatherings.coming import meet
from weft.gatherings.hour.keeper import Hour
from weft.gatherings.models import Gathering, HourNote, Said, Seat
from weft.gatherings.sight import Sight
from weft.loom import time
from weft.loom.caps import Cap
from weft.loom.section import Reportable
from weft.people.request import Request
from weft.safety.models import Concern

WORRIES = Cap(at_once=12, every=300)


def after(request: Request, key: int, gathering_key: int) -> HttpResponse:
    """That it is over, one breath, and whom one can turn to. The same page for all, also for whoever came late."""
    persona, found = meet(request, key, gathering_key, visits=True)
    if not found.was_held:
        return redirect(found)
    seat = Seat.objects.filter(gathering=found, persona=persona).first()
    context = {
        "persona": persona,
        "circle": persona.circle,
        "gathering": found,
        "next": found.series.next,
        "removed": seat.pk if seat and keeping.removal(seat.pk, persona) else None,
        "guides": [shift.persona for shift in found.shifts.select_related("persona")],
        "say": saying,
        "keeps": HourNote.may_read(persona, found),
    }
    return render(request, "gatherings/after.html", context)


@WORRIES.guards
def worry(request: Request, key: int, gathering_key: int) -> HttpResponse:
    """“I am worried about somebody”: it goes to the safety team with the words that are chosen or typed, sealed."""
    persona, found = meet(request, key, gathering_key, visits=True)
    if found.is_cancelled:
        raise Http404
    mine = Seat.objects.select_related("persona").filter(gathering=found, persona=persona).first()
    heard = _heard(found, mine)
    people = _were_there(found, persona) if found.guided or persona.facilitates or (mine and mine.came_at) else []
    form = WorryForm(request.POST or None, people=people, heard=heard)
    if form.is_valid():
        told = Concern.report(_thing(found, form), by=persona, reason="danger", words=form.cleaned_data["words"])
        messages.success(request, _("The safety team has it now. You do not carry it alone."))
        return redirect("safety:concern", key=told.concern_id)
    context = {"persona": persona, "circle": persona.circle, "gathering": found, "form": form}
    return render(request, "gatherings/worry.html", context)


def _were_there(found: Gathering, persona: Persona) -> list[Persona]:
    """Those who were in the room besides this one, and whom this one may see."""
    seats = found.taken.select_related("persona").exclude(persona=persona.pk).exclude(persona__in=persona.hidden)
    there = [seat.persona for seat in seats if seat.came_at]
    return sorted(there, key=lambda one: one.name)


def _heard(found: Gathering, mine: Seat | None) -> list[tuple[Said, Persona]]:
    """What was written in turns, as far as this seat reads it now."""
    if mine is None or found.phase == Gathering.Phase.ENDED:
        return []
    seen = Hour.of(found).look()
    if seen.chair(mine.pk) is None:
        return []
    sight = Sight(found, seen, mine, int(time.now().timestamp()), 0)
    return [(said, sight.seats[by.seat].persona) for by, said in sight.written(Said.objects) if not by.is_me]


def _thing(found: Gathering, form: WorryForm) -> Reportable:
    """Whom it is about, if that was said: then it is hidden from whoever that is. Else the gathering."""
    about, excerpt = form.about, form.excerpt
    if about is None:
        return Reportable("gathering", found.pk, excerpt, None, _("A gathering"))
    return Reportable("person", about.pk, excerpt or about.name, about, _("A person"))
