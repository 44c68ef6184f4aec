"""What the links in a mail lead to. They open without signing in, and show nothing about anybody."""

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from weft.loom.errors import too_many
from weft.notices import passes
from weft.notices.models import Choices
from weft.people import door
from weft.people.request import Request


@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
def confirm(request: Request, token: str) -> HttpResponse:
    """“Yes, this is my address.” By a button, since machines open every link that they see."""
    if not door.CODES.take():
        return too_many(request)
    person = passes.whose_to_confirm(token)
    if person is None:
        raise Http404
    choices = Choices.of(person)
    if request.method == "POST":
        choices.confirm()
    return render(request, "notices/confirm.html", {"confirmed": choices.is_confirmed})


@csrf_exempt  # a mail program sends this (RFC 8058); the sealed link itself says whose it is
@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
def off(request: Request, token: str) -> HttpResponse:
    """No more mail, by one button; and back again."""
    if not door.CODES.take():
        return too_many(request)
    person = passes.whose_to_stop(token)
    if person is None:
        raise Http404
    choices = Choices.of(person)
    if request.method == "POST":
        choices.keep(off="again" not in request.POST)
    return render(request, "notices/off.html", {"off": choices.is_off, "done": request.method == "POST"})
