"""A circle: what it says of itself, how it is entered, and its agreement."""

from typing import Any, Self

from django.db import models, transaction
from django.db.models import Max
from django.utils.translation import gettext_lazy as _
from markupsafe import Markup

from weft.circles import veil
from weft.circles.kinds import Kind, kinds
from weft.loom import jobs, keys, ledger, seal, streams, text, time
from weft.loom.models import Thing
from weft.loom.pages import url
from weft.loom.ready import ready
from weft.loom.section import sections
from weft.people.models import Person


class CircleQuerySet(models.QuerySet["Circle"]):
    def listed(self) -> Self:
        """Circles that anybody may find, before having an account."""
        return self.filter(listed=True, closed_on=None)

    def entered_by(self, person: Person) -> Self:
        """The circles this person is in."""
        mine = veil.keyring(person)
        return self.filter(pk__in=mine, personas__pk__in=mine.values(), personas__standing="inside")


class Circle(Thing):
    """People who gather: an open or closed group with its agreement, its facilitators and its own names."""

    class Door(models.TextChoices):
        OPEN = "open", _("Anybody may join")
        REQUEST = "request", _("You can ask to join")
        INVITATION = "invitation", _("By invitation")

    kind = models.CharField(max_length=20)
    name = seal.SealedText()
    about = seal.SealedText()
    words = seal.SealedJSON()
    door = models.CharField(max_length=10, choices=Door, default=Door.REQUEST)
    questions = seal.SealedJSON()
    seats = models.PositiveIntegerField(default=12)
    meets = seal.SealedText()
    greeting = seal.SealedText()
    promise_hours = models.PositiveIntegerField(default=24)
    listed = models.BooleanField(default=True)
    members_hidden = models.BooleanField(default=False)
    thread = models.CharField(max_length=10, default="indigo")
    opened_on = models.DateField(default=time.today)
    closed_on = models.DateField(null=True)

    objects = models.Manager.from_queryset(CircleQuerySet)()

    def seal_scope(self) -> str:
        return f"circle:{self.pk}"

    def __str__(self) -> str:
        return "a circle"

    def get_absolute_url(self) -> str:
        return url("circles:circle", key=self.pk)

    def change(self, said: dict[str, Any]) -> None:
        """Change what the circle says of itself. More seats let those in line come in."""
        with transaction.atomic():
            self.lock()
            for name, value in said.items():
                setattr(self, name, value)
            self.save()
            self.seat_the_next()

    @property
    def preset(self) -> Kind:
        """The words of this circle's kind."""
        return kinds()[self.kind]

    @property
    def agreement(self) -> "Agreement":
        """The agreement in force."""
        if "_agreement" not in self.__dict__:
            self._agreement = self.agreements.order_by("-version")[0]
        return self._agreement

    def agree_on(self, words: str, clauses: list[str] | None = None) -> "Agreement":
        """Publish the next version of the agreement. Everybody is asked again before they next write."""
        with transaction.atomic():
            self.lock()
            last = self.agreements.aggregate(last=Max("version"))["last"] or 0
            new = Agreement(circle=self, version=last + 1, text=words, html=text.render(words), clauses=clauses or [])
            new.save(force_insert=True)
            if last:
                jobs.put("notices.tell", what="circles.agreement", circle=self.pk, about=new.pk)
        self._agreement = new
        return new

    def lock(self) -> None:
        """Hold this circle's row until the transaction ends: seats and numbers are given out one at a time."""
        _lock(self.pk)

    @property
    def has_a_seat(self) -> bool:
        return self.personas.inside().count() < self.seats

    def seat_the_next(self) -> None:
        """Give free seats to those in line, by time alone (R33). The circle is locked."""
        for waiting in self.personas.in_line():
            if not self.has_a_seat:
                return
            waiting.sit_down()
            waiting.save()
            waiting.hear_of_seat()

    def close(self) -> None:
        """It ends: nobody comes in, writes, or is called here any more. What stands there is kept as it is."""
        with transaction.atomic():
            self.lock()
            self.invitations.all().delete()
            self.closed_on = self.closed_on or time.today()
            self.save(update_fields=["closed_on"])
            for outside in self.personas.exclude(standing="inside"):
                outside.go(words="erase")
            for section in sections():
                section.closes(self.pk)
            for persona_id in self.personas.values_list("pk", flat=True):
                streams.let_go(persona_id)

    def erase(self) -> None:
        """All that was ever in it is gone for ever, with the key that opened it. What the safety team still needs
        keeps the bare row."""
        with ledger.erasing("circles.circle", self.pk):
            self.lock()
            self.closed_on = self.closed_on or time.today()
            self.about = self.greeting = self.meets = ""
            self.words, self.questions = [], []
            self.save()
            for section in reversed(sections()):
                section.gone("circle", self.pk)
            for persona in self.personas.all():
                persona.go(words="erase")
            if not self.is_held:
                scope = self.seal_scope()
                self.delete()
                keys.destroy(scope)

    @property
    def is_held(self) -> bool:
        """Whether the safety team still needs its row."""
        return any(section.keeps_row(self.pk) for section in sections())

    @property
    def guides(self) -> Any:
        """Who facilitates here."""
        return self.personas.guiding()


@ready
def _row_of(circle_id: int) -> "models.QuerySet[Circle]":
    return Circle.objects.select_for_update(no_key=True).filter(pk=circle_id)  # rows that point at it need not wait


def _lock(circle_id: int) -> None:
    if not transaction.get_connection().in_atomic_block:
        raise transaction.TransactionManagementError("what is locked is locked until the transaction ends")
    if not _row_of(circle_id):
        raise Circle.DoesNotExist


class CircleRow(Thing):
    """A row that belongs to a circle: its words are sealed under the circle's key."""

    circle = models.ForeignKey(Circle, models.CASCADE, related_name="+")

    class Meta:
        abstract = True

    def seal_scope(self) -> str:
        return f"circle:{self.circle_id}"

    def lock_circle(self) -> None:
        """Hold its circle's row until the transaction ends: what is counted or indexed there changes one at a time."""
        _lock(self.circle_id)


class Agreement(CircleRow):
    """One version of a circle's ground rules, with clauses that may be declined."""

    circle = models.ForeignKey(Circle, models.CASCADE, related_name="agreements")
    version = models.PositiveIntegerField()
    text = seal.SealedText()
    html = seal.SealedText()
    clauses = seal.SealedJSON()
    published_on = models.DateField(default=time.today)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["circle", "version"], name="one_agreement_of_a_version")]

    @property
    def shown(self) -> Markup:
        return text.safe(self.html)
