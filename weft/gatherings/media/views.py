"""Tuning in, and the signals between pages. The pages are told by the stream, and fetch over HTTP."""

import json
from typing import Any

from django.http import Http404, HttpResponse, HttpResponseBadRequest, JsonResponse
from django.views.decorators.http import require_POST

from weft.gatherings import room
from weft.gatherings.hour.keeper import Hour
from weft.gatherings.media.mesh import links
from weft.gatherings.models import Seat, Series, Signal, Tuning
from weft.loom import streams
from weft.loom.caps import Cap
from weft.people.request import Request

TUNING = Cap(at_once=20, every=3)
SIGNALS = Cap(at_once=600, every=0.05)
MOST = 40  # signals in one request
LONGEST = 60_000  # letters of one request


@TUNING.guards
@require_POST
def tune(request: Request, key: int, gathering_key: int) -> HttpResponse:
    """Tune in by voice or picture, or off. The answer is the room as it is then."""
    seat = room.seat_in(request, key, gathering_key)
    way = request.POST.get("way", "")
    allowed = [Series.Way.TEXT, Series.Way.VOICE, Series.Way.VIDEO]
    if way not in allowed or allowed.index(Series.Way(way)) > allowed.index(Series.Way(seat.gathering.series.way)):
        return HttpResponseBadRequest()
    seen = Hour.of(seat.gathering).look()
    chair = seen.chair(seat.pk)
    if chair is None or (way != Series.Way.TEXT and chair.standing not in ("inside", "quiet")):
        raise Http404
    Tuning.turn(seat, way)
    return room.pieces(request, seat, seen)


@SIGNALS.guards
def signals(request: Request, key: int, gathering_key: int) -> HttpResponse:
    """What other pages said to this one since a number; or, sent, what this one says to others."""
    seat = room.seat_in(request, key, gathering_key)
    if request.method == "POST":
        return _send(request, seat)
    since = request.GET.get("since", "")
    found = Signal.after(int(since) if since.isdecimal() and len(since) < 10 else 0, to=seat)
    answer = JsonResponse(
        {"signals": [{"number": one.number, **one.said, "from": str(one.said["from"])} for one in found]}
    )
    return streams.live(answer, f"seat:{seat.pk}", seat.persona_id)


def _send(request: Request, seat: Seat) -> HttpResponse:
    """Only to those with whom this seat is linked now: who is hidden from it, or not in the room, gets nothing."""
    said = _read(request)
    if said is None:
        return HttpResponseBadRequest()
    linked = {link["seat"]: link for link in links(seat, Hour.of(seat.gathering).look())}
    for one in said:
        to = linked.get(one["to"])
        if to is not None:
            other = Seat.objects.get(pk=int(to["seat"]))
            Signal.send({name: value for name, value in one.items() if name != "to"}, by=seat, to=other)
    return HttpResponse(status=204)


def _read(request: Request) -> list[dict[str, Any]] | None:
    words = request.POST.get("signals", "")
    try:
        said = json.loads(words) if len(words) < LONGEST else None
    except (ValueError, RecursionError):
        return None
    if not isinstance(said, list) or len(said) > MOST:
        return None
    if not all(isinstance(one, dict) and str(one.get("to", "")).isdecimal() for one in said):
        return None
    return [{**one, "to": str(one["to"])} for one in said]
