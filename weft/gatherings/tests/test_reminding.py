"""Reminders: as each one wishes, once each, none for what does not take place, right after a move and across DST."""

from datetime import UTC, datetime, timedelta
from datetime import time as clock_time

import pytest

from weft.conftest import enter
from weft.gatherings import reminding
from weft.gatherings.models.reminding import Reminding
from weft.gatherings.tests.planned import make_series
from weft.gatherings.tests.test_planning import at
from weft.loom import jobs
from weft.notices.models import Notice
from weft.people.models import Person

pytestmark = pytest.mark.django_db


def heard(persona):
    return sorted(notice.what.partition(".")[2] for notice in Notice.objects.filter(persona=persona) if notice.is_shown)


def run_to(clock, moment):
    """Let time pass in steps of a quarter of an hour, with the jobs of each; the night's planning at two."""
    while clock.now < moment:
        clock.now = min(clock.now + timedelta(minutes=15), moment)
        if clock.now.hour == 2 and clock.now.minute < 15:
            reminding.plan()
        jobs.run_due(at=clock.now)


@pytest.fixture
def hour(clock, cleo):
    clock.now = datetime(2026, 10, 20, 12, 0, tzinfo=UTC)
    return make_series(cleo, starts_on=datetime(2026, 10, 23).date(), starts_at=clock_time(19)).next


def test_a_day_and_an_hour_before_and_each_of_them_once(clock, ada, cleo, hour):
    hour.take_answer("coming", by=ada)
    run_to(clock, hour.starts - timedelta(hours=23))
    assert heard(ada) == ["day"]
    Notice.objects.get(persona=ada).read()
    reminding.plan()
    jobs.run_due(at=clock.now)
    assert Notice.objects.get(persona=ada).is_read  # it is not told anew
    run_to(clock, hour.starts - timedelta(minutes=5))
    assert heard(ada) == ["day", "hour"]
    assert heard(cleo) == ["day", "hour"]  # whoever guides too
    run_to(clock, hour.starts + timedelta(minutes=15))
    assert heard(ada) == []  # once it has begun nobody is reminded any more


def test_only_who_comes_is_reminded_and_as_they_wish(clock, ada, cleo, hour):
    away = enter(Person.objects.join("away", None), cleo.circle, "Away")
    other = enter(Person.objects.join("other", None), cleo.circle, "Other")
    hour.take_answer("coming", by=ada)
    hour.take_answer("cannot", by=away)
    Reminding.choose(["soon"], by=ada)
    run_to(clock, hour.starts - timedelta(minutes=5))
    assert heard(ada) == ["soon"]
    assert heard(away) == heard(other) == []


def test_nobody_is_reminded_of_what_does_not_take_place(clock, ada, cleo, hour):
    hour.take_answer("coming", by=ada)
    run_to(clock, hour.starts - timedelta(hours=23))
    assert heard(ada) == ["day"]
    hour.cancel("", by=cleo)
    run_to(clock, hour.starts)
    assert heard(ada) == ["changed"]


def test_after_a_move_the_reminder_comes_before_the_new_hour(clock, ada, cleo, hour):
    hour.take_answer("coming", by=ada)
    old = hour.starts
    run_to(clock, old - timedelta(hours=20))
    hour.move(old + timedelta(hours=6), "", by=cleo)
    run_to(clock, old)
    assert heard(ada) == ["changed", "day"]  # a day before the new hour, and nothing of the old one
    run_to(clock, old + timedelta(hours=5))
    assert heard(ada) == ["changed", "day", "hour"]


def test_the_reminder_is_an_hour_before_also_after_the_clocks_change(clock, ada, cleo, hour):
    after = hour.series.gatherings.order_by("day")[1]  # a week later: summer time is over
    assert (hour.starts.hour, after.starts.hour) == (18, 19)
    after.take_answer("coming", by=ada)
    run_to(clock, datetime(2026, 10, 30, 17, 30, tzinfo=UTC))
    assert heard(ada) == ["day"]
    run_to(clock, datetime(2026, 10, 30, 18, 0, tzinfo=UTC))
    assert heard(ada) == ["day", "hour"]


def test_whoever_has_left_is_not_reminded(clock, ada, cleo, hour):
    hour.take_answer("coming", by=ada)
    pk = ada.pk
    ada.leave(by=ada.person, words="take")
    run_to(clock, hour.starts)
    assert not Notice.objects.filter(persona=pk).exists()
    assert heard(cleo) == ["day", "hour"]


def test_one_chooses_on_the_page_of_a_gathering(sign_in, ada, evening):
    sign_in(ada).post(at("reminders", ada), {"before": ["hour", "soon"], "next": evening.get_absolute_url()})
    assert Reminding.of(ada) == ["hour", "soon"]
    sign_in(ada).post(at("reminders", ada), {"next": evening.get_absolute_url()})
    assert Reminding.of(ada) == []


def test_a_reminder_says_neither_what_nor_where(clock, ada, hour):
    hour.take_answer("coming", by=ada)
    run_to(clock, hour.starts - timedelta(minutes=5))
    said = [notice.words for notice in Notice.objects.filter(persona=ada)]
    assert said
    assert not any(hour.series.name in words or hour.series.circle.name in words for words in said)
