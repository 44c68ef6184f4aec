"""Then and now: a struggle, and what came after it."""

from typing import Self

from django.db import models, transaction
from django.db.models import Exists, OuterRef, Q
from markupsafe import Markup

from weft.circles.models import CircleRow, Persona
from weft.loom import ledger, seal, text
from weft.stories.models import Audience, Story

OPENLY = Q(then__audience=Audience.CIRCLE) & (Q(now=None) | Q(now__audience=Audience.CIRCLE))


class ThenNowQuerySet(models.QuerySet["ThenNow"]):
    def read_by(self, persona: Persona) -> Self:
        """What this one may read: told in its circle, to it, by nobody it is shut off from. In no order."""
        found = self.filter(circle=persona.circle_id).select_related("by", "then", "now")
        if not persona.facilitates:
            found = found.filter(OPENLY | Q(by=persona))
        return (found.exclude(by__in=persona.hidden) if persona.hidden else found).order_by("pk")


class ThenNow(CircleRow):
    """A teller ties a story of their own to a later one, or to a later word. When one of them goes, so does the tie."""

    by = models.ForeignKey(Persona, models.CASCADE, related_name="+")
    then = models.ForeignKey(Story, models.CASCADE, related_name="+")
    now = models.ForeignKey(Story, models.CASCADE, null=True, related_name="+")
    text = seal.SealedText()
    html = seal.SealedText()

    objects = models.Manager.from_queryset(ThenNowQuerySet)()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["then"], name="one_now_of_a_then")]

    def __str__(self) -> str:
        return "then and now"

    @classmethod
    def tie(cls, then: Story, *, now: Story | None = None, words: str = "", by: Persona) -> "ThenNow":
        """Tie it, or tie it anew."""
        if then.teller_id != by.pk or not then.stands or (now and (now.teller_id != by.pk or not now.stands)):
            raise PermissionError("one's own stories are tied, as others may read them")
        if bool(now) == bool(words.strip()):
            raise ValueError("to a later story, or to a later word")
        with transaction.atomic():
            by.circle.lock()
            tied = cls.objects.filter(then=then).first() or cls(circle_id=by.circle_id, by=by, then=then)
            tied.now, tied.text, tied.html = now, words, text.render(words) if words.strip() else ""
            tied.save()
        return tied

    @classmethod
    def with_story(cls) -> dict[str, Exists]:
        """Whether a story was tied to what came after, or to what came before, for everybody in its circle."""
        openly = cls.objects.filter(OPENLY)
        return {
            "goes_on": Exists(openly.filter(then=OuterRef("pk"))),
            "came_from": Exists(openly.filter(now=OuterRef("pk"))),
        }

    def untie(self) -> None:
        with ledger.erasing("wisdom.then_now", self.pk):
            ThenNow.objects.filter(pk=self.pk).delete()

    @property
    def shown(self) -> Markup:
        return text.safe(self.html)
