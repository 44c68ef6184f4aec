"""`weft worker`: does the jobs of a house, beside the processes that serve it."""

import fcntl
import signal

from weft.commands.tests.test_opening_a_house import OPENED


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


def test_no_backup_is_put_back_while_a_worker_is_busy_with_the_house(begin, port, weft, inside, tmp_path):
    house = begin("start", "--no-browser", "--port", port)
    assert house.home
    inside(OPENED.replace("import django", "").replace("django.setup()", ""))
    house.stop()
    assert weft("backup")[0] == 0
    (file,) = (tmp_path / "weft-data" / "backups").glob("*.backup")
    worker = begin("worker")
    worker.until("Stop with Ctrl+C.")
    code, _said, complained = weft("restore", str(file), "--replace")
    assert code == 1
    assert "A worker is busy with the house" in complained
    assert "Stop “weft worker” first." in complained
    assert worker.process.poll() is None
    assert worker.stop() == 0
    assert weft("restore", str(file), "--replace")[0] == 0


def test_no_worker_and_no_door_opens_while_a_backup_is_put_back(begin, port, weft, tmp_path):
    house = begin("start", "--no-browser", "--port", port)
    assert house.home
    house.stop()
    with (tmp_path / "weft-data" / "at-work").open("r+") as file:
        fcntl.flock(file, fcntl.LOCK_EX)  # as whoever puts one back does
        for command in (["worker"], ["serve", "--port", port]):
            code, _said, complained = weft(*command)
            assert code == 1
            assert "A backup is being put back" in complained
