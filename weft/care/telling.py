"""Of what the people of a care circle are told, and when. What nobody took is called out, nearer and nearer."""

from typing import Any

from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from weft.care.models import Care, Near, News, Promise, Ring, Slot
from weft.care.models.need import RINGS
from weft.circles.models import Persona
from weft.loom import time
from weft.loom.section import Notable, Outsider
from weft.notices.models import Mail, Notice


def _there(notice: Any) -> str:
    return reverse("care:slot", kwargs={"key": notice.circle_id, "slot_key": notice.about})


def _agenda(notice: Any) -> str:
    return reverse("care:care", kwargs={"key": notice.circle_id})


def _free(notice: Any) -> tuple[str, str]:
    return _("Something is still free in the next two days. Could you take it?"), _there(notice)


def _uncovered(notice: Any) -> tuple[str, str]:
    return _("Nobody has taken something that comes soon."), _there(notice)


def _sought(notice: Any) -> tuple[str, str]:
    return _("Somebody would be glad if another took something over. No reason is needed."), _there(notice)


def _taken(notice: Any) -> tuple[str, str]:
    return _("Somebody took it over from you. You can let it go."), _there(notice)


def _soon(notice: Any) -> tuple[str, str]:
    return _("Something that you promised comes soon."), _there(notice)


def _ended(notice: Any) -> tuple[str, str]:
    return _("Something that you promised is not needed any more."), _agenda(notice)


def _moved(notice: Any) -> tuple[str, str]:
    return _("Something that you promised has another hour now. You can let it go."), _there(notice)


def _thanks(notice: Any) -> tuple[str, str]:
    return _("Somebody says thank you."), _there(notice)


def _news(notice: Any) -> tuple[str, str]:
    return _("There is news."), _to_news(notice)


def _to_read(notice: Any) -> tuple[str, str]:
    return _("Something waits until you have read it."), _to_news(notice)


def _not_told(notice: Any) -> tuple[str, str]:
    return _("Something that you wrote was not passed on. You can ask why."), _to_news(notice)


def _asked(notice: Any) -> tuple[str, str]:
    return _("Somebody asks whether you could take something. Saying no is fine."), _there(notice)


def _on_board(notice: Any) -> tuple[str, str]:
    said = _("Something that is asked for stands on the board of the house now. You can take it down.")
    return said, reverse("care:put_up", kwargs={"key": notice.circle_id, "need_key": notice.about})


def _by_board(notice: Any) -> tuple[str, str]:
    return _("Somebody of the house took something from the board."), _there(notice)


def _board_asks(notice: Any) -> tuple[str, str]:
    return _("Somebody asks whether you could lend a hand. You can let it be, and nobody hears of it."), reverse(
        "care:board"
    )


def _swap_asked(notice: Any) -> tuple[str, str]:
    there = reverse("care:swap", kwargs={"key": notice.circle_id, "slot_key": notice.about})
    return _("Somebody asks whether you would exchange turns. Saying no is fine."), there


def _swapped(notice: Any) -> tuple[str, str]:
    return _("Somebody said yes: you have exchanged turns."), _there(notice)


def _to_news(notice: Any) -> str:
    return reverse("care:news", kwargs={"key": notice.circle_id})


NOTABLES = [
    Notable("care.news", gettext_lazy("There is news where I lend a hand"), _news),
    Notable("care.to_read", gettext_lazy("News waits until I have read it"), _to_read, usual="mail"),
    Notable("care.not_told", gettext_lazy("News that I wrote was not passed on"), _not_told),
    Notable("care.asked", gettext_lazy("Somebody asks me whether I could"), _asked, usual="mail"),
    Notable("care.free", gettext_lazy("Something is free, and I may be asked"), _free, usual="mail", urgent=True),
    Notable(
        "care.uncovered",
        gettext_lazy("Nobody has taken something that comes soon"),
        _uncovered,
        usual="mail",
        to_guides=True,
        urgent=True,
    ),
    Notable("care.sought", gettext_lazy("Somebody asks whether another can"), _sought),
    Notable("care.taken", gettext_lazy("Somebody took something over from me"), _taken, usual="mail"),
    Notable("care.soon", gettext_lazy("Something that I promised comes soon"), _soon, usual="mail"),
    Notable("care.ended", gettext_lazy("Something that I promised is not needed"), _ended, usual="mail"),
    Notable("care.moved", gettext_lazy("Something that I promised has another hour"), _moved, usual="mail"),
    Notable("care.swap_asked", gettext_lazy("Somebody would exchange turns with me"), _swap_asked, usual="mail"),
    Notable("care.swapped", gettext_lazy("Somebody exchanged turns with me"), _swapped, usual="mail"),
    Notable("care.thanks", gettext_lazy("Somebody thanks me"), _thanks),
    Notable(
        "care.on_board", gettext_lazy("Something that I decide about stands on the board"), _on_board, usual="mail"
    ),
    Notable("care.by_board", gettext_lazy("Somebody took what I put on the board"), _by_board, usual="mail"),
    Notable(
        "care.board_asks",
        gettext_lazy("Somebody asks for what I offered on the board"),
        _board_asks,
        usual="mail",
        own=True,
    ),
]


