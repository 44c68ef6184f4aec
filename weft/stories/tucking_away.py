"""The settings of what somebody would rather not see. Saved at once, and put back as easily."""

from dataclasses import replace

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST

from weft.loom.words import fold
from weft.people import door, switches
from weft.people.request import Request
from weft.stories.models import OWN_TOPICS
from weft.stories.tucking import LONGEST, MOST, Tucking


@sensitive_post_parameters()
@door.CHANGES.guards
@require_POST
def topics(request: Request) -> HttpResponse:
    """Which topics are tucked away."""
    now = Tucking.of(request.person)
    chosen = tuple(topic for topic in request.POST.getlist("topics") if topic in OWN_TOPICS)
    replace(now, topics=chosen).keep(request.person)
    return switches.saved(
        request, _("Saved. Nobody else can tell."), undo=[("topics", one) for one in now.topics], at="see"
    )


@sensitive_post_parameters()
@door.CHANGES.guards
@require_POST
def words(request: Request) -> HttpResponse:
    """Mute a word or a phrase, or let one be seen again."""
    now = Tucking.of(request.person)
    seen = request.POST.get("without", "")
    if seen:
        replace(now, words=tuple(word for word in now.words if word != seen)).keep(request.person)
        return switches.saved(
            request, _("You will see “%(word)s” again.") % {"word": seen}, undo=[("word", seen)], at="see"
        )
    word = " ".join(request.POST.get("word", "").split())[:LONGEST]
    if not any(letter.isalnum() for letter in word):
        messages.error(request, _("The box was empty. Please type a word first."))
    elif len(now.words) >= MOST:
        messages.error(
            request, _("That is as many words as the house can look for. Please let one be seen again first.")
        )
    elif fold(word) not in map(fold, now.words):
        replace(now, words=(*now.words, word)).keep(request.person)
        said = _("“%(word)s” is tucked away from now on. Nobody else can tell.") % {"word": word}
        return switches.saved(request, said, undo=[("without", word)], at="see")
    return redirect("people:settings")
