"""An invitation: for so many people, until a day, naming who invites."""

from datetime import timedelta
from typing import Self

from django.db import models, transaction

from weft.circles.models.circle import Circle, CircleRow
from weft.circles.models.persona import Persona
from weft.loom import ids, keys, seal, time
from weft.people.models import Person


class InvitationQuerySet(models.QuerySet["Invitation"]):
    def open_in(self, circle: Circle) -> Self:
        """Those that still let somebody in."""
        return self.filter(circle=circle, uses_left__gt=0, expires_on__gte=time.today()).select_related("by")

    def run_out(self) -> Self:
        """Those that let nobody in any more."""
        return self.filter(models.Q(uses_left=0) | models.Q(expires_on__lt=time.today()))


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
