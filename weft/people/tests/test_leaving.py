"""Leave: one link on every page ends the session, forgets, and goes elsewhere; without a question and without a log."""

import logging

import pytest
from django.test import Client

from weft.circles.models import House
from weft.people.leaving import ELSEWHERE
from weft.people.models import Device, Person
from weft.people.tests.conftest import at_the_door, signed_in

pytestmark = pytest.mark.django_db


def test_the_link_is_on_every_page_signed_in_or_not(house: House, wren: Person, sign_in):
    for page in (Client().get("/door/"), Client().get("/join/"), sign_in(wren).get("/settings/")):
        assert f'<a class="leave" href="/leave/" data-to="{ELSEWHERE}">Leave</a>' in page.content.decode()


@pytest.mark.parametrize("method", ["get", "post"])
def test_leaving_ends_the_session(wren: Person, sign_in, method: str):
    client = sign_in(wren)
    cookie = client.cookies["place"].value
    answer = getattr(client, method)("/leave/")
    assert client.cookies["place"].value == ""
    assert not Device.objects.exists()
    client.cookies["place"] = cookie
    assert not signed_in(client), "the old cookie opens nothing"
    assert answer.headers["Cache-Control"] == "no-store"


def test_the_link_goes_elsewhere_and_the_script_needs_no_page(wren: Person, sign_in):
    assert sign_in(wren).get("/leave/").url == ELSEWHERE
    answer = sign_in(wren).post("/leave/")
    assert (answer.status_code, answer.content) == (204, b"")


def test_the_house_chooses_where_leaving_leads(wren: Person, sign_in, monkeypatch):
    from django.apps import apps

    chosen = {"leave_to": "https://weather.example/"}
    monkeypatch.setattr(apps.get_app_config("circles"), "frame", lambda request: chosen)
    assert sign_in(wren).get("/leave/").url == "https://weather.example/"


def test_the_browser_is_told_to_forget(wren: Person, sign_in):
    answer = sign_in(wren).get("/leave/")
    assert answer.headers["Clear-Site-Data"] == '"cache", "cookies"'
    for name in ("place", "form"):
        assert answer.cookies[name]["max-age"] == 0


def test_on_a_shared_phone_the_browsers_storage_goes_too(wren: Person):
    client, _answer = at_the_door("wren", "a kettle and three spoons", shared="on")
    assert '"storage"' in client.get("/leave/").headers["Clear-Site-Data"]


def test_leaving_needs_no_form_of_ours_and_no_session(wren: Person, sign_in):
    strict = Client(enforce_csrf_checks=True)
    assert strict.post("/leave/").status_code == 204
    assert strict.get("/leave/").status_code == 302


def test_nothing_is_logged(wren: Person, sign_in, caplog, capfd):
    with caplog.at_level(logging.DEBUG):
        logging.getLogger("control").debug("this is seen")
        client = sign_in(wren)
        caplog.clear()
        logging.getLogger("control").debug("this is seen")
        client.get("/leave/")
        sign_in(wren).post("/leave/")
    assert [record.message for record in caplog.records if not record.name.startswith("django.db")] == ["this is seen"]
    out, err = capfd.readouterr()
    assert "leave" not in out + err


def test_nothing_else_ends_a_session_by_a_link(wren: Person, sign_in):
    client = sign_in(wren)
    for path in ("/door/", "/door/step/", "/join/", "/join/name/", "/settings/devices/", "/settings/"):
        client.get(path + "?next=/settings/")
    assert signed_in(client)
