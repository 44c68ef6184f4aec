"""What looking for words costs, in a house of 200,000 stories: one circle of 100,000, and fifty of 2,000 each.

    .venv/bin/python -m bench.search                                  a throw-away house on SQLite
    WEFT_DATABASE=postgres://… .venv/bin/python -m bench.search       the same on PostgreSQL, in a database test_…
    .venv/bin/python -m bench.search --stories 5000 --fifty 5000      a smaller one
    .venv/bin/python -m bench.search --keep FOLDER                    one that stays there, and is filled only once
    .venv/bin/python -m bench.search --keep FOLDER --profile WHAT     where the time of one kind of search goes

Each story has 80 words, about half of them little ones; the others are drawn from 60,000, as unevenly as people use
words. Every fifth is in Arabic letters, and every tenth has a reply. A search is a whole page through the WSGI stack,
each time for other words.
"""

import argparse
import base64
import json
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
from pathlib import Path
from typing import Any

from bench.inside import House, profile
from bench.seed import index, make_room, settle

WORDS, LITTLE, VOCABULARY = 80, 0.45, 60_000
CIRCLES, TELLERS, BLOCKS, YEAR = 50, 200, 3, 365
ARABIC = [a + b for a in "بتجحدرسشعفقكلمن" for b in ["", "ا", "و", "ي"]]
SYLLABLES = [a + b for a in [*"bdfghklmnprstvw", "br", "st", "gr", "sh"] for b in [*"aeiou", "ai", "ou", "ee"]]

draw = random.Random(7)  # noqa: S311


@contextmanager
def opened(keep: Path | None) -> Iterator[Path]:
    """A house with a folder, a key and a database of its own: in this folder, or gone afterwards."""
    with tempfile.TemporaryDirectory(prefix="weft-bench-") as passing:
        folder = keep or Path(passing)
        folder.mkdir(parents=True, exist_ok=True)
        key = folder / "key"
        if not key.exists():
            key.write_text(base64.b64encode(secrets.token_bytes(32)).decode())
        os.environ["WEFT_DATA"], os.environ["WEFT_KEY"] = str(folder), key.read_text()
        os.environ["DJANGO_SETTINGS_MODULE"] = "weft.settings"
        import django
        from django.conf import settings
        from django.db import connection

        if "WEFT_DATABASE" not in os.environ:
            settings.DATABASES["default"]["TEST"] = {"NAME": f"{folder}/house.sqlite3"}
        django.setup()
        connection.creation.create_test_db(verbosity=0, autoclobber=True, serialize=False, keepdb=keep is not None)
        try:
            yield folder
        finally:
            name = str(settings.DATABASES["default"]["NAME"])
            connection.creation.destroy_test_db(name, verbosity=0, keepdb=keep is not None)


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

    def __init__(self, syllables: list[str], little: frozenset[str]) -> None:
        made: dict[str, None] = {}
        while len(made) < VOCABULARY:
            made["".join(draw.choices(syllables, k=draw.choice([2, 2, 3, 3, 4])))] = None
        self.words, self.little = list(made), sorted(little)
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

    def mistyped(self) -> str:
        """A word of the middle with one letter changed, as nobody wrote it."""
        while True:
            word = draw.choice(self.words[100:5000])
            at = draw.randrange(1, len(word))
            typed = f"{word[:at]}{draw.choice(self.words)[0]}{word[at + 1 :]}"
            if len(typed) > 4 and not self.used[typed]:
                return typed


def speeches() -> tuple[Speech, Speech]:
    """In Latin letters and in Arabic ones."""
    from weft.loom import words

    return Speech(SYLLABLES, words.LITTLE), Speech(ARABIC, words.ARABIC_LITTLE)


def furnish(stories: int, fifty: int, speech: tuple[Speech, Speech]) -> dict[str, Any]:
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
    return {"one": one.pk, "many": many.pk, "big": big.pk, "seconds": seconds}


def tell(circle: Any, personas: list[Any], count: int, speech: tuple[Speech, Speech]) -> None:
    from datetime import timedelta

    from django.db import transaction

    from weft.loom import text, time
    from weft.stories.models import Reply, Story

    begun, step = time.now() - timedelta(days=YEAR), timedelta(days=YEAR) / count
    with transaction.atomic():
        stories, replies = [], []
        for number in range(1, count + 1):
            said, when = speech[number % 5 == 0].text(), begun + step * number
            story = Story(circle=circle, teller=draw.choice(personas), number=number, told_at=when, saved_at=when)
            story.text, story.html, story.topics = said, text.render(said), draw.choice([["loss"], ["sleep"], []])
            story.wish = draw.choice(["listen", "listen", "ideas", "glad", "been_there"])
            stories.append(story)
            if number % 10 == 0:
                reply = Reply(circle=circle, story=story, by=draw.choice(personas), number=1, said_at=when)
                reply.text = reply.html = speech[number % 50 == 0].text(30)
                replies.append(reply)
        Story.objects.bulk_create(stories, batch_size=500)
        Reply.objects.bulk_create(replies, batch_size=500)


def again(folder: Path, asked: argparse.Namespace, speech: tuple[Speech, Speech]) -> dict[str, Any]:
    """What `furnish` made here before; it makes it now if it never did."""
    from weft.circles.models import Circle
    from weft.people.models import Person

    book = folder / "filled.json"
    if not book.exists():
        make_room()
        made = furnish(asked.stories, asked.fifty, speech)
        book.write_text(json.dumps(made | {"used": [one.used for one in speech]}))
    found: dict[str, Any] = json.loads(book.read_text())
    for one, used in zip(speech, found.pop("used"), strict=True):
        one.used = Counter(used)
    who = {name: Person.objects.get(pk=found[name]) for name in ("one", "many")}
    return found | who | {"big": Circle.objects.get(pk=found["big"])}


