from collections.abc import Callable
from typing import Any

from weft.loom.section import Notable, Section, Slip

GREETED = 60  # days after which no greeting waits any more


class Companions(Section):
    name = "weft.companions"

    def for_today(self, person: Any) -> list[Slip]:
        from weft.circles.models import Persona
        from weft.companions.models import Greeting, newcomers_of

        mine = Persona.all_of(person)
        new = [persona for persona in mine if persona.days_here < GREETED]
        guiding = [persona for persona in mine if persona.facilitates]
        context = {
            "greetings": Greeting.waiting_for(*new),
            "newcomers": newcomers_of(guiding),
            "answered": list(Greeting.objects.answered(*guiding)) if guiding else [],
        }
        waits = bool(context["newcomers"] or context["answered"])
        return [Slip("companions/today.html", context, order=2, waits=waits)] if any(context.values()) else []

    def for_circle(self, persona: Any) -> list[Slip]:
        from weft.companions.models import Greeting, newcomers_of

        context = {
            "persona": persona,
            "greeting": next(iter(Greeting.waiting_for(persona)), None) if persona.days_here < GREETED else None,
            "newcomers": newcomers_of([persona]),
            "answered": list(Greeting.objects.answered(persona)) if persona.facilitates else [],
        }
        return [Slip("companions/slip.html", context, order=5)]

    def notables(self) -> list[Notable]:
        from weft.companions import telling

        return telling.NOTABLES

    def jobs(self) -> dict[str, Callable[..., None]]:
        from weft.companions import telling

        return {"tell": telling.tell}

    def kept_of(self, person: Any) -> dict[str, Any]:
        from weft.circles.models import Persona
        from weft.companions.models import Greeting

        mine = Persona.objects.of(person)
        return {
            "greetings I was given": [
                {"text": g.text, "my answer": g.answer} for g in Greeting.objects.filter(to__in=mine)
            ],
            "greetings I wrote": [{"text": g.text} for g in Greeting.objects.filter(by__in=mine)],
        }
