"""The page on which somebody looks for words, in what they may read anyway."""

from dataclasses import replace

from django import forms
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from weft.circles import finding as circles
from weft.circles.models import Circle, Persona
from weft.loom.caps import Cap
from weft.people.models import Person
from weft.people.request import Request
from weft.stories import finding, spelling
from weft.stories.finding import Asked
from weft.stories.indexing import Indexing
from weft.stories.models import Topic, Wish

SEARCHES = Cap(at_once=60, every=3)
LONGEST = 200  # letters
OTHERS = 3  # circles that carry this, and that one is not in


class SearchForm(forms.Form):
    """Words, and what narrows them."""

    words = forms.CharField(required=False, max_length=LONGEST)
    circle = forms.ChoiceField(label=gettext_lazy("Where"), required=False)
    wish = forms.ChoiceField(label=gettext_lazy("What would help"), required=False)
    topic = forms.ChoiceField(label=gettext_lazy("Talks about"), required=False)

    def __init__(self, data: object = None, *, mine: list[Persona], asked: Asked) -> None:
        super().__init__(
            data,  # type: ignore[arg-type]
            initial={"words": asked.words, "circle": asked.circle, "wish": asked.wish, "topic": asked.topic},
        )
        names = [(persona.circle_id, persona.circle.name) for persona in mine]
        self.fields["circle"].choices = [("", _("All your circles")), *names]  # type: ignore[attr-defined]
        self.fields["wish"].choices = [("", _("Anything")), *Wish.choices]  # type: ignore[attr-defined]
        self.fields["topic"].choices = [("", _("Anything")), *Topic.choices]  # type: ignore[attr-defined]


@SEARCHES.guards
def search(request: Request) -> HttpResponse:
    """Look for words. They go on sealed, like those by which circles are found: browsers keep addresses."""
    mine = finding.readers(request.person)
    asked = Asked.opened(request.GET.get("asked", ""), request.person)
    if asked is None:
        asked = Asked(circle=_begun_in(request.GET.get("circle", ""), mine))
    form = SearchForm(request.POST or None, mine=mine, asked=asked)
    if request.method == "POST":
        if form.is_valid():
            said = Asked(**form.cleaned_data | {"circle": int(form.cleaned_data["circle"] or 0)})
            return redirect(f"{reverse('stories:search')}?asked={said.sealed(request.person)}")
        asked = Asked()
    found = finding.find(mine, asked)
    nothing = asked.says_something and not found.hits
    context = {
        "form": form,
        "asked": asked,
        "mine": mine,
        "found": found,
        "nothing": nothing,
        "further": found.further.sealed(request.person) if found.further else "",
        "spelled": _spelled(asked, mine, request.person) if nothing and not asked.after else None,
        "others": _others(asked, mine) if nothing and not asked.after else [],
        "whole": bool(found.hits) or Indexing.is_whole(),
    }
    return render(request, "stories/search.html", context)


def _begun_in(key: str, mine: list[Persona]) -> int:
    """The circle from whose page somebody comes, if it is one of theirs."""
    return next((persona.circle_id for persona in mine if str(persona.circle_id) == key), 0)


def _spelled(asked: Asked, mine: list[Persona], person: Person) -> tuple[str, str] | None:
    """Another spelling of the words that nothing fits, and the address of what that finds."""
    there = [persona for persona in mine if asked.circle in (0, persona.circle_id)]
    other = spelling.other_spelling(there, asked)
    return (other, replace(asked, words=other).sealed(person)) if other else None


def _others(asked: Asked, mine: list[Persona]) -> list[Circle]:
    """Circles that carry this, for somebody who finds nothing in their own."""
    inside = {persona.circle_id for persona in mine}
    found = circles.find(asked.words) if asked.words.strip() else []
    return [circle for circle in found if circle.pk not in inside][:OTHERS]
