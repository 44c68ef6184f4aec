"""Stories in lists: a circle's, ten at a time, and what is new on somebody's page of today."""

from collections.abc import Collection
from datetime import date, timedelta
from typing import Any

from django.db.models import Case, Count, F, FilteredRelation, OuterRef, Q, QuerySet, Subquery, When, Window
from django.db.models.functions import Coalesce, RowNumber
from django.db.models.lookups import Exact

from weft.circles.models import Persona
from weft.loom import time
from weft.loom.glance import Glance
from weft.loom.ready import ready
from weft.loom.section import Slip
from weft.stories import waiting
from weft.stories.models import Ask, Audience, Reply, Story
from weft.stories.tucking import Tucking
from weft.stories.unheard import UNHEARD

PAGE = 10
MOST = 1000  # rows of which today is made
SHOWN = 20  # stories in a list of those that wait
FEW = 3
RECENT = timedelta(days=21)  # whoever told something since then is not looked for among the answers


def page(persona: Persona, before: int | None = None) -> dict[str, Any]:
    """Ten stories, newest first, each with its `replied`: how many replies this persona can read."""
    if before:
        heard = Story.objects.heard_by(persona).counted(persona.hidden)
        stories = list(heard.filter(number__lt=before).order_by("-number")[: PAGE + 1])
    else:
        stories = Story.newest_heard(PAGE + 1, by=persona)
    earlier = stories[PAGE - 1].number if len(stories) > PAGE else None
    return {"persona": persona, "circle": persona.circle, "stories": stories[:PAGE], "earlier": earlier}


def first_page(persona: Persona) -> dict[str, Any]:
    """The newest stories, one's own drafts, and from then on all of it counts as seen."""
    context = page(persona)
    context["drafts"] = Story.begun(5, by=persona)
    newest = context["stories"][0].number if context["stories"] else 0
    if newest > persona.read_to:
        Persona.objects.filter(pk=persona.pk, read_to__lt=newest).update(read_to=newest)
    return context


def for_today(person: Any) -> list[Slip]:
    """What is new since this person last looked: answers to their stories first, then new stories by circle."""
    personas = Persona.all_of(person)
    if not personas:
        return []
    hidden = sorted(Persona.hidden_from(*personas))
    keys = [persona.pk for persona in personas]
    unread = {one.pk: one.unread for one in _unread(*keys, *hidden, hidden=len(hidden))}  # type: ignore[attr-defined]
    mine, _unheard = own_and_unheard(person, personas)
    recent = sorted((story for story in mine if story.stands), key=lambda story: story.told_at, reverse=True)[:FEW]
    drafts = [story for story in mine if story.number is None][:FEW]
    context = {"unread": unread, "mine": recent, "drafts": drafts, "personas": personas}
    return [*_waiting(person, personas), Slip("stories/today.html", context, order=20)]


def _waiting(person: Any, personas: list[Persona]) -> list[Slip]:
    """Who is unheard where this person guides, and which stories they are asked to read. The queue of the house: read
    from the stories themselves, each time."""
    slips = []
    if any(persona.facilitates for persona in personas):
        mine = {persona.pk for persona in personas}
        _mine, unheard = own_and_unheard(person, personas)
        shown = [story for story in unheard if not story.in_hand or story.in_hand.to_id not in mine]
        context = {"stories": shown[:SHOWN], "more": len(shown) > SHOWN, "all": unheard}
        slips.append(Slip("stories/unheard.html", context, order=1, waits=bool(shown)))
    asks = [ask for ask in asks_for(person, personas) if not ask.is_taken]
    return [*slips, Slip("stories/asked.html", {"asks": asks}, order=4)] if asks else slips


def unheard_in(persona: Persona) -> list[Story]:
    """Those of others that wait in a circle that this persona guides, the one whose promise is most used up first.
    Nothing for anybody else. Asked once for each persona object."""
    if not persona.facilitates:
        return []
    if "_unheard_in" not in persona.__dict__:
        waits = Story.objects.unheard().filter(circle=persona.circle_id).exclude(teller=persona.pk)
        if persona.hidden:
            waits = waits.exclude(teller__in=persona.hidden)
        found, now = list(waits.with_hands().order_by(F("number").asc())[:MOST]), time.now()
        found.sort(key=lambda story: waiting.most_pressing(story.wait, now))
        persona.__dict__["_unheard_in"] = found
    return persona.__dict__["_unheard_in"]  # type: ignore[no-any-return]


def queue(persona: Persona, *, always: bool = False, order: int = 1) -> list[Slip]:
    """The queue of the unheard of one circle, for who guides it; when nobody waits, only where it is *always* there."""
    waits = unheard_in(persona)
    if not persona.facilitates or not (waits or always):
        return []
    context = {"stories": waits[:SHOWN], "more": len(waits) > SHOWN, "all": waits, "here": persona}
    return [Slip("stories/unheard.html", context, order=order, waits=bool(waits))]


def beside() -> dict[str, Any]:
    """The newest story of each teller that those who guide may read, and when it was told."""
    told = Story.objects.told().filter(teller=OuterRef("pk")).order_by("-number")
    return {"last_story": Subquery(told.values("pk")[:1]), "last_told": Subquery(told.values("told_at")[:1])}


def last_heard(persona: Persona, members: list[Any]) -> dict[int, date]:
    """When each of these last told or answered something that this one may read. A note to a teller is none of it."""
    last = {}
    for one in members:
        if one.last_told is not None:
            last[one.pk] = Story(pk=one.last_story, circle_id=one.circle_id, told_at=one.last_told).told_at.date()
    quiet = [one.pk for one in members if last.get(one.pk, date.min) < time.today() - RECENT]
    said = Reply.objects.filter(circle=persona.circle_id, by__in=quiet, is_note=False, erased=False)
    for reply in said.order_by("-story__number").only("circle", "by", "said_at")[:MOST] if quiet else []:
        if reply.said_at and reply.by_id:
            last[reply.by_id] = max(last.get(reply.by_id, date.min), reply.said_at.date())
    return last


