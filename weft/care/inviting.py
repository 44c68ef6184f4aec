"""Asking for help by link, text or paper: what whoever coordinates writes, and takes back."""

from typing import Any

import segno
from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST
from markupsafe import Markup

from weft.care.forms import CallForm
from weft.care.models import Call, Guest
from weft.care.planning import planning
from weft.care.views import ACTS
from weft.people.request import Request


def drawn(link: str) -> Markup:
    """A link as a picture to scan."""
    drawing = segno.make(link, micro=False).svg_inline(scale=5, border=2, omitsize=True, svgclass="qr", lineclass=None)
    return Markup(drawing)  # noqa: S704


@ACTS.guards
def calls(request: Request, key: int) -> HttpResponse:
    """Ask people who have no account. The code is shown once, as a link, a picture to scan, and a sheet to print."""
    persona, care = planning(request, key)
    form = CallForm(request.POST or None)
    context: dict[str, Any] = {"persona": persona, "circle": persona.circle, "care": care, "form": form}
    if form.is_valid():
        written, token = Call.write(persona, **form.cleaned_data)
        link = settings.ADDRESS + reverse("care:call", kwargs={"token": token})
        context |= {"call": written, "link": link, "qr": drawn(link)}
    else:
        context |= {"open": Call.objects.open_in(persona.circle), "guests": Guest.objects.filter(circle=key)}
    return render(request, "care/calls.html", context)


@ACTS.guards
@require_POST
def take_back_call(request: Request, key: int, call_key: int) -> HttpResponse:
    """The invitation lets nobody in any more. Those who came by it stay."""
    persona, _care = planning(request, key)
    get_object_or_404(Call.objects.open_in(persona.circle), pk=call_key).delete()
    messages.success(request, _("It lets nobody in any more."))
    return redirect("care:calls", key=key)


@ACTS.guards
@require_POST
def take_back_link(request: Request, key: int, guest_key: int) -> HttpResponse:
    """The personal link of a helper shows nothing any more."""
    planning(request, key)
    get_object_or_404(Guest, pk=guest_key, circle=key).go()
    messages.success(request, _("Their link shows nothing any more. What they had promised is free."))
    return redirect("care:calls", key=key)
