"""After an hour, for whoever guided it: three questions, whom they would be glad of, and rest."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from weft.circles import veil
from weft.circles.desk import guiding
from weft.circles.models import Persona
from weft.gatherings import saying
from weft.gatherings.after_forms import LookBackForm, RestForm
from weft.gatherings.coming import meet
from weft.gatherings.models import Gathering, LookBack, Rest, Shift
from weft.gatherings.models.rest import shifts_until
from weft.loom import text, time
from weft.loom.caps import Cap
from weft.loom.glance import Glance, Where
from weft.loom.section import Slip
from weft.people.request import Request

LOOKING = Cap(at_once=30, every=30)


@LOOKING.guards
def looking_back(request: Request, key: int, gathering_key: int) -> HttpResponse:
    """How it was, what stays, and whether one needs somebody. Only whoever guided this hour has this page."""
    persona, found = meet(request, key, gathering_key)
    if not found.guided or not persona.facilitates or not found.was_held:
        raise Http404
    mine = LookBack.of(found, persona)
    others = [one for one in Persona.objects.guiding().filter(circle=key) if one.pk != persona.pk]
    posted = request.POST if request.method == "POST" else None
    form = LookBackForm(posted, others=sorted(others, key=lambda one: one.name), mine=mine)
    if posted is not None and "let_go" in posted:
        if mine:
            mine.let_go()
        messages.success(request, _("It is erased."))
        return redirect(request.path)
    if form.is_valid():
        said = form.cleaned_data
        LookBack.keep(found, by=persona, how=said["how"], stays=said["stays"], to=form.to)
        messages.success(request, form.kept)
        return redirect(request.path)
    following = Shift.objects.filter(persona=persona, gathering__in=Gathering.objects.coming())
    context = {
        "persona": persona,
        "circle": persona.circle,
        "gathering": found,
        "form": form,
        "mine": mine,
        "there": next((one.name for one in others if mine and mine.is_heard and one.pk == mine.to), ""),
        "next": following.select_related("gathering__series").order_by("gathering__starts").first(),
        "say": saying,
    }
    return render(request, "gatherings/looking_back.html", context)


@LOOKING.guards
def looked_back(request: Request, key: int, look_key: int) -> HttpResponse:
    """What another who guides passed to whoever asks, and a way to say that one is there."""
    persona = guiding(request, key)
    passed = LookBack.objects.passed_to(persona).select_related("by", "gathering__series")
    found = get_object_or_404(passed, pk=look_key)
    if request.method == "POST":
        found.be_there(by=persona)
        Glance.of(request.person).forget()
        messages.success(request, _("%(name)s is told that you are there.") % {"name": found.by.name})
        return redirect(request.path)
    context = {"persona": persona, "circle": persona.circle, "found": found, "say": saying}
    return render(request, "gatherings/looked_back.html", context)


@LOOKING.guards
def rest(request: Request, key: int) -> HttpResponse:
    """Rest until a day, or be back. No reason is asked, and nobody is told."""
    persona = guiding(request, key)
    mine = Rest.objects.filter(persona=persona).first()
    mine = mine if mine and mine.holds else None
    form = RestForm(request.POST if request.method == "POST" and "back" not in request.POST else None)
    if request.method == "POST" and "back" in request.POST:
        if mine:
            mine.end()
        messages.success(request, _("Good to have you back. Hours that nobody else took are yours again."))
        return redirect(request.path)
    if form.is_valid():
        until = form.cleaned_data["until"]
        Rest.take(until, by=persona)
        messages.success(request, _("You rest until %(day)s. Nobody is told.") % {"day": text.day(until)})
        return redirect(request.path)
    context = {
        "persona": persona,
        "circle": persona.circle,
        "rest": mine,
        "form": form,
        "shifts": [] if mine else shifts_until(persona, time.today() + RestForm.USUAL),
        "alone": Persona.objects.guiding().filter(circle=key).count() < 2,
        "say": saying,
    }
    return render(request, "gatherings/rest.html", context)


def lying(person: Any) -> Where:
    """What was passed to somebody lies under a mark of their personas."""
    return LookBack.where(list(veil.keyring(person).values()))


def asked(personas: list[Persona], *, order: int) -> list[Slip]:
    """Somebody who guides with one of these would be glad of them."""
    found = [(one, pk) for one in personas if one.facilitates for pk in _waiting(one)]
    return [Slip("gatherings/asked.html", {"found": found}, order=order, waits=True)] if found else []


def _waiting(persona: Persona) -> list[int]:
    """The looks back that wait for a word of this one."""
    rows = persona.glance["gatherings.look_back"] if persona.glance else []
    return [pk for pk, circle, _none in rows if circle == persona.circle_id]


def for_today(person: Any) -> list[Slip]:
    """Whoever guides hears of it on their first page."""
    return asked(Persona.all_of(person), order=3)
