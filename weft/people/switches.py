"""Small settings, saved at once: with a word that it is done, and a way back."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.urls import reverse

from weft.people.request import Request


def saved(request: Request, words: str, *, undo: list[tuple[str, str]] | None = None, at: str = "") -> HttpResponse:
    """The answer to a small change. *undo*: what, sent to the same address, puts it back. *at*: where on the page.

    A switch that was sent by the script is its own way back, and the page stays as it is."""
    if "quietly" in request.POST:
        return JsonResponse({"saved": words})
    messages.success(request, words)
    if undo is not None:
        request.session["undo"] = {"to": request.path, "said": undo}
    return redirect(reverse("people:settings") + (f"#{at}" if at else ""))


def undo(request: Request) -> dict[str, Any] | None:
    """How the last small change is put back; offered once, on the page after it."""
    found: dict[str, Any] | None = request.session.pop("undo", None)
    return found
