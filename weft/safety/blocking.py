"""Blocks: the page from which one persona shuts out another, and lets them in again."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from weft.circles import veil
from weft.circles.models import Persona
from weft.loom.caps import Cap
from weft.people.request import Request
from weft.safety.models import Block

cap = Cap(at_once=20, every=60)


def _two(request: Request, key: int) -> tuple[Persona, Persona]:
    """One's own persona, and another one of the same circle; 404 for anybody else."""
    circles = list(veil.keyring(request.person))
    other = get_object_or_404(Persona.objects.inside().filter(circle_id__in=circles), pk=key)
    mine = get_object_or_404(Persona.objects.inside().owned(request.person, other.circle_id))
    if mine == other or not may_meet(mine, other):
        raise Http404
    return mine, other


def may_meet(mine: Persona, other: Persona) -> bool:
    """Whether a page about the other may open. For the side that did not ask for a block it is as if they had left."""
    return other.pk not in mine.hidden or other.facilitates or other in Block.set_by(mine)


@cap.guards
def block(request: Request, key: int) -> HttpResponse:
    """What a block does and what it does not, and the button."""
    mine, other = _two(request, key)
    blocked = other in Block.set_by(mine)
    if request.method == "POST" and not mine.facilitates:
        Block.begin(other, by=mine)
        messages.success(request, _("Done. You and %(name)s do not see each other here.") % {"name": other.name})
        return redirect(mine.circle)
    return render(request, "safety/block.html", {"mine": mine, "other": other, "blocked": blocked})


@require_POST
def end(request: Request, key: int) -> HttpResponse:
    """Take a block back."""
    mine, other = _two(request, key)
    Block.end(other, by=mine)
    messages.success(request, _("You and %(name)s see each other again.") % {"name": other.name})
    return redirect(mine.circle)
