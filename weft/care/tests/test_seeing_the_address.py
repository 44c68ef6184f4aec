"""Address, gate and phone: only for whoever holds the slot, from a day before until two hours after; never unseen."""

from datetime import UTC, date, datetime, timedelta
from datetime import time as hour
from zoneinfo import ZoneInfo

import pytest
from django.urls import reverse

from weft.care.models import Care, Look, Slot, need
from weft.care.tests.ways import HOME, make_slot
from weft.circles.models import Circle
from weft.loom import time
from weft.tests.laws.dump import everything

pytestmark = pytest.mark.django_db
STEP = timedelta(minutes=10)
LONDON = ZoneInfo("Europe/London")


def asks(browser, slot):
    return browser.post(reverse("care:where", kwargs={"key": slot.circle_id, "slot_key": slot.pk}))


def told(answer):
    """Which of the three a page says."""
    return {name for name, said in HOME.items() if said in answer.content.decode()}


def window(promise, by, clock, since, until):
    """The first and the last moment at which it is shown, tried every ten minutes; and whether it is whole."""
    open_at, moment = [], since
    while moment <= until:
        clock(moment)
        if promise.where(by=by) == HOME:
            open_at.append(moment)
        moment += STEP
    whole = len(open_at) == (open_at[-1] - open_at[0]) // STEP + 1
    return open_at[0], open_at[-1], whole


def test_address_is_visible_only_in_its_window_on_a_moving_clock(care, tess, leo, clock):
    slot = make_slot(tess, days=3)
    promise = slot.take(by=leo)
    since, until = slot.starts - timedelta(hours=26), slot.ends + timedelta(hours=4)
    first, last, whole = window(promise, leo, clock, since, until)
    assert (first, last, whole) == (slot.starts - timedelta(hours=24), slot.ends + timedelta(hours=2), True)


@pytest.mark.parametrize("day", [date(2027, 3, 28), date(2027, 10, 31)], ids=["spring", "autumn"])
def test_address_is_visible_only_in_its_window_across_dst(care, tess, leo, clock, day):
    """A day before is 24 hours that pass, also where the clock on the wall shows 23 or 25 of them."""
    clock(datetime(2027, day.month, day.day, tzinfo=UTC) - timedelta(days=3))
    care.zone = "Europe/London"
    care.save()
    slot = make_slot(tess, starts_on=day, starts_at=hour(12))
    promise = slot.take(by=leo)
    noon = datetime.combine(day, hour(12), LONDON).astimezone(UTC)
    assert slot.starts == noon
    first, last, whole = window(promise, leo, clock, noon - timedelta(hours=27), noon + timedelta(hours=5))
    assert (noon - first, last - noon, whole) == (timedelta(hours=24), timedelta(hours=3), True)
    wall = first.astimezone(LONDON)
    assert wall.hour == (11 if day.month == 3 else 13), "control: by the wall it would be noon, and an hour wrong"


def test_control_a_window_that_is_wider_is_found(care, tess, leo, clock, monkeypatch):
    slot = make_slot(tess, days=3)
    promise = slot.take(by=leo)
    monkeypatch.setattr(need, "BEFORE", timedelta(hours=25))
    first, _last, _whole = window(promise, leo, clock, slot.starts - timedelta(hours=26), slot.starts)
    assert first != slot.starts - timedelta(hours=24)


def test_address_is_shown_to_nobody_else_in_the_window(sign_in, care, tess, leo, bea, rosa, clock):
    slot = make_slot(tess, days=3)
    slot.take(by=leo)
    clock(slot.starts - timedelta(hours=1))
    assert told(asks(sign_in(leo), slot)) == set(HOME), "control: whoever holds it sees all"
    for other in (bea, tess, rosa):
        assert asks(sign_in(other), slot).status_code == 404
        assert told(sign_in(other).get(slot.get_absolute_url())) == set()
    for name in ("about", "care", "people", "looks"):
        assert told(sign_in(tess).get(reverse(f"care:{name}", kwargs={"key": care.circle_id}))) == set()


def test_it_is_not_on_the_page_until_it_is_asked_for(sign_in, care, tess, leo, clock):
    slot = make_slot(tess, days=3)
    slot.take(by=leo)
    clock(slot.starts - timedelta(hours=1))
    assert told(sign_in(leo).get(slot.get_absolute_url())) == set()
    assert not Look.objects.exists()
    assert asks(sign_in(leo), slot)["Cache-Control"] == "no-store"


def test_each_look_is_written_down_for_the_inner_ring(sign_in, care, tess, leo, bea, clock):
    slot = make_slot(tess, days=3)
    slot.take(by=leo)
    clock(slot.starts - timedelta(hours=1))
    page = reverse("care:looks", kwargs={"key": care.circle_id})
    assert "Leo: Supper" not in sign_in(tess).get(page).content.decode()
    for _ in range(2):
        asks(sign_in(leo), slot)
    assert sign_in(tess).get(page).content.decode().count("Leo: Supper") == 2
    assert sign_in(bea).get(page).status_code == 404


def test_whoever_let_it_go_sees_it_no_more(care, tess, leo, bea, clock):
    slot = make_slot(tess, days=3)
    promise = slot.take(by=leo)
    clock(slot.starts - timedelta(hours=1))
    assert promise.where(by=leo)
    promise.step_back(by=leo)
    assert promise.where(by=leo) == {}
    assert slot.take(by=bea).where(by=bea) == HOME


def test_a_need_may_be_at_another_place(care, tess, leo, clock):
    slot = make_slot(tess, days=3, where={"address": "Gate 3, the clinic"})
    promise = slot.take(by=leo)
    clock(slot.starts)
    assert promise.where(by=leo) == {"address": "Gate 3, the clinic"}


def test_a_form_left_empty_keeps_what_is_kept(sign_in, care, tess):
    page = reverse("care:about", kwargs={"key": care.circle_id})
    sign_in(tess).post(page, {"zone": "Europe/London", "address": "", "gate": "", "phone": ""})
    assert Care.objects.get().where == HOME
    sign_in(tess).post(page, {"zone": "Europe/London", "address": "9 Weir Lane", "gate": "", "phone": ""})
    assert Care.objects.get().where == {"address": "9 Weir Lane"}


@pytest.mark.django_db(transaction=True)
def test_it_lies_sealed(care, tess, leo):
    care.where = HOME | {"gate": "2580 at the blue door"}  # four figures alone stand in many a moment of time
    care.save()
    make_slot(tess).take("Lasagne with leeks", by=leo)
    stolen = everything()
    for word in [*care.where.values(), "Lasagne with leeks", "Supper", "Rosa"]:
        assert word.encode() not in stolen


def test_when_it_has_ended_it_is_gone(care, tess, leo, clock):
    slot = make_slot(tess, days=3)
    promise = slot.take(by=leo)
    care.end("Thank you.", by=tess)
    clock(slot.starts)
    assert promise.where(by=leo) == {}
    assert Care.objects.get().where == {}
    assert not Slot.objects.exists()
    assert Circle.objects.filter(pk=care.circle_id).exists()
    assert time.now() == slot.starts
