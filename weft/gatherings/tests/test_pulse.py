"""The pulse of an hour: seen only together, only from five on, and soon gone."""

from datetime import timedelta

import pytest
from django.urls import reverse

from weft.circles.models import Persona
from weft.conftest import enter
from weft.gatherings import keeping, kept
from weft.gatherings.models import Gathering, Pulse, PulseSum, Seat
from weft.gatherings.models.pulse import KEPT, LEAST, OPEN, QUESTIONS, WORDS, together
from weft.gatherings.tests.conftest import make_gathering
from weft.gatherings.tests.test_letters import over
from weft.loom import jobs, time
from weft.people.models import Person

pytestmark = pytest.mark.django_db

YES = dict.fromkeys(QUESTIONS, 3)


@pytest.fixture
def people(circle) -> list[Persona]:
    return [enter(Person.objects.join(f"guest {n}", None), circle, f"Guest {n}") for n in range(6)]


@pytest.fixture
def past(circle, cleo, people) -> Gathering:
    return over(make_gathering(circle), cleo, *people)


def seat(past: Gathering, persona: Persona) -> Seat:
    return Seat.objects.select_related("persona", "gathering").get(gathering=past, persona=persona)


def at(past: Gathering) -> str:
    return reverse("gatherings:pulse", kwargs={"key": past.circle_id, "gathering_key": past.pk})


def answer(past: Gathering, people: list[Persona], said: dict[str, int]) -> None:
    for persona in people:
        Pulse.say(seat(past, persona), said)


def days_later(past: Gathering, days: timedelta = OPEN) -> None:
    """So much time has gone by since the hour."""
    Gathering.objects.filter(pk=past.pk).update(starts=time.now() - days - timedelta(hours=1))
    jobs.run_due(at=time.now() + OPEN + timedelta(days=1))


def test_a_pulse_of_four_people_shows_nothing_to_who_guides(past, people, cleo, sign_in):
    answer(past, people[:4], YES)
    days_later(past)
    page = sign_in(cleo).get(at(past)).content.decode()
    assert "There is nothing to show" in page
    assert not PulseSum.objects.exists()


def test_control_a_pulse_of_five_people_shows_what_they_said_together(past, people, cleo, sign_in):
    answer(past, people[:4], YES)
    answer(past, people[4:5], YES | {"safe": 0})
    days_later(past)
    page = sign_in(cleo).get(at(past)).content.decode()
    assert "There is nothing to show" not in page
    assert PulseSum.objects.get().lines == [
        (words, "mostly" if key == "safe" else "yes") for key, words in QUESTIONS.items()
    ]
    assert not any(str(one.name) in page for one in people)


def test_while_people_answer_nobody_sees_anything_so_that_no_answer_shows_by_its_difference(
    past, people, cleo, sign_in
):
    seen = set()
    for n in range(len(people)):
        answer(past, people[n : n + 1], YES)
        seen.add(sign_in(cleo).get(at(past)).content.decode().split("<main")[1].split("</main")[0])
    assert len(seen) == 1
    PulseSum.sum_up(past.pk)  # nor when it is asked for too early
    assert not PulseSum.objects.exists()


def test_a_question_that_fewer_than_five_answered_shows_nothing(past, people, cleo, sign_in):
    answer(past, people[:4], YES)
    answer(past, people[4:5], {"heard": 3})
    days_later(past)
    assert set(PulseSum.objects.get().said) == {"heard"}
    assert "Fewer than five people said." in sign_in(cleo).get(at(past)).content.decode()


def test_what_one_person_said_is_gone_after_three_days_and_the_sum_after_ninety(past, people):
    answer(past, people, YES)
    assert Pulse.objects.count() == len(people)
    days_later(past)
    assert not Pulse.objects.exists()
    assert PulseSum.objects.exists()
    days_later(past, KEPT)
    keeping.tidy(time.now())
    PulseSum.tidy(time.now())
    assert not PulseSum.objects.exists()


def test_the_night_sums_up_what_no_job_did(past, people):
    answer(past, people, YES)
    Gathering.objects.filter(pk=past.pk).update(starts=time.now() - OPEN - timedelta(hours=1))
    PulseSum.tidy(time.now())
    assert not Pulse.objects.exists()
    assert PulseSum.objects.exists()


def test_one_answers_changes_it_and_takes_it_back(past, people, sign_in):
    here = sign_in(people[0])
    page = here.get(at(past)).content.decode()
    assert all(str(words) in page for words in [*QUESTIONS.values(), *WORDS])
    assert "Nobody sees what you say" in page  # said before it is answered
    assert here.post(at(past), {"heard": "3", "safe": ""}).status_code == 302
    assert here.post(at(past), {"heard": "1"}).status_code == 302
    assert [dict(one.said) for one in Pulse.objects.all()] == [{"heard": 1}]
    assert kept.kept_of(people[0].person)["what I said of an hour"] == [{"heard": 1}]
    assert here.post(at(past), {"heard": "9"}).status_code == 200
    assert here.post(at(past), {"back": "1"}).status_code == 302
    assert not Pulse.objects.exists()


def test_who_guides_who_was_not_there_and_who_comes_late_is_not_asked(past, people, cleo, ada, sign_in):
    for persona in (cleo, ada):
        assert sign_in(persona).post(at(past), {"heard": "3"}).status_code == 404
    assert sign_in(ada).get(at(past)).status_code == 404
    Gathering.objects.filter(pk=past.pk).update(starts=time.now() - OPEN)
    assert sign_in(people[0]).post(at(past), {"heard": "3"}).status_code == 404
    with pytest.raises(PermissionError):
        Pulse.say(seat(past, people[0]), YES)


def test_whoever_leaves_takes_their_answer_with_them(past, people):
    answer(past, people[:LEAST], YES)
    people[0].leave(by=people[0].person, words="erase")
    days_later(past)
    assert not PulseSum.objects.exists()  # there are four of them now


def test_together_says_nothing_of_fewer_than_five():
    assert together([YES] * (LEAST - 1)) == {}
    assert together([YES] * LEAST) == {key: [LEAST, 3 * LEAST] for key in QUESTIONS}
