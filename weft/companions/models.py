"""Nobody arrives alone: whoever is new is greeted by a person, in words that person chose."""

from typing import Self

from django.db import IntegrityError, models, transaction

from weft.circles.models import CircleRow, Persona
from weft.loom import seal, time
from weft.loom.section import sections


class GreetingQuerySet(models.QuerySet["Greeting"]):
    def waiting_for(self, persona: Persona) -> Self:
        """The greeting that this persona has not put away yet."""
        return self.filter(to=persona, is_put_away=False).select_related("by")

    def answered(self, persona: Persona) -> Self:
        """What newcomers wrote back to this greeter."""
        return self.filter(by=persona, is_answered=True, is_read=False).select_related("to")


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
    def write(cls, to: Persona, words: str, *, by: Persona) -> "Greeting":
        """Greet a newcomer. When two people greet at once, the first greeting stands."""
        if not by.facilitates or by.circle_id != to.circle_id or not to.is_inside:
            raise PermissionError("only who guides a circle greets in it")
        try:
            with transaction.atomic():
                greeting = cls(circle_id=by.circle_id, to=to, by=by, text=words)
                greeting.save(force_insert=True)
        except IntegrityError:
            return cls.objects.get(to=to)
        return greeting

    def put_away(self, words: str = "", *, by: Persona) -> None:
        """The newcomer has read it, and may write a line back."""
        if self.to_id != by.pk:
            raise PermissionError("only who was greeted puts the greeting away")
        if words and not self.answer:
            self.answer, self.is_answered = words, True
        self.is_put_away = True
        self.save()

    def read_answer(self, *, by: Persona) -> None:
        """The greeter has read what came back."""
        if self.by_id != by.pk:
            raise PermissionError("only the greeter reads the answer")
        self.is_read = True
        self.save(update_fields=["is_read"])


def prepared(to: Persona) -> str:
    """The circle's prepared words for this newcomer, to be changed before they are sent."""
    return str(to.circle.greeting).replace("{name}", to.name)


def newcomers(by: Persona) -> list[Persona]:
    """Who is new in the circle of this facilitator and has not been greeted."""
    if not by.facilitates:
        return []
    hidden = {pk for section in sections() for pk in section.hidden_from(by)}
    ungreeted = by.circle.personas.inside().filter(role=Persona.Role.MEMBER, greeting=None)
    new = [someone for someone in ungreeted if someone.is_new and someone.pk not in hidden]
    return sorted(new, key=lambda someone: someone.since, reverse=True)[:20]
