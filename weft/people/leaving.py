"""Leaving: at once, from every page, without a trace."""

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import HttpResponse, HttpResponseRedirect
from django.utils.cache import patch_cache_control
from django.views.decorators.csrf import csrf_exempt

from weft.loom.pace import at_any_pace
from weft.loom.section import sections
from weft.people.request import Request

ELSEWHERE = "https://www.wikipedia.org/"


def elsewhere(request: Request) -> str:
    """The page that somebody lands on who leaves: what the house has chosen, or an encyclopedia."""
    said = {key: value for section in sections() for key, value in section.frame(request).items() if key == "leave_to"}
    return str(said.get("leave_to") or ELSEWHERE)


@csrf_exempt
@login_not_required
@at_any_pace
def leave(request: Request) -> HttpResponse:
    """End the session and go elsewhere. A link does this too, and nothing else in the house: leaving must not ask.

    Nothing is counted and nothing logged. A stranger's page could at most sign somebody out, by sending them here.

    The browser is told to forget its cache and its cookies. Its storage is only cleared on a shared phone: there lies
    the page of numbers for a hard moment, which must still open when there is no network, and clearing storage would
    take that away with its service worker. Words that could not be sent yet lie there too, sealed by a key that ends
    here with the session; the script of “Leave” takes them away."""
    shared = bool(request.session.get("shared"))
    request.session.flush()
    request.person = None
    answer = HttpResponse(status=204) if request.method == "POST" else HttpResponseRedirect(elsewhere(request))
    answer["Clear-Site-Data"] = '"cache", "cookies", "storage"' if shared else '"cache", "cookies"'
    for name in (settings.SESSION_COOKIE_NAME, settings.CSRF_COOKIE_NAME):
        answer.delete_cookie(name, samesite="Lax")
    patch_cache_control(answer, no_store=True)
    return answer
