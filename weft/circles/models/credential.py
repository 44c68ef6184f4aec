"""A credential: what lets a professional guide, and that a second person has checked it.

It belongs to a persona in a circle, not to a person: whoever works in two circles enters it in each, or carries it
over, and no row joins the two. All of it is sealed, also the day until which it holds, since the same day in two
circles would join them. That it was checked is a sealed word too, bound to its persona: the plain flags only help to
find a row, and whoever turns one in the database has gained nothing.
"""

from datetime import date, timedelta
from typing import Any, Self

from django.db import models, transaction
from django.utils.translation import gettext_lazy as _

from weft.circles import veil
from weft.circles.models.circle import CircleRow
from weft.circles.models.persona import Persona
from weft.loom import ids, jobs, ledger, seal, time
from weft.people.models import Duty, Person

AHEAD = timedelta(days=30)  # so long before its last day whoever needs it is told
WITHIN = timedelta(days=5)  # a little earlier still, by lot: two rows that are told of on one day would look alike

KINDS = [_("Therapist"), _("Doctor"), _("Nurse"), _("Social worker"), _("Counsellor"), _("Minister")]


class CredentialQuerySet(models.QuerySet["Credential"]):
    def waiting(self) -> Self:
        """Those that somebody still has to check."""
        return self.filter(is_waiting=True)

    def not_of(self, person: Person) -> Self:
        """Those of others: nobody checks their own. The same look-ups whoever asks."""
        circles = self.order_by().values_list("circle_id", flat=True).distinct()
        return self.exclude(persona__owner_tag__in=[veil.owner_tag(person, circle) for circle in list(circles)])


