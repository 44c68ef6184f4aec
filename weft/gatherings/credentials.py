"""A professional's own page in a circle: what they hold, whether it is checked, and until when."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from weft.circles import veil
from weft.circles.desk import guiding
from weft.circles.models import Credential, Persona
from weft.circles.models.credential import KINDS
from weft.gatherings.guide_forms import CredentialForm
from weft.loom import time
from weft.loom.caps import Cap
from weft.notices.bell import Bell
from weft.notices.models import Notice
from weft.people.models import Person
from weft.people.request import Request

ENTERING = Cap(at_once=20, every=60)


def elsewhere(person: Person, here: Persona) -> list[Credential]:
    """What this person has in other circles of theirs and could carry over. Only they see it."""
    ring = veil.keyring(person)
    others = [persona for circle, persona in ring.items() if circle != here.circle_id]
    found = Credential.objects.filter(persona__in=others, is_checked=True).select_related("circle")
    return sorted((one for one in found if one.holds(time.today())), key=lambda one: str(one.circle.name))


@ENTERING.guards
def credential(request: Request, key: int) -> HttpResponse:
    """Enter it, or a newer one."""
    persona = guiding(request, key)
    form = CredentialForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        Credential.enter(persona, **form.cleaned_data)
        messages.success(request, _("It is sent. Somebody of the safety team looks it up, and you are told."))
        return redirect("gatherings:credential", key=key)
    mine = {one.is_checked: one for one in persona.credentials.all()}
    facts = [("gatherings.checked", one.pk) for one in mine.values()]
    facts += [("gatherings.credential_ends", one.pk) for one in mine.values()]
    Bell.of(request.person).see(*(Notice.fact(what, persona, about) for what, about in facts))
    context = {
        "persona": persona,
        "circle": persona.circle,
        "form": form,
        "kinds": KINDS,
        "checked": mine.get(True),
        "other": mine.get(False),
        "can_be_checked": Credential.can_be_checked(persona),
        "elsewhere": elsewhere(request.person, persona),
    }
    return render(request, "gatherings/credential.html", context)


@ENTERING.guards
@require_POST
def carried(request: Request, key: int) -> HttpResponse:
    """Carry over what was checked in another circle of one's own."""
    persona = guiding(request, key)
    wanted = request.POST.get("credential", "")
    found = [one for one in elsewhere(request.person, persona) if str(one.pk) == wanted]
    if found:
        found[0].carry_to(persona, by=request.person)
        messages.success(request, _("It holds here too now. Nothing joins the two circles."))
    return redirect("gatherings:credential", key=key)


@ENTERING.guards
@require_POST
def taken_away(request: Request, key: int, credential_key: int) -> HttpResponse:
    """Take one's credential back: it is erased."""
    persona = guiding(request, key)
    get_object_or_404(persona.credentials, pk=credential_key).take_away()
    messages.success(request, _("It is erased."))
    return redirect("gatherings:credential", key=key)
