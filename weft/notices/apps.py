from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from weft.loom.section import Door, Section, Slip


def _has_news(person: Any) -> bool:
    from weft.notices.bell import Bell

    return Bell.of(person).has_news


class Notices(Section):
    name = "weft.notices"

    def doors(self) -> list[Door]:
        return [Door("notices:bell", _("Bell"), order=60, news=_has_news, newly=_("Bell: new"))]

    def jobs(self) -> dict[str, Callable[..., None]]:
        from weft.notices import carrying, telling

        return {
            "tell": telling.tell,
            "hush": telling.hush,
            "seen": telling.seen,
            "carry": carrying.carry,
            "weekly": carrying.weekly,
            "send": carrying.send,
        }

    def for_settings(self, person: Any) -> list[Slip]:
        from weft.notices.models import Choices

        return [Slip("notices/settings.html", {"choices": Choices.of(person)}, order=30)]

    def new_address(self, person: Any) -> None:
        from weft.notices.models import Mail

        if person.email and settings.MAIL:
            Mail.confirmation(person)

    def kept_of(self, person: Any) -> dict[str, Any]:
        from weft.notices import keeping

        return keeping.kept_of(person)

    def tidy(self) -> None:
        from weft.notices import carrying
        from weft.notices.models import Mail, Notice

        Notice.tidy()
        Mail.tidy()
        carrying.plan_weekly()

    def forget(self, person: Any) -> None:
        from weft.notices.models import Mail, Notice

        Notice.forget(person)
        Mail.forget(person)
