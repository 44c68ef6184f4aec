"""A page is light: few queries, few bytes. (What it costs the processor is measured by bench/.)"""

import gzip

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from weft.stories.models import Reply, Story

QUERIES = 8
BYTES = 60_000
WORDS = "I remember the second plate. I bought two for a whole year, and I never told a soul until now.\n\n" * 3


@pytest.fixture
def told(ada):
    story = Story.begin(ada)
    story.write(WORDS, wish="listen", audience="circle", topics=["loss"])
    story.share(by=ada)
    return story


def cost(client, address) -> tuple[int, bytes]:
    client.get(address)  # what is read once for each process
    with CaptureQueriesContext(connection) as queries:
        page = client.get(address)
    assert page.status_code == 200
    return len(queries), page.content


def test_a_story_with_twenty_replies_is_light(told, cleo, sign_in):
    for _number in range(20):
        Reply.say(told, WORDS, by=cleo)
    queries, page = cost(sign_in(cleo), told.get_absolute_url())
    assert page.count(b'class="reply') == 20
    assert queries <= QUERIES
    assert len(page) <= BYTES
    assert len(gzip.compress(page)) <= BYTES / 6


def test_a_circle_and_today_are_light(told, ada, cleo, circle, sign_in):
    for _number in range(12):
        more = Story.begin(ada)
        more.write(WORDS, wish="glad", audience="circle", topics=["sleep"])
        more.share(by=ada)
    for client in (sign_in(ada), sign_in(cleo)):
        for address in (circle.get_absolute_url(), "/", "/circles/", "/help/"):
            queries, page = cost(client, address)
            assert queries <= QUERIES, address
            assert len(page) <= BYTES, address


def test_a_heavy_page_would_be_noticed(told, cleo, sign_in):
    for _number in range(120):
        Reply.say(told, WORDS, by=cleo)
    assert len(cost(sign_in(cleo), told.get_absolute_url())[1]) > BYTES
