"""Twenty take the last slot in one moment: one has it, nineteen hear so at once and are offered another."""

import threading

import pytest
from django.db import IntegrityError
from django.urls import reverse

from weft.care.models import Guest, Promise, Slot, Taken
from weft.care.models.guest import new_token
from weft.care.tests.ways import make_need, make_slot
from weft.conftest import enter
from weft.people.models import Person
from weft.tests.racing import at_once, failures

pytestmark = pytest.mark.django_db(transaction=True)


def helpers(care, n):
    care.circle.seats = 100
    care.circle.save()
    return [enter(Person.objects.join(f"helper {i}", None), care.circle, f"Helper {i}") for i in range(n)]


def guests(care, n):
    made = [Guest(circle=care.circle, name=f"Neighbour {i}", token_tag=Guest.tag(new_token())) for i in range(n)]
    for guest in made:
        guest.save(force_insert=True)
    return made


def taking(slot, who):
    return [lambda p=p: Slot.objects.get(pk=slot.pk).take(by=p) for p in who]


def test_twenty_take_the_last_slot_at_once_and_one_has_it(care, tess):
    slot = make_slot(tess)
    twenty = [*helpers(care, 10), *guests(care, 10)]
    came = at_once(*taking(slot, twenty))
    assert [type(one) for one in failures(came)] == [Taken] * 19
    (promise,) = [one for one in came if isinstance(one, Promise)]
    assert promise.is_of(twenty[came.index(promise)])
    assert Promise.objects.count() == 1


def test_control_whoever_looks_first_and_takes_afterwards_is_not_told(care, tess):
    """The twenty do meet in one moment: where each looks before it holds the slot, all see it free."""
    slot, twenty = make_slot(tess), helpers(care, 20)
    looked = threading.Barrier(20)
    saw = []

    def careless(who):
        saw.append(Promise.objects.filter(slot=slot).exists())
        looked.wait()
        return Promise.make(slot, "", by=who)

    came = at_once(*[lambda p=p: careless(p) for p in twenty])
    assert saw == [False] * 20
    assert [type(one) for one in failures(came)] == [IntegrityError] * 19, "the table itself lets one in"


def test_whoever_is_too_late_hears_so_and_sees_what_is_free(sign_in, care, tess, leo, bea):
    slot, other = make_slot(tess, name="Supper"), make_slot(tess, name="Pasta for Rosa", days=3)
    slot.take(by=leo)
    address = reverse("care:promise", kwargs={"key": care.circle_id, "slot_key": slot.pk})
    page = sign_in(bea).post(address, {"how": "take"}, follow=True).content.decode()
    assert "Somebody was faster" in page
    assert other.get_absolute_url() in page
    assert "Pasta for Rosa" in page
    assert "I can do this" in page


def test_one_of_two_takes_over_and_one_steps_back_at_once(care, tess, leo, bea):
    slot = make_slot(tess)
    held = slot.take(by=leo)
    held.seek(True, by=leo)
    came = at_once(lambda: Slot.objects.get(pk=slot.pk).take(by=bea), lambda: held.step_back(by=leo))
    assert all(isinstance(one, Taken) for one in failures(came))
    assert [promise.is_of(bea) for promise in Promise.objects.all()] == [True]


def test_rolled_out_by_many_at_once_each_slot_is_made_once(care, tess):
    need = make_need(tess, rule="FREQ=DAILY")
    need.slots.all().delete()
    assert failures(at_once(*[need.roll_out] * 5)) == []
    days = list(need.slots.values_list("day", flat=True))
    assert len(days) == len(set(days)) > 20
