"""Small settings, saved at once: with a word that it is done, and a way back."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.urls import reverse

from weft.people.request import Request


def saved(request: Request, words: str, *, undo: list[tuple[str, str]] | None = None, at: str = "") -> HttpResponse:
    """The answer to a small change. *undo*: what, sent to the same address, puts it back. *at*: the part of the page
    that says so, if it includes `people/done.html`.

    A switch that was sent by the script is its own way back, and the page stays as it is."""
    if "quietly" in request.POST:
        return JsonResponse({"saved": words})
    if undo is None:
        messages.success(request, words)
    else:
        request.session["undo"] = {"to": request.path, "said": undo, "words": words, "at": at}
    return redirect(reverse("people:settings") + (f"#{at}" if at else ""))


def undo(request: Request) -> dict[str, Any] | None:
    """How the last small change is put back; offered once, on the page after it."""
    found: dict[str, Any] | None = request.session.pop("undo", None)
    return found
