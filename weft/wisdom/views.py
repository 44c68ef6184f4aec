"""Reading lessons, keeping them, and saying what happened when one tried. Every look-up starts at the person."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from weft.circles.models import Persona
from weft.circles.views import within
from weft.loom import ids
from weft.loom.caps import Cap
from weft.notices.bell import Bell
from weft.notices.models import Notice
from weft.people.request import Request
from weft.wisdom.finding import SHOWN, Asked, find
from weft.wisdom.forms import CIRCLE, HOUSE, Search, Tried
from weft.wisdom.models import Lesson, Reader, Shelf, Trial
from weft.wisdom.models.lesson import ABOUT_LESSON

WRITING = Cap(at_once=40, every=20)


def read(request: Request, key: int, lesson_key: int) -> tuple[Persona, Reader, Lesson]:
    """A persona, and a lesson that it may read."""
    persona = within(request, key)
    reader = Reader(request.person, persona)
    found = Lesson.read(lesson_key, reader)
    if found is None:
        raise Http404
    return persona, reader, found


def everywhere(request: Request) -> HttpResponse:
    """What one may read in all of one's circles, and in the house."""
    return _reservoir(request, Reader(request.person))


def lessons(request: Request, key: int) -> HttpResponse:
    """What one may read in a circle, and in the house."""
    persona = within(request, key)
    return _reservoir(request, Reader(request.person, persona), persona)


def _reservoir(request: Request, reader: Reader, persona: Persona | None = None) -> HttpResponse:
    where = reverse("wisdom:lessons", kwargs={"key": persona.circle_id}) if persona else reverse("wisdom:everywhere")
    form = Search(request.POST or None)
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        return redirect(f"{where}?asked={Asked(said['words'], said['topic']).sealed(request.person)}")
    asked = Asked.opened(request.GET.get("asked", ""), request.person)
    if not form.is_bound:
        form = Search(initial={"words": asked.words, "topic": asked.topic})
    after = ids.read(request.GET.get("after", ""))
    found, further = find(reader, asked, after) if asked.sought else _page(reader, after)
    context: dict[str, Any] = {"persona": persona, "circle": persona and persona.circle, "reader": reader}
    context |= {"where": where, "form": form, "asked": asked, "lessons": found, "further": further}
    context["sought"] = request.GET.get("asked", "") if asked.sought else ""
    return render(request, "wisdom/lessons.html", context)


def _page(reader: Reader, after: int) -> tuple[list[Lesson], int]:
    """Some lessons, and after which one the next page begins."""
    rows = Lesson.objects.read_by(reader).filter(pk__gt=after) if reader.through else Lesson.objects.none()
    found = rows[: SHOWN + 1].keys()
    return Lesson.woven(found[:SHOWN], reader), found[SHOWN - 1] if len(found) > SHOWN else 0


def lesson(request: Request, key: int, lesson_key: int) -> HttpResponse:
    """One lesson: its strands, and what happened to those who tried it."""
    persona, reader, found = read(request, key, lesson_key)
    if not request.person.is_anonymous:
        Bell.of(request.person).see(*(Notice.fact(what, persona, found.pk) for what in ABOUT_LESSON))
    trials = list(Trial.objects.read_by(reader).filter(lesson=found))
    mine = next((trial for trial in trials if trial.by_id == persona.pk), None)
    kept = found.pk in Shelf.of(request.person)
    context = {"lesson": found, "trials": trials, "mine": mine, "kept": kept}
    return _shown(request, "wisdom/lesson.html", persona, **context)


@require_safe
def sheet(request: Request, key: int, lesson_key: int) -> HttpResponse:
    """One lesson to print."""
    persona, _reader, found = read(request, key, lesson_key)
    return _shown(request, "wisdom/sheet.html", persona, lessons=[found], back=found.through(key))


@WRITING.guards
@require_POST
def keep(request: Request, key: int, lesson_key: int) -> HttpResponse:
    """Keep it for oneself, or put it back. Nobody else learns of it."""
    _persona, _reader, found = read(request, key, lesson_key)
    Shelf.keep(request.person, found.pk, on="back" not in request.POST)
    return redirect(f"{found.through(key)}#keep")


def _kept(request: Request) -> tuple[Reader, list[Lesson]]:
    reader = Reader(request.person)
    return reader, Lesson.woven(reversed(Shelf.of(request.person)), reader) if reader.through else []


@require_safe
def kept(request: Request) -> HttpResponse:
    """What one kept for oneself: what was taken back is not there any more."""
    reader, found = _kept(request)
    return render(request, "wisdom/kept.html", {"reader": reader, "lessons": found})


@require_safe
def kept_sheet(request: Request) -> HttpResponse:
    """The same, to print."""
    _reader, found = _kept(request)
    return render(request, "wisdom/sheet.html", {"lessons": found, "back": reverse("wisdom:kept")})


@WRITING.guards
def trial(request: Request, key: int, lesson_key: int) -> HttpResponse:
    """“I tried this”: say it, change it, or erase it."""
    persona, _reader, found = read(request, key, lesson_key)
    if not persona.may_write:
        raise Http404
    mine = Trial.objects.filter(lesson=found, by=persona).first()
    if request.method == "POST" and "erase" in request.POST:
        if mine:
            mine.erase()
            messages.success(request, _("It is erased."))
        return redirect(found.through(key))
    begun = mine.as_form() | {"audience": HOUSE if mine.for_house else CIRCLE} if mine else {}
    form = Tried(request.POST or None, persona=persona, lesson=found, initial=begun)
    if request.method == "POST" and persona.agrees and form.is_valid():
        Trial.say(found, **form.said, by=persona)
        messages.success(request, _("Thank you. Whoever reads this next knows more."))
        return redirect(f"{found.through(key)}#trials")
    return _shown(request, "wisdom/trial.html", persona, lesson=found, form=form, mine=mine)


def _shown(request: Request, template: str, persona: Persona, **context: Any) -> HttpResponse:
    return render(request, template, {"persona": persona, "circle": persona.circle} | context)
