"""Pages from Django's WSGI handler, in a few threads beside the loop of the server.

The whole request is there before a thread is asked, and the whole page before it leaves: one step there, one step back.
"""

import asyncio
import contextvars
import io
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from weft.loom.hub import Send
from weft.loom.turns import Turn


class Pages:
    def __init__(self, app: Callable[..., Any], threads: int) -> None:
        self.app = app
        self.executor = ThreadPoolExecutor(threads, thread_name_prefix="pages")

    async def __call__(self, scope: dict[str, Any], body: bytes, send: Send, turn: Turn) -> None:
        asked = contextvars.copy_context().run  # a language that one page chose is not that of the next
        loop = asyncio.get_running_loop()
        here = environ(scope, body) | {"weft.turn": turn}
        try:
            start, page = await loop.run_in_executor(self.executor, asked, self._answer, here)
        finally:
            turn.over()  # before the answer leaves: how fast it is read holds up nobody
        await send(start)
        await send({"type": "http.response.body", "body": page})

    def _answer(self, asked: dict[str, Any]) -> tuple[dict[str, Any], bytes]:
        """In a thread: how the answer begins, and the page."""
        start: dict[str, Any] = {"type": "http.response.start"}

        def start_response(status: str, headers: list[tuple[str, str]], _error: Any = None) -> None:
            start["status"] = int(status.split(" ", 1)[0])
            start["headers"] = [
                (name.lower().encode("latin1"), value.strip().encode("latin1")) for name, value in headers
            ]

        with asked["weft.turn"]:
            answer = self.app(asked, start_response)
            try:
                return start, b"".join(answer)
            finally:
                if hasattr(answer, "close"):
                    answer.close()


def environ(scope: dict[str, Any], body: bytes) -> dict[str, Any]:
    """A request as WSGI knows it. Who asks, and from where, is not in it."""
    server, port = scope.get("server") or ("localhost", 80)
    found = {
        "REQUEST_METHOD": scope["method"],
        "SCRIPT_NAME": "",
        "PATH_INFO": scope["path"].encode().decode("latin1"),
        "QUERY_STRING": scope["query_string"].decode("latin1"),
        "SERVER_PROTOCOL": f"HTTP/{scope['http_version']}",
        "SERVER_NAME": server,
        "SERVER_PORT": str(port or 0),
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": scope.get("scheme", "http"),
        "wsgi.input": io.BytesIO(body),
        "wsgi.errors": sys.stderr,
        "wsgi.multithread": True,
        "wsgi.multiprocess": True,
        "wsgi.run_once": False,
    }
    for raw_name, raw_value in scope["headers"]:
        if b"_" in raw_name:  # it would pass for the header with a hyphen in its place, which a front server may set
            continue
        name, value = raw_name.decode("latin1").upper().replace("-", "_"), raw_value.decode("latin1")
        key = name if name == "CONTENT_TYPE" else f"HTTP_{name}"
        found[key] = f"{found[key]},{value}" if key in found else value
    found.pop("HTTP_CONTENT_LENGTH", None)
    found["CONTENT_LENGTH"] = str(len(body))
    return found
