"""What a page costs: processor time, queries and bytes, through the whole WSGI stack, in one process.

    .venv/bin/python bench/story.py                                   a throw-away house on SQLite
    WEFT_DATABASE=postgres://… .venv/bin/python bench/story.py        the same on PostgreSQL, in a database test_…
    .venv/bin/python bench/story.py --profile story                   where the time of one page goes

A block is so many requests one after the other; what is printed is the least and the median of all blocks. The least
is the work itself; the median shows what else went on in the machine.
"""

import argparse
import base64
import cProfile
import gzip
import io
import os
import pstats
import secrets
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

REPLIES, STORIES, PEOPLE = 20, 25, 12
STORY = """I set the table for two again. I did not notice until the kettle boiled, and then I sat on the floor for a
while.

Everybody says the first year is the hardest. I am *not* looking for advice, I only want to say it where somebody
knows what a Sunday is like. He would have laughed at me, sitting there between the chairs with a tea towel."""
REPLY = """I remember the second plate. For me it was the toothbrush, I bought two for a whole year, and I never told a
soul until now.

I am sitting with you, on the floor, as long as you like."""


def furnish() -> dict[str, str]:
    """A circle of twelve, 25 stories, and one of them with 20 replies. The addresses of its pages, by name."""
    from django.test import Client

    from weft.circles.models import Circle, House, Persona
    from weft.people.models import Person
    from weft.stories.models import Reply, Story

    def made(name: str, **more: Any) -> Circle:
        circle = Circle(name=name, about="For people who lost somebody.", door="open", seats=40, **more)
        circle.save(force_insert=True)
        circle.agree_on("- What is said here stays here.\n- You can always pass.", [])
        return circle

    House.objects.create(commons=made("Mill House", kind="commons"), kind="charity", country="GB")
    circle = made("Evening Circle", kind="peer", meets="Tuesdays at 7 pm")
    personas = []
    for number in range(PEOPLE):
        role = Persona.Role.MEMBER if number else Persona.Role.FACILITATOR
        person = Person.objects.join(f"somebody {number}")
        persona = Persona.enter(person, circle, f"River {number}", role=role)
        persona.accept(circle.agreement)
        personas.append((person, persona))
    for number in range(STORIES):
        story = Story.begin(personas[number % PEOPLE][1])
        story.write(STORY, wish="listen", audience="circle", topics=["loss", "sleep"])
        story.share(by=story.teller)
        for answer in range(REPLIES if number == STORIES - 1 else number % 4):
            Reply.say(story, REPLY, by=personas[(number + answer + 1) % PEOPLE][1])
    browser = Client()
    browser.force_login(personas[3][0], backend="weft.people.door.Opened")
    cookie = "; ".join(f"{name}={morsel.value}" for name, morsel in browser.cookies.items())
    pages = {"story": story.get_absolute_url(), "circle": circle.get_absolute_url()}
    return {"cookie": cookie, **pages, "today": "/", "find": "/circles/?words=I+lost+my+husband", "help": "/help/"}


class House:
    """The WSGI application, asked as a server asks it."""

    def __init__(self, cookie: str) -> None:
        from django.core.wsgi import get_wsgi_application

        self.app, self.cookie = get_wsgi_application(), cookie

    def get(self, address: str) -> bytes:
        path, _mark, query = address.partition("?")
        said: list[str] = []
        environ = {
            "REQUEST_METHOD": "GET",
            "PATH_INFO": path,
            "QUERY_STRING": query,
            "SERVER_NAME": "127.0.0.1",
            "SERVER_PORT": "8765",
            "SERVER_PROTOCOL": "HTTP/1.1",
            "HTTP_HOST": "127.0.0.1:8765",
            "HTTP_COOKIE": self.cookie,
            "HTTP_ACCEPT_LANGUAGE": "en-GB,en;q=0.8",
            "wsgi.url_scheme": "http",
            "wsgi.input": io.BytesIO(),
            "wsgi.errors": sys.stderr,
        }
        answer: Any = self.app(environ, lambda status, headers: said.append(status))
        body = b"".join(answer)
        answer.close()
        if said != ["200 OK"]:
            sys.exit(f"{path} answered {said}")
        return body


