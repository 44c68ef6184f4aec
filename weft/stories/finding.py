"""Stories and replies that are found by their words, newest first, ten stories at a time.

The index says where the words of a search may stand; what may be read, and by whom, is asked of `heard_by` alone. So a
search only ever narrows what a persona sees in its circle anyway. Whether words stand side by side is looked up in the
text itself, after it was opened.
"""

import heapq
import json
import re
from dataclasses import dataclass, field, replace
from functools import cached_property

from django.db.models import OuterRef, Q, Subquery
from markupsafe import Markup

from weft.circles import finding
from weft.circles.models import Circle, Persona
from weft.loom import index, text, words
from weft.people.models import Person
from weft.stories.indexing import TOPIC, WISH, Posting, index_of
from weft.stories.models import Reply, Story, StoryQuerySet

PAGE = 10
ROWS = 1500  # of the index, read at a time
FEW, MORE, MOST = PAGE + 2, 50, 1000  # stories that are asked for at a time: usually all that fit can be read
OPENED = 150  # stories that are opened for one page, where words must stand side by side. What somebody may not read is
# not among them: whether a page says “look further back” must not depend on it
AHEAD = 4  # stories of each circle beyond its share: seldom is one that far ahead of the others
MANY = 12  # words that are looked for; what is typed beyond them is left out
QUOTED = re.compile(r"[\"“”„«»]([^\"“”„«»]+)[\"“”„«»]")
NEWEST = float("inf")


@dataclass(frozen=True)
class Asked:
    """What somebody looks for. In an address it stands sealed, for them alone and for a day."""

    words: str = ""
    circle: int = 0
    wish: str = ""
    topic: str = ""
    after: dict[int, int] = field(default_factory=dict)  # by circle: the number of the last story that was looked at

    def sealed(self, person: Person) -> str:
        said = [self.words, self.circle, self.wish, self.topic, self.after]
        return finding.sealed(json.dumps(said, ensure_ascii=False, separators=(",", ":")), whom=person.pk)

    @classmethod
    def opened(cls, address: str, person: Person) -> "Asked | None":
        said = finding.opened(address, whom=person.pk)
        if not said:
            return None
        sought, circle, wish, topic, after = json.loads(said)
        return cls(sought, circle, wish, topic, {int(key): number for key, number in after.items()})

    @cached_property
    def roots(self) -> list[frozenset[str]]:
        """The stems of each word that says something: one of a word's own must stand there, and so for all words."""
        found = [words.roots(word) for word in words.said_in(self.words)]
        return list(dict.fromkeys(roots for roots in found if roots))[:MANY]

    @cached_property
    def phrases(self) -> list[str]:
        """What stands in quotation marks: words as they follow each other."""
        found = [words.said_in(phrase) for phrase in QUOTED.findall(self.words)]
        return [f" {' '.join(phrase)} " for phrase in found if len(phrase) > 1]

    @cached_property
    def marks(self) -> list[frozenset[str]]:
        """What the teller chose, instead of what they said."""
        chosen = ((WISH, self.wish), (TOPIC, words.fold(self.topic)))
        return [frozenset([sign + value]) for sign, value in chosen if value]

    @property
    def says_something(self) -> bool:
        return bool(self.roots or self.marks)

    def stands_in(self, said: str) -> bool:
        """Whether all that was quoted stands so in this text."""
        plain = f" {' '.join(words.said_in(said))} " if self.phrases else ""
        return all(phrase in plain for phrase in self.phrases)

    def spots(self, said: str) -> list[tuple[int, int]]:
        """Where the words that were looked for stand in a text."""
        wanted = frozenset[str]().union(*self.roots)
        return sorted({(start, end) for start, end, word in words.spots(said) if words.roots(word) & wanted})


@dataclass
class Hit:
    """A story that was found, by its own words, by replies to it, or by both."""

    asked: Asked
    persona: Persona  # who reads it
    story: Story
    itself: bool
    replies: list[Reply]

    def excerpt(self, of: Story | Reply) -> Markup:
        """Its words around the first that were found, with those marked."""
        return text.excerpt(of.html, self.asked.spots)


@dataclass
class Found:
    """A page of what was found, and what to ask for to see earlier ones."""

    hits: list[Hit]
    further: Asked | None = None


def find(personas: list[Persona], asked: Asked, *, newest: bool = False) -> Found:
    """What these personas of one person may read that fits, newest first; *newest*: only in what is read at once."""
    there = [persona for persona in personas if not asked.circle or persona.circle_id == asked.circle]
    if not there or not asked.says_something:
        return Found([])
    heard = Story.objects.heard_by(*there)  # written once: with fifty circles this takes longer than to ask it
    scans, hits, opened, many = _scans(there, asked), list[Hit](), 0, MORE if asked.phrases else FEW
    while len(hits) <= PAGE and opened <= OPENED:
        while dry := [scan for scan in scans if not scan.look(many) and scan.left]:
            _read(dry)
            if newest:
                for scan in scans:
                    scan.left = []
        if not any(scan.more for scan in scans):
            break
        some = _newest_first(scans, heard, many)
        found, more = _open(some, heard, there, asked)
        hits, opened, many = hits + found, opened + more, min(many * 4, MOST)
    after = {scan.persona.circle_id: scan.rest_after(hits[PAGE:]) for scan in scans}
    return Found(hits[:PAGE], replace(asked, after=after) if any(after.values()) else None)


