"""Bring meetings from a list elsewhere into a circle: give it, look at what would change, say yes, and undo."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.core.files.uploadhandler import MemoryFileUploadHandler
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_POST

from weft.circles.desk import guiding
from weft.gatherings.incoming import fetching, reading
from weft.gatherings.incoming.changes import Changes
from weft.gatherings.incoming.forms import BringForm
from weft.gatherings.incoming.forms import odd as in_words
from weft.gatherings.models.listing import Import
from weft.loom.caps import Cap
from weft.people.request import Request

BRINGING = Cap(at_once=10, every=60)


def with_a_file(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """This page takes a file, which no other does: into memory, never onto the disk. The form is checked after that."""

    @csrf_exempt
    @wraps(view)
    def taking(request: Any, *args: Any, **kwargs: Any) -> HttpResponse:
        request.upload_handlers = [MemoryFileUploadHandler(request)]
        answer: HttpResponse = csrf_protect(view)(request, *args, **kwargs)
        return answer

    return taking


@with_a_file
@BRINGING.guards
def bring(request: Request, key: int) -> HttpResponse:
    """Give a list: paste it, choose a file, or say where it lies."""
    by = guiding(request, key)
    posted = request.method == "POST"
    form = BringForm(request.POST if posted else None, request.FILES if posted else None)
    odd: list[tuple[str, str]] = []
    if form.is_valid():
        try:
            data = form.data_in_hand or fetching.fetch(form.cleaned_data["address"])
            found = reading.read(data, form.cleaned_data["zone"])
        except (reading.Unread, fetching.Unfetched) as why:
            form.add_error(None, form.why(str(why)))
        else:
            if found.needs_zone:
                form.add_error("zone", _("The list does not say by which clock its hours are. Please choose it."))
            elif not found.meetings:
                form.add_error(None, _("There is no meeting in it that we can read."))
                odd = found.odd
            else:
                brought = Import(circle=by.circle, by=by, said=[one.plain for one in found.meetings])
                brought.save(force_insert=True)
                request.session["odd"] = [found.odd[:20], len(found.odd)]
                return redirect("gatherings:brought", key=key, import_key=brought.pk)
    last = Import.objects.filter(circle=by.circle, is_done=True, is_undone=False).order_by("-made_on")[:5]
    context = {"persona": by, "circle": by.circle, "form": form, "odd": in_words(odd), "last": last}
    return render(request, "gatherings/bring.html", context | {"house_zone": settings.TIME_ZONE})


@BRINGING.guards
def brought(request: Request, key: int, import_key: int) -> HttpResponse:
    """What would change; and the yes to it."""
    by = guiding(request, key)
    found = get_object_or_404(Import, pk=import_key, circle=by.circle)
    if request.method == "POST":
        found.bring_in(gone="gone" in request.POST, by=by)
        messages.success(request, _("The list is brought in. You can undo it here."))
        return redirect("gatherings:brought", key=key, import_key=import_key)
    odd, many = request.session.pop("odd", [[], 0])
    changes = None if found.is_done else Changes.of(found)
    context = {"persona": by, "circle": by.circle, "brought": found, "changes": changes}
    return render(request, "gatherings/brought.html", context | {"odd": in_words(odd), "many": many})


@BRINGING.guards
@require_POST
def take_back(request: Request, key: int, import_key: int) -> HttpResponse:
    """Undo a list that was brought in."""
    by = guiding(request, key)
    get_object_or_404(Import, pk=import_key, circle=by.circle).take_back(by=by)
    messages.success(request, _("It is as it was before the list came."))
    return redirect("gatherings:bring", key=key)
