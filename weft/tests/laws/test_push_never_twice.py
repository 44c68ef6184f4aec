"""Every push that somebody waits for comes, and none comes twice, whatever its service does and whoever is killed.

The same law as for mail (`test_mail_never_twice.py`). Where nobody can tell whether a push was taken over, it may come
once more, a day later and if it was not read, under the same topic and the same tag: a device shows both as one.
"""

import http.client
import itertools
import os
import random
import subprocess
import sys
from collections import Counter
from datetime import UTC, datetime
from itertools import pairwise
from urllib.parse import urlsplit

import pytest
from django.db import connection
from django.urls import reverse

from weft.circles.models import Persona
from weft.conftest import enter
from weft.loom import push, time
from weft.notices import carrying, pushes
from weft.notices.bell import Bell
from weft.notices.models import Choices, Notice, Push
from weft.notices.models.parcel import MOST_UNSURE, UNSURE
from weft.notices.tests.conftest import Clock, clock, device, pushbox  # noqa: F401
from weft.notices.tests.pushbox import FAULTS, KILLS, Pushbox
from weft.people.models import Person
from weft.tests.laws.test_mail_never_twice import KILLED, SPEED, WORKER

pytestmark = pytest.mark.django_db(transaction=True)

PEOPLE = 14
LEAVES_OPEN = ("takes it and hangs up", "loses it")


@pytest.fixture
def waiting(circle, pushbox) -> list[Persona]:  # noqa: F811
    """People for each of whom something waits, and who want their device told of it."""
    found = []
    for number in range(PEOPLE):
        person = Person.objects.join(f"person {number}", None)
        Choices.of(person).keep(ways={"stories.reply": "push"}, quiet=[0, 0])
        device(person, pushbox, str(number))
        persona = enter(person, circle, f"Name {number}")
        Notice.ring("stories.reply", to=persona, about=number + 1)
        found.append(persona)
    return found


def write_pushes() -> None:
    for notice in Notice.objects.all():
        carrying.carry(notice.pk, notice.turn)
        carrying.carry(notice.pk, notice.turn)


def faults(box: Pushbox, people: int = PEOPLE, *, kept: bool = True) -> list[str]:
    """What is wrong with what came: the law itself. Without *kept* it may be that whoever heard an answer was killed
    before they could keep it; then nobody knows of it, and the service can not see that."""
    came, open_ = Counter(one.path for one in box.taken), Counter(box.unanswered)
    found = [f"{people - len(came)} never came"] if len(came) < people else []
    found += [f"{path} came {n} times, and was answered" for path, n in came.items() if kept and n > 1 + open_[path]]
    found += [f"{path} came {n} times" for path, n in came.items() if n > MOST_UNSURE]
    for path in came:  # when each went, by the clock of whoever signed it
        went = sorted(one.claims["exp"] for one in box.taken if one.path == path)
        found += [f"{path} came again at once" for one, other in pairwise(went) if other - one < UNSURE.total_seconds()]
    found += [f"{one.path} would not replace the one before" for one in box.taken if one.head.get("topic") != "new"]
    return found + box.wrong


def test_push_never_twice(waiting, pushbox, clock):  # noqa: F811
    sure = [mood for mood in FAULTS if mood not in LEAVES_OPEN]
    moods = itertools.chain(FAULTS * 2, sure * 3)  # more first tries than there are faults
    pushbox.mood = lambda: next(moods, "well")
    write_pushes()
    clock.passes(days=3)
    assert not faults(pushbox)
    assert Push.waiting() == (0, 0)
    assert pushbox.unanswered, "or nothing was tried"
    came = len(pushbox.taken)
    clock.passes(days=10)
    assert len(pushbox.taken) == came


def test_a_service_that_was_down_gets_all_of_them_when_it_is_back(waiting, pushbox, clock, monkeypatch):  # noqa: F811
    away, carry = Pushbox(), push.carry
    away.close()
    monkeypatch.setattr(
        push, "carry", lambda signer, address, **steps: carry(signer, away.origin + urlsplit(address).path, **steps)
    )
    write_pushes()
    clock.passes(hours=20)
    assert Push.waiting() == (PEOPLE, PEOPLE)
    monkeypatch.setattr(push, "carry", carry)
    clock.passes(hours=8)
    assert not faults(pushbox)
    assert len(pushbox.taken) == PEOPLE


