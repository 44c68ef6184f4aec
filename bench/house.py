"""A house that is served, as whoever runs the machine would serve it; and what its processes use. Linux only: /proc."""

import os
import re
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

TICK = os.sysconf("SC_CLK_TCK")
ROOT = Path(__file__).parents[1]


def environment(data: Path, database: str = "", **more: str) -> dict[str, str]:
    """As it is at home: nothing from this shell says how the house is."""
    found = {name: value for name, value in os.environ.items() if not name.startswith(("WEFT_", "PYTHON"))}
    found |= {"WEFT_DATA": str(data), "DJANGO_SETTINGS_MODULE": "weft.settings", "PYTHONPATH": str(ROOT)}
    if database:
        found["WEFT_DATABASE"] = database
    return found | more


@contextmanager
def served(data: Path, environment: dict[str, str], *options: str) -> Iterator["Served"]:
    port = free_port()
    command = [sys.executable, "-m", "weft", "serve", "--data", str(data), "--port", str(port), *options]
    with started(command, environment, data / "serve.log", port, "/help/") as found:
        yield found


@contextmanager
def constant(data: Path, environment: dict[str, str], size: int) -> Iterator["Served"]:
    port = free_port()
    command = [sys.executable, "-m", "bench.constant", str(port), str(size)]
    with started(command, environment, data / "constant.log", port, "/") as found:
        yield found


@contextmanager
def started(command: list[str], environment: dict[str, str], log: Path, port: int, first: str) -> Iterator["Served"]:
    with log.open("w") as out:
        began = time.perf_counter()
        process = subprocess.Popen(command, env=environment, cwd=ROOT, stdout=out, stderr=out)
        try:
            _wait_for(port, process, log)
            with urllib.request.urlopen(f"http://127.0.0.1:{port}{first}", timeout=60) as answer:
                answer.read()
            yield Served(process, port, time.perf_counter() - began)
        finally:
            process.terminate()
            with suppress(subprocess.TimeoutExpired):
                process.wait(20)
            process.kill()
            process.wait()


def _wait_for(port: int, process: "subprocess.Popen[bytes]", log: Path) -> None:
    until = time.monotonic() + 120
    while time.monotonic() < until and process.poll() is None:
        with suppress(OSError):
            socket.create_connection(("127.0.0.1", port), timeout=60).close()
            return
        time.sleep(0.005)
    sys.exit(f"The house does not open: {log.read_text()[-2000:]}")


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as found:
        port: int = found.getsockname()[1]
        return port


class Served:
    """A server with all its processes."""

    def __init__(self, process: "subprocess.Popen[bytes]", port: int, first_answer: float) -> None:
        self.process, self.port, self.first_answer = process, port, first_answer

    @property
    def cpu(self) -> float:
        return cpu(self.process.pid)

    @property
    def memory(self) -> float:
        return memory(self.process.pid)


def family(pid: int) -> list[int]:
    """A process and all that came from it."""
    found = [pid]
    for parent in found:
        for tasks in Path(f"/proc/{parent}/task").glob("*/children"):
            with suppress(OSError):
                found += map(int, tasks.read_text().split())
    return found


def cpu(pid: int) -> float:
    """Processor seconds that a process and its children have used, those that ended among them."""
    ticks = 0
    for one in family(pid):
        with suppress(OSError):
            after_name = Path(f"/proc/{one}/stat").read_text().rsplit(")", 1)[1].split()
            ticks += sum(map(int, after_name[11:15]))
    return ticks / TICK


def memory(pid: int) -> float:
    """Megabytes of a process and its children: what is shared is counted once (PSS)."""
    kilobytes = 0
    for one in family(pid):
        with suppress(OSError, AttributeError):
            said = Path(f"/proc/{one}/smaps_rollup").read_text()
            kilobytes += int(re.search(r"^Pss:\s+(\d+)", said, re.M)[1])  # type: ignore[index]
    return kilobytes / 1024


def busy() -> float:
    """Processor seconds that the whole machine has used."""
    spent = list(map(int, Path("/proc/stat").read_text().split("\n", 1)[0].split()[1:9]))
    return (sum(spent) - spent[3] - spent[4]) / TICK
