"""Does the queue of unheard stories help? The same people and stories twice: newest first, and with the queue.

    python -m bench.replay [--seeds 10]

It plays some weeks of one circle. Who comes when, how long they read, how much they can write in a day and what they
would answer is drawn once and is the same in both plays. Only the order differs in which they meet the stories: newest
first, as on any board; or by the rules that the house itself follows (`weft/stories/waiting.py`, used as they are).
What is assumed, and what it does not prove, stands in docs/unheard.md.
"""

import argparse
import heapq
import random
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import count

from weft.stories import waiting
from weft.stories.waiting import Helper, Wait

BEGIN = datetime(2026, 1, 5, tzinfo=UTC)
TOPICS = 12


@dataclass(frozen=True)
class Habits:
    """What is assumed. Everything is the same in both plays."""

    days: int = 28
    after: int = 7  # more days in which nobody tells anything, so that late answers can still come
    people: int = 80
    guides: int = 3
    stories_a_day: float = 16
    promise: timedelta = timedelta(hours=24)
    visits_a_day: tuple[float, float] = (0.15, 1.2)  # a member comes so often, somewhere in between
    guide_visits_a_day: float = 2
    page: int = 10  # stories that a list shows at once: nobody turns the page
    reads: int = 4  # of these, stories somebody opens in one visit, from the top, that they have not read
    writes: int = 1  # answers that a member writes in one visit; those who guide write three
    a_day: int = 3  # answers that a member can give in a day; those who guide nine
    would: float = 0.08  # the chance that somebody answers a story they read
    would_fitting: float = 0.35  # the same, when they have been there
    would_guide: float = 0.7  # the same, each time, for somebody who guides and sees that nobody has answered
    open_to_it: float = 0.4  # members who marked that they may be asked
    limit: int = 1  # questions a day that such a member allows


@dataclass
class Person:
    key: int
    guides: bool
    topics: frozenset[int]
    open_to_it: bool
    visits: list[datetime]


@dataclass
class Told:
    key: int
    teller: int
    at: datetime
    topics: frozenset[int]
    answers: list[tuple[datetime, int]] = field(default_factory=list)

    def wait(self, habits: Habits) -> Wait:
        return Wait(self.at, self.at + habits.promise, len({by for _at, by in self.answers}))


@dataclass(frozen=True)
class Result:
    """What came of it."""

    p95: float  # hours until the first answer, of 95 in 100 stories; who was never answered waited until the end
    median: float
    unanswered: float  # share
    heard_twice: float  # share with two people who answered
    most_a_day: int  # answers that the busiest person gave in one day
    p95_a_day: int
    asked_a_day: int  # the most questions that one person got in any 24 hours
    late: float  # share whose promise was not kept


def town(seed: int, habits: Habits) -> tuple[list[Person], list[Told]]:
    """People with their visits, and stories, drawn once."""
    draw = random.Random(seed)  # noqa: S311
    length = habits.days + habits.after
    people = []
    for key in range(habits.people):
        guides = key < habits.guides
        often = habits.guide_visits_a_day if guides else draw.uniform(*habits.visits_a_day)
        people.append(
            Person(
                key,
                guides,
                frozenset(draw.sample(range(TOPICS), draw.randint(1, 3))),
                not guides and draw.random() < habits.open_to_it,
                list(_moments(draw, often, length)),
            )
        )
    tellers = [person.key for person in people if not person.guides]
    stories = [
        Told(key, draw.choice(tellers), at, frozenset(draw.sample(range(TOPICS), draw.choice([0, 1, 1, 2]))))
        for key, at in enumerate(_moments(draw, habits.stories_a_day, habits.days))
    ]
    return people, stories


def _moments(draw: random.Random, a_day: float, days: int) -> Iterator[datetime]:
    """Moments so many times a day, by chance, fewer of them at night."""
    at = BEGIN
    while True:
        at += timedelta(days=draw.expovariate(a_day * 1.3))
        if at >= BEGIN + timedelta(days=days):
            return
        if at.hour >= 6 or draw.random() < 0.15:
            yield at.replace(microsecond=0)


def play(seed: int, habits: Habits, *, queue: bool) -> Result:
    """The same weeks, with the queue or without it."""
    people, stories = town(seed, habits)
    turn = count()
    events: list[tuple[datetime, int, str, int]] = []
    for person in people:
        events += [(at, next(turn), "visit", person.key) for at in person.visits]
    for story in stories:
        events.append((story.at, next(turn), "told", story.key))
        if queue:
            events += [(at, next(turn), "look", story.key) for at in story.wait(habits).looks()]
    heapq.heapify(events)
    here = _Circle(habits, people, stories, random.Random(seed))  # noqa: S311
    while events:
        now, _turn, what, key = heapq.heappop(events)
        if what == "told":
            here.told.append(stories[key])
        elif what == "look":
            for at in here.look(stories[key], now):
                heapq.heappush(events, (at, next(turn), "look", key))
        else:
            here.visit(people[key], now, queue=queue)
    return here.result()


