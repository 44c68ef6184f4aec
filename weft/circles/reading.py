"""Reading in circles: at a person's pace, and told to whoever answers for safety when it is not."""

from weft.circles.models import Persona
from weft.loom.pace import Pace, Wait
from weft.loom.section import sections
from weft.people.request import Request

PACE = Pace()


def note(request: Request, persona: Persona) -> None:
    """Somebody opens a page of a circle. Raises `Wait` for whoever reads much more than people do."""
    if request.method not in ("GET", "HEAD"):
        return
    seconds, stopped = PACE.read(request.person.pk, request.path, request.GET.get("before", ""))
    if stopped:
        for section in sections():
            section.carried_away(request.person, persona)
    if seconds:
        raise Wait(seconds)
