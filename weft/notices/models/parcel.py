"""What is on its way out of the house: a mail, or a push. Its row is one sealed piece: whose it is, what it is about
and how far it got lies in it.

How it never goes twice and is never lost: each step is kept before it is taken.

    waiting    nothing has gone out. It is tried again, later and later, while anybody still waits for it
    taken      somebody carries it now; if they were killed, nothing was handed over, and it is tried again
    ended      all of it is about to be handed over; if they were killed now, nobody can tell whether it was
    unsure     it was handed over, and no answer came. A day later, if still nobody has read what it is about, it goes
               once more, so marked that of two only one stays: a mail by its Message-ID, a push by its topic. After
               three such days it is left
    sent, let_go   it is done
"""

import json
import random
import secrets
from datetime import datetime, timedelta
from typing import Any, ClassVar, Self

from django.db import models, transaction

from weft.loom import jobs, seal, time
from weft.loom.models import Thing
from weft.loom.section import Outsider
from weft.notices.models.notice import Mark, Notice
from weft.people.models import Person

HOLD = timedelta(minutes=5)  # longer than anybody carries one
AGAIN = [timedelta(minutes=minutes) for minutes in (5, 10, 20, 60, 180, 360)]  # after each failure; the last for good
UNSURE = timedelta(days=1)
MOST_UNSURE = 3  # so often is one handed over at most, while no answer comes
KEPT = timedelta(days=30)
PAD = 2048  # bytes


class Parcel(Thing):
    """One mail, or one push, to one person."""

    once_tag = models.BinaryField(unique=True)
    said = seal.SealedText()

    JOB: ClassVar[str]  # the job that carries it

    class Meta:
        abstract = True

    @classmethod
    def begin(cls, once: bytes, person: Person | None, notices: list[Notice], **more: Any) -> "Self | None":
        """Have one sent. None where this very one was begun before."""
        said = {
            "to": person.pk if person else 0,
            "notices": [[notice.pk, notice.turn] for notice in notices],
            "state": "waiting",
            "at": time.now().isoformat(),
            "tries": 0,
            "unsure": 0,
        }
        with transaction.atomic():
            if cls._default_manager.filter(once_tag=once).exists():
                return None
            new = cls(once_tag=once)
            new._keep(said | more)
            new._call()
        return new

    def _call(self, due: datetime | None = None) -> None:
        """Ask for it to be carried."""
        jobs.put(self.JOB, due=due, **{str(self._meta.model_name): self.pk})

    def _keep(self, said: dict[str, Any]) -> None:
        self.said = seal.padded(json.dumps(said), PAD)
        self.save()

    @property
    def facts(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(self.said)
        return found

    @property
    def state(self) -> str:
        return str(self.facts["state"])

    @property
    def person(self) -> Person | None:
        return Person.objects.filter(pk=self.facts["to"], is_active=True).first()

    @property
    def whom(self) -> Person | Outsider | None:
        """To whom it goes; None where nobody waits for it any more."""
        person = self.person
        return person if person and self.is_wanted(person) else None

    @property
    def at(self) -> datetime:
        return datetime.fromisoformat(self.facts["at"])

    @property
    def is_done(self) -> bool:
        return self.state in ("sent", "let_go")

    def is_wanted(self, person: Person) -> bool:
        """Whether anybody still waits for it."""
        raise NotImplementedError

    @property
    def is_unread(self) -> bool:
        """Whether anything that it is about still stands, and has not been read."""
        turns = [turn for _pk, turn in self.facts["notices"]]
        told = Notice.objects.filter(pk__in=[pk for pk, _turn in self.facts["notices"]])
        standing = set(told.values_list("turn", flat=True))
        return any(turn in standing and not Mark.is_made("read", turn) for turn in turns)

    @classmethod
    def take(cls, key: int) -> "tuple[Self, str] | None":
        """Take one up, to carry it now, with a word by which only its carrier moves it on. None if not now."""
        word = secrets.token_hex(8)
        with transaction.atomic():
            found = cls._default_manager.select_for_update().filter(pk=key).first()
            if found is None or found.is_done:
                return None
            now = time.now()  # after the wait for the row, so that it is never before what another has just kept
            facts, since = found.facts, now - found.at
            if found.state in ("taken", "ended") and timedelta(0) <= since < HOLD:
                found._call(found.at + HOLD)
                return None
            if found.state == "ended":
                found._unsure(facts)
                return None
            if found.state == "unsure" and since < UNSURE:
                found._call(found.at + UNSURE)
                return None
            if found.whom is None:
                found._keep({**facts, "state": "let_go", "at": now.isoformat()})
                return None
            found._keep({**facts, "state": "taken", "at": now.isoformat(), "word": word})
        return found, word

    def move(self, state: str, word: str, *, wait: timedelta | None = None) -> bool:
        """Keep how far it got. False when somebody else has it meanwhile. *wait*: not sooner again than after this."""
        with transaction.atomic():
            found = type(self)._default_manager.select_for_update().filter(pk=self.pk).first()
            if found is None or found.facts.get("word") != word:
                return False
            facts, now = found.facts, time.now()
            facts |= {"state": state, "at": now.isoformat(), "tries": facts["tries"] + (state == "waiting")}
            if state == "unsure":
                found._unsure(facts)
                return True
            if state == "waiting":
                usual = AGAIN[min(facts["tries"], len(AGAIN)) - 1] * random.uniform(0.8, 1.2)  # noqa: S311
                found._call(now + max(usual, wait or usual))
            found._keep(facts)
        return True

    def _unsure(self, facts: dict[str, Any]) -> None:
        """Nobody can tell whether it was taken over. It may go again in a day."""
        now = time.now()
        state = "unsure" if facts["unsure"] + 1 < MOST_UNSURE else "sent"
        self._keep({**facts, "state": state, "at": now.isoformat(), "unsure": facts["unsure"] + 1, "word": ""})
        if state == "unsure":
            self._call(now + UNSURE)

    @classmethod
    def waiting(cls) -> "tuple[int, int]":
        """How many wait, and how many of them have been tried in vain: for `weft check`."""
        found = [one.facts for one in cls._default_manager.iterator() if not one.is_done]
        return len(found), sum(facts["tries"] > 0 for facts in found)

    @classmethod
    def forget(cls, person: Person) -> None:
        """Nothing that waits for this person goes out any more."""
        gone = [one.pk for one in cls._default_manager.iterator() if one.facts["to"] == person.pk]
        cls._default_manager.filter(pk__in=gone).delete()

    @classmethod
    def tidy(cls) -> None:
        """What is done goes, once it can not be written again."""
        gone = time.now() - KEPT
        done = [one.pk for one in cls._default_manager.iterator() if one.is_done and one.at < gone]
        cls._default_manager.filter(pk__in=done).delete()
