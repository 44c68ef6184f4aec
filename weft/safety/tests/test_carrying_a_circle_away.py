"""Scraping is slowed, stopped and told to the safety team: by one name, in one circle, from numbers alone."""

import pytest
from django.urls import reverse

from weft.circles import reading
from weft.conftest import PASSPHRASE, enter, make_circle
from weft.loom import ids, pace
from weft.people.models import Duty, Person
from weft.safety.models import Concern, Report

pytestmark = pytest.mark.django_db
ORDINARY = 40  # different pages of circles that somebody opens on a long evening


def story_in(circle) -> str:
    return reverse("stories:story", kwargs={"key": circle.pk, "story_key": ids.random_id()})


def reads(client, circle, pages: int) -> list:
    return [client.get(story_in(circle)) for _page in range(pages)]


@pytest.fixture
def noor(house) -> Person:
    person = Person.objects.join("noor", PASSPHRASE)
    Duty(person=person, kind=Duty.Kind.SAFETY, known_as="Noor").save(force_insert=True)
    return person


@pytest.fixture
def quick(monkeypatch):
    monkeypatch.setattr(reading.PACE, "free", 10)
    monkeypatch.setattr(reading.PACE, "most", 20)


def test_ten_times_an_evening_is_stopped_and_an_evening_is_not(ada, ben, sign_in):
    assert {answer.status_code for answer in reads(sign_in(ada), ada.circle, ORDINARY)} == {404}
    statuses = [answer.status_code for answer in reads(sign_in(ben), ben.circle, 10 * ORDINARY + 1)]
    assert statuses.index(429) <= 5 * ORDINARY, "slowed"
    assert set(statuses[5 * ORDINARY + 1 :]) == {429}
    assert Concern.objects.count() == 1


def test_it_is_slowed_with_a_calm_page_and_stopped_for_a_while(ada, sign_in, quick):
    client = sign_in(ada)
    *_free, slowed = reads(client, ada.circle, 11)
    assert slowed.status_code == 429
    assert 0 < int(slowed["Retry-After"]) <= 10
    assert "Please wait a moment" in slowed.content.decode()
    assert "Need someone now?" in slowed.content.decode()
    *_slow, stopped = reads(client, ada.circle, 10)
    assert int(stopped["Retry-After"]) > 3000
    assert "You can go on in 60 minutes." in stopped.content.decode()
    assert client.get(ada.circle.get_absolute_url()).status_code == 429
    for open_still in ("/help/", "/settings/", "/own/", reverse("safety:write") + f"?circle={ada.circle_id}"):
        assert client.get(open_still).status_code == 200


def test_the_team_is_told_once_by_the_name_in_that_circle(ada, noor, sign_in, quick):
    client = sign_in(ada)
    reads(client, ada.circle, 60)
    concern, report = Concern.objects.get(), Report.objects.get()
    assert (concern.circle, concern.about["persona"], concern.about["name"]) == (ada.circle, ada.pk, "River")
    assert (report.by_name, report.words, report.excerpt) == ("", "", "")
    page = sign_in(noor).get(reverse("safety:item", kwargs={"key": concern.pk})).content.decode()
    assert "Told by the house itself. It counts pages, and reads no words." in page
    assert "as if to carry the circle away" in page
    assert "ada" not in page.replace("data-", "").lower().split()


def test_two_names_of_one_person_are_never_told_together(ada, sign_in, quick):
    other = enter(ada.person, make_circle("Morning Circle"), "Ocean")
    client = sign_in(ada)
    reads(client, ada.circle, 40)
    reading.PACE.forget()  # as if another process counted, or the house had started anew
    reads(client, other.circle, 40)
    assert [concern.about["name"] for concern in Concern.objects.all()] == ["River"]


def test_the_house_would_join_them_if_it_told_of_both(ada, sign_in, quick, monkeypatch):
    """The control: without the day between, both names would lie on one desk in one hour."""
    from datetime import timedelta

    from weft.safety.models import concern

    monkeypatch.setattr(concern, "ONCE_IN", timedelta(0))
    other = enter(ada.person, make_circle("Morning Circle"), "Ocean")
    client = sign_in(ada)
    reads(client, ada.circle, 40)
    reading.PACE.forget()
    reads(client, other.circle, 40)
    assert {concern.about["name"] for concern in Concern.objects.all()} == {"River", "Ocean"}


def test_whoever_is_behind_the_name_does_not_hear_of_it_also_on_the_safety_team(ada, noor, sign_in, quick):
    Duty(person=ada.person, kind=Duty.Kind.SAFETY, known_as="A").save(force_insert=True)
    client = sign_in(ada)
    reads(client, ada.circle, 40)
    concern = Concern.objects.get()
    assert concern in Concern.objects.seen_by(noor)
    assert concern not in Concern.objects.seen_by(ada.person)
    assert client.get(reverse("safety:item", kwargs={"key": concern.pk})).status_code == 404


def test_many_pages_of_any_kind_have_an_end_too_but_help_and_the_way_out_have_none(ada, sign_in, monkeypatch):
    monkeypatch.setattr(pace.PAGES, "at_once", 3)
    client = sign_in(ada)
    statuses = [client.get("/about/").status_code for _page in range(5)]
    assert statuses == [200, 200, 200, 429, 429]
    assert client.get("/help/").status_code == 200
    assert client.get("/leave/").status_code == 302
