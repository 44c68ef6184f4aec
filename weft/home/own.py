"""One's own things: taking them along, having them erased, and duties that one takes up or lays down."""

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST

from weft.home import erasing, taking
from weft.home.forms import EraseForm, TakeDutyForm
from weft.home.models import DutyCode, lay_down
from weft.loom.caps import Cap
from weft.loom.errors import too_many
from weft.people import door, passkeys
from weft.people.forms import Guarded
from weft.people.request import Request

TRIES = Cap(at_once=8, every=60)
DOWNLOADS = Cap(at_once=6, every=60)


def things(request: Request) -> HttpResponse:
    """Take your things along, or have them erased."""
    return render(request, "home/own.html")


@sensitive_post_parameters()
@DOWNLOADS.guards
def download(request: Request) -> HttpResponse:
    """Everything in one file, for whoever has shown just now that it is theirs."""
    form = Guarded(request, request.POST if request.method == "POST" else None)
    if form.is_valid():
        request.session["took"] = door.now()
        answer = HttpResponse(taking.packed(request.person), content_type="application/zip")
        answer["Content-Disposition"] = 'attachment; filename="my-things.zip"'
        return answer
    tap = form.guarded and passkeys.possible(request) and request.person.passkeys.exists()
    context = {"form": form, "title": _("Take everything with you"), "button": _("Download it"), "tap": tap}
    onward = door.local(request.GET.get("next", ""))
    return render(request, "home/download.html", context | {"back": "home:own", "onward": onward})


@sensitive_post_parameters()
def erasure(request: Request) -> HttpResponse:
    """Erase the account, after one question and one proof."""
    person = request.person
    form = EraseForm(request.POST if request.method == "POST" else None, person=person, has_file=door.has_file(request))
    if request.method == "POST" and not door.BY_PERSON.take(person.pk):
        return too_many(request)
    if form.is_valid():
        erasing.erase(person, words=form.kept)
        request.session.flush()
        request.person = None
        answer = redirect("home:gone")
        answer["Clear-Site-Data"] = '"cache", "cookies", "storage"'
        for name in (settings.SESSION_COOKIE_NAME, settings.CSRF_COOKIE_NAME):
            answer.delete_cookie(name, samesite="Lax")
        return answer
    context = {"form": form, "alone": erasing.left_alone(person), "last": erasing.last_duties(person)}
    return render(request, "home/erasure.html", context)


@login_not_required
def gone(request: Request) -> HttpResponse:
    """The last page."""
    return render(request, "home/gone.html")


@TRIES.guards
def take_duty(request: Request) -> HttpResponse:
    """Take up a duty by a steward's code."""
    form = TakeDutyForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        code = DutyCode.held(form.cleaned_data["code"])
        try:
            if code:
                code.take(by=request.person, known_as=form.cleaned_data["known_as"])
                messages.success(request, _("Thank you for taking this on."))
                return redirect("people:settings")
        except DutyCode.DoesNotExist:
            pass
        form.add_error("code", _("That code gives nothing, or not any more. Please ask for a new one."))
    return render(request, "home/take_duty.html", {"form": form})


@require_POST
def lay_down_duty(request: Request, key: int) -> HttpResponse:
    """Lay down one's own duty, unless the house would be without."""
    duty = get_object_or_404(request.person.duties, pk=key)
    if why := lay_down(duty):
        messages.error(request, why)
    else:
        messages.success(request, _("You have laid it down. Thank you for having carried it."))
    return redirect("people:settings")
