"""The frame around every page."""

import json
import re

import pytest
from django.contrib.staticfiles import finders
from django.template import engines
from django.template.loader import get_template
from django.templatetags.static import static
from django.test import Client, RequestFactory

from weft.loom import pages
from weft.loom.section import Door

DOORS = {
    "top": [Door("loom:offline", "Leave", place="top")],
    "nav": [Door("loom:style", "Style"), Door("loom:ease", "Circles")],
    "foot": [Door("loom:manifest", "Privacy", place="foot"), Door("loom:offline", "Need someone now?", "foot", "help")],
}


def draw(**said):
    """A page with these doors, drawn for this visitor; the database is not asked."""
    frame = pages.bare() | {"request": RequestFactory().get("/style/"), "doors": DOORS, "disguised": False}
    return get_template("loom/page.html").render(frame | said)


def in_order(page, *parts):
    places = [page.index(part) for part in parts]
    assert places == sorted(places)


def test_the_parts_stand_in_their_order():
    page = draw(person="somebody", csrf_input='<input name="csrfmiddlewaretoken">')
    in_order(
        page,
        '<a class="skip" href="#main">',
        '<a class="leave"',
        '<a class="home" href="/">',
        'class="mark"',
        '<div class="selvedge">',
        "<nav",
        '<main id="main"',
        'role="status"',
        '<footer class="foot">',
        "Need someone now?",
        '<details class="ease">',
        "Privacy",
    )
    assert 'name="viewport"' in page
    assert 'content="light dark"' in page
    assert 'rel="manifest"' in page


def test_rooms_are_shown_to_people_who_are_signed_in():
    page = draw(person="somebody")
    assert re.search(r'<a href="/style/" aria-current="page">Style</a>', page)
    assert re.search(r'<a href="/ease/">Circles</a>', page)
    assert "<nav" not in draw()


def test_a_page_inside_a_room_marks_the_room():
    page = draw(person="somebody", request=RequestFactory().get("/style/404/"))
    assert '<a href="/style/" aria-current="true">' in page


def test_help_and_leave_need_no_account():
    page = draw()
    assert "Need someone now?" in page
    assert re.search(r'<a class="leave" href="/offline/"[^>]*>Leave</a>', page)


def test_language_and_direction_are_said():
    assert '<html lang="ar" dir="rtl">' in draw(lang="ar", dir="rtl")


def test_languages_are_offered_only_where_there_are_several():
    both = [{"code": "en", "name": "English"}, {"code": "ar", "name": "العربية"}]
    page = draw(csrf_input="x", languages=both)
    assert '<option value="ar" lang="ar">العربية</option>' in page
    assert '<option value="en" lang="en" selected>' in page
    assert "<select" not in draw(csrf_input="x", languages=[])


def test_the_second_column_is_there_only_when_it_holds_something():
    page = engines.all()[0].from_string('{% extends "loom/page.html" %}{% block aside %}{{ more }}{% endblock %}')
    said = pages.bare()
    assert "<aside>Coming up</aside>" in page.render(said | {"more": "Coming up"})
    assert 'class="page wide"' in page.render(said | {"more": "Coming up"})
    assert "<aside" not in page.render(said | {"more": " "})


def test_what_was_done_is_said_calmly():
    from django.contrib.messages import constants
    from django.contrib.messages.storage.base import Message

    page = draw(messages=[Message(constants.SUCCESS, "Your story is told."), Message(constants.ERROR, "Not yet.")])
    assert '<p class="note done">Your story is told.</p>' in page
    assert '<p class="note help">Not yet.</p>' in page


class TestOnASharedPhone:
    @pytest.fixture(autouse=True)
    def _open_style(self, settings):
        settings.DEBUG = True

    def title(self, browser):
        page = browser.get("/style/").content.decode()
        return re.search(r"<title>(.*?)</title>", page)[1], re.search(r'rel="icon"[^>]*href="([^"]*)"', page)[1]

    def test_every_page_is_called_notes(self, mallory, sign_in):
        browser = sign_in(mallory)
        assert self.title(browser) == ("Style", static("loom/mark.svg"))
        session = browser.session
        session.share()
        session.save()
        assert self.title(browser) == ("Notes", static("loom/sheet.svg"))

    @pytest.mark.usefixtures("house")
    def test_before_signing_in_it_is_a_page_like_any_other(self):
        assert self.title(Client())[0] == "Style"


def test_on_a_home_screen_it_is_a_sheet_called_notes():
    answer = Client().get("/manifest.webmanifest")
    assert answer["Content-Type"] == "application/manifest+json"
    said = json.loads(answer.content)
    assert said["name"] == said["short_name"] == "Notes"
    assert [icon["src"] for icon in said["icons"]] == [static("loom/sheet.svg")]
    assert finders.find("loom/sheet.svg")


@pytest.mark.usefixtures("house")
def test_the_page_of_styles_is_for_people_who_build(settings):
    settings.DEMO = settings.DEBUG = False
    assert Client().get("/style/").status_code == 404
    settings.DEBUG = True
    page = Client().get("/style/").content.decode()
    for name in ("card", "story", "note help", "button quiet", "tag", "numbers", "steps", "prose", "choice", "empty"):
        assert f'class="{name}' in page


@pytest.mark.usefixtures("house")
def test_browsers_are_let_say_that_a_form_is_our_own():
    """Under “no-referrer” a browser posts our own forms with “Origin: null”, and each would be refused."""
    assert Client().get("/offline/")["Referrer-Policy"] == "same-origin"
