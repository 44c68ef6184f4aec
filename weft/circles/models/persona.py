"""A persona: who a person is in one circle, and how they come, stay and go."""

from typing import Self

from django.db import IntegrityError, models, transaction
from django.db.models import Count, Exists, Max, OuterRef, Subquery
from django.db.models.functions import Coalesce
from django.utils.formats import number_format
from django.utils.translation import gettext_lazy, npgettext
from markupsafe import Markup

from weft.circles import veil
from weft.circles.kinds import kinds
from weft.circles.models.bar import Bar, Barred, VisitBar
from weft.circles.models.circle import Agreement, Circle, CircleRow
from weft.circles.pattern import woven
from weft.loom import jobs, keys, ledger, seal, streams, time
from weft.loom.glance import Glance
from weft.loom.ready import ready
from weft.loom.section import sections
from weft.people.models import Person, fold


class NameTaken(Exception):
    """Somebody in the circle has this name."""


class Crowd(int):
    """More people than are counted for a page: said as “1,000 or more”, and chosen by as that number."""

    MOST = 1000

    @classmethod
    def of(cls, counted: int) -> int:
        return cls(cls.MOST) if counted > cls.MOST else counted

    def __str__(self) -> str:
        most = number_format(int(self), use_l10n=True, force_grouping=True)
        said = npgettext("before a word for people", "%(n)s or more", "%(n)s or more", int(self))
        return said % {"n": most}


class _UpTo(Subquery):
    """How many rows a sliced subquery has: never more than its slice."""

    template = "(SELECT COUNT(*) FROM (%(subquery)s) AS counted)"
    output_field = models.IntegerField()


class PersonaQuerySet(models.QuerySet["Persona"]):
    def inside(self) -> Self:
        """Those who are in, not those who ask or wait."""
        return self.filter(standing=Persona.Standing.INSIDE)

    def guiding(self) -> Self:
        """Those who guide the circle."""
        return self.inside().filter(role=Persona.Role.FACILITATOR)

    def at_the_door(self) -> Self:
        """Those who ask to come in, wait for a seat, or were told no."""
        return self.exclude(standing__in=[Persona.Standing.INSIDE, Persona.Standing.VISITING])

    def at_hand(self) -> Self:
        """Those who are in, or who visit an hour: the safety team is there for both."""
        return self.filter(standing__in=[Persona.Standing.INSIDE, Persona.Standing.VISITING])

    def in_line(self) -> Self:
        """Those who wait for a seat, the first first."""
        return self.filter(standing=Persona.Standing.WAITING).order_by("place_in_line")

    def of(self, person: Person) -> Self:
        """This person's personas."""
        return self.filter(pk__in=veil.keyring(person).values())

    def aware(self) -> Self:
        """With what a page of the circle says: how many people are in it, until they are a crowd, and whether the
        agreement holds for them."""
        inside = Persona.objects.inside().filter(circle=OuterRef("circle")).order_by().values("pk")[: Crowd.MOST + 1]
        newest = Agreement.objects.filter(circle=OuterRef(OuterRef("circle"))).order_by("-version").values("pk")[:1]
        yes = Acceptance.objects.filter(persona=OuterRef("pk"), agreement=Subquery(newest))
        return self.annotate(inside_here=_UpTo(inside), agrees=Exists(yes))

    def asked(self) -> Self:
        """With how many ask to come into the circle, for those who guide it."""
        asking = Persona.objects.filter(circle=OuterRef("circle"), standing=Persona.Standing.ASKING).order_by()
        counted = asking.values("circle").annotate(n=Count("*")).values("n")
        return self.annotate(asking_here=Coalesce(Subquery(counted), 0))

    def owned(self, person: Person, circle_id: int) -> Self:
        """This person's persona in a circle, whatever its standing: one row or none."""
        return self.filter(owner_tag=veil.owner_tag(person, circle_id)).select_related("circle")


@ready
def _found(tag: bytes) -> "models.QuerySet[Persona]":
    return Persona.objects.filter(owner_tag=tag).select_related("circle").aware()


@ready
def _inside(*keys: int) -> "models.QuerySet[Persona]":
    open_ones = Persona.objects.inside().filter(pk__in=keys, circle__closed_on=None)
    return open_ones.select_related("circle").asked()


@ready
def _behind(*tags: bytes) -> "models.QuerySet[Persona]":
    return Persona.objects.filter(owner_tag__in=tags).only("circle_id", "role", "standing")


