"""“Could you ask somebody for me?”: who guides passes the question on, and nobody learns of a no.

Whoever asks reads the same until somebody says yes, and so does whoever guides, for a week for each whom they named: a
no and silence are alike. Then it lies before those who guide again. On the screen it is never called anything.
"""

from collections.abc import Collection
from datetime import date, timedelta

from django.db import models, transaction
from django.utils.translation import get_language

from weft.circles.models import CircleRow, Persona
from weft.companions.apart import apart_from, there
from weft.companions.open_to_ask import OpenToAsk, Terms
from weft.companions.ties import SHIELD, Companion, tags_of
from weft.loom import jobs, keys, seal, time
from weft.loom.glance import Glance, Where
from weft.loom.pages import url
from weft.notices.models import Notice

NAMED = 3  # people whom one who guides may name at a time
EACH = timedelta(days=7)  # for which each of them may think about it
ASKED = "companions.errand"


def _tag(persona: Persona) -> bytes:
    return keys.tag(keys.secret(f"circle:{persona.circle_id}"), "errand", persona.pk)


class Errand(CircleRow):
    """One member's question for a companion, in the hands of those who guide. Each member has one at a time."""

    by_tag = models.BinaryField(unique=True)
    said = seal.SealedJSON()  # by whom, with which words, in which language; who is still to be asked, and until when

    asker: Persona | None = None  # where somebody has looked them up

    def __str__(self) -> str:
        return "an errand"

    def get_absolute_url(self) -> str:
        return url("companions:pass_on", key=self.circle_id, errand_key=self.pk)

    # Whoever asks

    @classmethod
    def of(cls, persona: Persona) -> "Errand | None":
        return cls.objects.filter(by_tag=_tag(persona)).first()

    @classmethod
    def ask(cls, words: str, *, by: Persona) -> "Errand | None":
        """Ask those who guide to ask for one. Asked twice it is one; None where there is no room for another tie."""
        if not by.may_write:
            raise PermissionError("who looks on does not ask")
        with transaction.atomic():
            by.lock_circle()
            if found := cls.of(by):
                return found
            if not Companion.has_room(by):
                return None
            said = {"by": by.pk, "words": words, "language": get_language() or "en"}
            new = cls(circle_id=by.circle_id, by_tag=_tag(by), said=said | {"named": [], "until": "", "tie": 0})
            new.save(force_insert=True)
            jobs.put("notices.tell", what=ASKED, circle=by.circle_id, about=new.pk, by=by.pk)
        return new

    @classmethod
    def take_back(cls, *, by: Persona) -> None:
        """Not any more. Whoever was asked for it finds it gone."""
        with transaction.atomic():
            by.lock_circle()
            if found := cls.of(by):
                found._withdraw()
                found.let_go()

    # Those who guide

    @classmethod
    def where(cls, circles: Collection[int]) -> Where:
        """Where the errands of these circles lie: they come with each page, and who guides needs them."""
        return Where(ASKED, cls, {"circle_id": list(circles)}, number="circle_id", kept="said")

    @classmethod
    def waiting(cls, *guides: Persona) -> "list[Errand]":
        """Those that lie before these who guide."""
        mine = {persona.circle_id: persona for persona in guides if persona.facilitates}
        lie = Glance.of(guides[0].glance.person)[ASKED] if mine and guides[0].glance else []
        rows = [cls(pk=pk, circle_id=here, said=seal.SealedBytes(kept)) for pk, here, kept in lie if here in mine]
        found = [one for one in rows if one.lies_before(mine[one.circle_id])]
        askers = list(there({one.by_id for one in found}, list(mine.values()))) if found else []
        apart = apart_from(askers, list(mine.values()))
        names = {one.pk: one for one in askers if one.is_inside and one.pk not in apart}
        for errand in found:
            errand.asker = names.get(errand.by_id)
        return [errand for errand in found if errand.asker]

    def lies_before(self, guide: Persona) -> bool:
        """Whether this one, who guides, is asked now, unless the two are apart."""
        if not guide.facilitates or self.by_id == guide.pk:
            return False
        return not self.said["until"] or date.fromisoformat(self.said["until"]) <= time.today()

    def candidates(self, asker: Persona, *, by: Persona) -> list[tuple[Persona, Terms]]:
        """Whom one may name: open to it, not new, with room, in the asker's language, and hidden from neither."""
        terms = {pk: one for pk, one in OpenToAsk.of(by).items() if one.speaks(self.said["language"])}
        away = asker.hidden | by.hidden | {asker.pk}
        found = Persona.objects.inside().filter(circle=self.circle_id, pk__in=terms.keys() - away)
        old = [one for one in found if one.may_write and one.days_here >= SHIELD]
        tags = {tag: one.pk for one in old for tag in tags_of(one.pk, one.circle_id)}
        held = Companion.objects.holders(tags) if tags else []
        return [(one, terms[one.pk]) for one in old if held.count(one.pk) < terms[one.pk].most]

    def pass_on(self, named: Collection[int], *, by: Persona) -> bool:
        """Let these be asked, one after the other. False: another who guides was quicker, or it is gone."""
        if not by.facilitates or by.circle_id != self.circle_id:
            raise PermissionError("only who guides a circle passes a question on")
        with transaction.atomic():
            by.lock_circle()
            fresh = Errand.objects.filter(pk=self.pk).first()
            asker = Persona.objects.filter(pk=self.by_id).first()
            if fresh is None or asker is None or by.pk in asker.hidden or not fresh.lies_before(by):
                return False
            some = [one.pk for one, _terms in fresh.candidates(asker, by=by) if one.pk in named][:NAMED]
            if not some:
                return False
            until = time.today() + EACH * len(some)
            fresh.said = fresh.said | {"named": some, "until": str(until), "through": by.pk}
            fresh._next(asker)
            Notice.hush(ASKED, about=fresh.pk)
        return True

    # What becomes of it. The circle is locked

    def _next(self, asker: Persona) -> None:
        """Ask the next of those who were named."""
        named, tie = list(self.said["named"]), None
        while named and tie is None:
            to = Persona.objects.filter(pk=named.pop(0)).select_related("circle").first()
            if to and Companion.may_ask(to, by=asker):
                tie = Companion.begin(to, self.said["words"], by=asker, through=self.said["through"])
        until = {"asked_until": str(time.today() + EACH)} if tie else {}
        self.said = self.said | {"named": named, "tie": tie.pk if tie else 0} | until
        self.save(update_fields=["said"])

    def _withdraw(self) -> None:
        for tie in Companion.objects.filter(pk=self.said["tie"]):
            if tie.state == "asked" and tie.through:
                tie.let_go()

    @classmethod
    def go_on(cls, asker_id: int, circle_id: int) -> None:
        """Whoever was asked said no, or is not here any more: the next one is asked."""
        asker = Persona.objects.filter(pk=asker_id, circle=circle_id).first()
        if asker and (found := cls.of(asker)):
            found._next(asker)

    @classmethod
    def done(cls, asker_id: int, circle_id: int) -> None:
        """Somebody said yes."""
        for found in cls.objects.filter(by_tag=_tag(Persona(pk=asker_id, circle_id=circle_id))):
            found.let_go()

    def let_go(self) -> None:
        Notice.hush(ASKED, about=self.pk)
        self.delete()

    @classmethod
    def tidy(cls) -> None:
        """Whoever has not answered for a week is not asked any more, and somebody else is."""
        for errand in cls.objects.all():
            asked_until = errand.said.get("asked_until") if errand.said["tie"] else ""
            if asked_until and date.fromisoformat(asked_until) <= time.today():
                with transaction.atomic():
                    errand.lock_circle()
                    fresh = cls.objects.filter(pk=errand.pk).first()
                    asker = fresh and Persona.objects.filter(pk=fresh.by_id).first()
                    if fresh and asker and fresh.said == errand.said:
                        fresh._withdraw()
                        fresh._next(asker)

    @classmethod
    def leave(cls, persona: Persona) -> None:
        """Whoever asked leaves the circle."""
        for found in cls.objects.filter(by_tag=_tag(persona)):
            found.let_go()

    @property
    def by_id(self) -> int:
        return int(self.said["by"])

    @property
    def words(self) -> str:
        return str(self.said["words"])

    @property
    def is_new(self) -> bool:
        """Whether nobody has passed it on yet."""
        return not self.said["until"]
