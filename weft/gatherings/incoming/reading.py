"""A list as it comes: JSON of Meeting Guide or of BMLT, or a table. In odd letters, too long, or half broken, it is
read as far as it can be, and each meeting that cannot be is named with the reason."""

import csv
import io
import json
from dataclasses import dataclass, field
from typing import Any

from weft.gatherings.incoming.meetings import Meeting, Odd, meeting
from weft.gatherings.outside.tables import HEADINGS, unguarded

MOST = 200  # meetings of one list
BIGGEST = 400_000  # bytes
DEPTH = 8  # brackets within brackets; a list has three
COLUMNS = {heading.lower(): name for heading, name in HEADINGS.items()} | {
    "end": "end_time", "city": "city", "state": "state", "postal code": "postal_code", "country": "country",
    "address": "formatted_address", "formatted address": "formatted_address", "time zone": "timezone",
}  # fmt: skip


class Unread(ValueError):
    """Nothing of it could be read: a key of the reason, for `said`."""


@dataclass
class Read:
    """What a list said."""

    meetings: list[Meeting] = field(default_factory=list)
    odd: list[tuple[str, str]] = field(default_factory=list)  # the name, or the line; a key of the reason
    needs_zone: bool = False  # some of them say no zone, and none was chosen


def read(data: bytes, zone: str = "") -> Read:
    """Read a list. *zone*: by which clock those are meant that do not say. Raises `Unread`."""
    if len(data) > BIGGEST:
        raise Unread("big")
    found = _rows(_text(data))
    if not found:
        raise Unread("empty")
    if len(found) > MOST:
        raise Unread("many")
    out, slugs = Read(), set[str]()
    for number, row in enumerate(found, 1):
        said = _bmlt(row) if isinstance(row, dict) else row
        try:
            if isinstance(said, dict) and not said.get("timezone") and not zone:
                out.needs_zone = True
                one = meeting(said, "UTC")
            else:
                one = meeting(said, zone)
            if one.slug in slugs:
                raise Odd("twice")
        except Odd as odd:
            name = said.get("name") if isinstance(said, dict) else ""
            out.odd.append((str(name or number)[:60], str(odd)))
            continue
        slugs.add(one.slug)
        out.meetings.append(one)
    return out


def _text(data: bytes) -> str:
    for letters in ("utf-8-sig", "utf-16") if data[:2] in (b"\xff\xfe", b"\xfe\xff") else ("utf-8-sig", "cp1252"):
        try:
            return data.decode(letters)
        except UnicodeDecodeError:
            continue
    return data.decode("latin-1")


def _rows(text: str) -> list[Any]:
    if text.lstrip()[:1] in ("[", "{"):
        if _depth(text) > DEPTH:
            raise Unread("json")
        try:
            found = json.loads(text)
        except ValueError:
            raise Unread("json") from None
        if isinstance(found, dict):
            found = found.get("meetings", [])
        if not isinstance(found, list):
            raise Unread("json")
        return found
    return _table(text)


def _depth(text: str) -> int:
    """How deep the brackets go, words left aside."""
    deep = most = 0
    within = skip = False
    for letter in text:
        if skip:
            skip = False
        elif within:
            skip, within = letter == "\\", letter != '"'
        elif letter == '"':
            within = True
        elif letter in "[{":
            deep += 1
            most = max(most, deep)
        elif letter in "]}":
            deep -= 1
    return most


def _table(text: str) -> list[dict[str, str]]:
    first = text.split("\n", 1)[0]
    mark = max(",;\t", key=first.count)
    try:
        lines = list(csv.reader(io.StringIO(text.replace("\0", "")), delimiter=mark))
    except csv.Error:
        raise Unread("table") from None
    names = [COLUMNS.get(cell.strip().lower(), "") for cell in lines[0]] if lines else []
    if not {"name", "day", "time"} <= set(names):
        raise Unread("table")
    rows: dict[tuple[str, str], dict[str, Any]] = {}
    for line in lines[1:]:
        cells = {
            name: unguarded(cell.strip()) for name, cell in zip(names, line, strict=False) if name and cell.strip()
        }
        if not cells:
            continue
        key = (cells.get("slug", ""), cells.get("time", ""))
        if cells.get("slug") and key in rows:  # a line for each day
            rows[key]["day"] = [*rows[key]["day"], cells.get("day")]
        else:
            rows[key if key[0] else ("", str(len(rows)))] = cells | {"day": [cells.get("day")]}
    return list(rows.values())


def _bmlt(row: dict[str, Any]) -> dict[str, Any]:
    """BMLT's own answer, in the words of Meeting Guide. (Its list for Meeting Guide needs nothing.)"""
    if "meeting_name" not in row:
        return row
    day = str(row.get("weekday_tinyint", ""))
    length = str(row.get("duration_time", ""))
    found = {
        "slug": f"bmlt-{row.get('id_bigint', '')}",
        "name": row.get("meeting_name"),
        "day": str(int(day) - 1) if day.isdecimal() and 1 <= int(day) <= 7 else "",
        "time": str(row.get("start_time", ""))[:5],
        "timezone": row.get("time_zone") or "",
        "notes": row.get("comments"),
        "types": row.get("formats", ""),
        "location": row.get("location_text"),
        "address": row.get("location_street"),
        "city": row.get("location_municipality"),
        "state": row.get("location_province"),
        "postal_code": row.get("location_postal_code_1"),
        "conference_url": row.get("virtual_meeting_link"),
        "conference_phone": row.get("phone_meeting_number"),
    }
    if length[:2].isdecimal() and length[3:5].isdecimal() and found["time"][:2].isdecimal():
        end = int(found["time"][:2]) * 60 + int(found["time"][3:5] or 0) + int(length[:2]) * 60 + int(length[3:5])
        found["end_time"] = f"{end // 60 % 24:02}:{end % 60:02}"
    return found