def searches(speech: tuple[Speech, Speech], big: Any, times: int) -> Iterator[tuple[str, list[Any]]]:
    """What is looked for, by its name, each time for other words."""
    from weft.stories.finding import Asked
    from weft.stories.models import Story

    def many(words: Any, **more: Any) -> list[Any]:
        return [Asked(words(), **more) for _ in range(times)]

    latin, arabic = speech
    rare, common = latin.rare, latin.common
    some = list(Story.objects.filter(circle=big, number__in=draw.sample(range(1, big.told + 1), times)))

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
    yield "a common word in Arabic", many(arabic.common)
    yield "two rare words in Arabic", many(lambda: f"{arabic.rare()} {arabic.rare()}")
    yield "a word that nobody used", many(lambda: "xylophone")
    yield "a word mistyped", many(latin.mistyped)
    yield "a word mistyped in Arabic", many(arabic.mistyped)
    yield "three words in a row", [quoted(story) for story in some]
    yield "common, in a row, nowhere", many(lambda: f'"{common()} {common()}"')
    yield "common, and a wish", many(common, wish="glad")
    yield "rare, and a topic", many(rare, topic="loss")
    yield "a wish and a topic alone", many(lambda: "", wish="glad", topic="sleep")
    yield "common, far back", [Asked(common(), after={big.pk: big.told // 2}) for _ in range(times)]


def measure(house: House, asks: list[Any]) -> tuple[list[float], list[float]]:
    """Milliseconds of each, on the clock and of the processor."""
    from weft.loom import caps

    caps.forget()
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
    parser.add_argument("--times", type=int, default=60, help="how often each kind is asked")
    parser.add_argument("--keep", type=Path, metavar="FOLDER", help="where the house stays")
    parser.add_argument("--profile", metavar="WHAT", help="one kind of search, as the table calls it")
    asked = parser.parse_args()
    with opened(asked.keep) as folder:
        speech = speeches()
        there = again(folder, asked, speech)
        there["big"].told = asked.stories
        draw.seed(8)
        if asked.profile:
            look_into(asked.profile, there, speech, asked.times)
        else:
            table(asked, there, speech)


def pages(there: dict[str, Any]) -> dict[str, str]:
    """The cookies of whoever looks for words."""
    from django.test import Client

    found: dict[str, str] = {}
    for who in ("one", "many"):
        browser = Client()
        browser.force_login(there[who], backend="weft.people.door.Opened")
        found[who] = "; ".join(f"{name}={morsel.value}" for name, morsel in browser.cookies.items())
    return found


def asks(all_: list[Any], person: Any, cookies: str) -> list[Any]:
    return [("GET", f"/search/?asked={one.sealed(person)}", cookies, b"", 200) for one in all_]


def look_into(what: str, there: dict[str, Any], speech: tuple[Speech, Speech], times: int) -> None:
    house, cookies = House(), pages(there)
    all_ = dict(searches(speech, there["big"], times))[what]
    for who in ("one", "many"):
        these = asks(all_, there[who], cookies[who])
        profile(lambda: measure(house, [draw.choice(these)]), times=times)  # noqa: B023


def table(asked: argparse.Namespace, there: dict[str, Any], speech: tuple[Speech, Speech]) -> None:
    from django.db import connection

    from weft.loom.serve import settle as settle_house
    from weft.stories.models import Story

    print(f"{connection.vendor}, Python {sys.version.split()[0]}, {asked.stories} and {asked.fifty} stories")
    print(f"index: {sizes()}, made in {there['seconds']:.0f} s")
    print("milliseconds for a page: on the clock, median and p95; of the processor, p95; and its most queries\n")
    print("| looked for | in one circle | | | | over fifty | | | |")
    print("|---|---|---|---|---|---|---|---|---|")
    house, cookies = House(), pages(there)
    for _name, all_ in searches(speech, there["big"], 1):
        for who in cookies:
            house.ask(asks(all_, there[who], cookies[who])[0])
    settle_house()  # as it is when it has been open for a while
    draw.seed(8)
    whole: dict[str, tuple[list[float], list[float], int]] = {who: ([], [], 0) for who in cookies}
    for name, all_ in searches(speech, there["big"], asked.times):
        line = f"| {name} |"
        for who in cookies:
            these = asks(all_, there[who], cookies[who])
            house.ask(these[0])
            clock, processor = measure(house, these)
            most = max(queries(lambda: house.ask(one)) for one in these[:5])  # noqa: B023
            line += cells(clock, processor, most)
            before = whole[who]
            whole[who] = before[0] + clock, before[1] + processor, max(before[2], most)
        print(line, flush=True)
    print("| **all of these** |" + "".join(cells(*whole[who]) for who in cookies))
    newest = Story.objects.filter(circle=there["big"]).order_by("-number").select_related("teller")[0]
    cost = writers(speech[0], newest.teller, newest)
    print(f"\na reply of 40 words, processor ms: least {min(cost):.1f}, median {statistics.median(cost):.1f}")


def cells(clock: list[float], processor: list[float], most: int) -> str:
    return f" {statistics.median(clock):.0f} | {p95(clock):.0f} | {p95(processor):.0f} | {most} |"


if __name__ == "__main__":
    main()
