"""Every promise is computed from the hours of the desk."""

from datetime import UTC, datetime

import pytest

from weft.safety.models import Desk
from weft.safety.models.desk import by_when

EVENINGS = [[day, "18:00", "21:00"] for day in range(5)]


def at(said: str) -> datetime:
    return datetime.fromisoformat(said).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("told", "hours", "due"),
    [
        ("2026-11-20T18:30", 2, "2026-11-20T20:30"),  # a Friday evening, while the desk is open
        ("2026-11-20T20:00", 3, "2026-11-23T20:00"),  # one hour on Friday, the rest on Monday
        ("2026-11-21T03:00", 1, "2026-11-23T19:00"),  # a Saturday night: nobody is there before Monday
        ("2026-11-23T09:00", 6, "2026-11-24T21:00"),
    ],
)
def test_only_open_hours_count(told, hours, due):
    assert Desk(names="Noor", hours=EVENINGS, promise_hours=hours).due(at(told)) == at(due)


def test_a_stretch_over_midnight_belongs_to_its_evening():
    desk = Desk(names="Noor", hours=[[4, "22:00", "02:00"]], promise_hours=3)
    assert desk.due(at("2026-11-21T00:30")) == at("2026-11-27T23:30")
    assert desk.due(at("2026-11-20T22:30")) == at("2026-11-21T01:30")


def test_the_hours_are_on_the_house_s_clock_also_when_it_changes(settings):
    settings.TIME_ZONE = "Europe/London"
    desk = Desk(names="Noor", hours=[[6, "00:00", "04:00"]], promise_hours=4)
    assert desk.due(at("2026-03-28T12:00")) == at("2026-04-05T00:00")  # 29 March has only three of these hours
    assert desk.due(at("2026-06-06T12:00")) == at("2026-06-07T03:00")


def test_no_hours_no_promise():
    assert Desk(names="Noor", hours=[], promise_hours=1).due(at("2026-11-20T18:30")) is None


def test_hours_are_said_in_words():
    desk = Desk(names="Noor", hours=[*EVENINGS, [6, "10:00", "12:00"], [6, "14:00", "16:00"]], promise_hours=1)
    assert desk.open_hours == ["Monday to Friday 18:00 to 21:00", "Sunday 10:00 to 12:00 and 14:00 to 16:00"]


def test_a_time_is_said_as_people_say_it(monkeypatch):
    monkeypatch.setattr("django.utils.timezone.now", lambda: at("2026-11-20T12:00"))
    assert by_when(at("2026-11-20T18:00")) == "by 18:00 today"
    assert by_when(at("2026-11-21T18:00")) == "by 18:00 tomorrow"
    assert by_when(at("2026-11-23T18:00")) == "by 18:00 on Monday"
    assert by_when(at("2026-11-30T18:00")) == "by 18:00 on 30 November"


def test_the_steward_seats_the_desk(sol, noor, sign_in):
    said = {"names": "Noor and Sam", "promise_hours": "3", "opens_0": "18:00", "closes_0": "21:00"}
    browser = sign_in(sol)
    for _twice in range(2):
        assert browser.post("/house/desk/", said).status_code == 302
    desk = Desk.here()
    assert (desk.names, desk.hours, desk.promise_hours) == ("Noor and Sam", [[0, "18:00", "21:00"]], 3)
    page = browser.get("/house/desk/").content.decode()
    assert 'value="18:00"' in page
    assert "Only one person is on the safety team." in page


@pytest.mark.parametrize("hours", [{}, {"opens_0": "18:00"}, {"closes_3": "18:00"}])
def test_hours_that_say_nothing_are_refused(hours, sol, noor, sign_in):
    page = sign_in(sol).post("/house/desk/", {"names": "Noor", "promise_hours": "3", **hours})
    assert page.status_code == 200
    assert Desk.here() is None


def test_members_get_404(ada, cleo, sign_in):
    for who in (ada, cleo):
        assert sign_in(who).get("/house/desk/").status_code == 404
