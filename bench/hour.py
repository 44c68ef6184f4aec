"""A command of whoever guides, until every screen in the room has its hint, at 12, 100 and 1,000 open streams.

    .venv/bin/python -m bench.hour               about a minute
    .venv/bin/python -m bench.hour --quick       a few seconds, with 12 streams

A throw-away house on SQLite, served as `weft serve` does, with an hour in which a hundred people are. One who guides
pauses the hour, and lets it go on: a page of its own each time, with its row held, written and made durable. What is
counted is the time from asking until each of the streams has heard that there is something new; the processor time of
the house for all of it, shared out among the deliveries; and the memory that the house has grown by for each stream.
Beside it, in the same run and in turns: a bare event stream of the same server; a request says one line to all of it.
"""

import argparse
import asyncio
import json
import re
import socket
import sys
import tempfile
import time
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from bench import house
from bench.listeners import Listeners
from bench.load import told
from bench.measuring import empty, machine, run

PEOPLE, GUIDES = 100, 12
STREAMS, COMMANDS, WARM = (12, 100, 1000), 100, 10  # a guide's page is asked for 60 times at once, and not more
SIGN = b"data: changed "
HOST = "Host: 127.0.0.1:{}\r\n"


def fill(out: Path) -> None:
    """In the environment of the house: an hour that goes on, and who is in it."""
    import django

    django.setup()
    from datetime import time as clock
    from datetime import timedelta

    from django.conf import settings
    from django.test import Client

    from weft.circles.models import Persona
    from weft.gatherings.hour.keeper import Hour
    from weft.gatherings.models import Consent, Gathering, Seat, Series, Shift
    from weft.loom import ids, tables, time
    from weft.loom.ids import KeyConverter
    from weft.people.models import Person

    tables.ready()
    people = [Person.objects.join(f"p{number}", None) for number in range(GUIDES + PEOPLE)]
    lead = Persona.open_circle("peer", "A circle", by=people[0], by_name="Guide 0")
    lead.circle.seats = GUIDES + PEOPLE
    lead.circle.save()
    guides = [lead]
    guides += [
        Persona.enter(one, lead.circle, f"Guide {n}", role="facilitator") for n, one in enumerate(people[1:GUIDES], 1)
    ]
    members = [Persona.enter(one, lead.circle, f"Member {n}") for n, one in enumerate(people[GUIDES:])]
    tomorrow = time.today() + timedelta(days=1)  # today's hour may be over
    said = {"name": "An hour", "zone": "UTC", "starts_on": tomorrow, "starts_at": clock(19)}
    series = Series.begin(ids.random_id(), said, by=lead)
    Series.objects.filter(pk=series.pk).update(needs_training=False)
    hour = Gathering.objects.get(series=series)
    Gathering.objects.filter(pk=hour.pk).update(starts=time.now())
    Shift.objects.filter(gathering=hour).delete()
    seats = []
    for persona in [*guides, *members]:
        if persona.facilitates:
            part = "leads" if persona == lead else "helps"
            Shift(circle=lead.circle, gathering=hour, persona=persona, part=part).save(force_insert=True)
        seat = Seat(circle=lead.circle, gathering=hour, persona=persona, answer="coming")
        seat.save(force_insert=True)
        Consent.in_force(series).agree(persona, declared=[])
        seats.append(Seat.objects.get(pk=seat.pk))
    live = Hour.of(hour)
    for seat in seats:
        live.come(by=seat)
        if seat == seats[0]:
            live.act("open_door", by=seat, turn=0)
        if seat.pk in {one.pk for one in seats[GUIDES:]}:
            live.act("admit", by=seats[0], seat=seat.pk)
    live.act("begin", by=seats[0], turn=live.look().turn)
    cookies = []
    for person in people[:GUIDES]:
        client = Client()
        client.force_login(person, backend="weft.people.door.Opened")
        cookies.append(f"{settings.SESSION_COOKIE_NAME}={client.cookies[settings.SESSION_COOKIE_NAME].value}")
    key = KeyConverter().to_url
    room = f"/circles/{key(lead.circle_id)}/gatherings/{key(hour.pk)}/room/"
    plan = {
        "subject": f"gathering:{hour.pk}",
        "personas": [one.pk for one in members],
        "cookies": cookies,
        "room": room,
    }
    out.write_text(json.dumps(plan))


