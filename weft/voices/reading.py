"""A second person reads what is to go out: voices for what would expose somebody, comments for what would hurt."""

import base64
import binascii
import struct

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from weft.loom import ids
from weft.notices.models import Notice
from weft.people.models import Duty
from weft.people.request import Request
from weft.voices.forms import ReadForm
from weft.voices.models import Comment, Voice
from weft.voices.piles import piles
from weft.voices.views import WRITING

PILES, SHOWN = 15, 12  # at a time: piles, and comments of one that are opened


@require_safe
def reading(request: Request) -> HttpResponse:
    """What waits for a reader."""
    if not request.person.has_duty(Duty.Kind.READER):
        raise Http404
    context = {
        "voices": Voice.objects.waiting(request.person),
        "comments": Comment.objects.waiting(request.person).exists(),
    }
    return render(request, "voices/reading.html", context)


@WRITING.guards
def read(request: Request, key: int) -> HttpResponse:
    """Read one for what might expose somebody. Who wrote it is not said."""
    voice = get_object_or_404(Voice.objects.waiting(request.person), pk=key)
    form = ReadForm(request.POST if request.method == "POST" else None, voice=voice)
    if request.method == "POST" and form.is_valid():
        yes = request.POST.get("answer") == "yes"
        said = form.cleaned_data
        if not yes and not said["marks"] and not said["note"].strip():
            form.add_error("note", _("Please mark a passage, or write why."))
        else:
            read_it = voice.answer(
                request.POST.get("digest", ""), yes=yes, marks=said["marks"], note=said["note"], by=request.person
            )
            if read_it:
                messages.success(request, _("Thank you. Whoever wrote it hears of it."))
            else:
                messages.warning(request, _("The words were changed while you read. Please read them again."))
            return redirect("voices:reading")
    return render(request, "voices/read.html", {"voice": voice, "form": form})


@WRITING.guards
def comments(request: Request) -> HttpResponse:
    """Comments that wait, those that are alike in one pile. A no may be for a whole pile, a yes is for one."""
    if not request.person.has_duty(Duty.Kind.READER):
        raise Http404
    waiting = Comment.objects.waiting(request.person)
    if request.method == "POST":
        _decide(request)
        return redirect("voices:comments_to_read")
    Notice.seen("voices.comment_to_read", request.person)
    found = piles(waiting.select_related("voice", "answers"))
    laid = [(pile[:SHOWN], len(pile), _packed(pile)) for pile in found[:PILES]]
    return render(request, "voices/comments.html", {"piles": laid, "more": len(found) > PILES})


def _decide(request: Request) -> None:
    if "refuse" in request.POST:
        gone = Comment.refuse(_unpacked(request.POST.get("pile", "")), by=request.person)
        said = ngettext("%(n)s comment is gone for good.", "%(n)s comments are gone for good.", gone)
        messages.success(request, said % {"n": gone})
        return
    key = request.POST.get("publish", "")
    comment = Comment.objects.waiting(request.person).filter(pk=ids.read(key)).first()
    if comment and comment.publish(request.POST.get(f"digest-{key}", ""), by=request.person):
        messages.success(request, _("It stands on the page now."))
    else:
        messages.warning(request, _("It was changed while you read, or somebody else decided. Please look again."))


def _packed(pile: list[Comment]) -> str:
    """What is in a pile now, for its form: what comes later is not let go of unread."""
    return base64.urlsafe_b64encode(b"".join(struct.pack(">q", one.pk) for one in pile)).decode()


def _unpacked(said: str) -> list[int]:
    try:
        return [pk for (pk,) in struct.iter_unpack(">q", base64.urlsafe_b64decode(said))]
    except (binascii.Error, struct.error):
        return []
