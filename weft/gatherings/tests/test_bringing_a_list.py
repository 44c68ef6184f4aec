"""A list from elsewhere: looked at first, brought in, changed, ended, undone; and read as far as it can be."""

import json
import socket
from datetime import time as clock
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from weft.gatherings.incoming import fetching
from weft.gatherings.incoming.fetching import Unfetched
from weft.gatherings.incoming.reading import BIGGEST, MOST, Unread, read
from weft.gatherings.models import Import, Listing, Seat, Series
from weft.gatherings.outside import tables
from weft.gatherings.outside.listed import listed
from weft.loom import time

ONE = {"name": "Tuesday steps", "slug": "tuesday-steps", "day": 2, "time": "19:00", "end_time": "20:30",
       "timezone": "Europe/London", "types": ["O", "D"], "formatted_address": "173 Euston Road, London NW1 2BJ, UK",
       "approximate": "no", "notes": "Ring the bell."}  # fmt: skip
TWO = ONE | {"name": "Online", "slug": "online", "day": [0, 6], "time": "23:30", "end_time": "00:30",
             "conference_url": "https://zoom.us/j/1", "approximate": "yes", "formatted_address": "London"}  # fmt: skip


def given(*meetings: Any) -> bytes:
    return json.dumps(meetings).encode()


@pytest.fixture
def guide(sign_in, cleo) -> Client:
    return sign_in(cleo)


def bring(guide: Client, cleo: Any, **form: Any) -> Any:
    return guide.post(reverse("gatherings:bring", kwargs={"key": cleo.circle_id}), form)


def seen(guide: Client, answer: Any) -> str:
    return guide.get(answer["Location"]).content.decode()


def say_yes(guide: Client, answer: Any, **form: Any) -> None:
    guide.post(answer["Location"], form)


def test_a_list_is_looked_at_brought_in_changed_and_undone(guide, cleo):
    answer = bring(guide, cleo, text=given(ONE, TWO).decode())
    page = seen(guide, answer)
    assert "Tuesday steps" in page
    assert not Series.objects.exists()  # nothing is done before the yes
    for _ in range(2):
        say_yes(guide, answer)
    made = {series.name: series for series in Series.objects.all()}
    assert set(made) == {"Tuesday steps", "Online"}
    steps, online = made["Tuesday steps"], made["Online"]
    assert (steps.rule, steps.starts_at, steps.minutes) == ("FREQ=WEEKLY;BYDAY=TU", clock(19), 90)
    assert (online.rule, online.minutes, online.is_online) == ("FREQ=WEEKLY;BYDAY=SU,SA", 60, True)
    assert (steps.place, steps.listed, steps.door) == ("173 Euston Road, London NW1 2BJ, UK", False, "open")
    assert steps.gatherings.exists()

    again = bring(guide, cleo, text=given(ONE | {"time": "18:00", "end_time": "19:00", "name": "Early steps"}).decode())
    page = seen(guide, again)
    assert "Early steps" in page
    assert "Not in the list any more" in page
    say_yes(guide, again, gone="on")
    steps.refresh_from_db()
    online.refresh_from_db()
    assert (steps.name, steps.starts_at, steps.minutes) == ("Early steps", clock(18), 60)
    assert online.ended_on == time.today()

    second, first = Import.objects.get(undo__isnull=False, pk=_key(again)), Import.objects.get(pk=_key(answer))
    for one in (second, first):
        guide.post(reverse("gatherings:undo_list", kwargs={"key": cleo.circle_id, "import_key": one.pk}))
        if one is second:
            steps.refresh_from_db()
            online.refresh_from_db()
            assert (steps.name, steps.starts_at, steps.minutes) == ("Tuesday steps", clock(19), 90)
            assert online.ended_on is None
    assert not Series.objects.exists()


def _key(answer: Any) -> int:
    from weft.loom.ids import KeyConverter

    return KeyConverter().to_python(answer["Location"].rstrip("/").rsplit("/", 1)[1])


def test_what_is_the_same_is_left_alone_and_what_was_made_here_is_never_touched(guide, cleo):
    own = Series.begin(5, {"name": "Ours", "zone": "Europe/London", "starts_on": time.today(), "starts_at": clock(9),
                           "rule": "FREQ=WEEKLY"}, by=cleo)  # fmt: skip
    answer = bring(guide, cleo, text=given(ONE).decode())
    say_yes(guide, answer)
    again = bring(guide, cleo, text=given(ONE).decode())
    page = seen(guide, again)
    assert "The same as here" in page
    assert "Ours" not in page
    say_yes(guide, again, gone="on")
    assert Series.objects.filter(pk=own.pk, ended_on=None).exists()
    assert Series.objects.count() == 2


