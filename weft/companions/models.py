"""Nobody arrives alone: whoever is new is greeted by a person, in words that person chose."""

from typing import Self

from django.db import IntegrityError, models, transaction

from weft.circles.models import CircleRow, Persona
from weft.loom import jobs, seal, time
from weft.loom.ready import ready
from weft.notices.models import Notice


class GreetingQuerySet(models.QuerySet["Greeting"]):
    def answered(self, *personas: Persona) -> Self:
        """What newcomers wrote back to these greeters."""
        return self.filter(by__in=personas, is_answered=True, is_read=False).select_related("to", "circle")


@ready
def _waiting_for(*keys: int) -> "models.QuerySet[Greeting]":
    return Greeting.objects.filter(to__in=keys, is_put_away=False).select_related("by", "circle")


class Greeting(CircleRow):
    """One person's welcome to one newcomer, and what the newcomer may write back. Read by these two alone."""

    to = models.OneToOneField(Persona, models.CASCADE, related_name="greeting")
    by = models.ForeignKey(Persona, models.CASCADE, related_name="greetings")
    text = seal.SealedText()
    answer = seal.SealedText()
    on = seal.SealedDay(default=time.today)
    is_answered = models.BooleanField(default=False)
    is_read = models.BooleanField(default=False)
    is_put_away = models.BooleanField(default=False)

    objects = models.Manager.from_queryset(GreetingQuerySet)()

    def __str__(self) -> str:
        return "a greeting"

    @classmethod
    def waiting_for(cls, *personas: Persona) -> "list[Greeting]":
        """Greetings that these personas have not put away yet."""
        return _waiting_for(*[persona.pk for persona in personas]) if personas else []

    @classmethod
    def write(cls, to: Persona, words: str, *, by: Persona) -> "Greeting":
        """Greet a newcomer. When two people greet at once, the first greeting stands."""
        if not by.facilitates or by.circle_id != to.circle_id or not to.is_inside:
            raise PermissionError("only who guides a circle greets in it")
        try:
            with transaction.atomic():
                greeting = cls(circle_id=by.circle_id, to=to, by=by, text=words)
                greeting.save(force_insert=True)
                jobs.put("companions.tell", greeting=greeting.pk)
        except IntegrityError:
            return cls.objects.get(to=to)
        return greeting

    def put_away(self, words: str = "", *, by: Persona) -> None:
        """The newcomer has read it, and may write a line back."""
        if self.to_id != by.pk:
            raise PermissionError("only who was greeted puts the greeting away")
        with transaction.atomic():
            if words and not self.answer:
                self.answer, self.is_answered = words, True
                jobs.put("companions.tell", greeting=self.pk)
            self.is_put_away = True
            self.save()
            Notice.seen("companions.greeting", by, about=self.pk)

    def read_answer(self, *, by: Persona) -> None:
        """The greeter has read what came back."""
        if self.by_id != by.pk:
            raise PermissionError("only the greeter reads the answer")
        self.is_read = True
        self.save(update_fields=["is_read"])
        Notice.seen("companions.answer", by, about=self.pk)


def prepared(to: Persona) -> str:
    """The circle's prepared words for this newcomer, to be changed before they are sent."""
    return str(to.circle.greeting).replace("{name}", to.name)


def newcomers_of(personas: list[Persona]) -> list[Persona]:
    """Who is new where these personas guide and has not been greeted yet, the newest first."""
    circles = {persona.circle_id: persona.circle for persona in personas if persona.facilitates}
    if not circles:
        return []
    ungreeted = Persona.objects.inside().filter(circle__in=circles, role=Persona.Role.MEMBER, greeting=None)
    found = [who for who in ungreeted.only("circle_id", "name", "since") if who.pk not in _not_new]
    new = [someone for someone in found if someone.is_new]
    _not_new.update(someone.pk for someone in found if not someone.is_new)
    for someone in new:
        someone.circle = circles[someone.circle_id]
    return sorted(new, key=lambda someone: someone.since, reverse=True)[:20]


# Since when somebody is here lies under the seal. Whoever is not new any more is never new again, so a process looks
# once; else each page of whoever guides would open thousands of days.
_not_new: set[int] = set()
