"""Open pages that listen: a thousand streams, and a hint to all of them as soon as all of them have the last one.

    python -m bench.listeners PLAN PORT [N] [SECONDS]        in the environment of the house

The hint comes as it comes from another process of the house: by its socket on SQLite, by NOTIFY on PostgreSQL.
"""

import json
import select
import socket
import sys
import time
from pathlib import Path
from typing import Any

from bench.load import told


class Listeners:
    def __init__(self, port: int, subject: str) -> None:
        self.port, self.subject = port, subject
        self.poll = select.epoll()
        self.lines: dict[int, socket.socket] = {}
        self.number = 0

    def open(self, tokens: list[str]) -> float:
        """Seconds until so many streams have said hello."""
        began = time.perf_counter()
        for token in tokens:
            line = socket.create_connection(("127.0.0.1", self.port))
            line.sendall(f"GET /stream/{token} HTTP/1.1\r\nHost: 127.0.0.1:{self.port}\r\n\r\n".encode())
            line.setblocking(False)
            self.lines[line.fileno()] = line
            self.poll.register(line, select.EPOLLIN)
        self.hear(b"event: beat", 30)
        return time.perf_counter() - began

    def hear(self, sign: bytes, patience: float) -> list[float]:
        """The moments at which each of them heard this; all of them must."""
        waiting, heard, until = set(self.lines), [], time.monotonic() + patience
        while waiting:
            if time.monotonic() > until:
                sys.exit(f"{len(waiting)} of {len(self.lines)} streams did not hear {sign!r}")
            for number, _event in self.poll.poll(1.0):
                data = self.lines[number].recv(4096)
                if sign in data and number in waiting:
                    waiting.remove(number)
                    heard.append(time.perf_counter())
                elif not data:
                    sys.exit("a stream ended")
        return heard

    def drain(self) -> None:
        """Let go of what was said before."""
        while self.poll.poll(0.5):
            for number, _event in self.poll.poll(0):
                self.lines[number].recv(65536)

    def measure(self, seconds: float) -> dict[str, Any]:
        from weft.loom import wires

        took: list[float] = []
        began = time.perf_counter()
        while time.perf_counter() < began + seconds:
            self.number += 1
            said = time.perf_counter()
            wires.send([self.subject, "story", self.number])
            took += [heard - said for heard in self.hear(b"story %d\n" % self.number, 10)]
        passed = time.perf_counter() - began
        return {"listeners": len(self.lines), "deliveries": len(took) / passed, **told(took)}


def main(plan: str, port: int, count: int = 1000, seconds: float = 4) -> None:
    import resource

    import django

    django.setup()
    from weft.loom import streams

    _soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    asked = json.loads(Path(plan).read_text())["listeners"]
    personas = asked["personas"] * 12  # so many may one of them open
    tokens = [streams.token(asked["subject"], persona) for persona in personas[:count]]
    listeners = Listeners(port, asked["subject"])
    opened = listeners.open(tokens)
    print(json.dumps({"opened": opened}), flush=True)
    listeners.measure(seconds / 4)
    print(json.dumps(listeners.measure(seconds)), flush=True)
    sys.stdin.readline()  # whoever started this looks at the memory meanwhile


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), *map(int, sys.argv[3:5]))
