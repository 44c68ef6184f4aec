"""The door and the room of an hour: pages that show how it is, and take what somebody does there.

The room fails closed. Whoever has not said yes to the consent in force, or is not asked in by somebody who guides, is
not in it; whoever may not guide does not open it.
"""

from contextlib import suppress
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from weft.circles.models import VisitBar
from weft.gatherings import coming, consent, opening, visiting
from weft.gatherings.hour.acts import ACTS
from weft.gatherings.hour.commands import Elsewhere, NotYours, Refused, Stale
from weft.gatherings.hour.keeper import Hour, part_of
from weft.gatherings.hour.room import ENDED, KNOCKS, LEFT, REMOVED, Chair, Room
from weft.gatherings.media.backend import media
from weft.gatherings.media.mesh import links
from weft.gatherings.models import Arrival, Line, Said, Seat, Series
from weft.gatherings.room_forms import ArrivalForm, ClosedForm
from weft.gatherings.sight import Sight, Sitting, refusal
from weft.loom import ids, streams, time
from weft.loom.caps import Cap
from weft.loom.privacy import permissions
from weft.people.request import Request

DOING = Cap(at_once=60, every=1)
ALIVE = Cap(at_once=30, every=2)
LINES = 5  # the last ones are shown
OPENING = ("open_door", "begin", "take_over")
PROMPTED = ("start_round", "open_floor", "close")
WITH_WORDS = ("say", "pass_on", "later")
TURNED = ["say", *(what for what, rule in ACTS.items() if rule.turned)]  # sent twice, these count once


def seat_in(request: Request, key: int, gathering_key: int) -> Seat:
    """The seat of whoever asks in this gathering, made when they first come to its door; 404 if it is not for them."""
    persona, gathering = coming.meet(request, key, gathering_key, visits=True)
    if not (gathering.guided or coming.may_come(gathering, persona)):
        raise Http404
    seat = Seat.objects.filter(gathering=gathering, persona=persona).first()
    if seat is None:
        seat, _made = Seat.objects.get_or_create(gathering=gathering, persona=persona, circle=persona.circle)
    seat.gathering, seat.persona = gathering, persona
    return seat


@DOING.guards
def room(request: Request, key: int, gathering_key: int) -> HttpResponse:
    """The room, for whoever has come to its door; else the door."""
    seat = seat_in(request, key, gathering_key)
    if request.method == "POST":
        return _do(request, seat)
    if seat.gathering.is_cancelled:
        return redirect(seat.gathering)
    if seat.gathering.phase == ENDED:
        return redirect("gatherings:after", key=key, gathering_key=gathering_key)
    hour = Hour.of(seat.gathering)
    seen = hour.look()
    chair = seen.chair(seat.pk)
    if chair is None or chair.standing == LEFT or _may_guide_by_now(seat, chair):
        may_open = seat.gathering.guided or seat.persona.facilitates
        reasons = opening.reasons_against(seat.gathering, seat.persona) if may_open else []
        return render(request, "gatherings/door.html", {**_around(seat), "reasons": reasons})
    if chair.standing == KNOCKS and (asked := _asked(seat)):
        return asked
    with suppress(Elsewhere):  # the page says so
        seen = hour.here(seat, window=_window(request, seat))
    shown = _shown(seat, _sight(request, seat, seen))
    answer = render(request, "gatherings/room.html", shown | {"turned": TURNED, "carrying": WITH_WORDS + PROMPTED})
    if seat.gathering.series.way != Series.Way.TEXT:
        answer["Permissions-Policy"] = permissions("microphone", "camera")
    return answer


def _may_guide_by_now(seat: Seat, chair: Chair) -> bool:
    """Whether somebody came to the door as a guest, and has meanwhile what it takes to guide this hour."""
    return bool(chair.standing == KNOCKS and not chair.guides and seat.gathering.guided and part_of(seat)[1])


def now(request: Request, key: int, gathering_key: int) -> HttpResponse:
    """The room as it is now, for a page that is open."""
    seat = seat_in(request, key, gathering_key)
    return pieces(request, seat, Hour.of(seat.gathering).look())


@ALIVE.guards
@require_POST
def here(request: Request, key: int, gathering_key: int) -> HttpResponse:
    """A sign of life. What is new comes back with it."""
    seat = seat_in(request, key, gathering_key)
    try:
        seen = Hour.of(seat.gathering).here(seat, window=_window(request, seat), beats=True)
    except Elsewhere:
        seen = Hour.of(seat.gathering).look()
    return pieces(request, seat, seen, unless=request.POST.get("mark", ""))