def call(slot: int, who: str) -> None:
    """Nobody has it: ask those on the back-up list, and a day before whoever coordinates. Each once."""
    with transaction.atomic():
        found = _held(slot)
        if found is None or found.held_by or who in found.rung or time.now() < found.starts - RINGS[who]:
            return
        found.rung = [*found.rung, who]
        found.save(update_fields=["rung"])
        if who == "backup":
            for persona in Near.backups(found.circle_id, found.need.ring):
                Notice.ring("care.free", to=persona, about=found.pk)
        else:
            for persona in Persona.objects.guiding().filter(circle=found.circle_id).select_related("circle"):
                Notice.ring("care.uncovered", to=persona, about=found.pk)


def remind(slot: int) -> None:
    """Whoever promised it is reminded, if they still have it."""
    found = Slot.objects.filter(pk=slot).select_related("need", "promise__persona__circle").first()
    held = found and found.held_by
    if found and held and held.persona and not found.has_begun:
        Notice.ring("care.soon", to=held.persona, about=found.pk)


def write_out(slot: int) -> None:
    """A helper without an account who wants it gets a mail the day before; of one day, one, whatever happens."""
    found = Promise.objects.filter(slot=slot, guest__wants_mail=True).select_related("slot__need", "guest").first()
    if found and found.guest and settings.MAIL and found.slot.eve <= time.now() < found.slot.starts:
        Mail.write_out("helping", found.pk, found.guest_id, found.slot.day)


def whom_to_remind(promise: int) -> Outsider | None:
    """Whoever has it, as long as they have it, want a mail, and it is still to come."""
    found = Promise.objects.filter(pk=promise, slot__starts__gt=time.now()).select_related("guest").first()
    guest = found.guest if found else None
    if guest is None or not guest.wants_mail:
        return None
    said = dict(guest.mail or {})
    link, off = (reverse(f"care:{name}", kwargs={"token": said["token"]}) for name in ("helping", "guest_mail_off"))
    return Outsider(said["email"], link, off, guest.forget_mail, said["language"])


def seek(slot: int) -> None:
    """Somebody asks whether another can: those hear it who see that it is needed, and who may be asked."""
    held = Promise.objects.filter(slot=slot, is_sought=True).select_related("slot__need").first()
    if held and not held.slot.has_begun:
        for persona in Near.backups(held.circle_id, held.slot.need.ring).exclude(pk=held.persona_id or 0):
            Notice.ring("care.sought", to=persona, about=slot, by=held.persona_id)


def tell_news(news: int) -> None:
    """All who may read it are told, except who wrote it."""
    found = News.objects.filter(pk=news, is_waiting=False).first()
    care = found and Care.objects.filter(circle=found.circle_id).first()
    if not found or not care:
        return
    near = dict(Near.objects.filter(circle=found.circle_id).values_list("persona", "ring"))
    for persona in Persona.objects.inside().filter(circle=found.circle_id).select_related("circle"):
        inner = persona.facilitates or care.is_decided_by(persona)
        ring = Ring.INNER if inner else near.get(persona.pk, Ring.OUTER)
        if persona.pk != found.by_id and (ring < Ring.OUTER or found.has_outer):
            Notice.ring("care.news", to=persona, about=found.pk, by=found.by_id)


def _held(slot: int) -> Slot | None:
    """The slot, held; None where it is gone, over, or all has ended."""
    if not Slot.objects.select_for_update(no_key=True).filter(pk=slot, starts__gt=time.now()).exists():
        return None
    found = Slot.objects.select_related("need", "promise").get(pk=slot)
    return None if Care.objects.filter(circle=found.circle_id, ended_on__isnull=False).exists() else found
