from collections.abc import Callable
from typing import Any

from django.utils.translation import gettext_lazy as _

from weft.loom.glance import Where
from weft.loom.section import Door, Notable, Reportable, Section, Slip


class Safety(Section):
    name = "weft.safety"
    verbose_name = _("Safety")

    def doors(self) -> list[Door]:
        return [Door("safety:help", _("Need someone now?"), place="foot", css="help")]

    def modules(self) -> list[str]:
        return ["safety/keep.js"]

    def frame(self, request: Any) -> dict[str, Any]:
        from weft.safety import at_hand

        return at_hand.frame(request)

    def for_today(self, person: Any) -> list[Slip]:
        from weft.safety import slips

        return slips.for_today(person)

    def for_settings(self, person: Any) -> list[Slip]:
        from weft.safety import slips

        return slips.for_settings(person)

    def for_persona(self, persona: Any, other: Any) -> list[Slip]:
        return [Slip("safety/about_persona.html", {"mine": persona, "other": other}, order=90)]

    def shut_off(self, *personas: Any) -> list[bytes]:
        from weft.safety.models import Block

        return Block.shut_off(*personas)

    def lying(self, person: Any) -> list[Where]:
        from weft.safety.models import Block, Report, Unveiling

        return [Block.where(person), Report.where(), Unveiling.where()]

    def reportable(self, kind: str, pk: int, persona: Any) -> Reportable | None:
        """A person of the circle, by the name they have in it. This is also the way to report whoever guides it."""
        from weft.safety import blocking

        if kind != "person" or pk == persona.pk:
            return None
        other = persona.circle.personas.inside().filter(pk=pk).first()
        if other and not blocking.may_meet(persona, other):
            return None
        return other and Reportable(kind, pk, other.name, other, _("A person"))

    def notables(self) -> list[Notable]:
        from weft.safety import ringing

        return ringing.NOTABLES

    def jobs(self) -> dict[str, Callable[..., None]]:
        from weft.safety import ringing

        return {
            "tell_of_concern": ringing.tell_of_concern,
            "tell_of_answer": ringing.tell_of_answer,
            "tell_of_unveiling": ringing.tell_of_unveiling,
            "tell_of_unveiled": ringing.tell_of_unveiled,
        }

    def carried_away(self, person: Any, persona: Any) -> None:
        from weft.safety.models import Concern

        Concern.notice(persona, of=person)

    def kept_of(self, person: Any) -> dict[str, Any]:
        from weft.safety import keeping

        return keeping.kept_of(person)

    def leave(self, persona: Any, *, words: str) -> None:
        from weft.safety import keeping

        keeping.leave(persona, words=words)

    def keeps_row(self, circle_id: int) -> bool:
        from weft.safety.models import Concern, Unveiling

        return bool(
            Concern.objects.open().filter(circle=circle_id).exists()
            or Unveiling.objects.filter(circle=circle_id).exists()
        )

    def forget(self, person: Any) -> None:
        from weft.safety import keeping

        keeping.forget(person)
