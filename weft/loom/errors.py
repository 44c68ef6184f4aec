"""Error pages: plain words, what was written given back, a way on, and always the way to help."""

import logging
import sys
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.middleware import LoginRequiredMiddleware
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render, resolve_url
from django.template.loader import get_template

from weft.loom import pages
from weft.loom.ailing import SAID, what

logger = logging.getLogger("weft.house")

# What stands when the frame itself is broken: no template, no translation, no database.
LAST = """<!doctype html>
<html lang="en">
<meta charset="utf-8">
<title>Notes</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<h1>Something broke on our side</h1>
<p>It was not you. Please try again in a few minutes.</p>
<p><strong>If somebody is in danger now, call the emergency number of your country.</strong></p>
<p>{help}<a href="/">Go to the first page</a></p>
"""


def page(request: HttpRequest, status: int, **more: Any) -> HttpResponse:
    said = {"status": status, "words": written(request), **more}
    return render(request, "loom/error.html", said, status=status)


def bad_request(request: HttpRequest, exception: Any = None) -> HttpResponse:
    """Something arrived damaged. Whoever it came from, nothing is looked up for it."""
    return _bare(request, 400)


def refused(request: HttpRequest, exception: Any = None, reason: str = "") -> HttpResponse:
    """Not allowed; or (with a *reason*) a form that may not have come from one of our own pages."""
    return page(request, 403, form=bool(reason))


def not_found(request: HttpRequest, exception: Any = None) -> HttpResponse:
    return page(request, 404)


def too_many(request: HttpRequest, exception: Any = None) -> HttpResponse:
    return page(request, 429)


def wait(request: HttpRequest, seconds: int) -> HttpResponse:
    """Somebody reads faster than people do."""
    answer = page(request, 429, minutes=-(-seconds // 60) if seconds > 60 else 0, reading=True)
    answer["Retry-After"] = str(seconds)
    return answer


def broken(request: HttpRequest) -> HttpResponse:
    """Rendered without the database, since that may be what broke; and in the last resort without a template.

    A house that cannot write or read just now says so, and will again when it can: that is 503."""
    ailing = what(sys.exc_info()[1])
    status = 503 if ailing else 500
    if ailing:
        logger.error(SAID[ailing])
    try:
        answer = _bare(request, status, ailing=ailing)
    except Exception:
        logger.exception("the page for errors is broken too")
        answer = HttpResponse(LAST.format(help=_way_to_help()), status=status)
    if ailing:
        answer["Retry-After"] = "60"
    return answer


@login_not_required
def offline(request: HttpRequest) -> HttpResponse:
    """What a browser may keep and show when there is no connection: the same for everybody."""
    return HttpResponse(get_template("loom/offline.html").render(pages.bare()))


class ClosedByDefault(LoginRequiredMiddleware):
    """Whoever is not signed in goes to the door; who was signed out while they wrote gets their words back first."""

    def handle_no_permission(  # type: ignore[override]  # more than a redirect
        self, request: HttpRequest, view_func: Callable[..., Any]
    ) -> HttpResponse:
        if written(request):
            return page(request, 403, door=resolve_url(settings.LOGIN_URL))
        return super().handle_no_permission(request, view_func)


class NoBlankPages:
    """An address that only takes a form, opened as a page (after the door, say), is answered in words."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if response.status_code == 405 and request.method == "GET":
            allowed, response = response["Allow"], page(request, 405)
            response["Allow"] = allowed
        return response


def written(request: HttpRequest) -> list[str]:
    """The words in a form that did not get through, to be given back. No browser may be trusted to keep them.

    Only what one of our own pages sent: otherwise another site could put its words on a page of ours. Nothing short,
    and nothing secret.
    """
    try:
        if request.method != "POST" or not _from_here(request):
            return []
        return [
            value
            for name, values in request.POST.lists()
            if not any(part in name.lower() for part in SECRET)
            for value in values
            if isinstance(value, str) and len(value.split()) > 3
        ]
    except Exception:  # a form that cannot be read; this page is shown because something is wrong
        return []


SECRET = ("pass", "secret", "code", "token", "again", "next")


def _from_here(request: HttpRequest) -> bool:
    origin = request.headers.get("Origin", "")
    return origin == f"{request.scheme}://{request.get_host()}" if origin else False


def _bare(request: HttpRequest, status: int, **more: Any) -> HttpResponse:
    said = pages.bare(request) | {"status": status, "words": written(request)} | more
    return HttpResponse(get_template("loom/error.html").render(said), status=status)


def _way_to_help() -> str:
    try:
        doors = [door for door in pages.doors(pages.here())["foot"] if "help" in door.css]
        return "".join(f'<a href="{pages.url(door.view)}">Need someone now?</a> · ' for door in doors)
    except Exception:
        return ""