def test_an_undone_meeting_that_somebody_means_to_come_to_ends_and_is_not_lost(guide, cleo, ada):
    answer = bring(guide, cleo, text=given(ONE).decode())
    say_yes(guide, answer)
    one = Series.objects.get().gatherings.first()
    Seat(circle=cleo.circle, gathering=one, persona=ada, answer="coming").save(force_insert=True)
    Import.objects.get().take_back(by=cleo)
    assert Series.objects.get().ended_on == time.today()


def test_a_list_without_a_clock_is_asked_for_it(guide, cleo):
    said = given({name: value for name, value in ONE.items() if name != "timezone"}).decode()
    answer = bring(guide, cleo, text=said)
    assert "Please choose it" in answer.content.decode()
    assert "Tuesday steps" in answer.content.decode()  # what was pasted is still there
    say_yes(guide, bring(guide, cleo, text=said, zone="America/New_York"))
    assert Series.objects.get().zone == "America/New_York"


def test_a_file_is_taken_and_only_by_whoever_guides(guide, cleo, ada, sign_in):
    file = SimpleUploadedFile("list.json", given(ONE))
    say_yes(guide, bring(guide, cleo, file=file))
    assert Series.objects.get().name == "Tuesday steps"
    assert bring(sign_in(ada), cleo, text="[]").status_code == 404
    strict = Client(enforce_csrf_checks=True)
    strict.cookies = guide.cookies
    address = reverse("gatherings:bring", kwargs={"key": cleo.circle_id})
    assert strict.post(address, {"text": given(ONE).decode()}).status_code == 403


def test_bmlt_is_read_in_both_of_its_ways():
    own = {"id_bigint": "7", "meeting_name": "Clean", "weekday_tinyint": "3", "start_time": "19:30:00",
           "duration_time": "01:15:00", "formats": "O,DISC,BEG", "location_text": "Hall", "comments": "Upstairs",
           "location_street": "1 High St", "location_municipality": "Leeds", "time_zone": ""}  # fmt: skip
    one = read(given(own), "Europe/London").meetings[0]
    assert (one.name, one.days, one.at, one.minutes, one.zone) == ("Clean", [2], "19:30", 75, "Europe/London")
    assert (one.place, one.types, one.slug) == ("Hall\n1 High St, Leeds", ["BEG", "DISC", "O"], "bmlt-7")
    tsml = ONE | {"coordinates": "53.8,-1.5", "types": ["DISC", "SPK"], "timezone": None, "day": "2"}
    assert read(given(tsml)).needs_zone
    assert read(given(tsml), "Europe/London").meetings[0].types == ["DISC", "SPK"]


def test_our_own_table_comes_back_as_it_went(cleo):
    said = {"zone": "Asia/Kolkata", "starts_on": time.today(), "door": "open", "listed": True, "is_online": True}
    Series.begin(7, said | {"name": "=1+1", "starts_at": clock(9), "rule": "FREQ=WEEKLY;BYDAY=MO,TH", "minutes": 45,
                            "about": "-quiet, \"really\"\nشاي"}, by=cleo)  # fmt: skip
    Series.begin(8, said | {"name": "Hall", "starts_at": clock(23, 30), "rule": "FREQ=WEEKLY;BYDAY=SU", "minutes": 90,
                            "place": "The Hall\n1 High Street, Leeds", "is_online": False}, by=cleo)  # fmt: skip
    found = {one.name: one for one in read(tables.table(listed()).encode()).meetings}
    assert (found["=1+1"].days, found["=1+1"].at, found["=1+1"].minutes) == ([1, 4], "09:00", 45)
    assert found["=1+1"].about == '-quiet, "really"\nشاي'
    assert (found["Hall"].days, found["Hall"].minutes, found["Hall"].zone) == ([0], 90, "Asia/Kolkata")
    assert "1 High Street, Leeds" in found["Hall"].place


