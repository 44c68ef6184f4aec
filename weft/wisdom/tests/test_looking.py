"""Looking for lessons: all that fit can be reached, a page at a time, and none stands on two of them."""

import re

import pytest
from django.urls import reverse

from weft.wisdom import finding
from weft.wisdom.models import Reader
from weft.wisdom.tests.ways import give


@pytest.fixture
def kettles(ada):
    return {give(ada, f"The kettle, for the {number}. time.").lesson_id for number in range(7)}


def all_of(reader: Reader, asked: finding.Asked) -> list[int]:
    """What is on each page, one page after the other."""
    seen: list[int] = []
    after = 0
    for _page in range(20):
        found, after = finding.find(reader, asked, after)
        seen += [lesson.pk for lesson in found]
        if not after:
            return seen
    raise AssertionError("it does not end")


@pytest.mark.parametrize(("shown", "most"), [(20, 200), (3, 200), (7, 200), (20, 2), (20, 7), (2, 3), (20, 1)])
def test_each_lesson_that_fits_is_found_once(monkeypatch, ada, cleo, kettles, shown, most):
    monkeypatch.setattr(finding, "SHOWN", shown)
    monkeypatch.setattr(finding, "MOST", most)
    give(ada, "Of another thing altogether.")
    seen = all_of(Reader(cleo.person, cleo), finding.Asked("kettle"))
    assert sorted(seen) == sorted(kettles)


def test_a_lesson_of_two_strands_is_found_by_the_second(monkeypatch, ada, cleo, kettles):
    monkeypatch.setattr(finding, "MOST", 2)
    both = give(ada, "The kettle, and the weir.")
    give(cleo, "The weir, and the kettle: both at once.", into=both.lesson)
    assert all_of(Reader(cleo.person, cleo), finding.Asked("kettle both once")) == [both.lesson_id]
    assert sorted(all_of(Reader(cleo.person, cleo), finding.Asked("kettle"))) == sorted({*kettles, both.lesson_id})


def test_the_pages_are_walked_by_a_link(monkeypatch, sign_in, cleo, circle, kettles):
    monkeypatch.setattr(finding, "SHOWN", 3)
    browser, where = sign_in(cleo), reverse("wisdom:lessons", kwargs={"key": circle.pk})
    page, seen = browser.post(where, {"words": "kettle", "topic": ""}, follow=True), []
    for _page in range(3):
        seen += re.findall(r"for the (\d)\. time", page.content.decode())
        onward = re.search(r'href="([^"]+after=\d+)"', page.content.decode())
        if onward:
            assert "kettle" not in onward[1], "an address tells nothing"
            page = browser.get(onward[1].replace("&amp;", "&"))
    assert onward is None
    assert sorted(set(seen)) == list("0123456")
    assert browser.get(f"{where}?after=no").status_code == 200
