"""What is coming: the gatherings of a circle, one of them, and whether one comes to it."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Any

from django.contrib import messages
from django.db.models import Q, QuerySet
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from weft.circles import reading
from weft.circles.desk import guiding
from weft.circles.models import Credential, Persona
from weft.circles.views import within
from weft.gatherings import saying
from weft.gatherings.forms import ChangeForm
from weft.gatherings.models import Gathering, Reminding, Seat, Series
from weft.gatherings.models.consent import watching
from weft.gatherings.models.gathering import LONGEST, Closed
from weft.gatherings.models.pulse import is_open
from weft.loom import time
from weft.loom.caps import Cap
from weft.loom.ready import ready
from weft.loom.section import Slip
from weft.people import door
from weft.people.request import Request

ANSWERS = Cap(at_once=60, every=10)
SHOWN = 20
SOON = 5  # of these the page shows at once; the others lie under “Later”
ANSWERED = [Seat.Answer.COMING, Seat.Answer.MAYBE, Seat.Answer.CANNOT]
ON_A_PAGE = 2
ON_TODAY = 4
NEAR = timedelta(days=8)
EVER = datetime.max.replace(tzinfo=UTC)
DOOR = timedelta(minutes=30)  # so long before its hour a gathering's page leads to its door


def meet(request: Request, key: int, gathering_key: int, *, visits: bool = False) -> tuple[Persona, Gathering]:
    """A persona, and a gathering of which it may know. With *visits* also one who is there for this hour alone."""
    persona = Persona.found(request.person, key)
    if persona is None or persona.circle.closed_on:
        raise Http404
    if persona.is_inside:
        reading.note(request, persona)
    elif not (visits and Seat.objects.filter(gathering=gathering_key, persona=persona).exists()):
        raise Http404
    found = Gathering.objects.seen_by(persona).filter(pk=gathering_key, circle=key).first()
    if found is None:
        raise Http404
    return persona, found


def gatherings(request: Request, key: int) -> HttpResponse:
    """All that is coming in a circle."""
    persona = within(request, key)
    series = list(Series.objects.running().filter(circle=key))
    for one in series:
        if not one.is_rolled_out:  # no job has run for a long time
            one.roll_out()
    seen = Gathering.objects.seen_by(persona).filter(circle=key)
    found = list(seen.coming().order_by("starts")[:SHOWN])
    context: dict[str, Any] = {"persona": persona, "circle": persona.circle, "series": series}
    context["before"] = seen.over()[:SHOWN]
    context |= {"soon": found[:SOON], "later": found[SOON:]}
    return render(request, "gatherings/gatherings.html", context | {"say": saying})


def gathering(request: Request, key: int, gathering_key: int) -> HttpResponse:
    """One gathering, before its hour; for whoever is not in the circle, its door for visitors."""
    try:
        persona, found = meet(request, key, gathering_key)
    except Http404:
        if Gathering.objects.to_visit().filter(pk=gathering_key, circle=key).exists():
            return redirect("gatherings:visit", key=key, gathering_key=gathering_key)
        raise
    guides = persona.facilitates or bool(found.guided)
    taken = list(found.taken.select_related("persona").order_by("place_in_line")) if guides else None
    own = found.taken.filter(persona=persona) if taken is None else taken
    seat = next((seat for seat in own if seat.persona_id == persona.pk), None)
    shifts = list(found.shifts.select_related("persona"))
    context: dict[str, Any] = {
        "persona": persona,
        "circle": persona.circle,
        "gathering": found,
        "series": found.series,
        "seat": seat,
        "shifts": shifts,
        "mine": next((shift for shift in shifts if shift.persona_id == persona.pk), None),
        "reminded": Reminding.of(persona),
        "sees_where": sees_where(found, seat, persona),
        "free": found.free if found.is_limited else None,
        "may_come": may_come(found, persona),
        "is_near": found.starts < time.now() + DOOR,
        "asks_pulse": bool(seat and seat.came_at and is_open(found)),
        "say": saying,
        "watching": watching(found.circle_id),
        "credentials": Credential.shown_in(found.circle_id),
    }
    if found.guided and found.is_on and context["is_near"] and persona.pk not in context["credentials"]:
        context["reasons"] = found.may_open(persona)
    if taken is not None:
        context["taken"] = by_answer(taken)
    return render(request, "gatherings/gathering.html", context)


def may_come(found: Gathering, persona: Persona) -> bool:
    """Whether it is for this persona: a closed group is for those who have a place in it."""
    if found.guided:
        return False  # whoever guides it is there anyway, or hands it on
    return found.series.door != Series.Door.COHORT or found.placed == "in" or persona.facilitates


def sees_where(found: Gathering, seat: Seat | None, persona: Persona) -> bool:
    """Whether this persona sees where it is: who guides, and who comes. Else the address is for all, or for nobody."""
    coming = seat is not None and seat.answer == Seat.Answer.COMING
    return coming or bool(found.guided) or persona.facilitates


def by_answer(every: list[Seat]) -> list[tuple[str, list[str]]]:
    """Who said what, for whoever guides it."""
    taken = [seat for seat in every if seat.answer]
    words = {
        Seat.Answer.COMING: _("Coming"),
        Seat.Answer.MAYBE: _("Maybe"),
        Seat.Answer.OFFERED: _("A seat is kept for them"),
        Seat.Answer.WAITING: _("In line"),
        Seat.Answer.CANNOT: _("Cannot come"),
    }
    said = [(label, [seat.persona.name for seat in taken if seat.answer == value]) for value, label in words.items()]
    return [(label, names) for label, names in said if names]


@ANSWERS.guards
@require_POST
def answer(request: Request, key: int, gathering_key: int) -> HttpResponse:
    """Say that one comes, or may come, or cannot."""
    persona, found = meet(request, key, gathering_key)
    said = request.POST.get("answer", "")
    if said not in ANSWERED or not may_come(found, persona):
        raise Http404
    try:
        seat = found.take_answer(said, by=persona)
    except Closed:
        messages.info(request, _("This one does not take place, or is over."))
        return redirect(found)
    words = {
        Seat.Answer.COMING: _("Good. A seat is yours."),
        Seat.Answer.MAYBE: _("Noted. You can still decide."),
        Seat.Answer.CANNOT: _("Noted. Thank you for saying so."),
        Seat.Answer.WAITING: _("All seats are taken. You are in line now."),
    }
    messages.success(request, words[Seat.Answer(seat.answer)])
    return redirect(found)


@ANSWERS.guards
def change(request: Request, key: int, gathering_key: int) -> HttpResponse:
    """Move one gathering, let it not take place, or take either back. Those who meant to come are told."""
    guiding(request, key)
    persona, found = meet(request, key, gathering_key)
    form = ChangeForm(request.POST or None, gathering=found)
    if request.method == "POST" and form.is_valid():
        note, starts = form.cleaned_data["note"], form.cleaned_data["starts"]
        try:
            if "cancel" in request.POST:
                found.cancel(note, by=persona)
            elif "restore" in request.POST:
                found.restore(by=persona)
            elif starts:
                found.move(starts, note, by=persona)
        except Closed:
            raise Http404 from None
        messages.success(request, _("Done. Those who meant to come are told. You can take it back."))
        return redirect(found)
    context = {"persona": persona, "circle": persona.circle, "gathering": found, "form": form, "say": saying}
    return render(request, "gatherings/change.html", context)


@ANSWERS.guards
@require_POST
def reminders(request: Request, key: int) -> HttpResponse:
    """How one is reminded of the gatherings of a circle."""
    persona = within(request, key)
    Reminding.choose(request.POST.getlist("before"), by=persona)
    messages.success(request, _("Saved."))
    return redirect(door.local(request.POST.get("next", "")) or reverse("gatherings:gatherings", kwargs={"key": key}))


@ready
def _soon(since: datetime, until: datetime, *keys: int, inside: int, mine: int, most: int) -> "QuerySet[Gathering]":
    """*keys*: the circles that they are inside of, those that they visit, and the personas themselves."""
    circles, personas = keys[:-mine], keys[-mine:]
    concerns = ~Q(series__door=Series.Door.COHORT) | Q(placed="in") | Q(guided__isnull=False)
    found = Gathering.objects.seen_from(circles[:inside], circles[inside:], personas).coming(since)
    return found.filter(concerns, starts__lt=until).order_by("starts")[:most]


def soon(personas: Iterable[Persona], most: int, until: datetime = EVER) -> list[Gathering]:
    """The next gatherings that concern these personas, in one query."""
    personas = sorted(personas, key=lambda persona: not persona.is_inside)
    if not personas:
        return []
    keys = [*(persona.circle_id for persona in personas), *(persona.pk for persona in personas)]
    inside = sum(persona.is_inside for persona in personas)
    return _soon(time.now() - LONGEST, until, *keys, inside=inside, mine=len(personas), most=most)


def for_circle(persona: Persona) -> list[Slip]:
    """The next gatherings, on the circle's page."""
    found = soon([persona], ON_A_PAGE + 1)
    if not found and not persona.facilitates:
        return []
    context = {"persona": persona, "circle": persona.circle, "gatherings": found[:ON_A_PAGE], "say": saying}
    return [Slip("gatherings/slip.html", context | {"more": len(found) > ON_A_PAGE}, order=6)]


def for_today(person: Any) -> list[Slip]:
    """What is coming up in the next days, in all of a person's circles."""
    found = soon(Persona.all_of(person), ON_TODAY, until=time.now() + NEAR)
    shown = [one for one in found if one.answered != Seat.Answer.CANNOT]
    names = {persona.circle_id: persona.name for persona in Persona.all_of(person)}
    context = {"gatherings": shown, "names": names, "say": saying}
    return [Slip("gatherings/today.html", context, order=2)] if shown else []
