"""What nobody took is called out: two days before to those who may be asked, a day before to whoever coordinates."""

from datetime import timedelta

import pytest

from weft.care import keeping
from weft.care.tests.ways import make_slot, stands
from weft.loom import jobs
from weft.notices.models import Notice

pytestmark = pytest.mark.django_db
MINUTE = timedelta(minutes=6)  # jobs are due on a full five minutes


def told(persona):
    return sorted(notice.what for notice in Notice.objects.filter(persona=persona) if notice.what.startswith("care."))


def goes_on(clock, since, until):
    """The nights and the jobs that lie between two moments."""
    moment = since
    while moment <= until:
        clock(moment)
        keeping.tidy()
        jobs.run_due(moment)
        moment += timedelta(hours=1)


def test_what_nobody_took_rings_at_48_hours_and_at_24(care, tess, leo, bea, clock):
    stands(bea, 3, tess, backup=True)
    slot = make_slot(tess, days=6)
    goes_on(clock, slot.starts - timedelta(hours=100), slot.starts - timedelta(hours=49))
    assert told(bea) == told(tess) == []
    goes_on(clock, slot.starts - timedelta(hours=48) + MINUTE, slot.starts - timedelta(hours=25))
    assert told(bea) == ["care.free"]
    assert told(tess) == []
    goes_on(clock, slot.starts - timedelta(hours=24) + MINUTE, slot.starts - timedelta(hours=2))
    assert told(bea) == ["care.free"], "each is asked once"
    assert told(tess) == ["care.uncovered"]
    assert told(leo) == [], "who did not offer to be asked is left in peace"


def test_what_is_covered_rings_for_nobody(care, tess, leo, bea, clock):
    """The control is the test above: without the promise both are called."""
    stands(bea, 3, tess, backup=True)
    slot = make_slot(tess, days=6)
    slot.take(by=leo)
    goes_on(clock, slot.starts - timedelta(hours=60), slot.starts - timedelta(hours=2))
    assert told(bea) == told(tess) == []
    assert told(leo) == ["care.soon"]


def test_taken_after_the_call_nobody_need_look_any_more(care, tess, leo, bea, clock):
    stands(bea, 3, tess, backup=True)
    slot = make_slot(tess, days=6)
    goes_on(clock, slot.starts - timedelta(hours=48) + MINUTE, slot.starts - timedelta(hours=30))
    assert told(bea) == ["care.free"]
    slot.take(by=leo)
    assert told(bea) == []


def test_whoever_steps_back_late_rings_at_once(care, tess, leo, bea, clock):
    stands(bea, 3, tess, backup=True)
    slot = make_slot(tess, days=6)
    promise = slot.take(by=leo)
    clock(slot.starts - timedelta(hours=10))
    promise.step_back(by=leo)
    jobs.run_due(slot.starts - timedelta(hours=10) + MINUTE)
    assert told(bea) == ["care.free"]
    assert told(tess) == ["care.uncovered"]


def test_who_does_not_see_it_is_not_asked(care, tess, leo, bea, clock):
    stands(bea, 3, tess, backup=True)
    stands(leo, 2, tess, backup=True)
    slot = make_slot(tess, days=6, ring=2)
    goes_on(clock, slot.starts - timedelta(hours=48) + MINUTE, slot.starts - timedelta(hours=40))
    assert told(leo) == ["care.free"]
    assert told(bea) == []


def test_asking_for_another_reaches_those_who_may_be_asked(care, tess, leo, bea):
    stands(bea, 3, tess, backup=True)
    stands(leo, 3, tess, backup=True)
    promise = make_slot(tess, days=6).take(by=leo)
    promise.seek(True, by=leo)
    jobs.run_due()
    assert told(bea) == ["care.sought"]
    assert told(leo) == []


def test_when_it_ends_every_reminder_stops_at_once(care, tess, leo, bea, rosa, clock):
    stands(bea, 3, tess, backup=True)
    free, taken = make_slot(tess, days=6), make_slot(tess, days=6)
    taken.take(by=leo)
    goes_on(clock, free.starts - timedelta(hours=48) + MINUTE, free.starts - timedelta(hours=10))
    assert told(bea) == ["care.free"], "control"
    assert told(leo) == ["care.soon"]
    care.refresh_from_db()
    care.end("Thank you.", by=rosa)
    assert told(bea) == told(leo) == told(tess) == []
    goes_on(clock, free.starts - timedelta(hours=9), free.starts)
    assert told(bea) == told(leo) == told(tess) == []
