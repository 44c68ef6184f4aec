"""Stories that fit somebody's few words: by the index, within what they may read, and never one of their own."""

from collections.abc import Iterable
from typing import Any

from django.db.models import Case, F, Q, Value, When
from django.utils.translation import gettext as _

from weft.circles.models import Persona
from weft.circles.sought import Sought
from weft.loom import index, text, words
from weft.loom.glance import Glance, Where
from weft.loom.section import Find, Finds
from weft.stories.indexing import TOPIC, Posting, index_of
from weft.stories.models import OWN_TOPICS, Story, Topic

ROWS = 1200  # of the index, over all circles: of each circle its newest stories
MOST = 1000  # stories that may fit, of which is asked whether they may be read
OPENED = 30

# What words mean, and what a story about it says that it talks about. Whoever writes of wanting to die is led to people
# and to help, not to stories about dying: `dark` and `harm` are left out.
TALKS = {
    "loss": Topic.LOSS,
    "child_loss": Topic.LOSS,
    "suicide_loss": Topic.LOSS,
    "drink": Topic.DRINK,
    "drugs": Topic.DRUGS,
    "night": Topic.SLEEP,
    "alone": Topic.LONELINESS,
    "ill": Topic.ILLNESS,
    "work": Topic.WORK,
    "faith": Topic.FAITH,
    "family": Topic.FAMILY,
    "violence": Topic.VIOLENCE,
    "eating": Topic.EATING,
    "money": Topic.MONEY,
    "baby": Topic.PREGNANCY,
}


def topics_of(sought: Sought) -> list[str]:
    """The topics that were chosen, and those that the words are about."""
    meant = (str(TALKS[sense]) for sense in sorted(sought.senses) if sense in TALKS)
    return list(dict.fromkeys([*(topic for topic in sought.topics if topic in OWN_TOPICS), *meant]))


def marks(sought: Sought, topic_sign: str) -> dict[int | str, list[str]]:
    """What is looked for in an index: each word by its number, each topic by itself, and the entries of each."""
    said: dict[int | str, list[str]] = {number: sorted(term.roots) for number, term in enumerate(sought.terms)}
    return said | {topic: [topic_sign + words.fold(topic)] for topic in topics_of(sought)}


def reason(sought: Sought, shared: set[Any]) -> dict[str, Any]:
    """Which of the words and topics something shares, as a find says it."""
    said = sought.as_typed(mark for mark in shared if isinstance(mark, int))
    touched = [str(Topic(topic).label) for topic in topics_of(sought) if topic in shared]
    return {"shares": len(shared), "said": said, "touched": tuple(touched)}


class FittingStories:
    """Of the circles that this person is in."""

    def __init__(self, person: Any, sought: Sought) -> None:
        self.person, self.sought, self.mine = person, sought, Persona.all_of(person)
        self.newest = {p.circle_id: getattr(p, "newest", None) or 0 for p in self.mine}
        self.rows: list[tuple[int, int, dict[int | str, list[int]]]] = []
        wanted = marks(sought, TOPIC)
        each = max(1, ROWS // max(1, sum(map(len, wanted.values())) * len(self.mine)))  # stretches of each circle
        for circle, newest in self.newest.items():
            here, last = index_of(circle), newest // index.STRETCH
            for stretch in range(last, max(-1, last - each), -1):
                rows = {mark: [here.row(root, stretch) for root in roots] for mark, roots in wanted.items()}
                self.rows.append((circle, stretch, rows))

    def lying(self) -> Iterable[Where]:
        ids = {pk for _circle, _stretch, rows in self.rows for some in rows.values() for pk in some}
        return [Where("stories.fitting", Posting, {"id": sorted(ids)}, kept="places")] if ids else []

    def finds(self) -> Finds:
        return Finds(_("Stories"), self._found(), order=20)

    def _found(self) -> list[Find]:
        shared = self._shared()
        if not shared:
            return []
        most = sorted(shared, key=lambda at: (-len(shared[at]), self.newest[at[0]] - at[1]))[:MOST]
        by_count: dict[int, Q] = {}
        for circle in self.newest:
            numbers: dict[int, list[int]] = {}
            for at in most:
                if at[0] == circle:
                    numbers.setdefault(len(shared[at]), []).append(at[1])
            for count, some in numbers.items():
                by_count[count] = by_count.get(count, Q(pk=None)) | Q(circle_id=circle, number__in=some)
        since = Case(*[When(circle=key, then=Value(newest) - F("number")) for key, newest in self.newest.items()])
        fits = Q(*by_count.values(), _connector=Q.OR)
        # What may not be read is left out before anything is counted: else a full page would tell of it.
        heard = Story.objects.heard_by(*self.mine).filter(fits).exclude(teller__in=[p.pk for p in self.mine])
        found = heard.select_related("teller", "circle").order_by(index.best_first(by_count).desc(), since)[:OPENED]
        return [self._find(story, shared[story.circle_id, story.number or 0]) for story in found if story.stands]

    def _shared(self) -> dict[tuple[int, int], set[Any]]:
        """What each story shares with what is sought, by circle and number."""
        held = {pk: kept for pk, _number, kept in Glance.of(self.person)["stories.fitting"]}
        found: dict[tuple[int, int], set[Any]] = {}
        for circle, stretch, rows in self.rows:
            for (number, part), some in index_of(circle).marked(stretch, rows, held).items():
                if part == 0:
                    found[circle, number] = some
        return found

    def _find(self, story: Story, shared: set[Any]) -> Find:
        name = story.teller.name if story.teller else _("Somebody who has left")
        return Find(
            story.opening,
            story.get_absolute_url(),
            beneath=tuple(filter(None, [name, story.circle.name, story.told_at and text.ago(story.told_at)])),
            thread=story.circle.thread,
            at=story.told_at.timestamp() if story.told_at else 0,
            text=story.text,
            topics=tuple(story.topics),
            **reason(self.sought, shared),
        )