class Desk:
    """Those who guide, each with a line of their own: they pause the hour, and let it go on, one after the other."""

    def __init__(self, port: int, plan: dict[str, Any]) -> None:
        self.port, self.room, self.number = port, plan["room"], 0
        self.guides: list[tuple[socket.socket, str, str]] = []
        for cookie in plan["cookies"]:
            line = socket.create_connection(("127.0.0.1", port))
            line.settimeout(60)
            line.sendall(f"GET {self.room} HTTP/1.1\r\n{HOST.format(port)}Cookie: {cookie}\r\n\r\n".encode())
            head, page = answer(line)
            crossing = "; ".join(re.findall(r"^set-cookie: ([^;\r]+)", head, re.M | re.I))
            token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page)
            if not token:
                sys.exit(f"the room does not open: {head}")
            self.guides.append((line, f"{cookie}; {crossing}" if crossing else cookie, token[1]))
            self.send(self.guides[-1], "come")
            answer(line)

    def ask(self) -> socket.socket:
        """Send the next command. Its answer is still to be read."""
        what = "go_on" if self.number % 2 else "pause"
        self.number += 1
        return self.send(self.guides[self.number % len(self.guides)], what)

    def send(self, guide: tuple[socket.socket, str, str], what: str) -> socket.socket:
        line, cookie, token = guide
        body = f"what={what}&csrfmiddlewaretoken={token}"
        head = (
            f"POST {self.room} HTTP/1.1\r\n{HOST.format(self.port)}Cookie: {cookie}\r\nWeft-Room: 1\r\n"
            f"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {len(body)}\r\n\r\n"
        )
        line.sendall((head + body).encode())
        return line


class Bare:
    """Whoever speaks in the bare event stream."""

    def __init__(self, port: int) -> None:
        self.line = socket.create_connection(("127.0.0.1", port))
        self.said = f"GET /say HTTP/1.1\r\n{HOST.format(port)}\r\n".encode()

    def ask(self) -> socket.socket:
        self.line.sendall(self.said)
        return self.line


def answer(line: socket.socket) -> tuple[str, str]:
    """The next answer: its head, and its body."""
    heard = b""
    while b"\r\n\r\n" not in heard:
        heard += line.recv(65536)
    head, _end, body = heard.partition(b"\r\n\r\n")
    length = re.search(rb"content-length: (\d+)", head, re.I)
    while not (len(body) >= int(length[1]) if length else body.endswith(b"0\r\n\r\n")):
        body += line.recv(65536)
    return head.decode(), body.decode()


def measure(plan: dict[str, Any], port: int, pid: int, count: int, commands: int, *, bare: bool) -> dict[str, Any]:
    """In the environment of the house: so many streams, and so many commands one after the other."""
    before = house.memory(pid)
    listeners = Listeners(port, plan["subject"])
    listeners.open(tokens(plan, count))
    opened = house.memory(pid)
    desk = Bare(port) if bare else Desk(port, plan)
    listeners.drain()
    took: list[float] = []
    for number in range(WARM + commands):
        if number == WARM:
            used = house.cpu(pid)
        asked = time.perf_counter()
        line = desk.ask()
        heard = listeners.hear(SIGN, 60)
        head, _body = answer(line)
        if " 20" not in head[:13]:
            sys.exit(f"a command was refused: {head.splitlines()[0]}")
        if number >= WARM:
            took += [moment - asked for moment in heard]
    cpu = house.cpu(pid) - used
    kilobytes = max(0.0, opened - before) * 1024 / count
    return {**told(took), "cpu": cpu / len(took) * 1e6, "command": cpu / commands * 1e3, "memory": kilobytes}


