"""`weft worker`: does the jobs of a house, beside the processes that serve it."""

import signal


def test_a_worker_stands_beside_a_house_that_is_open_and_stops_when_asked(begin, port):
    house = begin("start", "--no-browser", "--port", port)
    assert house.home
    worker = begin("worker")
    worker.until("Stop with Ctrl+C.")
    assert worker.process.poll() is None
    assert worker.stop(signal.SIGTERM) == 0
    assert house.get() == 200


def test_a_worker_makes_no_house(weft, tmp_path):
    code, _said, complained = weft("worker")
    assert code == 1
    assert "There is no house" in complained
    assert not (tmp_path / "weft-data").exists()
