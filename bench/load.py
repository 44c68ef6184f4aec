"""Readers, in a process of their own: so many connections, each of which asks again as soon as it has its answer.

It reads one order a line, as JSON, and answers each with a line: how many were served, how long they took, what broke.
"""

import asyncio
import json
import statistics
import sys
import time
from pathlib import Path
from typing import Any

from bench.asks import Ask, Asks


class Line(asyncio.Protocol):
    """One connection that stays open."""

    def __init__(self, load: "Load") -> None:
        self.load, self.left, self.took = load, list[Ask](), 0.0
        self.buffer, self.needed = bytearray(), -1
        self.done: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def connection_made(self, transport: Any) -> None:
        self.transport = transport
        self.ask()

    def ask(self) -> None:
        if not self.left:
            if self.load.is_over():
                return self.transport.close()  # type: ignore[no-any-return]
            self.left, self.took = self.load.next(), 0.0
        method, address, cookie, body, self.expected = self.left.pop(0)
        head = f"{method} {address} HTTP/1.1\r\nHost: 127.0.0.1:{self.load.port}\r\nAccept-Language: en-GB,en;q=0.8\r\n"
        if cookie:
            head += f"Cookie: {cookie}\r\n"
        if method == "POST":
            head += f"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {len(body)}\r\n"
        self.began = time.perf_counter()
        self.transport.write(head.encode() + b"\r\n" + body)
        return None

    def data_received(self, data: bytes) -> None:
        self.buffer += data
        if self.needed < 0:
            end = self.buffer.find(b"\r\n\r\n")
            if end < 0:
                return None
            head = bytes(self.buffer[:end]).lower()
            self.status = int(head[9:12])
            place = head.find(b"content-length:")
            if place < 0:
                self.load.broke("an answer without a length")
                return self.transport.close()  # type: ignore[no-any-return]
            self.needed = end + 4 + int(head[place + 15 :].split(b"\r\n", 1)[0])
        if len(self.buffer) >= self.needed:
            self.took += time.perf_counter() - self.began
            if self.status != self.expected:
                self.load.broke(f"{self.status} instead of {self.expected}")
                self.left.clear()
            elif not self.left:
                self.load.took.append(self.took)
            self.load.bytes = max(self.load.bytes, self.needed)
            self.buffer.clear()
            self.needed = -1
            self.ask()
        return None

    def connection_lost(self, error: Exception | None) -> None:
        if not self.load.is_over():
            self.load.broke("a connection broke off")
        if not self.done.done():
            self.done.set_result(None)


class Load:
    """One order."""

    def __init__(self, asks: Asks, port: int, page: str, connections: int, seconds: float, most: int = 0) -> None:
        self.asks, self.port, self.page, self.connections = asks, port, page, connections
        self.seconds, self.most, self.begun = seconds, most, 0
        self.took: list[float] = []
        self.errors: dict[str, int] = {}
        self.bytes = 0

    def next(self) -> list[Ask]:
        self.begun += 1
        return self.asks.next(self.page) if self.page else [("GET", "/", "", b"", 200)]

    def is_over(self) -> bool:
        return time.perf_counter() > self.ends or bool(self.most and self.begun >= self.most)

    def broke(self, how: str) -> None:
        self.errors[how] = self.errors.get(how, 0) + 1
        if sum(self.errors.values()) > 50:
            self.ends = 0.0

    async def run(self) -> dict[str, Any]:
        loop, began = asyncio.get_running_loop(), time.perf_counter()
        self.ends = began + self.seconds
        made = [loop.create_connection(lambda: Line(self), "127.0.0.1", self.port) for _ in range(self.connections)]
        await asyncio.gather(*(line.done for _transport, line in await asyncio.gather(*made)))
        found = {"count": len(self.took), "seconds": time.perf_counter() - began, "errors": self.errors}
        return {**found, "bytes": self.bytes, **told(self.took)}


def told(took: list[float]) -> dict[str, float]:
    """Requests a second are for whoever asks; this is how long one takes, in milliseconds."""
    if len(took) < 2:
        return {"median": 0.0, "p99": 0.0}
    return {"median": statistics.median(took) * 1000, "p99": statistics.quantiles(took, n=100)[98] * 1000}


def main(plan: str) -> None:
    asks = Asks(json.loads(Path(plan).read_text()))
    for order in sys.stdin:
        print(json.dumps(asyncio.run(Load(asks, **json.loads(order)).run())), flush=True)


if __name__ == "__main__":
    main(sys.argv[1])
