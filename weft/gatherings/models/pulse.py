"""The pulse of an hour: four questions of our own. What one person said is seen by nobody, and soon it is gone.

Answers stay open for three days. Then they become one sum, if there are five of them, and each answer is erased. So
the sum is never seen to change by one, and no answer lies here longer than it must.
"""

from datetime import datetime, timedelta
from typing import Any

from django.db import models, transaction
from django.utils.translation import gettext_lazy as _

from weft.circles.models import CircleRow, Persona
from weft.gatherings.models.attendance import attended
from weft.gatherings.models.gathering import Gathering
from weft.gatherings.models.seat import Seat
from weft.loom import jobs, ledger, seal, time

OPEN = timedelta(days=3)  # so long after its hour an answer can be given, changed and taken back
KEPT = timedelta(days=90)  # so long after its hour the sum is there
LEAST = 5

QUESTIONS = {
    "heard": _("Did somebody hear you?"),
    "safe": _("Did it feel safe here?"),
    "self": _("Could you be as you are?"),
    "worth": _("Was it good to come?"),
}
WORDS = (_("no"), _("a little"), _("mostly"), _("yes"))


class Pulse(CircleRow):
    """What one persona said of one hour."""

    seat = models.OneToOneField(Seat, models.CASCADE, related_name="pulse")
    said = seal.SealedJSON()  # question to place in WORDS; what was not answered is not there

    def __str__(self) -> str:
        return "what somebody said of an hour"

    @classmethod
    def say(cls, seat: Seat, said: dict[str, int]) -> None:
        """Keep what this one says, in place of what they said before. Nothing said is taken back."""
        with transaction.atomic():
            gathering = Gathering.held(seat.gathering_id)
            if not may_answer(gathering, seat):
                raise PermissionError("not asked, or too late")
            mine = cls.objects.filter(seat=seat).first()
            if not said:
                if mine:
                    with ledger.erasing("gatherings.pulse", mine.pk):
                        mine.delete()
                return
            answers = mine or cls(seat=seat, circle_id=seat.circle_id)
            answers.said = said
            answers.save()
            due = gathering.starts + OPEN
            jobs.put("gatherings.sum_up", due=due, once=("pulse", gathering.pk), gathering=gathering.pk)

    @classmethod
    def again(cls, key: int) -> None:
        """What was taken back, and came back with an older backup, goes once more."""
        cls.objects.filter(pk=key).delete()


class PulseSum(CircleRow):
    """What at least five said of an hour, taken together."""

    gathering = models.OneToOneField(Gathering, models.CASCADE, related_name="pulse")
    said = seal.SealedJSON()  # question to how many answered it, and the sum of their places

    def __str__(self) -> str:
        return "what was said of an hour, together"

    @classmethod
    def sum_up(cls, gathering: int) -> None:
        """When the days for it are over: one sum of what was said, if there is enough, and every answer is erased."""
        with transaction.atomic():
            now = Gathering.held(gathering)
            if is_open(now):
                return
            pulses = list(Pulse.objects.filter(seat__gathering=now))
            said = together([dict(pulse.said) for pulse in pulses])
            if said and not cls.objects.filter(gathering=now).exists():
                cls(circle_id=now.circle_id, gathering=now, said=said).save(force_insert=True)
            Pulse.objects.filter(pk__in=[pulse.pk for pulse in pulses]).delete()

    @classmethod
    def tidy(cls, now: datetime) -> None:
        """Sums that are old are gone, and no answer was forgotten."""
        cls.objects.filter(gathering__starts__lt=now - KEPT).delete()
        left = Pulse.objects.filter(seat__gathering__starts__lt=now - OPEN)
        for gathering in set(left.values_list("seat__gathering", flat=True)):
            cls.sum_up(gathering)

    @property
    def lines(self) -> list[tuple[Any, Any]]:
        """Each question, and the word on which the answers meet; None where fewer than five answered it."""
        found = dict(self.said)
        return [(words, _middle(found.get(key))) for key, words in QUESTIONS.items()]


def together(all_said: list[dict[str, int]]) -> dict[str, list[int]]:
    """For each question that at least five answered: how many, and the sum. Nothing where there is none."""
    found = {}
    for question in QUESTIONS:
        said = [one[question] for one in all_said if question in one]
        if len(said) >= LEAST:
            found[question] = [len(said), sum(said)]
    return found


def _middle(said: Any) -> Any:
    return None if said is None else WORDS[round(said[1] / said[0])]


def is_open(gathering: Gathering) -> bool:
    """Whether it is over, and not for too long."""
    return gathering.is_over and time.now() < gathering.starts + OPEN


def may_answer(gathering: Gathering, seat: Seat) -> bool:
    """Whoever was there and did not guide or look on."""
    guides = gathering.shifts.filter(persona=seat.persona_id).exists()
    looks_on = seat.persona.role == Persona.Role.OBSERVER
    return is_open(gathering) and not guides and not looks_on and attended(seat) is not None
