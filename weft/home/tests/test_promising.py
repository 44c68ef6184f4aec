"""What the front page promises, each line with the test that holds it. A line without a test fails here (R7, R30)."""

import re
from html import unescape

from django.db import connection
from django.test import Client
from django.urls import reverse

from weft.conftest import PASSPHRASE, enter, make_circle
from weft.people.models import Person
from weft.stories.models import Story


def tell(persona, words):
    story = Story.begin(persona)
    story.write(words, wish="listen", audience="circle", topics=[])
    story.share(by=persona)
    return story


def pages_of(client, circle):
    addresses = [
        "/",
        reverse("circles:circle", kwargs={"key": circle.pk}),
        reverse("circles:people", kwargs={"key": circle.pk}),
    ]
    return "".join(client.get(address).content.decode() for address in addresses)


def test_you_need_no_real_name_no_email_and_no_phone_number(house):
    client = Client()
    answer = client.post(reverse("people:join_name"), {"name": "anything", "passphrase": PASSPHRASE})
    assert answer.status_code == 302
    assert client.get(reverse("people:settings")).status_code == 200
    assert Person.objects.named("anything").email == ""


def test_no_page_joins_a_name_to_the_names_in_other_circles(ada, circle, sign_in):
    other = make_circle("Another Circle")
    enter(ada.person, other, "Wren")
    both = Person.objects.join("both", PASSPHRASE)
    for room in (circle, other):
        enter(both, room, "Somebody")
    assert "River" in pages_of(sign_in(both), circle)
    assert "Wren" in pages_of(sign_in(both), other)
    assert "Wren" not in pages_of(sign_in(both), circle)
    assert "River" not in pages_of(sign_in(both), other)


def test_whoever_steals_the_database_can_read_none_of_it(ada):
    tell(ada, "I set the table for two again.")
    with connection.cursor() as cursor:
        cursor.execute("SELECT text FROM stories_story")
        (kept,) = cursor.fetchone()
    assert len(bytes(kept)) > 30
    assert b"table for two" not in bytes(kept)


def test_pages_fetch_nothing_from_any_other_company(house, ada, sign_in):
    for client in (Client(), sign_in(ada)):
        answer = client.get("/")
        assert "default-src 'none'" in answer["Content-Security-Policy"]
        fetched = re.findall(r'(?:src|srcset|data|poster)="([^"]+)"|<link[^>]+href="([^"]+)"', answer.content.decode())
        assert fetched
        assert all((one or other).startswith("/") for one, other in fetched)


def test_words_can_be_taken_back_at_any_time(ada, cleo, sign_in):
    story = tell(ada, "I set the table for two again.")
    room = cleo.circle.get_absolute_url()
    assert "table for two" in sign_in(cleo).get(room).content.decode()
    story.take_back(by=ada)
    assert "table for two" not in sign_in(cleo).get(room).content.decode()


PROMISES = {
    "You need no real name, no e-mail and no phone number.": test_you_need_no_real_name_no_email_and_no_phone_number,
    "In each circle you choose a name. No page joins it to your names in other circles.": (
        test_no_page_joins_a_name_to_the_names_in_other_circles
    ),
    "What you write is locked before it is kept. Whoever steals the database can read none of it.": (
        test_whoever_steals_the_database_can_read_none_of_it
    ),
    "These pages fetch nothing from any other company. There are no adverts, and nobody counts your visits.": (
        test_pages_fetch_nothing_from_any_other_company
    ),
    "You can take your words back at any time, or have everything erased.": test_words_can_be_taken_back_at_any_time,
}


def test_every_promise_on_the_front_page_is_held_by_a_test(house):
    page = Client().get("/").content.decode()
    promises = re.search(r'<ul class="stack promises">(.*?)</ul>', page, re.S).group(1)
    assert {unescape(line) for line in re.findall(r"<li>(.*?)</li>", promises)} == set(PROMISES)
