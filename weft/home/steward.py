"""The steward's pages: the state of the house, and who holds which duty. No content, no names of people, no mails."""

from django.contrib import messages
from django.db.models import Count
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

import weft
from weft.circles.kinds import kinds
from weft.circles.models import Circle, House, Persona
from weft.home.forms import DutyForm, HouseForm
from weft.home.models import DutyCode, lay_down
from weft.loom import time
from weft.people.models import Duty, Person
from weft.people.request import Request
from weft.safety.models import Desk, HelpLine

FEWEST = 10


def keeping(request: Request) -> House:
    """The house, for its stewards; 404 for everybody else."""
    here = House.here()
    if here is None or not request.person.has_duty(Duty.Kind.STEWARD):
        raise Http404
    return here


def house(request: Request) -> HttpResponse:
    """How the house stands."""
    here = keeping(request)
    request.session.pop("duty_code", None)
    counted = Circle.objects.filter(closed_on=None).order_by().values_list("kind").annotate(Count("pk"))
    count = dict(counted)
    duties = list(Duty.objects.order_by("kind", "since"))
    context = {
        "version": weft.__version__,
        "kinds": [(kind.said, count[key]) for key, kind in kinds().items() if key in count],
        "people": roughly(Person.objects.count()),
        "to_check": len(HelpLine.to_check(here.country)),
        "desk": Desk.here(),
        "open_doors": Circle.objects.filter(closed_on=None).exclude(door=Circle.Door.INVITATION).exists(),
        "duties": duties,
        "team": sum(duty.kind == Duty.Kind.SAFETY for duty in duties),
        "codes": DutyCode.objects.filter(expires_on__gte=time.today()).order_by("made_on"),
        "form": DutyForm(),
    }
    return render(request, "home/house.html", context)


def roughly(number: int) -> int:
    """A number of people by tens, and nothing below ten: one who comes or goes does not show."""
    return number // FEWEST * FEWEST


def begun(request: Request) -> HttpResponse:
    """The house is open: what to do next. A code for the safety team is shown until the house's page is opened."""
    here = keeping(request)
    context = {
        "mine": Persona.all_of(request.person),
        "code": request.session.get("duty_code"),
        "to_check": len(HelpLine.to_check(here.country)),
    }
    return render(request, "home/begun.html", context)


def change(request: Request) -> HttpResponse:
    """Change what the house says of itself."""
    here = keeping(request)
    form = HouseForm(request.POST if request.method == "POST" else None, house=here)
    if form.is_valid():
        said = form.cleaned_data
        here.commons.change({"name": said["name"]})
        here.country, here.paid_by, here.leave_to = said["country"], said["paid_by"], said["leave_to"]
        here.save(update_fields=["country", "paid_by", "leave_to"])
        messages.success(request, _("Saved."))
        return redirect("home:house")
    return render(request, "home/change.html", {"form": form})


@require_POST
def codes(request: Request) -> HttpResponse:
    """Write a code for a duty. It is shown once."""
    keeping(request)
    form = DutyForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("Please choose a duty."))
        return redirect("home:house")
    code = DutyCode.write(form.cleaned_data["kind"], by=request.person, instead=form.cleaned_data["instead"])
    return render(request, "home/code.html", {"code": code, "kind": form.cleaned_data["kind"]})


@require_POST
def take_back_code(request: Request, key: int) -> HttpResponse:
    """A code that nobody has used opens nothing any more."""
    keeping(request)
    get_object_or_404(DutyCode, pk=key).delete()
    messages.success(request, _("That code gives nothing any more."))
    return redirect("home:house")


@require_POST
def end_duty(request: Request, key: int) -> HttpResponse:
    """Take a duty from somebody, unless the house would be without."""
    keeping(request)
    duty = get_object_or_404(Duty, pk=key)
    if why := lay_down(duty):
        messages.error(request, why)
    else:
        messages.success(request, _("That duty has ended."))
    return redirect("home:house")
