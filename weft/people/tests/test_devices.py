"""Where somebody is signed in: known by days only, and ended from anywhere."""

import pytest
from django.test import Client

from weft.conftest import PASSPHRASE
from weft.loom import seal, time
from weft.people.models import Device, Person
from weft.people.tests.conftest import signed_in

pytestmark = pytest.mark.django_db


def test_the_list_says_the_day_and_whether_it_is_this_one(wren: Person, sign_in):
    here, _there = sign_in(wren), sign_in(wren)
    page = here.get("/settings/devices/").content.decode()
    assert page.count("This device") == 1
    assert page.count("Another device") == 1
    assert "today" not in page or str(time.today().day) in page


def test_one_other_device_is_signed_out(wren: Person, sign_in):
    here, there, third = sign_in(wren), sign_in(wren), sign_in(wren)
    handle = Device.objects.get(key_tag=Device.tag(there.session.session_key)).handle
    here.post("/settings/devices/", {"device": handle})
    assert [signed_in(client) for client in (here, there, third)] == [True, False, True]


def test_all_others_are_signed_out(wren: Person, sign_in):
    here, there, third = sign_in(wren), sign_in(wren), sign_in(wren)
    here.post("/settings/devices/", {"device": ""})
    assert [signed_in(client) for client in (here, there, third)] == [True, False, False]


def test_this_device_is_signed_out(wren: Person, sign_in):
    here, there = sign_in(wren), sign_in(wren)
    handle = Device.objects.get(key_tag=Device.tag(here.session.session_key)).handle
    assert here.post("/settings/devices/", {"device": handle}).url == "/door/"
    assert [signed_in(client) for client in (here, there)] == [False, True]


def test_nobody_signs_out_somebody_else(wren: Person, sign_in):
    robin = sign_in(Person.objects.join("robin", PASSPHRASE))
    there = sign_in(wren)
    handle = Device.objects.get(person=wren).handle
    robin.post("/settings/devices/", {"device": handle})
    robin.post("/settings/devices/", {"device": ""})
    assert signed_in(there)


def test_a_session_is_not_in_the_database_in_the_open(wren: Person, sign_in):
    client = sign_in(wren)
    session = client.session
    session["canary"] = "a canary in the session"
    session.save()
    assert client.session["canary"] == "a canary in the session"
    row = str(Device.objects.values_list().get())
    assert client.session.session_key not in row
    assert "canary" not in row


def test_a_session_row_that_was_moved_opens_nothing(wren: Person, sign_in):
    here, robin = sign_in(wren), sign_in(Person.objects.join("robin", PASSPHRASE))
    mine = Device.objects.get(key_tag=Device.tag(here.session.session_key))
    Device.objects.filter(person__name_tag=wren.name_tag).delete()
    Device.objects.filter(key_tag=Device.tag(robin.cookies["place"].value)).update(contents=mine.contents)
    with pytest.raises(seal.Tampered):
        robin.get("/settings/")


def test_a_sign_in_ends_on_its_day(wren: Person, sign_in):
    client = sign_in(wren)
    assert signed_in(client)
    Device.objects.update(expires_on=time.today())
    assert not signed_in(client)


def test_a_person_who_was_switched_off_is_out(wren: Person, sign_in):
    client = sign_in(wren)
    wren.is_active = False
    wren.save()
    assert not signed_in(client)


def test_who_asks_costs_one_query(wren: Person, sign_in, django_assert_num_queries):
    client = sign_in(wren)
    client.get("/leave/nowhere/")
    with django_assert_num_queries(1):
        client.session.person  # noqa: B018 — the fixture's own session
    from weft.people.devices import SessionStore

    with django_assert_num_queries(1):
        session = SessionStore(client.cookies["place"].value)
        assert session.person == wren
        assert session.person.name == "wren"


def test_a_visitor_costs_no_query_and_leaves_no_row(django_assert_num_queries):
    client = Client()
    client.get("/door/")
    assert "place" not in client.cookies
    assert not Device.objects.exists()


def test_expired_rows_are_swept_at_the_next_sign_in(wren: Person, sign_in):
    from weft.people.tests.conftest import at_the_door

    sign_in(wren)
    Device.objects.update(expires_on=time.today())
    at_the_door("wren", PASSPHRASE)
    assert Device.objects.count() == 1
