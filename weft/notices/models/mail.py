"""A mail on its way out. Its row is one sealed piece: whose it is, what it is about and how far it got lies in it.

How it never goes twice and is never lost: each step is kept before it is taken.

    waiting    nothing has gone out. It is tried again, later and later, while anybody still waits for it
    taken      somebody carries it now; if they were killed, nothing was handed over, and it is tried again
    ended      all of it is about to be handed over; if they were killed now, nobody can tell whether it was
    unsure     it was handed over, and no answer came. A day later, if still nobody has read what it is about, it goes
               once more, under the same Message-ID, so that mail systems drop the second of two. After three such days
               it is left
    sent, let_go   it is done
"""

import json
import random
import secrets
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import models, transaction

from weft.loom import ids, jobs, seal, time
from weft.loom.models import Thing
from weft.notices.models.choices import Choices
from weft.notices.models.notice import Mark, Notice
from weft.people.models import Person, email_tag

HOLD = timedelta(minutes=5)  # longer than anybody carries one mail
AGAIN = [timedelta(minutes=minutes) for minutes in (5, 10, 20, 60, 180, 360)]  # after each failure; the last for good
UNSURE = timedelta(days=1)
MOST_UNSURE = 3  # so often is one handed over at most, while no answer comes
KEPT = timedelta(days=30)
PAD = 2048  # bytes
CONFIRMATIONS = 3  # to one address in a day, whoever asks


class Mail(Thing):
    """One mail to one person."""

    once_tag = models.BinaryField(unique=True)
    said = seal.SealedText()

    def __str__(self) -> str:
        return "a mail"

    @classmethod
    def write(cls, kind: str, person: Person, *once: object, notices: "list[Notice] | None" = None) -> "Mail | None":
        """Write a mail, and have it sent. None where this very mail was written before."""
        host = settings.MAIL_FROM[1].rpartition("@")[2]
        said = {
            "kind": kind,
            "to": person.pk,
            "address": email_tag(person.email).hex(),
            "notices": [[notice.pk, notice.turn] for notice in notices or []],
            "id": f"<{ids.code(26)}@{host}>",
            "state": "waiting",
            "at": time.now().isoformat(),
            "tries": 0,
            "unsure": 0,
        }
        tag = Mark.of("mail", kind, *once)
        with transaction.atomic():
            if cls.objects.filter(once_tag=tag).exists():
                return None
            new = cls(once_tag=tag)
            new._keep(said)
            jobs.put("notices.send", mail=new.pk)
        return new

    @classmethod
    def confirmation(cls, person: Person) -> None:
        """Ask whoever has this address whether it is theirs; a few times a day, whoever asks."""
        for number in range(CONFIRMATIONS):
            if cls.write("confirm", person, email_tag(person.email).hex(), time.today(), number):
                return

    def _keep(self, said: dict[str, Any]) -> None:
        self.said = seal.padded(json.dumps(said), PAD)
        self.save()

    @property
    def facts(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(self.said)
        return found

    @property
    def kind(self) -> str:
        return str(self.facts["kind"])

    @property
    def state(self) -> str:
        return str(self.facts["state"])

    @property
    def person(self) -> Person | None:
        return Person.objects.filter(pk=self.facts["to"], is_active=True).first()

    @property
    def at(self) -> datetime:
        return datetime.fromisoformat(self.facts["at"])

    @property
    def is_done(self) -> bool:
        return self.state in ("sent", "let_go")

    def is_wanted(self, person: Person) -> bool:
        """Whether anybody still waits for it."""
        facts, choices = self.facts, Choices.of(person)
        if facts["address"] != (email_tag(person.email).hex() if person.email else ""):
            return False
        if self.kind == "confirm":
            return not choices.is_confirmed and not choices.is_refused
        turns = [turn for _pk, turn in facts["notices"]]
        standing = set(
            Notice.objects.filter(pk__in=[pk for pk, _turn in facts["notices"]]).values_list("turn", flat=True)
        )
        return choices.take_mail and any(turn in standing and not Mark.is_made("read", turn) for turn in turns)

    @classmethod
    def take(cls, key: int) -> "tuple[Mail, str] | None":
        """Take a mail up, to carry it now, with a word by which only its carrier moves it on. None if not now."""
        word = secrets.token_hex(8)
        with transaction.atomic():
            found = cls.objects.select_for_update().filter(pk=key).first()
            if found is None or found.is_done:
                return None
            now = time.now()  # after the wait for the row, so that it is never before what another has just kept
            facts, since = found.facts, now - found.at
            if found.state in ("taken", "ended") and timedelta(0) <= since < HOLD:
                jobs.put("notices.send", due=found.at + HOLD, mail=key)
                return None
            if found.state == "ended":
                found._unsure(facts)
                return None
            if found.state == "unsure" and since < UNSURE:
                jobs.put("notices.send", due=found.at + UNSURE, mail=key)
                return None
            person = found.person
            if person is None or not found.is_wanted(person):
                found._keep({**facts, "state": "let_go", "at": now.isoformat()})
                return None
            found._keep({**facts, "state": "taken", "at": now.isoformat(), "word": word})
        return found, word

    def move(self, state: str, word: str) -> bool:
        """Keep how far it got. False when somebody else has it meanwhile."""
        with transaction.atomic():
            found = Mail.objects.select_for_update().filter(pk=self.pk).first()
            if found is None or found.facts.get("word") != word:
                return False
            facts, now = found.facts, time.now()
            facts |= {"state": state, "at": now.isoformat(), "tries": facts["tries"] + (state == "waiting")}
            if state == "unsure":
                found._unsure(facts)
                return True
            if state == "waiting":
                wait = AGAIN[min(facts["tries"], len(AGAIN)) - 1] * random.uniform(0.8, 1.2)  # noqa: S311
                jobs.put("notices.send", due=now + wait, mail=self.pk)
            found._keep(facts)
        return True

    def _unsure(self, facts: dict[str, Any]) -> None:
        """Nobody can tell whether it was taken over. It may go again in a day."""
        now = time.now()
        state = "unsure" if facts["unsure"] + 1 < MOST_UNSURE else "sent"
        self._keep({**facts, "state": state, "at": now.isoformat(), "unsure": facts["unsure"] + 1, "word": ""})
        if state == "unsure":
            jobs.put("notices.send", due=now + UNSURE, mail=self.pk)

    @classmethod
    def waiting(cls) -> "tuple[int, int]":
        """How many wait, and how many of them have been tried in vain: for `weft check`."""
        found = [one.facts for one in cls.objects.iterator() if not one.is_done]
        return len(found), sum(facts["tries"] > 0 for facts in found)

    @classmethod
    def forget(cls, person: Person) -> None:
        """Nothing that waits for this person goes out any more."""
        gone = [one.pk for one in cls.objects.iterator() if one.facts["to"] == person.pk]
        cls.objects.filter(pk__in=gone).delete()

    @classmethod
    def tidy(cls) -> None:
        """What is done goes, once it can not be written again."""
        gone = time.now() - KEPT
        cls.objects.filter(pk__in=[one.pk for one in cls.objects.iterator() if one.is_done and one.at < gone]).delete()