def promised(person: Any) -> list[Slip]:
    """What this person said that they would do: the stories that they took on, and those that they would read."""
    personas = Persona.all_of(person)
    if not personas:
        return []
    mine = {persona.pk for persona in personas}
    _mine, unheard = own_and_unheard(person, personas)
    taken = [story for story in unheard if story.in_hand and story.in_hand.to_id in mine]
    asks = [ask for ask in asks_for(person, personas) if ask.is_taken]
    slip = Slip("stories/promised.html", {"taken": taken, "asks": asks}, waits=bool(taken))
    return [slip] if taken or asks else []


def own_and_unheard(person: Any, personas: list[Persona]) -> tuple[list[Story], list[Story]]:
    """A few of one's own stories, each with how many have `replied`; and those of others that wait where one guides,
    the one whose promise is most used up first. One query, asked once."""
    if "_own_and_unheard" not in person.__dict__:
        guided = [persona.circle_id for persona in personas if persona.facilitates]
        asked = [story for _pk, story, _none in Glance.of(person)["stories.question"]]
        hidden, mine = Persona.hidden_from(*personas), [persona.pk for persona in personas]
        if guided or asked:
            found = _with_others(mine, guided, asked, hidden)
        else:
            found = list(_few_of(mine, FEW, hidden)) if hidden else _newest_of(*mine, few=FEW)
        now = time.now()
        unheard = [s for s in found if s.teller_id not in mine and s.circle_id in guided and s.is_unheard]
        unheard.sort(key=lambda story: waiting.most_pressing(story.wait, now))
        person._own_and_unheard = [story for story in found if story.teller_id in mine], unheard
        person._asked = [story for story in found if story.pk in asked]
    return person._own_and_unheard  # type: ignore[no-any-return]


def _with_others(mine: list[int], guided: list[int], asked: list[int], hidden: set[int]) -> list[Story]:
    """Those of others that wait where one guides, and those that one is asked to read, with the question."""
    own = Q(pk__in=_few_of(mine, FEW).values("pk"))
    oldest = F("number").asc(nulls_last=True)  # where there are more than that, nobody who waits is left out
    found = Story.objects.filter(own | (UNHEARD & Q(circle__in=guided)) | Q(pk__in=asked))
    found = found.with_hands().counted(hidden).order_by("hearers", oldest)
    if asked:
        open_to_me = FilteredRelation("asks", condition=Q(asks__to__in=mine, asks__is_open=True))
        found = found.annotate(question=open_to_me).select_related("teller", "circle", "hand__to", "question")
    return list(found[:MOST])


def asks_for(person: Any, personas: list[Persona]) -> list[Ask]:
    """The questions that lie open for this person, without those about what they tucked away. Read once."""
    if "_asks" not in person.__dict__:
        own_and_unheard(person, personas)
        tucked, hidden, now = Tucking.of(person), Persona.hidden_from(*personas), time.now()
        asks: list[Ask] = []
        for story in person._asked:
            ask: Ask | None = getattr(story, "question", None)
            if ask:
                ask.story = story
                asks += [ask] if ask.still_waits(now, hidden) and not (tucked and tucked.covers(story)) else []
        person._asks = sorted(asks, key=lambda ask: waiting.most_pressing(ask.story.wait, now))
    return person._asks  # type: ignore[no-any-return]


@ready
def _unread(*keys: int, hidden: int) -> QuerySet[Persona]:
    """Personas, each with how many stories of others it may read that were told since it last looked.

    A number without a story would tell of somebody. So what was told to those who guide is counted for these alone, and
    nothing of those who are hidden from them: the last ids, so many."""
    mine, shut_off = keys[: len(keys) - hidden], keys[len(keys) - hidden :]
    told = Story.objects.told().filter(circle=OuterRef("circle"), number__gt=OuterRef("read_to"))
    told = told.filter(Q(audience=Audience.CIRCLE) | Exact(OuterRef("role"), Persona.Role.FACILITATOR))
    told = told.exclude(teller=OuterRef("pk"))
    told = told.exclude(teller__in=shut_off) if shut_off else told
    counted = told.order_by().values("circle").annotate(n=Count("*")).values("n")
    return Persona.objects.filter(pk__in=mine).only("pk").annotate(unread=Coalesce(Subquery(counted), 0))


@ready
def _newest_of(*tellers: int, few: int) -> QuerySet[Story]:
    return _few_of(tellers, few)


def _few_of(tellers: Collection[int], few: int, hidden: Collection[int] = ()) -> QuerySet[Story]:
    """Of each teller a few: the newest that were told, and some that were begun. (Who has told hundreds does not wait
    for hundreds.)"""
    told = Case(When(number=None, then=0), default=1)
    place = Window(RowNumber(), partition_by=[F("teller"), told], order_by=F("number").desc())
    found = Story.objects.filter(teller__in=tellers, erased=False, taken_back=False).annotate(place=place)
    newest: QuerySet[Story] = found.filter(place__lte=few).counted(hidden).select_related("teller", "circle")
    return newest


def may_hear(persona_id: int, subject: str) -> bool | None:
    """Whether a persona may follow a live subject of this section; None when it is not one."""
    kind, _, key = subject.partition(":")
    if kind not in ("story", "circle"):
        return None
    persona = Persona.objects.inside().filter(pk=persona_id).select_related("circle").first()
    if persona is None:
        return False
    if kind == "circle":
        return bool(persona.circle_id == int(key))
    return Story.objects.heard_by(persona).filter(pk=int(key)).exists()
