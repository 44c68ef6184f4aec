"""A closed group: asking for a place, and the answers of whoever guides."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from weft.circles.models import Persona
from weft.circles.views import within
from weft.gatherings import saying
from weft.gatherings.coming import ANSWERS
from weft.gatherings.forms import PlaceForm
from weft.gatherings.models import Place, Series
from weft.gatherings.planning import planned
from weft.people.request import Request


def _closed_group(request: Request, key: int, series_key: int) -> tuple[Persona, Series]:
    persona = within(request, key)
    found = Series.objects.running().filter(circle=key, door=Series.Door.COHORT)
    return persona, get_object_or_404(found, pk=series_key)


@ANSWERS.guards
def place(request: Request, key: int, series_key: int) -> HttpResponse:
    """What the group is, and one's own place in it: ask, take what is offered, or let go."""
    persona, series = _closed_group(request, key, series_key)
    mine = Place.objects.filter(series=series, persona=persona).first()
    form = PlaceForm(request.POST or None, questions=series.questions)
    if request.method == "POST":
        how = request.POST.get("how", "ask")
        if how == "ask" and mine is None:
            if not persona.may_write or persona.facilitates:
                raise Http404
            if form.is_valid():
                Place.ask(series, form.answers, by=persona)
                messages.success(request, _("You have asked. Somebody who guides it reads your answers."))
                return redirect(request.path)
        elif mine is not None:
            _act(request, how, mine, persona)
            return redirect(request.path)
    context = {
        "persona": persona,
        "circle": persona.circle,
        "series": series,
        "place": mine,
        "form": form,
        "next": series.next,
        "guides": [guide.persona for guide in series.guides.select_related("persona")],
        "say": saying,
    }
    return render(request, "gatherings/place.html", context)


def _act(request: Request, how: str, mine: Place, persona: Persona) -> None:
    if how == "accept":
        if mine.accept(by=persona):
            messages.success(request, _("Good. The place is yours."))
        else:
            messages.info(request, _("This place has passed on. You can wait for another."))
    elif how == "again":
        mine.stand_again(by=persona)
        messages.success(request, _("You are in line again."))
    elif how == "give_up":
        mine.give_up()
        messages.success(request, _("Done. Nobody asks you why."))


def places(request: Request, key: int, series_key: int) -> HttpResponse:
    """Who asks, who waits and who is in, for whoever guides."""
    persona, series = planned(request, key, series_key)
    found = list(series.places.select_related("persona").order_by("place_in_line"))
    by_standing = {value: [one for one in found if one.standing == value] for value in Place.Standing.values}
    context = {"persona": persona, "circle": persona.circle, "series": series, "places": by_standing}
    return render(request, "gatherings/places.html", context | {"say": saying})


@ANSWERS.guards
@require_POST
def place_answer(request: Request, key: int, series_key: int, place_key: int) -> HttpResponse:
    """Say yes or no to somebody who asks; or let somebody go who is in."""
    persona, series = planned(request, key, series_key)
    asked = get_object_or_404(series.places, pk=place_key)
    asked.series = series
    if request.POST.get("answer") == "yes":
        asked.admit(by=persona)
    elif request.POST.get("answer") == "gone" and asked.standing != Place.Standing.ASKING:
        asked.give_up()
    else:
        asked.decline(by=persona)
    return redirect("gatherings:places", key=key, series_key=series_key)
