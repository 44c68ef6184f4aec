"""What looking for words costs, in a house of 200,000 stories: one circle of 100,000, and fifty of 2,000 each.

    .venv/bin/python -m bench.search                                  a throw-away house on SQLite
    WEFT_DATABASE=postgres://… .venv/bin/python -m bench.search       the same on PostgreSQL, in a database test_…
    .venv/bin/python -m bench.search --stories 5000 --fifty 5000      a smaller one

Each story has 80 words, about half of them little ones; the others are drawn from 60,000, as unevenly as people use
words. Every tenth has a reply. A search is a whole page through the WSGI stack, each time for other words.
"""

import argparse
import base64
import os
import random
import secrets
import statistics
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from bench.inside import House
from bench.seed import index, settle

WORDS, LITTLE, VOCABULARY = 80, 0.45, 60_000
CIRCLES, TELLERS, BLOCKS, TIMES = 50, 200, 3, 60
SYLLABLES = [a + b for a in [*"bdfghklmnprstvw", "br", "st", "gr", "sh"] for b in [*"aeiou", "ai", "ou", "ee"]]

draw = random.Random(7)  # noqa: S311


@contextmanager
def throw_away() -> Iterator[None]:
    """A house with a folder, a key and a database of its own, gone afterwards."""
    with tempfile.TemporaryDirectory(prefix="weft-bench-") as folder:
        os.environ["WEFT_DATA"] = folder
        os.environ["WEFT_KEY"] = base64.b64encode(secrets.token_bytes(32)).decode()
        os.environ["DJANGO_SETTINGS_MODULE"] = "weft.settings"
        import django
        from django.conf import settings
        from django.db import connection

        if "WEFT_DATABASE" not in os.environ:
            settings.DATABASES["default"]["TEST"] = {"NAME": f"{folder}/house.sqlite3"}
        django.setup()
        connection.creation.create_test_db(verbosity=0, autoclobber=True, serialize=False)
        try:
            yield
        finally:
            connection.creation.destroy_test_db(str(settings.DATABASES["default"]["NAME"]), verbosity=0)


def queries(ask: Callable[[], object]) -> int:
    from django.db import connection

    seen: list[str] = []

    def count(execute: Any, sql: str, *rest: Any) -> Any:
        seen.append(sql)
        return execute(sql, *rest)

    with connection.execute_wrapper(count):
        ask()
    return len(seen)


class Speech:
    """Made-up words, used as unevenly as people use theirs: the second half as often as the first, and so on."""

    def __init__(self) -> None:
        from weft.loom import words

        made: dict[str, None] = {}
        while len(made) < VOCABULARY:
            made["".join(draw.choices(SYLLABLES, k=draw.choice([2, 2, 3, 3, 4])))] = None
        self.words, self.little = list(made), sorted(words.LITTLE)
        total, self.sums = 0.0, []
        for rank in range(1, VOCABULARY + 1):
            total += 1 / (rank + 3)
            self.sums.append(total)
        self.used: Counter[str] = Counter()

    def text(self, many: int = WORDS) -> str:
        few = sum(draw.random() < LITTLE for _ in range(many))
        said = draw.choices(self.words, cum_weights=self.sums, k=many - few) + draw.choices(self.little, k=few)
        draw.shuffle(said)
        self.used.update(set(said))
        return " ".join(said)

    def common(self) -> str:
        return draw.choice(self.words[:40])

    def rare(self) -> str:
        return draw.choice([word for word in draw.sample(self.words, 400) if 1 <= self.used[word] <= 30])


