"""Days worth marking, which no lapse takes away: coming back is the event."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from typing import Self

from django.db import models, transaction

from weft.circles.models import CircleRow, Persona
from weft.loom import ledger, seal, time


class NotSo(ValueError):
    """A day that cannot be: before the one it follows, or not here yet."""


class MilestoneQuerySet(models.QuerySet["Milestone"]):
    def shown_to(self, persona: Persona) -> Self:
        """What others of the circle show, without those from whom this one is shut off."""
        found = self.filter(circle=persona.circle_id, is_shown=True).exclude(by=persona).select_related("by")
        return (found.exclude(by__in=persona.hidden) if persona.hidden else found).order_by("pk")


class Milestone(CircleRow):
    """What somebody counts for themselves. All that they ever had stays theirs: nothing begins at nothing again."""

    by = models.ForeignKey(Persona, models.CASCADE, related_name="milestones")
    label = seal.SealedText()
    spans = seal.SealedJSON(default=list)  # from which day until which, the last one perhaps open
    is_shown = models.BooleanField(default=False)

    objects = models.Manager.from_queryset(MilestoneQuerySet)()

    def __str__(self) -> str:
        return "a milestone"

    @classmethod
    def begin(cls, key: int, label: str, since: date, *, by: Persona) -> "Milestone | None":
        """Mark a day. A form that is sent twice marks one."""
        _not_later_than_today(since)
        with transaction.atomic():
            by.circle.lock()
            if found := cls.objects.filter(pk=key).first():
                return found if found.by_id == by.pk else None
            marked = cls(pk=key, circle_id=by.circle_id, by=by, label=" ".join(label.split()))
            marked.spans = [[since.isoformat(), None]]
            marked.save(force_insert=True)
        return marked

    @contextmanager
    def _changing(self, by: Persona) -> "Iterator[Milestone]":
        with transaction.atomic():
            fresh = Milestone.objects.select_for_update().get(pk=self.pk)
            if fresh.by_id != by.pk:
                raise PermissionError("only whose days they are may do this")
            yield fresh
            fresh.save()
        self.refresh_from_db()

    def lapse(self, on: date, *, by: Persona) -> None:
        """It stopped on this day. What was before stays."""
        _not_later_than_today(on)
        with self._changing(by) as fresh:
            if fresh.goes_on:
                *before, (since, _open) = fresh.spans
                if on.isoformat() < since:
                    raise NotSo("before it began")
                fresh.spans = [*before, [since, on.isoformat()]]

    def come_back(self, on: date, *, by: Persona) -> None:
        """Somebody came back: from this day on it goes on."""
        _not_later_than_today(on)
        with self._changing(by) as fresh:
            if not fresh.goes_on:
                if on.isoformat() < fresh.spans[-1][1]:
                    raise NotSo("before it stopped")
                fresh.spans = [*fresh.spans, [on.isoformat(), None]]

    def show(self, *, on: bool, by: Persona) -> None:
        """Show it to the circle, or to nobody."""
        with self._changing(by) as fresh:
            fresh.is_shown = on

    def erase(self) -> None:
        with ledger.erasing("wisdom.milestone", self.pk):
            Milestone.objects.filter(pk=self.pk).delete()

    @property
    def goes_on(self) -> bool:
        return bool(self.spans) and self.spans[-1][1] is None

    @property
    def days_in_all(self) -> int:
        """All days, of all times."""
        return sum(self._lengths)

    @property
    def longest(self) -> int:
        return max(self._lengths)

    @property
    def since(self) -> date:
        """The day on which it began, or on which they came back."""
        return date.fromisoformat(self.spans[-1][0])

    @property
    def days_since(self) -> int:
        """Days since then."""
        return self._lengths[-1]

    @property
    def came_back(self) -> bool:
        return len(self.spans) > 1 and self.goes_on

    def came_back_within(self, days: int) -> bool:
        return self.came_back and self.since > time.today() - timedelta(days=days)

    @property
    def _lengths(self) -> list[int]:
        today = time.today()
        spans = [(date.fromisoformat(a), date.fromisoformat(b) if b else today) for a, b in self.spans]
        return [(until - since).days for since, until in spans]


def _not_later_than_today(day: date) -> None:
    if day > time.today():
        raise NotSo("not here yet")
