"""Lines that nobody uses: who begins a request and does not end it, or asks and does not take the answer.

Neither holds a thread, since a request is taken in whole and an answer waits in memory. But each holds an open file,
so every few seconds somebody looks over all lines, and cuts those that stand still. (Streams are the hub's.)
"""

import asyncio
from typing import Any

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol
from uvicorn.server import Server

from weft.loom import plain

EVERY = 5.0  # seconds between two looks
TIME_TO_ASK = 30.0  # seconds in which the head of a request must have arrived
TIME_TO_TAKE = 60.0  # seconds in which somebody who is sent something must have taken some of it
TIME_IN_ALL = 600.0  # seconds in which they must have taken all of it
HEAD = 16 * 1024  # bytes of a request's head
NOT_HEARD = "That could not be understood. Please go back and try again."


class TooLong(Exception):
    """A request's head has no end."""


class Line(HttpToolsProtocol):
    """One connection, and since when it has stood still."""

    asking_since = 0.0
    taking_since = 0.0
    some_taken = 0.0
    left = 0
    head = 0  # bytes of the head so far,
    unread = 0  # and of what came without an end to it
    in_head = False

    def connection_made(self, transport: Any) -> None:
        super().connection_made(transport)
        self.asking_since = self.loop.time()

    def on_response_complete(self) -> None:
        self.asking_since = self.loop.time()
        super().on_response_complete()

    def on_message_begin(self) -> None:
        self.in_head, self.head = True, 0
        super().on_message_begin()

    def on_url(self, url: bytes) -> None:
        self._has_room(url)
        super().on_url(url)

    def on_header(self, name: bytes, value: bytes) -> None:
        self._has_room(name + value)
        super().on_header(name, value)

    def on_headers_complete(self) -> None:
        self.in_head = False
        super().on_headers_complete()

    def _has_room(self, part: bytes) -> None:
        self.head += len(part)
        if self.head > HEAD:
            raise TooLong  # the parser takes it for an error of the request

    def data_received(self, data: bytes) -> None:
        super().data_received(data)
        if self.in_head and not self.transport.is_closing():  # a single word of the head may come in many pieces
            self.unread += len(data)
            if self.unread > 4 * HEAD:
                self.send_400_response("")
        else:
            self.unread = 0

    def send_400_response(self, msg: str) -> None:
        """What is no request, or has too long a head, is answered in words too, and then the line ends."""
        headers, body = plain.page(NOT_HEARD)
        said = b"".join(name + b": " + value + b"\r\n" for name, value in headers)
        self.transport.write(b"HTTP/1.1 400 Bad Request\r\n" + said + b"\r\n" + body)
        self.transport.close()

    @property
    def is_asking(self) -> bool:
        return self.cycle is None or self.cycle.response_complete

    def look(self, now: float) -> None:
        """Cut it if it has stood still for too long. A polite end would wait for the very one who takes nothing."""
        left = self.transport.get_write_buffer_size()
        if not left:
            self.taking_since = 0.0
            if self.is_asking and now - self.asking_since > TIME_TO_ASK + self.timeout_keep_alive:
                self.transport.abort()
            return
        if not self.taking_since:
            self.taking_since = self.some_taken = now
        elif left < self.left:
            self.some_taken = now
        self.left = left
        if now - self.some_taken > TIME_TO_TAKE or now - self.taking_since > TIME_IN_ALL:
            self.transport.abort()


async def watch(server: Server) -> None:
    """Look over all lines, for as long as the house is open."""
    while True:
        await asyncio.sleep(EVERY)
        now = asyncio.get_running_loop().time()
        for line in list(server.server_state.connections):
            if isinstance(line, Line) and line.transport is not None:
                line.look(now)
