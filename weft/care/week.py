"""One's own: the week that was and that comes, what one offers, and a calendar of one's promises."""

from datetime import date, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from weft.care import saying
from weft.care.forms import OfferForm
from weft.care.models import Care, Diary, Guest, Near, Need, Promise, Slot
from weft.care.open_views import OPENS
from weft.care.views import ACTS, cared
from weft.circles.models import Persona
from weft.gatherings.calendars.feed import neutral
from weft.gatherings.calendars.ical import Calendar, Event
from weft.loom import errors, keys, time
from weft.people.request import Request

WEEK, LONG = timedelta(days=7), timedelta(days=60)


@ACTS.guards
def week(request: Request, key: int) -> HttpResponse:
    """Hours, nights, and the last day off, for oneself alone; and what one would put forward."""
    persona, care = cared(request, key)
    near = Near.objects.filter(persona=persona).first()
    form = OfferForm(request.POST if request.method == "POST" else None, near=near)
    if request.method == "POST":
        if not persona.may_write:
            raise Http404
        if form.is_valid():
            Near.offer(*form.said, by=persona)
            messages.success(request, _("Saved."))
            return redirect("care:week", key=key)
    slots = [promise.slot for promise in mine(persona)]
    context: dict[str, Any] = {"persona": persona, "circle": persona.circle, "care": care, "form": form}
    context |= summed(slots) | {"say": saying}
    context["ahead"] = [slot for slot in slots if not slot.has_begun]
    diary = Diary.objects.filter(persona=persona).first()
    context["link"] = settings.ADDRESS + diary.get_absolute_url() if diary else ""
    return render(request, "care/week.html", context)


def mine(persona: Persona) -> list[Promise]:
    """What this persona has promised, from two months ago on, the first first."""
    found = Promise.objects.filter(persona=persona, slot__starts__gt=time.now() - LONG)
    return list(found.select_related("slot__need").order_by("slot__starts"))


def summed(slots: list[Slot]) -> dict[str, Any]:
    """The week that was: hours, nights, and the last day without anything. Never beside anybody else's."""
    now = time.now()
    was = [slot for slot in slots if now - WEEK < slot.starts <= now]
    minutes = sum(slot.minutes for slot in was)
    return {
        "hours": round(minutes / 60),
        "nights": sum(slot.need.kind == Need.Kind.NIGHT for slot in was),
        "off": _off(slots),
    }


def _off(slots: list[Slot]) -> date | None:
    """The last whole day without anything, on one's own clock, within two months."""
    busy = set()
    for slot in slots:
        day, last = timezone.localdate(slot.starts), timezone.localdate(slot.ends - timedelta(minutes=1))
        while day <= last:
            busy.add(day)
            day += timedelta(days=1)
    today = timezone.localdate(time.now())
    back = (today - timedelta(days=n) for n in range(1, LONG.days))
    return next((day for day in back if day not in busy), None)


@ACTS.guards
@require_POST
def diary(request: Request, key: int) -> HttpResponse:
    """Get an address for one's calendar, or end it."""
    persona, _care = cared(request, key)
    found = Diary.objects.filter(persona=persona).first()
    if "end" in request.POST:
        if found:
            found.close()
        messages.success(request, _("Your calendar is gone. Its address shows nothing to anybody now."))
    else:
        Diary.open(persona)
        messages.success(request, _("Your calendar is there. Its address is on this page."))
    return redirect("care:week", key=key)


@login_not_required
@require_safe
def calendar(request: HttpRequest, token: str) -> HttpResponse:
    """A calendar of promises, for the program that was given its address. It sets no cookie."""
    found = Diary.held(token)
    if found is None or not Care.objects.filter(circle=found.circle_id, ended_on=None).exists():
        raise Http404
    if not OPENS.take("diary", found.pk):
        return errors.too_many(request)
    return _file([_event(promise.slot, found.pk) for promise in mine(found.persona)])


@login_not_required
@require_safe
def guest_times(request: HttpRequest, token: str) -> HttpResponse:
    """The same, of somebody who has no account."""
    guest = Guest.held(token)
    if guest is None or not Care.objects.filter(circle=guest.circle_id, ended_on=None).exists():
        raise Http404
    if not OPENS.take("diary", guest.pk):
        return errors.too_many(request)
    found = Promise.objects.filter(guest=guest, slot__starts__gt=time.now() - LONG).select_related("slot__need")
    return _file([_event(promise.slot, guest.pk) for promise in found.order_by("slot__starts")])


def _file(events: list[Event]) -> HttpResponse:
    text = Calendar(_("My times"), events).text()
    answer = HttpResponse(text, content_type="text/calendar; charset=utf-8")
    answer["Content-Disposition"] = 'inline; filename="calendar.ics"'
    answer["X-Robots-Tag"] = "noindex, nofollow"
    answer["Cache-Control"] = "private, no-cache"
    return answer


def _event(slot: Slot, of: int) -> Event:
    """A title that tells nothing but day and hour; each calendar calls a slot by another name."""
    zone = ZoneInfo(slot.need.zone)
    with timezone.override(zone):
        title = neutral(slot.starts)
    uid = keys.tag(keys.secret("care"), "uid", of, slot.pk).hex()
    return Event(uid, title, slot.starts.astimezone(zone), slot.minutes, time.midnight(slot.day))
