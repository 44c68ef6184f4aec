"""A facilitator makes a series, its gatherings are there ahead, and members see them."""

import re
from datetime import date, timedelta
from datetime import time as clock

import pytest
from django.urls import reverse

from weft.conftest import enter, make_circle
from weft.gatherings.forms import SeriesForm
from weft.gatherings.models import Gathering, Series
from weft.gatherings.opening import reasons_against
from weft.gatherings.tests.planned import make_series
from weft.loom import ids, jobs, time
from weft.notices.models import Notice

pytestmark = pytest.mark.django_db


def at(view, persona, **keys):
    return reverse(f"gatherings:{view}", kwargs={"key": persona.circle_id} | keys)


def plan(persona, series_key=None):
    return at("plan", persona, series_key=series_key or ids.random_id())


def ticked(page):
    """The boxes that stand ticked in a page."""
    return set(re.findall(r'<input type="checkbox" name="(\w+)"[^>]* checked', page))


def filled(**more):
    said = {
        "name": "Evening hour",
        "about": "We sit together.",
        "starts_on": (time.today() + timedelta(days=3)).isoformat(),
        "starts_at": "19:00",
        "minutes": "60",
        "zone": "Europe/London",
        "step": "weeks",
        "every": "1",
        "times": "",
        "door": "members",
        "seats": "12",
        "way": "text",
        "is_online": "on",
    }
    return said | more


def test_a_series_is_made_once_and_members_see_its_gatherings(sign_in, ada, cleo):
    address, guide = plan(cleo), sign_in(cleo)
    assert guide.get(at("begin", cleo)).status_code == 302
    assert guide.get(address).status_code == 200
    for _twice in (1, 2):
        assert guide.post(address, filled()).status_code == 302
    assert Series.objects.count() == 1
    assert 9 <= Gathering.objects.count() <= 11
    member = sign_in(ada)
    for page in (ada.circle.get_absolute_url(), at("gatherings", ada), "/"):
        assert "Evening hour" in member.get(page).content.decode(), page
    assert plan(ada) not in member.get(at("gatherings", ada)).content.decode()
    assert member.post(plan(ada), filled()).status_code == 404
    hour = Series.objects.get().next
    assert "We sit together." in member.get(hour.get_absolute_url()).content.decode()


def test_a_therapy_group_asks_where_people_are_and_opens_with_a_checked_credential_alone(sign_in, ada, cleo, circle):
    circle.kind = "therapy"
    circle.save()
    guide, address = sign_in(cleo), plan(cleo)
    page = guide.get(address).content.decode()
    assert ticked(page) >= {"asks_where", "keeps_notes"}
    assert "needs_credential" not in page, "nobody can do without it"
    guide.post(address, filled(asks_where="on"))
    series = Series.objects.get()
    assert (series.asks_where, series.keeps_notes, series.needs_credential) == (True, False, True)
    assert "Yours has not been checked yet" in str(reasons_against(series.next, cleo))
    guide.post(address, filled(needs_credential=""))
    series.refresh_from_db()
    assert (series.asks_where, series.needs_credential) == (False, True)


def test_any_circle_may_ask_for_both(sign_in, cleo):
    guide, address = sign_in(cleo), plan(cleo)
    assert not ticked(guide.get(address).content.decode()) & {"asks_where", "keeps_notes", "needs_credential"}
    guide.post(address, filled(asks_where="on", needs_credential="on"))
    series = Series.objects.get()
    assert (series.asks_where, series.needs_credential) == (True, True)
    assert ticked(guide.get(address).content.decode()) >= {"asks_where", "needs_credential"}


def test_what_is_missing_is_said_and_the_words_stay(sign_in, cleo):
    page = sign_in(cleo).post(plan(cleo), filled(starts_on="2020-01-01", is_online="", name="Stays")).content.decode()
    assert "This day is over" in page
    assert "Stays" in page
    page = sign_in(cleo).post(plan(cleo), filled(is_online="", name="Stays")).content.decode()
    assert "Please say where you meet" in page
    assert not Series.objects.exists()


def test_a_stranger_and_a_member_of_another_circle_find_nothing(sign_in, client, evening, mallory):
    assert sign_in(mallory).get(evening.get_absolute_url()).status_code == 404
    elsewhere = enter(mallory, make_circle("Another"), "Elsewhere")
    other = reverse("gatherings:gathering", kwargs={"key": elsewhere.circle_id, "gathering_key": evening.pk})
    assert sign_in(mallory).get(other).status_code == 404
    assert client.get(evening.get_absolute_url()).status_code == 302


def test_rolled_out_again_nothing_is_made_twice(series):
    there = list(series.gatherings.values_list("pk", flat=True))
    for _again in range(3):
        series.roll_out()
    assert sorted(series.gatherings.values_list("pk", flat=True)) == sorted(there)


def test_a_rare_meeting_has_its_next_gathering_however_far_it_is(cleo):
    series = make_series(cleo, starts_on=time.today() + timedelta(days=200), rule="")
    assert series.gatherings.count() == 1


def test_who_looks_after_a_long_sleep_finds_gatherings(sign_in, ada, series):
    series.gatherings.all().delete()
    Series.objects.update(rolled_to=time.today())
    assert "Our hour" in sign_in(ada).get(at("gatherings", ada)).content.decode()


