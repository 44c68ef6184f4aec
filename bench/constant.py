"""The limit: the same server and the same threads, with so many constant bytes in place of a page.

python -m bench.constant PORT BYTES
"""

import socket
import sys
from collections.abc import Iterable
from typing import Any

LETTERS = b"A page is never shorter than what is on it. "


def main(port: int, size: int) -> None:
    import django

    django.setup()
    from django.conf import settings

    from weft.loom import serve, wsgi

    page = (LETTERS * (size // len(LETTERS) + 1))[:size]
    headers = [("Content-Type", "text/html; charset=utf-8"), ("Content-Length", str(size))]

    def constant(environ: Any, start_response: Any) -> Iterable[bytes]:
        start_response("200 OK", headers)
        return [page]

    class App(serve.App):
        async def live(self, receive: Any, send: Any) -> None:
            for said in ("startup", "shutdown"):
                await receive()
                await send({"type": f"lifespan.{said}.complete"})

    app = App()
    app.pages = wsgi.Pages(constant, settings.THREADS)
    serve.Server(app).run([socket.create_server(("127.0.0.1", port), backlog=2048)])


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]))
