"""A letter that proves only that somebody was there: no circle, no kind, nobody else.

The house signs it with a key of its own. Whoever holds the paper types its code on a public page and sees the same
words there; without the code, or when one word of the letter was changed from outside, there is nothing to see.
"""

import json
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.db import models, transaction
from django.db.models import Q

from weft.circles.models import Circle, CircleRow, House, Persona
from weft.gatherings.models.attendance import Attended
from weft.loom import ids, jobs, keys, ledger, seal, time

HOLDS = timedelta(days=365)
CODE = 16  # letters of five bits each


class LettersHere(CircleRow):
    """This circle gives letters of attendance. Without this row it gives none."""

    circle = models.OneToOneField(Circle, models.CASCADE, related_name="+")

    def __str__(self) -> str:
        return "letters are given here"

    @classmethod
    def are_given(cls, circle_id: int) -> bool:
        return cls.objects.filter(circle=circle_id).exists()

    @classmethod
    def turn(cls, on: bool, *, by: Persona) -> None:
        """From now on letters are given here, or no more. Those that were given hold on."""
        if not by.facilitates:
            raise PermissionError("only who guides a circle says whether it gives letters")
        if on:
            cls.objects.get_or_create(circle_id=by.circle_id)
        else:
            cls.objects.filter(circle=by.circle_id).delete()


class AttendanceLetter(CircleRow):
    """One letter, for one persona. It holds from the moment they put a name to it."""

    persona = models.ForeignKey(Persona, models.CASCADE, related_name="attendance_letters")
    by = models.ForeignKey(Persona, models.SET_NULL, null=True, related_name="+")  # who guides and began it
    said = seal.SealedJSON()  # the name outward, the days and minutes, the house, the code, since when, until when
    code_tag = models.BinaryField(unique=True, null=True)
    signature = models.BinaryField(default=bytes)

    def __str__(self) -> str:
        return "a letter of attendance"

    @classmethod
    def begin(
        cls, pk: int, persona: Persona, times: list[Attended], *, by: Persona | None = None
    ) -> "AttendanceLetter":
        """A letter about these times, still without a name. Begun twice under one id, it is begun once."""
        if not times or not LettersHere.are_given(persona.circle_id):
            raise ValueError("no times, or no letters here")
        with transaction.atomic():
            persona.lock_circle()
            found = cls.objects.filter(pk=pk, persona=persona).first()
            if found:
                return found
            letter = cls(pk=pk, circle_id=persona.circle_id, persona=persona, by=by)
            days = sorted([_day(one).isoformat(), one.minutes] for one in times)
            letter.said = {"name": "", "days": days, "at": time.now().isoformat()}
            letter.save(force_insert=True)
            if by is not None:
                jobs.put("gatherings.tell_of_letter", letter=letter.pk)
        return letter

    def put_name(self, name: str) -> None:
        """Its persona types the name that stands on it: from now on it holds. A name is put once."""
        with transaction.atomic():
            self.lock_circle()
            now = AttendanceLetter.objects.get(pk=self.pk)
            if not now.is_named:
                house, code = House.here(), ids.code(CODE, group=4)
                now.said = now.said | {
                    "name": name.strip(),
                    "house": house.name if house else "",
                    "given": time.today().isoformat(),
                    "until": (time.today() + HOLDS).isoformat(),
                    "code": code,
                }
                now.code_tag, now.signature = self.tag(code), now.signed()
                now.save()
            self.said, self.code_tag, self.signature = now.said, now.code_tag, now.signature

    def take_back(self) -> None:
        """It holds no more, and comes back from no backup. Whoever types its code learns nothing."""
        with ledger.erasing("gatherings.letter", self.pk):
            AttendanceLetter.objects.filter(pk=self.pk).delete()

    @classmethod
    def again(cls, key: int) -> None:
        """A letter that was taken back, and came back with an older backup, goes once more."""
        cls.objects.filter(pk=key).delete()

    @classmethod
    def checked(cls, code: str) -> "AttendanceLetter | None":
        """The letter with this code, if it holds and is as the house signed it."""
        letter = cls.objects.filter(code_tag=cls.tag(code)).first()
        try:
            holds = letter is not None and letter.is_true and time.today() <= letter.until
        except (seal.Tampered, KeyError, TypeError, ValueError):
            return None
        return letter if holds else None

    @classmethod
    def tidy(cls) -> None:
        """Letters that hold no more are gone; so are those to which nobody put a name in a month."""
        for letter in cls.objects.filter(~Q(code_tag=None)).iterator(500):
            if letter.until < time.today():
                letter.delete()
        for letter in cls.objects.filter(code_tag=None).iterator(500):
            if datetime.fromisoformat(letter.said["at"]) < time.now() - timedelta(days=30):
                letter.delete()

    @staticmethod
    def tag(code: str) -> bytes:
        return keys.tag(keys.secret("gatherings"), "letter code", ids.heard(code))

    def signed(self) -> bytes:
        """What the house signs: every word of it, bound to this row and its persona."""
        said = json.dumps(self.said, ensure_ascii=False, sort_keys=True)
        return keys.tag(keys.secret("gatherings"), "letter", self.pk, self.circle_id, self.persona_id, said)

    @property
    def is_true(self) -> bool:
        return self.is_named and bytes(self.signature) == self.signed()

    @property
    def is_named(self) -> bool:
        return bool(self.said["name"])

    @property
    def name(self) -> str:
        return str(self.said["name"])

    @property
    def days(self) -> list[dict[str, Any]]:
        return [{"day": date.fromisoformat(day), "minutes": minutes} for day, minutes in self.said["days"]]

    @property
    def minutes(self) -> int:
        return sum(one["minutes"] for one in self.days)

    @property
    def house(self) -> str:
        return str(self.said.get("house", ""))

    @property
    def code(self) -> str:
        return str(self.said.get("code", ""))

    @property
    def given(self) -> date:
        return date.fromisoformat(self.said["given"])

    @property
    def until(self) -> date:
        return date.fromisoformat(self.said["until"])


def _day(one: Attended) -> date:
    """The day on which it was, where the circle is at home: the same for everybody who reads the letter."""
    return one.gathering.starts.astimezone(ZoneInfo(one.gathering.series.zone)).date()
