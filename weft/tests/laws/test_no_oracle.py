"""Nobody learns by asking: at the door, by joining, by a code, an address, an invitation or a circle's door.

Each question is asked about something that is there, and about something that is not, turn by turn, of a house that
has the one and not the other. The answers must be the same, byte by byte, and take as long: medians within 5 % and 1 ms
of the thread that answers, so that what else the machine does is not counted. (Where something opens, whoever asked
knew a secret that cannot be guessed; that is no question.)
"""

import gc
import random
import re
import secrets
import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from weft.circles.models import Circle, Invitation
from weft.conftest import PASSPHRASE, make_circle
from weft.loom import caps, ids, keys
from weft.loom import time as clock
from weft.people import door, models, passphrases
from weft.people.models import Person
from weft.people.tests.softkey import SoftKey

pytestmark = [pytest.mark.slow, pytest.mark.django_db]

WRONG = "five wrong words in a row"
HERE = {"headers": {"host": "localhost"}}
TIMES = 40  # askings of each kind, in one round
ROUNDS = 6  # a busy machine has so many chances to be quiet; an oracle speaks in each of them
TOLD = 0.005  # seconds that the house of the control tells with: five bounds, on a fast machine and on a slow one
Ask = Callable[[], HttpResponse]
Prepare = Callable[[], Ask]  # what must be got ready before the clock runs


@dataclass
class Question:
    """The same question twice: about something that is there, and about something that is not."""

    there: Prepare
    not_there: Prepare
    said: tuple[str, ...] = ()  # the words that were asked with, and that may come back


@pytest.fixture(autouse=True)
def ground_rules(monkeypatch):
    """How often one may ask is another law's matter. And passphrases are hashed quickly, as in all tests, so that a
    millisecond shows: how many times one is hashed is counted."""
    monkeypatch.setattr(caps.Cap, "take", lambda *_: True)


@pytest.fixture
def hashed(monkeypatch) -> list[int]:
    """How many passphrases were hashed."""
    counted: list[int] = []
    encode = passphrases.Argon2.encode

    def counting(self: Any, *given: Any) -> str:
        counted.append(1)
        return encode(self, *given)

    monkeypatch.setattr(passphrases.Argon2, "encode", counting)
    return counted


@pytest.fixture
def questions(house, circle, ada, ben, sign_in) -> dict[str, Question]:
    """All that a stranger or a member may ask."""
    Person.objects.join("ida")  # by a passkey alone
    ada.person.address("ada@example.org")
    gone = Person.objects.join("gone", PASSPHRASE)
    gone.keep_code("zzzzz-fghjk-mnpqr-stvwx")
    Person.objects.filter(pk=gone.pk).update(is_active=False)
    hidden = make_circle("Hidden", listed=False)
    invited = make_circle("By invitation", listed=False, door=Circle.Door.INVITATION)
    spent, spent_token = Invitation.write(ada)
    Invitation.objects.filter(pk=spent.pk).update(uses_left=0)
    old, old_token = Invitation.write(ada)
    Invitation.objects.filter(pk=old.pk).update(expires_on=clock.today() - timedelta(days=3))
    story = ada.stories.create(pk=ids.random_id(), circle=circle)
    visitor, member = Client(), sign_in(ben)
    session = member.session
    session["proved"] = door.now() + 3600
    session.save()
    key = SoftKey()
    options = Client().post("/passkeys/new/", {"name": "eli"}, **HERE).json()
    Client().post("/join/name/", {"name": "eli", "passkey": key.make(options)}, **HERE)
    stranger = SoftKey()
    forged = SoftKey()
    forged.id = key.id

    def get(client: Client, path: str) -> Prepare:
        return lambda: lambda: client.get(path)

    def post(client: Client, path: str, **form: str) -> Prepare:
        return lambda: lambda: client.post(path, form, **HERE)

    def join(name: str) -> Prepare:
        def prepare() -> Ask:
            client, form = Client(), {"name": name, "passphrase": f"{WRONG} {secrets.token_hex(8)}"}
            return lambda: client.post("/join/name/", form)

        return prepare

    def by_passkey(with_key: SoftKey) -> Prepare:
        def prepare() -> Ask:
            client = Client()
            answer = with_key.answer(client.post("/passkeys/ask/", **HERE).json())
            return lambda: client.post("/door/passkey/", {"passkey": answer}, **HERE)

        return prepare

    def rename(name: str) -> Prepare:
        def prepare() -> Ask:
            who = Person.objects.join(secrets.token_hex(8), PASSPHRASE)
            client, form = sign_in(who), {"name": name, "present": PASSPHRASE[:-1] + secrets.choice("xyz")}
            return lambda: client.post("/settings/name/", form)

        return prepare

    def door_of(here: Circle | None, client: Client, view: str = "circles:circle") -> Prepare:
        return get(client, reverse(view, kwargs={"key": here.pk if here else ids.random_id()}))

    def story_of(pk: int) -> str:
        return reverse("stories:story", kwargs={"key": circle.pk, "story_key": pk})

    def opens(client: Client, token: str) -> Prepare:
        return get(client, reverse("circles:invitation", kwargs={"token": token}))

    def tried(name: str) -> Prepare:
        return post(visitor, "/door/", name=name, passphrase=WRONG)

    names = ("ada", "eve", "ida")
    return {
        "the door": Question(tried("ada"), tried("eve"), names),
        "the door, of whoever has a passkey alone": Question(tried("ida"), tried("eve"), names),
        "joining": Question(join("ada"), join("eve")),
        "joining by a passkey": Question(
            post(visitor, "/passkeys/new/", name="ada"), post(visitor, "/passkeys/new/", name="eve"), names
        ),
        "a passkey": Question(by_passkey(forged), by_passkey(stranger)),
        "a recovery code": Question(
            post(visitor, "/door/recovery/", code="zzzzz-fghjk-mnpqr-stvwx"),
            post(visitor, "/door/recovery/", code="yyyyy-fghjk-mnpqr-stvwx"),
            ("zzzzz-fghjk-mnpqr-stvwx", "yyyyy-fghjk-mnpqr-stvwx"),
        ),
        "an address": Question(
            post(member, "/settings/email/", email="ada@example.org"),
            post(member, "/settings/email/", email="eve@example.org"),
        ),
        "another sign-in name": Question(rename("ada"), rename("eve"), names),
        "an invitation that is used up": Question(opens(visitor, spent_token), opens(visitor, ids.code(16, group=4))),
        "an invitation that has ended": Question(opens(member, old_token), opens(member, ids.code(16, group=4))),
        "a hidden circle, from outside": Question(door_of(hidden, visitor), door_of(None, visitor)),
        "a hidden circle": Question(door_of(hidden, member), door_of(None, member)),
        "joining a hidden circle": Question(
            door_of(invited, member, "circles:join"), door_of(None, member, "circles:join")
        ),
        "a story elsewhere": Question(get(member, story_of(story.pk)), get(member, story_of(ids.random_id()))),
    }