def test_a_service_that_lies_still_holds_nobody_for_long(waiting, pushbox, clock, monkeypatch):  # noqa: F811
    monkeypatch.setattr(push, "PATIENCE", 0.2)
    still = itertools.chain(["lies still"] * 3)
    pushbox.mood = lambda: next(still, "well")
    write_pushes()
    clock.passes(days=2)
    assert not faults(pushbox)


def test_while_a_service_rests_the_others_go_on(waiting, pushbox, clock, monkeypatch, settings):  # noqa: F811
    """One maker's service is away: whoever carries does not stand before it again and again."""
    other = Pushbox("busy for a while")
    try:
        settings.PUSH = push.services(True, [pushbox.origin, other.origin])
        monkeypatch.setattr(carrying, "REST", 300.0)
        for persona in waiting[:4]:
            device(persona.person, other, str(persona.pk))
        write_pushes()
        clock.passes(minutes=5)
        assert len(pushbox.taken) == PEOPLE
        assert other.spoken == 1
    finally:
        other.close()


def test_what_was_read_meanwhile_is_not_sent_once_more(waiting, pushbox, clock):  # noqa: F811
    pushbox.mood = "takes it and hangs up"
    write_pushes()
    clock.passes(hours=3)
    pushbox.mood = "well"
    for persona in waiting:
        Bell(Person.objects.get(pk=persona.person.pk)).read_all()
    clock.passes(days=3)
    assert len(pushbox.taken) == PEOPLE
    assert not faults(pushbox)


@pytest.mark.slow
def test_nor_when_whoever_carries_it_is_killed_at_any_step(waiting, pushbox, monkeypatch, tmp_path):  # noqa: F811
    write_pushes()
    connection.close()
    draw, mark = random.Random(3), tmp_path / "worker"  # noqa: S311
    steps = itertools.chain(KILLS, (draw.choice([*KILLS, "slow", "well"]) for _ in itertools.count()))
    pushbox.mood = lambda: next(steps)
    pushbox.kill = lambda: os.kill(int(mark.read_text()), 9)
    arguments = [str(connection.settings_dict["NAME"]), str(time.now().timestamp()), str(SPEED), str(KILLED), str(mark)]
    done = subprocess.run(
        [sys.executable, "-c", WORKER, *arguments],
        env=os.environ | {"WEFT_PUSH": "on", "WEFT_PUSH_SERVICES": pushbox.origin},
        capture_output=True,
        text=True,
        check=True,
    )
    assert pushbox.spoken >= len(KILLS), "or nobody was killed in the middle of a push"
    later = Clock()
    later.now = datetime.fromtimestamp(float(done.stdout), UTC)
    monkeypatch.setattr(time, "now", lambda: later.now)
    pushbox.mood = "well"
    later.passes(days=4)
    assert not faults(pushbox, kept=False)
    assert Push.waiting() == (0, 0)


def naively(box: Pushbox, path: str, *, done_first: bool) -> None:
    """Send as it is often done: try until it works; or count it as sent, and then send it."""
    for _try in range(12):
        line = http.client.HTTPConnection("127.0.0.1", box.server_address[1], timeout=5)
        try:
            head = {"TTL": "60", "Topic": push.TOPIC, "Authorization": pushes.signer().word(box.origin)}
            line.request("POST", path, headers=head)
            if line.getresponse().status < 300 or done_first:
                return
        except (OSError, http.client.HTTPException):
            if done_first:
                return
        finally:
            line.close()


@pytest.mark.parametrize("done_first", [False, True])
def test_control_a_naive_sender_sends_twice_or_loses_pushes(pushbox, db, done_first):  # noqa: F811
    moods = itertools.cycle([*FAULTS, "well"])
    pushbox.mood = lambda: next(moods)
    for number in range(PEOPLE):
        naively(pushbox, f"/to/{number}", done_first=done_first)
    found = faults(pushbox)
    assert found
    assert any("never came" in one if done_first else "came again" in one for one in found), found


def test_control_a_push_that_nobody_waits_for_does_not_count(waiting, pushbox, clock, sign_in):  # noqa: F811
    """Read before it went: the law sees that it is missing, so what it sees arrive did arrive."""
    sign_in(waiting[0]).post(reverse("notices:read"))
    write_pushes()
    clock.passes(days=1)
    assert faults(pushbox) == ["1 never came"]
