"""Greeting and being greeted."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from weft.circles.models import Persona
from weft.circles.views import within
from weft.companions.models import Greeting, prepared
from weft.loom.caps import Cap
from weft.people.request import Request

GREETINGS = Cap(at_once=30, every=60)


@GREETINGS.guards
def greet(request: Request, key: int, persona_key: int) -> HttpResponse:
    """Greet somebody who is new, in prepared words that one changes."""
    by = within(request, key)
    if not by.facilitates:
        raise Http404
    to = get_object_or_404(Persona.objects.inside().filter(circle=by.circle).exclude(pk=by.pk), pk=persona_key)
    to.circle = by.circle
    words = request.POST.get("words", "").strip()[:2000]
    if words:
        Greeting.write(to, words, by=by)
        messages.success(request, _("Your greeting is waiting for %(name)s.") % {"name": to.name})
        return redirect(by.circle)
    greeted = Greeting.objects.filter(to=to).select_related("by").first()
    context = {"persona": by, "circle": by.circle, "to": to, "words": prepared(to), "greeted": greeted}
    return render(request, "companions/greet.html", context)


@GREETINGS.guards
@require_POST
def put_away(request: Request, key: int) -> HttpResponse:
    """Put one's greeting away, with a line back or without."""
    persona = within(request, key)
    greeting = get_object_or_404(Greeting, to=persona)
    greeting.put_away(request.POST.get("words", "").strip()[:2000], by=persona)
    return redirect(persona.circle)


@GREETINGS.guards
@require_POST
def read_answer(request: Request, key: int, persona_key: int) -> HttpResponse:
    """The greeter has read what a newcomer wrote back."""
    persona = within(request, key)
    get_object_or_404(Greeting, by=persona, to=persona_key).read_answer(by=persona)
    return redirect(persona.circle)
