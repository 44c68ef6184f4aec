"""Every mail that somebody waits for comes, and none comes twice: whatever the mail server does, and whoever is killed.

A real mail server on this machine is busy, slow, hangs up at every step, takes mails without saying so, loses them
without saying so, and kills the process that carries a mail at every step. Where nobody can tell whether a mail was
taken over, it may come once more under the same Message-ID, of which mail systems keep one.
"""

import itertools
import os
import random
import smtplib
import subprocess
import sys
from collections import Counter
from datetime import UTC, datetime

import pytest
from django.db import connection
from django.urls import reverse

from weft.circles.models import Persona
from weft.conftest import enter
from weft.loom import ids, mail, time
from weft.notices import carrying
from weft.notices.bell import Bell
from weft.notices.models import Choices, Mail, Notice
from weft.notices.models.parcel import MOST_UNSURE
from weft.notices.tests.conftest import Clock, clock, postbox  # noqa: F401
from weft.notices.tests.postbox import FAULTS, KILLS, Postbox
from weft.people.models import Person

pytestmark = pytest.mark.django_db(transaction=True)

PEOPLE = 14
KILLED = 24
SPEED = 300


@pytest.fixture
def waiting(circle, postbox) -> list[Persona]:  # noqa: F811
    """People for each of whom something waits, and who want a mail for it."""
    found = []
    for number in range(PEOPLE):
        person = Person.objects.join(f"person {number}", None)
        person.address(f"p{number}@example.org")
        choices = Choices.of(person)
        choices.confirm()
        choices.keep(ways={"stories.reply": "mail"}, quiet=[0, 0])
        persona = enter(person, circle, f"Name {number}")
        Notice.ring("stories.reply", to=persona, about=number + 1)
        found.append(persona)
    return found


def write_mails() -> None:
    for notice in Notice.objects.all():
        carrying.carry(notice.pk, notice.turn)
        carrying.carry(notice.pk, notice.turn)


def faults(box: Postbox, people: int = PEOPLE) -> list[str]:
    """What is wrong with what came: the law itself."""
    ids_of: dict[str, set[str]] = {}
    for message in box.mails:
        ids_of.setdefault(str(message["To"]), set()).add(str(message["Message-ID"]))
    found = [f"{people - len(ids_of)} never came"] if len(ids_of) < people else []
    found += [f"{to} got {len(each)} mails" for to, each in ids_of.items() if len(each) > 1]
    came = Counter(str(message["Message-ID"]) for message in box.mails)
    found += [
        f"{one} came {n} times, and was answered" for one, n in came.items() if n > 1 and one not in box.unanswered
    ]
    return found + [f"{one} came {n} times" for one, n in came.items() if n > MOST_UNSURE]


def test_mail_never_twice(waiting, postbox, clock):  # noqa: F811
    sure = [mood for mood in FAULTS if mood not in ("takes it and hangs up", "loses it")]
    moods = itertools.chain(FAULTS * 2, sure * 4)  # more first tries than there are faults
    postbox.mood = lambda: next(moods, "well")
    write_mails()
    clock.passes(days=3)
    assert not faults(postbox)
    assert Mail.waiting() == (0, 0)
    assert postbox.unanswered, "or nothing was tried"
    came = len(postbox.taken)
    clock.passes(days=10)
    assert len(postbox.taken) == came


def test_a_server_that_was_down_gets_all_of_them_when_it_is_back(waiting, postbox, clock, settings):  # noqa: F811
    away = Postbox()
    away.close()
    settings.MAIL = mail.server(away.address)
    write_mails()
    clock.passes(hours=20)
    assert Mail.waiting() == (PEOPLE, PEOPLE)
    settings.MAIL = mail.server(postbox.address)
    clock.passes(hours=8)
    assert not faults(postbox)
    assert len(postbox.taken) == PEOPLE


def test_a_server_that_lies_still_holds_nobody_for_long(waiting, postbox, clock, monkeypatch):  # noqa: F811
    monkeypatch.setattr(mail, "PATIENCE", 0.2)
    still = itertools.chain(["lies still"] * 3)
    postbox.mood = lambda: next(still, "well")
    write_mails()
    clock.passes(days=1)
    assert not faults(postbox)