def tokens(plan: dict[str, Any], count: int) -> list[str]:
    import django

    django.setup()
    from weft.loom import streams

    personas = plan["personas"] * -(-count // len(plan["personas"]))
    return [streams.token(plan["subject"], persona) for persona in personas[:count]]


def bare(port: int) -> None:
    """The same server with nothing in it: whoever asks for /say lets one line go to all who listen."""
    import django

    django.setup()
    from weft.loom import serve

    queues: set[asyncio.Queue[bytes]] = set()

    class App(serve.App):
        number = 0

        async def live(self, receive: Any, send: Any) -> None:
            for said in ("startup", "shutdown"):
                await receive()
                await send({"type": f"lifespan.{said}.complete"})

        async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
            if scope["type"] == "lifespan":
                await self.live(receive, send)
                return
            streams = scope["path"].startswith("/stream/")
            kind = b"text/event-stream" if streams else b"text/plain"
            more = [] if streams else [(b"content-length", b"0")]
            await send({"type": "http.response.start", "status": 200, "headers": [(b"content-type", kind), *more]})
            if not streams:
                self.number += 1
                for queue in queues:
                    queue.put_nowait(SIGN + b"%d\n\n" % self.number)
                await send({"type": "http.response.body", "body": b""})
                return
            queue = asyncio.Queue[bytes]()
            queues.add(queue)
            await send({"type": "http.response.body", "body": b"event: beat\ndata: 1\n\n", "more_body": True})
            while True:
                await send({"type": "http.response.body", "body": await queue.get(), "more_body": True})

    serve.Server(App()).run([socket.create_server(("127.0.0.1", port), backlog=2048)])


def drawn(found: dict[str, Any]) -> str:
    """As a table."""
    rows = [
        "| | streams | median ms | p99 ms | CPU µs a delivery | CPU ms a command | KB a stream |",
        "|---|---|---|---|---|---|---|",
    ]
    for name, cells in found.items():
        for count, cell in cells.items():
            figures = [f"{cell[what]:,.1f}" for what in ("median", "p99", "cpu", "command", "memory")]
            rows.append(f"| {name} | {int(count):,} | {' | '.join(figures)} |")
    return "\n".join(rows)


def whole(quick: bool) -> None:
    sizes, commands = (STREAMS[:1], 10) if quick else (STREAMS, COMMANDS)
    with tempfile.TemporaryDirectory(prefix="weft-bench-") as passing:
        data = Path(passing) / "house"
        environment = house.environment(data)
        empty(data, environment)
        run([sys.executable, "-m", "bench.hour", "--fill", str(data / "plan.json")], environment)
        found: dict[str, Any] = {"a command in an hour": {}, "a bare event stream": {}}
        for count in sizes:
            for name, is_bare in (("a command in an hour", False), ("a bare event stream", True)):
                with ExitStack() as stack:
                    port = house.free_port()
                    command = [sys.executable, "-m", "bench.hour", "--bare", str(port)]
                    served = stack.enter_context(
                        house.started(command, environment, data / "bare.log", port, "/")
                        if is_bare
                        else house.served(data, environment)
                    )
                    asked = [str(data / "plan.json"), served.port, served.process.pid, count, commands, int(is_bare)]
                    done = run([sys.executable, "-m", "bench.hour", "--measure", json.dumps(asked)], environment)
                    found[name][count] = json.loads(done.splitlines()[-1])
    print(json.dumps(machine()))
    print(drawn(found))


def main() -> None:
    parser = argparse.ArgumentParser(
        prog="python -m bench.hour", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--quick", action="store_true", help="12 streams, ten commands")
    for inner in ("--fill", "--measure", "--bare"):
        parser.add_argument(inner, default="", help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.fill:
        fill(Path(asked.fill))
    elif asked.bare:
        bare(int(asked.bare))
    elif asked.measure:
        import resource

        _soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
        resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
        plan, port, pid, count, commands, is_bare = json.loads(asked.measure)
        plan = json.loads(Path(plan).read_text())
        print(json.dumps(measure(plan, port, pid, count, commands, bare=bool(is_bare))), flush=True)
    else:
        whole(asked.quick)


if __name__ == "__main__":
    main()
