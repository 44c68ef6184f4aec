"""A few words of one's own, and all that fits them: circles, stories, lessons, gatherings and people, each with why.

The words are kept nowhere. Each section looks for itself, within what this person may see, and all of them look first
with one look-up together; what they share with the words says in which order it stands, and is its reason.
"""

from collections.abc import Iterable
from dataclasses import replace

from django import forms
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.debug import sensitive_post_parameters

from weft.circles.models import Persona
from weft.circles.sought import Sought
from weft.loom import text
from weft.loom.glance import Glance
from weft.loom.section import Find, Finds, sections
from weft.people.models import Person
from weft.people.request import Request
from weft.safety import danger
from weft.stories.models import Topic
from weft.stories.search import SEARCHES
from weft.stories.tucking import Tucking

LONGEST = 300  # letters
FEW = 4  # of each kind


class FewWords(forms.Form):
    """What somebody carries or looks for, and topics."""

    words = forms.CharField(
        label=gettext_lazy("In a few words: what is it that you carry, or look for?"),
        required=False,
        max_length=LONGEST,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    topics = forms.MultipleChoiceField(
        label=gettext_lazy("What it is about"),
        required=False,
        choices=Topic.choices,
        widget=forms.CheckboxSelectMultiple,
    )


@sensitive_post_parameters()
@SEARCHES.guards
def fitting(request: Request) -> HttpResponse:
    """A box for a few words, and what fits them. They go on sealed, for this person and for a day."""
    form = FewWords(request.POST or None)
    if request.method == "POST" and form.is_valid():
        said = Sought(form.cleaned_data["words"].strip(), tuple(form.cleaned_data["topics"]))
        return redirect(f"{reverse('companions:fitting')}?asked={said.sealed(request.person)}#found")
    sought = Sought() if form.is_bound else Sought.opened(request.GET.get("asked", ""), request.person)
    if not form.is_bound:
        form = FewWords(initial={"words": sought.words, "topics": list(sought.topics)})
    groups = looked_through(request.person, sought) if sought else []
    found = [group for group in groups if group.found]
    context = {
        "form": form,
        "sought": sought,
        "groups": found,
        "instead": [group.instead for group in groups if group.instead] if sought and not found else [],
        "heavy": danger.heard(sought.words),
        "mine": Persona.all_of(request.person) if sought and not found else [],
        "why": why,
    }
    return render(request, "companions/fitting.html", context)


def looked_through(person: Person, sought: Sought) -> list[Finds]:
    """What each section has, the one that shares most first, and then the newest."""
    Persona.all_along(person)
    asked = [looks for section in sections() if (looks := section.fitting(person, sought))]
    Glance.of(person).look_further(*(where for looks in asked for where in looks.lying()))
    tucked = Tucking.of(person)
    groups = [replace(group, found=_first(group.found, tucked)) for group in (looks.finds() for looks in asked)]
    return sorted(groups, key=lambda group: group.order)


def _first(found: Iterable[Find], tucked: Tucking) -> list[Find]:
    """A few of them. What shares far less than the first is left out, and so is what this person tucked away."""
    shown = sorted((one for one in found if not tucked.covers(one)), key=lambda one: (-one.shares, -one.at))
    return [one for one in shown if one.shares * 3 >= shown[0].shares][:FEW]


def why(find: Find) -> str:
    """The reason why something stands there, as a sentence."""
    said = text.listed([_("“%(word)s”") % {"word": word} for word in find.said])
    touched = text.listed(list(find.touched))
    if find.reason:
        return find.reason
    if said and touched:
        return _("Because it is about %(topics)s, and these words of yours are in it: %(words)s.") % {
            "topics": touched,
            "words": said,
        }
    if touched:
        return _("Because it is about %(topics)s.") % {"topics": touched}
    return _("Because these words of yours are in it: %(words)s.") % {"words": said} if said else ""
