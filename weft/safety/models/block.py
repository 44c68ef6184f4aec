"""Blocks: one persona shuts out another. Mutual, silent, and sealed: the table shows no pair.

Each block is two rows, one for each side, found by a keyed hash of who looks and holding under the seal who is hidden.
Nothing in the open says which two belong together, or who asked for it. A block holds within its circle and nowhere
else: if it followed the person into another circle, it would tell who they are there.
"""

from typing import Self

from django.db import models, transaction

from weft.circles import veil
from weft.circles.models import CircleRow, Persona
from weft.loom import ids, seal
from weft.loom.glance import Where
from weft.loom.ready import ready
from weft.people.models import Person
from weft.safety.models.concern import owner_mark


class BlockQuerySet(models.QuerySet["Block"]):
    def of(self, *personas: Persona) -> Self:
        """The sides that these personas stand on."""
        return self.filter(viewer_tag__in=[owner_mark("block", persona.owner_tag) for persona in personas])


@ready
def _seen_from(*tags: bytes) -> "models.QuerySet[Block]":
    return Block.objects.filter(viewer_tag__in=tags)


class Block(CircleRow):
    """One side of a block. It is tied to who is behind a persona, so that leaving and coming back does not undo it."""

    viewer_tag = models.BinaryField(db_index=True)
    hidden = seal.SealedJSON()  # the owner tag of the other side; whether this side asked for it; the other row

    objects = models.Manager.from_queryset(BlockQuerySet)()

    def __str__(self) -> str:
        return "a block"

    @classmethod
    def shut_off(cls, *personas: Persona) -> list[bytes]:
        """Owner tags of those whose words these personas do not see.

        Whoever facilitates sees everybody in the circle, since they answer for it. Their own words are hidden like
        anybody's from those who blocked them; that they guide the circle is never hidden.
        """
        bound = [persona for persona in personas if not persona.facilitates]
        return [bytes.fromhex(row.hidden[0]) for row in cls.sides(*bound)]

    @classmethod
    def sides(cls, *personas: Persona) -> "list[Block]":
        """The sides that these personas stand on, out of what lies for their person where a page has looked."""
        glance = next((persona.glance for persona in personas), None)
        if glance and all(persona.glance is glance for persona in personas):
            circles = {persona.circle_id for persona in personas}
            return [
                cls(pk=pk, circle_id=circle, hidden=seal.SealedBytes(kept))
                for pk, circle, kept in glance["safety.block"]
                if circle in circles
            ]
        marks = [owner_mark("block", persona.owner_tag) for persona in personas]
        return list(_seen_from(*marks)) if marks else []

    @classmethod
    def where(cls, person: Person) -> Where:
        """Where the sides lie on which a person's personas stand."""
        tags = [owner_mark("block", veil.owner_tag(person, circle)) for circle in veil.keyring(person)]
        return Where("safety.block", cls, {"viewer_tag": tags}, number="circle_id", kept="hidden")

    @classmethod
    def begin(cls, other: Persona, *, by: Persona) -> None:
        """Hide two personas from each other. Asking twice is asking once."""
        if by.circle_id != other.circle_id or by.pk == other.pk or by.facilitates:
            raise PermissionError("a block is between two of one circle, and whoever guides it hides from nobody")
        with transaction.atomic():
            by.circle.lock()
            if any(persona == other for persona in cls.set_by(by)):
                return
            mine, theirs = ids.random_id(), ids.random_id()
            for pk, viewer, hidden, asked, twin in ((mine, by, other, 1, theirs), (theirs, other, by, 0, mine)):
                cls(
                    pk=pk,
                    circle_id=by.circle_id,
                    viewer_tag=owner_mark("block", viewer.owner_tag),
                    hidden=[bytes(hidden.owner_tag).hex(), asked, str(twin).zfill(19)],
                ).save(force_insert=True)

    @classmethod
    def end(cls, other: Persona, *, by: Persona) -> None:
        """Take a block back. One that the other side asked for stands."""
        for row in cls.objects.of(by):
            hidden, asked, twin = row.hidden
            if asked and hidden == bytes(other.owner_tag).hex():
                cls.objects.filter(pk__in=[row.pk, int(twin)]).delete()

    @classmethod
    def set_by(cls, *personas: Persona) -> list[Persona]:
        """Whom these personas blocked, by name. Those who have left the circle are not listed."""
        tags = [bytes.fromhex(row.hidden[0]) for row in cls.objects.of(*personas) if row.hidden[1]] if personas else []
        found = Persona.objects.filter(owner_tag__in=tags).select_related("circle") if tags else []
        return sorted(found, key=lambda persona: persona.name.casefold())

    @classmethod
    def forget(cls, tags: list[bytes], *, only_asked: bool = False) -> None:
        """Remove both rows of every block of these sides; with *only_asked*, of those they asked for."""
        for row in cls.objects.filter(viewer_tag__in=tags):
            _hidden, asked, twin = row.hidden
            if asked or not only_asked:
                cls.objects.filter(pk__in=[row.pk, int(twin)]).delete()
