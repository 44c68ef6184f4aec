"""The list as Meeting Guide has it: JSON that the sites and phones of recovery fellowships read.

What these readers leave out, and why each field is here, was tried with them: a meeting without a zone or without an
address is dropped; an address with fewer than four parts counts as rough unless `approximate` says no; a link is known
only by the name of its company, so a page must be told ours (docs/calendars.md). An empty list is an error to them.
"""

from collections.abc import Iterable
from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

from weft.gatherings.outside.listed import Listed
from weft.loom.ids import KeyConverter

SLUG = 64  # letters


def said(meetings: Iterable[Listed]) -> list[dict[str, Any]]:
    """Those that come every week: the lists know no other."""
    return [_one(meeting) for meeting in meetings if meeting.days]


def slug(key: int) -> str:
    """The name of a meeting in an address: it tells nothing."""
    return f"m-{KeyConverter().to_url(key)}"[:SLUG]


def _one(meeting: Listed) -> dict[str, Any]:
    series, at = meeting.series, (meeting.next or meeting.here).astimezone(ZoneInfo(meeting.series.zone))
    found: dict[str, Any] = {
        "slug": slug(series.pk),
        "name": series.name,
        "day": meeting.days[0] if len(meeting.days) == 1 else meeting.days,
        "time": f"{series.starts_at:%H:%M}",
        "end_time": f"{at + timedelta(minutes=series.minutes):%H:%M}",
        "timezone": series.zone,
        "types": meeting.kinds,
        "formatted_address": meeting.where,
        "approximate": "yes" if meeting.is_near else "no",
        "region": series.near or meeting.zone_name,
        "notes": series.about,
        "url": meeting.link,
    }
    if series.is_online:
        # The way in is a page of the house, where people are let in one by one: no link that opens a room is ever here.
        found |= {"conference_url": meeting.link, "conference_url_notes": "Come in on this page."}
    if meeting.is_in_person and not meeting.is_near:
        found["location"] = series.place.strip().splitlines()[0].strip(" ,")
    return found
