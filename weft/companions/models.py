"""Nobody arrives alone: whoever is new is greeted by a person, in words that person chose."""

from typing import Self

from django.db import IntegrityError, models, transaction

from weft.circles.models import Circle, Persona
from weft.loom import seal, time
from weft.loom.models import Thing
from weft.loom.section import sections


class GreetingQuerySet(models.QuerySet["Greeting"]):
    def waiting_for(self, persona: Persona) -> Self:
        """The greeting that this persona has not put away yet."""
        return self.filter(to=persona, put_away_on=None).select_related("by")

    def answered(self, persona: Persona) -> Self:
        """What newcomers wrote back to this greeter."""
        return self.filter(by=persona, answered_on__isnull=False, read_on=None).select_related("to")


class Greeting(Thing):
    """One person's welcome to one newcomer, and what the newcomer may write back. Read by these two alone."""

    circle = models.ForeignKey(Circle, models.CASCADE, related_name="+")
    to = models.OneToOneField(Persona, models.CASCADE, related_name="greeting")
    by = models.ForeignKey(Persona, models.CASCADE, related_name="greetings")
    text = seal.SealedText()
    answer = seal.SealedText()
    on = models.DateField(default=time.today)
    answered_on = models.DateField(null=True)
    read_on = models.DateField(null=True)
    put_away_on = models.DateField(null=True)

    objects = models.Manager.from_queryset(GreetingQuerySet)()

    def __str__(self) -> str:
        return "a greeting"

    def seal_scope(self) -> str:
        return f"circle:{self.circle_id}"

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
            self.answer, self.answered_on = words, time.today()
        self.put_away_on = time.today()
        self.save()

    def read_answer(self, *, by: Persona) -> None:
        """The greeter has read what came back."""
        if self.by_id != by.pk:
            raise PermissionError("only the greeter reads the answer")
        self.read_on = time.today()
        self.save(update_fields=["read_on"])


def prepared(to: Persona) -> str:
    """The circle's prepared words for this newcomer, to be changed before they are sent."""
    return str(to.circle.greeting).replace("{name}", to.name)


def newcomers(by: Persona) -> list[Persona]:
    """Who is new in the circle of this facilitator and has not been greeted."""
    if not by.facilitates:
        return []
    hidden = {pk for section in sections() for pk in section.hidden_from(by)}
    new = by.circle.personas.inside().filter(role=Persona.Role.MEMBER, greeting=None)
    return [someone for someone in new.order_by("-since")[:20] if someone.is_new and someone.pk not in hidden]
