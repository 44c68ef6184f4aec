from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from weft.loom.glance import Where
from weft.loom.section import Door, Section, Slip


def _has_news(person: Any) -> bool:
    from weft.notices.bell import Bell

    return Bell.of(person).has_news


class Notices(Section):
    name = "weft.notices"

    def doors(self) -> list[Door]:
        return [Door("notices:bell", _("Bell"), order=60, news=_has_news, newly=_("Bell: new"))]

    def lying(self, person: Any) -> list[Where]:
        from weft.notices.bell import Bell

        return Bell.where(person)

    def jobs(self) -> dict[str, Callable[..., None]]:
        from weft.notices import carrying, telling

        return {
            "tell": telling.tell,
            "hush": telling.hush,
            "seen": telling.seen,
            "carry": carrying.carry,
            "weekly": carrying.weekly,
            "send": carrying.send,
            "push": carrying.push,
        }

    def for_settings(self, person: Any) -> list[Slip]:
        from weft.notices.models import Choices, Subscription

        told = bool(settings.PUSH and Subscription.of(person))
        return [Slip("notices/settings.html", {"choices": Choices.of(person), "told": told}, order=30)]

    def for_devices(self, person: Any) -> list[Slip]:
        from weft.notices.models import Subscription

        told = len(Subscription.of(person)) if settings.PUSH else 0
        return [Slip("notices/devices.html", {"told": told})] if told else []

    def worker(self) -> str:
        from weft.notices import pushes

        return pushes.worker() if settings.PUSH else ""

    def checks(self) -> dict[str, Callable[[], str | None]]:
        from weft.notices import pushes

        return {"Push": pushes.look}

    def new_address(self, person: Any) -> None:
        from weft.notices.models import Mail

        if person.email and settings.MAIL:
            Mail.confirmation(person)

    def kept_of(self, person: Any) -> dict[str, Any]:
        from weft.notices import keeping

        return keeping.kept_of(person)

    def tidy(self) -> None:
        from weft.notices import carrying
        from weft.notices.models import Mail, Notice, Push, Subscription

        Notice.tidy()
        Mail.tidy()
        Push.tidy()
        Subscription.tidy()
        carrying.plan_weekly()

    def forget(self, person: Any) -> None:
        from weft.notices.models import Mail, Notice, Push, Subscription

        Notice.forget(person)
        Mail.forget(person)
        Push.forget(person)
        Subscription.forget(person)
