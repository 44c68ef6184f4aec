"""Telling: the sections above this one put these jobs, since they cannot call what stands here."""

from collections.abc import Iterable

from weft.circles.models import Persona
from weft.notices.models import Notice
from weft.notices.models.notice import notables
from weft.people.models import Person


def tell(
    what: str,
    *,
    persona: int | None = None,
    circle: int | None = None,
    person: int | None = None,
    about: int = 0,
    by: int | None = None,
) -> None:
    """Tell a persona, or a person; or a circle: those who guide it, if this kind is for them, else everybody in it."""
    to: Iterable[Persona | Person]
    if circle is not None:
        inside = Persona.objects.inside().filter(circle_id=circle).select_related("circle")
        to = inside.guiding() if notables()[what].to_guides else inside
    elif persona is not None:
        to = Persona.objects.filter(pk=persona).select_related("circle")
    elif person is not None:
        to = Person.objects.filter(pk=person)
    else:
        raise TypeError("somebody must be told")
    for one in to:
        Notice.ring(what, to=one, about=about, by=by)


def hush(what: str, *, about: int) -> None:
    """Nobody is told of this any more."""
    Notice.hush(what, about=about)


def seen(what: str, *, persona: int, about: int = 0) -> None:
    """This persona has seen it."""
    for one in Persona.objects.filter(pk=persona):
        Notice.seen(what, one, about=about)
