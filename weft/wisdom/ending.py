"""A circle that ends: when, what each says may be kept of their words, thanks, and the archive."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from weft.circles.desk import guiding
from weft.circles.models import House, Persona
from weft.circles.views import seen_by, within
from weft.loom import ids
from weft.loom.caps import Cap
from weft.notices.bell import Bell
from weft.notices.models import Notice
from weft.people.request import Request
from weft.wisdom import given
from weft.wisdom.archive import Archive
from weft.wisdom.ending_forms import EndingForm, FarewellForm, NameForm
from weft.wisdom.models import Ending, Farewell, Parting
from weft.wisdom.models.ending import TOLD
from weft.wisdom.views import WRITING

PAGE = 60  # things of one's own on a page
TAKING = Cap(at_once=10, every=60)


def ending_of(request: Request, key: int) -> tuple[Persona, Ending]:
    """A persona of a circle that will end, and its ending; 404 where none is said."""
    persona = within(request, key)
    found = Ending.of(persona)
    if found is None:
        raise Http404
    return persona, found


def ended(request: Request, key: int) -> tuple[Persona, Ending]:
    """A persona of a circle that has ended, as long as its archive is there."""
    persona = Persona.found(request.person, key)
    if persona is None or not persona.is_inside or not persona.circle.closed_on:
        raise Http404
    return persona, get_object_or_404(Ending.objects.select_related("circle"), circle=key)


@require_safe
def ending(request: Request, key: int) -> HttpResponse:
    """When it ends, what becomes of everything, and what each may do."""
    persona, found = ending_of(request, key)
    Bell.of(request.person).see(*(Notice.fact(what, persona, found.pk) for what in (*TOLD, "wisdom.farewell")))
    form = FarewellForm(persona=persona, seen=seen_by(persona)) if persona.may_write else None
    return _page(request, persona, found, form)


def _page(request: Request, persona: Persona, found: Ending, form: FarewellForm | None) -> HttpResponse:
    farewells = Farewell.read_by(persona)
    names = {int(key): one.name for key, one in form.seen.items()} if form else {}
    context: dict[str, Any] = {"ending": found, "form": form, "farewells": farewells, "names": names}
    return _shown(request, "wisdom/ending.html", persona, once=ids.once(request), **context)


@WRITING.guards
def end(request: Request, key: int) -> HttpResponse:
    """One who guides says that the circle will end, moves the day further away, or calls it off."""
    persona = guiding(request, key)
    if House.objects.filter(commons=key).exists():
        raise Http404
    found = Ending.of(persona)
    if request.method == "POST" and "off" in request.POST:
        if found:
            found.call_off(by=persona)
            messages.success(request, _("It goes on. Everybody is told."))
        return redirect(persona.circle)
    form = EndingForm(request.POST if request.method == "POST" else None, ending=found)
    if form.is_valid():
        said = form.cleaned_data
        ending = Ending.announce(said["last_day"], said["words"].replace("\r\n", "\n").strip(), by=persona)
        messages.success(request, _("It is said. Everybody in the circle is told."))
        return redirect(ending)
    return _shown(request, "wisdom/end.html", persona, ending=found, form=form)


@WRITING.guards
def parting(request: Request, key: int) -> HttpResponse:
    """What of one's own words may be kept, thing by thing or all at once, and under which name."""
    persona, found = ending_of(request, key)
    if not persona.may_write:
        raise Http404
    mine = Parting.of(persona)
    things = given.of(persona)
    number = int(page) if (page := request.GET.get("page", "")).isdecimal() and len(page) < 5 else 0
    here = things[number * PAGE : (number + 1) * PAGE]
    form = NameForm(request.POST if request.POST.get("do") == "name" else None, parting=mine, persona=persona)
    if request.method == "POST" and _answer(request, persona, things, form):
        return redirect(f"{request.path}?page={number}" if number else request.path)
    kept = {one.key for one in things if mine.yes.get(one.key) == one.digest}
    changed = {one.key for one in things if one.key in mine.yes} - kept
    context: dict[str, Any] = {"ending": found, "form": form, "here": here, "kept": kept, "changed": changed}
    context |= {"things": things, "number": number, "more": len(things) > (number + 1) * PAGE}
    return _shown(request, "wisdom/parting.html", persona, **context)


def _answer(request: Request, persona: Persona, things: list[given.Given], form: NameForm) -> bool:
    """What somebody says: yes to all, no to all, some of it, or a name. False: the name does not do."""
    how, by_key = request.POST.get("do", ""), {one.key: one for one in things}
    if how == "all":
        Parting.say({one.key: one.digest for one in things}, [], by=persona)
        messages.success(request, _("All of it may be kept. You can change this until the last day."))
    elif how == "none":
        Parting.withdraw(by=persona)
        messages.success(request, _("Nothing of yours is kept."))
    elif how == "some":
        shown = [key for key in request.POST.getlist("shown") if key in by_key]
        yes = {key for key in request.POST.getlist("yes") if key in shown}
        Parting.say({key: by_key[key].digest for key in yes}, set(shown) - yes, by=persona)
        messages.success(request, _("Kept as you said. You can change this until the last day."))
    elif how == "name":
        if not form.is_valid():
            return False
        Parting.call(form.cleaned_data["how"], form.cleaned_data["other"], by=persona)
        messages.success(request, _("Saved."))
    return True


@WRITING.guards
@require_POST
def farewell(request: Request, key: int) -> HttpResponse:
    """Leave a word of thanks; take one back, or put away one that one got."""
    persona, found = ending_of(request, key)
    if "erase" in request.POST:
        said = request.POST["erase"]
        mine = [one for one in Farewell.read_by(persona) if str(one.pk) == said and persona.pk in (one.to, one.by_id)]
        if not mine:
            raise Http404
        mine[0].erase()
        messages.success(request, _("It is gone."))
        return redirect(found)
    if not persona.may_write:
        raise Http404
    form = FarewellForm(request.POST, persona=persona, seen=seen_by(persona))
    if not form.is_valid():
        return _page(request, persona, found, form)
    words = form.cleaned_data["words"].replace("\r\n", "\n").strip()
    if Farewell.say(ids.once(request), words, by=persona, to=form.to_one):
        messages.success(request, _("Thank you. It is said."))
    else:
        messages.warning(request, _("These are as many words as one person can leave. You can take one back."))
    return redirect(found)


@TAKING.guards
@require_safe
def archive(request: Request, key: int) -> HttpResponse:
    """The archive, made for this reader from what may be kept now."""
    persona, found = ended(request, key)
    answer = HttpResponse(Archive.of(persona, found).packed(), content_type="application/zip")
    answer["Content-Disposition"] = 'attachment; filename="archive.zip"'
    return answer


@WRITING.guards
@require_POST
def withdraw(request: Request, key: int) -> HttpResponse:
    """The circle has ended, and somebody takes their words out of the archive."""
    persona, _found = ended(request, key)
    Parting.withdraw(by=persona)
    messages.success(request, _("Your words are in no archive from now on. What was taken along stays out there."))
    return redirect(persona.circle)


def _shown(request: Request, template: str, persona: Persona, **context: Any) -> HttpResponse:
    return render(request, template, {"persona": persona, "circle": persona.circle} | context)
