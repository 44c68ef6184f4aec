"""Coming, maybe, cannot: seats, a fair line, and offers that pass on."""

from datetime import timedelta

import pytest

from weft.conftest import enter
from weft.gatherings.models import Gathering, Seat
from weft.gatherings.tests.planned import make_series
from weft.gatherings.tests.test_planning import at
from weft.loom import jobs, time
from weft.loom.ids import KeyConverter
from weft.notices.models import Notice
from weft.people.models import Person

pytestmark = pytest.mark.django_db


def others(circle, n):
    return [enter(Person.objects.join(f"other {i}", None), circle, f"Other {i}") for i in range(n)]


def said(hour):
    return {seat.persona_id: seat.answer for seat in hour.taken.all()}


@pytest.mark.parametrize("answer", ["coming", "maybe", "cannot"])
def test_one_says_whether_one_comes_and_only_who_guides_sees_it(sign_in, ada, cleo, evening, answer):
    other = enter(Person.objects.join("other", None), ada.circle, "Onlooker")
    sign_in(ada).post(at("answer", ada, gathering_key=evening.pk), {"answer": answer})
    assert said(evening) == {ada.pk: answer}
    assert "River" in sign_in(cleo).get(evening.get_absolute_url()).content.decode()
    assert "River" not in sign_in(other).get(evening.get_absolute_url()).content.decode()


def test_nobody_comes_to_what_is_cancelled_or_over(sign_in, ada, cleo, evening):
    evening.cancel("", by=cleo)
    sign_in(ada).post(at("answer", ada, gathering_key=evening.pk), {"answer": "coming"})
    evening.restore(by=cleo)
    Gathering.objects.filter(pk=evening.pk).update(phase="ended")
    sign_in(ada).post(at("answer", ada, gathering_key=evening.pk), {"answer": "coming"})
    assert said(evening) == {}
    Gathering.objects.filter(pk=evening.pk).update(phase="scheduled")
    sign_in(ada).post(at("answer", ada, gathering_key=evening.pk), {"answer": "coming"})
    assert said(evening) == {ada.pk: "coming"}


def test_a_free_seat_goes_to_the_first_in_line_and_passes_on_when_nobody_takes_it(cleo):
    hour = make_series(cleo, seats=2, starts_on=time.today() + timedelta(days=7)).next
    a, b, c, d = others(cleo.circle, 4)
    for persona in (a, b, c, d):
        hour.take_answer("coming", by=persona)
    assert said(hour) == {a.pk: "coming", b.pk: "coming", c.pk: "waiting", d.pk: "waiting"}
    assert hour.taken.get(persona=d).before == 1
    hour.take_answer("cannot", by=a)
    assert said(hour) == {a.pk: "cannot", b.pk: "coming", c.pk: "offered", d.pk: "waiting"}
    jobs.run_due()
    assert Notice.objects.get(persona=c).what == "gatherings.seat"
    seat = hour.taken.get(persona=c)
    seat.offered_until = time.now() - timedelta(minutes=1)
    seat.save()
    jobs.run_due(at=time.now() + timedelta(hours=49))  # a day, and the nights in it
    assert said(hour) == {a.pk: "cannot", b.pk: "coming", c.pk: "maybe", d.pk: "offered"}
    hour.take_answer("coming", by=d)
    hour.take_answer("coming", by=a)  # whoever comes anew stands in line like anybody
    assert said(hour)[d.pk] == "coming"
    assert said(hour)[a.pk] == "waiting"


def test_an_offer_that_is_over_is_not_taken_any_more(cleo):
    hour = make_series(cleo, seats=2).next
    a, b, c, d = others(cleo.circle, 4)
    for persona in (a, b, c, d):
        hour.take_answer("coming", by=persona)
    hour.take_answer("cannot", by=a)
    seat = hour.taken.get(persona=c)
    seat.offered_until = time.now() - timedelta(minutes=1)
    seat.save()
    hour.take_answer("coming", by=c)
    assert said(hour)[c.pk] == "waiting"
    assert said(hour)[d.pk] == "offered"


def test_whoever_leaves_gives_the_seat_to_the_next(ada, cleo):
    hour = make_series(cleo, seats=2).next
    a, b = others(cleo.circle, 2)
    for persona in (ada, a, b):
        hour.take_answer("coming", by=persona)
    assert said(hour)[b.pk] == "waiting"
    ada.leave(by=ada.person, words="take")
    assert said(hour) == {a.pk: "coming", b.pk: "offered"}


def test_who_guides_needs_no_seat(cleo):
    hour = make_series(cleo, seats=2).next
    a, b = others(cleo.circle, 2)
    Seat(circle=cleo.circle, gathering=hour, persona=cleo, answer="coming").save(force_insert=True)
    for persona in (a, b):
        hour.take_answer("coming", by=persona)
    assert set(said(hour).values()) == {"coming"}


def test_the_address_is_shown_to_those_who_come(sign_in, ada, cleo):
    hour = make_series(cleo, place="3 Mill Lane", phone="020 7946 0000", near="Near the river", is_near=True).next
    page = sign_in(ada).get(hour.get_absolute_url()).content.decode()
    assert "Near the river" in page
    assert "Mill Lane" not in page
    assert "7946" not in page
    hour.take_answer("maybe", by=ada)
    assert "Mill Lane" not in sign_in(ada).get(hour.get_absolute_url()).content.decode()
    hour.take_answer("coming", by=ada)
    page = sign_in(ada).get(hour.get_absolute_url()).content.decode()
    assert "Mill Lane" in page
    assert "7946" in page


def test_both_clocks_are_said_when_they_differ(sign_in, ada, cleo, evening):
    for zone, said, other in (
        ("Europe/London", "19:00", "in London)"),
        ("Europe/Berlin", "20:00 (19:00 in London)", "in Berlin)"),
    ):
        ada.person.time_zone = zone
        ada.person.save()
        page = sign_in(ada).get(evening.get_absolute_url()).content.decode()
        assert said in page
        assert other not in page


def test_what_was_held_is_still_found(sign_in, ada, cleo, evening):
    """Attendance, notes and what one may need afterwards hang on its page; one that nobody opened leads nowhere."""
    page = f"/circles/{KeyConverter().to_url(evening.circle_id)}/gatherings/"
    Gathering.objects.filter(pk=evening.pk).update(starts=time.now() - timedelta(days=2))
    assert evening.get_absolute_url() not in sign_in(ada).get(page).content.decode()
    Gathering.objects.filter(pk=evening.pk).update(phase=Gathering.Phase.ENDED)
    assert evening.get_absolute_url() in sign_in(ada).get(page).content.decode()
    over = sign_in(cleo).get(evening.get_absolute_url()).content.decode()
    assert "/change/" not in over
