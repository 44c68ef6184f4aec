"""Every program reads our calendars alike, and as the house means them, all around the world and over every change of
the clock. The programs are real ones (`weft/tests/readers`), and run in New York."""

from datetime import UTC, date, datetime, timedelta
from datetime import time as clock
from zoneinfo import ZoneInfo

import pytest

from weft.gatherings import recurring
from weft.gatherings.calendars import ical, zones
from weft.gatherings.calendars.ical import Calendar, Event
from weft.tests.readers import READERS, read

pytestmark = pytest.mark.once

FIRST = date(2026, 9, 1)  # a Tuesday
SINCE, UNTIL = datetime(2026, 8, 30, tzinfo=UTC), datetime(2027, 12, 30, tzinfo=UTC)
STAMP = datetime(2026, 8, 1, 12, tzinfo=UTC)
ZONES = ["Europe/London", "America/New_York", "Asia/Kolkata", "Africa/Cairo", "Africa/Casablanca",
         "Australia/Lord_Howe", "Europe/Dublin", "America/Santiago"]  # fmt: skip


def at(day: date, zone: str, hour: int = 19) -> datetime:
    return datetime.combine(day, clock(hour), tzinfo=ZoneInfo(zone))


def weekly(zone: str, rule: str = "FREQ=WEEKLY;BYDAY=TU", **more) -> Event:
    return Event(uid=f"{zone}@x", title=zone, starts=at(FIRST, zone), minutes=60, stamp=STAMP, rule=rule, **more)


def meant(zone: str, rule: str = "FREQ=WEEKLY;BYDAY=TU", left_out: tuple[date, ...] = ()) -> list[int]:
    """The moments, as the house itself reckons them."""
    days = recurring.days(FIRST, rule, SINCE.date(), UNTIL.date(), left_out=left_out)
    return [int(recurring.moment(day, clock(19), zone).timestamp()) for day in days]


def seen(reader: str, *events: Event) -> dict[str, list[int]]:
    """What a reader finds in one calendar, by title."""
    found: dict[str, list[int]] = {event.title: [] for event in events}
    for when, title, _status in read(reader, Calendar("Mine", list(events)).text(), SINCE, UNTIL):
        found[title].append(when)
    return found


@pytest.mark.parametrize("reader", READERS)
def test_a_weekly_hour_is_the_same_for_every_reader_in_every_zone(reader):
    found = seen(reader, *map(weekly, ZONES))
    for zone in ZONES:
        assert found[zone] == meant(zone), zone
        assert len(found[zone]) == 70


@pytest.mark.parametrize("reader", READERS)
def test_holidays_moved_and_cancelled_ones_are_read_alike(reader):
    zone, off, moved, off_too = "Europe/London", date(2026, 10, 27), date(2026, 11, 3), date(2026, 11, 10)
    series = weekly(zone, left_out=(at(off, zone),))
    to = at(date(2026, 11, 4), zone, 18)
    other = Event(uid=series.uid, title="Tuesday", starts=to, minutes=60, stamp=STAMP, sequence=1,
                  instead_of=at(moved, zone))  # fmt: skip
    gone = Event(uid=series.uid, title="Tuesday", starts=at(off_too, zone), minutes=60, stamp=STAMP, sequence=1,
                 instead_of=at(off_too, zone), status="CANCELLED")  # fmt: skip
    found = read(reader, Calendar("Mine", [series, other, gone]).text(), SINCE, UNTIL)
    here = {when: status for when, _title, status in found}
    assert set(here) == {*meant(zone, left_out=(off, moved)), int(to.timestamp())}
    assert here[int(at(off_too, zone).timestamp())] == "CANCELLED"
    assert set(here.values()) == {"CONFIRMED", "CANCELLED"}


