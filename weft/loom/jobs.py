"""Jobs: what the house does by itself, soon and for certain. Kept in the database until it is done.

    jobs.put("stories.tell", reply=reply.pk)              in the transaction of the verb that asks for it
    jobs.put("stories.look", due=when, once=(pk,), ...)   the same job, put twice, waits a single time

A section says on its card which function does a job (`Section.jobs`). It is called with what was put: ids and small
words, never what somebody wrote. It fetches, and calls a verb. It may be called twice, and after the thing is gone.

Every process that serves has a worker, and `weft worker` is one more. Whoever takes a job holds it for a while: if its
process is killed meanwhile, another takes it then. A job that fails is tried again, later and later, and never dropped.
What is put is sealed, and due on a full five minutes: a finer time could join what happened in two circles.
"""

import logging
import random
import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any

from django.db import DatabaseError, close_old_connections, connection, connections, transaction
from django.db.models import Q, QuerySet

from weft.loom import keys, time
from weft.loom.models import Job
from weft.loom.ready import ready
from weft.loom.section import sections

GRAIN = timedelta(minutes=5)
HOLD = timedelta(minutes=5)  # how long a job may take before another worker takes it for abandoned
AGAIN = [timedelta(minutes=minutes) for minutes in (5, 5, 15, 60, 240, 720)]  # after each failure; the last for good
MOST = 2000  # jobs in one go
REST = 2.0  # seconds after so many
POLL = 15.0  # seconds between two looks, when nobody wakes the worker
BREATH = 0.5  # seconds that a worker waits before it does a few: the page that woke it, and the next one, go first
FEW = 50  # jobs between two breaths

logger = logging.getLogger(__name__)
_put = threading.Event()  # something in this process may be due


def put(name: str, *, due: datetime | None = None, once: tuple[object, ...] = (), **said: Any) -> None:
    """Ask for a job, now or when it is *due*. It stands or falls with the transaction around it.

    With *once*, the same job waits a single time, for the earlier of two dues; one that is under way does not count.
    """
    section, _, key = name.partition(".")
    if key not in _works().get(section, {}):
        raise LookupError(f"no section does the job {name}")
    when = slot(due) if due else _floor(time.now())
    if once:
        tag = keys.tag(keys.secret("jobs"), name, *once)
        with transaction.atomic():
            job, made = Job.objects.get_or_create(once_tag=tag, defaults={"name": name, "said": said, "due": when})
            if not made:
                Job.objects.filter(pk=job.pk, due__gt=when).update(due=when)
    else:
        Job(name=name, said=said, due=when).save(force_insert=True)
    if due is None:
        transaction.on_commit(_put.set, robust=True)


def drop(name: str, *, once: tuple[object, ...]) -> None:
    """Let go of a job that waits."""
    Job.objects.filter(once_tag=keys.tag(keys.secret("jobs"), name, *once)).delete()


def slot(when: datetime) -> datetime:
    """The full five minutes at or after this moment."""
    floor = _floor(when)
    return floor if floor == when else floor + GRAIN


def _floor(when: datetime) -> datetime:
    seconds = int(GRAIN.total_seconds())
    return datetime.fromtimestamp(int(when.timestamp()) // seconds * seconds, UTC)


@cache
def _works() -> dict[str, dict[str, Callable[..., None]]]:
    return {section.label: dict(section.jobs()) for section in sections()}


def run_due(at: datetime | None = None) -> int:
    """Do all that is due, also what that puts in turn; gives how many were done. *at*: as if it were then. What puts
    itself anew for ever is left in the end."""
    done = 0
    for _turn in range(MOST):
        if (job := _take(at or time.now())) is None:
            break
        done += _do(job, at or time.now())
    return done


@ready
def _due(now: datetime, long_ahead: datetime, *, to_hold: bool) -> "QuerySet[Job]":
    free = Q(held_until=None) | Q(held_until__lt=now) | Q(held_until__gt=long_ahead)
    found = Job.objects.filter(free, due__lte=now).order_by("due")
    if to_hold:
        found = found.select_for_update(skip_locked=connection.features.has_select_for_update_skip_locked)
    return found[:1]


def _take(now: datetime) -> Job | None:
    """The job that is due for longest, held for this worker alone."""
    # Whoever stood in line has an older *now*. A hold still further ahead is from before the clock went back.
    long_ahead = now + 2 * HOLD
    if not _due(now, long_ahead, to_hold=False):  # without the place in the line of writers
        return None
    with transaction.atomic():
        for job in _due(now, long_ahead, to_hold=True):
            job.held_until, job.once_tag, job.tries = now + HOLD, None, job.tries + 1
            job.save(update_fields=["held_until", "once_tag", "tries"])
            return job
    return None


def _do(job: Job, now: datetime) -> bool:
    section, _, key = job.name.partition(".")
    try:
        _works()[section][key](**job.said)
    except Exception:  # whatever it was: the job stays
        logger.exception("a job failed")
        wait = AGAIN[min(job.tries, len(AGAIN)) - 1]
        Job.objects.filter(pk=job.pk).update(held_until=None, due=slot(now + wait))
        return False
    Job.objects.filter(pk=job.pk).delete()
    return True


def stuck() -> int:
    """How many jobs have failed again and again: for `weft check`."""
    return Job.objects.filter(tries__gte=len(AGAIN)).count()


class Worker:
    """Does jobs, in a thread of its own, until it is stopped."""

    def __init__(self) -> None:
        self.stopped = threading.Event()
        self.thread = threading.Thread(target=self._work, name="jobs", daemon=True)
        self.thread.start()

    def stop(self) -> None:
        """Finish what is in hand. What takes longer is taken up by another process."""
        self.stopped.set()
        _put.set()
        self.thread.join(5)

    def _work(self) -> None:
        while not self.stopped.is_set():
            _put.clear()
            try:
                close_old_connections()
                turns = 0
                while not self.stopped.is_set() and turns < MOST and (job := _take(time.now())) is not None:
                    _do(job, time.now())
                    turns += 1
                    if turns % FEW == 0:
                        self.stopped.wait(BREATH)
                if turns == MOST:  # it may be one that puts itself anew for ever: the others go on, but not as fast
                    self.stopped.wait(REST)
            except DatabaseError as error:  # it is away, locked or full: the jobs wait where they are
                logger.warning("jobs wait for the database: %s", type(error).__name__)
                self.stopped.wait(2)
            if _put.wait(POLL * random.uniform(0.8, 1.2)):  # noqa: S311  # several workers, not all at once
                self.stopped.wait(BREATH)
        connections.close_all()
