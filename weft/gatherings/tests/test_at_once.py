"""Many at once: one last seat, one last place, one shift, and each gathering made once."""

from datetime import timedelta

import pytest

from weft.circles.models import Persona
from weft.conftest import enter
from weft.gatherings.models import Gathering, Place, Series
from weft.gatherings.models.shift import Taken
from weft.gatherings.tests.planned import make_series
from weft.loom import time
from weft.people.models import Person
from weft.tests.racing import at_once, failures

pytestmark = pytest.mark.django_db(transaction=True)


def others(circle, n, role=Persona.Role.MEMBER):
    return [enter(Person.objects.join(f"other {i}", None), circle, f"Other {i}", role=role) for i in range(n)]


@pytest.fixture
def large(circle):
    circle.seats = 100
    circle.save()
    return circle


def test_twenty_ask_for_the_last_seat_at_once_and_one_has_it(large, cleo):
    hour = make_series(cleo, seats=2, starts_on=time.today() + timedelta(days=7)).next
    first, *twenty = others(large, 21)
    hour.take_answer("coming", by=first)
    come = [lambda p=p: Gathering.objects.get(pk=hour.pk).take_answer("coming", by=p) for p in twenty]
    assert failures(at_once(*come)) == []
    said = list(hour.taken.values_list("answer", "place_in_line"))
    assert len([1 for answer, _line in said if answer == "coming"]) == 2
    assert sorted(line for answer, line in said if answer == "waiting") == list(range(1, 20))


def test_twenty_get_a_yes_at_once_and_the_places_go_to_those_who_asked_first(large, cleo):
    group = make_series(cleo, door="cohort", seats=3, rule="FREQ=WEEKLY;COUNT=10")
    asked = [Place.ask(group, [], by=persona) for persona in others(large, 20)]
    assert failures(at_once(*[lambda p=p: Place.objects.get(pk=p.pk).admit(by=cleo) for p in asked])) == []
    assert group.places.filter(standing="offered").count() == 3
    assert group.places.filter(standing="waiting").count() == 17


def test_one_of_many_takes_a_shift(large, cleo):
    hour = make_series(cleo).next
    shift = hour.shifts.get()
    shift.hand_on(by=cleo)
    guides = others(large, 5, role=Persona.Role.FACILITATOR)
    raised = failures(at_once(*[lambda g=g: shift.take(by=g) for g in guides]))
    assert [type(one) for one in raised] == [Taken] * 4
    assert hour.shifts.get().persona_id in {guide.pk for guide in guides}


def test_rolled_out_by_many_at_once_each_gathering_is_made_once(cleo):
    series = make_series(cleo)
    there = series.gatherings.count()
    series.gatherings.all().delete()
    assert failures(at_once(*[lambda: Series.objects.get(pk=series.pk).roll_out()] * 8)) == []
    assert series.gatherings.count() == there


def test_one_answer_sent_twice_at_once_is_one_seat(ada, cleo):
    hour = make_series(cleo).next
    assert failures(at_once(*[lambda: Gathering.objects.get(pk=hour.pk).take_answer("coming", by=ada)] * 4)) == []
    assert hour.taken.count() == 1
