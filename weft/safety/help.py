"""“Need someone now?”: the page of numbers, the copy of it that a device keeps, and the script that keeps it."""

from functools import cache
from pathlib import Path

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import get_template
from django.views.decorators.http import require_GET

from weft.loom import pages
from weft.loom.pace import at_any_pace
from weft.loom.section import sections
from weft.safety.at_hand import AtHand
from weft.safety.models import HelpLine


@require_GET
@login_not_required
@at_any_pace
def help_now(request: HttpRequest) -> HttpResponse:
    """Numbers, the house's own people, and the next ten minutes. Signed in or out, without a script."""
    return render(request, "safety/help.html")


@require_GET
@login_not_required
@at_any_pace
def kept(request: HttpRequest) -> HttpResponse:
    """The copy that a device keeps: every country, without the house's name, and the same whoever asks for it."""
    hand = AtHand(request)
    others = [(name, HelpLine.of(code)) for code, name in hand.countries.items() if code != hand.country]
    page = get_template("safety/help.html")
    return HttpResponse(page.render(pages.bare() | {"at_hand": hand, "others": others, "kept": True}))


@require_GET
@login_not_required
@at_any_pace
def worker(request: HttpRequest) -> HttpResponse:
    """The service worker. It stands at the root, since it may only answer for pages below its own address."""
    # The others come first: whoever answers for a page ends the matter.
    pieces = [*(section.worker() for section in sections()), _worker()]
    response = HttpResponse("\n".join(filter(None, pieces)), content_type="text/javascript; charset=utf-8")
    response.headers["Cache-Control"] = "no-cache"
    return response


@cache
def _worker() -> str:
    return (Path(__file__).parent / "static" / "safety" / "worker.js").read_text()
