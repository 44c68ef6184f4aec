"""Circles and the personas in them. Whoever is not in a circle cannot tell who is."""

from datetime import timedelta
from typing import Self

from django.db import IntegrityError, models, transaction
from django.db.models import Max
from django.utils.translation import gettext_lazy as _

from weft.circles import veil
from weft.loom import ids, keys, seal, text, time
from weft.loom.models import Thing
from weft.people.models import Person, fold


class Full(Exception):
    """The circle has no free seat."""


class NameTaken(Exception):
    """Somebody in the circle has this name."""


class CircleQuerySet(models.QuerySet["Circle"]):
    def listed(self) -> Self:
        """Circles that anybody may find, before having an account."""
        return self.filter(listed=True, closed_on=None)

    def entered_by(self, person: Person) -> Self:
        """The circles this person is in."""
        return self.filter(pk__in=veil.keyring(person)).filter(personas__in=veil.keyring(person).values()).distinct()


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

    @property
    def agreement(self) -> "Agreement":
        """The agreement in force."""
        if "_agreement" not in self.__dict__:
            self._agreement = self.agreements.order_by("-version")[0]
        return self._agreement

    def agree_on(self, words: str, clauses: list[str] | None = None) -> "Agreement":
        """Publish the next version of the agreement. Everybody is asked again before they next write."""
        with transaction.atomic():
            Circle.objects.select_for_update().get(pk=self.pk)
            last = self.agreements.aggregate(last=Max("version"))["last"] or 0
            new = Agreement(circle=self, version=last + 1, text=words, html=text.render(words), clauses=clauses or [])
            new.save(force_insert=True)
        self._agreement = new
        return new

    @property
    def guides(self) -> "models.QuerySet[Persona]":
        """Who facilitates here."""
        return self.personas.inside().filter(role=Persona.Role.FACILITATOR)


class Agreement(Thing):
    """One version of a circle's ground rules, with clauses that may be declined."""

    circle = models.ForeignKey(Circle, models.CASCADE, related_name="agreements")
    version = models.PositiveIntegerField()
    text = seal.SealedText()
    html = seal.SealedText()
    clauses = seal.SealedJSON()
    published_on = models.DateField(default=time.today)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["circle", "version"], name="one_agreement_of_a_version")]

    def seal_scope(self) -> str:
        return f"circle:{self.circle_id}"


class PersonaQuerySet(models.QuerySet["Persona"]):
    def inside(self) -> Self:
        """Those who are in, not those who ask or wait."""
        return self.filter(standing=Persona.Standing.INSIDE)

    def of(self, person: Person) -> Self:
        """This person's personas."""
        return self.filter(pk__in=veil.keyring(person).values())

    def of_in(self, person: Person, circle_id: int) -> "Persona | None":
        """This person's persona in a circle, whatever its standing."""
        return self.filter(owner_tag=veil.owner_tag(person, circle_id)).select_related("circle").first()


class Persona(Thing):
    """Who a person is in one circle: a chosen name, nothing more."""

    class Role(models.TextChoices):
        MEMBER = "member", _("member")
        FACILITATOR = "facilitator", _("facilitator")
        OBSERVER = "observer", _("observer")

    class Standing(models.TextChoices):
        ASKING = "asking"
        WAITING = "waiting"
        INSIDE = "inside"

    circle = models.ForeignKey(Circle, models.CASCADE, related_name="personas")
    owner_tag = models.BinaryField(unique=True)
    owner_sealed = models.BinaryField()
    name = seal.SealedText()
    name_tag = models.BinaryField()
    role = models.CharField(max_length=12, choices=Role, default=Role.MEMBER)
    standing = models.CharField(max_length=8, choices=Standing, default=Standing.INSIDE)
    answers = seal.SealedJSON()
    since = models.DateField(default=time.today)
    read_to = models.PositiveIntegerField(default=0)

    objects = models.Manager.from_queryset(PersonaQuerySet)()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["circle", "name_tag"], name="one_name_in_a_circle")]

    def seal_scope(self) -> str:
        return f"circle:{self.circle_id}"

    def __str__(self) -> str:
        return "a persona"

    @classmethod
    def enter(
        cls,
        person: Person,
        circle: Circle,
        name: str,
        *,
        role: str = Role.MEMBER,
        standing: str = Standing.INSIDE,
        answers: list[dict[str, str]] | None = None,
        past_the_last_seat: bool = False,
    ) -> "Persona":
        """A person takes a name in a circle. Raises `NameTaken` or `Full`; entering twice gives the same persona."""
        with transaction.atomic():
            Circle.objects.select_for_update().get(pk=circle.pk)
            persona = cls.objects.of_in(person, circle.pk)
            if persona:
                return persona
            if (
                standing == cls.Standing.INSIDE
                and not past_the_last_seat
                and circle.personas.inside().count() >= circle.seats
            ):
                raise Full
            persona = cls(circle=circle, role=role, standing=standing, answers=answers or [])
            persona.call(name)
            veil.own(persona, person)
            try:
                with transaction.atomic():
                    persona.save(force_insert=True)
            except IntegrityError:
                raise NameTaken from None
            veil.hang(person, persona)
        return persona

    def call(self, name: str) -> None:
        """Give this persona a name."""
        self.name = " ".join(name.split())
        self.name_tag = keys.tag(keys.secret(self.seal_scope()), "name", fold(self.name))

    @property
    def is_inside(self) -> bool:
        return self.standing == self.Standing.INSIDE

    @property
    def facilitates(self) -> bool:
        return self.is_inside and self.role == self.Role.FACILITATOR

    @property
    def may_write(self) -> bool:
        """Observers are there to see; they do not write."""
        return self.is_inside and self.role != self.Role.OBSERVER

    @property
    def is_new(self) -> bool:
        return self.since > time.today() - timedelta(days=7)

    def accept(self, agreement: Agreement, declined: list[int] | None = None) -> "Acceptance":
        """Accept a version of the agreement, without the clauses whose numbers are in *declined*."""
        accepted, _made = Acceptance.objects.get_or_create(
            persona=self, agreement=agreement, defaults={"declined": declined or []}
        )
        return accepted

    def has_accepted(self, agreement: Agreement) -> bool:
        return Acceptance.objects.filter(persona=self, agreement=agreement).exists()