@pytest.mark.parametrize("letters", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_odd_letters_and_marks_are_read(letters):
    table = "Name;Day;Time;Timezone\r\nCafé;Tuesday;7:00 pm;Europe/Paris\r\n".encode(letters)
    one = read(table).meetings[0]
    assert (one.name, one.days, one.at) == ("Café", [2], "19:00")


@pytest.mark.parametrize("data, why", [
    (b"x" * (BIGGEST + 1), "big"), (b"", "table"), (b"[]", "empty"), (b"[{", "json"), (b'{"a": 1}', "empty"),
    (b"[" * 100_000, "json"), (b'[{"a":' * 20_000, "json"), (b'"' * 1000, "table"), (b"\x00\xff\xfe", "table"),
    (b"<html>", "table"), (given(*[ONE] * (MOST + 1)), "many"), (b'{"meetings": 3}', "json"),
])  # fmt: skip
def test_what_is_no_list_says_so_and_breaks_nothing(data, why):
    with pytest.raises(Unread, match=why):
        read(data)


def test_a_meeting_that_cannot_be_read_is_named_and_the_others_come_in(guide, cleo):
    slips = [{"day": 9}, {"time": "late"}, {"timezone": "Mars/Dome"}, {"day": None}, {"day": []}, {"time": {"a": 1}}]
    odd = [ONE | {"slug": f"s{n}", "name": f"Odd {n}"} | more for n, more in enumerate(slips)]
    found = read(given(ONE, ONE, *odd, 7, None, {"name": ["x"]}))
    assert [one.slug for one in found.meetings] == ["tuesday-steps"]
    assert [why for _name, why in found.odd] == [
        "twice",
        "day",
        "hour",
        "zone",
        "day",
        "day",
        "hour",
        "no",
        "no",
        "name",
    ]
    page = seen(guide, bring(guide, cleo, text=given(ONE, *odd).decode()))
    assert "Odd 0" in page
    assert "It has no day of the week." in page


def test_words_of_a_list_are_no_longer_than_fits_and_shown_as_words(guide, cleo):
    bad = ONE | {"name": "<script>x</script>" * 40, "notes": "n" * 5000, "types": ["O" * 99, "<b>", 3]}
    answer = bring(guide, cleo, text=given(bad).decode())
    assert "<script>x" not in seen(guide, answer)
    say_yes(guide, answer)
    series = Series.objects.get()
    assert (len(series.name), len(series.about)) == (60, 1200)
    assert Listing.objects.get().types == ["3"]


# Fetching


@pytest.mark.parametrize("address", [
    "http://127.0.0.1/", "http://localhost/", "http://[::1]/", "http://10.0.0.1/", "http://192.168.1.1/x",
    "http://169.254.169.254/latest/meta-data", "http://0.0.0.0/", "http://[::ffff:127.0.0.1]/", "http://2130706433/",
    "http://[fd00::1]/", "http://100.64.0.1/", "http://[2002:7f00:1::]/", "http://224.0.0.1/",
])  # fmt: skip
def test_the_house_asks_nobody_in_its_own_network(address):
    with pytest.raises(Unfetched, match=r"inside|answer"):
        fetching.fetch(address)


@pytest.mark.parametrize("address", [
    "file:///etc/passwd", "ftp://example.org/", "gopher://x/", "https://u:p@example.org/", "https://example.org:22/",
    "//example.org/", "javascript:x", "https:///", "http://example.org/a b", "http://example.org/\r\nX: y", "http://[x",
])  # fmt: skip
def test_only_a_plain_address_of_the_web_is_asked(address):
    with pytest.raises(Unfetched, match="address"):
        fetching.checked(address)


def test_a_name_with_one_inner_address_among_open_ones_is_not_asked(monkeypatch):
    answers = [("93.184.215.14", 443), ("10.0.0.7", 443)]
    asked: list[Any] = []
    monkeypatch.setattr(socket, "getaddrinfo", lambda *a, **k: [(2, 1, 6, "", one) for one in answers])
    monkeypatch.setattr(socket, "create_connection", lambda *a, **k: asked.append(a))
    with pytest.raises(Unfetched, match="inside"):
        fetching.fetch("https://lists.example/")
    assert not asked
    answers.pop()
    with pytest.raises(Exception):  # noqa: B017, PT011  # it goes on to ask, by the address that was looked at
        fetching.fetch("https://lists.example/")
    assert asked[0][0] == ("93.184.215.14", 443)


def test_a_redirect_is_looked_at_anew_and_what_is_long_or_slow_is_let_go(monkeypatch):
    hops = iter([(302, "http://127.0.0.1/inner", b"")])
    ask = fetching._ask
    monkeypatch.setattr(fetching, "_ask", lambda address, until: next(hops, None) or ask(address, until))
    with pytest.raises(Unfetched, match="inside"):
        fetching.fetch("https://lists.example/")
    monkeypatch.setattr(fetching, "_ask", lambda address, until: (302, "https://lists.example/", b""))
    with pytest.raises(Unfetched, match="answer"):
        fetching.fetch("https://lists.example/")
    with pytest.raises(Unfetched, match="answer"):
        fetching._left(0.0)


def test_a_refusal_is_said_in_words_and_the_address_is_kept(guide, cleo):
    answer = bring(guide, cleo, address="http://127.0.0.1/list.json")
    page = answer.content.decode()
    assert "We ask only on the open internet" in page
    assert "http://127.0.0.1/list.json" in page
