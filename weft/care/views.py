"""What is needed and who has it: the agenda of a care circle, one slot, and what one does with it."""

from datetime import timedelta
from itertools import groupby
from typing import Any
from zoneinfo import ZoneInfo

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from weft.care import saying
from weft.care.models import Care, HouseOffer, Look, Near, Need, News, Posting, Ring, Slot, Taken
from weft.circles.models import Persona
from weft.circles.views import within
from weft.loom import ids, jobs, time
from weft.loom.caps import Cap
from weft.people.request import Request

ACTS = Cap(at_once=60, every=10)
FEW = 3
LATELY = timedelta(days=4)  # so long one may still say thank you from the agenda
SHOWN, DAYS = 120, timedelta(days=6)  # slots on a page, and how far ahead they stand there unfolded
NEAR = 5  # meals before and after, so that nobody brings the same


def cared(request: Request, key: int) -> tuple[Persona, Care]:
    """The persona of whoever asks, and the care of its circle with its ring; 404 where there is none."""
    persona = within(request, key)
    care = Care.of(persona)
    if care is None:
        raise Http404
    return persona, care


def met(request: Request, key: int, slot_key: int) -> tuple[Persona, Care, Slot]:
    """And a slot that this ring sees."""
    persona, care = cared(request, key)
    slot = Slot.objects.seen_by(key, care.ring).filter(pk=slot_key).first()
    if slot is None:
        raise Http404
    return persona, care, slot


def by_day(slots: list[Slot]) -> list[tuple[str, list[Slot]]]:
    """Under the day on which they begin, on the reader's clock."""
    return [(capfirst(day), list(found)) for day, found in groupby(slots, key=lambda slot: saying.on(slot.starts))]


def care(request: Request, key: int) -> HttpResponse:
    """The agenda: what is coming, who has it, and what is free."""
    try:
        persona, care = cared(request, key)
    except Http404:
        return _by_board(request, key)
    found = list(Slot.objects.seen_by(key, care.ring).filter(starts__gt=time.now() - LATELY)[:SHOWN])
    slots = [slot for slot in found if not slot.is_over]
    context: dict[str, Any] = {"persona": persona, "circle": persona.circle, "care": care, "say": saying}
    soon = [slot for slot in slots if slot.starts < time.now() + DAYS]
    context |= {"days": by_day(soon), "later": by_day(slots[len(soon) :])}
    newest = [news for news in News.objects.seen_by(persona, care)[:5] if news.by_id not in persona.hidden]
    context["news"] = next((news for news in newest if not news.is_waiting), None)
    context["waits"] = any(news.is_waiting for news in newest)
    context["mine"] = [slot for slot in slots if slot.held_by and slot.held_by.is_of(persona)]
    offers = Near.objects.filter(persona=persona).first()
    context["fits"] = [slot for slot in soon if offers and _fits(slot, offers)][:FEW]
    context["was"] = by_day([slot for slot in found if slot.is_over and slot.held_by])
    context["kinds"] = Need.Kind.choices
    return render(request, "care/care.html", context)


def board_is_on(persona: Persona) -> bool:
    """Whether the house has a board, as the glance of this page knows."""
    return persona.glance is not None and bool(persona.glance["care.board"])


def _fits(slot: Slot, near: Near) -> bool:
    """Whether it is free, and what this one put forward."""
    there = slot.starts.astimezone(ZoneInfo(slot.need.zone))
    return not slot.held_by and not slot.has_begun and near.fits(slot.need.kind, there.weekday())


def _by_board(request: Request, key: int, slot_key: int = 0) -> HttpResponse:
    """Whoever came by the board finds what they took there; for everybody else there is nothing."""
    me = Persona.objects.owned(request.person, key).filter(standing=Persona.Standing.VISITING).first()
    if me is None or not Care.objects.filter(circle=key).exists():
        raise Http404
    is_theirs = slot_key and me.promises.filter(slot=slot_key).exists()
    return redirect("care:board_slot", slot_key=slot_key) if is_theirs else redirect("care:board")


