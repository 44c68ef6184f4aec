"""What one chooses about being told."""

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from weft.notices import pushes
from weft.notices.forms import ChoicesForm
from weft.notices.models import Choices, Mail, Subscription
from weft.people import door
from weft.people.models import Device
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
    context = {"form": form, "choices": choices, "has_mail": bool(settings.MAIL), "has_push": bool(settings.PUSH)}
    return render(request, "notices/choose.html", context | (_devices(request, form) if settings.PUSH else {}))


def _devices(request: Request, form: ChoicesForm) -> dict[str, Any]:
    """The devices of this person that are told, and whether this is one of them."""
    here = Device.tag(request.session.session_key or "")
    told = [(one, bytes(one.device.key_tag) == here) for one in Subscription.of(request.person)]
    return {
        "told": told,
        "told_here": any(is_here for _one, is_here in told),
        "shared": bool(request.session.get("shared")),
        "chosen": any(form.choices.way(one.what) == "push" for one in form.kinds),
        "key": pushes.signer().public,
    }


@door.CHANGES.guards
@require_POST
def devices(request: Request) -> HttpResponse:
    """Let this device be told by push; or let one of them be told nothing more."""
    address = request.POST.get("address", "")
    if "off" in request.POST:
        for one in Subscription.of(request.person):
            if str(one.pk) == request.POST["off"]:
                one.delete()
        messages.success(request, _("That device is told nothing more."))
    elif settings.PUSH is None or not settings.PUSH.knows(address) or request.session.get("shared"):
        messages.error(request, _("This device cannot be told. Everything still stands on the bell."))
    elif Subscription.begin(Device.objects.get(pk=Device.tag(request.session.session_key or "")), address):
        messages.success(request, _("This device is told from now on. Choose below what it is told of."))
    else:
        messages.error(request, _("You have many devices that are told. Please switch one of them off first."))
    return redirect("notices:choose")


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