class Acceptance(Thing):
    """A persona's yes to one version of the agreement."""

    persona = models.ForeignKey(Persona, models.CASCADE, related_name="acceptances")
    agreement = models.ForeignKey(Agreement, models.CASCADE, related_name="acceptances")
    declined = models.JSONField(default=list)
    on = models.DateField(default=time.today)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["persona", "agreement"], name="one_yes_to_a_version")]


class Invitation(Thing):
    """A way into a circle for those who hold it: for so many people, until a day."""

    circle = models.ForeignKey(Circle, models.CASCADE, related_name="invitations")
    by = models.ForeignKey(Persona, models.SET_NULL, null=True, related_name="invitations")
    token_tag = models.BinaryField(unique=True)
    note = seal.SealedText()
    uses_left = models.PositiveIntegerField(default=1)
    made_on = models.DateField(default=time.today)
    expires_on = models.DateField()

    def seal_scope(self) -> str:
        return f"circle:{self.circle_id}"

    @classmethod
    def write(cls, by: Persona, *, uses: int = 1, days: int = 14, note: str = "") -> tuple["Invitation", str]:
        """A new invitation and its token, which is shown once and kept nowhere."""
        token = ids.code(16, group=4)
        invitation = cls(
            circle_id=by.circle_id,
            by=by,
            token_tag=cls.tag(token),
            note=note,
            uses_left=uses,
            expires_on=time.today() + timedelta(days=days),
        )
        invitation.save(force_insert=True)
        return invitation, token

    @staticmethod
    def tag(token: str) -> bytes:
        return keys.tag(keys.secret("circles"), "invitation", token.strip().lower())

    @classmethod
    def held(cls, token: str) -> "Invitation | None":
        """The invitation of this token, while it still opens."""
        return (
            cls.objects.filter(
                token_tag=cls.tag(token), uses_left__gt=0, expires_on__gte=time.today(), circle__closed_on=None
            )
            .select_related("circle", "by")
            .first()
        )

    def use(self) -> bool:
        """Use it up by one; False when another was faster to the last use."""
        left = Invitation.objects.filter(pk=self.pk, uses_left__gt=0)
        return bool(left.update(uses_left=models.F("uses_left") - 1))


class Bar(Thing):
    """A person whom a circle has removed cannot come back under another name. Nobody can tell who it is."""

    circle = models.ForeignKey(Circle, models.CASCADE, related_name="bars")
    owner_tag = models.BinaryField()
    on = models.DateField(default=time.today)


class House(models.Model):
    """The house itself: one row. Its name and its open room are those of its commons, a circle like any other."""

    commons = models.OneToOneField(Circle, models.PROTECT)
    kind = models.CharField(max_length=20)
    country = models.CharField(max_length=2, blank=True)
    leave_to = models.URLField(default="https://www.wikipedia.org/")
    paid_by = seal.SealedText()
    opened_on = models.DateField(null=True)

    @property
    def name(self) -> str:
        return str(self.commons.name)

    @classmethod
    def here(cls) -> "House | None":
        return cls.objects.select_related("commons").first()
