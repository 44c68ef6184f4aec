"""An offer of a seat neither comes nor passes on in the hours in which the house is quiet for somebody."""

from datetime import UTC, datetime, timedelta
from datetime import time as clock_time
from zoneinfo import ZoneInfo

import pytest

from weft.conftest import enter
from weft.gatherings.models import Place, Seat
from weft.gatherings.tests.planned import make_series
from weft.loom import jobs, mail
from weft.notices import carrying
from weft.notices.models import Choices
from weft.notices.tests.postbox import Postbox
from weft.people.models import Person

pytestmark = pytest.mark.django_db
LONDON, NEW_YORK = ZoneInfo("Europe/London"), ZoneInfo("America/New_York")


@pytest.fixture
def postbox(settings, monkeypatch):
    """A mail server, and a house that knows it."""
    box = Postbox()
    settings.MAIL = mail.server(box.address)
    monkeypatch.setattr(carrying, "REST", 0.0)
    yield box
    box.close()


@pytest.fixture
def people(circle, settings, postbox):
    """Four people; quiet from ten to eight in London, unless they choose otherwise; all want a mail."""
    settings.TIME_ZONE = "Europe/London"
    found = []
    for name in ("first", "second", "third", "fourth"):
        person = Person.objects.join(name, None)
        person.address(f"{name}@example.org")
        Choices.of(person).confirm()
        found.append(enter(person, circle, name.capitalize()))
    return found


def in_london(*when: int) -> datetime:
    return datetime(*when, tzinfo=LONDON).astimezone(UTC)


def full(cleo, day, hour, people, minutes=0):
    """An hour with two seats, and the first two of these people on them. The others stand in line."""
    one = make_series(cleo, seats=2, rule="", starts_on=day.date(), starts_at=clock_time(hour, minutes)).next
    for persona in people:
        one.take_answer("coming", by=persona)
    return one


def seat_of(hour, persona):
    return hour.taken.get(persona=persona)


def mailed(postbox, persona):
    return [one for one in postbox.mails if one["To"] == persona.person.email]


def run_to(clock, moment):
    """Let time pass, with the jobs of each five minutes, and say when something changed for whom."""
    while clock.now < moment:
        clock.now = min(clock.now + jobs.GRAIN, moment)
        jobs.run_due(at=clock.now)


def until_passed(clock, hour, persona, most):
    """When this one's offer was over, as the house did it."""
    while seat_of(hour, persona).answer == Seat.Answer.OFFERED:
        assert clock.now < most, "the offer never passes on"
        run_to(clock, clock.now + jobs.GRAIN)
    return clock.now


def test_an_offer_at_night_is_told_in_the_morning_and_kept_into_the_day(clock, cleo, people, postbox):
    clock.now = in_london(2027, 2, 9, 23, 30)
    first, _second, third, fourth = people
    hour = full(cleo, in_london(2027, 2, 10, 19), 19, people)
    hour.take_answer("cannot", by=first)
    morning = in_london(2027, 2, 10, 8)
    run_to(clock, morning)
    assert seat_of(hour, third).answer == Seat.Answer.OFFERED
    assert not mailed(postbox, third)
    run_to(clock, morning + timedelta(minutes=40))
    assert len(mailed(postbox, third)) == 1
    passed = until_passed(clock, hour, third, hour.starts)
    assert passed - morning == timedelta(hours=2, minutes=45)  # a quarter of the eleven hours that are left by day
    assert seat_of(hour, fourth).answer == Seat.Answer.OFFERED


def test_control_without_quiet_hours_it_passes_on_in_the_night(clock, cleo, people, postbox):
    clock.now = in_london(2027, 2, 9, 23, 30)
    first, _second, third, _fourth = people
    Choices.of(third.person).keep(quiet=[0, 0])
    hour = full(cleo, in_london(2027, 2, 10, 19), 19, people)
    hour.take_answer("cannot", by=first)
    run_to(clock, in_london(2027, 2, 10, 0, 30))
    assert len(mailed(postbox, third)) == 1
    assert until_passed(clock, hour, third, hour.starts) < in_london(2027, 2, 10, 8)


def test_an_offer_before_the_night_goes_on_after_it(clock, cleo, people):
    """Offered at nine in the evening, for the day after tomorrow: an hour counts, then the night does not."""
    clock.now = in_london(2027, 2, 9, 21)
    first, _second, third, _fourth = people
    hour = full(cleo, in_london(2027, 2, 11, 12), 12, people)
    hour.take_answer("cannot", by=first)
    awake = timedelta(hours=1 + 14 + 4)
    passed = until_passed(clock, hour, third, hour.starts)
    assert passed == in_london(2027, 2, 10, 8) + awake / 4 - timedelta(hours=1)


