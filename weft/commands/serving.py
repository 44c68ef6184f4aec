"""Serve a house until somebody stops it; what `start`, `serve` and `demo` have in common."""

import argparse
import contextlib
import html
import socket
import sys
import threading
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


def serve(asked: argparse.Namespace, opened: socket.socket, data: Path, *, look_at: str = "") -> int:
    """Serve at *opened*. *look_at* is the page that a browser opens, where there is a display."""
    from weft.loom import serve as loom

    ground.open_up(data)
    try:
        if asked.workers > 1:
            return loom.run_workers(opened, asked.workers, certfile=asked.certfile, keyfile=asked.keyfile)
        loom.run(
            opened, certfile=asked.certfile, keyfile=asked.keyfile, ready=lambda: _look(look_at, data / "open.html")
        )
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


def banner(first: str, lines: dict[str, str], *last: str) -> None:
    """What stands in the terminal while the house is open."""
    width = max(map(len, lines)) + 2
    print(f"\n{first}")
    for name, said in lines.items():
        print(f"  {name:{width}}{said}")
    for line in last:
        print(line)
    print(flush=True)