class Credential(CircleRow):
    """A professional's credential in one circle. A newer one may wait beside it until it is checked."""

    persona = models.ForeignKey(Persona, models.CASCADE, related_name="credentials")
    kind = seal.SealedText()
    issuer = seal.SealedText()
    number = seal.SealedText()  # only for whoever checks, and for the one whose it is
    valid_until = seal.SealedDay()
    checked = seal.SealedJSON(default=dict)  # by whom, when, and at which persona; nothing before
    answer = seal.SealedText()  # why it could not be checked, in the words of whoever tried
    is_checked = models.BooleanField(default=False)
    is_waiting = models.BooleanField(default=True)

    objects = models.Manager.from_queryset(CredentialQuerySet)()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["persona", "is_checked"], name="one_credential_checked_and_one_not")
        ]

    def __str__(self) -> str:
        return "a credential"

    @classmethod
    def enter(cls, persona: Persona, *, kind: str, issuer: str, number: str, valid_until: date) -> "Credential":
        """A professional says what they hold. One that was checked stays in force until this one is."""
        if not persona.facilitates:
            raise PermissionError("only who guides a circle enters a credential there")
        with transaction.atomic():
            persona.circle.lock()
            new = persona.credentials.filter(is_checked=False).first() or cls(
                circle_id=persona.circle_id, persona=persona
            )
            new.kind, new.issuer, new.number = kind.strip(), issuer.strip(), number.strip()
            new.valid_until, new.is_waiting, new.answer = valid_until, True, ""
            new.save()
            jobs.put("gatherings.tell_of_credential", credential=new.pk)
        return new

    def confirm(self, *, by: Person) -> None:
        """A second person has looked it up, and it holds. It takes the place of an older one."""
        with transaction.atomic():
            here = self._held(by)
            if here and here.is_waiting:
                here.persona.credentials.filter(is_checked=True).delete()
                here.settle(by=_duty(by).known_as, on=time.today())
                jobs.put("notices.tell", what="gatherings.checked", persona=here.persona_id, about=here.pk)

    def decline(self, words: str, *, by: Person) -> None:
        """It could not be found, or it does not hold. Whoever entered it reads why, and can mend it."""
        if not words.strip():
            raise ValueError("nothing is declined without a word")
        with transaction.atomic():
            here = self._held(by)
            if here and here.is_waiting:
                here.is_waiting, here.answer = False, words.strip()
                here.save(update_fields=["is_waiting", "answer"])
                jobs.put("notices.tell", what="gatherings.checked", persona=here.persona_id, about=here.pk)

    def settle(self, *, by: str, on: date) -> None:
        """It is checked. The one whose it is will be warned in time."""
        self.checked = {"by": by, "on": on.isoformat(), "persona": self.persona_id}
        self.is_checked, self.is_waiting, self.answer = True, False, ""
        self.save()
        early = timedelta(seconds=ids.random_id() % int(WITHIN.total_seconds()))
        for ahead in (AHEAD + early, early / 2):
            jobs.put("gatherings.warn", due=time.midnight(self.valid_until) - ahead, credential=self.pk)

    def carry_to(self, persona: Persona, *, by: Person) -> "Credential":
        """The one whose it is carries it over to another circle of theirs, as it was checked. This row stays."""
        mine = (veil.owner_tag(by, self.circle_id), veil.owner_tag(by, persona.circle_id))
        if mine != (bytes(self.persona.owner_tag), bytes(persona.owner_tag)) or not persona.facilitates:
            raise PermissionError("one carries over what is one's own, to where one guides")
        if not self.holds(time.today()):
            raise PermissionError("only what holds is carried over")
        with transaction.atomic():
            persona.circle.lock()
            persona.credentials.all().delete()
            said = {"kind": self.kind, "issuer": self.issuer, "number": self.number, "valid_until": self.valid_until}
            new = Credential(circle_id=persona.circle_id, persona=persona, **said)
            new.settle(by=self.checked_by, on=self.checked_on or time.today())
        return new

    def take_away(self) -> None:
        """The one whose it is takes it back. It is erased."""
        with ledger.erasing("circles.credential", self.pk):
            self.delete()

    @classmethod
    def checked_of(cls, *personas: Persona) -> "dict[int, Credential]":
        """What was checked, by persona. One look-up, however many they are."""
        found = cls.objects.filter(persona__in=personas, is_checked=True) if personas else []
        return {one.persona_id: one for one in found if one.was_checked}

    @classmethod
    def checked_in(cls, circle_id: int) -> "list[Credential]":
        """All that was checked in a circle, also what has ended."""
        found = cls.objects.filter(circle_id=circle_id, is_checked=True).select_related("persona")
        return [one for one in found if one.was_checked]

    @classmethod
    def shown_in(cls, circle_id: int) -> "dict[int, Credential]":
        """What holds today of those who guide a circle, by persona: whoever sees their name may see that."""
        found = cls.checked_in(circle_id)
        return {one.persona_id: one for one in found if one.holds(time.today()) and one.persona.facilitates}

    @classmethod
    def can_be_checked(cls, persona: Persona) -> bool:
        """Whether the safety team has anybody besides the one whose it is."""
        team = Duty.objects.filter(kind=Duty.Kind.SAFETY).select_related("person")
        return any(not _is(duty.person, persona) for duty in team)

    @property
    def was_checked(self) -> bool:
        """Whether a person checked just this. Read from what is sealed."""
        return bool(self.checked) and self.checked["persona"] == self.persona_id

    @property
    def checked_by(self) -> str:
        return str(self.checked["by"]) if self.was_checked else ""

    @property
    def checked_on(self) -> date | None:
        return date.fromisoformat(self.checked["on"]) if self.was_checked else None

    def holds(self, day: date) -> bool:
        """Whether it lets somebody guide on this day."""
        return self.was_checked and day <= self.valid_until

    @property
    def days_left(self) -> int:
        """Days until it ends: none on its last day, and fewer than none afterwards."""
        return int((self.valid_until - time.today()).days)

    @property
    def is_due(self) -> bool:
        """Whether it is time to renew it."""
        return self.days_left <= AHEAD.days

    def _held(self, by: Person) -> "Credential | None":
        """This row as it is now, and its circle held, for somebody of the safety team whose it is not."""
        _duty(by)
        if _is(by, self.persona):
            raise PermissionError("nobody checks their own credential")
        self.lock_circle()
        return Credential.objects.select_related("persona").filter(pk=self.pk).first()

    @property
    def for_its_person(self) -> dict[str, Any]:
        """What it says, for the download of the one whose it is."""
        return {
            "kind": self.kind,
            "issuer": self.issuer,
            "number": self.number,
            "valid_until": self.valid_until,
            "checked_by": self.checked_by,
            "checked_on": self.checked_on,
            "answer": self.answer,
        }


def _is(person: Person, persona: Persona) -> bool:
    return veil.owner_tag(person, persona.circle_id) == bytes(persona.owner_tag)


def _duty(person: Person) -> Duty:
    try:
        return person.duties.get(kind=Duty.Kind.SAFETY)
    except Duty.DoesNotExist:
        raise PermissionError("only the safety team checks a credential") from None
