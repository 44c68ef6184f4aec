"""Circles and the personas in them. Whoever is not in a circle cannot tell who is."""

from datetime import timedelta
from time import monotonic
from typing import Any, Self

from django.db import IntegrityError, models, transaction
from django.db.models import Count, Exists, Max, OuterRef, Subquery
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from markupsafe import Markup

from weft.circles import veil
from weft.circles.kinds import Kind, kinds
from weft.circles.pattern import woven
from weft.loom import ids, keys, seal, text, time
from weft.loom.models import Thing
from weft.loom.section import sections
from weft.people.models import Person, fold


class Barred(Exception):
    """The circle has removed this person."""


class NameTaken(Exception):
    """Somebody in the circle has this name."""


class CircleQuerySet(models.QuerySet["Circle"]):
    def listed(self) -> Self:
        """Circles that anybody may find, before having an account."""
        return self.filter(listed=True, closed_on=None)

    def entered_by(self, person: Person) -> Self:
        """The circles this person is in."""
        inside = Persona.objects.of(person).inside()
        return self.filter(pk__in=inside.values("circle_id"))


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
        return reverse("circles:circle", kwargs={"key": self.pk})

    @classmethod
    def open(cls, kind: str, name: str, *, about: str = "", by: Person, by_name: str) -> "Persona":
        """A new circle of a kind, with that kind's words and defaults. Whoever opens it guides it."""
        preset = kinds()[kind]
        with transaction.atomic():
            circle = cls(
                kind=kind,
                name=name,
                about=about or preset.what,
                greeting=preset.greeting,
                door=preset.door,
                seats=preset.seats,
                promise_hours=preset.promise_hours,
                listed=preset.listed,
                members_hidden=preset.members_hidden,
                thread=preset.thread,
            )
            circle.save(force_insert=True)
            circle.agree_on(preset.agreement.strip(), preset.clauses)
            persona = Persona.enter(by, circle, by_name, role=Persona.Role.FACILITATOR)
            persona.accept(circle.agreement)
        return persona

    def change(self, said: dict[str, Any]) -> None:
        """Change what the circle says of itself. More seats let those in line come in."""
        with transaction.atomic():
            self.lock()
            for name, value in said.items():
                setattr(self, name, value)
            self.save()
            self.seat_the_next()
        House.forget()

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
        self._agreement = new
        return new

    def lock(self) -> None:
        """Hold this circle's row until the transaction ends: seats and numbers are given out one at a time."""
        Circle.objects.select_for_update().only("pk").get(pk=self.pk)

    @property
    def has_a_seat(self) -> bool:
        return self.personas.inside().count() < self.seats

    def seat_the_next(self) -> None:
        """Give free seats to those in line, by time alone (R33). The circle is locked."""
        for waiting in self.personas.filter(standing=Persona.Standing.WAITING).order_by("place_in_line"):
            if not self.has_a_seat:
                return
            waiting._sit_down()
            waiting.save()

    @property
    def guides(self) -> "models.QuerySet[Persona]":
        """Who facilitates here."""
        return self.personas.inside().filter(role=Persona.Role.FACILITATOR)


class CircleRow(Thing):
    """A row that belongs to a circle: its words are sealed under the circle's key."""

    circle = models.ForeignKey(Circle, models.CASCADE, related_name="+")

    class Meta:
        abstract = True

    def seal_scope(self) -> str:
        return f"circle:{self.circle_id}"


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


class PersonaQuerySet(models.QuerySet["Persona"]):
    def inside(self) -> Self:
        """Those who are in, not those who ask or wait."""
        return self.filter(standing=Persona.Standing.INSIDE)

    def of(self, person: Person) -> Self:
        """This person's personas."""
        return self.filter(pk__in=veil.keyring(person).values())

    def aware(self) -> Self:
        """With what a page of the circle says: how many people are in it, and whether the agreement holds for them."""
        inside = Persona.objects.inside().filter(circle=OuterRef("circle")).order_by().values("circle")
        newest = Agreement.objects.filter(circle=OuterRef(OuterRef("circle"))).order_by("-version").values("pk")[:1]
        yes = Acceptance.objects.filter(persona=OuterRef("pk"), agreement=Subquery(newest))
        return self.annotate(people=Subquery(inside.annotate(n=Count("pk")).values("n")), agrees=Exists(yes))

    def owned(self, person: Person, circle_id: int) -> Self:
        """This person's persona in a circle, whatever its standing: one row or none."""
        return self.filter(owner_tag=veil.owner_tag(person, circle_id)).select_related("circle")


