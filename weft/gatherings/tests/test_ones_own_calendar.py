"""A calendar of one's own: secret, neutral, revocable, and true to what happens in the house."""

import re
from datetime import UTC, date, datetime, timedelta
from datetime import time as clock
from zoneinfo import ZoneInfo

import pytest
from django.test import Client
from django.urls import reverse

from weft.circles.models import Persona
from weft.conftest import enter, make_circle
from weft.gatherings import recurring
from weft.gatherings.calendars import feed as feeds
from weft.gatherings.models import Feed, Gathering, Guide, Place, Seat, Series, Shift
from weft.loom import time
from weft.tests.laws.dump import everything
from weft.tests.readers import READERS, read

ZONE = "Europe/London"


def tuesday(weeks: int = 0) -> date:
    today = time.today()
    return today + timedelta(days=(1 - today.weekday()) % 7 + 7 + 7 * weeks)


def make_series(persona: Persona, **more) -> Series:
    said = {"name": "Grief, together", "zone": ZONE, "starts_on": tuesday(), "starts_at": clock(19), "left_out": [],
            "rule": "FREQ=WEEKLY;BYDAY=TU", "place": "12 Mill Lane, Leeds"}  # fmt: skip
    series = Series(circle=persona.circle, **said | more)
    series.save(force_insert=True)
    return series


def meet(series: Series, day: date, **more) -> Gathering:
    starts = recurring.moment(day, series.starts_at, series.zone)
    one = Gathering(circle=series.circle, series=series, day=day, **{"starts": starts} | more)
    one.save(force_insert=True)
    return one


def seat(persona: Persona, one: Gathering, answer: str) -> Seat:
    found = Seat(circle=one.circle, gathering=one, persona=persona, answer=answer)
    found.save(force_insert=True)
    return found


def text_of(feed: Feed) -> str:
    answer = Client().get(feed.get_absolute_url())
    assert answer.status_code == 200
    return answer.content.decode()


def lines(text: str, name: str) -> list[str]:
    whole = text.replace("\r\n ", "")
    return re.findall(rf"^{name}[;:](.*?)\r?$", whole, re.M)


@pytest.fixture
def series(ada) -> Series:
    return make_series(ada)


def test_a_person_gets_a_calendar_and_what_they_choose_stands_in_it(sign_in, ada, series):
    one = meet(series, tuesday())
    seat(ada, one, "coming")
    browser, page = sign_in(ada), reverse("gatherings:calendar")
    assert "Make my calendar" in browser.get(page).content.decode()
    browser.post(page, {"which": "coming", "title": "hour"})
    feed = Feed.of(ada.person)
    assert feed.get_absolute_url() in browser.get(page).content.decode()
    assert lines(text_of(feed), "SUMMARY") == [r"Tuesday\, 19:00"]
    browser.post(page, {"which": "coming", "title": "own", "words": "Choir"})
    assert lines(text_of(feed), "SUMMARY") == ["Choir"]
    browser.post(page, {"which": "circles", "title": "name"})
    text = text_of(feed)
    assert lines(text, "SUMMARY") == [r"Grief\, together"]
    assert lines(text, "RRULE")[-1] == "FREQ=WEEKLY;BYDAY=TU"
    wrong = browser.post(page, {"which": "coming", "title": "own", "words": ""}).content.decode()
    assert "Please write the words" in wrong


def test_by_default_it_tells_an_hour_and_nothing_else(ada, cleo, series):
    seat(ada, meet(series, tuesday()), "coming")
    feed = Feed.open(ada.person)
    telling = ["Grief", "Mill Lane", "River", "Cleo", "Evening", "@", "mailto", "ATTENDEE", "ORGANIZER", "http"]
    text = text_of(feed)
    assert lines(text, "SUMMARY") == [r"Tuesday\, 19:00"]
    assert [word for word in telling if word in text] == []
    feed.choose(title="name", details=True)
    text = text_of(feed)
    assert [word for word in telling if word in text] == ["Grief", "Mill Lane", "http"]  # when they ask for it


def test_only_what_one_comes_to_or_guides_stands_in_it(ada, cleo, series):
    for week, answer in enumerate(["coming", "maybe", "cannot", "waiting", ""]):
        seat(ada, meet(series, tuesday(week)), answer)
    guided = meet(series, tuesday(5))
    Shift(circle=ada.circle, gathering=guided, persona=ada).save(force_insert=True)
    sought = meet(series, tuesday(6))
    Shift(circle=ada.circle, gathering=sought, persona=ada, is_sought=True).save(force_insert=True)
    seat(cleo, meet(series, tuesday(7)), "coming")
    text = text_of(Feed.open(ada.person))
    assert sorted(lines(text, "STATUS")) == ["CONFIRMED", "CONFIRMED", "TENTATIVE"]
    days = {line.partition(":")[2][:8] for line in lines(text, "DTSTART") if "TZID" in line}
    assert days == {f"{tuesday(week):%Y%m%d}" for week in (0, 1, 5)}


