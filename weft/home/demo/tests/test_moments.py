"""Seen at whichever hour, nothing of the example house lies in the future."""

from datetime import UTC, datetime

import pytest

from weft.home.demo.house import LATEST, first_words, moments

HOURS = [
    datetime(2026, 3, 29, 0, 1, tzinfo=UTC),
    datetime(2026, 6, 1, 9, 30, tzinfo=UTC),
    datetime(2026, 10, 25, 23, 59, tzinfo=UTC),
]


@pytest.mark.parametrize("now", HOURS)
def test_what_is_said_lies_in_the_past_and_in_its_order(files, now):
    for room in files:
        for told in room.stories:
            heard = moments(told, room, now)
            said = [heard.at, *(at for _answer, at in heard.answers)]
            assert said == sorted(said)
            assert said[-1] <= now - LATEST


def test_a_story_of_this_evening_is_yesterday_s_in_the_morning(files):
    room = next(room for room in files if any(told.days_ago == 0 for told in room.stories))
    told = next(told for told in room.stories if told.days_ago == 0)
    early, late = datetime(2026, 6, 2, 0, 1, tzinfo=UTC), datetime(2026, 6, 2, 23, 59, tzinfo=UTC)
    assert moments(told, room, late).at.date() == late.date()
    assert moments(told, room, early).at.date() < early.date()


def test_first_words_are_the_earliest(files):
    now = HOURS[1]
    heard = [moments(told, files[0], now) for told in files[0].stories]
    first = first_words(heard)
    assert all(first[one.told.teller] <= one.at for one in heard)
    assert set(first) <= set(files[0].by_name)
