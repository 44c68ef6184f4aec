"""How the house looks on this device: chosen by a form without JavaScript, kept in a cookie, and nowhere else."""

import re

import pytest
from django.test import Client

pytestmark = pytest.mark.usefixtures("house")


@pytest.fixture(autouse=True)
def _open_style(settings):
    settings.DEBUG = True


def choose(browser, **more):
    return browser.post("/ease/", {"next": "/style/", **more})


def html(browser):
    return re.search(r"<html[^>]*>", browser.get("/style/").content.decode())[0]


def test_the_page_looks_as_it_was_asked_to():
    browser = Client()
    assert "class" not in html(browser)
    choose(browser, text="largest", light="dark", more=["roomy", "plain"])
    assert 'class="largest dark roomy plain"' in html(browser)
    assert re.search(r'value="dark" checked', browser.get("/style/").content.decode())


def test_it_comes_back_to_where_one_was():
    answer = choose(Client(), text="larger", next="/circles/?page=2")
    assert (answer.status_code, answer["Location"]) == (302, "/circles/?page=2")


@pytest.mark.parametrize(
    "elsewhere", ["https://elsewhere.example/", "//elsewhere.example/", "/\\elsewhere.example", ""]
)
def test_it_leads_nowhere_else(elsewhere):
    assert choose(Client(), next=elsewhere)["Location"] == "/"


def test_the_cookie_stays_a_year_and_says_only_how_it_looks(settings):
    settings.SECURE = True
    cookie = choose(Client(), text="larger", more=["plain"]).cookies["ease"]
    assert cookie.value == "larger.plain"
    assert cookie["max-age"] == 60 * 60 * 24 * 365
    assert cookie["samesite"] == "Lax"
    assert cookie["secure"]
    assert cookie["httponly"]


def test_as_usual_takes_the_cookie_away():
    browser = Client()
    choose(browser, text="larger")
    assert choose(browser, text="", light="").cookies["ease"]["max-age"] == 0
    assert "class" not in html(browser)


def test_an_unknown_wish_changes_nothing():
    browser = Client()
    choose(browser, text='larger" onload="x', more=["roomy", "admin"])
    assert html(browser).endswith('class="roomy">')
    browser.cookies["ease"] = "plain.admin.x"
    assert html(browser).endswith('class="plain">')


def test_the_form_on_the_page_works_as_it_stands():
    browser = Client(enforce_csrf_checks=True)
    form = re.search(r'<details class="ease">.*?</details>', browser.get("/style/").content.decode(), re.S)[0]
    token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', form)[1]
    assert browser.post("/ease/", {"text": "larger"}).status_code == 403
    assert choose(browser, text="larger", csrfmiddlewaretoken=token).status_code == 302


def test_looking_at_the_address_changes_nothing():
    assert Client().get("/ease/").status_code == 405