class Persona(CircleRow):
    """Who a person is in one circle: a chosen name, nothing more."""

    class Role(models.TextChoices):
        MEMBER = "member", _("member")
        FACILITATOR = "facilitator", _("facilitator")
        OBSERVER = "observer", _("observer")

    class Standing(models.TextChoices):
        ASKING = "asking"
        DECLINED = "declined"
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
    since = seal.SealedDay(default=time.today)
    place_in_line = models.PositiveIntegerField(null=True)
    read_to = models.PositiveIntegerField(default=0)

    objects = models.Manager.from_queryset(PersonaQuerySet)()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["circle", "name_tag"], name="one_name_in_a_circle")]

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
    ) -> "Persona":
        """A person takes a name in a circle: inside, waiting where no seat is free, or asking.

        Entering twice gives the same persona. Raises `NameTaken`, or `Barred` for somebody who was removed.
        """
        with transaction.atomic():
            circle.lock()
            persona = cls.objects.owned(person, circle.pk).first()
            if persona:
                return persona
            if circle.bars.filter(owner_tag=veil.owner_tag(person, circle.pk)).exists():
                raise Barred
            persona = cls(circle=circle, role=role, standing=standing, answers=answers or [])
            persona.call(name)
            veil.own(persona, person)
            if standing == cls.Standing.INSIDE:
                persona._sit_down()
            try:
                with transaction.atomic():
                    persona.save(force_insert=True)
            except IntegrityError:
                raise NameTaken from None
            veil.hang(person, persona)
        return persona

    def admit(self, *, by: "Persona") -> None:
        """Let somebody who asked come in, or stand in line when no seat is free."""
        with transaction.atomic():
            self.circle.lock()
            asking = Persona.objects.get(pk=self.pk, circle_id=by.circle_id)
            if asking.standing == self.Standing.ASKING:
                asking._sit_down()
                asking.answers = []
                asking.save()
            self.standing = asking.standing

    def decline(self, *, by: "Persona") -> None:
        """Say no, kindly. Their answers are gone; only they see the no."""
        with transaction.atomic():
            self.circle.lock()
            asking = Persona.objects.get(pk=self.pk, circle_id=by.circle_id)
            if asking.standing in (self.Standing.ASKING, self.Standing.WAITING):
                asking.standing, asking.answers, asking.place_in_line = self.Standing.DECLINED, [], None
                asking.save()

    def _sit_down(self) -> None:
        """Take a free seat, or the next place in line. The circle is locked."""
        if self.circle.has_a_seat:
            self.standing, self.place_in_line, self.since = self.Standing.INSIDE, None, time.today()
        else:
            last = self.circle.personas.aggregate(last=Max("place_in_line"))["last"] or 0
            self.standing, self.place_in_line = self.Standing.WAITING, last + 1

    def leave(self, *, by: Person, words: str) -> None:
        """Leave the circle without a sound. *words* says what becomes of what was written: take, erase or keep it.

        Kept words stand without a name. The next in line gets the seat.
        """
        with transaction.atomic():
            self.circle.lock()
            for section in sections():
                section.leave(self, words=words)
            veil.take_off(by, self.circle_id)
            circle = self.circle
            self.delete()
            circle.seat_the_next()

    def remove(self, *, by: "Persona") -> None:
        """Take a seat from somebody who cannot stay: their words are hidden, and no other name lets them in again."""
        if not by.facilitates or by.circle_id != self.circle_id or self.facilitates:
            raise PermissionError("only a facilitator removes, and never another facilitator")
        with transaction.atomic():
            Bar.objects.create(circle=self.circle, owner_tag=self.owner_tag)
            self.leave(by=veil.person_of(self), words="take")

    def take_name(self, name: str) -> None:
        """Be called something else from now on, also on what was written before. Raises `NameTaken`."""
        self.call(name)
        try:
            with transaction.atomic():
                self.save(update_fields=["name", "name_tag"])
        except IntegrityError:
            raise NameTaken from None

    def take_role(self, role: str, *, by: "Persona") -> None:
        """A facilitator gives somebody a role in their circle."""
        if not by.facilitates or by.circle_id != self.circle_id:
            raise PermissionError("only a facilitator of the circle gives roles")
        self.role = role
        self.save(update_fields=["role"])

    def call(self, name: str) -> None:
        """Give this persona a name."""
        self.name = " ".join(name.split())
        self.name_tag = keys.tag(keys.secret(self.seal_scope()), "name", fold(self.name))

    @property
    def pattern(self) -> Markup:
        """The woven avatar."""
        return woven(self.pk)

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
            persona=self,
            agreement=agreement,
            defaults={"circle_id": self.circle_id, "declined": declined or []},
        )
        return accepted

    def has_accepted(self, agreement: Agreement) -> bool:
        return Acceptance.objects.filter(persona=self, agreement=agreement).exists()


