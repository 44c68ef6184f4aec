"""Unveilings: asking for one, deciding on it, and reaching the person. Whoever has no part in one gets 404."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from weft.circles import veil
from weft.circles.models import Persona
from weft.loom.caps import Cap
from weft.notices.bell import Bell
from weft.notices.models import Notice
from weft.people.models import Duty, Person
from weft.people.request import Request
from weft.safety.forms import AskForm, NoForm, WordsForm, YesForm
from weft.safety.models import Concern, History, Unveiling
from weft.safety.models.concern import NotRead
from weft.safety.models.unveiling import Changed, TooFew

cap = Cap(at_once=4, every=600)


def _find(request: Request, key: int) -> Unveiling:
    """One that this person of the safety team decides."""
    return get_object_or_404(Unveiling.objects.seen_by(request.person).whole(), pk=key)


def _find_open(request: Request, key: int) -> Unveiling:
    """One that this person agreed to, and that is open to them now."""
    here = _find(request, key)
    if not here.is_open_to(request.person):
        raise Http404
    return here


@cap.guards
def ask(request: Request, key: int) -> HttpResponse:
    """A facilitator asks about somebody in their circle."""
    circles = list(veil.keyring(request.person))
    other = get_object_or_404(Persona.objects.inside().filter(circle_id__in=circles).select_related("circle"), pk=key)
    mine = get_object_or_404(Persona.objects.guiding().owned(request.person, other.circle_id).exclude(pk=key))
    return _ask(request, other, mine)


@cap.guards
def ask_about(request: Request, key: int) -> HttpResponse:
    """Somebody of the safety team asks about the one whom a concern is about."""
    concern = get_object_or_404(Concern.objects.seen_by(request.person).open(), pk=key)
    here = Persona.objects.filter(circle_id=concern.circle_id).select_related("circle")
    return _ask(request, get_object_or_404(here, pk=concern.about["persona"] or 0), request.person)


def _ask(request: Request, other: Persona, by: Persona | Person) -> HttpResponse:
    form = AskForm(request.POST or None)
    enough = Unveiling.possible(other.circle_id, by=by)
    if enough and form.is_valid():
        try:
            asked = Unveiling.ask(other, by=by, **form.cleaned_data)
            messages.success(request, _("The safety team has it."))
            return redirect("safety:unveiling", key=asked.pk)
        except TooFew:
            enough = False
    context = {"other": other, "enough": enough, "form": form, "guides": isinstance(by, Persona)}
    return render(request, "safety/ask.html", context)


def unveilings(request: Request) -> HttpResponse:
    """All that the safety team decided, and whether anybody has changed the history of it."""
    if not request.person.has_duty(Duty.Kind.SAFETY):
        raise Http404
    Bell.of(request.person).see(Notice.fact("safety.unveiling", request.person))
    found = sorted(Unveiling.objects.seen_by(request.person).whole(), key=lambda one: one.asked_at, reverse=True)
    return render(request, "safety/unveilings.html", {"found": found, "untouched": not History.verify()})


def unveiling(request: Request, key: int) -> HttpResponse:
    """For the safety team all that was said; for whoever asked, only what became of it."""
    asked = Unveiling.objects.asked_by(request.person).whole().filter(pk=key).first()
    if asked:
        return render(request, "safety/asked.html", {"unveiling": asked})
    return _page(request, _find(request, key))


@require_POST
def yes(request: Request, key: int) -> HttpResponse:
    """Agree: the first with words for the person, the second to just these words."""
    here = _find(request, key)
    form = YesForm(request.POST, first=not here.yeses)
    if not here.is_waiting or here.has_agreed(request.person):
        return redirect("safety:unveiling", key=key)
    if not form.is_valid():
        return _page(request, here, yes=form)
    try:
        here.say_yes(by=request.person, **form.cleaned_data)
    except NotRead:
        messages.warning(request, _("Something happened while you had this open. Please read it before you agree."))
    return redirect("safety:unveiling", key=key)


@require_POST
def no(request: Request, key: int) -> HttpResponse:
    """Decline, with a reason."""
    here, form = _find(request, key), NoForm(request.POST)
    if here.is_waiting and not form.is_valid():
        return _page(request, here, no=form)
    if form.is_valid():
        here.say_no(form.cleaned_data["reason"], by=request.person)
    return redirect("safety:unveiling", key=key)


@require_POST
def looks(request: Request, key: int) -> HttpResponse:
    """See how to reach the person. The answer is on this page only, and each time is written down."""
    here = _find_open(request, key)
    try:
        address = here.look(by=request.person)
    except Changed:
        return _page(request, here)
    return render(request, "safety/reach.html", {"unveiling": here, "address": address, "words": WordsForm()})


@require_POST
def words(request: Request, key: int) -> HttpResponse:
    """Write to the person, on their page of today."""
    here, form = _find_open(request, key), WordsForm(request.POST)
    if not form.is_valid():
        return _page(request, here, words=form)
    here.write(form.cleaned_data["words"], by=request.person)
    messages.success(request, _("They see it on their page of today."))
    return redirect("safety:unveiling", key=key)


@require_POST
def put_away(request: Request, key: int) -> HttpResponse:
    """The person takes it off their page of today. Nobody is told that it was read."""
    here = get_object_or_404(Unveiling.objects.of(request.person).whole(), pk=key)
    if not here.is_told:
        raise Http404
    here.put_away()
    Bell.of(request.person).see(Notice.fact("safety.unveiled", request.person))
    return redirect("/")


def _page(request: Request, here: Unveiling, **forms: Any) -> HttpResponse:
    seen = {"seen": len(here.history)}
    context: dict[str, Any] = {
        "unveiling": here,
        "agreed": here.has_agreed(request.person),
        "open_to_me": here.is_open_to(request.person),
        "untouched": here.is_untouched,
        "yes": YesForm(initial=seen, first=not here.yeses),
        "no": NoForm(),
        "words": WordsForm(),
    }
    return render(request, "safety/unveiling.html", context | forms)
