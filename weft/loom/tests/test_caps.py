"""Caps: tries run out, come back with time, and leave nothing behind."""

import threading

from weft.loom import caps
from weft.loom.caps import Cap


def test_tries_run_out_and_come_back(monkeypatch):
    clock = [1000.0]
    monkeypatch.setattr(caps.time, "monotonic", lambda: clock[0])
    cap = Cap(at_once=3, every=60)
    assert [cap.take("ada") for _try in range(5)] == [True, True, True, False, False]
    assert cap.take("ben"), "each key has its own tries"
    clock[0] += 61
    assert [cap.take("ada"), cap.take("ada")] == [True, False]
    clock[0] += 100_000
    assert [cap.take("ada") for _try in range(4)] == [True, True, True, False], "never more than at the start"


def test_a_try_that_is_refused_costs_nothing(monkeypatch):
    clock = [1000.0]
    monkeypatch.setattr(caps.time, "monotonic", lambda: clock[0])
    cap = Cap(at_once=1, every=10)
    cap.take("ada")
    for _second in range(9):
        clock[0] += 1
        assert not cap.take("ada")
    clock[0] += 1.5
    assert cap.take("ada")


def test_it_holds_when_many_try_at_the_same_time():
    cap = Cap(at_once=50, every=3600)
    taken = []

    def hammer() -> None:
        taken.extend(cap.take("ada") for _try in range(100))

    threads = [threading.Thread(target=hammer) for _n in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(taken) == 50


def test_no_key_is_kept_in_the_open_and_memory_is_bounded():
    cap = Cap(at_once=3, every=60, keep=10)
    for number in range(100):
        cap.take("canary", number)
    assert len(cap._buckets) == 10
    assert "canary" not in str(cap._buckets)


def test_tries_can_be_given_back():
    cap = Cap(at_once=1, every=60)
    assert [cap.take("ada"), cap.take("ada")] == [True, False]
    cap.give_back("ada")
    assert cap.take("ada")
