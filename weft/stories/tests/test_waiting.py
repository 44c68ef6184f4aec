"""The rules by which a story waits, and what comes of them when they are tried out (`bench/replay.py`)."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from statistics import mean

import pytest

from bench import replay
from weft.stories import waiting
from weft.stories.waiting import Helper, Wait

NOON = datetime(2026, 3, 28, 12, tzinfo=UTC)
DAY_LONG = Wait(NOON, NOON + timedelta(hours=24))
SEEDS = range(3)


def after(hours: float) -> datetime:
    return NOON + timedelta(hours=hours)


def test_a_promise_is_used_up_and_then_over():
    assert DAY_LONG.used(after(6)) == 0.25
    assert not DAY_LONG.is_over(after(23))
    assert DAY_LONG.is_over(after(24))
    assert not replace(DAY_LONG, hearers=1).is_over(after(30))


def test_the_most_pressing_is_the_one_whose_promise_is_most_used_up():
    short, long = Wait(after(2), after(4)), Wait(after(0), after(48))
    assert sorted([long, short], key=lambda one: waiting.most_pressing(one, after(3))) == [short, long]
    answered = replace(short, hearers=1)
    assert sorted([answered, long], key=lambda one: waiting.most_pressing(one, after(3))) == [long, answered]


def test_two_are_asked_then_one_more_for_a_second_answer_and_then_nobody():
    assert DAY_LONG.asks_wanted(after(1)) == 0
    assert DAY_LONG.asks_wanted(after(3)) == 2
    once = replace(DAY_LONG, hearers=1)
    assert [once.asks_wanted(after(hours)) for hours in (3, 13, 60)] == [0, 1, 0]
    assert replace(DAY_LONG, hearers=2).asks_wanted(after(13)) == 0
    assert DAY_LONG.asks_wanted(after(90)) == 2, "who is unheard is not given up"


def test_who_fits_comes_first_then_who_was_asked_longest_ago_and_nobody_above_their_limit():
    helpers = [
        Helper("anything", False, 1),
        Helper("lately", True, 2, [after(-4)]),
        Helper("long ago", True, 1, [after(-100)]),
        Helper("full", True, 1, [after(-20)]),
        Helper("rests", True, 1, rests=True),
    ]
    assert waiting.whom_to_ask(DAY_LONG, helpers, after(3), asked_now=0) == ["long ago", "lately"]
    assert waiting.whom_to_ask(DAY_LONG, helpers, after(3), asked_now=1) == ["long ago"]
    assert waiting.whom_to_ask(DAY_LONG, helpers, after(3), asked_now=2) == []
    assert waiting.whom_to_ask(DAY_LONG, helpers[3:], after(5), asked_now=0) == ["full"], "a day has gone by"


def test_one_on_duty_is_told_in_turn_and_near_the_end_all():
    guides = ["cleo", "eve"]
    assert waiting.on_duty(guides, DAY_LONG, after(17), turn=0) == []
    assert [waiting.on_duty(guides, DAY_LONG, after(19), turn=n) for n in (0, 1, 2)] == [["cleo"], ["eve"], ["cleo"]]
    assert waiting.on_duty(guides, DAY_LONG, after(22), turn=0) == guides
    assert waiting.on_duty([], DAY_LONG, after(22), turn=0) == []


def test_a_promise_is_real_hours_when_the_clocks_change():
    """Summer time begins in the night: the wall clock jumps, and the promise does not."""
    assert DAY_LONG.at(0.5) == after(12)
    assert (DAY_LONG.until - DAY_LONG.since) == timedelta(hours=24)


def hold(queue: list[replay.Result], newest_first: list[replay.Result], habits: replay.Habits) -> None:
    """What the queue must bring, with the same people and the same stories."""
    for with_it, without in zip(queue, newest_first, strict=True):
        assert with_it.p95 <= 0.6 * without.p95
        assert with_it.unanswered == 0
        assert with_it.asked_a_day <= habits.limit
        assert with_it.most_a_day <= 3 * habits.a_day
        assert with_it.p95_a_day <= without.p95_a_day + 1
    assert mean(one.heard_twice for one in queue) >= mean(one.heard_twice for one in newest_first)


@pytest.mark.slow
def test_the_wait_is_shorter_than_newest_first_and_nobody_is_left_unanswered():
    habits = replay.Habits(days=21)
    without = [replay.play(seed, habits, queue=False) for seed in SEEDS]
    hold([replay.play(seed, habits, queue=True) for seed in SEEDS], without, habits)
    with pytest.raises(AssertionError):  # the control: the queue switched off
        hold(without, without, habits)
