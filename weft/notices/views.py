"""The bell."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from weft.notices.bell import Bell
from weft.people.request import Request


@require_safe
def bell(request: Request) -> HttpResponse:
    """All that this person was told, the newest first."""
    here = Bell.of(request.person)
    return render(request, "notices/bell.html", {"days": here.by_day, "new": here.has_news})


@require_safe
def opened(request: Request, key: int) -> HttpResponse:
    """Go to what a notice is about. It is read then; that changes nothing for anybody else."""
    notice = Bell.of(request.person).find(key)
    if notice is None:
        raise Http404
    notice.read()
    return redirect(notice.address)


@require_POST
def read(request: Request) -> HttpResponse:
    """All read."""
    Bell.of(request.person).read_all()
    messages.success(request, _("All of it counts as read."))
    return redirect("notices:bell")