def furnish(stories: int, fifty: int, speech: Speech) -> dict[str, Any]:
    """The circles, their stories and their index; and who looks for words."""
    from weft.circles.models import Circle, Persona
    from weft.circles.models import House as Home
    from weft.people.models import Person
    from weft.safety.models import Block

    def made(name: str) -> Circle:
        circle = Circle(name=name, about="For people who lost somebody.", door="open", seats=9000, kind="peer")
        circle.save(force_insert=True)
        circle.agree_on("- What is said here stays here.", [])
        return circle

    Home.objects.create(commons=made("Mill House"), kind="charity", country="GB")
    one, many = Person.objects.join("one"), Person.objects.join("many")
    big, small = made("Evening Circle"), [made(f"Circle {number}") for number in range(CIRCLES)]
    tellers = [Person.objects.join(f"teller {number}") for number in range(TELLERS)]
    for circle, there, count in [(big, tellers, stories), *((c, tellers[:20], fifty // CIRCLES) for c in small)]:
        personas = [Persona.enter(person, circle, f"River {number}") for number, person in enumerate(there)]
        mine = Persona.enter(one if circle is big else many, circle, "Me")
        for other in personas[: BLOCKS if circle is big else 1]:
            Block.begin(other, by=mine)
        tell(circle, personas, count, speech)
    began = time.perf_counter()
    index()
    seconds = time.perf_counter() - began
    settle()
    return {"one": one, "many": many, "big": big, "seconds": seconds}


def tell(circle: Any, personas: list[Any], count: int, speech: Speech) -> None:
    from django.db import transaction

    from weft.loom import text, time
    from weft.stories.models import Reply, Story

    now = time.now()
    with transaction.atomic():
        stories, replies = [], []
        for number in range(1, count + 1):
            said = speech.text()
            story = Story(circle=circle, teller=draw.choice(personas), number=number, told_at=now, saved_at=now)
            story.text, story.html, story.topics = said, text.render(said), draw.choice([["loss"], ["sleep"], []])
            story.wish = draw.choice(["listen", "listen", "ideas", "glad", "been_there"])
            stories.append(story)
            if number % 10 == 0:
                reply = Reply(circle=circle, story=story, by=draw.choice(personas), number=1, said_at=now)
                reply.text = reply.html = speech.text(30)
                replies.append(reply)
        Story.objects.bulk_create(stories, batch_size=500)
        Reply.objects.bulk_create(replies, batch_size=500)


def searches(speech: Speech, big: Any) -> Iterator[tuple[str, list[Any]]]:
    """What is looked for, by its name, each time for other words."""
    from weft.stories.finding import Asked
    from weft.stories.models import Story

    def many(words: Any, **more: Any) -> list[Any]:
        return [Asked(words(), **more) for _ in range(TIMES)]

    rare, common = speech.rare, speech.common
    some = list(Story.objects.filter(circle=big, number__in=draw.sample(range(1, big.told + 1), TIMES)))

    def quoted(story: Any) -> Any:
        said = story.text.split()
        at = draw.randrange(len(said) - 3)
        return Asked(f'"{" ".join(said[at : at + 3])}"')

    yield "one rare word", many(rare)
    yield "one common word", many(common)
    yield "two rare words", many(lambda: f"{rare()} {rare()}")
    yield "a rare and a common", many(lambda: f"{rare()} {common()}")
    yield "two common words", many(lambda: f"{common()} {common()}")
    yield "three common words", many(lambda: f"{common()} {common()} {common()}")
    yield "a word that nobody used", many(lambda: "xylophone")
    yield "three words in a row", [quoted(story) for story in some]
    yield "common, in a row, nowhere", many(lambda: f'"{common()} {common()}"')
    yield "common, and a wish", many(common, wish="glad")
    yield "rare, and a topic", many(rare, topic="loss")
    yield "a wish and a topic alone", many(lambda: "", wish="glad", topic="sleep")
    yield "common, far back", [Asked(common(), after={big.pk: big.told // 2}) for _ in range(TIMES)]


def measure(house: House, asks: list[Any]) -> tuple[list[float], list[float]]:
    """Milliseconds of each, on the clock and of the processor."""
    clock, processor = [], []
    for ask in asks:
        began, worked = time.perf_counter(), time.process_time()
        house.ask(ask)
        clock.append((time.perf_counter() - began) * 1000)
        processor.append((time.process_time() - worked) * 1000)
    return clock, processor


def p95(found: list[float]) -> float:
    return statistics.quantiles(found, n=20)[-1]


def writers(speech: Speech, persona: Any, story: Any) -> list[float]:
    """Processor milliseconds for a reply, as its verb."""
    from weft.stories.models import Reply

    found = []
    for _time in range(100):
        said = speech.text(40)
        began = time.process_time()
        Reply.say(story, said, by=persona)
        found.append((time.process_time() - began) * 1000)
    return found


def sizes() -> str:
    from django.db import connection

    from weft.stories.indexing import Posting
    from weft.stories.models import Story

    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("SELECT sum(pgsize) FROM dbstat WHERE name = 'stories_posting'")
        else:
            cursor.execute("SELECT pg_total_relation_size('stories_posting')")
        size = cursor.fetchone()[0]
    many = Story.objects.count()
    return f"{Posting.objects.count() / many:.1f} rows, {size / many / 1000:.2f} kB a story"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--stories", type=int, default=100_000, help="in the large circle")
    parser.add_argument("--fifty", type=int, default=100_000, help="in the fifty together")
    asked = parser.parse_args()
    with throw_away():
        from django.db import connection
        from django.test import Client

        speech = Speech()
        there = furnish(asked.stories, asked.fifty, speech)
        there["big"].told = asked.stories
        print(f"{connection.vendor}, Python {sys.version.split()[0]}, {asked.stories} and {asked.fifty} stories")
        print(f"index: {sizes()}, made in {there['seconds']:.0f} s")
        print("milliseconds for a page: on the clock, median and p95; of the processor, p95; and its queries")
        print(f"{'':<27}{'in one circle':>30}{'over fifty':>30}")
        house, pages = House(), {}
        for who in ("one", "many"):
            browser = Client()
            browser.force_login(there[who], backend="weft.people.door.Opened")
            pages[who] = "; ".join(f"{name}={morsel.value}" for name, morsel in browser.cookies.items())
        for name, all_ in searches(speech, there["big"]):
            line = f"{name:<27}"
            for who in ("one", "many"):
                addresses = [("GET", f"/search/?asked={one.sealed(there[who])}", pages[who], b"", 200) for one in all_]
                clock, processor = measure(house, addresses)
                most = queries(lambda: house.ask(addresses[-1]))  # noqa: B023
                line += f"{statistics.median(clock):>10.1f}{p95(clock):>7.1f}{p95(processor):>7.1f}{most:>6}"
            print(line, flush=True)
        from weft.stories.models import Story

        newest = Story.objects.filter(circle=there["big"]).order_by("-number").select_related("teller")[0]
        cost = writers(speech, newest.teller, newest)
        print(f"a reply of 40 words, processor ms: least {min(cost):.1f}, median {statistics.median(cost):.1f}")


if __name__ == "__main__":
    main()