def test_of_a_closed_group_only_those_who_are_in_it_see_it(ada, cleo, series):
    closed = make_series(ada, name="Closed", door="cohort")
    feed = Feed.open(ada.person)
    feed.choose(which="circles", title="name")
    assert lines(text_of(feed), "SUMMARY") == [r"Grief\, together"]
    place = Place(circle=ada.circle, series=closed, persona=ada, standing="waiting")
    place.save(force_insert=True)
    assert lines(text_of(feed), "SUMMARY") == [r"Grief\, together"]
    place.standing = "in"
    place.save()
    assert sorted(lines(text_of(feed), "SUMMARY")) == ["Closed", r"Grief\, together"]
    guide = Feed.open(cleo.person)
    guide.choose(which="circles", title="name")
    assert lines(text_of(guide), "SUMMARY") == [r"Grief\, together"]
    Guide(circle=ada.circle, series=closed, persona=cleo).save(force_insert=True)
    assert sorted(lines(text_of(guide), "SUMMARY")) == ["Closed", r"Grief\, together"]


def test_a_circle_that_one_leaves_out_or_leaves_is_not_in_it(sign_in, ada, series):
    other = make_circle("Another")
    there = enter(ada.person, other, "Wren")
    make_series(there, name="Other")
    feed = Feed.open(ada.person)
    feed.choose(which="circles", title="name")
    assert sorted(lines(text_of(feed), "SUMMARY")) == [r"Grief\, together", "Other"]
    page = reverse("gatherings:calendar")
    sign_in(ada).post(page, {"which": "circles", "title": "name", "circles": [str(other.pk)]})
    assert lines(text_of(feed), "SUMMARY") == ["Other"]
    there.leave(by=ada.person, words="take")
    assert lines(text_of(feed), "SUMMARY") == []


@pytest.mark.parametrize("reader", READERS)
def test_every_reader_sees_what_the_house_means(ada, reader):
    series = make_series(ada, left_out=[tuesday(2).isoformat()])
    moved_to = recurring.moment(tuesday(3) + timedelta(days=1), clock(18), ZONE)
    meet(series, tuesday(0))
    meet(series, tuesday(3), starts=moved_to)
    meet(series, tuesday(4), is_cancelled=True)
    meet(series, tuesday(5) + timedelta(days=2))  # one that no rule gives
    feed = Feed.open(ada.person)
    feed.choose(which="circles", title="own", words="Choir")
    until = datetime.combine(tuesday(26), clock(23), tzinfo=UTC)  # over a change of the clock
    found = {when: status for when, _title, status in read(reader, text_of(feed), time.now(), until)}
    ruled = recurring.days(series.starts_on, series.rule, tuesday(0), tuesday(26), left_out=[tuesday(2), tuesday(3)])
    meant = {recurring.moment(day, clock(19), ZONE) for day in [*ruled, tuesday(5) + timedelta(days=2)]} | {moved_to}
    assert set(found) == {int(moment.timestamp()) for moment in meant}
    off = recurring.moment(tuesday(4), clock(19), ZONE)
    assert [when for when, status in found.items() if status == "CANCELLED"] == [int(off.timestamp())]


def test_what_is_changed_counts_up_and_what_falls_away_is_called_off(ada, series):
    one = meet(series, tuesday())
    here = seat(ada, one, "coming")
    feed = Feed.open(ada.person)
    uid, first = lines(text_of(feed), "UID"), text_of(feed)
    assert lines(first, "SEQUENCE") == ["0"]
    one.starts += timedelta(hours=1)
    one.save()
    assert (lines(text_of(feed), "UID"), lines(text_of(feed), "SEQUENCE")) == (uid, ["1"])
    here.answer = "cannot"
    here.save()
    text = text_of(feed)
    assert (lines(text, "UID"), lines(text, "SEQUENCE"), lines(text, "STATUS")) == (uid, ["2"], ["CANCELLED"])
    here.answer = "coming"
    here.save()
    one.is_cancelled = True
    one.save()
    assert lines(text_of(feed), "STATUS") == ["CANCELLED"]
    assert text_of(feed) == text_of(feed)


