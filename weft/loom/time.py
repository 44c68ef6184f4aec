"""Days and moments. A row holds the day in the open; the moment is sealed beside it."""

from datetime import date, datetime

from django.utils import timezone


def now() -> datetime:
    """This moment, to the second, in UTC."""
    return timezone.now().replace(microsecond=0)


def today() -> date:
    """This day in UTC: as coarse as a time may lie in the open."""
    return now().date()
