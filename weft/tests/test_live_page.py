"""An open page hears what is new, and loses nothing when its stream is lost."""

import re

import pytest

from weft.stories.models import Reply, Story


@pytest.fixture
def told(ada):
    story = Story.begin(ada)
    story.write("It has been a long month.", wish="listen", audience="circle", topics=[])
    story.share(by=ada)
    return story


@pytest.fixture
def page(walk, told, ada):
    page = walk(ada)
    page.goto(told.get_absolute_url())
    return page


def heard(page):
    """The replies on the page."""
    return page.locator("[data-live] > *")


def until_it_listens(walk, page, streams=1):
    for _ in range(100):
        if len(walk.ground.app.hub.listeners) == streams:
            return
        page.wait_for_timeout(50)
    raise AssertionError(f"{len(walk.ground.app.hub.listeners)} streams are open")


def test_a_reply_comes_to_the_open_page(walk, page, told, cleo):
    until_it_listens(walk, page)
    Reply.say(told, "I sat there too, in May.", by=cleo)
    page.get_by_text("I sat there too, in May.").wait_for()
    Reply.say(told, "And it passed.", by=cleo)
    page.get_by_text("And it passed.").wait_for()
    assert heard(page).count() == 2


def test_a_reply_that_is_taken_back_goes_from_the_open_page(walk, page, told, cleo):
    until_it_listens(walk, page)
    reply = Reply.say(told, "I sat there too, in May.", by=cleo)
    page.get_by_text("I sat there too, in May.").wait_for()
    reply.erase()
    page.get_by_text("I sat there too, in May.").wait_for(state="detached")


def test_what_came_between_the_page_and_the_stream_is_fetched(walk, told, ada, cleo):
    page = walk(ada)
    page.route("**/loom/live.js", lambda route: (Reply.say(told, "Just now.", by=cleo), route.continue_()))
    page.goto(told.get_absolute_url())
    page.get_by_text("Just now.").wait_for()
    assert heard(page).count() == 1


def test_without_a_stream_the_page_asks_by_itself(walk, told, ada, cleo):
    walk.expect("net::ERR_FAILED")
    page = walk(ada)
    page.route("**/stream/**", lambda route: route.abort())
    page.clock.install()
    page.goto(told.get_absolute_url())
    Reply.say(told, "Anyway.", by=cleo)
    page.clock.fast_forward(61_000)
    page.get_by_text("Anyway.").wait_for()


def test_a_lost_stream_is_opened_again_and_nothing_is_lost(walk, page, told, ada, cleo):
    until_it_listens(walk, page)
    page.context.set_offline(True)
    walk.expect("net::ERR_INTERNET_DISCONNECTED")
    hub = walk.ground.app.hub
    hub.let_go(ada.pk)
    until_it_listens(walk, page, 0)
    Reply.say(told, "While you were away.", by=cleo)
    page.wait_for_timeout(300)
    assert not page.get_by_text("While you were away.").count()
    page.context.set_offline(False)
    page.get_by_text("While you were away.").wait_for()
    until_it_listens(walk, page)
    Reply.say(told, "And now.", by=cleo)
    page.get_by_text("And now.").wait_for()


def test_a_page_that_hears_nothing_for_long_opens_a_new_stream(walk, told, ada, monkeypatch):
    monkeypatch.setattr(type(walk.ground.app.hub), "beat", 3600)
    page = walk(ada)
    page.clock.install()
    page.goto(told.get_absolute_url())
    until_it_listens(walk, page)
    asked = []
    page.on("request", lambda request: asked.append(request.url))
    page.clock.fast_forward(46_000)
    page.clock.fast_forward(2_000)
    page.wait_for_timeout(500)
    assert [url for url in asked if "/stream/" in url]
    until_it_listens(walk, page)


def test_whoever_left_hears_no_more_on_an_open_page(walk, page, told, ada, cleo):
    until_it_listens(walk, page)
    walk.expect("status of 404")
    ada.leave(by=ada.person, words="keep")
    until_it_listens(walk, page, 0)
    Reply.say(told, "Among us.", by=cleo)
    page.wait_for_timeout(1500)
    assert not page.get_by_text("Among us.").count()
    until_it_listens(walk, page, 0)


def test_the_stream_carries_no_words(walk, told, ada, cleo):
    page = walk(ada)
    session = page.context.new_cdp_session(page)
    session.send("Network.enable")
    lines = []
    session.on("Network.eventSourceMessageReceived", lambda event: lines.append(event["data"]))
    page.goto(told.get_absolute_url())
    until_it_listens(walk, page)
    Reply.say(told, "Nobody else may read this.", by=cleo)
    page.get_by_text("Nobody else may read this.").wait_for()
    hints = [line for line in lines if line != "1"]
    assert hints
    assert all(re.fullmatch(r"[a-z_]+ \d+", hint) for hint in hints)


def test_without_javascript_the_page_is_whole(walk, told, ada, cleo):
    Reply.say(told, "I sat there too, in May.", by=cleo)
    page = walk(ada, script=False)
    page.goto(told.get_absolute_url())
    assert page.get_by_text("I sat there too, in May.").count() == 1
