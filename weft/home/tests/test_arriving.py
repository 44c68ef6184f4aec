"""The front page: three doors, when circles meet, and five promises."""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from weft.circles.models import House
from weft.conftest import make_circle
from weft.people.models import Duty, Person
from weft.safety.models import Desk


def front(client=None):
    page = (client or Client()).get("/")
    assert page.status_code == 200
    return page.content.decode()


def test_three_doors_stand_open_without_an_account(house):
    page = front()
    for view in ("safety:help", "circles:find", "circles:have_invitation"):
        assert f'href="{reverse(view)}"' in page
        assert Client().get(reverse(view)).status_code == 200


def test_circles_that_may_be_found_stand_with_when_they_meet(house):
    make_circle("Evening Circle", meets="Tuesdays at 7 pm")
    make_circle("The Kitchen Table", listed=False, meets="Sundays")
    make_circle("Last Year's Circle", closed_on="2020-01-01")
    page = front()
    assert "Evening Circle" in page
    assert "Tuesdays at 7 pm" in page
    assert "The Kitchen Table" not in page
    assert "Last Year" not in page


def test_it_says_how_the_house_is_paid_for(house):
    assert "have not said it yet" in front()
    house.paid_by = "The town of Riverside and its readers' circle."
    house.save()
    assert "The town of Riverside" in front()


def test_it_names_those_who_answer_only_while_somebody_does(house):
    Desk.seat("Noor and Sam", [[0, "18:00", "21:00"]], 3)
    assert "Noor and Sam" not in front()
    Duty.objects.create(person=Person.objects.join("noor"), kind="safety", known_as="Noor")
    assert "Noor and Sam" in front()
    assert "Monday 18:00 to 21:00" in front()


def test_before_the_set_up_it_only_says_that_the_house_is_not_open(db):
    page = front()
    assert "This house is not open yet" in page
    assert "weft setup-link" in page
    assert "I want to look around" not in page


def test_somebody_signed_in_sees_today_instead(house, ada, sign_in):
    assert "You are not the only one." in front()
    page = front(sign_in(ada))
    assert "Good to see you." in page
    assert "You are not the only one." not in page


def test_one_circle_costs_as_much_as_three(house):
    make_circle("One")
    front()
    with CaptureQueriesContext(connection) as one:
        assert "One" in front()
    make_circle("Two")
    make_circle("Three")
    with CaptureQueriesContext(connection) as three:
        assert "Three" in front()
    assert len(one) == len(three) <= 8


@pytest.mark.parametrize("view", ["home:about", "home:privacy"])
def test_what_the_house_says_of_itself_is_open_to_all(house, view, mallory, sign_in):
    for client in (Client(), sign_in(mallory)):
        assert client.get(reverse(view)).status_code == 200
    House.objects.all().delete()
    House.forget()
    assert Client().get(reverse(view)).status_code == 200
