from collections.abc import Callable
from dataclasses import asdict
from typing import Any

from django.utils.translation import gettext_lazy as _

from weft.loom.glance import Where
from weft.loom.section import Door, Fitting, Notable, Reportable, Section, Slip

GREETED = 60  # days after which no greeting waits any more


class Companions(Section):
    name = "weft.companions"
    verbose_name = _("Companions")

    def doors(self) -> list[Door]:
        return [
            Door("companions:companions", _("Companions"), place="circle", order=65),
            Door("companions:fitting", _("Say in a few words what you carry"), place="search"),
        ]

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
        errands = self._errands(mine)
        waits = bool(newcomers.answered) or any(one.step and not one.step.day for one in newcomers.new)
        slips = [Slip("companions/today.html", context, order=2, waits=waits)] if any(context.values()) else []
        slips += [Slip("companions/errands.html", {"errands": errands}, order=7, waits=True)] if errands else []
        return [*slips, Slip("companions/few_words.html", order=95)] if mine else slips

    def _errands(self, personas: list[Any]) -> list[tuple[Any, Any]]:
        """What lies before these who guide, each with its circle."""
        from weft.companions.models import Errand

        circles = {persona.circle_id: persona.circle for persona in personas}
        return [(errand, circles[errand.circle_id]) for errand in Errand.waiting(*personas)]

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
        errands = self._errands([persona])
        slips = [Slip("companions/errands.html", {"errands": errands}, order=5)] if errands else []
        return [*slips, Slip("companions/slip.html", context, order=5)]

    def for_desk(self, persona: Any, around: Any) -> list[Slip]:
        from weft.companions.models import Newcomers

        newcomers = Newcomers([persona], None if around.is_large else around.people)
        found = newcomers.new + newcomers.promised
        return [Slip("companions/desk.html", {"newcomers": found}, order=15)] if found else []

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
        from weft.companions.models import Errand, Greeting, GuestBook

        mine = veil.keyring(person)
        return [Greeting.where(person), GuestBook.where(mine), Errand.where(mine)]

    def along(self) -> dict[str, Any]:
        from weft.companions import found

        return found.along()

    def fitting(self, person: Any, sought: Any) -> Fitting:
        from weft.companions.found import FittingPeople

        return FittingPeople(person, sought)

    def for_reply(self, persona: Any, story: Any, reply: Any) -> list[Slip]:
        from weft.companions.ties import Companion

        by = None if reply.erased else reply.by
        return [Slip("companions/persona.html", {"other": by})] if by and Companion.may_ask(by, by=persona) else []

    def notables(self) -> list[Notable]:
        from weft.companions import telling

        return telling.NOTABLES

    def tidy(self) -> None:
        from weft.companions.models import Errand

        Errand.tidy()

    def jobs(self) -> dict[str, Callable[..., None]]:
        from weft.companions import telling

        return {"tell": telling.tell}

    def kept_of(self, person: Any) -> dict[str, Any]:
        from weft.circles.models import Persona
        from weft.companions.models import Errand, Greeting, OpenToAsk
        from weft.companions.ties import Companion

        mine = Persona.objects.of(person)
        terms = [OpenToAsk.of(persona).get(persona.pk) for persona in mine]
        errands = [Errand.of(persona) for persona in mine]
        return {
            "greetings I was given": [
                {"text": g.text, "my answer": g.answer} for g in Greeting.objects.given_to(*mine)
            ],
            "greetings I wrote": [{"text": g.text} for g in Greeting.objects.filter(by__in=mine)],
            "on which terms I may be asked": [asdict(one) for one in terms if one],
            "what I asked others to ask for me": [errand.words for errand in errands if errand],
            "letters": [
                {"on": letter.day, "mine": letter.by_id == persona.pk, "text": letter.text}
                for persona in mine
                for tie in Companion.seen_by(persona)
                for letter in tie.letters.all()
            ],
        }
