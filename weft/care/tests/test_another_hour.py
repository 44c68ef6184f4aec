"""A need moves to another hour: whoever promised it keeps it and is told, and it rings before the new hour alone."""

from datetime import time as clock_time
from datetime import timedelta

import pytest
from django.urls import reverse

from weft.care.models import Call, Promise
from weft.care.models.guest import new_token
from weft.care.tests.test_ringing import MINUTE, goes_on, told
from weft.care.tests.ways import make_need, make_slot, stands
from weft.loom import jobs, time

pytestmark = pytest.mark.django_db
DAILY = {"rule": "FREQ=DAILY"}


def at(need):
    return reverse("care:need", kwargs={"key": need.circle_id, "need_key": need.pk})


def test_the_days_stay_and_so_does_whoever_promised(sign_in, care, tess, leo):
    need = make_need(tess, days=2, **DAILY)
    mine = need.slots.order_by("starts")[0]
    mine.take("Soup", by=leo)
    days = list(need.slots.order_by("starts").values_list("day", flat=True))
    page = sign_in(tess).get(at(need)).content.decode()
    assert ('value="17:00"' in page, 'value="18:00"' in page) == (True, True)
    answer = sign_in(tess).post(at(need), {"move": "1", "starts_at": "19:30", "ends_at": "21:00"}, follow=True)
    assert "Whoever had promised it is told" in answer.content.decode()
    assert list(need.slots.order_by("starts").values_list("day", flat=True)) == days
    assert {(slot.starts.strftime("%H:%M"), slot.minutes) for slot in need.slots.all()} == {("19:30", 90)}
    held = Promise.objects.get(slot=mine)
    assert (held.persona_id, held.brings) == (leo.pk, "Soup")
    jobs.run_due()
    assert told(leo) == ["care.moved"]
    there = sign_in(leo).get(mine.get_absolute_url()).content.decode()
    assert "19:30" in there
    assert "17:00" not in there
    need.roll_out()
    assert {slot.starts.strftime("%H:%M") for slot in need.slots.all()} == {"19:30"}, "new ones too"


def test_somebody_with_many_of_them_is_told_once(care, tess, leo):
    need = make_need(tess, days=2, **DAILY)
    first, *others = need.slots.order_by("starts")[:4]
    for slot in (first, *others):
        slot.take(by=leo)
    need.move(clock_time(19), 60, by=tess)
    jobs.run_due()
    assert told(leo) == ["care.moved"]
    need.move(clock_time(19), 60, by=tess)
    assert jobs.run_due() == 0, "nothing has changed"


def test_it_rings_before_the_new_hour_and_not_before_the_old(care, tess, bea, clock):
    stands(bea, 3, tess, backup=True)
    slot = make_slot(tess, days=6)
    old = slot.starts
    goes_on(clock, old - timedelta(hours=60), old - timedelta(hours=49))  # the night has planned the calls
    slot.need.move(clock_time(22), 60, by=tess)
    slot.refresh_from_db()
    assert slot.starts == old + timedelta(hours=5)
    goes_on(clock, old - timedelta(hours=48) + MINUTE, slot.starts - timedelta(hours=49))
    assert told(bea) == []
    goes_on(clock, slot.starts - timedelta(hours=48) + MINUTE, slot.starts - timedelta(hours=40))
    assert told(bea) == ["care.free"]


def test_moved_to_an_earlier_hour_it_rings_earlier(care, tess, leo, clock):
    slot = make_slot(tess, days=6)
    slot.take(by=leo)
    old = slot.starts
    goes_on(clock, old - timedelta(hours=60), old - timedelta(hours=30))
    slot.need.move(clock_time(10), 60, by=tess)
    goes_on(clock, old - timedelta(hours=29), old - timedelta(hours=26))
    assert told(leo) == ["care.moved", "care.soon"], "20 hours before ten o'clock are 27 before five"


def test_what_has_begun_or_would_have_begun_stays(care, tess, clock):
    need = make_need(tess, days=1, **DAILY)
    first, second = need.slots.order_by("starts")[:2]
    clock(first.starts - timedelta(hours=1))
    need.move(clock_time(8), 60, by=tess)
    for slot in (first, second):
        slot.refresh_from_db()
    assert first.starts.strftime("%H:%M") == "17:00", "eight o'clock of today is over"
    assert second.starts.strftime("%H:%M") == "08:00"


def test_the_hour_is_one_of_the_clock_there_across_summer_time(house, clock):
    from datetime import UTC, date, datetime

    from weft.care.tests.ways import make_care
    from weft.people.models import Person

    clock(datetime(2027, 3, 20, 12, tzinfo=UTC))
    guide = make_care(Person.objects.join("tess", None), zone="Europe/Berlin").guide
    need = make_need(guide, days=1, **DAILY)
    need.move(clock_time(9), 60, by=guide)
    hours = {slot.day: slot.starts.strftime("%H:%M") for slot in need.slots.all()}
    assert (hours[date(2027, 3, 27)], hours[date(2027, 3, 28)]) == ("08:00", "07:00")


def test_whoever_coordinates_is_told_whom_to_tell(sign_in, care, tess, leo):
    need = make_need(tess, days=2, **DAILY)
    _call, token = Call.write(tess, uses=3, days=9, words="It is me.")
    guest = Call.held(token).let_in("Old Tom", new_token())
    need.slots.order_by("starts")[0].take(by=guest)
    page = sign_in(tess).post(at(need), {"move": "1", "starts_at": "19:00", "ends_at": "20:00"}, follow=True)
    assert "tell them yourself: Old Tom" in page.content.decode()


def test_an_hour_that_is_none_is_asked_again_and_nothing_moves(sign_in, care, tess, leo):
    need = make_need(tess, days=2)
    page = sign_in(tess).post(at(need), {"move": "1", "starts_at": "19:00", "ends_at": "late"})
    assert 'value="late"' in page.content.decode()
    need.refresh_from_db()
    assert need.starts_at == clock_time(17)
    assert sign_in(leo).post(at(need), {"move": "1", "starts_at": "19:00", "ends_at": "20:00"}).status_code == 404
    with pytest.raises(PermissionError):
        need.move(clock_time(19), 60, by=leo)
    need.refresh_from_db()
    assert need.starts_at == clock_time(17)
    assert need.slots.get().starts > time.now()
