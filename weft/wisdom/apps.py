from collections.abc import Callable
from typing import Any

from django.utils.translation import gettext_lazy

from weft.loom.glance import Where
from weft.loom.section import Door, Fitting, Notable, Reportable, Section, Slip


class Wisdom(Section):
    name = "weft.wisdom"
    verbose_name = gettext_lazy("Lessons")

    def doors(self) -> list[Door]:
        lessons = gettext_lazy("Lessons")
        return [Door("wisdom:everywhere", lessons, order=55), Door("wisdom:lessons", lessons, place="circle", order=60)]

    def lying(self, person: Any) -> list[Where]:
        from weft.circles import veil
        from weft.wisdom.models import Ending, Strand

        ring = veil.keyring(person)
        return [Strand.where(list(ring.values())), Ending.where(ring)]

    def for_today(self, person: Any) -> list[Slip]:
        from weft.loom.glance import Glance
        from weft.wisdom import leaving

        asked = [(circle, pk) for pk, circle, _none in Glance.of(person)["wisdom.asked"]]
        slips = [Slip("wisdom/today.html", {"asked": asked}, order=15)] if asked else []
        return [*leaving.for_today(person), *slips]

    def for_circle(self, persona: Any) -> list[Slip]:
        from weft.wisdom import leaving

        return leaving.for_circle(persona)

    def for_ended(self, persona: Any) -> list[Slip]:
        from weft.wisdom import leaving

        return leaving.for_ended(persona)

    def for_desk(self, persona: Any, around: Any) -> list[Slip]:
        from weft.wisdom import leaving

        return leaving.for_desk(persona)

    def for_story(self, persona: Any, story: Any) -> list[Slip]:
        return [Slip("wisdom/story.html", {"persona": persona, "story": story})] if persona.may_write else []

    def with_story(self) -> dict[str, Any]:
        from weft.wisdom.models import ThenNow

        return ThenNow.with_story()

    def after_story(self, persona: Any, story: Any) -> list[Slip]:
        tied = story.goes_on or story.came_from
        return [Slip("wisdom/went_on.html", {"persona": persona, "story": story})] if tied else []

    def along(self) -> dict[str, Any]:
        from weft.wisdom import fitting

        return fitting.along()

    def fitting(self, person: Any, sought: Any) -> Fitting:
        from weft.wisdom.fitting import FittingLessons

        return FittingLessons(person, sought)

    def notables(self) -> list[Notable]:
        from weft.wisdom import telling

        return telling.NOTABLES

    def jobs(self) -> dict[str, Callable[..., None]]:
        from weft.wisdom import leaving, telling

        return {
            "end": leaving.end,
            "let_all_go": leaving.let_all_go,
            "still_to_say": telling.still_to_say,
            "still_there": telling.still_there,
            "tell_of_ask": telling.tell_of_ask,
            "tell_asker": telling.tell_asker,
            "tell_of_trial": telling.tell_of_trial,
        }

    def reportable(self, kind: str, pk: int, persona: Any) -> Reportable | None:
        from weft.wisdom import keeping

        return keeping.reportable(kind, pk, persona)

    def gone(self, kind: str, pk: int) -> None:
        from weft.wisdom import keeping

        keeping.gone(kind, pk)

    def kept_of(self, person: Any) -> dict[str, Any]:
        from weft.wisdom import keeping

        return keeping.kept_of(person)

    def wrote(self, persona: Any) -> bool:
        return bool(persona.strands.filter(stands=True).exists() or persona.trials.exists())

    def leave(self, persona: Any, *, words: str) -> None:
        from weft.wisdom import keeping

        keeping.leave(persona, words=words)

    def tidy(self) -> None:
        from weft.wisdom.models import Ending

        Ending.tidy()

    def forget(self, person: Any) -> None:
        from weft.wisdom.models import Shelf

        Shelf.forget(person)

    def erasures(self) -> dict[str, Callable[[int], None]]:
        from weft.wisdom import keeping

        return keeping.AGAIN
