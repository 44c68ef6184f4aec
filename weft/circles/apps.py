from collections.abc import Callable
from functools import partial
from typing import Any

from django.db.models import FilteredRelation, Q
from django.utils.translation import gettext_lazy as _

from weft.loom.section import Door, Fitting, Notable, Section, Slip


class Circles(Section):
    name = "weft.circles"
    verbose_name = _("Circles")

    def doors(self) -> list[Door]:
        return [Door("circles:find", _("Circles"))]

    def frame(self, request: Any) -> dict[str, Any]:
        from weft.circles.models import House

        house = House.here()
        return {"house": house, "leave_to": house.leave_to if house else ""}

    def kept_of(self, person: Any) -> dict[str, Any]:
        from weft.circles.models import Persona, VisitBar

        mine = list(Persona.objects.of(person).select_related("circle"))
        return VisitBar.kept_of(person, mine) | {
            "circles": [
                {
                    "circle": persona.circle.name,
                    "name": persona.name,
                    "role": persona.role,
                    "standing": persona.standing,
                    "since": persona.since,
                    "answers": persona.answers,
                    "agreed": [
                        {"version": yes.agreement.version, "on": yes.on, "declined": yes.declined}
                        for yes in persona.acceptances.select_related("agreement")
                    ],
                    "invitations": [
                        {"made_on": one.made_on, "until": one.expires_on, "your_line": one.note}
                        for one in persona.invitations.all()
                    ],
                    **(
                        {"credentials": [one.for_its_person for one in persona.credentials.all()]}
                        if persona.credentials.all()
                        else {}
                    ),
                }
                for persona in mine
            ]
        }

    def for_settings(self, person: Any) -> list[Slip]:
        from weft.circles.models import Persona

        return [Slip("circles/settings.html", {"personas": Persona.all_of(person)}, order=10)]

    def for_today(self, person: Any) -> list[Slip]:
        from weft.circles.models import Persona

        guided = [persona for persona in Persona.all_of(person) if persona.facilitates]
        asking = [(persona.circle, persona.asking_here) for persona in guided if persona.asking_here]
        asks = [Slip("circles/today.html", {"asking": asking}, order=5, waits=True)] if asking else []
        return [*asks, Slip("circles/desks.html", {"guided": guided}, order=6)] if guided else []

    def for_desk(self, persona: Any, around: Any) -> list[Slip]:
        from weft.circles import desk

        return desk.for_desk(persona, around)

    def beside(self) -> dict[str, Any]:
        return {"credential": FilteredRelation("credentials", condition=Q(credentials__is_checked=True))}

    def fitting(self, person: Any, sought: Any) -> Fitting:
        from weft.circles.fitting import FittingCircles

        return FittingCircles(person, sought)

    def notables(self) -> list[Notable]:
        from weft.circles import notables

        return notables.ALL

    def tidy(self) -> None:
        from weft.circles.models import Invitation, VisitBar

        Invitation.objects.run_out().delete()
        VisitBar.tidy()

    def erasures(self) -> dict[str, Callable[[int], None]]:
        from weft.circles.models import Circle, Credential, Persona, VisitBar

        def circle(key: int) -> None:
            for found in Circle.objects.filter(pk=key):
                found.erase()

        def left(key: int, *, words: str) -> None:
            for persona in Persona.objects.filter(pk=key):
                persona.go(words=words)

        def removed(key: int) -> None:
            for persona in Persona.objects.filter(pk=key):
                persona.shut_out()

        ways = {f"left_{words}": partial(left, words=words) for words in ("take", "keep", "erase")}

        def credential(key: int) -> None:
            Credential.objects.filter(pk=key).delete()

        def visit_bar(key: int) -> None:
            VisitBar.objects.filter(pk=key).delete()

        return {"circle": circle, "removed": removed, "credential": credential, "visit_bar": visit_bar, **ways}

    def leave(self, persona: Any, *, words: str) -> None:
        """An invitation, or a bar, may outlive whoever wrote it; the words of their own on it do not."""
        for invitation in persona.invitations.all():
            invitation.note = ""
            invitation.save(update_fields=["note"])
        for bar in persona.visit_bars.all():
            bar.let_go_of_words()

    def forget(self, person: Any) -> None:
        """A circle that removed somebody need not know them again: whoever comes under a new account is another."""
        from weft.circles import veil
        from weft.circles.models import Bar, Circle, VisitBar

        circles = list(Circle.objects.values_list("pk", flat=True))
        Bar.objects.filter(owner_tag__in=[veil.owner_tag(person, circle) for circle in circles]).delete()
        VisitBar.forget(person, circles)
