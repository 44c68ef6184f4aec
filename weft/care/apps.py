"""Care: help is asked for, and given."""

from collections.abc import Callable
from datetime import date
from typing import Any

from django.utils.translation import gettext_lazy as _

from weft.loom.glance import Where
from weft.loom.section import Door, Notable, Outsider, Reportable, Section, Slip


class Care(Section):
    name = "weft.care"
    verbose_name = _("Care")

    def doors(self) -> list[Door]:
        return [
            Door("care:new", _("Ask for help, for somebody or for yourself"), place="new"),
            Door("care:care", _("What is needed"), place="circle", order=40, stands=_stands),
        ]

    def for_circle(self, persona: Any) -> list[Slip]:
        from weft.care import keeping

        return keeping.for_circle(persona)

    def for_today(self, person: Any) -> list[Slip]:
        from weft.care import keeping

        return keeping.for_today(person)

    def beside(self) -> dict[str, Any]:
        from weft.care import keeping

        return keeping.beside()

    def last_heard(self, persona: Any, members: list[Any]) -> dict[int, date]:
        from weft.care import keeping

        return keeping.last_heard(members)

    def lying(self, person: Any) -> list[Where]:
        from weft.care import keeping

        return keeping.lying(person)

    def notables(self) -> list[Notable]:
        from weft.care import telling

        return telling.NOTABLES

    def jobs(self) -> dict[str, Callable[..., None]]:
        from weft.care import telling

        return {
            "call": telling.call,
            "remind": telling.remind,
            "write_out": telling.write_out,
            "seek": telling.seek,
            "tell_news": telling.tell_news,
        }

    def outsiders(self) -> dict[str, Callable[[int], Outsider | None]]:
        from weft.care import telling

        return {"helping": telling.whom_to_remind}

    def tidy(self) -> None:
        from weft.care import keeping

        keeping.tidy()

    def wrote(self, persona: Any) -> bool:
        from weft.care.models import News

        return News.objects.filter(by=persona).exists()

    def reportable(self, kind: str, pk: int, persona: Any) -> Reportable | None:
        from weft.care.models import Care as Cared
        from weft.care.models import News

        care = Cared.of(persona) if kind == "news" else None
        found = News.objects.seen_by(persona, care).filter(pk=pk).first() if care else None
        if not care or not found:
            return None
        return Reportable(kind, pk, found.said(care.ring), found.by, _("News"))

    def leave(self, persona: Any, *, words: str) -> None:
        from weft.care import keeping

        keeping.leave(persona, words=words)

    def kept_of(self, person: Any) -> dict[str, Any]:
        from weft.care import keeping

        return keeping.kept_of(person)

    def closes(self, circle_id: int) -> None:
        from weft.care import keeping

        keeping.closes(circle_id)

    def holds(self, persona: Any) -> bool:
        from weft.care.models import board

        return board.holds(persona)

    def forget(self, person: Any) -> None:
        from weft.care import keeping

        keeping.forget(person)

    def erasures(self) -> dict[str, Callable[[int], None]]:
        from weft.care.models import Care, Diary, Guest, HouseOffer, News, Posting, Sponsor

        return {
            "ended": Care.again,
            "guest": Guest.again,
            "mail": Guest.again_mail,
            "news": News.again,
            "diary": Diary.again,
            "posting": Posting.again,
            "offer": HouseOffer.again,
            "sponsor": Sponsor.again,
        }


def _stands(persona: Any) -> bool:
    from weft.care import keeping

    return keeping.is_here(persona)