class Persona(CircleRow):
    """Who a person is in one circle: a chosen name, nothing more."""

    class Role(models.TextChoices):
        MEMBER = "member", gettext_lazy("member")
        FACILITATOR = "facilitator", gettext_lazy("facilitator")
        OBSERVER = "observer", gettext_lazy("observer")

    class Standing(models.TextChoices):
        ASKING = "asking"
        DECLINED = "declined"
        WAITING = "waiting"
        INSIDE = "inside"
        VISITING = "visiting"  # for one open hour, and otherwise not here

    circle = models.ForeignKey(Circle, models.CASCADE, related_name="personas", db_index=False)
    owner_tag = models.BinaryField(unique=True)
    owner_sealed = models.BinaryField()
    name = seal.SealedText()
    name_tag = models.BinaryField()
    role = models.CharField(max_length=12, choices=Role, default=Role.MEMBER)
    standing = models.CharField(max_length=8, choices=Standing, default=Standing.INSIDE)
    answers = seal.SealedJSON()
    since = seal.SealedDay(default=time.today)
    place_in_line = models.PositiveIntegerField(null=True)
    inside_here: int  # how many are in the circle, and whether the newest agreement holds for this one: see `aware`
    agrees: bool
    asking_here: int  # how many ask to come in: see `asked`
    _hidden: "list[Persona] | None" = None
    glance: Glance | None = None  # what lies for whoever is behind it, where it was found through them

    read_to = models.PositiveIntegerField(default=0)

    objects = models.Manager.from_queryset(PersonaQuerySet)()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["circle", "name_tag"], name="one_name_in_a_circle")]
        # Every page of a circle says how many are in it. Counted in the index, thousands take as long as one look-up.
        indexes = [models.Index(fields=["circle", "standing", "role"], name="who_is_in_a_circle")]

    def __str__(self) -> str:
        return "a persona"

    @classmethod
    def found(cls, person: Person, circle_id: int) -> "Persona | None":
        """This person's persona in a circle, whatever its standing, with what a page of the circle says."""
        found = next(iter(_found(veil.owner_tag(person, circle_id))), None)
        if found:
            found.glance = Glance.of(person)
        return found

    @classmethod
    def all_of(cls, person: Person) -> "list[Persona]":
        """This person's personas that are inside, by their circle's name. Read once for each person object."""
        if "_personas" not in person.__dict__:
            ring = veil.keyring(person).values()
            found = _inside(*ring) if ring else []
            for persona in found:
                persona.glance = Glance.of(person)
            person._personas = sorted(found, key=lambda persona: fold(persona.circle.name))  # type: ignore[attr-defined]
        mine: list[Persona] = person._personas  # type: ignore[attr-defined]
        return mine

    @classmethod
    def all_along(cls, person: Person) -> "list[Persona]":
        """The same, each with what the sections want along for a page that looks through all of them."""
        ring = veil.keyring(person).values()
        found = cls.objects.inside().filter(pk__in=ring).select_related("circle").asked()
        along = {name: what for section in sections() for name, what in section.along().items()}
        person.__dict__["_personas"] = sorted(found.annotate(**along), key=lambda one: fold(one.circle.name))
        for persona in person.__dict__["_personas"]:
            persona.glance = Glance.of(person)
        return cls.all_of(person)

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
            if persona and (persona.standing != cls.Standing.VISITING or standing == cls.Standing.VISITING):
                return persona
            if circle.bars.filter(owner_tag=veil.owner_tag(person, circle.pk)).exists() or VisitBar.of(
                person, circle.pk
            ):
                raise Barred
            visits = persona is not None
            persona = persona or cls(circle=circle)
            persona.role, persona.standing, persona.answers = role, standing, answers or []
            persona.call(name)
            if not visits:
                veil.own(persona, person)
            if standing == cls.Standing.INSIDE:
                persona.sit_down()
            try:
                with transaction.atomic():
                    persona.save(force_insert=not visits)
            except IntegrityError:
                raise NameTaken from None
            if not visits:
                veil.hang(person, persona)
            if standing == cls.Standing.ASKING:
                jobs.put("notices.tell", what="circles.asking", circle=circle.pk, about=persona.pk)
        return persona

    @classmethod
    def visit(cls, person: Person, circle: Circle, name: str) -> "Persona":
        """A person takes a name for one hour, and does not come into the circle. Whoever asks to come in, or waits,
        visits as who they are there. Raises `NameTaken`, or `Barred`."""
        with transaction.atomic():
            circle.lock()
            if VisitBar.of(person, circle.pk):
                raise Barred
            persona = cls.enter(person, circle, name, standing=cls.Standing.VISITING)
            if persona.standing == cls.Standing.VISITING and persona.name != " ".join(name.split()):
                persona.take_name(name)
        return persona

    @classmethod
    def open_circle(cls, kind: str, name: str, *, about: str = "", by: Person, by_name: str) -> "Persona":
        """A new circle of a kind, with that kind's words and defaults. Whoever opens it guides it."""
        preset = kinds()[kind].spoken
        with transaction.atomic():
            circle = Circle(
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
            circle.agree_on(preset.agreement, preset.clauses)
            persona = cls.enter(by, circle, by_name, role=cls.Role.FACILITATOR)
            persona.accept(circle.agreement)
        return persona

    def admit(self, *, by: "Persona") -> None:
        """Let somebody who asked come in, or stand in line when no seat is free."""
        with transaction.atomic():
            self.circle.lock()
            asking = Persona.objects.get(pk=self.pk, circle_id=by.circle_id)
            if asking.standing == self.Standing.ASKING:
                asking.sit_down()
                asking.answers = []
                asking.save()
                asking.ask_no_more()
                if asking.is_inside:
                    asking.hear_of_seat()
            self.standing = asking.standing

    def decline(self, *, by: "Persona") -> None:
        """Say no, kindly. Their answers are gone; only they see the no."""
        with transaction.atomic():
            self.circle.lock()
            asking = Persona.objects.get(pk=self.pk, circle_id=by.circle_id)
            if asking.standing in (self.Standing.ASKING, self.Standing.WAITING):
                asking.standing, asking.answers, asking.place_in_line = self.Standing.DECLINED, [], None
                asking.save()
                asking.ask_no_more()

    def ask_no_more(self) -> None:
        """Whoever guides the circle need not hear any more that this one asks to come in."""
        jobs.put("notices.hush", what="circles.asking", about=self.pk)

    def hear_of_seat(self) -> None:
        """Whoever asked or waited hears that they can come in."""
        jobs.put("notices.tell", what="circles.let_in", persona=self.pk)

    def sit_down(self) -> None:
        """Take a free seat, or the next place in line. The circle is locked."""
        if self.circle.has_a_seat:
            self.standing, self.place_in_line, self.since = self.Standing.INSIDE, None, time.today()
            for section in sections():
                section.came_in(self)
        else:
            last = self.circle.personas.aggregate(last=Max("place_in_line"))["last"] or 0
            self.standing, self.place_in_line = self.Standing.WAITING, last + 1

    def leave(self, *, by: Person, words: str) -> None:
        """Leave the circle without a sound. *words* says what becomes of what was written: take, erase or keep it.

        Kept words stand without a name. The next in line gets the seat.
        """
        with ledger.erasing(f"circles.left_{words}", self.pk):
            self.circle.lock()
            for section in sections():
                section.leave(self, words=words)
            veil.take_off(by, self.circle_id)
            circle = self.circle
            streams.let_go(self.pk)
            if self.standing == self.Standing.ASKING:
                self.ask_no_more()
            self.delete()
            circle.seat_the_next()

    def remove(self, *, by: "Persona") -> None:
        """Take a seat from somebody who cannot stay: their words are hidden, and no other name lets them in again."""
        if not by.facilitates or by.circle_id != self.circle_id or self.facilitates:
            raise PermissionError("only a facilitator removes, and never another facilitator")
        self.shut_out()

    def shut_out(self) -> None:
        """Leave, and never come back."""
        with ledger.erasing("circles.removed", self.pk):
            Bar.objects.create(circle=self.circle, owner_tag=self.owner_tag)
            self.go(words="take")

    def go(self, *, words: str) -> None:
        """Leave, when it is not the person who asks for it now: a removal, or an erasure that is done again."""
        self.leave(by=veil.person_of(self), words=words)

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

    @classmethod
    def hidden_from(cls, *personas: "Persona") -> set[int]:
        """The personas that one of these does not see in its circle, and that do not see it. Asked once for each
        persona object, and for several together."""
        anew = [persona for persona in personas if persona._hidden is None]
        tags = [tag for section in sections() for tag in section.shut_off(*anew)] if anew else []
        found = _behind(*tags) if tags else []
        for persona in anew:
            persona._hidden = [one for one in found if one.circle_id == persona.circle_id]
        return {one.pk for persona in personas for one in persona._hidden or ()}

    @property
    def hidden(self) -> set[int]:
        """The personas that this one does not see here, and that do not see it."""
        return Persona.hidden_from(self)

    @property
    def people(self) -> int:
        """How many people are here for this one, and can read what it writes. (Found by `aware`.)

        Whoever is hidden from it is not counted: a number larger than the list would tell that there is a block.
        """
        here = Crowd.of(self.inside_here)
        if isinstance(here, Crowd):
            return here
        hidden = [one for one in self._hidden or () if one.is_inside and not one.facilitates] if self.hidden else []
        return here - len(hidden)

    @property
    def others(self) -> int:
        """How many people are here beside this one."""
        return self.people if isinstance(self.people, Crowd) else max(0, self.people - 1)

    @property
    def may_write(self) -> bool:
        """Observers are there to see; they do not write."""
        return self.is_inside and self.role != self.Role.OBSERVER

    @property
    def days_here(self) -> int:
        return int((time.today() - self.since).days)

    @property
    def is_new(self) -> bool:
        return self.days_here < 7

    def accept(self, agreement: Agreement, declined: list[int] | None = None) -> "Acceptance":
        """Accept a version of the agreement, without the clauses whose numbers are in *declined*."""
        with transaction.atomic():
            accepted, made = Acceptance.objects.get_or_create(
                persona=self,
                agreement=agreement,
                defaults={"circle_id": self.circle_id, "declined": declined or []},
            )
            if made and agreement.version > 1:
                jobs.put("notices.seen", what="circles.agreement", persona=self.pk, about=agreement.pk)
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
