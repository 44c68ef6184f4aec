from collections.abc import Callable
from typing import Any

from django.utils.translation import gettext_lazy as _

from weft.loom.section import Door, Section


def _has_news(person: Any) -> bool:
    from weft.notices.bell import Bell

    return Bell.of(person).has_news


class Notices(Section):
    name = "weft.notices"

    def doors(self) -> list[Door]:
        return [Door("notices:bell", _("Bell"), order=60, news=_has_news, newly=_("Bell: new"))]

    def jobs(self) -> dict[str, Callable[..., None]]:
        from weft.notices import carrying, telling

        return {"tell": telling.tell, "hush": telling.hush, "seen": telling.seen, "carry": carrying.carry}

    def kept_of(self, person: Any) -> dict[str, Any]:
        from weft.notices import keeping

        return keeping.kept_of(person)

    def tidy(self) -> None:
        from weft.notices.models import Notice

        Notice.tidy()

    def forget(self, person: Any) -> None:
        from weft.notices.models import Notice

        Notice.forget(person)
