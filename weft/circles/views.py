"""A circle's door, its rooms and its desk. Every look-up starts at the person; who is not in gets 404."""

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from weft.circles import finding, reading
from weft.circles.forms import AcceptForm, JoinForm, LeaveForm
from weft.circles.models import Barred, Circle, Credential, Invitation, NameTaken, Persona
from weft.loom.caps import Cap
from weft.loom.section import Slip, sections
from weft.people import door, switches
from weft.people.models import fold
from weft.people.request import Request

COMING = Cap(at_once=20, every=60)


def within(request: Request, key: int) -> Persona:
    """The persona of whoever asks, in this circle; 404 for everybody who is not in it, and when it has ended."""
    mine = Persona.found(request.person, key)
    if mine is None or not mine.is_inside or mine.circle.closed_on:
        raise Http404
    reading.note(request, mine)
    return mine


@login_not_required
def find(request: Request) -> HttpResponse:
    """Circles by one's own words. No account is needed to look. The words go on sealed: browsers keep addresses."""
    if request.method == "POST":
        asked = finding.sealed(request.POST.get("words", "")[:200])
        return redirect(f"{reverse('circles:find')}?asked={asked}" if asked else "circles:find")
    asked = finding.opened(request.GET.get("asked", ""))
    mine = Circle.objects.entered_by(request.person) if request.person else Circle.objects.none()
    return render(request, "circles/find.html", {"asked": asked, "found": finding.find(asked), "mine": mine})


@login_not_required
def circle(request: Request, key: int) -> HttpResponse:
    """The circle's page: its inside for those who are in, its door for those who may find it."""
    mine = Persona.found(request.person, key) if request.person else None
    if mine and mine.is_inside and mine.circle.closed_on:
        slips = [slip for section in sections() for slip in section.for_ended(mine)]
        return render(request, "circles/ended.html", {"persona": mine, "circle": mine.circle, "slips": slips})
    if mine and mine.is_inside:
        reading.note(request, mine)
        slips = [slip for section in sections() for slip in section.for_circle(mine)]
        slips.sort(key=lambda slip: slip.order)
        return render(request, "circles/circle.html", {"persona": mine, "circle": mine.circle, "slips": slips})
    if mine and mine.standing == Persona.Standing.VISITING:
        mine = None  # whoever visits an hour is not in the circle, and not at its door
    here = mine.circle if mine else get_object_or_404(Circle.objects.listed(), pk=key)
    context = {"circle": here, "mine": mine, "credentials": Credential.shown_in(here.pk)}
    return render(request, "circles/door.html", context)


@COMING.guards
def join(request: Request, key: int) -> HttpResponse:
    """Join a circle that is open, or ask to join one that takes requests."""
    here = get_object_or_404(Circle.objects.listed().exclude(door=Circle.Door.INVITATION), pk=key)
    return _join(request, here)


@COMING.guards
@login_not_required
def invitation(request: Request, token: str) -> HttpResponse:
    """An invitation: who invites, to what, and a way in."""
    held = Invitation.held(token)
    if held is None:
        return render(request, "circles/invitation_ended.html", status=404)
    if request.person is None:
        return render(request, "circles/invitation.html", {"invitation": held, "circle": held.circle})
    return _join(request, held.circle, held)


@login_not_required
def have_invitation(request: Request) -> HttpResponse:
    """The third door: type the code of an invitation."""
    token = request.GET.get("code", "").strip().lower().replace(" ", "-")
    if token:
        return redirect("circles:invitation", token=token)
    return render(request, "circles/have_invitation.html")


