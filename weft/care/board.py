"""The board of the house, for whoever lives in it: what is needed, what is offered, and what one took from it."""

from datetime import date
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from weft.care import saying
from weft.care.board_forms import HouseOfferForm, TakeForm
from weft.care.models import Board, Care, HouseOffer, Posting, Promise, Slot, Taken
from weft.care.models.board import MOST, NEW, turns_of
from weft.care.views import ACTS, act
from weft.circles.models import Barred, NameTaken, Persona
from weft.loom import time
from weft.loom.caps import Cap
from weft.people.models import Duty
from weft.people.request import Request

TAKES = Cap(at_once=12, every=600)
EACH = 4  # free slots of one need that stand on the board
HOWS = ("back", "bring", "seek", "keep", "done", "thank")


def there_is(request: Request) -> Board:
    """The board, for everybody who is in a circle of the house, and for the safety team; else 404."""
    here = Board.here()
    if here is None or not (Persona.all_of(request.person) or request.person.has_duty(Duty.Kind.SAFETY)):
        raise Http404
    return here


def board(request: Request) -> HttpResponse:
    """What is needed, what is offered, what one was asked, and what one took. The last stays when the board goes."""
    turns = turns_of(request.person)
    if not turns:
        there_is(request)
    standing = Posting.objects.open_to(request.person, own=True)
    free = _free({posting.need_id for posting in standing})
    offers = list(HouseOffer.objects.standing().order_by("until", "pk")[:MOST])
    tag = HouseOffer.tag(request.person)
    mine = next((offer for offer in offers if bytes(offer.owner_tag) == tag), None)
    asked = set(mine.questions) if mine else set()
    words = {posting.need_id: posting.words for posting in standing}
    context: dict[str, Any] = {
        "needs": [(posting, [slot for slot in free if slot.need_id == posting.need_id]) for posting in standing],
        "asked": [(slot, words[slot.need_id]) for slot in free if slot.pk in asked],
        "turns": turns,
        "own": {persona.circle_id for persona in Persona.all_of(request.person)},
        "mine": mine or HouseOffer.objects.of(request.person).first(),
        "offers": [offer for offer in offers if offer is not mine],
        "guards": request.person.has_duty(Duty.Kind.SAFETY),
        "is_new": is_new(request),
        "each": EACH,
        "say": saying,
    }
    return render(request, "care/board.html", context)


def is_new(request: Request) -> bool:
    """Whether they have come too lately to take something."""
    joined: date = request.person.joined_on
    return time.today() - joined < NEW


def _names(request: Request) -> list[str]:
    return [mine.name for mine in Persona.all_of(request.person)]


def _free(needs: set[int]) -> list[Slot]:
    found = Slot.objects.free().filter(need__in=needs).select_related("need").order_by("starts", "pk")
    return list(found[: 10 * MOST])


@TAKES.guards
@never_cache
def slot(request: Request, slot_key: int, where: dict[str, str] | None = None) -> HttpResponse:
    """One slot of the board: to take it, or as whoever has taken it."""
    turn = _turn(request, slot_key)
    if turn:
        return _mine(request, turn, where)
    there_is(request)
    found = Slot.objects.free().select_related("need", "promise").filter(pk=slot_key).first()
    standing = Posting.objects.open_to(request.person) if found else []
    posting = next((one for one in standing if found and one.need_id == found.need_id), None)
    if found is None or posting is None:
        return _elsewhere(request, slot_key)
    offer = HouseOffer.objects.of(request.person).first()
    said = {"name": offer.name} if offer else {}
    form = TakeForm(request.POST or None, known_as=_names(request), initial=said)
    if request.method == "POST" and request.POST.get("how") == "no":
        if offer:
            offer.not_this_time(slot_key)
        messages.success(request, _("That is fine. Nobody hears of it."))
        return redirect("care:board")
    if form.is_valid() and not is_new(request):
        try:
            posting.take(found, form.cleaned_data["name"], form.cleaned_data["words"], by=request.person)
        except NameTaken:
            form.add_error("name", _("Somebody there has this name. Please choose another."))
        except (Taken, Barred):
            messages.info(request, _("Somebody was faster: it is covered now. What is free stands below."))
            return redirect("care:board")
        else:
            messages.success(request, _("Thank you. It is yours. You can let it go at any time, and nobody asks why."))
            return redirect("care:board_slot", slot_key=slot_key)
    context = {"posting": posting, "slot": found, "form": form, "is_new": is_new(request), "say": saying}
    asked = bool(offer and slot_key in offer.questions)
    return render(request, "care/board_slot.html", context | {"asked": asked})


