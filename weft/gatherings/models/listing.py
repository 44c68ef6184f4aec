"""What the lists of the world outside know a series by; and lists from elsewhere that were brought here."""

from datetime import timedelta
from typing import Any

from django.db import models, transaction

from weft.circles.models import CircleRow, Persona
from weft.gatherings.models.series import Series
from weft.loom import ids, seal, time


class Listing(CircleRow):
    """What a list from elsewhere said of a series beside its hour."""

    series = models.OneToOneField(Series, models.CASCADE, related_name="listing")
    slug = seal.SealedText()  # its name in that list, by which it is known when the list comes again
    types = seal.SealedJSON()

    def __str__(self) -> str:
        return "a listing"

    @staticmethod
    def of(series: Series) -> "Listing":
        """That of a series which came from a list."""
        return Listing.objects.get(series=series)

    def say(self, types: list[str]) -> None:
        """What kind of meeting the list says it is."""
        self.types = types
        self.save(update_fields=["types"])


class Import(CircleRow):
    """A list of meetings from elsewhere: read, looked at, brought in, and, if it was wrong, undone."""

    LOOKED_AT = timedelta(days=1)  # so long a list that nobody said yes to is kept,
    UNDONE = timedelta(days=30)  # and one that can still be undone

    by = models.ForeignKey(Persona, models.CASCADE, related_name="+")
    said = seal.SealedJSON()  # the meetings as they were read
    undo = seal.SealedJSON()  # how it was before: by the id of a series what it said, or nothing for a new one
    is_done = models.BooleanField(default=False)
    is_undone = models.BooleanField(default=False)
    made_on = models.DateField(default=time.today)

    def __str__(self) -> str:
        return "a list from elsewhere"

    @classmethod
    def tidy(cls) -> None:
        """What nobody wanted, and what is too old to be undone."""
        cls.objects.filter(is_done=False, made_on__lt=time.today() - cls.LOOKED_AT).delete()
        cls.objects.filter(made_on__lt=time.today() - cls.UNDONE).delete()

    def bring_in(self, *, gone: bool, by: Persona) -> None:
        """Do what the list of changes says; with *gone*, let those end that are not in it any more. Once."""
        from weft.gatherings.incoming.changes import Changes

        with transaction.atomic():
            by.lock_circle()
            row = Import.objects.select_for_update().get(pk=self.pk)
            if row.is_done:
                return
            changes, undo = Changes.of(row), dict[str, Any]()
            for meeting in changes.new:
                series = Series.begin(ids.random_id(), meeting.series, by=by)
                Listing(circle_id=row.circle_id, series=series, slug=meeting.slug, types=meeting.types).save(
                    force_insert=True
                )
                undo[str(series.pk)] = None
            for meeting, series in changes.changed:
                undo[str(series.pk)] = {"said": meeting.before(series), "types": Listing.of(series).types}
                series.change({name: said for name, said in meeting.series.items() if name != "door"}, by=by)
                Listing.of(series).say(meeting.types)
            for series in changes.gone if gone else []:
                undo[str(series.pk)] = {"ended": True}
                series.end(time.today(), by=by)
            row.undo, row.is_done = undo, True
            row.save()

    def take_back(self, *, by: Persona) -> None:
        """Everything as it was before. Once."""
        from weft.gatherings.incoming.meetings import revived

        with transaction.atomic():
            row = Import.objects.select_for_update().get(pk=self.pk)
            if not row.is_done or row.is_undone:
                return
            for series in Series.objects.filter(pk__in=[int(pk) for pk in row.undo], circle_id=row.circle_id):
                before = row.undo[str(series.pk)]
                if before is None:
                    if series.gatherings.filter(taken__isnull=False).exists():
                        series.end(time.today(), by=by)  # somebody said that they come: they are told
                    else:
                        series.delete()
                elif before.get("ended"):
                    series.end(None, by=by)
                else:
                    series.change(revived(before["said"]), by=by)
                    Listing.of(series).say(before["types"])
            row.is_undone = True
            row.save(update_fields=["is_undone"])
