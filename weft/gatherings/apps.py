"""Gatherings: people meet at an hour, somebody guides it, and everybody who wants a turn gets one."""

from collections.abc import Callable
from datetime import date
from typing import Any

from django.utils.translation import gettext_lazy as _

from weft.loom import time
from weft.loom.glance import Where
from weft.loom.section import Door, Fitting, Notable, Reportable, Section, Slip


class Gatherings(Section):
    name = "weft.gatherings"
    verbose_name = _("Gatherings")

    def doors(self) -> list[Door]:
        return [Door("gatherings:gatherings", _("Gatherings"), place="circle")]

    def for_circle(self, persona: Any) -> list[Slip]:
        from weft.gatherings import coming

        return coming.for_circle(persona)

    def for_today(self, person: Any) -> list[Slip]:
        from weft.gatherings import checks, coming, looking_back

        return [*coming.for_today(person), *looking_back.for_today(person), *checks.for_today(person)]

    def lying(self, person: Any) -> list[Where]:
        from weft.gatherings import checks, looking_back

        return [*checks.lying(person), looking_back.lying(person)]

    def for_desk(self, persona: Any, around: Any) -> list[Slip]:
        from weft.gatherings import desk

        return desk.for_desk(persona, around)

    def beside(self) -> dict[str, Any]:
        from weft.gatherings import desk

        return desk.beside()

    def last_heard(self, persona: Any, members: list[Any]) -> dict[int, date]:
        from weft.gatherings import desk

        return desk.last_heard(persona, members)

    def for_team(self, person: Any) -> list[Slip]:
        from weft.gatherings import checks

        return checks.for_team(person)

    def for_landing(self, request: Any) -> list[Slip]:
        from weft.gatherings.outside import views

        return views.for_landing()

    def for_settings(self, person: Any) -> list[Slip]:
        from weft.gatherings import checks
        from weft.gatherings.models.feed import Feed

        calendar = Slip("gatherings/calendar_settings.html", {"feed": Feed.of(person)}, order=40)
        return [calendar, *checks.for_settings(person)]

    def fitting(self, person: Any, sought: Any) -> Fitting:
        from weft.gatherings.fitting import FittingGatherings

        return FittingGatherings(person, sought)

    def notables(self) -> list[Notable]:
        from weft.gatherings import guiding, telling

        return [*telling.NOTABLES, *guiding.NOTABLES]

    def may_hear(self, persona_id: int, subject: str) -> bool | None:
        from weft.gatherings.hour import keeper
        from weft.gatherings.media import mesh

        if subject.startswith("seat:"):
            return mesh.may_hear(persona_id, subject)
        return keeper.may_hear(persona_id, subject)

    def reportable(self, kind: str, pk: int, persona: Any) -> Reportable | None:
        from weft.gatherings import keeping

        return keeping.removal(pk, persona) if kind == "removal" else None

    def jobs(self) -> dict[str, Callable[..., None]]:
        from weft.gatherings import guiding, keeping, reminding, telling
        from weft.gatherings.models import PulseSum

        return {
            "sum_up": PulseSum.sum_up,
            "tell_of_letter": telling.tell_of_letter,
            "let_words_go": keeping.let_words_go,
            "let_visitors_go": lambda: keeping.let_visitors_go(time.now()),
            "forget_arrival": keeping.forget_arrival,
            "tell_of_change": telling.tell_of_change,
            "tell_of_seat": telling.tell_of_seat,
            "offer_ends": telling.offer_ends,
            "tell_of_credential": guiding.tell_of_credential,
            "tell_of_training": guiding.tell_of_training,
            "warn": guiding.warn,
            "tell_of_asking": telling.tell_of_asking,
            "hush_asking": telling.hush_asking,
            "tell_of_place": telling.tell_of_place,
            "place_ends": telling.place_ends,
            "tell_of_shift": telling.tell_of_shift,
            "hush_shift": telling.hush_shift,
            "tell_of_taken": telling.tell_of_taken,
            "tell_of_look_back": telling.tell_of_look_back,
            "tell_of_being_there": telling.tell_of_being_there,
            "remind": reminding.remind,
        }

    def tidy(self) -> None:
        from weft.gatherings import keeping, planning, reminding
        from weft.gatherings.models import AttendanceLetter, HourNote, Import, LookBack, PulseSum, Rest

        keeping.tidy(time.now())
        Rest.tidy()
        LookBack.tidy()
        HourNote.let_go()
        planning.roll_out()
        reminding.plan()
        Import.tidy()
        AttendanceLetter.tidy()
        PulseSum.tidy(time.now())

    def kept_of(self, person: Any) -> dict[str, Any]:
        from weft.gatherings import kept

        return kept.kept_of(person)

    def leave(self, persona: Any, *, words: str) -> None:
        from weft.gatherings import kept

        kept.leave(persona)

    def closes(self, circle_id: int) -> None:
        from weft.gatherings import keeping

        keeping.closes(circle_id)

    def erasures(self) -> dict[str, Callable[[int], None]]:
        from weft.gatherings.calendars import own
        from weft.gatherings.models import AttendanceLetter, LookBack, Pulse, Said

        return {
            "said": Said.erase_all,
            "feed": own.again,
            "letter": AttendanceLetter.again,
            "pulse": Pulse.again,
            "look_back": LookBack.again,
        }

    def forget(self, person: Any) -> None:
        from weft.gatherings.calendars import own

        own.forget(person)
