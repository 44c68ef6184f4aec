"""Jobs wait in the database until they are done."""

import os
import subprocess
import sys
import threading
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection, connections, transaction

from weft.loom import jobs, time
from weft.loom.models import Job


@pytest.fixture
def done(monkeypatch):
    """What the job `loom.note` was called with; it fails when told to."""
    found = []

    def note(**said):
        found.append(said)
        if said.get("fail"):
            raise ValueError("no")

    monkeypatch.setitem(jobs._works(), "loom", {"note": note})
    return found


@pytest.mark.django_db
def test_a_job_is_done_and_gone(done):
    jobs.put("loom.note", story=3)
    assert jobs.run_due() == 1
    assert done == [{"story": 3}]
    assert not Job.objects.exists()


@pytest.mark.django_db
def test_a_job_that_nobody_does_is_refused():
    with pytest.raises(LookupError):
        jobs.put("loom.nothing")


@pytest.mark.django_db
def test_a_job_waits_until_it_is_due(done):
    when = time.now() + timedelta(hours=2)
    jobs.put("loom.note", due=when)
    assert jobs.run_due() == 0
    assert jobs.run_due(at=when + jobs.GRAIN) == 1


@pytest.mark.django_db
def test_in_the_open_lies_nothing_finer_than_five_minutes(done):
    jobs.put("loom.note", due=datetime(2026, 11, 24, 3, 2, 17, tzinfo=UTC))
    jobs.put("loom.note")
    assert {(job.due.minute % 5, job.due.second, job.due.microsecond) for job in Job.objects.all()} == {(0, 0, 0)}
    assert jobs.slot(datetime(2026, 11, 24, 3, 5, tzinfo=UTC)) == datetime(2026, 11, 24, 3, 5, tzinfo=UTC)


@pytest.mark.django_db
def test_the_same_job_waits_once_for_the_earlier_time(done):
    now = time.now()
    for hours in (3, 1, 2):
        jobs.put("loom.note", due=now + timedelta(hours=hours), once=("look", 5), story=5)
    assert Job.objects.count() == 1
    assert jobs.run_due(at=now + timedelta(hours=1, minutes=6)) == 1
    jobs.put("loom.note", once=("look", 5), story=5)
    jobs.put("loom.note", once=("look", 6), story=6)
    jobs.drop("loom.note", once=("look", 6))
    assert jobs.run_due() == 1


@pytest.mark.django_db
def test_what_is_asked_for_while_a_job_is_under_way_is_done_afterwards(monkeypatch):
    found = []

    def note(story):
        found.append(story)
        if len(found) == 1:
            jobs.put("loom.note", once=("look", story), story=story)

    monkeypatch.setitem(jobs._works(), "loom", {"note": note})
    jobs.put("loom.note", once=("look", 5), story=5)
    assert jobs.run_due() == 2


@pytest.mark.django_db
def test_a_job_that_fails_is_tried_again_later_and_never_dropped(done, caplog):
    jobs.put("loom.note", fail=1)
    now = time.now()
    for hours in range(0, 200, 20):
        jobs.run_due(at=now + timedelta(hours=hours))
    assert len(done) > 5
    assert Job.objects.count() == 1
    assert jobs.stuck() == 1
    assert "a job failed" in caplog.text


@pytest.mark.django_db(transaction=True)
def test_a_job_stands_or_falls_with_its_transaction(done):
    with transaction.atomic():
        jobs.put("loom.note")
        transaction.set_rollback(True)
    assert jobs.run_due() == 0


