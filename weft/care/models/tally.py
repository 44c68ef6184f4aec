"""What somebody who pays for the house may see: counts of ten or more, and nothing else.

A month is counted once, when it is over, and never again: what is erased or corrected later changes no number, so that
nobody learns from two looks what happened between them. Of one care circle at most nine turns of a kind count in a
month, so that no number speaks of one family. What is kept is rounded down to tens; the rest is forgotten in the same
moment. A sum is one of what is shown, and tells nothing more.
"""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date, timedelta

from django.db import models, transaction
from django.db.models import Count

from weft.care.models.board import Board
from weft.care.models.need import Need, Slot
from weft.loom import ids, keys, ledger, seal, time
from weft.loom.models import Thing
from weft.people.models import Duty, Person

TEN = 10
OF_ONE = TEN - 1  # turns of one care circle that count, of one kind in one month
SETTLED = timedelta(days=2)  # after the end of a month: then its last night is over everywhere, and was marked
SHOWN = 12  # months on the page


def rounded(turns: Iterable[int]) -> int:
    """What each circle kept, as it is told: in full tens, and of no circle more than nine."""
    return sum(min(OF_ONE, kept) for kept in turns) // TEN * TEN


def next_month(first: date) -> date:
    return (first + timedelta(days=31)).replace(day=1)


class Tally(Thing):
    """How many turns of one kind were kept by the board in one month, in full tens."""

    month = models.DateField()
    kind = models.CharField(max_length=8, choices=Need.Kind)
    tens = models.PositiveIntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["month", "kind"], name="one_count_of_a_kind_and_month")]

    def __str__(self) -> str:
        return "a count"

    @classmethod
    def close_months(cls) -> None:
        """Count what is over and was not counted. Of a month that was counted nothing is counted again."""
        board = Board.objects.filter(pk=1).first()
        if board is None:
            return
        month = board.opened_on.replace(day=1)
        last = cls.objects.order_by("-month").values_list("month", flat=True).first()
        month = next_month(last) if last else month
        while next_month(month) + SETTLED <= time.today():
            cls.close(month)
            month = next_month(month)

    @classmethod
    def close(cls, month: date) -> None:
        found = Slot.objects.filter(by_board=True, day__gte=month, day__lt=next_month(month)).order_by()
        kept: dict[str, list[int]] = defaultdict(list)
        for kind, _circle, turns in found.values_list("need__kind", "circle").annotate(n=Count("pk")):
            kept[kind].append(turns)
        made = [Tally(month=month, kind=kind, tens=rounded(kept[kind])) for kind in Need.Kind.values]
        with transaction.atomic():
            Tally.objects.bulk_create(made, ignore_conflicts=True)

    @classmethod
    def page(cls) -> list[tuple[date, list["Tally"], int]]:
        """By month, the newest first: what is ten or more, and the sum of just that."""
        months: dict[date, list[Tally]] = defaultdict(list)
        for tally in cls.objects.order_by("-month", "kind"):
            months[tally.month] += [tally] if tally.tens else []
        newest = list(months.items())[:SHOWN]
        return [(month, found, sum(tally.tens for tally in found)) for month, found in newest]


class Sponsor(Thing):
    """A link to the counts, for somebody who pays for the house. A steward makes it, and takes it back."""

    token_tag = models.BinaryField(unique=True)
    name = seal.SealedText()
    until = models.DateField()

    def __str__(self) -> str:
        return "a link to the counts"

    @staticmethod
    def tag(token: str) -> bytes:
        return keys.tag(keys.secret("care"), "sponsor", token)

    @classmethod
    def make(cls, name: str, until: date, *, by: Person) -> tuple["Sponsor", str]:
        """A new one and its token, which is shown once and kept nowhere."""
        if not by.has_duty(Duty.Kind.STEWARD):
            raise PermissionError("a steward makes such a link")
        token = ids.code(26)
        made = cls(token_tag=cls.tag(token), name=name, until=until)
        made.save(force_insert=True)
        return made, token

    @classmethod
    def held(cls, token: str) -> "Sponsor | None":
        """The link of this token, while it opens."""
        if Board.here() is None:
            return None
        return cls.objects.filter(token_tag=cls.tag(token), until__gte=time.today()).first()

    def go(self) -> None:
        """It shows nothing any more, also after an older backup."""
        with ledger.erasing("care.sponsor", self.pk):
            Sponsor.objects.filter(pk=self.pk).delete()

    @classmethod
    def again(cls, key: int) -> None:
        cls.objects.filter(pk=key).delete()
