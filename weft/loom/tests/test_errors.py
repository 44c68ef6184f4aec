"""When something goes wrong: plain words, what was written given back, a way on, and always the way to help."""

import re

import pytest
from django.test import Client, RequestFactory

from weft.loom import errors, pages

WORDS = "I set the table for two again, and did not notice until the kettle boiled."
OURS = {"origin": "http://testserver"}


@pytest.fixture
def addresses(settings):
    settings.ROOT_URLCONF = "weft.loom.tests.addresses"


def asked(path, status, **more):
    browser = Client(raise_request_exception=False)
    answer = browser.post(path, more["data"], headers=OURS) if "data" in more else browser.get(path, **more)
    assert answer.status_code == status
    return answer.content.decode()


@pytest.mark.usefixtures("house", "addresses")
@pytest.mark.parametrize(
    "path, status, words",
    [
        ("/nothing/here/", 404, "There is nothing here"),
        ("/closed/", 403, "This door is closed"),
        ("/hurried/", 429, "Please wait a little"),
        ("/falls/", 500, "Something broke on our side"),
    ],
)
def test_an_error_is_said_in_plain_words_with_a_way_on(path, status, words):
    page = asked(path, status)
    assert f"<h1>{words}</h1>" in page
    assert '<a class="button" href="/">' in page
    assert str(status) not in re.sub(r"/static/\w+/", "", page)  # the mark of a file may hold any figures
    assert "rror" not in page.split("<main", 1)[1]


@pytest.mark.usefixtures("house", "addresses")
@pytest.mark.parametrize("path, status", [("/nothing/", 404), ("/closed/", 403), ("/hurried/", 429), ("/falls/", 500)])
def test_every_error_keeps_the_frame_and_the_policies(path, status):
    answer = Client(raise_request_exception=False).get(path)
    page = answer.content.decode()
    assert 'class="selvedge"' in page
    assert '<footer class="foot">' in page
    assert answer["Cache-Control"] == "no-store"
    assert "default-src 'none'" in answer["Content-Security-Policy"]


def test_a_wrong_host_is_answered_without_the_database():
    assert "That did not arrive whole" in asked("/", 400, headers={"host": "elsewhere.example"})


@pytest.mark.usefixtures("house", "addresses")
@pytest.mark.parametrize("path, status", [("/nothing/", 404), ("/closed/", 403), ("/hurried/", 429), ("/falls/", 500)])
def test_what_was_written_is_given_back(path, status):
    page = asked(path, status, data={"text": WORDS})
    assert "Your words are still in the box." in page
    assert WORDS in page


@pytest.mark.usefixtures("house", "addresses")
def test_what_was_written_is_given_back_as_text_and_not_as_a_page():
    page = asked("/falls/", 500, data={"text": "one two three </textarea><b>four</b>"})
    assert "&lt;/textarea&gt;&lt;b&gt;four" in page
    assert "<b>four" not in page


@pytest.mark.usefixtures("house")
def test_a_form_that_is_refused_gives_the_words_back():
    answer = Client(enforce_csrf_checks=True).post("/ease/", {"text": WORDS}, headers=OURS)
    assert answer.status_code == 403
    assert "That did not save" in answer.content.decode()
    assert WORDS in answer.content.decode()


@pytest.mark.usefixtures("house")
@pytest.mark.parametrize("origin", ["https://elsewhere.example", "null", ""])
def test_another_site_cannot_put_its_words_on_a_page_of_ours(origin):
    browser = Client(enforce_csrf_checks=True)
    assert WORDS in browser.post("/ease/", {"text": WORDS}, headers=OURS).content.decode()
    answer = browser.post("/ease/", {"text": WORDS}, headers={"origin": origin} if origin else {})
    assert answer.status_code == 403
    assert WORDS not in answer.content.decode()


@pytest.mark.usefixtures("house", "addresses")
@pytest.mark.parametrize("name", ["passphrase", "new_passphrase", "passphrase_again", "recovery_code", "token"])
def test_nothing_secret_is_given_back(name):
    assert WORDS in asked("/falls/", 500, data={"text": WORDS})
    assert WORDS not in asked("/falls/", 500, data={name: WORDS})


def test_the_broken_page_stands_without_the_database():
    """No database fixture: a single query would fail this test."""
    request = RequestFactory().get("/", headers={"cookie": "ease=dark.larger"})
    answer = errors.broken(request)
    assert answer.status_code == 500
    assert b'class="larger dark"' in answer.content
    assert b"<title>Notes</title>" in answer.content


def test_the_broken_page_stands_without_the_frame(settings):
    """With no address of the house known, the frame cannot be drawn."""
    settings.ROOT_URLCONF = "django.contrib.auth.urls"
    pages._address.cache_clear()
    answer = errors.broken(RequestFactory().get("/"))
    assert answer.status_code == 500
    assert b"selvedge" not in answer.content
    assert b"It was not you" in answer.content
    assert b"emergency number" in answer.content


def test_offline_is_the_same_page_for_everybody():
    answer = Client().get("/offline/")
    assert "There is no connection just now" in answer.content.decode()
    assert b"csrfmiddlewaretoken" not in answer.content
    assert not answer.cookies


@pytest.mark.usefixtures("house")
def test_who_was_signed_out_while_writing_gets_the_words_back():
    page = asked("/settings/name/", 403, data={"text": WORDS})
    assert "You were signed out" in page
    assert WORDS in page
    assert 'href="/door/"' in page


@pytest.mark.usefixtures("house")
def test_who_was_signed_out_and_wrote_nothing_goes_to_the_door():
    for data in ({"text": ""}, {"passphrase": WORDS}):
        answer = Client().post("/settings/name/", data, headers=OURS)
        assert answer.status_code == 302
        assert answer["Location"].startswith("/door/")


@pytest.mark.usefixtures("house")
def test_an_address_for_forms_is_no_blank_page():
    answer = Client().get("/ease/")
    assert answer.status_code == 405
    assert answer["Allow"] == "POST"
    assert "There is nothing to see here" in answer.content.decode()
