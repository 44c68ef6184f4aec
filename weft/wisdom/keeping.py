"""What is kept here of a person, what goes with whoever goes, and with what is taken back elsewhere."""

from collections.abc import Callable
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext as _

from weft.circles.models import Persona
from weft.loom import keys
from weft.loom.section import Reportable
from weft.wisdom import indexing
from weft.wisdom.models import Ending, Farewell, Milestone, Parting, Shelf, Strand, ThenNow, Trial, Unasked


def kept_of(person: Any) -> dict[str, Any]:
    """All that a person's personas gave, tried and kept, as plain data."""
    personas = list(Persona.objects.of(person).select_related("circle"))
    return {
        "lessons": [
            {
                "circle": p.circle.name,
                "what helped": s.line,
                "text": s.text,
                "name below it": s.name,
                "helped with": s.topics_said,
                "read by the whole house": s.for_house,
                "stands": s.stands,
            }
            for p in personas
            for s in p.strands.filter(declined=False)
        ],
        "what I tried": [
            {"circle": p.circle.name, "how it was": t.way_said, "text": t.text, "name below it": t.name, "on": t.on}
            for p in personas
            for t in p.trials.all()
        ],
        "days worth marking": [
            {"circle": p.circle.name, "what": m.label, "from and until": m.spans, "my circle sees it": m.is_shown}
            for p in personas
            for m in p.milestones.all()
        ],
        "then and now": [
            {"circle": p.circle.name, "then": t.then.text, "now": t.now.text if t.now else t.text}
            for p in personas
            for t in ThenNow.objects.filter(by=p).select_related("then", "now")
        ],
        "circles in which I would rather not be asked": [
            p.circle.name for p in personas if Unasked.objects.filter(persona=p).exists()
        ],
        "what may be kept when a circle ends": [
            {"circle": p.circle.name, "how many things": len(one.yes), "name below them": one.name}
            for p in personas
            for one in Parting.objects.filter(persona=p).select_related("persona")
        ],
        "words of thanks": [
            {"circle": p.circle.name, "mine": one.by_id == p.pk, "text": one.words}
            for p in personas
            for one in Farewell.read_by(p)
            if p.pk in (one.by_id, one.to)
        ],
        "lessons I kept": len(Shelf.of(person)),
    }


def leave(persona: Persona, *, words: str) -> None:
    """Somebody leaves a circle: what they gave goes, or stands without a name."""
    Farewell.leave(persona)
    for strand in list(Strand.objects.filter(author=persona)):
        if words == "keep" and strand.stands:
            strand.bare()
        else:
            strand.let_go()
            Strand.objects.filter(pk=strand.pk).delete()
    for tied in list(ThenNow.objects.filter(by=persona)):
        tied.untie()
    for marked in list(persona.milestones.all()):
        marked.erase()
    for trial in list(Trial.objects.filter(by=persona)):
        if words == "keep":
            trial.bare()
        else:
            trial.erase()


def gone(kind: str, pk: int) -> None:
    """A story or a reply is taken back or erased: so is what was lifted from it."""
    if kind in ("story", "reply"):
        for strand in Strand.objects.filter(**{kind: pk}, declined=False):
            strand.let_go()
    if kind == "circle":
        for strand in Strand.objects.filter(circle=pk, stands=True):
            strand.let_go()
        keys.destroy(indexing.scope(pk))
    if kind == "story":
        for tied in ThenNow.objects.filter(Q(then=pk) | Q(now=pk)):
            tied.untie()


def reportable(kind: str, pk: int, persona: Persona) -> Reportable | None:
    """What a persona may show to the safety team. Who wrote it is only named where they share a circle."""
    if kind == "strand":
        found = Strand.objects.readable(persona).filter(pk=pk).first()
        if found:
            author = found.author if found.circle_id == persona.circle_id else None
            return Reportable(kind, pk, f"{found.line}\n{found.text}".strip(), author, _("A lesson"))
    if kind == "farewell":
        said = next((one for one in Farewell.read_by(persona) if one.pk == pk and one.by_id != persona.pk), None)
        return Reportable(kind, pk, said.words, said.by, _("A word of thanks")) if said else None
    if kind == "trial":
        tried = Trial.objects.readable(persona).filter(pk=pk).first()
        if tried:
            by = tried.by if tried.circle_id == persona.circle_id else None
            return Reportable(kind, pk, tried.text, by, _("What somebody tried"))
    return None


def _strand(key: int) -> None:
    for strand in Strand.objects.filter(pk=key, declined=False):
        strand.let_go()


def _trial(key: int) -> None:
    Trial.objects.filter(pk=key).delete()


def _then_now(key: int) -> None:
    ThenNow.objects.filter(pk=key).delete()


def _milestone(key: int) -> None:
    Milestone.objects.filter(pk=key).delete()


def _ending(key: int) -> None:
    for ending in Ending.objects.filter(pk=key, circle__closed_on=None):
        ending.let_go()


def _farewell(key: int) -> None:
    Farewell.objects.filter(pk=key).delete()


AGAIN: dict[str, Callable[[int], None]] = {
    "ending": _ending,
    "farewell": _farewell,
    "parting": Parting.again,
    "strand": _strand,
    "trial": _trial,
    "then_now": _then_now,
    "milestone": _milestone,
}
