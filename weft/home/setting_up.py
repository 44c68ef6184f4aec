"""The set-up: six pages, one question each, behind a link that only the keeper of the machine can make."""

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.debug import sensitive_post_parameters

from weft.circles.models import House
from weft.home import setup_link
from weft.home.models import STEPS, AlreadyOpen, Setup
from weft.home.setup_forms import FORMS
from weft.people import door
from weft.people.entering import show_new_code
from weft.people.request import Request


@login_not_required
def begin(request: Request, token: str) -> HttpResponse:
    """To the first question that has no answer yet, whoever gave the answers before."""
    if House.here() or not setup_link.holds(token):
        return _ended(request)
    return redirect("home:setup_step", token=token, step=Setup.begun().next_step or STEPS[-1])


@sensitive_post_parameters()
@login_not_required
def step(request: Request, token: str, step: str) -> HttpResponse:
    """One question. Its answer is kept at once; behind the last one the house opens."""
    if House.here() or not setup_link.holds(token):
        return _ended(request)
    if step not in STEPS:
        raise Http404
    setup, number = Setup.begun(), STEPS.index(step)
    if setup.next_step and number > STEPS.index(setup.next_step):
        return redirect("home:setup_step", token=token, step=setup.next_step)
    form = FORMS[step](request.POST if request.method == "POST" else None, setup=setup, step=step)
    if form.is_valid():
        setup.keep(step, form.answers)
        if number + 1 == len(STEPS):
            return _open(request, setup, token)
        return redirect("home:setup_step", token=token, step=STEPS[number + 1])
    context = {"form": form, "setup": setup, "token": token, "number": number + 1, "of": len(STEPS)}
    return render(request, f"home/setup/{step}.html", context | {"back": STEPS[number - 1] if number else ""})


def _open(request: Request, setup: Setup, token: str) -> HttpResponse:
    """The link is spent, its holder is signed in, and the recovery code is shown."""
    try:
        steward, code = setup.open()
    except AlreadyOpen:
        return _ended(request)
    setup_link.spend()
    door.let_in(request, steward)
    if code:
        request.session["duty_code"] = code
    return show_new_code(request, reverse("home:begun"))


def _ended(request: Request) -> HttpResponse:
    return render(request, "home/setup/ended.html", status=404)