@pytest.mark.parametrize("reader", READERS)
@pytest.mark.parametrize("rule, many", [
    ("FREQ=WEEKLY;BYDAY=TU;COUNT=12", 12),
    ("FREQ=WEEKLY;INTERVAL=2;BYDAY=TU", 35),
    ("FREQ=WEEKLY;BYDAY=TU;UNTIL=20261103", 10),
    ("FREQ=MONTHLY;BYDAY=1TU", 16),
])  # fmt: skip
def test_a_series_that_ends_or_pauses_is_read_alike(reader, rule, many):
    east_and_west = ["America/New_York", "Australia/Lord_Howe"]  # both far from UTC, where the day ends elsewhere
    found = seen(reader, *(weekly(zone, rule) for zone in east_and_west))
    for zone in east_and_west:
        assert found[zone] == meant(zone, rule)
        assert len(found[zone]) == many


def lists_of_days(name: str, since: datetime) -> list[str]:
    """A zone as the usual package for Python writes it: the changes as a list of days."""
    lines = [f"BEGIN:VTIMEZONE\nTZID:{name}"]
    for forward in (False, True):
        found = [one for one in zones.changes(name, since - zones.BEFORE, UNTIL) if one.is_forward is forward]
        kind, days = ("DAYLIGHT" if forward else "STANDARD"), ",".join(f"{one.wall:%Y%m%dT%H%M%S}" for one in found)
        offsets = f"TZOFFSETFROM:{zones._said(found[0].before)}\nTZOFFSETTO:{zones._said(found[0].after)}"
        lines.append(f"BEGIN:{kind}\nDTSTART:{found[0].wall:%Y%m%dT%H%M%S}\n{offsets}\nRDATE:{days}\nEND:{kind}")
    return ["\n".join([*lines, "END:VTIMEZONE"]).replace("\n", "\r\n")]


def test_control_a_zone_of_lists_of_days_misleads_a_reader_and_is_seen(monkeypatch):
    monkeypatch.setattr(ical.zones, "lines", lists_of_days)
    monkeypatch.setattr(ical, "folded", lambda line: f"{line}\r\n")
    found = seen("ical.js", weekly("Europe/London"))["Europe/London"]
    off = {was - is_ for was, is_ in zip(meant("Europe/London"), found, strict=True)}
    assert off == {0, 3600}  # an hour early for half of the year
    assert seen("python", weekly("Europe/London"))["Europe/London"] == meant("Europe/London")


def test_control_without_the_zone_a_reader_takes_its_own_clock(monkeypatch):
    monkeypatch.setattr(ical.zones, "lines", lambda name, since: [])
    assert seen("ical.js", weekly("Europe/London"))["Europe/London"][0] == meant("Europe/London")[0] + 5 * 3600


@pytest.mark.parametrize("zone", ZONES)
def test_a_zone_is_told_by_its_yearly_rule_where_that_rule_is_true(zone):
    lines = zones.lines(zone, SINCE)
    irregular = ("Africa/Cairo", "America/Santiago")  # they change at the 24th hour of a day
    ruled = "," in zones.footer(zone) and zone not in irregular
    assert sum("RRULE" in line for line in lines) == (2 if ruled else 0)
    for one in zones.changes(zone, SINCE, SINCE + timedelta(days=3650)):
        assert ruled or f"DTSTART:{one.wall:%Y%m%dT%H%M%S}" in lines


def test_a_line_is_folded_at_75_bytes_and_no_letter_is_cut():
    title = "ثلاثاء " * 30 + "a,b;c\\d\ne"
    event = Event(uid="x", title=title, starts=at(FIRST, "UTC"), minutes=60, stamp=STAMP)
    text = Calendar("Mine", [event]).text()
    assert all(len(line.encode()) <= 75 for line in text.split("\r\n"))
    assert "\n" not in text.replace("\r\n", "")
    for reader in READERS:
        assert read(reader, text, SINCE, UNTIL)[0][1] == title


def test_words_cannot_break_out_of_their_line():
    bad = "Tea\r\nEND:VEVENT\nATTENDEE:mailto:x@example.org\x00"
    event = Event(uid="x", title=bad, starts=at(FIRST, "UTC"), minutes=60, stamp=STAMP, place=bad, said=bad)
    lines = Calendar(bad, [event]).text().split("\r\n")
    assert sum(line.startswith("END:VEVENT") for line in lines) == 1
    assert not [line for line in lines if line.startswith("ATTENDEE")]