def _join(request: Request, here: Circle, held: Invitation | None = None) -> HttpResponse:
    if Persona.objects.owned(request.person, here.pk).exclude(standing=Persona.Standing.VISITING).exists():
        return redirect("circles:circle", key=here.pk)
    ask = held is None and here.door == Circle.Door.REQUEST
    form = JoinForm(request.POST or None, circle=here, ask=ask)
    if form.is_valid():
        try:
            persona = (
                held.bring_in(request.person, form.cleaned_data["name"])
                if held
                else Persona.enter(
                    request.person,
                    here,
                    form.cleaned_data["name"],
                    standing=Persona.Standing.ASKING if ask else Persona.Standing.INSIDE,
                    answers=form.answers,
                )
            )
        except NameTaken:
            form.add_error("name", _("Somebody here has this name. Please choose another."))
        except (Barred, Invitation.DoesNotExist):
            return render(request, "circles/invitation_ended.html", status=404)
        else:
            persona.accept(form.agreement, form.declined)
            return redirect("circles:circle", key=here.pk)
    context = {"circle": here, "form": form, "ask": ask, "invitation": held}
    return render(request, "circles/join.html", context)


@COMING.guards
def agreement(request: Request, key: int) -> HttpResponse:
    """Read the agreement, and say yes to a version that is new."""
    persona = within(request, key)
    now = persona.circle.agreement
    accepted = persona.has_accepted(now)
    form = AcceptForm(request.POST or None, agreement=now)
    if not accepted and form.is_valid():
        persona.accept(now, form.declined)
        messages.success(request, _("Thank you. The agreement holds for you too now."))
        return redirect(door.local(request.POST.get("next", "")) or persona.circle)
    context = {"persona": persona, "circle": persona.circle, "agreement": now, "accepted": accepted, "form": form}
    return render(request, "circles/agreement.html", context | {"next": request.GET.get("next", "")})


def seen_by(persona: Persona) -> list[Persona]:
    """Who is in a circle, as far as this one may see it: first those who guide."""
    here = persona.circle
    shown = here.personas.inside()
    if here.members_hidden and not persona.facilitates:
        shown = shown.exclude(role=Persona.Role.MEMBER)
    found = [someone for someone in shown if someone.pk not in persona.hidden or someone.facilitates]
    return sorted(found, key=lambda someone: (not someone.facilitates, fold(someone.name)))


def people(request: Request, key: int) -> HttpResponse:
    """Who is here. Where the list is hidden, only those who guide see it whole."""
    persona = within(request, key)
    here, found = persona.circle, seen_by(persona)

    def about(someone: Persona) -> list[Slip]:
        return [slip for section in sections() for slip in section.for_persona(persona, someone)]

    context = {"persona": persona, "circle": here, "found": found, "about": about}
    return render(request, "circles/people.html", context | {"credentials": Credential.shown_in(here.pk)})


@COMING.guards
def leave(request: Request, key: int) -> HttpResponse:
    """Leave a circle quietly, and say what becomes of one's words. Whoever wrote none is asked nothing."""
    mine = get_object_or_404(Persona.objects.owned(request.person, key))
    wrote = mine.is_inside and any(section.wrote(mine) for section in sections())
    form = LeaveForm(request.POST if request.method == "POST" else None, has_file=door.has_file(request))
    if request.method == "POST" and (not wrote or form.is_valid()):
        mine.leave(by=request.person, words=form.kept if wrote else "erase")
        messages.success(request, _("You have left this circle. Nobody was told."))
        return redirect("circles:find")
    stays = [said for section in sections() for said in section.stays(request.person)]
    context = {"persona": mine, "circle": mine.circle, "form": form if wrote else None, "stays": stays}
    return render(request, "circles/leave.html", context)


@COMING.guards
@require_POST
def rename(request: Request, key: int) -> HttpResponse:
    """Take another name in this circle."""
    persona = within(request, key)
    was, name = persona.name, request.POST.get("name", "").strip()[:40]
    back = door.local(request.POST.get("next", ""))
    if not name:
        raise Http404
    try:
        persona.take_name(name)
    except NameTaken:
        messages.error(request, _("Somebody here has this name. Please choose another."))
        return redirect(back or reverse("circles:people", kwargs={"key": key}))
    words = _("People here see you as %(name)s now.") % {"name": name}
    if back == reverse("people:settings"):
        return switches.saved(request, words, undo=[("name", was), ("next", back)], at="names")
    messages.success(request, words)
    return redirect(back or reverse("circles:people", kwargs={"key": key}))
