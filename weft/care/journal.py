"""News once for all rings, read first by whoever decides; and the journal that they make."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from weft.care import saying
from weft.care.forms import NewsForm
from weft.care.models import News, Ring
from weft.care.views import ACTS, cared
from weft.loom import ids, text
from weft.people.request import Request

PAGE = 30


@ACTS.guards
def news(request: Request, key: int) -> HttpResponse:
    """All news, and a sheet for more."""
    persona, care = cared(request, key)
    writes = care.ring == Ring.INNER and not care.ended_on and persona.may_write
    form = NewsForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and not writes:
        raise Http404
    if request.method == "POST" and form.is_valid():
        told = News.tell(ids.once(request), form.cleaned_data["words"], form.cleaned_data["outer"], by=persona)
        waits = _("It waits until whoever decides has read it.")
        messages.success(request, waits if told.is_waiting else _("It is told."))
        return redirect("care:news", key=key)
    found = [one for one in News.objects.seen_by(persona, care)[:PAGE] if one.by_id not in persona.hidden]
    context: dict[str, Any] = {"persona": persona, "circle": persona.circle, "care": care, "news": found}
    context |= {"form": form, "writes": writes, "once": ids.once(request), "decides": care.is_decided_by(persona)}
    return render(request, "care/news.html", context)


@ACTS.guards
@require_POST
def answer(request: Request, key: int, news_key: int) -> HttpResponse:
    """Whoever decides lets it be told, in these words, or not; whoever wrote it takes it back."""
    persona, care = cared(request, key)
    found = get_object_or_404(News.objects.seen_by(persona, care), pk=news_key)
    how, form = request.POST.get("how", ""), NewsForm(request.POST)
    try:
        if how == "take_back":
            found.take_back(by=persona)
            messages.success(request, _("It is gone."))
        elif how == "yes" and form.is_valid():
            found.answer(True, form.cleaned_data["words"], form.cleaned_data["outer"], by=persona)
            messages.success(request, _("It is told."))
        elif how == "no":
            found.answer(False, "", "", by=persona)
            messages.success(request, _("It is not told. Whoever wrote it hears so."))
        else:
            raise Http404
    except PermissionError:
        raise Http404 from None
    return redirect("care:news", key=key)


@require_safe
def journal(request: Request, key: int) -> HttpResponse:
    """The journal as a file to keep, in the words that one's own ring reads."""
    persona, care = cared(request, key)
    found = News.objects.seen_by(persona, care).filter(is_waiting=False).order_by("number")
    lines = [
        f"{saying.dated(one.told_at)}, {text.moment(one.told_at)}\n\n{one.said(care.ring)}\n"
        for one in found
        if one.by_id not in persona.hidden
    ]
    if care.farewell:
        lines.append(f"{care.farewell}\n")
    answer = HttpResponse("\n".join(lines), content_type="text/plain; charset=utf-8")
    answer["Content-Disposition"] = 'attachment; filename="journal.txt"'
    return answer
