from collections.abc import Callable
from typing import Any

from django.utils.translation import gettext_lazy as _

from weft.loom.glance import Where
from weft.loom.section import Door, Notable, Reportable, Section, Slip

GREETED = 60  # days after which no greeting waits any more


class Companions(Section):
    name = "weft.companions"
    verbose_name = _("Companions")

    def doors(self) -> list[Door]:
        return [Door("companions:companions", _("Companions"), place="circle", order=65)]

    def for_persona(self, persona: Any, other: Any) -> list[Slip]:
        from weft.companions.ties import Companion

        return [Slip("companions/persona.html", {"other": other})] if Companion.may_ask(other, by=persona) else []

    def reportable(self, kind: str, pk: int, persona: Any) -> Reportable | None:
        from weft.companions.ties import Companion, Letter

        if kind == "letter":
            found = Letter.found(pk, persona)
            return Reportable(kind, pk, found[0].text, found[1], _("A letter")) if found else None
        if kind == "tie":
            tie = next((tie for tie in Companion.seen_by(persona) if tie.pk == pk and tie.waits_for(persona)), None)
            return Reportable(kind, pk, tie.said["words"], tie.other, _("A question")) if tie else None
        return None

    def for_today(self, person: Any) -> list[Slip]:
        from weft.circles.models import Persona
        from weft.companions.models import Greeting, Newcomers

        mine = Persona.all_of(person)
        newcomers = Newcomers.of(person, mine)
        context = {
            "greetings": Greeting.waiting_for(*[persona for persona in mine if persona.days_here < GREETED]),
            "newcomers": newcomers.new,
            "answered": newcomers.answered,
        }
        waits = bool(newcomers.answered) or any(one.step and not one.step.day for one in newcomers.new)
        return [Slip("companions/today.html", context, order=2, waits=waits)] if any(context.values()) else []

    def promised(self, person: Any) -> list[Slip]:
        from weft.circles.models import Persona
        from weft.companions.models import Newcomers

        promised = Newcomers.of(person, Persona.all_of(person)).promised
        return [Slip("companions/promised.html", {"newcomers": promised}, order=60)] if promised else []

    def for_circle(self, persona: Any) -> list[Slip]:
        from weft.companions.models import Greeting, Newcomers

        newcomers = Newcomers([persona])
        context = {
            "persona": persona,
            "greetings": Greeting.waiting_for(persona) if persona.days_here < GREETED else [],
            "newcomers": newcomers.new + newcomers.promised,
            "answered": newcomers.answers(persona),
        }
        return [Slip("companions/slip.html", context, order=5)]

    def for_settings(self, person: Any) -> list[Slip]:
        from weft.circles.models import Persona

        new = [persona for persona in Persona.all_of(person) if persona.days_here < GREETED and not persona.facilitates]
        return [Slip("companions/settings.html", {"personas": new}, order=35)] if new else []

    def came_in(self, persona: Any) -> None:
        from weft.companions.book import GuestBook, here_today
        from weft.companions.following import Guest

        with GuestBook.opened(persona.circle_id) as guests:
            if persona.role == persona.Role.MEMBER:
                guests[persona.pk] = Guest(here_today())

    def begin(self) -> None:
        from weft.companions.book import GuestBook

        GuestBook.see_to_it()

    def leave(self, persona: Any, *, words: str) -> None:
        from weft.companions.models import Greeting
        from weft.companions.ties import Companion

        Greeting.leave(persona)
        Companion.leave(persona)

    def lying(self, person: Any) -> list[Where]:
        from weft.circles import veil
        from weft.companions.models import Greeting, GuestBook

        return [Greeting.where(person), GuestBook.where(veil.keyring(person))]

    def notables(self) -> list[Notable]:
        from weft.companions import telling

        return telling.NOTABLES

    def jobs(self) -> dict[str, Callable[..., None]]:
        from weft.companions import telling

        return {"tell": telling.tell}

    def kept_of(self, person: Any) -> dict[str, Any]:
        from weft.circles.models import Persona
        from weft.companions.models import Greeting
        from weft.companions.ties import Companion

        mine = Persona.objects.of(person)
        return {
            "greetings I was given": [
                {"text": g.text, "my answer": g.answer} for g in Greeting.objects.given_to(*mine)
            ],
            "greetings I wrote": [{"text": g.text} for g in Greeting.objects.filter(by__in=mine)],
            "letters": [
                {"on": letter.day, "mine": letter.by_id == persona.pk, "text": letter.text}
                for persona in mine
                for tie in Companion.seen_by(persona)
                for letter in tie.letters.all()
            ],
        }
