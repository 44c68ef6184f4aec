"""Becoming a host: short steps to read and answer, and then a person signs it off."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from weft.circles.models import Persona
from weft.circles.views import within
from weft.gatherings.guide_forms import AnswerForm
from weft.gatherings.models import Course, Training
from weft.loom import text
from weft.loom.caps import Cap
from weft.notices.bell import Bell
from weft.notices.models import Notice
from weft.people.request import Request

LEARNING = Cap(at_once=40, every=30)


def _learning(request: Request, key: int) -> Persona:
    persona = within(request, key)
    if not persona.may_write:
        raise Http404
    return persona


@LEARNING.guards
def training(request: Request, key: int) -> HttpResponse:
    """Where one is: the steps, who reads them, and what one may do by it."""
    persona, course = _learning(request, key), Course.here()
    now = Training.of(persona)
    if request.method == "POST":
        if not now._state.adding:
            now.hand_in(course)
        return redirect("gatherings:training", key=key)
    signed = Training.signed_of(persona).get(persona.pk)
    facts = [("gatherings.signed", one.pk) for one in (now, signed) if one]
    facts += [("gatherings.training_ends", signed.pk)] if signed else []
    Bell.of(request.person).see(*(Notice.fact(what, persona, about) for what, about in facts))
    context = {
        "persona": persona,
        "circle": persona.circle,
        "course": course,
        "now": now,
        "whole": now.is_whole(course),
        "signed": signed,
        "can_be_signed": Training.can_be_signed(persona),
    }
    return render(request, "gatherings/training.html", context)


@LEARNING.guards
def lesson(request: Request, key: int, number: int) -> HttpResponse:
    """One step: read it, and say something to it."""
    persona, course = _learning(request, key), Course.here()
    said = course.lesson(number)
    if said is None:
        raise Http404
    now = Training.of(persona)
    before = now.answers.get(said["key"])
    initial = {"words": before["words"], "read": True} if before else None
    form = AnswerForm(request.POST if request.method == "POST" else None, initial=initial)
    if form.is_valid() and not now.is_waiting:
        now = Training.answer(persona, said, form.cleaned_data["words"])
        after = [n for n in range(number + 1, len(course.lessons) + 1) if _open(now, course, n)]
        if after:
            return redirect("gatherings:lesson", key=key, number=after[0])
        messages.success(request, _("It is kept."))
        return redirect("gatherings:training", key=key)
    context = {
        "persona": persona,
        "circle": persona.circle,
        "lesson": said,
        "text": text.safe(text.render(said["text"])),
        "number": number,
        "count": len(course.lessons),
        "now": now,
        "form": form,
    }
    return render(request, "gatherings/lesson.html", context)


def _open(now: Training, course: Course, number: int) -> bool:
    said = course.lesson(number)
    return said is not None and said["key"] not in now.answers
