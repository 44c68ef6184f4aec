from collections.abc import Callable
from functools import partial
from typing import Any

from django.utils.translation import gettext_lazy as _

from weft.loom.pages import url
from weft.loom.section import Door, Section, Slip


class Home(Section):
    name = "weft.home"

    def doors(self) -> list[Door]:
        return [
            Door("home:today", _("Today"), order=10),
            Door("home:house", _("House"), duty="steward", order=80),
            Door("home:about", _("About"), "foot"),
            Door("home:privacy", _("Privacy"), "foot"),
        ]

    def erasures(self) -> dict[str, Callable[[int], None]]:
        from weft.home import erasing
        from weft.people.models import Person

        def person(key: int, *, words: str) -> None:
            for found in Person.objects.filter(pk=key):
                erasing.erase(found, words=words)

        return {f"person_{words}": partial(person, words=words) for words in ("erase", "keep")}

    def frame(self, request: Any) -> dict[str, Any]:
        return {"take_along": url("home:download")}

    def for_settings(self, person: Any) -> list[Slip]:
        return [Slip("home/settings.html", {"duties": list(person.duties.order_by("kind"))}, order=90)]