def test_everybody_sleeps_by_their_own_clock(clock, cleo, people):
    """What is night in London is the afternoon in New York: there it counts, and it passes on in their evening."""
    clock.now = in_london(2027, 2, 9, 22, 30)
    first, _second, third, _fourth = people
    third.person.time_zone = "America/New_York"
    third.person.save()
    hour = full(cleo, in_london(2027, 2, 10, 19), 19, people)
    hour.take_answer("cannot", by=first)
    until = seat_of(hour, third).offered_until.astimezone(NEW_YORK)
    # There it is half past five: four and a half hours to the night, and six from the morning until it starts.
    assert (until.hour, until.minute, until.second) == (20, 7, 30)
    assert until.date() == clock.now.astimezone(NEW_YORK).date()


@pytest.mark.parametrize(
    ("day", "awake"),
    [((2027, 3, 28), 11), ((2027, 10, 31), 11), ((2027, 6, 13), 11)],
    ids=["summer time begins", "summer time ends", "an ordinary night"],
)
def test_the_night_in_which_the_clock_changes_is_slept_through(clock, cleo, people, day, awake):
    """The night is an hour shorter, or longer: it goes on at eight of that morning, and its time by day is the same."""
    clock.now = in_london(*day, 8) - timedelta(hours=11)
    first, _second, third, _fourth = people
    night = clock.now.astimezone(LONDON).hour
    assert night in (20, 21, 22)
    hour = full(cleo, in_london(*day, 19), 19, people)
    hour.take_answer("cannot", by=first)
    seat = seat_of(hour, third)
    before = max(timedelta(), in_london(*day, 0) - timedelta(hours=2) - clock.now)
    expected = (before + timedelta(hours=awake)) / 4
    if expected <= before:
        assert seat.offered_until == clock.now + expected
    else:
        assert seat.offered_until == in_london(*day, 8) + expected - before
    here = until_passed(clock, hour, third, hour.starts).astimezone(LONDON)
    assert 8 <= here.hour < 22


def test_a_gathering_that_is_too_near_waits_for_nobody(clock, cleo, people, postbox):
    """At half past eleven, for one that begins at midnight: whoever is awake has it, and it passes on."""
    clock.now = in_london(2027, 2, 9, 23, 15)
    first, _second, third, fourth = people
    hour = full(cleo, in_london(2027, 2, 9, 23, 59), 23, people, minutes=59)
    hour.take_answer("cannot", by=first)
    passed = until_passed(clock, hour, third, hour.starts)
    assert passed == in_london(2027, 2, 9, 23, 30)
    assert seat_of(hour, fourth).answer == Seat.Answer.OFFERED
    assert not mailed(postbox, third), "even so nothing rings at night"


def test_there_is_time_to_read_the_mail_in_the_morning(clock, cleo, people):
    """It begins at ten: the offer stands until a quarter to nine, not until half past eight."""
    clock.now = in_london(2027, 2, 9, 23)
    first, _second, third, _fourth = people
    hour = full(cleo, in_london(2027, 2, 10, 10), 10, people)
    hour.take_answer("cannot", by=first)
    assert seat_of(hour, third).offered_until == in_london(2027, 2, 10, 8, 45)


def test_whoever_works_at_night_sleeps_by_day(clock, cleo, people):
    clock.now = in_london(2027, 2, 9, 10)
    first, _second, third, _fourth = people
    Choices.of(third.person).keep(quiet=[9, 17])
    hour = full(cleo, in_london(2027, 2, 9, 21), 21, people)
    hour.take_answer("cannot", by=first)
    assert seat_of(hour, third).offered_until == in_london(2027, 2, 9, 18)


def test_a_place_in_a_closed_group_is_not_lost_at_night(clock, cleo, people):
    """Offered at one in the morning: three days later it is one in the morning again."""
    clock.now = in_london(2027, 3, 26, 1)
    group = make_series(
        cleo, door="cohort", seats=1, rule="FREQ=WEEKLY;COUNT=10", questions=["Why?"], starts_on=clock.now.date()
    )
    first, second, *_others = people
    for persona in (first, second):
        Place.ask(group, [{"question": "Why?", "answer": "Because."}], by=persona).admit(by=cleo)
    run_to(clock, in_london(2027, 3, 29, 7, 55))
    standing = {place.persona_id: place.standing for place in group.places.all()}
    assert standing == {first.pk: Place.Standing.OFFERED, second.pk: Place.Standing.WAITING}
    run_to(clock, in_london(2027, 3, 29, 8, 5))
    standing = {place.persona_id: place.standing for place in group.places.all()}
    assert standing == {first.pk: Place.Standing.WAITING, second.pk: Place.Standing.OFFERED}
