"""What one chooses about being told."""

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from weft.notices.forms import ChoicesForm
from weft.notices.models import Choices, Mail
from weft.people import door
from weft.people.request import Request


@door.CHANGES.guards
def choose(request: Request) -> HttpResponse:
    """For each kind of thing a way; and the quiet hours."""
    choices = Choices.of(request.person)
    form = ChoicesForm(request.POST if request.method == "POST" else None, choices=choices)
    if form.is_valid():
        choices.keep(**form.said)
        messages.success(request, _("Saved."))
        return redirect("notices:choose")
    context = {"form": form, "choices": choices, "has_mail": bool(settings.MAIL)}
    return render(request, "notices/choose.html", context)


@door.CHANGES.guards
@require_POST
def address(request: Request) -> HttpResponse:
    """Send the mail that asks whose address it is once more; or let mail come again."""
    choices = Choices.of(request.person)
    if "on" in request.POST:
        choices.keep(off=False)
        messages.success(request, _("Mail may come again."))
    elif "anew" in request.POST and choices.is_refused:
        choices.try_again()
        messages.success(request, _("We try it again."))
    elif request.person.email and settings.MAIL and not choices.is_confirmed:
        Mail.confirmation(request.person)
        messages.success(request, _("A mail is on its way. It can take a few minutes."))
    return redirect("notices:choose")
