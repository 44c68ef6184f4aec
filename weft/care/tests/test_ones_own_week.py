"""One's own week, what one offers, the calendar of one's promises, the month, and the file: and who sees none of it."""

from datetime import time as hour
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from weft.care.models import Diary, Near, Promise
from weft.care.tests.ways import make_slot, stands
from weft.loom import jobs, time
from weft.notices.models import Notice

pytestmark = pytest.mark.django_db


def at(name, care, **more):
    return reverse(f"care:{name}", kwargs={"key": care.circle_id, **more})


def test_hours_nights_and_the_last_day_off_are_ones_own(sign_in, care, tess, leo, bea, clock):
    day = time.today() + timedelta(days=3)
    night = make_slot(tess, "night", name="The night", starts_on=day, starts_at=hour(22), minutes=600)
    noon = make_slot(tess, name="Soup", starts_on=day, starts_at=hour(12), minutes=120)
    for slot in (night, noon):
        slot.take(by=leo)
    clock(night.ends + timedelta(hours=1))
    mine, hers = (sign_in(who).get(at("week", care)).content.decode() for who in (leo, bea))
    assert "12 hours" in mine
    assert "1 night" in mine
    assert "0 hours" in hers
    for page in ("care", "people", "looks", "month"):
        assert "12 hours" not in sign_in(tess).get(at(page, care)).content.decode()


def test_a_night_takes_two_days(care, tess, leo, clock):
    from weft.care.week import summed

    day = time.today() + timedelta(days=3)
    night = make_slot(tess, "night", starts_on=day, starts_at=hour(22), minutes=600)
    clock(night.starts + timedelta(days=3, hours=-10))
    assert summed([night])["off"] == day + timedelta(days=2)


def test_who_could_take_one(sign_in, care, tess, leo):
    slot = make_slot(tess)
    slot.take(by=leo)
    assert "Who could take this?" in sign_in(leo).get(at("week", care)).content.decode()
    sign_in(leo).post(at("promise", slot, slot_key=slot.pk), {"how": "seek"})
    assert Promise.objects.get().is_sought


def test_an_offer_finds_a_need_and_a_person_confirms(sign_in, care, tess, leo, bea):
    slot = make_slot(tess, "ride", name="To the station", days=2)
    sign_in(bea).post(at("week", care), {"kinds": ["ride"], "words": "I have a car."})
    page = sign_in(bea).get(at("care", care)).content.decode()
    assert "This fits what you could do" in page
    assert "This fits what you could do" not in sign_in(leo).get(at("care", care)).content.decode()
    page = sign_in(tess).get(slot.get_absolute_url()).content.decode()
    assert "Ask Bea" in page
    assert "I have a car." in page
    sign_in(tess).post(at("ask_somebody", slot, slot_key=slot.pk), {"who": str(bea.pk)})
    jobs.run_due()
    assert [notice.what for notice in Notice.objects.filter(persona=bea)] == ["care.asked"]
    assert not Promise.objects.exists(), "nothing is promised for anybody"
    assert sign_in(tess).post(at("ask_somebody", slot, slot_key=slot.pk), {"who": str(leo.pk)}).status_code == 404


def test_an_offer_is_for_its_days(care, tess, bea):
    near = stands(bea, 3, tess).near
    Near.offer(["ride"], [1], "", by=bea)
    near.refresh_from_db()
    assert [near.fits("ride", day) for day in (0, 1)] == [False, True]
    assert not near.fits("meal", 1)
    Near.offer(["ride"], [], "", by=bea)
    near.refresh_from_db()
    assert near.fits("ride", 0)


def test_a_calendar_of_what_one_promised_at_an_address_of_its_own(sign_in, care, tess, leo, bea):
    make_slot(tess, name="Supper for Rosa").take("Lasagne", by=leo)
    make_slot(tess, name="Another").take(by=bea)
    sign_in(leo).post(at("own_diary", care))
    diary = Diary.objects.get()
    answer = Client().get(diary.get_absolute_url())
    said = answer.content.decode()
    assert said.count("BEGIN:VEVENT") == 1
    assert not answer.cookies
    for word in ("Rosa", "Supper", "Lasagne", "Leo", "Tess", care.circle.name):
        assert word not in said
    sign_in(leo).post(at("own_diary", care), {"end": "1"})
    assert Client().get(diary.get_absolute_url()).status_code == 404


def test_what_was_let_go_is_not_in_the_calendar(sign_in, care, tess, leo):
    promise = make_slot(tess).take(by=leo)
    diary = Diary.open(leo)
    assert "BEGIN:VEVENT" in Client().get(diary.get_absolute_url()).content.decode()
    promise.step_back(by=leo)
    assert "BEGIN:VEVENT" not in Client().get(diary.get_absolute_url()).content.decode()


def test_the_month_shows_what_is_free(sign_in, care, tess, leo):
    free, taken = make_slot(tess, name="Soup"), make_slot(tess, name="A ride", days=1)
    taken.take(by=leo)
    month = f"{free.starts:%Y-%m}"
    page = sign_in(leo).get(f"{at('month', care)}?month={month}").content.decode()
    assert "nobody has it yet" in page
    assert f'href="{taken.get_absolute_url()}"' in page
    assert sign_in(leo).get(f"{at('month', care)}?month=nonsense").status_code == 200


def test_the_table_is_for_whoever_plans_and_runs_no_formula(sign_in, care, tess, leo):
    make_slot(tess, name="=1+1").take("@soup", by=leo)
    answer = sign_in(tess).get(at("table", care))
    said = answer.content.decode()
    assert "'=1+1,Leo,'@soup" in said
    assert sign_in(leo).get(at("table", care)).status_code == 404
