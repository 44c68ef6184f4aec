"""A look-up that is compiled once gives what its query set gives: for other values, other shapes, other threads."""

import threading
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.db.models import QuerySet
from django.test.utils import CaptureQueriesContext

from weft.conftest import enter, make_circle
from weft.loom.models import Job
from weft.loom.ready import ready
from weft.people.models import Device, Person


@ready
def named(tag: bytes) -> QuerySet[Person]:
    return Person.objects.filter(name_tag=tag)


@ready
def of(pk: int, language: str = "") -> QuerySet[Person]:
    return Person.objects.filter(pk=pk, language=language)


def test_it_finds_each_by_their_own_value(db):
    ada, ben = Person.objects.join("ada"), Person.objects.join("ben")
    assert named(ada.name_tag) == [ada]
    assert named(ben.name_tag) == [ben]
    assert named(ben.name_tag)[0].name == "ben"
    assert named(b"nobody") == []


def test_it_takes_ids_and_words(db):
    person = Person.objects.join("ada", language="cy")
    assert of(person.pk, "cy") == [person]
    assert of(person.pk, "en") == []
    assert of(person.pk + 1, "cy") == []


def test_it_takes_moments(db):
    @ready
    def between(since: datetime, until: datetime) -> QuerySet[Job]:
        return Job.objects.filter(due__gte=since, due__lt=until).order_by("due")

    noon, moment = datetime(2026, 3, 29, 12, tzinfo=UTC), timedelta(microseconds=1)
    first, second = (Job.objects.create(name="a", due=noon + hours * timedelta(hours=1)) for hours in (0, 1))
    assert between(noon, noon + moment) == [first]
    assert between(noon - moment, second.due + moment) == [first, second]
    assert between(noon + moment, second.due) == []
    assert between(noon.astimezone(ZoneInfo("Europe/Berlin")), second.due)[0].due == noon


def test_rows_come_whole(circle):
    """With what is joined and what is counted, as the query set would give them."""
    from weft.circles.models import Persona

    @ready
    def inside(circle_id: int) -> QuerySet[Persona]:
        return Persona.objects.inside().filter(circle=circle_id).select_related("circle").aware()

    for name in ("ada", "ben"):
        enter(Person.objects.join(name), circle, name.title())
    with CaptureQueriesContext(connection) as queries:
        found = inside(circle.pk)
        assert {persona.circle.name for persona in found} == {"Evening Circle"}
    assert len(queries) == 1
    assert [persona.people for persona in found] == [2, 2]
    assert {persona.pk for persona in found} == {persona.pk for persona in circle.personas.all()}
    assert inside(make_circle("Another").pk) == []


def test_each_shape_is_written_once(db):
    written = []

    @ready
    def people(*pks: int, newest: bool) -> QuerySet[Person]:
        written.append((len(pks), newest))
        found = Person.objects.filter(pk__in=pks)
        return found.order_by("-name_tag") if newest else found.order_by("name_tag")

    ada, ben = Person.objects.join("ada"), Person.objects.join("ben")
    both = people(ada.pk, ben.pk, newest=True)
    assert people(ada.pk, ben.pk, newest=False) == both[::-1]
    assert people(ben.pk, ada.pk, newest=True) == both
    assert people(ada.pk, newest=True) == [ada]
    assert written == [(2, True), (2, False), (1, True)]


def test_a_value_that_is_changed_on_its_way_is_refused(db):
    """It would be a stand-in for ever, and the look-up would find nothing."""

    @ready
    def folded(name: str) -> QuerySet[Person]:
        return Person.objects.filter(language=name[:2])

    with pytest.raises(TypeError, match="as it is"):
        folded("english")


@pytest.mark.django_db(transaction=True)
def test_several_threads_ask_at_once():
    people = [Person.objects.join(f"somebody {number}") for number in range(8)]
    found: dict[int, list[Person]] = {}

    def ask(person: Person) -> None:
        for _time in range(20):
            found.setdefault(person.pk, []).extend(named(bytes(person.name_tag)))
        connection.close()

    threads = [threading.Thread(target=ask, args=[person]) for person in people]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert {pk: {person.pk for person in those} for pk, those in found.items()} == {p.pk: {p.pk} for p in people}
    assert all(len(those) == 20 for those in found.values())


def test_a_device_comes_with_its_person_in_one_query(db):
    from weft.people.devices import _with_person

    person = Person.objects.join("ada")
    Device.objects.create(key_tag=b"here", person=person, contents=b"")
    _with_person(b"here")
    with CaptureQueriesContext(connection) as queries:
        assert _with_person(b"here")[0].person.name == "ada"
    assert len(queries) == 1
