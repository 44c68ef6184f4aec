"""Reminders: each once, none for what does not take place, and right again after a move."""

from datetime import datetime, timedelta

from django.db import transaction

from weft.circles.models import Persona
from weft.gatherings.models import Gathering, Seat
from weft.gatherings.models.reminding import BEFORE, USUAL, Reminding
from weft.loom import time
from weft.notices.models import Notice

FAR = timedelta(hours=50)  # each night the reminders of the next two days are planned


def plan() -> None:
    """Once a night."""
    for one in Gathering.objects.coming().filter(starts__lt=time.now() + FAR, is_cancelled=False):
        one.plan_reminders()


def remind(gathering: int, what: str, starts: str) -> None:
    """Tell those who come and those who guide, if it is still to start then. Each of them once."""
    with transaction.atomic():
        if not Gathering.objects.filter(pk=gathering, starts=datetime.fromisoformat(starts)).exists():
            return None  # it is gone, or at another time now
        if what == "over":
            return hush(gathering)
        found = Gathering.held(gathering)
        done, late = f"{what} {starts}", found.starts <= time.now()
        if late or not found.is_on or done in (found.reminded or []):
            return None
        found.reminded = [*(found.reminded or []), done]
        found.save(update_fields=["reminded"])
        chosen = {one.persona_id: one.before for one in Reminding.objects.filter(circle=found.circle_id)}
        for persona in wanting(found):
            if what in chosen.get(persona.pk, USUAL):
                Notice.ring(f"gatherings.{what}", to=persona, about=found.pk)
    return None


def wanting(found: Gathering) -> list[Persona]:
    """Who comes or may come, who has a place and has not said no, and who guides."""
    from weft.gatherings.models import Place

    said = dict(found.taken.values_list("persona", "answer"))
    wanted = {pk for pk, answer in said.items() if answer in (Seat.Answer.COMING, Seat.Answer.MAYBE)}
    placed = found.series.places.filter(standing=Place.Standing.IN).values_list("persona", flat=True)
    wanted |= {pk for pk in placed if said.get(pk) != Seat.Answer.CANNOT}
    wanted |= set(found.shifts.values_list("persona", flat=True))
    return list(Persona.objects.filter(pk__in=wanted).select_related("circle"))


def hush(gathering: int) -> None:
    """Nobody is reminded of it any more."""
    for what in BEFORE:
        if what != "over":
            Notice.hush(f"gatherings.{what}", about=gathering)