class _Scan:
    """One circle, looked through from its newest story to its first."""

    def __init__(self, persona: Persona, asked: Asked, before: int) -> None:
        self.persona, self.index, self.before = persona, index_of(persona.circle_id), before
        self.roots, self.marks = asked.roots, asked.marks
        self.left = list(range((before - 1) // index.STRETCH, -1, -1)) if before > 1 else []  # stretches to read
        self.read: list[tuple[int, list[list[int]], dict[int, bytes]]] = []  # and those to look into
        self.waiting: list[tuple[int, set[int]]] = []  # numbers of stories that may fit, and the parts in which they do
        self.times: list[float] = []  # when the first of those were told, as far as that was looked up
        self.last = NEWEST  # of the times that were looked up

    @property
    def more(self) -> bool:
        return bool(self.waiting or self.read or self.left)

    def next_rows(self, most: int) -> dict[int, list[list[int]]]:
        """The rows to read next: for each stretch, and for each word in it, the row of each of its stems."""
        sought = [*self.roots, *self.marks]
        many = max(1, most // sum(map(len, sought)))
        some, self.left = self.left[:many], self.left[many:]
        return {at: [[self.index.row(root, at) for root in roots] for roots in sought] for at in some}

    def look(self, many: int) -> bool:
        """Look into what was read until so many stories wait; whether they do."""
        while self.read and len(self.waiting) < many:
            self.take(*self.read.pop(0))
        return len(self.waiting) >= many

    def take(self, stretch: int, rows: list[list[int]], held: dict[int, bytes]) -> None:
        """Keep where all words stand in one part of a story, and all marks on the story."""
        said, chosen = rows[: len(self.roots)], rows[len(self.roots) :]
        parts, stories = self._in_all(said, held), self._in_all(chosen, held)
        if not said:
            parts = stories
        elif chosen:
            parts = {part for part in parts if index.first_part(part) in stories}
        found: dict[int, set[int]] = {}
        for part in parts:
            number, of_it = index.place(stretch, part)
            if number < self.before:
                found.setdefault(number, set()).add(of_it)
        self.waiting += sorted(found.items(), reverse=True)

    def _in_all(self, rows: list[list[int]], held: dict[int, bytes]) -> set[int]:
        found: set[int] | None = None
        for one in sorted(rows, key=lambda one: sum(len(held.get(pk, b"")) for pk in one)):  # the rarest first
            here = {part for pk in one if pk in held for part in self.index.entries(pk, held[pk])}
            found = here if found is None else found & here
            if not found:
                break
        return found or set()

    def rest_after(self, rest: list[Hit]) -> int:
        """Below which number the next page begins, when these hits are not on this one; 0 when nothing is left."""
        for hit in rest:
            if hit.story.circle_id == self.persona.circle_id:
                return (hit.story.number or 0) + 1
        if self.waiting:
            return self.waiting[0][0] + 1
        ahead = [stretch for stretch, _, _ in self.read[:1]] + self.left[:1]
        return (ahead[0] + 1) * index.STRETCH if ahead else 0


_Fitting = tuple[_Scan, int, set[int]]  # the number of a story that may fit, and the parts in which it does


def newest_in(circle: str) -> Subquery:
    """The number of the newest story of a circle."""
    told = Story.objects.filter(circle=OuterRef(circle)).exclude(number=None)
    return Subquery(told.order_by("-number").values("number")[:1])


def readers(person: Person) -> list[Persona]:
    """This person's personas, like `Persona.all_of`, each with the number of its circle's newest story."""
    found = list(Persona.objects.of(person).inside().select_related("circle").annotate(newest=newest_in("circle")))
    return sorted(found, key=lambda persona: words.fold(persona.circle.name))


def _scans(personas: list[Persona], asked: Asked) -> list[_Scan]:
    unknown = [persona.circle_id for persona in personas if "newest" not in persona.__dict__]
    newest = {persona.circle_id: persona.__dict__.get("newest") for persona in personas}
    if unknown:
        newest |= dict(Circle.objects.filter(pk__in=unknown).values_list("pk", newest_in("pk")))
    found = []
    for persona in personas:
        before = (newest[persona.circle_id] or 0) + 1
        found.append(_Scan(persona, asked, min(before, asked.after.get(persona.circle_id, before))))
    return found


def _read(scans: list[_Scan]) -> None:
    """Read on in the index, for all these circles at once."""
    wanted = [(scan, scan.next_rows(ROWS // len(scans))) for scan in scans if scan.left]
    rows = {pk for _, stretches in wanted for sought in stretches.values() for one in sought for pk in one}
    held = index.read(Posting, rows) if rows else {}
    for scan, stretches in wanted:
        scan.read += [(stretch, sought, held) for stretch, sought in stretches.items()]


def _newest_first(scans: list[_Scan], heard: StoryQuerySet, many: int) -> list[_Fitting]:
    """The next stories to open: so many of all circles, in the order of their times."""
    if len(scans) == 1:
        (scan,) = scans
        some, scan.waiting = scan.waiting[:many], scan.waiting[many:]
        return [(scan, number, parts) for number, parts in some]
    found: list[_Fitting] = []
    few = many // len(scans) + AHEAD
    while True:
        found += _merged(scans, many - len(found))
        if len(found) == many or all(scan.times or not scan.waiting for scan in scans):
            return found
        # Along with the one that ran out, those that soon will: else each of fifty circles asks by itself.
        short = [scan for scan in scans if len(scan.times) < min(AHEAD, len(scan.waiting))]
        _look_up_times(short, heard, few)
        few *= 2


def _merged(scans: list[_Scan], many: int) -> list[_Fitting]:
    """The next of all circles, as far as times are known."""
    heads = [(-scan.times[0], at) for at, scan in enumerate(scans) if scan.times]
    heapq.heapify(heads)
    found: list[_Fitting] = []
    # Where a circle has more that nobody has looked at yet, it may be newer than what comes next from the others.
    while heads and len(found) < many and all(scan.times or not scan.more for scan in scans):
        scan = scans[heads[0][1]]
        found.append((scan, *scan.waiting.pop(0)))
        scan.times.pop(0)
        if scan.times:
            heapq.heapreplace(heads, (-scan.times[0], heads[0][1]))
        else:
            heapq.heappop(heads)
    return found


def _look_up_times(scans: list[_Scan], heard: StoryQuerySet, few: int) -> None:
    """When the next few of each circle were told. What is not among what is heard does not wait any more. An erased
    story lies beside its neighbour."""
    ahead = {scan.persona.circle_id: scan.waiting[len(scan.times) :][:few] for scan in scans}
    numbers = {circle: [number for number, _ in some] for circle, some in ahead.items()}
    known = heard.filter(_where(numbers)).select_related(None)
    told = {(one.circle_id, one.number): one.told_at for one in known.only("circle_id", "number", "told_at")}
    for scan in scans:
        at, end = len(scan.times), len(scan.times) + few
        seen = [one for one in ahead[scan.persona.circle_id] if (scan.persona.circle_id, one[0]) in told]
        scan.waiting = scan.waiting[:at] + seen + scan.waiting[end:]
        for number, _parts in seen:
            when = told[scan.persona.circle_id, number]
            scan.last = min(scan.last, when.timestamp()) if when else scan.last
            scan.times.append(scan.last)


def _where(numbers: dict[int, list[int]]) -> Q:
    return Q(*(Q(circle_id=circle, number__in=some) for circle, some in numbers.items()), _connector=Q.OR)


def _open(some: list[_Fitting], heard: StoryQuerySet, personas: list[Persona], asked: Asked) -> tuple[list[Hit], int]:
    """What of these fits in truth, in their order, as far as these personas may read it; and how many were opened."""
    if not some:
        return [], 0
    numbers: dict[int, list[int]] = {}
    for scan, number, _ in some:
        numbers.setdefault(scan.persona.circle_id, []).append(number)
    stories = {(story.circle_id, story.number): story for story in heard.filter(_where(numbers))}
    fitting = [(scan, stories.get((scan.persona.circle_id, number)), parts) for scan, number, parts in some]
    replies = _replies({story: parts for _, story, parts in fitting if story}, personas)
    hits, opened = [], 0
    for scan, story, parts in fitting:
        if story is None:
            continue
        itself, said = 0 in parts and story.stands, replies.get(story.pk, [])
        opened += bool(itself or said)
        hit = Hit(
            asked,
            scan.persona,
            story,
            itself and asked.stands_in(story.text),
            [reply for reply in said if asked.stands_in(reply.text)],
        )
        if hit.itself or hit.replies:
            hits.append(hit)
    return hits, opened


def _replies(parts: dict[Story, set[int]], personas: list[Persona]) -> dict[int, list[Reply]]:
    """The replies at these places that can be read: a note by whoever wrote it, and by its reader once it is opened."""
    numbers = {part for some in parts.values() for part in some if part}
    if not numbers:
        return {}
    stories = {story.pk: some for story, some in parts.items() if some - {0}}
    mine = {persona.pk for persona in personas}
    found: dict[int, list[Reply]] = {}
    for reply in Reply.objects.heard_by(*personas).filter(story__in=stories, number__in=numbers, erased=False):
        readable = not reply.is_note or reply.by_id in mine or reply.note_opened
        if reply.number in stories[reply.story_id] and readable:
            found.setdefault(reply.story_id, []).append(reply)
    return found
