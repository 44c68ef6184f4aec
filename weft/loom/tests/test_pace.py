"""Pace: whoever reads for themself never meets it; whoever carries things away is slowed, and then stopped."""

import pytest

from weft.loom import pace
from weft.loom.pace import Pace


@pytest.fixture
def clock(monkeypatch):
    now = [1000.0]
    monkeypatch.setattr(pace.time, "monotonic", lambda: now[0])
    return now


def test_an_evening_of_reading_is_free(clock):
    here = Pace()
    for hour in range(4):
        for number in range(45):
            clock[0] += 60
            for _again in range(3):
                assert here.read("ada", hour, number) == (0, False)


def test_what_was_read_before_is_no_other_thing(clock):
    here = Pace()
    for _time in range(10_000):
        assert here.read("ada", "the same story") == (0, False)


def test_whoever_reads_very_much_goes_on_slowly(clock):
    here = Pace()
    for number in range(here.free):
        assert here.read("ada", number) == (0, False)
    assert here.read("ada", "one more") == (here.between, False)
    clock[0] += here.between
    assert here.read("ada", "one more") == (0, False)
    assert here.read("ben", "one more") == (0, False), "nobody else is slowed"


def test_whoever_does_not_wait_is_stopped_once_and_may_come_back(clock):
    here, stops, had = Pace(), 0, 0
    for number in range(2000):
        seconds, stopped = here.read("ada", number)
        stops += stopped
        had += seconds == 0
    assert stops == 1
    assert had <= here.free + 1, "and they had no more than what is free"
    assert here.read("ada", 0)[0] > 0, "what was read before is closed too"
    clock[0] += here.stopped + here.between
    assert here.read("ada", "later") == (0, False)


def test_whoever_waits_politely_and_carries_all_away_is_stopped_too(clock):
    here, had = Pace(), 0
    for number in range(5000):
        while (seconds := here.read("ada", number))[0] and not seconds[1]:
            clock[0] += seconds[0]
        if seconds[1]:
            break
        had += 1
    assert had <= here.most


def test_nothing_lies_in_the_open_and_memory_is_bounded(clock):
    here = Pace()
    here.keep = 10
    for number in range(50):
        here.read(f"canary {number}", "canary")
    assert len(here._all) == 10
    assert "canary" not in f"{here._all.keys()} {[reader.seen for reader in here._all.values()]}"