@DOING.guards
def arrive(request: Request, key: int, gathering_key: int) -> HttpResponse:
    """Where are you today, and whom shall we call? Asked before the door, where the group asks for it."""
    seat = seat_in(request, key, gathering_key)
    said = Arrival.objects.filter(seat=seat).first()
    form = ArrivalForm(request.POST or None, initial={"where": said.where, "call": said.call} if said else {})
    if form.is_valid():
        Arrival.say(seat, where=form.cleaned_data["where"], call=form.cleaned_data["call"])
        return redirect("gatherings:room", key=key, gathering_key=gathering_key)
    return render(request, "gatherings/arrive.html", {**_around(seat), "form": form})


def _do(request: Request, seat: Seat) -> HttpResponse:
    """One thing that somebody does in the room."""
    hour, what = Hour.of(seat.gathering), request.POST.get("what", "")
    if what == "come":
        return _come(request, seat, hour)
    said, closing = "", what == "close_to"  # to send a visitor out, and close the next hours to them
    what = "remove" if closing else what
    seen: Room | None = None
    try:
        said = _forbidden(seat, what, _number(request, "seat"))
        if what and not said:
            seen = _act(request, seat, hour, what)
            if closing:
                _close_to(request, seat)
    except Refused as no:
        said = "" if _arrived(request, seat, no) else refusal(no.why)
    if request.headers.get("Weft-Room"):
        return pieces(
            request, seat, seen or hour.look(), said=said, words=request.POST.get("words", "") if said else ""
        )
    if said:
        messages.warning(request, said)
    if what == "leave" and not said:
        return redirect(seat.gathering)
    return redirect("gatherings:room", key=seat.circle_id, gathering_key=seat.gathering_id)


def _arrived(request: Request, seat: Seat, no: Refused) -> bool:
    """Whether this is only the second try of something that had arrived, whose answer was lost on the way."""
    if not isinstance(no, Stale) or "again" not in request.POST:
        return False
    words, once = request.POST.get("words", "").strip(), _number(request, "once")
    return not words or (once is not None and Said.objects.filter(pk=once, seat=seat).exists())


def _forbidden(seat: Seat, what: str, other: int | None) -> str:
    """Why this may not be, though the hour would let it: of who may guide, and of an old consent, it knows nothing."""
    if _is_of_guides(seat, what, other) and (
        no := opening.reasons_against(seat.gathering, seat.persona, opens=what in OPENING)
    ):
        return " ".join(no)
    if what == "hand_over" and other is not None:
        to = Seat.objects.select_related("persona").filter(gathering=seat.gathering, pk=other).first()
        if to is not None and opening.reasons_against(seat.gathering, to.persona):
            return refusal("cannot_lead")
    if what in ("admit", "by_phone") and other is not None:
        found = Seat.objects.filter(gathering=seat.gathering, pk=other)
        for one in found.select_related("persona__circle", "gathering__series__circle"):
            if consent.needed(one):
                return _("They have still to say yes to what is asked before this hour.")
    return ""


def _is_of_guides(seat: Seat, what: str, other: int | None) -> bool:
    """Whether only those who guide may do this. What anybody may do for themself is not asked about."""
    if what == "answer_help":
        return other not in (None, seat.pk)
    return what in OPENING or (what in ACTS and ACTS[what].guided)


def _act(request: Request, seat: Seat, hour: Hour, what: str) -> Room:
    words, turn = request.POST.get("words", "").strip(), _number(request, "turn")
    window, other = _window(request, seat), _number(request, "seat")
    if words and what in WITH_WORDS:
        seen = hour.say(words, by=seat, turn=turn, window=window, once=_number(request, "once"))
        if what == "say":
            return seen
    if what == "say":
        return hour.look()
    plan = dict(seat.gathering.series.plan or {})
    minutes = _number(request, "minutes") or (int(plan.get("minutes") or 0) if what in PROMPTED else 0)
    asked = words[:300] if what in PROMPTED else ""
    return hour.act(what, by=seat, turn=turn, seat=other, words=asked, minutes=minutes, window=window)


def _close_to(request: Request, seat: Seat) -> None:
    """Who was just sent out does not come to the next hours either."""
    form, by = ClosedForm(request.POST), seat.persona
    found = Seat.objects.filter(gathering=seat.gathering, pk=_number(request, "seat") or 0)
    other = found.select_related("persona", "gathering__series").first()
    if other is None or other.persona.is_inside or not by.facilitates or not form.is_valid():
        raise NotYours("not_guiding")
    visiting.close_to(other, by=by, **form.cleaned_data)


def _come(request: Request, seat: Seat, hour: Hour) -> HttpResponse:
    if asked := _asked(seat):
        return asked
    window = ids.random_id() >> 20  # so small that a browser's numbers hold it
    try:
        hour.come(by=seat, window=window)
    except Refused as no:
        messages.warning(request, refusal(no.why))
    else:
        request.session[_name(seat)] = window
    return redirect("gatherings:room", key=seat.circle_id, gathering_key=seat.gathering_id)