def queries(ask: Callable[[], object]) -> list[str]:
    from django.db import connection

    seen: list[str] = []

    def count(execute: Any, sql: str, *rest: Any) -> Any:
        seen.append(sql)
        return execute(sql, *rest)

    with connection.execute_wrapper(count):
        ask()
    return seen


def measure(ask: Callable[[], object], blocks: int, calls: int) -> list[float]:
    """Processor milliseconds for one request, block by block."""
    found = []
    for _block in range(blocks):
        began = time.process_time()
        for _call in range(calls):
            ask()
        found.append((time.process_time() - began) * 1000 / calls)
    return found


def cold(code: str, times: int = 5) -> float:
    """Seconds on the clock of the wall for a new process that does this: the least of a few."""
    found = []
    for _time in range(times):
        began = time.perf_counter()
        subprocess.run([sys.executable, "-c", code], check=True, env=os.environ)  # noqa: S603
        found.append(time.perf_counter() - began)
    return min(found)


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


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--blocks", type=int, default=25)
    parser.add_argument("--calls", type=int, default=20)
    parser.add_argument("--profile", metavar="PAGE", help="story, circle, today, find or help")
    parser.add_argument("--queries", metavar="PAGE", help="print the queries of a page")
    asked = parser.parse_args()
    with throw_away():
        pages = furnish()
        house = House(pages.pop("cookie"))
        if asked.profile:
            profile(lambda: house.get(pages[asked.profile]))
        elif asked.queries:
            print("\n\n".join(queries(lambda: house.get(pages[asked.queries]))))
        else:
            table(house, pages, asked.blocks, asked.calls)


def table(house: House, pages: dict[str, str], blocks: int, calls: int) -> None:
    """What each page costs, a line for each."""
    from django.db import connection

    print(f"{connection.vendor}, Python {sys.version.split()[0]}")
    print(f"{'page':<10}{'CPU ms: least':>14}{'median':>8}{'queries':>9}{'bytes':>8}{'gzip':>7}")
    for name, address in pages.items():
        for _warm in range(5):
            body = house.get(address)
        found = measure(lambda address=address: house.get(address), blocks, calls)
        count = len(queries(lambda address=address: house.get(address)))
        sizes = f"{len(body):>8}{len(gzip.compress(body, 6)):>7}"
        print(f"{name:<10}{min(found):>14.2f}{statistics.median(found):>8.2f}{count:>9}{sizes}", flush=True)
    if connection.vendor == "sqlite":
        print(f"cold start: {cold(START):.2f} s; with the first page: {cold(START + FIRST):.2f} s")


START = "import django; django.setup()\n"
FIRST = """
from django.core.handlers.wsgi import WSGIHandler
import io, sys
environ = {"REQUEST_METHOD": "GET", "PATH_INFO": "/help/", "SERVER_NAME": "127.0.0.1", "SERVER_PORT": "8765",
    "HTTP_HOST": "127.0.0.1:8765", "wsgi.url_scheme": "http", "wsgi.input": io.BytesIO(), "wsgi.errors": sys.stderr}
answer = WSGIHandler()(environ, lambda status, headers: None)
assert answer.status_code == 200 and b"".join(answer)
"""


def profile(ask: Callable[[], object], times: int = 200) -> None:
    for _warm in range(5):
        ask()
    watching = cProfile.Profile()
    watching.enable()
    for _time in range(times):
        ask()
    watching.disable()
    pstats.Stats(watching).sort_stats("tottime").print_stats(45)
    pstats.Stats(watching).sort_stats("cumulative").print_stats(70)


if __name__ == "__main__":
    main()
