"""Run an example house with made-up people, in ./weft-demo. Nothing real is touched; nobody else reaches it."""

import argparse
import os
import shutil
import subprocess
import sys
from contextlib import suppress
from hashlib import sha256
from pathlib import Path

from weft import __version__
from weft.commands import ground, serving
from weft.commands.trouble import Misuse, Trouble

KEPT = ("WEFT_THREADS", "WEFT_LANGUAGE", "WEFT_TIME_ZONE", "WEFT_DEBUG")
MADE_BY = "made-by"


def options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--data", metavar="FOLDER", type=Path, help="where the example lies (default: ./weft-demo)")
    parser.add_argument("--host", default="127.0.0.1", help="always this computer: everybody may sign in as anybody")
    parser.add_argument("--port", type=int, help=f"port to listen at (default: {ground.PORT}, or the next free one)")
    parser.add_argument("--no-browser", action="store_true", help="do not open a browser")


def run(asked: argparse.Namespace) -> int:
    if not ground.local(asked.host):
        raise Misuse(
            "An example house is for this computer only: whoever reaches it can sign in as anybody.",
            "For a real house, see “weft start”.",
        )
    for name in [name for name in os.environ if name.startswith("WEFT_") and name not in KEPT]:
        del os.environ[name]  # an example never comes near a real house
    os.environ["WEFT_DEMO"] = "1"
    os.environ.setdefault("WEFT_TIME_ZONE", "Europe/London")  # its made-up people live in an English town
    data = ground.folder(asked.data, "weft-demo")
    ground.must_be_closed(data)
    asked.certfile = asked.keyfile = ""
    asked.behind_proxy, asked.workers = False, 1
    opened = ground.door(asked)
    home = ground.address(asked, opened) + "/"
    _see_to_it(data)
    ground.wake()
    ground.ready_database()
    sign = serving.Sign(
        f"Weft {__version__} · an example house, made-up people, in {ground.shown(data)}"
        " (delete the folder to forget it)",
        {"Home": home, "Sign in as": f"{home}demo/", **_people()},
        ["Only this computer can reach it. Stop with Ctrl+C."],
    )
    return serving.serve(asked, opened, data, sign, look_at="" if asked.no_browser else f"{home}demo/")


def _people() -> dict[str, str]:
    """Some of those whom one can sign in as, if the example names them."""
    from weft.home import demo

    named = getattr(demo, "NAMED", "")
    return {"": named} if named else {}


def _see_to_it(data: Path) -> None:
    """Make the example whole, or not at all: it gets its name when it is done."""
    mark = data / MADE_BY
    if data.exists() and not mark.exists():
        raise Trouble(
            f"{ground.shown(data)} is there, and it is not an example house.", "Choose another folder with --data."
        )
    if mark.exists() and mark.read_text() != _tables():
        print("This example was made by another version of Weft. It is made anew.", flush=True)
        shutil.rmtree(data)
    if data.exists():
        return
    part = data.with_name(f".{data.name}.part")
    shutil.rmtree(part, ignore_errors=True)  # somebody pressed Ctrl+C
    print("Filling an example house with made-up people. This happens once.", flush=True)
    ground.make(part)
    filled = subprocess.run(
        [sys.executable, "-m", "weft.commands.demo"], env=os.environ | {"WEFT_DATA": str(part)}, check=False
    )
    if filled.returncode:
        raise Trouble("The example could not be filled.")
    (part / MADE_BY).write_text(_tables())
    part.rename(data)


def _tables() -> str:
    """A mark of the tables and of what fills them: an example made with others cannot be brought up to date."""
    found = sha256()
    weft = Path(__file__).parents[1]
    for path in sorted(
        [*weft.glob("*/migrations/0*.py"), *weft.glob("home/demo/*.py"), *weft.glob("home/demo/*/*.toml")]
    ):
        found.update(path.read_bytes())
    return found.hexdigest()


def fill() -> None:
    """Fill the empty house that the environment names."""
    ground.wake()
    ground.ready_database()
    from weft.home import demo

    demo.fill(say=lambda *said: print(" ", *said, flush=True))
    from django.db import connection

    connection.close()


if __name__ == "__main__":
    with suppress(KeyboardInterrupt):
        fill()
        sys.exit(0)
    sys.exit(130)