class Acceptance(CircleRow):
    """A persona's yes to one version of the agreement."""

    persona = models.ForeignKey(Persona, models.CASCADE, related_name="acceptances")
    agreement = models.ForeignKey(Agreement, models.CASCADE, related_name="acceptances")
    declined = seal.SealedJSON()
    on = seal.SealedDay(default=time.today)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["persona", "agreement"], name="one_yes_to_a_version")]


class InvitationQuerySet(models.QuerySet["Invitation"]):
    def open_in(self, circle: Circle) -> Self:
        """Those that still let somebody in."""
        return self.filter(circle=circle, uses_left__gt=0, expires_on__gte=time.today()).select_related("by")


class Invitation(CircleRow):
    """A way into a circle for those who hold it: for so many people, until a day."""

    circle = models.ForeignKey(Circle, models.CASCADE, related_name="invitations")
    by = models.ForeignKey(Persona, models.SET_NULL, null=True, related_name="invitations")
    token_tag = models.BinaryField(unique=True)
    note = seal.SealedText()
    uses_left = models.PositiveIntegerField(default=1)
    made_on = models.DateField(default=time.today)
    expires_on = models.DateField()

    objects = models.Manager.from_queryset(InvitationQuerySet)()

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

    def bring_in(self, person: Person, name: str) -> Persona:
        """Use it once to let a person in. Raises `DoesNotExist` when another was faster to the last use."""
        with transaction.atomic():
            left = Invitation.objects.filter(pk=self.pk, uses_left__gt=0)
            if not left.update(uses_left=models.F("uses_left") - 1):
                raise Invitation.DoesNotExist
            return Persona.enter(person, self.circle, name)


class Bar(Thing):
    """A person whom a circle has removed cannot come back under another name. Nobody can tell who it is."""

    circle = models.ForeignKey(Circle, models.CASCADE, related_name="bars")
    owner_tag = models.BinaryField()


class House(models.Model):
    """The house itself: one row. Its name and its open room are those of its commons, a circle like any other."""

    commons = models.OneToOneField(Circle, models.PROTECT)
    kind = models.CharField(max_length=20)
    country = models.CharField(max_length=2, blank=True)
    leave_to = models.URLField(default="https://www.wikipedia.org/")
    paid_by = seal.SealedText()
    opened_on = models.DateField(null=True)

    def save(self, *args: Any, **kwargs: Any) -> None:
        super().save(*args, **kwargs)
        House.forget()

    @property
    def name(self) -> str:
        return str(self.commons.name)

    @classmethod
    def here(cls) -> "House | None":
        """The house, or None before it is set up. Every page asks, so the answer is remembered for some seconds."""
        global _remembered
        until, house = _remembered
        if house is None or monotonic() > until:
            house = cls.objects.select_related("commons").first()
            _remembered = (monotonic() + 10, house)
        return house

    @classmethod
    def forget(cls) -> None:
        """Ask the database again at the next page."""
        global _remembered
        _remembered = (0.0, None)


_remembered: tuple[float, House | None] = (0.0, None)
