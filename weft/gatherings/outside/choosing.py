"""Which meetings of a circle the world outside may know of: chosen by whoever guides it."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from weft.circles.desk import GUIDING, guiding
from weft.gatherings.models import Series
from weft.gatherings.outside.listed import Listed
from weft.loom import ids, time
from weft.people.request import Request


@GUIDING.guards
def listing(request: Request, key: int) -> HttpResponse:
    """Put a meeting on the list, or take it off."""
    by = guiding(request, key)
    if request.method == "POST":
        series = get_object_or_404(Series, circle=by.circle, pk=ids.read(request.POST.get("series", "")))
        series.listed = "on" in request.POST and series.door == Series.Door.OPEN
        series.save(update_fields=["listed"])
        said = _("Anybody may see this meeting now.") if series.listed else _("Nobody outside sees it any more.")
        messages.success(request, said)
        return redirect("gatherings:listing", key=key)
    found = [Listed(series) for series in by.circle.series.select_related("listing")]
    running = [one for one in found if not one.series.ended_on or one.series.ended_on >= time.today()]
    context = {"persona": by, "circle": by.circle, "meetings": running}
    return render(request, "gatherings/listing.html", context)
