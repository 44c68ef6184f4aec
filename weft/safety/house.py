"""The steward's pages: the numbers of the house, and its safety desk. They show nothing that anybody wrote."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from weft.people.models import Duty
from weft.people.request import Request
from weft.safety.at_hand import AtHand
from weft.safety.forms import DeskForm, HelpLineForm, NewHelpLineForm
from weft.safety.models import Desk, HelpLine


def _only(request: Request, *duties: str) -> None:
    if not request.person.duties_held & set(duties):
        raise Http404


def _find(request: Request, key: int) -> HelpLine:
    _only(request, Duty.Kind.STEWARD)
    try:
        return HelpLine.find(key)
    except HelpLine.DoesNotExist:
        raise Http404 from None


def _back(line: HelpLine) -> HttpResponse:
    response = redirect("safety:helplines")
    response["Location"] += f"?country={line.country}#line-{line.pk}"
    return response


def helplines(request: Request) -> HttpResponse:
    """A country's numbers, to be confirmed one by one; and a new one."""
    _only(request, Duty.Kind.STEWARD)
    hand = AtHand(request)
    country = hand.country or next(iter(hand.countries), "")
    form = NewHelpLineForm(request.POST or None, country=country)
    if form.is_valid():
        line = HelpLine.add(by=request.person, **form.cleaned_data)
        messages.success(request, _("Added. It says that it was checked today."))
        return _back(line)
    context = {"lines": HelpLine.of(country), "country": country, "countries": hand.countries, "form": form}
    return render(request, "safety/helplines.html", context)


def helpline(request: Request, key: int) -> HttpResponse:
    """Correct a number."""
    line = _find(request, key)
    form = HelpLineForm(request.POST or None, initial={name: getattr(line, name) for name in HelpLineForm.base_fields})
    if form.is_valid():
        line.change(form.cleaned_data, by=request.person)
        messages.success(request, _("Changed. It says that it was checked today."))
        return _back(line)
    return render(request, "safety/helpline.html", {"form": form, "line": line})


@require_POST
def confirmation(request: Request, key: int) -> HttpResponse:
    """“I have checked this today.”"""
    line = _find(request, key)
    line.confirm(by=request.person)
    messages.success(request, _("%(name)s: checked today.") % {"name": line.name})
    return _back(line)


@require_POST
def removal(request: Request, key: int) -> HttpResponse:
    """Show a number no longer."""
    line = _find(request, key)
    line.remove()
    messages.success(request, _("%(name)s is no longer shown.") % {"name": line.name})
    return _back(line)


def desk(request: Request) -> HttpResponse:
    """Who answers, when, and how soon."""
    _only(request, Duty.Kind.STEWARD, Duty.Kind.SAFETY)
    now = Desk.objects.filter(pk=1).first()
    form = DeskForm(request.POST or None, initial=DeskForm.said_by(now) if now else None)
    if form.is_valid():
        said = form.cleaned_data
        Desk.seat(said["names"], form.hours, said["promise_hours"], said["reach"])
        messages.success(request, _("Saved. Every page that promises an answer says so now."))
        return redirect("safety:desk")
    team = Duty.objects.filter(kind=Duty.Kind.SAFETY).count()
    return render(request, "safety/desk.html", {"form": form, "team": team, "desk": Desk.here()})