def _elsewhere(request: Request, slot_key: int) -> HttpResponse:
    """Whoever is in that circle anyway finds it there; for everybody else it is not there."""
    found = Slot.objects.filter(pk=slot_key).first()
    if found and any(mine.circle_id == found.circle_id for mine in Persona.all_of(request.person)):
        return redirect(found)
    raise Http404


def _turn(request: Request, slot_key: int) -> Promise | None:
    return next((turn for turn in turns_of(request.person) if turn.slot_id == slot_key), None)


def _mine(request: Request, turn: Promise, where: dict[str, str] | None) -> HttpResponse:
    me = turn.persona
    if me is None:
        raise Http404
    how, words = request.POST.get("how", ""), request.POST.get("words", "").strip()[:400]
    if request.method == "POST" and how == "where":
        where = turn.where(by=me)
    elif request.method == "POST" and how in HOWS:
        try:
            said = act(turn.slot, how, words, by=me)
        except Taken:
            said = _("Somebody took it over from you. You can let it go.")
        if said:
            messages.success(request, said)
        return redirect("care:board") if how == "back" else redirect("care:board_slot", slot_key=turn.slot_id)
    thanks = list(turn.thanks.select_related("persona", "guest"))
    timezone.activate(turn.slot.need.zone)
    care = Care.objects.get(circle=turn.circle_id)
    context: dict[str, Any] = {"turn": turn, "slot": turn.slot, "me": me, "care": care, "say": saying}
    context |= {"where": where, "thanks": thanks}
    answer = render(request, "care/board_turn.html", context)
    if where:
        answer["Cache-Control"] = "no-store"
    return answer


@ACTS.guards
def offer(request: Request) -> HttpResponse:
    """Say what one could do for whoever asks; change it; take it down."""
    there_is(request)
    mine = HouseOffer.objects.of(request.person).first()
    given = request.POST if request.method == "POST" else None
    form = HouseOfferForm(given, mine=mine, known_as=_names(request))
    if request.method == "POST" and "end" in request.POST:
        if mine:
            mine.go()
        messages.success(request, _("It is gone from the board. Nobody is asked by it any more."))
        return redirect("care:board")
    if form.is_valid():
        kinds, days, words = form.said
        HouseOffer.make(form.cleaned_data["name"], words, kinds, days, form.until, by=request.person)
        messages.success(request, _("It stands on the board. If somebody asks, you say yes each time, or nothing."))
        return redirect("care:board")
    return render(request, "care/board_offer.html", {"form": form, "mine": mine})


def _guarding(request: Request) -> None:
    there_is(request)
    if not request.person.has_duty(Duty.Kind.SAFETY):
        raise Http404


@require_POST
def remove_offer(request: Request, offer_key: int) -> HttpResponse:
    """The safety team takes down what should not stand there."""
    _guarding(request)
    get_object_or_404(HouseOffer, pk=offer_key).go()
    messages.success(request, _("It is gone from the board."))
    return redirect("care:board")


@require_POST
def remove_posting(request: Request, posting_key: int) -> HttpResponse:
    """The same, of a need."""
    _guarding(request)
    get_object_or_404(Posting, pk=posting_key).go()
    messages.success(request, _("It is gone from the board."))
    return redirect("care:board")
