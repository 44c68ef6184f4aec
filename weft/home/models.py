"""What the house keeps while it is being set up, and how a duty passes from one person to another."""

from datetime import timedelta
from typing import Any

from django.db import models, transaction
from django.utils.translation import gettext as _

from weft.circles.models import Circle, House, Persona
from weft.home.kinds import kinds
from weft.loom import ids, keys, seal, time
from weft.loom.models import Thing
from weft.people.models import Duty, Person
from weft.safety.models import Desk, HelpLine

STEPS = ("place", "kind", "you", "desk", "numbers", "circle")
GOOD_FOR = timedelta(days=14)


class AlreadyOpen(Exception):
    """The house has been set up."""


class Setup(models.Model):
    """The answers of whoever sets the house up, kept as they go: one row, gone as soon as the house is open."""

    id = models.BigIntegerField(primary_key=True, default=1, editable=False)
    answers = seal.SealedJSON(default=dict)

    def __str__(self) -> str:
        return "a house that is being set up"

    @classmethod
    def begun(cls) -> "Setup":
        """What has been answered so far, by whoever held a link before."""
        return cls.objects.filter(pk=1).first() or cls()

    def keep(self, step: str, said: dict[str, Any]) -> None:
        """Keep the answers of one step. Two tabs do not wipe out each other's."""
        with transaction.atomic():
            Setup.objects.get_or_create(pk=1)
            row = Setup.objects.select_for_update().get(pk=1)
            row.answers = self.answers = {**row.answers, step: said}
            row.save()

    @property
    def next_step(self) -> str | None:
        """The first step that has no answer yet."""
        return next((step for step in STEPS if step not in self.answers), None)

    @property
    def open_to_all(self) -> bool:
        """Whether somebody may join without an invitation. Only where somebody answers for it."""
        return bool(self.answers["desk"]["who"] != "nobody")

    def open(self) -> tuple[Person, str]:
        """Open the house: all of it, or nothing. Gives its steward, and the code for whoever shall answer reports.

        Raises `AlreadyOpen`."""
        with transaction.atomic():
            if not Setup.objects.select_for_update().filter(pk=1).first() or House.objects.exists():
                raise AlreadyOpen
            steward = self._steward()
            self._commons(steward)
            code = self._desk(steward)
            self._numbers(steward)
            self._circle(steward)
            Setup.objects.all().delete()
        return steward, code

    def _steward(self) -> Person:
        you = self.answers["you"]
        person = Person.objects.join(you["name"])
        person.password = you["kept"]
        person.save(update_fields=["password"])
        Duty(person=person, kind=Duty.Kind.STEWARD, known_as=you["known_as"]).save(force_insert=True)
        return person

    def _commons(self, steward: Person) -> None:
        place, kind = self.answers["place"], kinds()[self.answers["kind"]["kind"]]
        room = Persona.open_circle(
            "commons", place["name"], about=_(kind.about), by=steward, by_name=self.answers["you"]["known_as"]
        ).circle
        if kind.private or not self.open_to_all:
            room.change({"door": Circle.Door.INVITATION, "listed": False})
        House.objects.create(commons=room, kind=kind.key, country=place["country"], opened_on=time.today())

    def _desk(self, steward: Person) -> str:
        desk = self.answers["desk"]
        if desk["who"] == "nobody":
            return ""
        Desk.seat(desk["names"], desk["hours"], desk["promise_hours"], desk["reach"])
        # Until somebody else has taken it on, the steward answers: the house is never open without anybody.
        known_as = self.answers["you"]["known_as"]
        Duty(person=steward, kind=Duty.Kind.SAFETY, known_as=known_as).save(force_insert=True)
        if desk["who"] == "me":
            return ""
        return DutyCode.write(Duty.Kind.SAFETY, by=steward, instead=desk["who"] == "other")

    def _numbers(self, steward: Person) -> None:
        said, country = self.answers["numbers"], self.answers["place"]["country"]
        if said["on"] == time.today().isoformat():
            for pk in said["lines"]:
                HelpLine.find(pk).confirm(by=steward)
        if said["emergency"]:
            name = _("Ambulance, police, fire")
            HelpLine.add(by=steward, country=country, emergency=True, name=name, tel=said["emergency"], place=0)
        if said["name"]:
            HelpLine.add(by=steward, country=country, name=said["name"], tel=said["tel"])

    def _circle(self, steward: Person) -> None:
        said = self.answers["circle"]
        door = said["door"] if self.open_to_all else Circle.Door.INVITATION
        room = Persona.open_circle(
            said["kind"], said["name"], about=said["about"], by=steward, by_name=said["my_name"]
        ).circle
        room.change({"door": door, "meets": said["meets"], "listed": door != Circle.Door.INVITATION})


class DutyCode(Thing):
    """A code by which one person takes up a duty, once. The steward who wrote it learns only what they are called."""

    kind = models.CharField(max_length=10, choices=Duty.Kind)
    code_tag = models.BinaryField(unique=True)
    by = models.ForeignKey(Duty, models.CASCADE, related_name="codes")
    instead_of = models.ForeignKey(Duty, models.CASCADE, null=True, related_name="handed_on")
    made_on = models.DateField(default=time.today)
    expires_on = models.DateField()

    def __str__(self) -> str:
        return "a code for a duty"

    @classmethod
    def write(cls, kind: str, *, by: Person, instead: bool = False) -> str:
        """A new code, shown once and kept nowhere. With *instead*, the duty passes on from whoever writes it."""
        code = ids.code(16, group=4)
        cls(
            kind=kind,
            code_tag=cls.tag(code),
            by=by.duties.get(kind=Duty.Kind.STEWARD),
            instead_of=by.duties.filter(kind=kind).first() if instead else None,
            expires_on=time.today() + GOOD_FOR,
        ).save(force_insert=True)
        return code

    @staticmethod
    def tag(code: str) -> bytes:
        return keys.tag(keys.secret("home"), "duty", ids.heard(code))

    @classmethod
    def held(cls, code: str) -> "DutyCode | None":
        """The duty that this code gives, while it does."""
        return cls.objects.filter(code_tag=cls.tag(code), expires_on__gte=time.today()).first()

    def take(self, *, by: Person, known_as: str) -> None:
        """Take up the duty. Raises `DoesNotExist` when another was faster."""
        with transaction.atomic():
            row = DutyCode.objects.select_for_update().get(pk=self.pk)
            row.delete()
            Duty.objects.get_or_create(person=by, kind=row.kind, defaults={"known_as": known_as})
            if row.instead_of and row.instead_of.person_id != by.pk:
                row.instead_of.delete()
        by.__dict__.pop("_duties", None)


def why_needed(duty: Duty) -> str:
    """Why this duty cannot be laid down just now, in words; nothing when it can."""
    if Duty.objects.filter(kind=duty.kind).exclude(pk=duty.pk).exists():
        return ""
    if duty.kind == Duty.Kind.STEWARD:
        return _("A house needs a steward. Please give this duty to somebody else first.")
    if duty.kind == Duty.Kind.SAFETY and Circle.objects.filter(closed_on=None).exclude(door="invitation").exists():
        return _(
            "People may join circles here without being asked in. So somebody has to answer reports. "
            "Please give this duty to somebody else first."
        )
    return ""


def lay_down(duty: Duty) -> str:
    """End a duty, unless the house needs it: then say why."""
    with transaction.atomic():
        list(Duty.objects.select_for_update().filter(kind=duty.kind))
        why = why_needed(duty)
        if not why:
            duty.delete()
    return why
