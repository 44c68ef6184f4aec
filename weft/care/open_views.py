"""What somebody sees who helps without an account. These pages set no cookie: the link itself is the key.

Their titles and addresses say nothing, and search engines are asked to keep away."""

import re
from typing import Any

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import ValidationError
from django.core.validators import EmailValidator
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.loader import get_template
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST, require_safe

from weft.care import saying
from weft.care.inviting import drawn
from weft.care.models import Call, Care, Guest, Need, News, Promise, Slot, Taken
from weft.care.models.guest import LETTERS, new_token
from weft.care.views import LATELY, SHOWN, act, by_day
from weft.loom import errors, ids, pages, time
from weft.loom.caps import Cap

OPENS = Cap(at_once=60, every=5)  # for one link
FEW = 8  # free slots that stand unfolded
TOKEN = re.compile(f"[{ids.LETTERS}]{{{LETTERS}}}")


def shown(template: str, status: int = 200, **more: Any) -> HttpResponse:
    """A page that knows nobody but whose link it is."""
    said = pages.bare() | {"disguised": False, "say": saying} | more
    answer = HttpResponse(get_template(template).render(said), status=status)
    answer["X-Robots-Tag"] = "noindex, nofollow"
    answer["Cache-Control"] = "no-store"
    return answer


def gone() -> HttpResponse:
    """What was taken back, what has ended, and what never was here: nobody can tell which."""
    return shown("care/gone.html", status=404)


def _mine(token: str) -> str:
    return reverse("care:helping", kwargs={"token": token})


@csrf_exempt  # no cookie tells who asks: whoever has the link may
@login_not_required
def call(request: HttpRequest, token: str) -> HttpResponse:
    """An invitation to help: who asks, in their own words, and a box for one's name."""
    held = Call.held(token)
    if held is None or _ended(held.circle_id):
        return gone()
    name = " ".join(request.POST.get("name", "").split())[:40]
    if request.method == "POST" and name:
        if not OPENS.take("call", held.pk):
            return errors.too_many(request)
        mine = request.POST.get("mine", "")
        mine = mine if TOKEN.fullmatch(mine) else new_token()
        try:
            held.let_in(name, mine)
        except Call.DoesNotExist:
            return gone()
        return HttpResponseRedirect(_mine(mine))
    return shown("care/call.html", call=held, mine=new_token(), asked=request.method == "POST")


@login_not_required
@require_safe
def helping(request: HttpRequest, token: str) -> HttpResponse:
    """A helper's own page: what they have promised, and what is free."""
    guest = Guest.held(token)
    return _page(guest, token) if guest else gone()


def _page(guest: Guest, token: str, **more: Any) -> HttpResponse:
    care = Care.objects.filter(circle=guest.circle_id, ended_on=None).first()
    if care is None:
        return gone()
    timezone.activate(care.zone)
    slots = [s for s in Slot.objects.seen_by(guest.circle_id, guest.ring).coming()[:SHOWN] if not s.is_over]
    mine = [slot for slot in slots if slot.held_by and slot.held_by.is_of(guest)]
    free = [slot for slot in slots if not slot.has_begun and (not slot.held_by or slot.held_by.is_sought)]
    coming = [s for s in slots if s.held_by and s.need.kind == Need.Kind.MEAL and s.held_by.brings]
    link = settings.ADDRESS + _mine(token)
    others = [slot for slot in free if slot not in mine]
    said: dict[str, Any] = {"guest": guest, "care": care, "token": token, "mine": mine, "mails": bool(settings.MAIL)}
    said |= {"free": by_day(others[:FEW]), "later": by_day(others[FEW:])}
    lately = Promise.objects.filter(guest=guest, slot__starts__gt=time.now() - LATELY).select_related("slot__need")
    lately = lately.prefetch_related("thanks__persona", "thanks__guest").order_by("slot__starts")
    said["was"] = [promise for promise in lately if promise.slot.is_over]
    told = News.objects.filter(circle=guest.circle_id, is_waiting=False, has_outer=True)
    said["news"] = told.order_by("-number").first()
    return shown("care/helping.html", **said, coming=coming, link=link, qr=drawn(link), **more)


@csrf_exempt
@login_not_required
@require_POST
def help_with(request: HttpRequest, token: str, slot_key: int) -> HttpResponse:
    """Take it, change it, let it go, or see the address."""
    guest = Guest.held(token)
    if guest is None or _ended(guest.circle_id):
        return gone()
    if not OPENS.take("guest", guest.pk):
        return errors.too_many(request)
    slot = Slot.objects.seen_by(guest.circle_id, guest.ring).filter(pk=slot_key).first()
    how, words = request.POST.get("how", ""), request.POST.get("words", "").strip()[:400]
    if how == "where":
        held = slot.held_by if slot else None
        found = held.where(by=guest) if held else {}
        return _page(guest, token, where=found, of=slot_key)
    try:
        if slot is None:
            raise Taken
        said = act(slot, how, words, by=guest)
    except Taken:
        return _page(guest, token, faster=True)
    return _page(guest, token, said=said)


@csrf_exempt
@login_not_required
@require_POST
def guest_mail(request: HttpRequest, token: str) -> HttpResponse:
    """Get a mail the day before each turn, or none any more."""
    guest = Guest.held(token)
    if guest is None or _ended(guest.circle_id) or not settings.MAIL:
        return gone()
    if not OPENS.take("guest", guest.pk):
        return errors.too_many(request)
    if "off" in request.POST:
        guest.forget_mail()
        return _page(guest, token, said=_("Your address is gone. No mail comes any more."))
    address = request.POST.get("email", "").strip()
    try:
        EmailValidator()(address)
    except ValidationError:
        return _page(guest, token, wrong=True)
    if guest.promises.exists():
        guest.want_mail(address, token, get_language() or "")
    return _page(
        guest, token, said=_("A mail comes the day before. When your last turn is over, your address is gone.")
    )


@csrf_exempt
@login_not_required
def guest_mail_off(request: HttpRequest, token: str) -> HttpResponse:
    """One button, also of a mail program (RFC 8058): no mail any more."""
    guest = Guest.held(token)
    if request.method != "POST":
        return shown("care/mail_off.html", token=token) if guest else gone()
    if guest:
        guest.forget_mail()
    return shown("care/stopped.html", said=_("Your address is gone. No mail comes any more."))


@csrf_exempt
@login_not_required
@require_POST
def stop(request: HttpRequest, token: str) -> HttpResponse:
    """Help no more: the link ends, the name is gone, and what was promised is free."""
    guest = Guest.held(token)
    if guest:
        guest.go()
    return shown("care/stopped.html", said=_("Thank you for all that you did."))


def _ended(circle_id: int) -> bool:
    return not Care.objects.filter(circle=circle_id, ended_on=None).exists()