@pytest.mark.django_db(transaction=True)
def test_two_workers_do_each_job_once(done):
    for number in range(40):
        jobs.put("loom.note", story=number)

    def work():
        try:
            jobs.run_due()
        finally:
            connections.close_all()

    workers = [threading.Thread(target=work) for _ in range(4)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert sorted(said["story"] for said in done) == list(range(40))


@pytest.mark.django_db
def test_whoever_stood_in_line_for_a_while_takes_nothing_that_another_holds(done):
    """They looked at the clock before the other did, and would hold the job for less long."""
    jobs.put("loom.note")
    now = time.now() + timedelta(minutes=5)
    assert jobs._take(now) is not None
    assert jobs._take(now - timedelta(seconds=20)) is None
    assert jobs._take(now - jobs.HOLD) is None


@pytest.mark.django_db
def test_a_clock_that_went_back_keeps_no_job_for_ever(done):
    jobs.put("loom.note")
    assert jobs._take(time.now() + timedelta(days=300)) is not None
    assert jobs._take(time.now()) is not None


KILLED = """
import os, signal, sys, django
django.setup()
from django.conf import settings
settings.DATABASES["default"]["NAME"] = sys.argv[1]
from django.db import connection
connection.settings_dict["NAME"] = sys.argv[1]
from weft.loom import jobs
jobs._works()["loom"] = {"note": lambda **said: os.kill(os.getpid(), signal.SIGKILL)}
jobs.run_due()
"""


@pytest.mark.django_db(transaction=True)
def test_a_job_outlives_the_worker_that_was_killed_over_it(done):
    jobs.put("loom.note", story=8)
    connection.close()
    killed = subprocess.run(
        [sys.executable, "-c", KILLED, str(connection.settings_dict["NAME"])], env=os.environ, check=False
    )
    assert killed.returncode == -9
    assert jobs.run_due() == 0  # held, for a while
    assert jobs.run_due(at=time.now() + jobs.HOLD + timedelta(minutes=1)) == 1
    assert done == [{"story": 8}]


@pytest.mark.django_db(transaction=True)
def test_a_worker_wakes_when_a_job_is_put(done):
    worker = jobs.Worker()
    jobs.put("loom.note", story=1)
    came = threading.Event()
    for _ in range(100):
        if done or came.wait(0.1):
            break
    worker.stop()
    assert done == [{"story": 1}]
    assert not worker.thread.is_alive()


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(("breath", "most"), [(60, 1), (0, 2)])  # the second is the control
def test_a_worker_does_a_few_and_lets_pages_go_first(done, monkeypatch, breath, most):
    monkeypatch.setattr(jobs, "FEW", 1)
    monkeypatch.setattr(jobs, "BREATH", breath)
    jobs.put("loom.note", story=1)
    jobs.put("loom.note", story=2)
    worker, came = jobs.Worker(), threading.Event()
    for _ in range(100):
        if len(done) == most or came.wait(0.1):
            break
    came.wait(0.3)
    worker.stop()
    assert len(done) == most
    assert not worker.thread.is_alive(), "it stops in the middle of a breath"


@pytest.mark.django_db
def test_a_job_that_puts_itself_anew_for_ever_hangs_nobody(monkeypatch):
    done = []

    def again() -> None:
        done.append(1)
        jobs.put("loom.again")

    monkeypatch.setitem(jobs._works(), "loom", {"again": again, "other": lambda: done.append(2)})
    monkeypatch.setattr(jobs, "MOST", 60)
    jobs.put("loom.again")
    jobs.put("loom.other")
    assert jobs.run_due() == 60
    assert len(done) == 60
    assert Job.objects.exists(), "it is left, and not dropped"


@pytest.mark.django_db(transaction=True)
def test_nor_a_worker_which_does_what_others_put_and_stops_when_asked(monkeypatch):
    begun, other = threading.Event(), threading.Event()

    def again() -> None:
        begun.set()
        jobs.put("loom.again")

    monkeypatch.setitem(jobs._works(), "loom", {"again": again, "other": other.set})
    monkeypatch.setattr(jobs, "MOST", 5)
    monkeypatch.setattr(jobs, "REST", 0.01)
    jobs.put("loom.again")
    worker = jobs.Worker()
    try:
        assert begun.wait(60)
        jobs.put("loom.other")
        assert other.wait(60)
    finally:
        worker.stop()
    assert not worker.thread.is_alive()
