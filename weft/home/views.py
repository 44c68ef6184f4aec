"""The first page, for those who come and for those who are here; and what the house says of itself."""

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import HttpResponse
from django.shortcuts import render

import weft
from weft.circles.models import Circle, House, Persona
from weft.loom.section import Slip, sections
from weft.loom.words import fold
from weft.people.request import Request
from weft.safety.models import Desk

FEW = 5


@login_not_required
def first(request: Request) -> HttpResponse:
    """One address: today for those who are signed in, the front for everybody else."""
    if House.here() is None:
        return render(request, "home/not_open.html")
    return today(request) if request.person else front(request)


def front(request: Request) -> HttpResponse:
    """Three doors, when circles meet, and how people are kept safe here."""
    slips = [slip for section in sections() for slip in section.for_landing(request)]
    context = {
        "circles": sorted(Circle.objects.listed(), key=lambda circle: (not circle.meets, fold(circle.name)))[:FEW],
        "slips": sorted(slips, key=lambda slip: slip.order),
        "desk": Desk.here(),
    }
    return render(request, "home/front.html", context)


def today(request: Request) -> HttpResponse:
    """What there is today, in words. A person has no name here: names belong to circles."""
    slips = [slip for section in sections() for slip in section.for_today(request.person)]
    promised = [slip for section in sections() for slip in section.promised(request.person)]
    if promised or any(persona.facilitates for persona in Persona.all_of(request.person)):
        waits = any(slip.waits for slip in promised)
        slips.append(Slip("home/promised.html", {"slips": promised}, order=3, waits=waits))
    context = {
        "slips": sorted(slips, key=lambda slip: slip.order),
        "alone": not Persona.all_of(request.person),
    }
    return render(request, "home/today.html", context)


@login_not_required
def about(request: Request) -> HttpResponse:
    """What this house is, who answers in it, and who pays for it."""
    return render(request, "home/about.html", {"desk": Desk.here(), "version": weft.__version__})


@login_not_required
def privacy(request: Request) -> HttpResponse:
    """Who can read what, what is kept, and what nobody can promise."""
    return render(request, "home/privacy.html", {"has_push": settings.PUSH is not None})
