"""What the world answers to a voice. These pages set no cookie and know nobody; a link of its own opens a comment to
whoever wrote it.

A comment is sent in two steps: the first shows it as it will stand, the second gives it to be read. Between them the
browser may do a little work (`comment.js`); without a script it goes too, but fewer of those are taken in an hour.
"""

import hashlib
import time as clock
from typing import Any

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.core import signing
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from weft.loom import ids, keys, text
from weft.loom.caps import Cap
from weft.loom.pages import url
from weft.voices.forms import ChangeForm, CommentForm
from weft.voices.models import Comment, Voice
from weft.voices.models.comment import address_until
from weft.voices.open_views import gone, shown
from weft.voices.person_first import hints

SOON = 3.0  # seconds: nobody reads their own words in less
LATE = 24 * 60 * 60
WORK = 14  # bits
PROVEN = Cap(at_once=120, every=10)  # in the whole house
UNPROVEN = Cap(at_once=30, every=120)
CHANGING = Cap(at_once=20, every=30)  # of one comment


def _signer() -> signing.TimestampSigner:
    return signing.TimestampSigner(key=keys.secret("voices").hex(), salt="comment")


def _begun(token: str) -> tuple[int, float] | None:
    """The id that the comment will have, and how long ago its first step was taken; None for no token of ours."""
    try:
        said = _signer().unsign(token, max_age=LATE)
        since = signing.b62_decode(token.rsplit(":", 2)[1])
    except signing.BadSignature:
        return None
    return int(said), clock.time() - since


def is_proof(token: str, proof: str) -> bool:
    """Whether some work was done for this token: a number with which its hash begins with so many bits of nothing."""
    if not proof.isdecimal() or len(proof) > 12:
        return False
    found = hashlib.sha256(f"{token}.{proof}".encode()).digest()
    return int.from_bytes(found[:4], "big") >> (32 - WORK) == 0


def _voice(key: int) -> Voice | None:
    found = Voice.objects.public().filter(pk=key).first()
    return found if found and found.takes_comments else None


@csrf_exempt  # nobody is signed in here, and whoever sends it says all that counts
@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
def comment(request: HttpRequest, key: int) -> HttpResponse:
    """Leave a comment on a voice."""
    voice = _voice(key)
    if voice is None:
        return gone()
    return _leave(request, voice, None) if request.method == "POST" else redirect(f"{voice.get_absolute_url()}#comment")


@csrf_exempt
@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
def answer(request: HttpRequest, key: int, comment_key: int) -> HttpResponse:
    """Answer a comment."""
    voice = _voice(key)
    if voice is None:
        return gone()
    answered = voice.comments.standing().filter(answers=None, erased=False, pk=comment_key).first()
    return _leave(request, voice, answered) if answered else gone()


def _leave(request: HttpRequest, voice: Voice, answered: Comment | None) -> HttpResponse:
    form = CommentForm(request.POST if request.method == "POST" else None, voice=voice)
    if not form.is_valid():
        return _ask(voice, answered, form)
    token = request.POST.get("token", "")
    begun = _begun(token)
    if begun is None or request.POST.get("how") != "send":
        return _ask(voice, answered, form, look=True)
    key, since = begun
    if since < SOON:
        return _ask(
            voice, answered, form, look=True, token=token, why=_("That was very quick. Please read it once more.")
        )
    proven = is_proof(token, request.POST.get("proof", ""))
    known = Comment.objects.filter(pk=key).exists()  # sent twice
    if not known and not (PROVEN if proven else UNPROVEN).take():
        why = _("Many people are writing just now. Please keep this page open and send it again in a few minutes.")
        return _ask(voice, answered, form, look=True, token=token, why=why, status=429)
    said = form.cleaned_data
    left = Comment.leave(
        key, voice, said["name"], said["text"], email=said["email"], answers=answered,
        tell=bool(said.get("tell")), language=translation.get_language() or "", proven=proven,
    )  # fmt: skip
    if left is None:
        why = _("So many wait to be read that there is no room today. Please copy your words, and come back tomorrow.")
        return _ask(voice, answered, form, look=True, token=token, why=why, status=429)
    return redirect("voices:own_comment", code=left.code)


def _ask(
    voice: Voice, answered: Comment | None, form: CommentForm, *, look: bool = False, status: int = 200, **more: Any
) -> HttpResponse:
    """The form; and with *look* how the comment will stand."""
    said: dict[str, Any] = {"voice": voice, "answered": answered, "form": form, "until": address_until(), "look": look}
    if look:
        said["html"] = text.safe(text.render(form.cleaned_data["text"]))
        more |= {"hide": form.data.get("hide"), "hints": hints(form.cleaned_data["text"])}
        more.setdefault("token", _signer().sign(str(ids.random_id())))
    answer = shown("voices/comment.html", status=status, work=WORK, **said, **more)
    answer["X-Robots-Tag"] = "noindex, nofollow"
    return answer


@csrf_exempt  # the link itself says whose it is
@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
def own(request: HttpRequest, code: str) -> HttpResponse:
    """One's own comment, by its own link: where it stands; change it, erase it, end the mail."""
    found = Comment.opened(code)
    if found is None:
        return gone()
    initial = {"name": found.name, "text": found.text}
    form = ChangeForm(request.POST if "text" in request.POST else None, voice=found.voice, initial=initial)
    if request.method == "POST" and CHANGING.take(found.pk):
        how = request.POST.get("how")
        if how == "erase":
            found.erase()
            return gone()
        if how == "off":
            found.forget_address()
            return redirect("voices:own_comment", code=code)
        if form.is_valid():
            if (found.name, found.text) != (form.cleaned_data["name"], form.cleaned_data["text"]):
                found.change(form.cleaned_data["name"], form.cleaned_data["text"])
            return redirect("voices:own_comment", code=code)
    answer = shown("voices/own_comment.html", comment=found, form=form, mails=settings.MAIL is not None)
    answer["X-Robots-Tag"] = "noindex, nofollow"
    return answer


@csrf_exempt  # a mail program sends this (RFC 8058)
@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
def off(request: HttpRequest, code: str) -> HttpResponse:
    """No more mail, by the button of a mail program; whoever follows the link finds the button on the page."""
    found = Comment.opened(code)
    if found is None:
        return gone()
    if request.method == "POST":
        found.forget_address()
    return redirect(url("voices:own_comment", code=code))
