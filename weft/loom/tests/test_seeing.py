"""The page of styles in a real browser: no overflow, nothing too small to touch, nothing that axe objects to."""

import pytest
from axe_playwright_python.sync_playwright import Axe

from weft.tests.seeing import OVERFLOW, TOO_SMALL

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

RUNNING = "() => document.getAnimations().length"


@pytest.fixture
def look(house, settings, live_server, chromium):
    """Open an address in a fresh browser, as wide and as the device says, and look at it."""
    settings.DEBUG = True
    contexts = []

    def looked(path, width, scheme="light", ease="", **more):
        context = chromium.new_context(viewport={"width": width, "height": 640}, color_scheme=scheme, **more)
        contexts.append(context)
        if ease:
            context.add_cookies([{"name": "ease", "value": ease, "url": live_server.url}])
        page = context.new_page()
        page.goto(live_server.url + path)
        return page

    yield looked
    for context in contexts:
        context.close()


def test_it_fits_and_can_be_touched_and_axe_agrees(look):
    for width, scheme, way in [
        (320, "light", "ltr"),
        (320, "dark", "rtl"),
        (1100, "light", "rtl"),
        (1100, "dark", "ltr"),
    ]:
        for path in (f"/style/?dir={way}", f"/style/?dir={way}&wrong", "/style/404/", "/offline/"):
            page = look(path, width, scheme)
            where = f"{path} {width} {scheme}"
            assert page.evaluate(OVERFLOW) <= 0, where
            assert page.evaluate(TOO_SMALL) == [], where
            found = Axe().run(page)
            assert found.violations_count == 0, where + found.generate_report()
            page.context.close()


def test_control_a_page_that_is_bad_is_noticed(look):
    page = look("/style/", 320)
    page.evaluate(
        """() => document.getElementById('main').insertAdjacentHTML('beforeend',
        '<div class="bad"><button class="tiny"></button></div>')"""
    )
    page.evaluate(
        """() => { document.querySelector('.bad').style.inlineSize = '500px';
        document.querySelector('.tiny').style.all = 'unset' }"""
    )
    assert page.evaluate(OVERFLOW) > 0
    assert page.evaluate(TOO_SMALL)
    assert Axe().run(page).violations_count > 0


def test_much_larger_text_with_more_space_still_fits(look):
    for way in ("ltr", "rtl"):
        for width in (320, 360, 1100):
            page = look(f"/style/?dir={way}&wrong", width, ease="largest.roomy")
            assert page.evaluate(OVERFLOW) <= 0, f"{way} {width}"


def test_the_first_key_leads_past_the_frame(look):
    page = look("/style/", 360)
    page.keyboard.press("Tab")
    assert page.evaluate("() => document.activeElement.getBoundingClientRect().top") >= 0
    assert page.evaluate("() => getComputedStyle(document.activeElement).outlineWidth") == "3px"
    page.keyboard.press("Enter")
    assert page.evaluate("() => document.activeElement.id") == "main"


def test_a_mistake_is_read_first(look):
    assert look("/style/?wrong", 360).evaluate("() => document.activeElement.getAttribute('role')") == "alert"


def test_things_move_only_where_moving_is_welcome(look):
    for motion, moving in (("no-preference", 1), ("reduce", 0)):
        page = look("/style/", 360, reduced_motion=motion)
        page.evaluate("() => document.querySelector('.card, .story').classList.add('arrived')")
        assert page.evaluate(RUNNING) == moving


def test_the_text_grows_with_what_is_written(look):
    page = look("/style/", 360)
    box = page.locator("#id_story")
    before = box.bounding_box()["height"]
    box.fill("a line\n" * 12)
    assert box.bounding_box()["height"] > before


def test_what_is_chosen_dark_is_printed_light_and_without_the_frame(look):
    page = look("/style/", 800, "dark", ease="dark")
    ink, leave, number = (
        "() => getComputedStyle(document.body).color",
        page.locator(".leave"),
        page.locator(".numbers a"),
    )
    assert (page.evaluate(ink), leave.first.is_visible()) == ("rgb(236, 232, 225)", True)
    page.emulate_media(media="print")
    assert (page.evaluate(ink), leave.first.is_visible()) == ("rgb(35, 39, 46)", False)
    assert number.first.is_visible()
