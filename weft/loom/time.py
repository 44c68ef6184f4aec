"""Days and moments. A row holds the day in the open; the moment is sealed beside it."""

import os
from datetime import UTC, date, datetime
from datetime import time as clock
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.utils import timezone


def machine_zone() -> str:
    """The time zone of this machine, by its name, or UTC when it cannot be told."""
    said = os.environ.get("TZ") or str(Path("/etc/localtime").resolve()).partition("zoneinfo/")[2]
    try:
        return ZoneInfo(said or "UTC").key
    except (ZoneInfoNotFoundError, ValueError):
        return "UTC"


def now() -> datetime:
    """This moment, to the second, in UTC."""
    return timezone.now().replace(microsecond=0)


def today() -> date:
    """This day in UTC: as coarse as a time may lie in the open."""
    return now().date()


def midnight(day: date) -> datetime:
    """The moment at which a day begins, in UTC."""
    return datetime.combine(day, clock.min, UTC)
