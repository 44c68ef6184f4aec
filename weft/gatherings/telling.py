"""Of what the people of a gathering are told, and how."""

from datetime import date
from typing import Any

from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from weft.circles.models import Persona
from weft.gatherings import reminding
from weft.gatherings.models import AttendanceLetter, Gathering, LookBack, Place, Rest, Seat, Series, Shift
from weft.loom.section import Notable
from weft.notices.models import Notice


def _there(notice: Any) -> str:
    return reverse("gatherings:gathering", kwargs={"key": notice.circle_id, "gathering_key": notice.about})


def _changed(notice: Any) -> tuple[str, str]:
    return _("A gathering that you come to has changed. Please look."), _there(notice)


def _seat(notice: Any) -> tuple[str, str]:
    return _("A seat is free for you. It is kept for a while."), _there(notice)


def _sought(notice: Any) -> tuple[str, str]:
    return _("Somebody would be glad if another guided a gathering. No reason is needed."), _there(notice)


def _taken(notice: Any) -> tuple[str, str]:
    return _("Somebody guides it for you. You can let it go."), _there(notice)


def _asking(notice: Any) -> tuple[str, str]:
    return _("Somebody asks for a place."), _of_series("gatherings:places", notice)


def _place(notice: Any) -> tuple[str, str]:
    return _("There is word of the place that you asked for."), _of_series("gatherings:place", notice)


def _look_back(notice: Any) -> tuple[str, str]:
    address = reverse("gatherings:looked_back", kwargs={"key": notice.circle_id, "look_key": notice.about})
    return _("Somebody who guides with you would be glad of you."), address


def _there_for(notice: Any) -> tuple[str, str]:
    address = reverse("gatherings:looking_back", kwargs={"key": notice.circle_id, "gathering_key": notice.about})
    return _("Somebody who guides with you is there for you."), address


def _letter(notice: Any) -> tuple[str, str]:
    return _("A letter waits for your name."), reverse("gatherings:letter", kwargs={"letter_key": notice.about})


def _of_series(view: str, notice: Any) -> str:
    return reverse(view, kwargs={"key": notice.circle_id, "series_key": notice.about})


def _day(notice: Any) -> tuple[str, str]:
    return _("Your group meets in a day."), _there(notice)


def _hour(notice: Any) -> tuple[str, str]:
    return _("Your group starts in about an hour."), _there(notice)


def _soon(notice: Any) -> tuple[str, str]:
    return _("Your group starts in a few minutes."), _there(notice)


NOTABLES = [
    Notable("gatherings.day", gettext_lazy("A gathering that I come to is tomorrow"), _day),
    Notable("gatherings.hour", gettext_lazy("A gathering that I come to is in an hour"), _hour, usual="mail"),
    Notable("gatherings.soon", gettext_lazy("A gathering that I come to is in ten minutes"), _soon),
    Notable("gatherings.place", gettext_lazy("Word of a place that I asked for"), _place, usual="mail"),
    Notable("gatherings.asking", gettext_lazy("Somebody asks for a place"), _asking, usual="mail", to_guides=True),
    Notable(
        "gatherings.sought",
        gettext_lazy("Somebody hands a gathering on"),
        _sought,
        usual="mail",
        to_guides=True,
    ),
    Notable("gatherings.taken", gettext_lazy("Somebody guides it for me"), _taken, usual="mail", to_guides=True),
    Notable(
        "gatherings.look_back",
        gettext_lazy("Somebody who guides with me would be glad of me"),
        _look_back,
        usual="mail",
        to_guides=True,
    ),
    Notable(
        "gatherings.being_there",
        gettext_lazy("Somebody who guides with me is there for me"),
        _there_for,
        to_guides=True,
    ),
    Notable("gatherings.changed", gettext_lazy("A gathering that I come to has changed"), _changed, usual="mail"),
    Notable("gatherings.letter", gettext_lazy("A letter was begun for me"), _letter),
    Notable("gatherings.seat", gettext_lazy("A seat is free for me"), _seat, usual="mail"),
]


def tell_of_change(gathering: int, by: int) -> None:
    """It was moved, does not take place, or does so after all: tell everybody who had anything to do with it."""
    found = Gathering.objects.filter(pk=gathering).first()
    if found is None:
        return
    reminding.hush(found.pk)
    mean_to = [Seat.Answer.COMING, Seat.Answer.MAYBE, Seat.Answer.WAITING, Seat.Answer.OFFERED]
    seated = found.taken.filter(answer__in=mean_to).values("persona")
    told = Persona.objects.filter(pk__in=seated) | Persona.objects.filter(pk__in=found.shifts.values("persona"))
    for persona in told.select_related("circle"):
        if persona.pk != by:
            Notice.ring("gatherings.changed", to=persona, about=found.pk)