def _asked(seat: Seat) -> HttpResponse | None:
    """What somebody is asked before they come in: their yes to the consent in force, and where they are today."""
    if not seat.persona.is_inside and visiting.asked_again(seat):
        return redirect("gatherings:visit", key=seat.circle_id, gathering_key=seat.gathering_id)
    if now := consent.needed(seat):
        here = reverse("gatherings:room", kwargs={"key": seat.circle_id, "gathering_key": seat.gathering_id})
        asks = reverse("gatherings:consent", kwargs={"key": seat.circle_id, "consent_key": now.pk})
        return redirect(f"{asks}?{urlencode({'next': here})}")
    if (
        seat.gathering.series.asks_where
        and not seat.persona.facilitates
        and not Arrival.objects.filter(seat=seat).exists()
    ):
        return redirect("gatherings:arrive", key=seat.circle_id, gathering_key=seat.gathering_id)
    return None


def _around(seat: Seat) -> dict[str, Any]:
    return {"persona": seat.persona, "circle": seat.persona.circle, "gathering": seat.gathering, "seat": seat}


def _sight(request: Request, seat: Seat, seen: Room) -> Sight:
    return Sight(seat.gathering, seen, seat, int(time.now().timestamp()), _window(request, seat))


def _shown(seat: Seat, sight: Sight, *, said: str = "", words: str = "") -> dict[str, Any]:
    last = Line.objects.filter(gathering=seat.gathering).order_by("-number")[: 4 * LINES]
    happened = sight.lines(line.said for line in reversed(last))[-LINES:]
    speaks = seat.gathering.series.way != Series.Way.TEXT
    return {
        **_around(seat),
        "sight": sight,
        "happened": happened,
        "written": sight.written(Said.objects),
        "said": said,
        "kept": words,
        "once": ids.random_id(),
        "arrivals": _arrivals(seat, sight),
        "sent_out": _sent_out(seat, sight),
        "closing": ClosedForm() if seat.persona.facilitates else None,
        "links": links(seat, sight.room) if speaks else [],
        "ice": [{"urls": address} for address in settings.ICE],
        "may_speak": _may_speak(seat, sight),
        "pass": streams.token(f"gathering:{seat.gathering_id}", seat.persona_id),
    }


def pieces(
    request: Request, seat: Seat, seen: Room, *, said: str = "", words: str = "", unless: str = ""
) -> HttpResponse:
    """The pieces of the room; nothing, if the page has them already: each page asks every ten seconds."""
    if seen.chair(seat.pk) is None:
        raise Http404
    sight = _sight(request, seat, seen)
    if unless and unless == sight.mark:
        return HttpResponse(status=204)
    answer = render(request, "gatherings/room_now.html", _shown(seat, sight, said=said, words=words))
    answer["Weft-Room"] = sight.mark
    return streams.live(answer, f"gathering:{seat.gathering_id}", seat.persona_id)


def _arrivals(seat: Seat, sight: Sight) -> list[Arrival]:
    """Where everybody is, for whoever guides, while the hour goes on."""
    if not sight.me.guides or not sight.me.chair.is_inside or sight.phase == ENDED:
        return []
    return list(Arrival.objects.filter(seat__in=sight.seats).select_related("seat__persona"))


def _sent_out(seat: Seat, sight: Sight) -> list[Sitting]:
    """The visitors who were sent out of this hour, and to whom the next ones are open; for who may close them."""
    if not (sight.me.guides and sight.me.chair.is_inside and seat.persona.facilitates):
        return []
    out = [one for one in sight.by_seat.values() if one.visits and one.chair.standing == REMOVED]
    closed = VisitBar.among(sight.seats[one.seat].persona for one in out)
    return [one for one in out if sight.seats[one.seat].persona_id not in closed]


def _may_speak(seat: Seat, sight: Sight) -> str:
    """The most that this one may use now: picture, voice, at the door a check of the device, or nothing but writing."""
    way = media().best(seat.gathering.series.way, len(sight.inside))
    if way == Series.Way.TEXT or sight.phase == "ended":
        return ""
    return {"inside": way, "quiet": way, "knocks": "check"}.get(sight.me.chair.standing, "")


def _name(seat: Seat) -> str:
    return f"hour:{seat.gathering_id}"


def _window(request: Request, seat: Seat) -> int:
    """The window of this browser in this hour; one that never came has none that counts."""
    return int(request.session.get(_name(seat), 1))


def _number(request: Request, name: str) -> int | None:
    said = request.POST.get(name, "")
    return int(said) if said.isdecimal() and len(said) < 20 else None
