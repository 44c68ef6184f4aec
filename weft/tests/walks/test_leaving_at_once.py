"""M2. One control that is always in sight: the screen is blank before anything is asked, Back shows nothing, and no
line in any log says that somebody left. (`people/tests/test_leaving_in_a_browser.py` looks closer at the browser.)"""

import logging

import pytest

from weft.circles.models import House
from weft.people.models import Device
from weft.tests.walks.conftest import tell

WORDS = "The kettle has a crack in it and so have I."
BLANK = """navigator.sendBeacon = (...said) => {
    window.name = document.body ? "seen" : "blank";
    return Navigator.prototype.sendBeacon.apply(navigator, said);
}"""


@pytest.fixture
def story(ada, house, ground):
    house.leave_to = f"{ground.address}/offline/"  # somewhere that the walk may go to
    house.save()
    House.forget()
    return tell(ada, WORDS + "\n\nAnd more of it." * 40)


def test_leave_is_in_sight_wherever_one_is_on_a_page(come, story, ada, script):
    me = come(ada, script=script).opens(story.get_absolute_url())
    assert me.page.locator("a.leave").bounding_box()["y"] < 20
    me.page.mouse.wheel(0, 20_000)
    me.page.locator("footer").scroll_into_view_if_needed()
    assert me.page.evaluate("scrollY") > 640
    assert 0 <= me.page.locator("a.leave").bounding_box()["y"] < 20
    assert me.page.evaluate("document.elementFromPoint(innerWidth - 40, 30).className") == "leave"


def test_the_screen_is_blank_before_anything_is_asked(come, story, ada):
    me = come(ada)
    me.page.add_init_script(BLANK)
    me.opens(story.get_absolute_url()).reads(WORDS)
    me.page.locator("a.leave").click()
    me.page.wait_for_url("**/offline/")
    assert me.page.evaluate("window.name") == "blank"


def test_back_shows_nothing_and_nothing_says_that_somebody_left(come, story, ada, logged, script):
    me = come(ada, script=script).opens(ada.circle.get_absolute_url()).opens(story.get_absolute_url()).reads(WORDS)
    before = Device.objects.count()
    me.page.locator("a.leave").click()
    me.page.wait_for_url("**/offline/")
    assert Device.objects.count() == before - 1
    for _step in range(3):
        me.page.go_back(wait_until="commit")
        assert WORDS not in me.page.content()
        assert ada.name not in me.page.content()
    assert logged == []
    logging.getLogger("django.request").error("the control")
    assert logged == ["the control"]
