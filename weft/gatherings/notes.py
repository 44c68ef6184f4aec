"""Notes of an hour: for those who guide it; and for each member, that there are some, and who reads them."""

from typing import Any

from django.contrib import messages
from django.db.models import Q
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from weft.circles.models import Persona
from weft.circles.views import within
from weft.gatherings import saying
from weft.gatherings.after_forms import NoteForm
from weft.gatherings.coming import meet
from weft.gatherings.models import Gathering, Guide, HourNote, Shift
from weft.gatherings.models.note import Names, Newer
from weft.gatherings.names import marked
from weft.loom.caps import Cap
from weft.people.request import Request

NOTES = Cap(at_once=60, every=10)


def _guided(request: Request, key: int, gathering_key: int) -> tuple[Persona, Gathering]:
    """One who may read the notes of this hour; 404 for everybody else."""
    persona, found = meet(request, key, gathering_key)
    if not HourNote.may_read(persona, found):
        raise Http404
    return persona, found


@NOTES.guards
def notes(request: Request, key: int, gathering_key: int) -> HttpResponse:
    """The note about the group, and about which members there is one."""
    persona, found = _guided(request, key, gathering_key)
    written = {note.about_id: note for note in found.notes.all()}
    seats = found.taken.select_related("persona")
    here = (seat.persona for seat in seats if seat.persona.is_inside and not seat.persona.facilitates)
    members = sorted(here, key=lambda one: one.name)  # nothing is written down about whoever visits
    more = {"members": [(one, one.pk in written) for one in members]}
    return _page(request, persona, found, None, written.get(None), "gatherings/notes.html", more)


@NOTES.guards
def note(request: Request, key: int, gathering_key: int, persona_key: int) -> HttpResponse:
    """The note about one member."""
    persona, found = _guided(request, key, gathering_key)
    seat = found.taken.select_related("persona").filter(persona=persona_key).first()
    if seat is None or seat.persona.facilitates or not seat.persona.is_inside:
        raise Http404
    written = HourNote.objects.filter(gathering=found, about=seat.persona).first()
    return _page(request, persona, found, seat.persona, written, "gatherings/note.html", {"about": seat.persona})


def _page(
    request: Request,
    persona: Persona,
    found: Gathering,
    about: Persona | None,
    written: HourNote | None,
    template: str,
    more: dict[str, Any],
) -> HttpResponse:
    """Shown, and that it was seen is kept; or written, unless it names somebody."""
    seen = len(written.steps) if written else 0
    form = NoteForm(request.POST or None, initial={"words": written.words if written else "", "seen": seen})
    if form.is_valid():
        words = form.cleaned_data["words"]
        try:
            HourNote.write(found, words, by=persona, about=about, seen=form.cleaned_data["seen"])
        except Names as names:
            more = more | {"names": names.names, "marked": marked(words, names.names)}
        except Newer:
            more = more | {"newer": written}
            form.data = request.POST.copy()
            form.data["seen"] = str(seen)
        else:
            said = _("Saved. What stood there before is kept too.") if written else _("Saved.")
            messages.success(request, said)
            return redirect(request.path)
    if written:
        written.look(by=persona)
    who = {one.pk: one.name for one in Persona.objects.guiding().filter(circle=found.circle_id)}
    context = {"persona": persona, "circle": persona.circle, "gathering": found, "form": form, "say": saying}
    context |= {"note": written, "steps": written.steps_by(who)[1:] if written else []}
    return render(request, template, context | more)


def records(request: Request, key: int) -> HttpResponse:
    """What is written down about whoever asks: that it is there, of which kind, and who reads it."""
    persona = within(request, key)
    mine = list(HourNote.objects.about(persona).select_related("gathering__series").order_by("gathering__starts"))
    context = {"persona": persona, "circle": persona.circle, "notes": mine, "say": saying}
    return render(request, "gatherings/records.html", context | {"readers": readers(mine)})


def readers(notes: list[HourNote]) -> list[str]:
    """The names of those who may read these notes."""
    series, hours = {note.gathering.series_id for note in notes}, {note.gathering_id for note in notes}
    guides = Guide.objects.filter(series__in=series).values("persona")
    shifts = Shift.objects.filter(gathering__in=hours).values("persona")
    who = Persona.objects.guiding().filter(Q(pk__in=guides) | Q(pk__in=shifts))
    return sorted(one.name for one in who)