class _Circle:
    """The circle while it is played."""

    def __init__(self, habits: Habits, people: list[Person], stories: list[Told], draw: random.Random) -> None:
        self.habits, self.people, self.stories = habits, people, stories
        self.told: list[Told] = []
        self.read: set[tuple[int, int]] = set()
        self.asks: dict[tuple[int, int], datetime] = {}  # open questions: whom, about what, since when
        self.tried: set[tuple[int, int]] = set()
        self.asked: dict[int, list[datetime]] = {person.key: [] for person in people}
        self.written: Counter[tuple[int, int]] = Counter()
        self.seed = draw.random()

    def mind(self, *about: object) -> float:
        """How much somebody is in the mind for something, the same whenever it is asked."""
        return random.Random(f"{self.seed} {about}").random()  # noqa: S311

    def look(self, story: Told, now: datetime) -> list[datetime]:
        """What the house does for a story at this moment: let old questions pass on, and ask anew."""
        wait = story.wait(self.habits)
        lasts = waiting.lasts(wait)
        self.asks = {ask: at for ask, at in self.asks.items() if now < at + waiting.DAY}
        open_now = sum(about == story.key and now < at + lasts for (_to, about), at in self.asks.items())
        helpers = [
            Helper(
                person.key,
                bool(person.topics & story.topics),
                self.habits.limit,
                [at for at in self.asked[person.key] if now - at < timedelta(days=30)],
            )
            for person in self.people
            if person.open_to_it
            and person.key != story.teller
            and (person.key, story.key) not in self.tried
            and all(by != person.key for _at, by in story.answers)
        ]
        chosen = waiting.whom_to_ask(wait, helpers, now, asked_now=open_now)
        for key in chosen:
            self.asks[key, story.key] = now  # type: ignore[index]
            self.tried.add((key, story.key))  # type: ignore[arg-type]
            self.asked[key].append(now)  # type: ignore[index]
        return [now + lasts] if wait.hearers < waiting.AIM and wait.used(now) < waiting.LATER else []

    def visit(self, person: Person, now: datetime, *, queue: bool) -> None:
        """Somebody comes, reads a few stories in the order in which they are shown, and answers if they would."""
        h = self.habits
        left = 3 * h.writes if person.guides else h.writes
        for story in self.shown(person, now, queue=queue)[: h.reads]:
            day = (person.key, (now - BEGIN).days)
            if not left or self.written[day] >= (3 * h.a_day if person.guides else h.a_day):
                return
            self.asks.pop((person.key, story.key), None)
            self.read.add((person.key, story.key))
            fits = bool(person.topics & story.topics)
            duty = person.guides and not story.answers
            would = h.would_guide if duty else h.would_fitting if fits else h.would
            if self.mind(person.key, story.key, now if duty else "") < would:
                story.answers.append((now, person.key))
                self.written[day] += 1
                left -= 1

    def shown(self, person: Person, now: datetime, *, queue: bool) -> list[Told]:
        """The stories that this person opens if they have time, in the order in which they meet them. What they have
        read they do not read again; those who guide look again at what nobody has answered."""
        page = [story for story in reversed(self.told) if story.teller != person.key][: self.habits.page]
        first: list[Told] = []
        if queue and person.guides:
            first = [story for story in self.told if story.teller != person.key and not story.answers]
            first.sort(key=lambda story: waiting.most_pressing(story.wait(self.habits), now))
        elif queue:
            mine = (
                self.stories[about]
                for (to, about), at in self.asks.items()
                if to == person.key and now < at + waiting.DAY
            )
            first = [story for story in mine if len(story.answers) < waiting.AIM]
            first.sort(key=lambda story: waiting.most_pressing(story.wait(self.habits), now))
        seen = [*first, *(story for story in page if story not in first)]
        return [s for s in seen if (person.guides and not s.answers) or (person.key, s.key) not in self.read]

    def result(self) -> Result:
        end = BEGIN + timedelta(days=self.habits.days + self.habits.after)
        waits = sorted((min((at for at, _by in s.answers), default=end) - s.at) / timedelta(hours=1) for s in self.told)
        loads = sorted(self.written.values())
        n = len(waits)
        return Result(
            p95=waits[int(n * 0.95)],
            median=waits[n // 2],
            unanswered=sum(not story.answers for story in self.told) / n,
            heard_twice=sum(len({by for _at, by in story.answers}) >= waiting.AIM for story in self.told) / n,
            most_a_day=loads[-1],
            p95_a_day=loads[int(len(loads) * 0.95)],
            asked_a_day=max((_most_in_a_day(asked) for asked in self.asked.values()), default=0),
            late=sum(wait > self.habits.promise / timedelta(hours=1) for wait in waits) / n,
        )


def _most_in_a_day(moments: list[datetime]) -> int:
    return max((sum(at <= one < at + waiting.DAY for one in moments) for at in moments), default=0)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--seeds", type=int, default=10)
    seeds = parser.parse_args().seeds
    print("first answer: 95 in 100 within, half within · never answered · promise missed · heard by two · ", end="")
    print("answers a day: most, 95 in 100 · asked a day, most")
    for seed in range(seeds):
        for name, queue in (("newest first", False), ("the queue", True)):
            r = play(seed, Habits(), queue=queue)
            print(
                f"{seed:3} {name:13} {r.p95:7.1f} h {r.median:6.1f} h · {r.unanswered:6.1%} · {r.late:6.1%} · "
                f"{r.heard_twice:6.1%} · {r.most_a_day:3} {r.p95_a_day:3} · {r.asked_a_day}"
            )


if __name__ == "__main__":
    main()
