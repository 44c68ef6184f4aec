"""What the world sees. These pages know nobody: they set no cookie, and are the same for whoever asks."""

from datetime import datetime
from typing import Any

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.template.loader import get_template
from django.utils import translation
from django.utils.feedgenerator import Atom1Feed
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from weft.loom import pages, time
from weft.voices.forms import CommentForm
from weft.voices.models import Use, Voice
from weft.voices.models.comment import address_until, threads

MANY = 50
THREADS = 12


def shown(template: str, status: int = 200, **more: Any) -> HttpResponse:
    """A page for the world."""
    said = pages.bare() | {"disguised": False} | more
    return HttpResponse(get_template(template).render(said), status=status)


def page_of(voice: Voice, after: int = 0) -> HttpResponse:
    """The page of a voice, as the world sees it; *after*: its comments from there on."""
    said: dict[str, Any] = {"voice": voice}
    if voice.takes_comments:
        comments, more = threads(voice, after, THREADS)
        last = max((one.number or 0 for one in comments if one.answers_id is None), default=0)
        said |= {"form": CommentForm(voice=voice), "until": address_until()}
        said |= {"comments": comments, "later": last if more else 0}
    answer = shown("voices/voice.html", **said)
    answer["X-Robots-Tag"] = "all" if voice.may_be_found else "noindex, nofollow"
    return answer


def gone() -> HttpResponse:
    """What was taken back, and what never was here: nobody can tell which."""
    return shown("voices/gone.html", status=410)


@login_not_required
@require_safe
def voices(request: HttpRequest) -> HttpResponse:
    """All voices that the world may read."""
    return shown("voices/voices.html", voices=Voice.objects.public()[:MANY])


@login_not_required
@require_safe
def voice(request: HttpRequest, key: int) -> HttpResponse:
    """One of them."""
    found = Voice.objects.public().filter(pk=key).first()
    after = request.GET.get("after", "")
    return page_of(found, int(after) if after.isdecimal() and len(after) < 9 else 0) if found else gone()


@login_not_required
@require_safe
def sheet(request: HttpRequest, key: int) -> HttpResponse:
    """One of them to print, where its teller said yes to that."""
    found = Voice.objects.public().filter(pk=key).first()
    if found is None or Use.PRINT not in found.consents:
        return gone()
    return shown("voices/sheet.html", voice=found)


@login_not_required
@require_safe
def feed(request: HttpRequest) -> HttpResponse:
    """The list for readers of feeds: no copy of the words, so that what is taken back is not kept elsewhere by us."""
    here = settings.ADDRESS
    made = Atom1Feed(
        title=_("Voices"),
        link=here + pages.url("voices:voices"),
        description="",
        feed_url=here + pages.url("voices:feed"),
        language=translation.get_language(),
    )
    for one in Voice.objects.public()[:MANY]:
        made.add_item(
            title=_("A voice: %(name)s") % {"name": one.name},
            link=here + one.get_absolute_url(),
            description="",
            unique_id=here + one.get_absolute_url(),
            updateddate=_month(one),
        )
    return HttpResponse(made.writeString("utf-8"), content_type="application/atom+xml; charset=utf-8")


def _month(one: Voice) -> datetime:
    """The month of a voice, as a feed wants it: its first moment."""
    return time.midnight(one.since or time.today().replace(day=1))