def test_a_series_changes_from_a_day_on(sign_in, ada, cleo, series):
    before = list(series.gatherings.order_by("day"))
    from_day = before[2].day
    before[1].take_answer("coming", by=ada)
    before[2].take_answer("coming", by=ada)
    later = filled(name="Our hour", starts_on=from_day.isoformat(), starts_at="20:30")
    assert sign_in(cleo).post(plan(cleo, series.pk), later).status_code == 302
    after = list(series.gatherings.order_by("day"))
    assert [one.pk for one in after[:5]] == [one.pk for one in before[:5]]
    assert [one.starts for one in after[:2]] == [one.starts for one in before[:2]]
    assert after[2].starts - before[2].starts == timedelta(hours=1, minutes=30)
    jobs.run_due()
    assert [notice.about for notice in Notice.objects.filter(persona=ada)] == [before[2].pk]


def test_only_other_words_move_nothing(sign_in, cleo, series):
    before = [(one.pk, one.starts) for one in series.gatherings.order_by("day")]
    form = SeriesForm(series=series)
    said = {name: value for name, value in form.initial.items() if value not in (None, False)}  # as a browser sends it
    said |= {"starts_at": "19:00", "name": "Another name", "starts_on": form.initial["starts_on"].isoformat()}
    assert sign_in(cleo).post(plan(cleo, series.pk), said).status_code == 302
    series.refresh_from_db()
    assert series.name == "Another name"
    assert [(one.pk, one.starts) for one in series.gatherings.order_by("day")] == before


def test_another_weekday_lets_go_of_the_old_days_and_tells_who_meant_to_come(ada, cleo, series):
    first, second = series.gatherings.order_by("day")[:2]
    first.take_answer("coming", by=ada)
    said = {name: getattr(series, name) for name in ("name", "zone", "starts_at", "minutes")}
    series.change(said | {"starts_on": first.day + timedelta(days=1), "rule": "FREQ=WEEKLY"}, by=cleo)
    assert not series.gatherings.filter(pk=second.pk).exists()
    first.refresh_from_db()
    assert not first.is_cancelled  # it is before the day from which the change holds
    series.change(said | {"starts_on": first.day, "rule": "FREQ=WEEKLY;BYDAY=" + _other(first.day)}, by=cleo)
    first.refresh_from_db()
    assert first.is_cancelled
    jobs.run_due()
    assert Notice.objects.filter(persona=ada).count() == 1


def _other(day):
    return ("MO", "TU", "WE", "TH", "FR", "SA", "SU")[(day.weekday() + 2) % 7]


def test_a_holiday_is_left_out_and_can_be_taken_back(sign_in, ada, cleo, series):
    day = series.next.day + timedelta(days=7)
    one = series.gatherings.get(day=day)
    one.take_answer("coming", by=ada)
    address = at("holiday", cleo, series_key=series.pk)
    assert sign_in(ada).post(address, {"day": day.isoformat()}).status_code == 404
    sign_in(cleo).post(address, {"day": day.isoformat(), "note": "The hall is closed."})
    one.refresh_from_db()
    assert one.is_cancelled
    assert "The hall is closed." in sign_in(ada).get(one.get_absolute_url()).content.decode()
    jobs.run_due()
    assert Notice.objects.filter(persona=ada).count() == 1
    sign_in(cleo).post(address, {"day": day.isoformat(), "back": "1"})
    one.refresh_from_db()
    series.refresh_from_db()
    assert not one.is_cancelled
    assert series.left_out == []


def test_a_series_ends_and_goes_on_after_all(sign_in, ada, cleo, series):
    first, second = series.gatherings.order_by("day")[:2]
    second.take_answer("coming", by=ada)
    address = at("ending", cleo, series_key=series.pk)
    sign_in(cleo).post(address, {"day": first.day.isoformat()})
    assert list(Gathering.objects.coming()) == [first]
    jobs.run_due()
    assert Notice.objects.filter(persona=ada).count() == 1
    assert "Do you come?" not in sign_in(ada).get(second.get_absolute_url()).content.decode()
    sign_in(cleo).post(address, {"back": "1"})
    assert second in Gathering.objects.coming()
    assert second.taken.get().answer == "coming"


def test_the_hour_stays_seven_when_summer_time_begins(cleo, monkeypatch):
    monkeypatch.setattr(time, "today", lambda: date(2027, 3, 1))
    series = make_series(cleo, starts_on=date(2027, 3, 2), starts_at=clock(19))
    hours = {one.day: one.starts.hour for one in series.gatherings.all()}
    assert hours[date(2027, 3, 23)] == 19
    assert hours[date(2027, 3, 30)] == 18


def test_a_moved_and_a_cancelled_gathering_say_why_and_come_back(sign_in, ada, cleo, evening):
    evening.take_answer("maybe", by=ada)
    usual, guide = evening.starts, sign_in(cleo)
    address = at("change", cleo, gathering_key=evening.pk)
    moved = (usual + timedelta(hours=2)).strftime("%Y-%m-%dT%H:%M")
    assert sign_in(ada).post(address, {"starts": moved}).status_code == 404
    guide.post(address, {"starts": moved, "note": "The room is taken."})
    evening.refresh_from_db()
    assert evening.is_moved
    page = sign_in(ada).get(evening.get_absolute_url()).content.decode()
    assert "It was moved to this time." in page
    assert "The room is taken." in page
    jobs.run_due()
    assert Notice.objects.filter(persona=ada).count() == 1
    guide.post(address, {"cancel": "1", "note": "I am ill."})
    page = sign_in(ada).get(evening.get_absolute_url()).content.decode()
    assert "This one does not take place." in page
    assert "I am ill." in page
    guide.post(address, {"restore": "1"})
    evening.refresh_from_db()
    assert (evening.starts, evening.is_cancelled, evening.note) == (usual, False, "")
