"""The facilitator's desk: one page of what whoever guides a circle needs today, and the ways to keep the circle."""

import segno
from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST
from markupsafe import Markup

from weft.circles.around import SHOWN, Around
from weft.circles.forms import AgreementForm, CircleForm, InviteForm, NewCircleForm
from weft.circles.models import Crowd, Invitation, Persona
from weft.circles.views import within
from weft.loom.caps import Cap
from weft.loom.section import Slip, sections
from weft.people.request import Request

GUIDING = Cap(at_once=60, every=20)


def guiding(request: Request, key: int) -> Persona:
    """The persona of a facilitator of this circle; 404 for everybody else."""
    persona = within(request, key)
    if not persona.facilitates:
        raise Http404
    return persona


def desk(request: Request, key: int) -> HttpResponse:
    """Every section puts on it what it has for whoever guides."""
    persona = guiding(request, key)
    around = Around(persona)
    slips = [slip for section in sections() for slip in section.for_desk(persona, around)]
    context = {"persona": persona, "circle": persona.circle, "slips": sorted(slips, key=lambda slip: slip.order)}
    return render(request, "circles/desk.html", context)


def for_desk(persona: Persona, around: Around) -> list[Slip]:
    """Who asks to come in, who has been quiet, and the circle itself."""
    asking, quiet = around.asking, around.quiet
    slips = [Slip("circles/desk_asking.html", {"asking": asking}, order=10)] if asking else []
    shown = {"quiet": quiet[:SHOWN], "more": len(quiet) > SHOWN, "is_large": around.is_large}
    keeping = {"waiting": around.waiting, "inside": Crowd.of(persona.inside_here), "asking": asking}
    return [
        *slips,
        Slip("circles/desk_quiet.html", shown, order=50),
        Slip("circles/desk_circle.html", keeping, order=90),
    ]


@GUIDING.guards
@require_POST
def answer(request: Request, key: int, persona_key: int) -> HttpResponse:
    """Say yes or no to somebody who asks to join."""
    by = guiding(request, key)
    asking = get_object_or_404(by.circle.personas.at_the_door(), pk=persona_key)
    if request.POST.get("answer") == "yes":
        asking.admit(by=by)
    else:
        asking.decline(by=by)
    return redirect("circles:desk", key=key)


@GUIDING.guards
@require_POST
def remove(request: Request, key: int, persona_key: int) -> HttpResponse:
    """Take a seat from somebody who cannot stay."""
    by = guiding(request, key)
    going = get_object_or_404(by.circle.personas.inside().exclude(role=Persona.Role.FACILITATOR), pk=persona_key)
    going.remove(by=by)
    messages.success(request, _("They are no longer in this circle, and their words are hidden."))
    return redirect("circles:people", key=key)


@GUIDING.guards
@require_POST
def role(request: Request, key: int, persona_key: int) -> HttpResponse:
    """Give somebody another role."""
    by = guiding(request, key)
    someone = get_object_or_404(by.circle.personas.inside().exclude(pk=by.pk), pk=persona_key)
    wanted = request.POST.get("role", "")
    if wanted not in Persona.Role.values:
        raise Http404
    someone.take_role(wanted, by=by)
    return redirect("circles:people", key=key)


@GUIDING.guards
def invite(request: Request, key: int) -> HttpResponse:
    """Those that are open, and a new one. Its code is shown once: a link, a picture to scan, and a sheet to print."""
    persona = guiding(request, key)
    form = InviteForm(request.POST or None)
    context = {"persona": persona, "circle": persona.circle, "form": form}
    context["invitations"] = Invitation.objects.open_in(persona.circle)
    if form.is_valid():
        written, token = Invitation.write(persona, **form.cleaned_data)
        link = settings.ADDRESS + reverse("circles:invitation", kwargs={"token": token})
        drawing = segno.make(link, micro=False).svg_inline(
            scale=5, border=2, omitsize=True, svgclass="qr", lineclass=None
        )
        context |= {"invitation": written, "token": token, "link": link, "qr": Markup(drawing)}  # noqa: S704
    return render(request, "circles/invite.html", context)


@GUIDING.guards
@require_POST
def take_back_invitation(request: Request, key: int, invitation_key: int) -> HttpResponse:
    by = guiding(request, key)
    get_object_or_404(by.circle.invitations, pk=invitation_key).delete()
    return redirect("circles:invite", key=key)


@GUIDING.guards
def new_agreement(request: Request, key: int) -> HttpResponse:
    """Publish the next version of the agreement."""
    persona = guiding(request, key)
    now = persona.circle.agreement
    initial = {"text": now.text, "clauses": "\n".join(now.clauses)}
    form = AgreementForm(request.POST or None, initial=initial)
    if form.is_valid():
        if (form.cleaned_data["text"].strip(), form.lines) != (now.text.strip(), list(now.clauses)):
            persona.accept(persona.circle.agree_on(form.cleaned_data["text"], form.lines))
            messages.success(request, _("This is the agreement now. Everybody is asked before they next write."))
        return redirect("circles:desk", key=key)
    context = {"persona": persona, "circle": persona.circle, "form": form, "version": now.version}
    return render(request, "circles/new_agreement.html", context)


@GUIDING.guards
def change(request: Request, key: int) -> HttpResponse:
    """Change what the circle says of itself, and how it is entered."""
    persona = guiding(request, key)
    form = CircleForm(request.POST) if request.method == "POST" else CircleForm.of(persona.circle)
    if request.method == "POST" and form.is_valid():
        persona.circle.change(form.cleaned_data)
        messages.success(request, _("Saved."))
        return redirect("circles:desk", key=key)
    return render(request, "circles/change.html", {"persona": persona, "circle": persona.circle, "form": form})


@GUIDING.guards
def new(request: Request) -> HttpResponse:
    """Open a circle: anybody for friends or family, a steward of every kind."""
    form = NewCircleForm(request.POST or None, steward=request.person.has_duty("steward"))
    if form.is_valid():
        said = form.cleaned_data
        persona = Persona.open_circle(
            said["kind"], said["name"], about=said["about"], by=request.person, by_name=said["my_name"]
        )
        return redirect("circles:circle", key=persona.circle_id)
    return render(request, "circles/new.html", {"form": form})
