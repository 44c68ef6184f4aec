"""Languages: chosen by a person, on a device, or by the browser; read without a build step; told apart on one line."""

from datetime import date, datetime, timedelta

import pytest
from django.template import engines
from django.test import Client
from django.utils import timezone, translation

from weft.loom import text
from weft.people.models import Person


def lang(client: Client, address: str = "/about/", **more: object) -> str:
    page = client.get(address, **more).content.decode()
    return page.split('<html lang="', 1)[1].split('"', 1)[0]


def test_the_catalogue_needs_no_build_step():
    """Nothing is compiled beforehand: the words come from the .po file itself."""
    with translation.override("ar"):
        assert translation.gettext("Circles") == "الحلقات"


def test_a_visitor_reads_in_the_language_of_the_browser_or_in_the_one_they_choose(house):
    visitor = Client()
    assert lang(visitor) == "en"
    assert lang(visitor, headers={"accept-language": "ar-EG,ar;q=0.9,en;q=0.5"}) == "ar"
    answer = visitor.post("/language/", {"language": "ar", "next": "/about/"})
    assert (answer.status_code, answer["Location"]) == (302, "/about/")
    assert lang(visitor) == "ar"
    visitor.post("/language/", {"language": "en", "next": "/about/"})
    assert lang(visitor, headers={"accept-language": "ar"}) == "en"


def test_a_person_takes_their_language_to_every_device(ada, sign_in):
    sign_in(ada).post("/language/", {"language": "ar", "next": "/"})
    assert Person.objects.get(pk=ada.person.pk).language == "ar"
    assert lang(sign_in(ada), headers={"accept-language": "en"}) == "ar"


def test_a_page_leaves_no_language_behind(house):
    Client().get("/about/", headers={"accept-language": "ar"})
    assert translation.get_language() == "en"


def test_an_unknown_language_changes_nothing(ada, sign_in):
    sign_in(ada).post("/language/", {"language": "xx", "next": "/"})
    assert Person.objects.get(pk=ada.person.pk).language == ""


def test_whoever_joins_in_arabic_gets_their_letters_in_arabic(house):
    said = {"name": "layla", "passphrase": "four quiet lamps burning", "next": ""}
    visitor = Client(headers={"accept-language": "ar"})
    assert visitor.post("/join/name/", said).status_code == 302
    assert Person.objects.named("layla").language == "ar"


@pytest.mark.parametrize(
    ("number", "said"),
    [
        (1, "قبل ساعة"),
        (2, "قبل ساعتين"),
        (3, "قبل 3 ساعات"),
        (11, "قبل 11 ساعة"),
    ],
)
def test_numbers_take_their_arabic_forms(number, said):
    with translation.override("ar"):
        assert text.ago(timezone.now() - timedelta(hours=number, minutes=1)) == said


def test_days_and_moments_in_arabic():
    now = timezone.localtime()
    with translation.override("ar"):
        assert text.day(date(now.year, 3, 14)) == "14 مارس"
        assert text.day(date(2019, 12, 1)) == "1 ديسمبر 2019"
        assert text.moment(datetime(2026, 3, 14, 7, 5, tzinfo=timezone.get_current_timezone())) == "07:05"
        assert text.ago(now - timedelta(days=1)) == "أمس"


def test_lists_in_arabic():
    with translation.override("ar"):
        assert text.listed(["ندى"]) == "ندى"
        assert text.listed(["ندى", "سامر"]) == "ندى وسامر"
        assert text.listed(["ندى", "سامر", "هدى"]) == "ندى، سامر وهدى"
    assert text.listed(["a", "b", "c"]) == "a, b and c"


def test_words_of_another_direction_are_set_apart():
    assert text.apart("River") == "River"
    assert text.apart("ندى") == "\u2068ندى\u2069"
    assert text.apart(3) == 3
    with translation.override("ar"):
        assert text.apart("ندى") == "ندى"
        assert text.apart("River") == "\u2068River\u2069"
        assert text.apart("116 123") == "\u2068116 123\u2069"
        assert text.apart("14 مارس") == "14 مارس"


def test_a_name_in_a_sentence_of_a_page_is_set_apart():
    page = engines.all()[0].from_string("{{ _('Answer %(name)s', name=name) }}")
    assert page.render({"name": "ندى <b>"}) == "Answer \u2068ندى &lt;b&gt;\u2069"
    assert page.render({"name": "River"}) == "Answer River"
