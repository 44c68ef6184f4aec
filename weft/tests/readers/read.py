"""Reads a calendar as programs in Python do: read.py FROM TO < calendar.ics, as read.mjs answers it."""

import json
import sys
from datetime import UTC, datetime

import recurring_ical_events
from icalendar import Calendar

since, until = (datetime.fromtimestamp(int(word), UTC) for word in sys.argv[1:])
events = recurring_ical_events.of(Calendar.from_ical(sys.stdin.buffer.read())).between(since, until)
found = [[int(e["DTSTART"].dt.timestamp()), str(e["SUMMARY"]), str(e.get("STATUS", ""))] for e in events]
print(json.dumps(sorted(found)))
