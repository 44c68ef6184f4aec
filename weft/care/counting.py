"""Counts for whoever pays for the house: the steward's side, and the page behind a link. It knows nobody."""

from datetime import timedelta

from django import forms
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from weft.care.models import Board
from weft.care.models.tally import Sponsor, Tally
from weft.care.open_views import OPENS, gone, shown
from weft.loom import errors, time
from weft.people.models import Duty
from weft.people.request import Request

YEAR = timedelta(days=365)


class SponsorForm(forms.Form):
    """For whom a link is."""

    name = forms.CharField(label=gettext_lazy("For whom is it?"), max_length=80)


def _keeping(request: Request) -> None:
    if not request.person.has_duty(Duty.Kind.STEWARD):
        raise Http404


def board_settings(request: Request) -> HttpResponse:
    """Whether the house has a board, and who has a link to the counts."""
    _keeping(request)
    if request.method == "POST":
        Board.turn("on" in request.POST, by=request.person)
        messages.success(request, _("Saved."))
        return redirect("care:board_settings")
    links = Sponsor.objects.filter(until__gte=time.today()).order_by("until", "pk")
    said = {"board": Board.here(), "links": links, "form": SponsorForm()}
    return render(request, "care/board_settings.html", said)


@require_POST
def sponsor(request: Request) -> HttpResponse:
    """Make a link to the counts. It is shown once."""
    _keeping(request)
    form = SponsorForm(request.POST)
    if not form.is_valid() or Board.here() is None:
        return redirect("care:board_settings")
    made, token = Sponsor.make(form.cleaned_data["name"], time.today() + YEAR, by=request.person)
    link = settings.ADDRESS + reverse("care:counts", kwargs={"token": token})
    answer = render(request, "care/sponsor.html", {"made": made, "link": link})
    answer["Cache-Control"] = "no-store"
    return answer


@require_POST
def end_sponsor(request: Request, sponsor_key: int) -> HttpResponse:
    """A link shows nothing any more."""
    _keeping(request)
    get_object_or_404(Sponsor, pk=sponsor_key).go()
    messages.success(request, _("That link shows nothing any more."))
    return redirect("care:board_settings")


@login_not_required
@require_safe
def counts(request: HttpRequest, token: str) -> HttpResponse:
    """Counts of ten or more, for whole months that are over. It sets no cookie."""
    held = Sponsor.held(token)
    if held is None:
        return gone()
    if not OPENS.take("counts", held.pk):
        return errors.too_many(request)
    return shown("care/counts.html", months=Tally.page())
