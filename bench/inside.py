"""What a page asks of the database, and what it costs in one process without a server: the place to look for the why.

python -m bench.inside PLAN                       queries, bytes and processor time of every page, as JSON; and what
                                                      the addresses of the plan hold for a day, anew
python -m bench.inside PLAN --profile "today"     where its time goes
python -m bench.inside PLAN --queries "today"     its queries, and how the database finds the answers
"""

import argparse
import cProfile
import gzip
import io
import json
import pstats
import statistics
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from bench.asks import PAGES, RARE, Ask, Asks


class House:
    """The WSGI application, asked as a server asks it."""

    def __init__(self) -> None:
        from django.core.wsgi import get_wsgi_application

        self.app: Any = get_wsgi_application()

    def ask(self, ask: Ask) -> bytes:
        method, address, cookie, body, expected = ask
        path, _mark, query = address.partition("?")
        said: list[str] = []
        environ = {
            "REQUEST_METHOD": method,
            "PATH_INFO": path,
            "QUERY_STRING": query,
            "SERVER_NAME": "127.0.0.1",
            "SERVER_PORT": "8765",
            "SERVER_PROTOCOL": "HTTP/1.1",
            "HTTP_HOST": "127.0.0.1:8765",
            "HTTP_COOKIE": cookie,
            "HTTP_ACCEPT_LANGUAGE": "en-GB,en;q=0.8",
            "CONTENT_TYPE": "application/x-www-form-urlencoded",
            "CONTENT_LENGTH": str(len(body)),
            "wsgi.url_scheme": "http",
            "wsgi.input": io.BytesIO(body),
            "wsgi.errors": sys.stderr,
        }
        answer: Any = self.app(environ, lambda status, headers: said.append(status))
        page = b"".join(answer)
        answer.close()
        if not said or not said[0].startswith(str(expected)):
            sys.exit(f"{method} {path} answered {said}")
        return page


@contextmanager
def watched() -> Iterator[list[tuple[str, Any]]]:
    """The queries that are asked meanwhile, with their values."""
    from django.db import connection

    seen: list[tuple[str, Any]] = []

    def watch(execute: Any, sql: str, values: Any, *rest: Any) -> Any:
        seen.append((sql, values))
        return execute(sql, values, *rest)

    with connection.execute_wrapper(watch):
        yield seen


def count(house: House, asks: Asks, page: str, times: int) -> dict[str, float]:
    """Queries of the reader in the middle, and of the dearest; the bytes of the largest page; processor time."""
    queries, sizes, squeezed, spent = [], [0], [0], []
    for _time in range(times):
        asked = 0
        for ask in asks.next(page):
            with watched() as seen:
                body = house.ask(ask)
            asked += sum(not sql.startswith(OF_TRANSACTIONS) for sql, _values in seen)
            sizes.append(len(body))
            squeezed.append(len(gzip.compress(body, 6)))
        queries.append(asked)
        began = time.process_time()
        for ask in asks.next(page):
            house.ask(ask)
        spent.append((time.process_time() - began) * 1000)
    return {
        "queries": statistics.median_low(queries),
        "most": max(queries),
        "bytes": max(sizes),
        "squeezed": max(squeezed),
        "cpu": sorted(spent)[times // 10],  # of ten, the quickest but one: the others show what else goes on
    }


OF_TRANSACTIONS = ("BEGIN", "SAVEPOINT", "RELEASE", "ROLLBACK")


def explain(seen: list[tuple[str, Any]]) -> None:
    from django.db import connection

    how = "EXPLAIN (ANALYZE, BUFFERS)" if connection.vendor == "postgresql" else "EXPLAIN QUERY PLAN"
    for number, (sql, values) in enumerate(seen, 1):
        print(f"\n{number}. {sql}")
        if sql.startswith(("SELECT", "UPDATE", "DELETE")):
            with connection.cursor() as cursor:
                cursor.execute(f"{how} {sql}", values)
                print("\n".join(f"   {row[-1]}" for row in cursor.fetchall()))


def profile(ask: Callable[[], object], times: int = 300) -> None:
    for _warm in range(20):
        ask()
    watching = cProfile.Profile()
    watching.enable()
    for _time in range(times):
        ask()
    watching.disable()
    pstats.Stats(watching).sort_stats("tottime").print_stats(45)
    pstats.Stats(watching).sort_stats("cumulative").print_stats(80)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("plan", type=Path)
    parser.add_argument("--times", type=int, default=60)
    parser.add_argument("--profile", metavar="PAGE", choices=PAGES)
    parser.add_argument("--queries", metavar="PAGE", choices=PAGES)
    asked = parser.parse_args()
    import django

    django.setup()
    from bench import seed
    from weft.loom import serve

    plan = seed.fresh(json.loads(asked.plan.read_text()))
    asked.plan.write_text(json.dumps(plan))
    house, asks = House(), Asks(plan)

    def ask(page: str) -> Callable[[], object]:
        return lambda: [house.ask(one) for one in asks.next(page)]

    if asked.profile:
        return profile(ask(asked.profile))
    if asked.queries:
        ask(asked.queries)()
        with watched() as seen:
            ask(asked.queries)()
        return explain(seen)
    for reader in {reader["circle"]: reader for reader in asks.readers}.values():
        house.ask(*asks.circle(reader))  # a house that has been open for a while knows the keys of its circles
    serve.settle()
    found = {page: count(house, asks, page, 3 if page in RARE else asked.times) for page in PAGES}
    print(json.dumps({"pages": found}))
    return None


if __name__ == "__main__":
    main()
