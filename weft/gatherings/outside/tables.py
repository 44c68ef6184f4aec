"""The list as a table: the headings are those that sites of fellowships take in."""

import csv
import io
from collections.abc import Iterable
from typing import Any

from weft.gatherings.outside import meeting_guide
from weft.gatherings.outside.listed import Listed

DAYS = ("Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday")
HEADINGS = {  # of the table, and what it is called in JSON
    "Time": "time", "End Time": "end_time", "Day": "day", "Name": "name", "Location": "location",
    "Address": "formatted_address", "Region": "region", "Types": "types", "Notes": "notes", "Website": "url",
    "Conference URL": "conference_url", "Conference URL Notes": "conference_url_notes", "Timezone": "timezone",
    "Approximate": "approximate", "Slug": "slug",
}  # fmt: skip
FORMULA = ("=", "+", "-", "@", "\t", "\r")


def table(meetings: Iterable[Listed]) -> str:
    """As CSV. A meeting on several days is a line for each."""
    out = io.StringIO()
    lines = csv.writer(out, lineterminator="\r\n")
    lines.writerow(HEADINGS)
    for one in meeting_guide.said(meetings):
        days = one["day"] if isinstance(one["day"], list) else [one["day"]]
        for day in days:
            said = one | {"day": DAYS[day], "types": ", ".join(one["types"])}
            lines.writerow(guarded(said.get(name, "")) for name in HEADINGS.values())
    return "\ufeff" + out.getvalue()  # so that a spreadsheet knows the letters


def guarded(value: Any) -> str:
    """A cell that no spreadsheet takes for a formula."""
    text = str(value)
    return f"'{text}" if text.startswith(FORMULA) else text


def unguarded(text: str) -> str:
    """The cell as it was meant."""
    return text[1:] if text.startswith("'") and text[1:].startswith(FORMULA) else text
