"""The steward's page: how the house stands, and nothing that people write in it."""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from weft.circles.models import House
from weft.conftest import PASSPHRASE, enter, make_circle
from weft.home.steward import roughly
from weft.people.models import Duty, Person
from weft.safety.models import Desk, HelpLine
from weft.stories.models import Story


@pytest.fixture
def sol(house):
    person = Person.objects.join("sol-signs-in", PASSPHRASE)
    Duty.objects.create(person=person, kind="steward", known_as="Sol")
    return person


def page(client, view="home:house"):
    answer = client.get(reverse(view))
    assert answer.status_code == 200
    return answer.content.decode()


def test_only_a_steward_finds_it(house, sol, ada, sign_in):
    Duty.objects.create(person=ada.person, kind="safety", known_as="Ada")
    for view in ("home:house", "home:begun", "home:change"):
        assert sign_in(sol).get(reverse(view)).status_code == 200
        assert sign_in(ada).get(reverse(view)).status_code == 404
        assert Client().get(reverse(view)).status_code == 302


def test_its_door_stands_in_the_frame_for_stewards_alone(sol, ada, sign_in):
    link = f'<a href="{reverse("home:house")}"'
    assert link in page(sign_in(sol), "home:about")
    assert link not in page(sign_in(ada), "home:about")


def test_it_shows_no_word_and_no_name_of_anybody(sol, ada, cleo, circle, sign_in):
    story = Story.begin(ada)
    story.write("I set the table for two again.", wish="listen", audience="circle", topics=[])
    story.share(by=ada)
    assert "River" in page(sign_in(ada), "home:today")
    for view in ("home:house", "home:begun", "home:change"):
        said = page(sign_in(sol), view)
        for word in ("table for two", "River", "Cleo", "sol-signs-in", "Evening Circle"):
            assert word not in said


def test_it_counts_circles_by_kind_and_people_only_roughly(sol, house, sign_in):
    for name in ("One", "Two"):
        make_circle(name, kind="family", listed=False)
    said = page(sign_in(sol))
    assert "Family care: 2" in said
    assert "fewer than ten" in said
    for number in range(10):
        Person.objects.join(f"person {number}")
    assert "10 or more" in page(sign_in(sol))


def test_people_are_counted_by_tens():
    assert [roughly(number) for number in (0, 9, 10, 19, 20, 137)] == [0, 0, 10, 10, 20, 130]


def test_numbers_that_nobody_checked_are_brought_up(sol, sign_in):
    lines = HelpLine.of("GB")
    assert f"{len(lines)} numbers were never checked" in page(sign_in(sol))
    for line in lines:
        line.confirm(by=sol)
    assert "checked within half a year" in page(sign_in(sol))


def test_open_doors_without_anybody_who_answers_are_brought_up(sol, circle, sign_in):
    assert "nobody answers reports" in page(sign_in(sol))
    Duty.objects.create(person=sol, kind="safety", known_as="Sol")
    Desk.seat("Sol", [[0, "18:00", "21:00"]], 3)
    said = page(sign_in(sol))
    assert "nobody answers reports" not in said
    assert "Monday 18:00 to 21:00" in said
    assert "The safety team is one person" in said
    Duty.objects.create(person=Person.objects.join("noor"), kind="safety", known_as="Noor")
    assert "The safety team is one person" not in page(sign_in(sol))


def test_what_the_house_says_of_itself_can_be_changed(sol, sign_in):
    said = {"name": "Hillside", "country": "IE", "paid_by": "The parish.", "leave_to": "https://weather.example/"}
    assert sign_in(sol).post(reverse("home:change"), said).status_code == 302
    house = House.here()
    assert (house.name, house.country, house.paid_by, house.leave_to) == tuple(said.values())
    assert "Hillside" in page(Client(), "home:about")


@pytest.mark.parametrize("wrong", ["http://weather.example/", "javascript:alert(1)", "/door/", ""])
def test_leave_leads_only_to_a_locked_address(sol, house, wrong, sign_in):
    said = {"name": "Riverside", "country": "GB", "paid_by": "", "leave_to": wrong}
    assert sign_in(sol).post(reverse("home:change"), said).status_code == 200
    assert House.here().leave_to == house.leave_to


def test_one_duty_costs_as_much_as_three(sol, sign_in):
    client = sign_in(sol)
    page(client)
    with CaptureQueriesContext(connection) as one:
        page(client)
    for name in ("noor", "sam"):
        Duty.objects.create(person=Person.objects.join(name), kind="safety", known_as=name.title())
        enter(Person.objects.named(name), make_circle(name), name)
    with CaptureQueriesContext(connection) as three:
        assert "Noor" in page(client)
    assert len(one) == len(three)
