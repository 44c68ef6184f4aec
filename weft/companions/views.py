"""Greeting, asking after somebody later, and being greeted."""

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from weft.circles.desk import guiding
from weft.circles.models import Persona
from weft.circles.views import within
from weft.companions.book import GuestBook, here_today
from weft.companions.following import FOLLOWING
from weft.companions.models import Greeting, here_for, prepared
from weft.loom import ids
from weft.loom.caps import Cap
from weft.people.request import Request

GREETINGS = Cap(at_once=30, every=60)
LONGEST = 2000


def _said(request: Request) -> str:
    return request.POST.get("words", "").strip()[:LONGEST]


def _key(request: Request) -> int | None:
    return ids.read(request.POST.get("greeting", "")) or None


@GREETINGS.guards
def greet(request: Request, key: int, persona_key: int) -> HttpResponse:
    """Say to somebody who is new what is to be said now, in prepared words that one changes."""
    by = guiding(request, key)
    to = get_object_or_404(Persona.objects.inside().filter(circle=by.circle).exclude(pk=by.pk), pk=persona_key)
    to.circle = by.circle
    words = _said(request)
    given = sorted(Greeting.objects.given_to(to).select_related("by"), key=lambda one: one.day)
    last = given[-1] if given else None
    sent = Greeting.write(to, words, by=by) if words else None
    if words and last and last.by_id == by.pk and last.text == words:  # the form was sent twice
        sent = sent or last
    if sent:
        said = _("Your words are waiting for %(name)s.") if sent.day else _("Your greeting is waiting for %(name)s.")
        messages.success(request, said % {"name": to.name})
        return redirect(by.circle)
    guest = next((book.guests.get(to.pk) for book in GuestBook.of(key)), None)
    step = guest.due(here_today()) if guest and by.pk not in to.hidden else None
    if words and not last:  # somebody else was quicker in this moment
        last = Greeting.objects.given_to(to).select_related("by").first()
    context = {"persona": by, "circle": by.circle, "to": to, "step": step, "last": last, "kept": words}
    if step:
        context |= {"words": prepared(to, step.day), "here_for": here_for(step.day)}
    return render(request, "companions/greet.html", context)


class WordsForm(forms.Form):
    """What a circle prepares to say to people who are new."""

    two_days = forms.CharField(label=gettext_lazy("After two days"))
    a_week = forms.CharField(label=gettext_lazy("After a week"))
    a_month = forms.CharField(label=gettext_lazy("After a month"))

    def __init__(self, data: object = None, *, words: dict[int, str]) -> None:
        initial = dict(zip(self.base_fields, (words[day] for day in FOLLOWING), strict=True))
        super().__init__(data, initial=initial)  # type: ignore[arg-type]
        for field in self.fields.values():
            field.required, field.widget = False, forms.Textarea(attrs={"rows": 4, "maxlength": 800})


@GREETINGS.guards
def words(request: Request, key: int) -> HttpResponse:
    """Change the words that are prepared for the first weeks of somebody who is new."""
    by = guiding(request, key)
    form = WordsForm(request.POST if request.method == "POST" else None, words=GuestBook.prepared(key))
    if form.is_valid():
        GuestBook.prepare([form.cleaned_data[name].strip()[:800] for name in form.fields], by=by)
        messages.success(request, _("Saved."))
        return redirect(by.circle)
    return render(request, "companions/words.html", {"persona": by, "circle": by.circle, "form": form})


@GREETINGS.guards
def mine(request: Request, key: int) -> HttpResponse:
    """What one was written as somebody who is new. Putting it away, with a line back or without."""
    persona = within(request, key)
    given = sorted(Greeting.objects.given_to(persona).select_related("by"), key=lambda one: one.day)
    if request.method == "POST":
        chosen = next((one for one in given if _key(request) in (None, one.pk)), None)
        if chosen is None:
            raise Http404
        chosen.put_away(_said(request), by=persona)
        return redirect(persona.circle)
    guest = next((book.guests.get(persona.pk) for book in GuestBook.of(key)), None)
    given = [one for one in given if one.by_id not in persona.hidden]
    context = {"persona": persona, "circle": persona.circle, "given": given, "guest": guest}
    return render(request, "companions/mine.html", context)


@GREETINGS.guards
@require_POST
def more(request: Request, key: int) -> HttpResponse:
    """“No more of these”, or “they may come again”."""
    persona, words = within(request, key), _said(request)
    if words:  # a line back that they wrote in the same box
        for greeting in Greeting.objects.given_to(persona).filter(pk=_key(request) or 0):
            greeting.put_away(words, by=persona)
    Greeting.no_more(persona, quiet=request.POST.get("more") != "yes")
    return redirect("companions:mine", key=key)


@GREETINGS.guards
@require_POST
def read_answer(request: Request, key: int, persona_key: int) -> HttpResponse:
    """The greeter has read what a newcomer wrote back."""
    persona = within(request, key)
    to = get_object_or_404(Persona, circle=persona.circle, pk=persona_key)
    written = list(Greeting.objects.given_to(to).filter(by=persona))
    if not written:
        raise Http404
    for greeting in written:
        if _key(request) in (None, greeting.pk):
            greeting.read_answer(by=persona)
    return redirect(persona.circle)
