"""A closed group: asked, answered, offered by time alone, and passed on."""

from datetime import timedelta

import pytest
from django.urls import reverse

from weft.conftest import enter
from weft.gatherings.models import Place
from weft.gatherings.tests.planned import make_series
from weft.loom import jobs, time
from weft.notices.models import Notice
from weft.people.models import Person

pytestmark = pytest.mark.django_db


@pytest.fixture
def group(cleo):
    """Ten weeks, two places, one question."""
    rule = "FREQ=WEEKLY;COUNT=10"
    return make_series(cleo, name="Ten weeks", door="cohort", seats=2, rule=rule, questions=["Why now?"])


def page(group, view="place", **keys):
    return reverse(f"gatherings:{view}", kwargs={"key": group.circle_id, "series_key": group.pk} | keys)


def others(circle, n):
    return [enter(Person.objects.join(f"other {i}", None), circle, f"Other {i}") for i in range(n)]


def standing(group):
    return {place.persona_id: place.standing for place in group.places.all()}


def ask(group, *personas):
    return [Place.ask(group, [{"question": "Why now?", "answer": "Because."}], by=persona) for persona in personas]


def test_one_asks_whoever_guides_reads_and_the_place_is_taken(sign_in, ada, cleo, group):
    member, guide = sign_in(ada), sign_in(cleo)
    assert "Why now?" in member.get(page(group)).content.decode()
    assert "Please look at this again" in member.post(page(group), {"how": "ask"}).content.decode()
    member.post(page(group), {"how": "ask", "answer_0": "The bus has become too much."})
    jobs.run_due()
    assert Notice.objects.get(persona=cleo).what == "gatherings.asking"
    assert "The bus has become too much." in guide.get(page(group, "places")).content.decode()
    assert member.get(page(group, "places")).status_code == 404
    place = group.places.get()
    guide.post(page(group, "place_answer", place_key=place.pk), {"answer": "yes"})
    jobs.run_due()
    assert not Notice.objects.filter(persona=cleo).exists()
    place.refresh_from_db()
    assert (place.standing, place.answers) == ("offered", [])
    assert Notice.objects.get(persona=ada).what == "gatherings.place"
    hour = group.next
    assert "Do you come?" not in member.get(hour.get_absolute_url()).content.decode()
    member.post(page(group), {"how": "accept"})
    assert standing(group) == {ada.pk: "in"}
    assert "Do you come?" in member.get(hour.get_absolute_url()).content.decode()


def test_a_no_is_kind_and_the_answers_are_gone(sign_in, ada, cleo, group):
    (place,) = ask(group, ada)
    sign_in(cleo).post(page(group, "place_answer", place_key=place.pk), {"answer": "no"})
    place.refresh_from_db()
    assert (place.standing, place.answers) == ("declined", [])
    assert "That says nothing about you." in sign_in(ada).get(page(group)).content.decode()


def test_places_go_by_when_somebody_asked_and_offers_pass_on(cleo, group):
    a, b, c, d = others(cleo.circle, 4)
    asked = ask(group, a, b, c, d)
    for place in (asked[3], asked[2], asked[0], asked[1]):  # whoever guides reads them in another order
        place.admit(by=cleo)
    assert standing(group) == {d.pk: "offered", c.pk: "offered", a.pk: "waiting", b.pk: "waiting"}
    asked[3].accept(by=d)
    late = group.places.get(persona=c)
    late.offered_until = time.now() - timedelta(minutes=1)
    late.save()
    jobs.run_due(at=time.now() + timedelta(hours=84))  # three days, and a night
    assert standing(group) == {d.pk: "in", c.pk: "waiting", a.pk: "offered", b.pk: "waiting"}
    assert not asked[2].accept(by=c)  # it has passed on
    asked[2].stand_again(by=c)
    group.places.get(persona=a).give_up()
    assert standing(group) == {d.pk: "in", b.pk: "offered", c.pk: "waiting"}
    d.leave(by=d.person, words="take")
    assert standing(group) == {b.pk: "offered", c.pk: "offered"}


def test_only_whoever_has_a_place_may_come(sign_in, ada, cleo, group):
    hour = group.next
    address = reverse("gatherings:answer", kwargs={"key": hour.circle_id, "gathering_key": hour.pk})
    assert sign_in(ada).post(address, {"answer": "coming"}).status_code == 404
    (place,) = ask(group, ada)
    place.admit(by=cleo)
    place.accept(by=ada)
    assert sign_in(ada).post(address, {"answer": "cannot"}).status_code == 302
    assert hour.taken.get().answer == "cannot"