def test_a_series_that_was_ended_ends(ada):
    series = make_series(ada, rule="FREQ=WEEKLY;BYDAY=TU;COUNT=20", ended_on=tuesday(3))
    feed = Feed.open(ada.person)
    feed.choose(which="circles")
    assert feeds.ending(series) == f"FREQ=WEEKLY;BYDAY=TU;UNTIL={tuesday(3):%Y%m%d}"
    until = datetime.combine(tuesday(30), clock(0), tzinfo=UTC)
    assert len(read("ical.js", text_of(feed), time.now(), until)) == 4


def test_the_title_follows_ones_own_clock_and_language(ada, series):
    seat(ada, meet(series, tuesday()), "coming")
    person, feed = ada.person, Feed.open(ada.person)
    person.time_zone = "Asia/Kolkata"
    person.save()
    at = recurring.moment(tuesday(), clock(19), ZONE).astimezone(ZoneInfo("Asia/Kolkata"))
    assert lines(text_of(feed), "SUMMARY") == [rf"{at:%A}\, {at:%H:%M}"]
    assert at.day != tuesday().day
    person.language = "ar"
    person.save()
    assert "الأربعاء" in lines(text_of(feed), "SUMMARY")[0]


def test_a_title_that_would_be_wrong_for_a_part_of_the_year_says_less(ada, series):
    person, feed = ada.person, Feed.open(ada.person)
    feed.choose(which="circles")
    for zone, title in (
        (ZONE, r"Tuesday\, 19:00"),
        ("America/New_York", "Tuesday"),
        ("Asia/Kolkata", "A time of mine"),
    ):
        person.time_zone = zone
        person.save()
        assert lines(text_of(feed), "SUMMARY") == [title]


def test_a_program_that_asks_again_hears_that_nothing_changed(ada, series):
    seat(ada, meet(series, tuesday()), "coming")
    feed, client = Feed.open(ada.person), Client()
    first = client.get(feed.get_absolute_url())
    assert first["Content-Type"].startswith("text/calendar")
    again = client.get(feed.get_absolute_url(), headers={"If-None-Match": first["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    feed.choose(title="own", words="Choir")
    assert client.get(feed.get_absolute_url(), headers={"If-None-Match": first["ETag"]}).status_code == 200
    assert client.cookies == {}
    assert "private" in first["Cache-Control"]


def test_a_calendar_is_asked_only_so_often(ada):
    feed, client = Feed.open(ada.person), Client()
    said = [client.get(feed.get_absolute_url()).status_code for _ in range(32)]
    assert said[:30] == [200] * 30
    assert said[-1] == 429


def test_another_address_ends_the_old_one_and_pressed_twice_it_is_one(sign_in, ada, series):
    seat(ada, meet(series, tuesday()), "coming")
    browser, feed = sign_in(ada), Feed.open(ada.person)
    old, uid = feed.get_absolute_url(), lines(text_of(feed), "UID")
    for _ in range(2):
        browser.post(reverse("gatherings:renew_calendar"), {"was": feed.pk})
    now = Feed.of(ada.person)
    assert Client().get(old).status_code == 404
    assert lines(text_of(now), "UID") == uid  # so that nothing stands twice in a phone
    browser.post(reverse("gatherings:end_calendar"))
    assert Client().get(now.get_absolute_url()).status_code == 404
    assert Client().get(reverse("gatherings:feed", kwargs={"token": "0" * 26})).status_code == 404


@pytest.mark.django_db(transaction=True)
def test_nothing_in_a_dump_opens_a_calendar_or_tells_what_stands_in_it(ada, series, caplog, capfd):
    one = meet(series, tuesday())
    seat(ada, one, "coming")
    feed = Feed.open(ada.person)
    feed.choose(title="own", words="Qzchoir")
    text_of(feed)
    client = Client(raise_request_exception=False)
    client.get(feed.get_absolute_url() + "x")
    stolen, said = everything(), caplog.text + "".join(capfd.readouterr())
    for secret in (feed.token, "Qzchoir", feed.facts["root"]):
        assert secret.encode() not in stolen
        assert secret not in said


def test_two_calendars_call_the_same_meeting_by_other_names(ada, cleo, series):
    one = meet(series, tuesday())
    seat(ada, one, "coming")
    seat(cleo, one, "coming")
    mine, hers = (set(lines(text_of(Feed.open(who.person)), "UID")) for who in (ada, cleo))
    assert mine
    assert mine.isdisjoint(hers)


def test_whoever_goes_takes_their_calendar_along(ada):
    from weft.home.erasing import erase

    feed = Feed.open(ada.person)
    address = feed.get_absolute_url()
    assert Client().get(address).status_code == 200
    erase(ada.person, words="erase")
    assert Client().get(address).status_code == 404