KINDS = [
    "the door",
    "the door, of whoever has a passkey alone",
    "joining",
    "joining by a passkey",
    "a passkey",
    "a recovery code",
    "an address",
    "another sign-in name",
    "an invitation that is used up",
    "an invitation that has ended",
    "a hidden circle, from outside",
    "a hidden circle",
    "joining a hidden circle",
    "a story elsewhere",
]


def all_of(answer: HttpResponse, said: tuple[str, ...]) -> str:
    """An answer as its asker sees it, without what is drawn by lot for each, and without their own words."""
    body = answer.content.decode()
    body = re.sub(r'(name="csrfmiddlewaretoken" value=")[^"]+', r"\1", body)
    body = re.sub(r'"[\w+/=-]{16,}"', '""', body)  # what a browser shall sign
    for word in said:
        body = body.replace(word, "·")
    cookies = sorted((name, re.sub(r"=[^;]*", "=", str(value.OutputString()), count=1).split(" expires")[0])
                     for name, value in answer.cookies.items())  # fmt: skip
    heads = sorted((name, value) for name, value in answer.items() if name not in ("Set-Cookie",))
    return f"{answer.status_code} {heads} {[name for name, _value in cookies]}\n{body}"


def ways_to_tell(question: Question, hashed: list[int]) -> list[str]:
    """How the two can be told apart: by their bytes, by the work that they make, or by the time that they take."""
    found: list[str] = []
    work = []
    for prepare in (question.there, question.not_there):
        ask = prepare()
        hashed.clear()
        work.append((all_of(ask(), question.said), len(hashed)))
    if work[0][0] != work[1][0]:
        found.append("bytes")
    if work[0][1] != work[1][1]:
        found.append("work")
    if not found and not any(_as_long(question) for _round in range(ROUNDS)):
        found.append("time")
    return found


def _as_long(question: Question) -> bool:
    times: tuple[list[float], list[float]] = ([], [])
    gc.collect()
    gc.disable()  # else the one that is asked second in each turn may do the tidying up of both
    try:
        for _number in range(TIMES):
            for which in random.sample((0, 1), 2):
                ask = (question.there, question.not_there)[which]()
                start = time.thread_time()
                ask()
                times[which].append(time.thread_time() - start)
    finally:
        gc.enable()
    one, other = map(statistics.median, times)
    return abs(one - other) <= min(0.001, 0.05 * max(one, other))


@pytest.mark.parametrize("kind", KINDS)
def test_no_oracle(questions, hashed, kind):
    assert set(KINDS) == set(questions)
    assert ways_to_tell(questions[kind], hashed) == []


# Controls: houses in which somebody tells.


def test_a_door_that_does_not_hash_for_a_stranger_is_heard(questions, hashed, monkeypatch):
    know = models.PersonManager.who_knows
    monkeypatch.setattr(
        models.PersonManager,
        "who_knows",
        lambda self, name, passphrase: know(self, name, passphrase) if self.named(name) else None,
    )
    assert ways_to_tell(questions["the door"], hashed) == ["work"]


def test_a_house_that_looks_twice_at_what_is_there_is_heard(questions, hashed, monkeypatch):
    of_code = models.PersonManager.of_code

    def slowly(self: Any, code: str) -> Any:
        if self.get_queryset().filter(recovery_tag=models.code_tag(code)).exists():
            until = time.thread_time() + TOLD
            while time.thread_time() < until:
                keys.tag(b"x" * 32, "once more")
        return of_code(self, code)

    monkeypatch.setattr(models.PersonManager, "of_code", slowly)
    assert ways_to_tell(questions["a recovery code"], hashed) == ["time"]


def test_joining_that_says_that_a_name_is_taken_is_heard(questions, hashed, monkeypatch):
    join = models.PersonManager.join

    def taken(self: Any, name: str, *given: Any, **more: Any) -> Any:
        if self.named(name):
            raise models.Known
        return join(self, name, *given, **more)

    monkeypatch.setattr(models.PersonManager, "join", taken)
    assert "bytes" in ways_to_tell(questions["joining"], hashed)
