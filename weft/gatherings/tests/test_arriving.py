"""Where somebody is during an hour, and whom to call: gone after a day, unless the safety team still looks."""

from datetime import timedelta

import pytest

from weft.gatherings.models import Arrival
from weft.loom import jobs
from weft.safety.models import Concern

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def arrival(river):
    return Arrival.say(river, where="Mill Lane 4", call="Jo, 555")


def a_day_later(clock):
    clock.go(24 * 3600 + 600)
    jobs.run_due()


def test_where_somebody_is_is_gone_after_a_day(clock, arrival):
    clock.go(23 * 3600)
    jobs.run_due()
    assert Arrival.objects.count() == 1
    a_day_later(clock)
    assert not Arrival.objects.exists()


def test_it_stays_while_a_concern_is_open_and_goes_on_the_day_after(clock, arrival, lead, river):
    from weft.loom.section import Reportable

    thing = Reportable("persona", river.persona_id, "River", river.persona, "Somebody")
    concern = Concern.report(thing, by=lead.persona, reason="danger").concern
    a_day_later(clock)
    assert Arrival.objects.count() == 1
    Concern.objects.filter(pk=concern.pk).update(is_open=False)
    a_day_later(clock)
    assert not Arrival.objects.exists()


def test_said_anew_it_takes_the_place_of_what_was_said(clock, arrival, river):
    clock.go(timedelta(hours=20).seconds)
    Arrival.say(river, where="The library", call="Jo, 555")
    assert [one.where for one in Arrival.objects.all()] == ["The library"]
