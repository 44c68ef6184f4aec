"""Stories in lists: a circle's, ten at a time, and what is new on somebody's page of today."""

from typing import Any

from django.db.models import Case, Count, F, OuterRef, Q, QuerySet, Subquery, When, Window
from django.db.models.functions import RowNumber

from weft.circles.models import Circle, Persona
from weft.loom import time
from weft.loom.ready import ready
from weft.loom.section import Slip, sections
from weft.stories import waiting
from weft.stories.models import Ask, Reply, Story
from weft.stories.tucking import Tucking
from weft.stories.unheard import UNHEARD

PAGE = 10
MOST = 1000  # rows of which today is made
SHOWN = 20  # stories in a list of those that wait
FEW = 3


def page(persona: Persona, before: int | None = None) -> dict[str, Any]:
    """Ten stories, newest first, each with its `replied`: how many replies this persona can read."""
    if before:
        stories = list(Story.objects.heard_by(persona).filter(number__lt=before).order_by("-number")[: PAGE + 1])
    else:
        stories = Story.newest_heard(PAGE + 1, by=persona)
    earlier = stories[PAGE - 1].number if len(stories) > PAGE else None
    if before or persona.hidden:
        _count_replies(stories[:PAGE], persona.hidden)
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
    newest = {circle.pk: circle.newest for circle in _newest_in(*[p.circle_id for p in personas])}  # type: ignore[attr-defined]
    hidden = {pk for section in sections() for pk in section.hidden_from(*personas)}
    new = [(p, (newest[p.circle_id] or 0) - p.read_to) for p in personas]
    if hidden:  # what they told must not be counted either: a number without a story would tell of them
        unread = Q(pk=None)
        for persona in personas:
            unread |= Q(circle=persona.circle_id, number__gt=persona.read_to)
        found = Story.objects.told().filter(unread).exclude(teller_id__in=hidden).order_by()
        heard = dict(found.values_list("circle").annotate(Count("pk")))
        new = [(p, heard.get(p.circle_id, 0)) for p in personas]
    mine, _unheard = own_and_unheard(person, personas)
    recent = sorted((story for story in mine if story.stands), key=lambda story: story.told_at, reverse=True)[:FEW]
    if hidden or any(persona.facilitates for persona in personas):  # else they come with it
        _count_replies([story for story in recent if story.hearers or story.is_resting], hidden)
    drafts = [story for story in mine if story.number is None][:FEW]
    context = {"new": [(p, n) for p, n in new if n > 0], "mine": recent, "drafts": drafts, "personas": personas}
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
    """One's own stories; and those of others that wait where one guides, the one whose promise is most used up first.
    One query, asked once. Who guides nothing gets a few of their own, each with how many have replied."""
    guided = [persona.circle_id for persona in personas if persona.facilitates]
    if "_own_and_unheard" not in person.__dict__ and not guided:
        person._own_and_unheard = _newest_of(*[persona.pk for persona in personas], few=FEW), []
    if "_own_and_unheard" not in person.__dict__:
        wanted = Q(teller__in=personas, erased=False) | (UNHEARD & Q(circle__in=guided))
        oldest = F("number").asc(nulls_last=True)  # where there are more than that, nobody who waits is left out
        found = list(Story.objects.filter(wanted).with_hands().order_by("hearers", oldest)[:MOST])
        mine = {persona.pk for persona in personas}
        now = time.now()
        unheard = [story for story in found if story.teller_id not in mine]
        unheard.sort(key=lambda story: waiting.most_pressing(story.wait, now))
        person._own_and_unheard = [story for story in found if story.teller_id in mine], unheard
    return person._own_and_unheard  # type: ignore[no-any-return]


def asks_for(person: Any, personas: list[Persona]) -> list[Ask]:
    """The questions that lie open for this person, without those about what they tucked away. Read once."""
    if "_asks" not in person.__dict__:
        tucked = Tucking.of(person)
        found = Ask.objects.waiting_for(personas)
        person._asks = [ask for ask in found if not (tucked and tucked.covers(ask.story))]
    return person._asks  # type: ignore[no-any-return]


@ready
def _newest_in(*circles: int) -> QuerySet[Circle]:
    """Circles with the number of their newest story."""
    told = Story.objects.filter(circle=OuterRef("pk"), number__gt=0).order_by("-number").values("number")
    return Circle.objects.filter(pk__in=circles).only("pk").annotate(newest=Subquery(told[:1]))


@ready
def _newest_of(*tellers: int, few: int) -> QuerySet[Story]:
    """Of each teller a few: the newest that were told, and some that were begun. (Who has told hundreds does not wait
    for hundreds.)"""
    told = Case(When(number=None, then=0), default=1)
    place = Window(RowNumber(), partition_by=[F("teller"), told], order_by=F("number").desc())
    found = Story.objects.filter(teller__in=tellers, erased=False, taken_back=False).annotate(place=place)
    newest: QuerySet[Story] = found.filter(place__lte=few).counted().select_related("teller", "circle")
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


def _count_replies(stories: list[Story], hidden: set[int]) -> None:
    if not stories:
        return
    found = Reply.objects.filter(story__in=stories, is_note=False, erased=False)
    if hidden:
        found = found.exclude(by_id__in=hidden)
    counted = dict(found.order_by().values_list("story").annotate(Count("pk")))
    for story in stories:
        story.replied = counted.get(story.pk, 0)  # type: ignore[attr-defined]
