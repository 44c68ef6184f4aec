"""A circle that ends, on the pages that gather from all sections; and the jobs that keep its days."""

from typing import Any

from weft.circles import veil
from weft.circles.models import House, Persona
from weft.loom import time
from weft.loom.glance import Glance
from weft.loom.section import Slip
from weft.people.models import Person
from weft.wisdom.models import Ending, Parting


def for_circle(persona: Persona) -> list[Slip]:
    """That it will end, calmly, on top of its page."""
    found = Ending.of(persona)
    return [Slip("wisdom/ends.html", {"ending": found, "persona": persona}, order=1)] if found else []


def for_ended(persona: Persona) -> list[Slip]:
    """What is left of a circle that has ended, and until when."""
    found = Ending.of(persona)
    mine = Parting.objects.filter(persona=persona).first() if found else None
    context = {"ending": found, "is_kept": bool(mine and mine.yes)}
    return [Slip("wisdom/ended.html", context)] if found else []


def for_desk(persona: Persona) -> list[Slip]:
    """The way to let a circle end. The open room of a house does not."""
    house = House.here()
    if house and house.commons_id == persona.circle_id:
        return []
    return [Slip("wisdom/desk.html", {"circle": persona.circle, "ending": Ending.of(persona)}, order=95)]


def for_today(person: Person) -> list[Slip]:
    """In which circles somebody has still to say what may be kept; and where an archive is there to take along."""
    circles = [circle for _pk, circle, _none in Glance.of(person)["wisdom.ending"]]
    if not circles:
        return []
    mine = [veil.keyring(person)[circle] for circle in circles]
    endings = Ending.objects.with_answer(mine).filter(circle__in=circles, gone_on__gte=time.today())
    inside = set(Persona.objects.inside().filter(pk__in=mine).values_list("circle", flat=True))
    shown = [one for one in endings if one.circle_id in inside and (one.circle.closed_on or not one.is_answered)]
    context: dict[str, Any] = {"endings": sorted(shown, key=lambda one: one.last_day)}
    return [Slip("wisdom/ends_today.html", context, order=14)] if shown else []


def end(ending: int) -> None:
    """The job: its last day is over."""
    for found in Ending.objects.filter(pk=ending):
        found.come()


def let_all_go(ending: int) -> None:
    """The job: the day of its archive is over."""
    for found in Ending.objects.filter(pk=ending).select_related("circle"):
        found.let_all_go()
