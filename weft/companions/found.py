"""People who said that they may be found, by the topics that they chose to show, in a circle that one shares."""

from collections.abc import Iterable
from typing import Any

from django.db.models import OuterRef, Subquery
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from weft.circles.models import Persona
from weft.circles.sought import Sought
from weft.companions.open_to_ask import OpenToAsk, Terms
from weft.companions.ties import SHIELD, Companion, tags_of
from weft.loom import seal, text
from weft.loom.glance import Glance, Where
from weft.loom.pages import url
from weft.loom.section import Find, Finds
from weft.stories.fitting import topics_of
from weft.stories.models import Topic

MOST = 60  # people who may fit


def along() -> dict[str, Any]:
    """The list of those who may be asked in a persona's circle, as it lies there."""
    here = OpenToAsk.objects.filter(circle=OuterRef("circle"))
    return {"open_list": Subquery(here.values("pk")), "open_kept": Subquery(here.values("kept"))}


def _open_with(persona: Persona) -> dict[int, Terms]:
    kept = persona.__dict__.get("open_kept")
    if kept is None:
        return {}
    return OpenToAsk(pk=persona.__dict__["open_list"], circle_id=persona.circle_id, kept=seal.SealedBytes(kept)).all


class FittingPeople:
    """Whoever has room for one more, and writes in the language of whoever looks."""

    def __init__(self, person: Any, sought: Sought) -> None:
        self.person, self.mine = person, Persona.all_of(person)
        self.topics = topics_of(sought)
        self.there: dict[int, tuple[Persona, Terms]] = {}
        for persona in self.mine if self.topics else ():
            for pk, terms in _open_with(persona).items() if persona.may_write else ():
                fits = set(self.topics) & set(terms.topics) and terms.speaks(get_language() or "en")
                if fits and pk != persona.pk and len(self.there) < MOST:
                    self.there[pk] = (persona, terms)
        self.tags = {tag: pk for pk, (persona, _t) in self.there.items() for tag in tags_of(pk, persona.circle_id)}

    def lying(self) -> Iterable[Where]:
        if not self.there:
            return []
        here, tags = {"id": list(self.there)}, list(self.tags)
        inside = "standing = 'inside' AND role <> 'observer'"
        return [
            Where("companions.name", Persona, here, only=inside, number="circle_id", kept="name"),
            Where("companions.since", Persona, here, number="circle_id", kept="since"),
            Where("companions.asks", Companion, {"asks_tag": tags}, kept="asks_tag"),
            Where("companions.is_asked", Companion, {"asked_tag": tags}, kept="asked_tag"),
        ]

    def finds(self) -> Finds:
        return Finds(_("People who know it, and may be asked"), self._found(), order=50)

    def _found(self) -> list[Find]:
        if not self.there:
            return []
        glance = Glance.of(self.person)
        hidden = Persona.hidden_from(*self.mine)
        since = {pk: kept for pk, _circle, kept in glance["companions.since"]}
        ties = [kept for what in ("companions.asks", "companions.is_asked") for _pk, _n, kept in glance[what]]
        held = [self.tags[tag] for tag in ties if tag in self.tags]
        found = []
        for pk, circle, kept in sorted(glance["companions.name"]):
            sealed = {"name": seal.SealedBytes(kept), "since": seal.SealedBytes(since[pk])}
            other, (persona, terms) = Persona(pk=pk, circle_id=circle, **sealed), self.there[pk]
            if pk not in hidden and other.days_here >= SHIELD and held.count(pk) < terms.most:
                found.append(self._find(other, persona, terms))
        return found

    def _find(self, other: Persona, persona: Persona, terms: Terms) -> Find:
        shared = [topic for topic in self.topics if topic in terms.topics]
        return Find(
            other.name,
            url("companions:ask", key=other.circle_id, persona_key=other.pk),
            len(shared),
            reason=_("Because they said that they know %(topics)s.")
            % {"topics": text.listed([str(Topic(topic).label) for topic in shared])},
            beneath=tuple(filter(None, [persona.circle.name, terms.line, text.listed(terms.hours_said)])),
            thread=persona.circle.thread,
            text=terms.line,
            topics=tuple(shared),
        )