@never_cache
def slot(request: Request, key: int, slot_key: int, where: dict[str, str] | None = None) -> HttpResponse:
    """One slot: when, who, how it is done; and the address, if it was asked for and may be seen."""
    try:
        persona, care, slot = met(request, key, slot_key)
    except Http404:
        return _by_board(request, key, slot_key)
    context: dict[str, Any] = {"persona": persona, "circle": persona.circle, "care": care, "slot": slot, "say": saying}
    held = slot.held_by
    context["mine"] = bool(held and held.is_of(persona))
    context["where"] = where
    if slot.need.kind == Need.Kind.MEAL:
        context["around"] = _around(slot, care.ring)
    if not held and care.may_plan(persona):
        near = Near.objects.filter(circle=key).select_related("persona").exclude(persona=persona)
        context["offering"] = [one for one in near if _fits(slot, one) and one.persona_id not in persona.hidden]
    if board_is_on(persona) and care.ring == Ring.INNER and not slot.is_over:
        context["board"] = True
        context["posting"] = Posting.objects.standing().filter(need=slot.need_id).first()
        if context["posting"] and not held and not slot.has_begun and care.may_plan(persona):
            context["offers"] = [(one, one.was_asked(slot)) for one in HouseOffer.objects.fitting(slot)]
    if held:
        context["thanks"] = list(held.thanks.select_related("persona", "guest"))
    return render(request, "care/slot.html", context)


def _around(slot: Slot, ring: int) -> list[Slot]:
    """What else is coming to the table around that day."""
    meals = Slot.objects.seen_by(slot.circle_id, ring).filter(need__kind=Need.Kind.MEAL, promise__isnull=False)
    after = meals.filter(starts__gte=slot.starts).exclude(pk=slot.pk)[:NEAR]
    return list(after)


@ACTS.guards
@require_POST
def promise(request: Request, key: int, slot_key: int) -> HttpResponse:
    """Take it, say what one brings, let it go, ask for another, say that it is done, or say thank you."""
    persona, _care, slot = met(request, key, slot_key)
    if not persona.may_write:
        raise Http404
    how, words = request.POST.get("how", ""), request.POST.get("words", "").strip()[:400]
    try:
        said = act(slot, how, words, by=persona)
    except Taken:
        messages.info(request, _("Somebody was faster: it is covered now. What is free stands below."))
        return redirect("care:care", key=key)
    if said is None:
        raise Http404
    messages.success(request, said)
    return redirect("care:care", key=key) if how == "back" else redirect(slot)


def act(slot: Slot, how: str, words: str, *, by: Any) -> str | None:
    """What a helper does with a slot, and what is said to it. None: there is no such thing. Raises `Taken`."""
    held = slot.held_by
    if how == "take":
        slot.take(words, by=by)
        return _("Thank you. It is yours. You can let it go at any time, and nobody asks why.")
    if held is None:
        raise Taken
    if how == "thank" and words:
        held.thank(words, by=by)
        return _("Said. Thank you.")
    if how == "back":
        held.step_back(by=by)
        return _("It is free again. Thank you for saying so.")
    if how in ("seek", "keep"):
        held.seek(how == "seek", by=by)
        asked = _("The others are asked. It stays yours until somebody takes it.")
        return asked if how == "seek" else _("It is yours.")
    if how == "bring":
        held.say(words, by=by)
        return _("Noted. The others see what is coming.")
    if how == "done":
        held.finish(by=by)
        return _("Thank you. It is done.")
    return None


@ACTS.guards
@require_POST
def ask(request: Request, key: int, slot_key: int) -> HttpResponse:
    """Ask somebody who put such help forward. They say yes by taking it; else nothing happens."""
    persona, care, slot = met(request, key, slot_key)
    near = (
        Near.objects.filter(circle=key, persona=ids.read(request.POST.get("who", ""))).select_related("persona").first()
    )
    if not care.may_plan(persona) or near is None or not _fits(slot, near) or near.ring > slot.need.ring:
        raise Http404
    jobs.put("notices.tell", what="care.asked", persona=near.persona_id, about=slot.pk, by=persona.pk)
    messages.success(request, _("They are asked. If they can, they take it."))
    return redirect(slot)


@ACTS.guards
@require_POST
def where(request: Request, key: int, slot_key: int) -> HttpResponse:
    """Show the address to whoever holds the slot, near its hour. That they looked is written down."""
    persona, _care, found = met(request, key, slot_key)
    held = found.held_by
    said = held.where(by=persona) if held else {}
    if not said:
        raise Http404
    answer = slot(request, key, slot_key, where=said)
    answer["Cache-Control"] = "no-store"
    return answer


def looks(request: Request, key: int) -> HttpResponse:
    """Who looked at an address, and when: for the inner ring."""
    persona, care = cared(request, key)
    if care.ring > 1:
        raise Http404
    found = Look.objects.filter(circle=key).select_related("slot__need", "persona", "guest")
    seen = [look for look in found if look.persona_id not in persona.hidden or care.may_plan(persona)]
    newest = sorted(seen, key=lambda look: look.at, reverse=True)[:SHOWN]
    context = {"persona": persona, "circle": persona.circle, "care": care, "looks": newest, "say": saying}
    return render(request, "care/looks.html", context)
