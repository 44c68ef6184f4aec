"""Everything that is measured, part by part. Each part is kept as soon as it is known."""

import json
import os
import platform
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import partial
from hashlib import sha256
from pathlib import Path
from typing import Any

from bench import house
from bench.asks import PAGES, RARE
from bench.sizes import Size

CONNECTIONS = (1, 4, 16)
STORY = next(iter(PAGES))
Found = dict[str, Any]


class Bench:
    def __init__(self, folder: Path, size: Size, seconds: float, *, keep: bool) -> None:
        folder.mkdir(exist_ok=True)
        folder.chmod(0o755)  # the server of PostgreSQL runs as somebody else
        self.folder, self.size, self.seconds = folder, size, seconds
        self.file = folder / f"found-{size.name}.json"
        self.found: Found = json.loads(self.file.read_text()) if keep and self.file.exists() else {}
        self.found.setdefault("machine", machine())
        self.found["size"] = vars(size)

    def part(self, database: str, name: str, measure: Callable[[], Any]) -> Any:
        """One part of the table, measured unless it is known."""
        parts = self.found.setdefault(database, {})
        if name not in parts:
            print(f"{database}: {name}", file=sys.stderr, flush=True)
            parts[name] = measure()
            self.file.write_text(json.dumps(self.found, indent=1))
        return parts[name]

    def measure(self, database: str, *, threads: bool) -> None:
        with self.standing(database, self.size) as (data, environment, post):
            plan = data / "plan.json"
            inside = self.part(database, "inside", lambda: self.inside(plan, environment))
            self.part(database, "start", lambda: self.start(data, environment))
            # Before anybody replies: what a reply asks for is done a while later, and would be heard here.
            self.part(database, "listeners", lambda: self.listeners(data, plan, environment))
            with Readers(plan) as readers:

                def cells(pages: list[str], environment: dict[str, str], *options: str) -> Found:
                    with house.served(data, environment, *options) as served:
                        return self.cells(readers, served, post, pages)

                self.part(database, "pages", lambda: cells(list(PAGES), environment))
                self.part(database, "limit", lambda: self.limit(readers, data, environment, inside))
                self.part(database, "two processes", lambda: cells([STORY, "a reply"], environment, "--workers", "2"))
                for number in (1, 2, 4) if threads else ():
                    more = environment | {"WEFT_THREADS": str(number)}
                    self.part(database, f"{number} threads", partial(cells, [STORY, "a reply"], more))

    def compare(self, database: str, larger: Size) -> None:
        """The same pages of both houses, in turns."""
        with (
            self.standing(database, self.size) as (data, environment, _post),
            self.standing(database, larger, beside=environment) as (data_of_larger, environment_of_larger, _),
        ):

            def turns() -> Found:
                found: dict[str, list[list[float]]] = {page: [[], []] for page in PAGES if page not in RARE}
                with (
                    house.served(data, environment) as here,
                    house.served(data_of_larger, environment_of_larger) as there,
                    Readers(data / "plan.json") as few,
                    Readers(data_of_larger / "plan.json") as many,
                ):
                    for turn in range(5):
                        for page, both in found.items():
                            for served, readers, medians in ((here, few, both[0]), (there, many, both[1])):
                                ran = readers.run(served.port, page, 1, self.seconds / 4)
                                if turn:  # the first is for warming up
                                    medians.append(ran["median"])
                return {page: [statistics.median(medians) for medians in both] for page, both in found.items()}

            for environment_of_one, where in ((environment, data), (environment_of_larger, data_of_larger)):
                self.inside(where / "plan.json", environment_of_one, times=10)
            self.part(database, "ten times", turns)

    @contextmanager
    def standing(
        self, database: str, size: Size, beside: dict[str, str] | None = None
    ) -> Iterator[tuple[Path, dict[str, str], int]]:
        """A house of this size: its folder, its environment, and the process of its database server, if it has one."""
        data = self.folder / f"{database}-{size.name.replace(' ', '-')}"
        if database == "sqlite":
            self.seeded(data, size, environment := house.environment(data))
            yield data, environment, 0
        elif beside:
            server = beside["WEFT_DATABASE"].rsplit("/", 1)[0]
            self.seeded(data, size, environment := house.environment(data, f"{server}/{data.name.replace('-', '_')}"))
            yield data, environment, 0
        else:
            from weft.tests.run import postgres, postgres_programs

            with postgres(postgres_programs(), self.folder / "postgres", {"log_min_messages": "fatal"}) as address:
                server = address.rsplit("/", 1)[0]
                name = data.name.replace("-", "_")
                self.seeded(data, size, environment := house.environment(data, f"{server}/{name}"))
                yield data, environment, int((self.folder / "postgres/data/postmaster.pid").read_text().split()[0])

    def seeded(self, data: Path, size: Size, environment: dict[str, str]) -> None:
        """Make the house, unless it stands as it would be made now."""
        mark = sha256(json.dumps(vars(size)).encode())
        for file in sorted([*house.ROOT.glob("weft/*/migrations/*.py"), house.ROOT / "bench/seed.py"]):
            mark.update(file.read_bytes())
        if (data / "mark").exists() and (data / "mark").read_text() == mark.hexdigest():
            return
        print(f"{data.name}: {size.people:,} people, {size.replies:,} replies", file=sys.stderr, flush=True)
        began = time.monotonic()
        empty(data, environment)
        run([sys.executable, "-m", "bench.seed", json.dumps(vars(size)), str(data / "plan.json")], environment)
        (data / "mark").write_text(mark.hexdigest())
        print(f"{data.name}: seeded in {time.monotonic() - began:.0f} s", file=sys.stderr, flush=True)

    def inside(self, plan: Path, environment: dict[str, str], times: int = 60) -> Found:
        times = 20 if self.seconds < 1 else times
        said = run([sys.executable, "-m", "bench.inside", str(plan), "--times", str(times)], environment)
        found: Found = json.loads(said)
        return found

    def start(self, data: Path, environment: dict[str, str]) -> Found:
        """From the command to the first answer, a few times; and the memory of a house in which nobody is yet."""
        took = []
        for _time in range(5 if self.seconds >= 1 else 2):
            with house.served(data, environment) as served:
                took.append(served.first_answer)
                time.sleep(1)
                memory = served.memory
        return {"least": min(took), "median": statistics.median(took), "memory": memory}

    def cells(self, readers: "Readers", served: house.Served, post: int, pages: list[str]) -> Found:
        """Every page with one, four and sixteen connections, in a house that has been open for a while: each reader has
        come by once, since whoever is not yet known as a member stands aside for those who are (`loom/turns.py`)."""
        found: Found = {"memory before": served.memory}
        if pages != [""]:  # the limit knows nobody
            readers.run(served.port, "today", 4, 60, readers.many)
        for page in pages:
            most = min(RARE.get(page, 0), round(RARE.get(page, 0) * self.seconds / 2))
            readers.run(served.port, page, 4, self.seconds / 4, most // 4)
            found[page] = {}
            for connections in CONNECTIONS:
                before, database, all_of_it = served.cpu, house.cpu(post) if post else 0, house.busy()
                ran = readers.run(served.port, page, connections, self.seconds, most)
                count = max(1, ran["count"])
                ran["cpu"] = (served.cpu - before) / count * 1000
                ran["database cpu"] = (house.cpu(post) - database) / count * 1000 if post else 0
                ran["busy"] = (house.busy() - all_of_it) / ran["seconds"] / (os.cpu_count() or 1)
                found[page][str(connections)] = ran
        found["memory after"] = served.memory
        if post:
            found["memory of PostgreSQL"] = house.memory(post)
        return found

    def limit(self, readers: "Readers", data: Path, environment: dict[str, str], inside: Found) -> Found:
        size = inside["pages"][STORY]["bytes"]
        with house.constant(data, environment, size) as served:
            return {**self.cells(readers, served, 0, [""])[""], "bytes": size}

    def listeners(self, data: Path, plan: Path, environment: dict[str, str]) -> Found:
        found: Found = {}
        for count in (1000, 100):
            with house.served(data, environment) as served:
                time.sleep(1)
                before = served.memory
                command = [sys.executable, "-m", "bench.listeners", str(plan), str(served.port), str(count)]
                process = subprocess.Popen(
                    [*command, str(max(1, round(self.seconds)))],
                    env=environment, cwd=house.ROOT, text=True, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                )  # fmt: skip
                assert process.stdout
                opened = json.loads(process.stdout.readline() or "{}")
                opened["kilobytes"] = (served.memory - before) * 1024 / count
                found[str(count)] = opened | json.loads(process.stdout.readline() or "{}")
                process.communicate("\n")
        return found


class Readers:
    """The process from which the load comes."""

    def __init__(self, plan: Path) -> None:
        self.many = len(json.loads(plan.read_text())["readers"])
        self.process = subprocess.Popen(
            [sys.executable, "-m", "bench.load", str(plan)],
            env=house.environment(plan.parent), cwd=house.ROOT, text=True,
            stdin=subprocess.PIPE, stdout=subprocess.PIPE,
        )  # fmt: skip

    def run(self, port: int, page: str, connections: int, seconds: float, most: int = 0) -> Found:
        assert self.process.stdin
        assert self.process.stdout
        order = {"port": port, "page": page, "connections": connections, "seconds": seconds, "most": most}
        if most:
            order["seconds"] = 60
        print(json.dumps(order), file=self.process.stdin, flush=True)
        found: Found = json.loads(self.process.stdout.readline())
        if found["errors"]:
            print(f"  {page}, {connections} connections: {found['errors']}", file=sys.stderr, flush=True)
        return found

    def __enter__(self) -> "Readers":
        return self

    def __exit__(self, *_error: object) -> None:
        self.process.terminate()
        self.process.wait()


def empty(data: Path, environment: dict[str, str]) -> None:
    """A folder with a new key, and an empty database."""
    from weft.loom import keys

    data.mkdir(mode=0o700, exist_ok=True)
    for file in data.glob("*"):
        if file.is_file():
            file.unlink()
    keys.make(data / "house.key")
    if address := environment.get("WEFT_DATABASE"):
        import psycopg

        server, name = address.rsplit("/", 1)
        folder = server.split("@", 1)[1].replace("%2F", "/")
        with psycopg.connect(host=folder, user="weft", dbname="postgres", autocommit=True) as connection:
            connection.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)'.encode())
            connection.execute(f'CREATE DATABASE "{name}"'.encode())


def run(command: list[str], environment: dict[str, str]) -> str:
    done = subprocess.run(command, env=environment, cwd=house.ROOT, text=True, stdout=subprocess.PIPE, check=False)
    if done.returncode:
        sys.exit(f"{' '.join(command[2:4])} did not work")
    return done.stdout


def machine() -> Found:
    """Where and when, and how much else was going on."""
    model = [
        line.split(":")[1].strip() for line in Path("/proc/cpuinfo").read_text().splitlines() if "model name" in line
    ]
    return {
        "when": datetime.now(UTC).strftime("%Y-%m-%d %H:%M UTC"),
        "processor": f"{os.cpu_count()} cores of {model[0] if model else platform.machine()}",
        "python": platform.python_version(),
        "load": os.getloadavg()[0],
        "yardstick": yardstick(),
    }


def yardstick() -> float:
    """Milliseconds for a fixed piece of work: on a machine that does other things as well, everything takes longer."""
    took = []
    for _time in range(9):
        began = time.process_time()
        for _step in range(300_000):
            str(_step)
        took.append((time.process_time() - began) * 1000)
    return statistics.median(took)
