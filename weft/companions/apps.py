from typing import Any

from weft.loom.section import Section, Slip


class Companions(Section):
    name = "weft.companions"

    def for_circle(self, persona: Any) -> list[Slip]:
        from weft.companions.models import Greeting, newcomers

        context = {
            "persona": persona,
            "greeting": Greeting.objects.waiting_for(persona).first() if persona.is_new else None,
            "newcomers": newcomers(persona),
            "answered": list(Greeting.objects.answered(persona)) if persona.facilitates else [],
        }
        return [Slip("companions/slip.html", context, order=5)]

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
