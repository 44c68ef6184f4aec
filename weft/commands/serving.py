"""Serve a house until somebody stops it; what `start`, `serve` and `demo` have in common."""

import argparse
import contextlib
import html
import socket
import sys
import threading
from dataclasses import dataclass
from pathlib import Path

from weft.commands import ground
from weft.commands.trouble import Trouble


def must_reach(workers: int, data: Path) -> None:
    """Several processes tell each other what is new; on SQLite by sockets in the house's folder."""
    from django.db import connection

    from weft.loom import wires

    if workers > 1 and connection.vendor == "sqlite" and not wires.reaches():
        raise Trouble(
            f"The path {data} is too long for the sockets between several processes.",
            "Move the house to a shorter path, or leave out --workers.",
        )


@dataclass
class Sign:
    """What stands in the terminal while the house is open."""

    first: str
    lines: dict[str, str]
    last: list[str]

    def show(self) -> None:
        width = max(map(len, self.lines)) + 2
        print(f"\n{self.first}")
        for name, said in self.lines.items():
            print(f"  {name:{width}}{said}")
        print("\n".join([*self.last, ""]), flush=True)


def serve(asked: argparse.Namespace, opened: socket.socket, data: Path, sign: Sign, *, look_at: str = "") -> int:
    """Serve at *opened*, and show *sign* as soon as people can come in. A browser opens *look_at*, if there is one."""
    from weft.loom import serve as loom

    def ready() -> None:
        sign.show()
        _look(look_at, data / "open.html")

    ground.open_up(data)
    try:
        if asked.workers > 1:
            return loom.run_workers(opened, asked.workers, certfile=asked.certfile, keyfile=asked.keyfile, ready=ready)
        loom.run(opened, certfile=asked.certfile, keyfile=asked.keyfile, ready=ready)
        return 0
    finally:
        ground.address_file(data).unlink(missing_ok=True)
        (data / "open.html").unlink(missing_ok=True)
        if sys.stdout.isatty():
            print("\nThe house is closed.", flush=True)


def _look(address: str, page: Path) -> None:
    """Open a browser. It gets a file that leads on: the address itself, with its secret, would show in the list of
    processes to everybody on this machine."""
    if not address or not ground.has_display():
        return

    def look() -> None:
        import webbrowser

        with contextlib.suppress(OSError, webbrowser.Error):
            leads_on = f'<!doctype html><meta http-equiv="refresh" content="0; url={html.escape(address)}">'
            page.write_text(leads_on)
            webbrowser.open(page.as_uri())

    threading.Thread(target=look, name="browser", daemon=True).start()