def test_what_was_read_meanwhile_is_not_sent_once_more(waiting, postbox, clock):  # noqa: F811
    postbox.mood = "takes it and hangs up"
    write_mails()
    clock.passes(hours=3)
    postbox.mood = "well"
    for persona in waiting:
        Bell(Person.objects.get(pk=persona.person.pk)).read_all()
    clock.passes(days=3)
    assert len(postbox.taken) == PEOPLE
    assert not faults(postbox)


WORKER = """
import os, random, signal, sys, time as real
from datetime import UTC, datetime
import django
django.setup()
from django.conf import settings
from django.db import connection
from django.urls import reverse
from django.utils import translation
name, began, speed, rounds, mark = sys.argv[1], *map(float, sys.argv[2:5]), sys.argv[5]
settings.DATABASES["default"]["NAME"] = connection.settings_dict["NAME"] = name
from weft.loom import jobs, time
from weft.notices import carrying
time.now = lambda: datetime.fromtimestamp(began + (real.time() - began) * speed, UTC).replace(microsecond=0)
carrying.REST = 0.0
jobs._works()
reverse("notices:bell")
with translation.override("en"):
    translation.gettext("Bell")
draw = random.Random(11)
for number in range(int(rounds)):
    worker = os.fork()
    if not worker:
        with open(f"{mark}.{os.getpid()}", "w") as file:
            file.write(str(os.getpid()))
        os.rename(f"{mark}.{os.getpid()}", mark)
        while True:
            jobs.run_due(at=time.now())
            real.sleep(0.01)
    patience = real.monotonic() + draw.uniform(0.5, 2.0)
    while not os.waitpid(worker, os.WNOHANG)[0]:
        if real.monotonic() > patience:
            os.kill(worker, signal.SIGKILL)
            os.waitpid(worker, 0)
            break
        real.sleep(0.005)
print(time.now().timestamp())
"""


@pytest.mark.slow
def test_nor_when_whoever_carries_it_is_killed_at_any_step(waiting, postbox, monkeypatch, tmp_path):  # noqa: F811
    write_mails()
    connection.close()
    draw, mark = random.Random(3), tmp_path / "worker"  # noqa: S311
    steps = itertools.chain(KILLS, (draw.choice([*KILLS, "slow", "well"]) for _ in itertools.count()))
    postbox.mood = lambda: next(steps)
    postbox.kill = lambda: os.kill(int(mark.read_text()), 9)
    arguments = [str(connection.settings_dict["NAME"]), str(time.now().timestamp()), str(SPEED), str(KILLED), str(mark)]
    done = subprocess.run(
        [sys.executable, "-c", WORKER, *arguments],
        env=os.environ | {"WEFT_MAIL": postbox.address},
        capture_output=True,
        text=True,
        check=True,
    )
    assert postbox.spoken >= len(KILLS), "or nobody was killed in the middle of a mail"
    later = Clock()
    later.now = datetime.fromtimestamp(float(done.stdout), UTC)
    monkeypatch.setattr(time, "now", lambda: later.now)
    postbox.mood = "well"
    later.passes(days=4)
    assert not faults(postbox)
    assert Mail.waiting() == (0, 0)


def naively(box: Postbox, to: str, *, done_first: bool) -> None:
    """Send as it is often done: try until it works; or count it as sent, and then send it."""
    for _try in range(4):
        words = f"To: {to}\r\nMessage-ID: <{ids.code(20)}@example.org>\r\n\r\nSomething waits.\r\n"
        try:
            with smtplib.SMTP("127.0.0.1", box.server_address[1], timeout=5) as line:
                line.sendmail("notes@example.org", [to], words)
            return
        except (OSError, smtplib.SMTPException):
            if done_first:
                return


@pytest.mark.parametrize("done_first", [False, True])
def test_control_a_naive_sender_sends_twice_or_loses_mails(postbox, done_first):  # noqa: F811
    moods = itertools.cycle([*FAULTS, "well"])
    postbox.mood = lambda: next(moods)
    for number in range(PEOPLE):
        naively(postbox, f"p{number}@example.org", done_first=done_first)
    found = faults(postbox)
    assert found
    assert any("never came" in one if done_first else "got 2 mails" in one for one in found), found


def test_control_a_mail_that_nobody_waits_for_does_not_count(waiting, postbox, clock, sign_in):  # noqa: F811
    """Read before it went: the law sees that it is missing, so what it sees arrive did arrive."""
    sign_in(waiting[0]).post(reverse("notices:read"))
    write_mails()
    clock.passes(days=1)
    assert faults(postbox) == ["1 never came"]
