"""Come in as one of the made-up people."""

from django.contrib import auth
from django.contrib.auth.decorators import login_not_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST

from weft.home.demo.around import INVITATION
from weft.home.demo.guests import GUESTS, NOBODY
from weft.home.demo.house import PASSPHRASE
from weft.people import door
from weft.people.models import Person, name_tag
from weft.people.request import Request


@login_not_required
def people(request: Request) -> HttpResponse:
    """Everybody whom a visitor may be, and what to look at first."""
    context = {
        "guests": GUESTS.values(),
        "here": GUESTS.get(request.person.name) if request.person else None,
        "nobody": NOBODY,
        "passphrase": PASSPHRASE,
        "invitation": INVITATION,
    }
    return render(request, "demo/people.html", context)


@require_POST
@login_not_required
def enter(request: Request, key: str) -> HttpResponse:
    """Be this person from now on, or nobody."""
    if key == NOBODY:
        auth.logout(request)
        return redirect("/")
    door.let_in(request, get_object_or_404(Person, name_tag=name_tag(key) if key in GUESTS else b""))
    return door.onward()
