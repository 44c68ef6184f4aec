"""How long what is kept of an hour stays, and how it goes."""

from datetime import datetime, timedelta

from django.utils.translation import gettext_lazy as _

from weft.circles.models import Persona
from weft.gatherings import kept
from weft.gatherings.hour.room import ENDED
from weft.gatherings.models import Arrival, Gathering, Line, Said, Seat, Series, Signal
from weft.gatherings.models.gathering import VISITED
from weft.gatherings.models.said import KEPT
from weft.loom import jobs, time
from weft.loom.section import Reportable, sections
from weft.safety.models import Concern

NAMED = timedelta(days=30)  # how long the lines of an hour say at which seat something happened


def let_words_go(gathering: int) -> None:
    """A day after words were typed they are gone; what was typed later goes when its day is over."""
    Said.let_go(time.now())
    left = Said.objects.filter(gathering=gathering).order_by("number").first()
    if left is not None and left.at is not None:
        jobs.put("gatherings.let_words_go", due=left.at + KEPT, once=(gathering,), gathering=gathering)


def forget_arrival(seat: int) -> None:
    """A day after somebody said where they are, and whom to call, it is gone; or asked again tomorrow."""
    Arrival.forget_old(time.now())
    if Arrival.objects.filter(seat=seat).exists():
        due = time.now() + timedelta(hours=24)
        jobs.put("gatherings.forget_arrival", due=due, once=("arrival", seat), seat=seat)


def closes(circle_id: int) -> None:
    """The circle ends: nothing meets there any more, and nobody is reminded of it."""
    today = time.today()
    for series in Series.objects.filter(circle=circle_id):
        series.ended_on = min(series.ended_on or today, today)
        series.save(update_fields=["ended_on"])
    Gathering.objects.filter(circle=circle_id, starts__gt=time.now()).delete()


def tidy(now: datetime) -> None:
    """Words that are older than a day; who sat where in an hour that ended a day ago; names in lines, after a month."""
    Said.let_go(now)
    Arrival.forget_old(now)
    Signal.tidy()
    let_visitors_go(now)
    over = Gathering.objects.filter(phase=ENDED, starts__lt=now - timedelta(days=1), starts__gt=now - 2 * NAMED)
    for gathering in over.iterator(500):
        if dict(gathering.state or {}).get("chairs"):
            gathering.state = {}
            gathering.save(update_fields=["state"])
    for line in Line.objects.filter(is_bare=False, gathering__starts__lt=now - NAMED).iterator(500):
        bare(line)


def let_visitors_go(now: datetime) -> None:
    """A day after an hour nothing in its circle says who visited it: the visitors go, with all that was theirs.

    While the safety team looks at something about somebody, they stay known. Whoever asks to come in, or is in line,
    keeps that, and only their seat goes.
    """
    late = now - VISITED
    for visitor in Persona.objects.filter(standing=Persona.Standing.VISITING).select_related("circle"):
        is_needed = Concern.objects.about(visitor).filter(is_open=True).exists()
        comes = visitor.seats.filter(gathering__starts__gt=late).exists()
        if not (is_needed or comes or any(section.holds(visitor) for section in sections())):
            visitor.go(words="erase")
    for visitor in Persona.objects.at_the_door().filter(seats__gathering__starts__lte=late).distinct():
        for seat in visitor.seats.filter(gathering__starts__lte=late):
            kept.leave_hour(seat)
            seat.delete()


def bare(line: Line) -> None:
    """That it happened stays; at which seat does not."""
    line.said, line.is_bare = {"what": dict(line.said).get("what", "")}, True
    line.save(update_fields=["said", "is_bare"])


def removal(seat: int, persona: Persona) -> Reportable | None:
    """That this persona was removed from an hour, to be shown to the safety team: whoever is put out may ask why."""
    mine = Seat.objects.filter(pk=seat, persona=persona).select_related("gathering__series").first()
    if mine is None:
        return None
    for line in Line.objects.filter(gathering=mine.gathering_id, is_bare=False).order_by("-number"):
        said = dict(line.said)
        if said["what"] == "removed" and said["seat"] == seat:
            by = Persona.objects.filter(seats=said["by"]).first() if said["by"] else None
            return Reportable("removal", seat, mine.gathering.series.name, by, _("Being removed from a gathering"))
    return None
