"""A place in a closed group: asked for, answered by whoever guides, waited for, offered, and taken or passed on."""

from datetime import timedelta
from typing import Any

from django.db import models, transaction
from django.db.models import Max

from weft.circles.models import CircleRow, Persona
from weft.gatherings.models.series import Series
from weft.loom import jobs, seal, time
from weft.notices import waiting

KEPT = timedelta(hours=72)  # so long a place is kept for whoever it is offered to, and until it is not quiet for them


class Place(CircleRow):
    """One persona's place in a closed group. An offer that nobody takes in its time passes on to the next in line.

    The line goes by when somebody asked, and by nothing else: not by when whoever guides found time to say yes.
    """

    class Standing(models.TextChoices):
        ASKING = "asking"
        WAITING = "waiting"
        OFFERED = "offered"
        IN = "in"
        DECLINED = "declined"

    series = models.ForeignKey(Series, models.CASCADE, related_name="places")
    persona = models.ForeignKey(Persona, models.CASCADE, related_name="places")
    standing = models.CharField(max_length=8, choices=Standing, default=Standing.ASKING)
    answers = seal.SealedJSON()
    place_in_line = models.PositiveIntegerField(null=True)  # none: an offer has passed, and they do not wait any more
    offered_until = seal.SealedTime(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["series", "persona"], name="one_place_each")]

    def __str__(self) -> str:
        return "a place"

    @classmethod
    def ask(cls, series: Series, answers: list[dict[str, str]], *, by: Persona) -> "Place":
        """Ask for a place. Asked twice, it is asked once."""
        if series.door != Series.Door.COHORT or not by.may_write or by.circle_id != series.circle_id:
            raise PermissionError("a place is asked for by a member of the circle, in a closed group")
        with transaction.atomic():
            series.hold()
            place = Place.objects.filter(series=series, persona=by).first()
            if place is None:
                place = Place(circle_id=series.circle_id, series=series, persona=by, answers=answers)
                place.place_in_line = cls._last(series) + 1
                place.save(force_insert=True)
                jobs.put("gatherings.tell_of_asking", place=place.pk)
        return place

    @staticmethod
    def _last(series: Series) -> int:
        return int(series.places.aggregate(last=Max("place_in_line"))["last"] or 0)

    def admit(self, *, by: Persona) -> None:
        """Say yes: a place is offered as soon as one is free."""
        self._answer(self.Standing.WAITING, by)

    def decline(self, *, by: Persona) -> None:
        """Say no, kindly. What they answered is gone; only they see the no."""
        self._answer(self.Standing.DECLINED, by)

    def _answer(self, standing: str, by: Persona) -> None:
        if not by.facilitates or by.circle_id != self.circle_id:
            raise PermissionError("only who guides the circle answers")
        with transaction.atomic():
            place = self._held()
            if place.standing == self.Standing.ASKING:
                place.standing, place.answers = standing, []
                place.save()
                jobs.put("gatherings.hush_asking", series=place.series_id)
                if standing == self.Standing.DECLINED:
                    jobs.put("gatherings.tell_of_place", place=place.pk)
                place.series.place_the_next()

    def accept(self, *, by: Persona) -> bool:
        """Take the place that is kept for one. False when it has passed on meanwhile."""
        self._own(by)
        with transaction.atomic():
            place = self._held()
            place.lapse()
            taken = place.standing == self.Standing.OFFERED
            if taken:
                place.standing, place.offered_until, place.place_in_line = self.Standing.IN, None, None
                place.save()
            place.series.place_the_next()
            return taken

    def stand_again(self, *, by: Persona) -> None:
        """Wait for a place again, after an offer has passed."""
        self._own(by)
        with transaction.atomic():
            place = self._held()
            if place.standing == self.Standing.WAITING and place.place_in_line is None:
                place.place_in_line = self._last(place.series) + 1
                place.save()
                place.series.place_the_next()

    def give_up(self) -> None:
        """Let go of it, whether one has it or waits for it: the next in line is asked."""
        with transaction.atomic():
            series = self.series.hold()
            jobs.put("gatherings.hush_asking", series=self.series_id)
            self.delete()
            series.place_the_next()

    def offer(self) -> None:
        """Keep a place for this one, until they say so or the time is up. The series is held."""
        self.standing = self.Standing.OFFERED
        self.offered_until = waiting.over(self.persona, time.now() + KEPT, timedelta())
        self.save()
        jobs.put("gatherings.tell_of_place", place=self.pk)
        jobs.put("gatherings.place_ends", due=self.offered_until, series=self.series_id)

    def lapse(self) -> None:
        """If it was offered and not taken in time, it passes on. Who still wants one says so. The series is held."""
        if self.standing == self.Standing.OFFERED and self.offered_until <= time.now():
            self.standing, self.offered_until, self.place_in_line = self.Standing.WAITING, None, None
            self.save()

    @property
    def before(self) -> int:
        """How many wait before this one."""
        waiting = self.series.places.filter(standing=self.Standing.WAITING, place_in_line__lt=self.place_in_line or 0)
        return waiting.count()

    def _held(self) -> "Place":
        series = self.series.hold()
        place = Place.objects.get(pk=self.pk)
        place.series = series
        return place

    def _own(self, by: Persona) -> None:
        if by.pk != self.persona_id:
            raise PermissionError("one's own place")


def place_the_next(series: Series) -> None:
    """Offer free places to those in line, by time alone. The series is held."""
    for one in series.places.filter(standing=Place.Standing.OFFERED):
        one.lapse()
    taken = series.places.filter(standing__in=[Place.Standing.IN, Place.Standing.OFFERED]).count()
    line: Any = series.places.filter(standing=Place.Standing.WAITING, place_in_line__isnull=False)
    for place in line.order_by("place_in_line")[: max(0, series.seats - taken)]:
        place.offer()