def tell_of_seat(seat: int) -> None:
    """A seat is kept for somebody."""
    found = Seat.objects.filter(pk=seat, answer=Seat.Answer.OFFERED).select_related("persona__circle").first()
    if found:
        Notice.ring("gatherings.seat", to=found.persona, about=found.gathering_id)


def offer_ends(seat: int) -> None:
    """The time is up: the seat passes on, if it was not taken."""
    found = Seat.objects.filter(pk=seat).first()
    if found:
        found.pass_on()


def tell_of_asking(place: int) -> None:
    """Somebody asks for a place: tell those who guide the series."""
    found = Place.objects.filter(pk=place, standing=Place.Standing.ASKING).select_related("series").first()
    if found:
        guides = Persona.objects.guiding().filter(pk__in=found.series.guides.values("persona"))
        for persona in guides.select_related("circle"):
            Notice.ring("gatherings.asking", to=persona, about=found.series_id)


def hush_asking(series: int) -> None:
    """If nobody asks any more, nobody need be told."""
    if not Place.objects.filter(series=series, standing=Place.Standing.ASKING).exists():
        Notice.hush("gatherings.asking", about=series)


def tell_of_place(place: int) -> None:
    """What came of somebody's asking."""
    found = Place.objects.filter(pk=place).select_related("persona__circle").first()
    if found and found.standing in (Place.Standing.OFFERED, Place.Standing.DECLINED):
        Notice.ring("gatherings.place", to=found.persona, about=found.series_id)


def place_ends(series: int) -> None:
    """The time of an offer is up: the place passes on, if it was not taken."""
    with transaction.atomic():
        if Series.objects.filter(pk=series).exists():
            Series(pk=series).hold().place_the_next()


def _seeks(gathering: Gathering) -> list[int] | None:
    """Whose shift may be taken: none of them where nobody leads at all; None where nobody is sought."""
    shifts = list(gathering.shifts.all())
    seek = [shift.persona_id for shift in shifts if shift.is_sought]
    return seek if seek or all(shift.part != Shift.Part.LEADS for shift in shifts) else None


def tell_of_shift(gathering: int) -> None:
    """A gathering is handed on, or nobody leads it: ask those who guide the circle, but for whoever rests."""
    found = Gathering.objects.filter(pk=gathering, is_cancelled=False).first()
    seek = _seeks(found) if found else None
    if found is None or seek is None:
        return
    guides = Persona.objects.guiding().filter(circle=found.circle_id).exclude(pk__in=seek).select_related("circle")
    rests = Rest.until_of(persona.pk for persona in guides)
    for persona in guides:
        if found.day > rests.get(persona.pk, date.min):
            Notice.ring("gatherings.sought", to=persona, about=found.pk)


def hush_shift(gathering: int) -> None:
    """If nobody is sought for it any more, nobody need be told."""
    found = Gathering.objects.filter(pk=gathering).first()
    if found is None or _seeks(found) is None:
        Notice.hush("gatherings.sought", about=gathering)


def tell_of_taken(gathering: int, persona: int) -> None:
    """Somebody took it: whoever handed it on can let it go."""
    for one in Persona.objects.filter(pk=persona).select_related("circle"):
        Notice.ring("gatherings.taken", to=one, about=gathering)


def tell_of_letter(letter: int) -> None:
    """Somebody who guides has begun a letter: its persona puts a name to it."""
    found = AttendanceLetter.objects.filter(pk=letter).select_related("persona").first()
    if found and not found.is_named:
        Notice.ring("gatherings.letter", to=found.persona, about=found.pk)


def tell_of_look_back(look_back: int) -> None:
    """Somebody was chosen to read it, or nobody is any more."""
    Notice.hush("gatherings.look_back", about=look_back)
    found = LookBack.objects.filter(pk=look_back).first()
    for persona in Persona.objects.guiding().filter(circle=found.circle_id).select_related("circle") if found else []:
        if found and found.asks(persona):
            Notice.ring("gatherings.look_back", to=persona, about=found.pk)


def tell_of_being_there(look_back: int) -> None:
    """Whoever was chosen is there for whoever wrote it, who hears so. The one chosen need not be told any more."""
    Notice.hush("gatherings.look_back", about=look_back)
    found = LookBack.objects.filter(pk=look_back).select_related("by__circle").first()
    if found and found.is_heard:
        Notice.ring("gatherings.being_there", to=found.by, about=found.gathering_id)
