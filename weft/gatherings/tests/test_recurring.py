"""Seven o'clock stays seven o'clock: rules, days and moments, for ten years, in zones of every habit."""

from datetime import UTC, date, datetime, timedelta
from datetime import time as clock
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from weft.gatherings.recurring import Rhythm, checked, days, last_day, moment, next_day, which_of_month

pytestmark = pytest.mark.once

ZONES = [
    "Europe/London",
    "America/New_York",
    "Africa/Casablanca",  # an hour back for Ramadan, every year on other days
    "Asia/Kolkata",
    "Australia/Lord_Howe",  # half an hour of summer
    "Africa/Cairo",
    "Asia/Kathmandu",
    "Pacific/Chatham",
    "America/Sao_Paulo",
]
rhythms = some.builds(
    Rhythm,
    starts_on=some.dates(date(2024, 1, 1), date(2028, 12, 31)),
    step=some.sampled_from(["weeks", "months"]),
    every=some.integers(1, 8),
    which=some.just(0),
    times=some.none() | some.integers(1, 40),
).map(lambda r: Rhythm(r.starts_on, r.step, r.every, which_of_month(r.starts_on) * (r.step == "months"), r.times))


@settings(max_examples=60, deadline=None)
@given(rhythm=rhythms, zone=some.sampled_from(ZONES), at=some.times().map(lambda t: t.replace(second=0, microsecond=0)))
def test_the_hour_of_the_clock_stays_for_ten_years_in_every_zone(rhythm, zone, at):
    until = rhythm.starts_on + timedelta(days=3653)
    found = days(rhythm.starts_on, rhythm.rule, rhythm.starts_on, until)
    assert found[0] == rhythm.starts_on
    assert found == sorted(set(found))
    assert {day.weekday() for day in found} == {rhythm.starts_on.weekday()}
    before = None
    for day in found:
        starts = moment(day, at, zone)
        assert starts.tzinfo is UTC
        here = starts.astimezone(ZoneInfo(zone))
        if _is_there(day, at, zone):
            assert (here.date(), here.time()) == (day, at)
            assert here.fold == 0  # of an hour that comes twice the first
        else:
            assert here.replace(tzinfo=None) > datetime.combine(day, at)
        assert before is None or starts > before
        before = starts


def _is_there(day, at, zone):
    """Whether the clock in this zone ever shows this hour: some minute of UTC looks like it."""
    wall = datetime.combine(day, at)
    shown = (
        wall.replace(tzinfo=UTC) - offset
        for offset in {datetime.combine(day + timedelta(days=d), at, ZoneInfo(zone)).utcoffset() for d in (-2, 2)}
    )
    return any(one.astimezone(ZoneInfo(zone)).replace(tzinfo=None) == wall for one in shown)


@settings(max_examples=60, deadline=None)
@given(rhythm=rhythms)
def test_every_few_weeks_and_months_means_just_that(rhythm):
    found = days(rhythm.starts_on, rhythm.rule, rhythm.starts_on, rhythm.starts_on + timedelta(days=3653))
    if rhythm.times:
        assert len(found) <= rhythm.times
        assert rhythm.step == "months" or len(found) == rhythm.times
        assert last_day(rhythm.starts_on, rhythm.rule) >= found[-1]
    else:
        assert last_day(rhythm.starts_on, rhythm.rule) is None
    if rhythm.step == "weeks":
        assert all((b - a).days == 7 * rhythm.every for a, b in pairwise(found))
    else:
        months = [day.year * 12 + day.month for day in found]
        assert all(b - a == rhythm.every for a, b in pairwise(months))
        assert {(day + timedelta(days=7)).month != day.month for day in found if rhythm.which == -1} <= {True}
        assert {which_of_month(day) for day in found if rhythm.which > 0} <= {rhythm.which, -1}
    assert Rhythm.of(rhythm.rule, rhythm.starts_on) == rhythm


def test_an_hour_that_the_clock_leaps_over_moves_on_and_one_that_comes_twice_is_the_first():
    leap, back = date(2026, 3, 29), date(2026, 10, 25)
    assert moment(leap, clock(1, 30), "Europe/London") == datetime(2026, 3, 29, 1, 30, tzinfo=UTC)  # 2.30 in summer
    assert moment(back, clock(1, 30), "Europe/London") == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)  # still summer
    assert moment(back, clock(1, 30, fold=1), "Europe/London") == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)
    half = moment(date(2026, 10, 4), clock(2, 15), "Australia/Lord_Howe").astimezone(ZoneInfo("Australia/Lord_Howe"))
    assert (half.hour, half.minute) == (2, 45)
    midnight = moment(date(2026, 4, 24), clock(0, 0), "Africa/Cairo").astimezone(ZoneInfo("Africa/Cairo"))
    assert (midnight.hour, midnight.day) == (1, 24)


def test_second_tuesdays_last_fridays_and_holidays():
    year = (date(2026, 1, 1), date(2026, 12, 31))
    second = days(date(2026, 1, 13), "FREQ=MONTHLY;BYDAY=2TU", *year)
    assert [day.isoformat() for day in second[:4]] == ["2026-01-13", "2026-02-10", "2026-03-10", "2026-04-14"]
    last = days(date(2026, 1, 30), "FREQ=MONTHLY;BYDAY=-1FR", *year)
    assert [day.isoformat() for day in last[-3:]] == ["2026-10-30", "2026-11-27", "2026-12-25"]
    assert days(date(2026, 1, 30), "FREQ=MONTHLY;BYDAY=-1FR", *year, left_out=[date(2026, 12, 25)]) == last[:-1]
    assert next_day(date(2026, 1, 13), "FREQ=MONTHLY;BYDAY=2TU", date(2026, 2, 11)) == date(2026, 3, 10)
    assert next_day(date(2026, 1, 13), "FREQ=WEEKLY;BYDAY=TU;COUNT=2", date(2026, 1, 21)) is None
    assert days(date(2026, 1, 13), "", *year) == [date(2026, 1, 13)]
    assert days(date(2026, 1, 13), "", date(2026, 1, 14), year[1]) == []
    fifth = Rhythm(date(2026, 3, 31), "months", which=which_of_month(date(2026, 3, 31)))
    assert fifth.rule == "FREQ=MONTHLY;BYDAY=-1TU"


@pytest.mark.parametrize(
    "rule",
    ["FREQ=SECONDLY", "FREQ=WEEKLY;INTERVAL=0", "FREQ=WEEKLY;BYHOUR=1,2,3", "FREQ=WEEKLY\nEXRULE:FREQ=DAILY", "x"],
)
def test_a_rule_that_would_meet_every_second_is_none(rule):
    with pytest.raises(ValueError, match="not the rule of a meeting"):
        checked(rule)


@pytest.mark.parametrize("rule", ["FREQ=DAILY", "FREQ=WEEKLY;BYDAY=MO,TU", "FREQ=MONTHLY;BYDAY=3TU;UNTIL=20270101"])
def test_a_rule_from_elsewhere_is_kept_though_no_form_offers_it(rule):
    assert days(date(2026, 1, 20), rule, date(2026, 1, 1), date(2026, 3, 1))
    with pytest.raises(ValueError, match="not a rule that the form offers"):
        Rhythm.of(rule, date(2026, 1, 20))
