"""One's own calendar: its address and what stands in it; and the calendar itself, for the program that asks."""

import hashlib

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.cache import get_conditional_response
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from weft.gatherings.calendars import feed as feeds
from weft.gatherings.calendars.forms import FeedForm
from weft.gatherings.models.feed import Feed
from weft.loom.caps import Cap
from weft.loom.errors import too_many
from weft.people import door
from weft.people.request import Request

READING = Cap(at_once=30, every=60)  # for one calendar: phones ask every few minutes at most


@login_not_required
@require_safe
def feed(request: Request, token: str) -> HttpResponseBase:
    """A calendar, for the program that was given its address. It is asked for no name and given no cookie."""
    found = Feed.held(token)
    if found is None:
        raise Http404
    if not READING.take(found.pk):
        return too_many(request)
    text = feeds.calendar(found).text().encode()
    mark = f'"{hashlib.sha256(found.token.encode() + text).hexdigest()[:32]}"'
    answer = HttpResponse(text, content_type="text/calendar; charset=utf-8")
    answer["ETag"] = mark
    answer["Cache-Control"] = "private, no-cache"  # kept by whoever asked, and asked about each time
    answer["Content-Disposition"] = 'inline; filename="calendar.ics"'
    return get_conditional_response(request, etag=mark, response=answer) or answer


@door.CHANGES.guards
def calendar(request: Request) -> HttpResponse:
    """One's own calendar: get an address for it, and say what shall stand in it."""
    found = Feed.of(request.person)
    form = FeedForm(request.POST if request.method == "POST" else None, person=request.person, feed=found)
    if form.is_valid():
        there, found = found is not None, found or Feed.open(request.person)
        found.choose(**form.said)
        messages.success(request, _("Saved.") if there else _("Your calendar is there. Its address is on this page."))
        return redirect("gatherings:calendar")
    link = settings.ADDRESS + found.get_absolute_url() if found else ""
    context = {"form": form, "feed": found, "link": link, "webcal": "webcal://" + link.partition("://")[2]}
    return render(request, "gatherings/calendar.html", context)


@door.CHANGES.guards
@require_POST
def renew(request: Request) -> HttpResponse:
    """Another address; the old one answers nobody any more. Pressed twice, it is renewed once."""
    found = Feed.of(request.person)
    if found and request.POST.get("was") == str(found.pk):
        found.renew()
        messages.success(request, _("Here is your new address. The old one shows nothing to anybody now."))
    return redirect("gatherings:calendar")


@door.CHANGES.guards
@require_POST
def close(request: Request) -> HttpResponse:
    """No calendar any more."""
    found = Feed.of(request.person)
    if found:
        found.close()
        messages.success(request, _("Your calendar is gone. Its address shows nothing to anybody now."))
    return redirect("gatherings:calendar")
