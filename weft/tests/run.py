"""Every check and every test, in one command; `bin/test` sets the environment up and calls this.

Nothing is skipped in silence: a browser and a PostgreSQL server are found or installed, or the run ends with one line
that says how to get them.
"""

import argparse
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import NoReturn

ROOT = Path(__file__).parents[2]
PYTHON = [sys.executable, "-m"]
WORKERS = ["-n", "2", "--dist", "worksteal"] if (os.cpu_count() or 1) > 1 else []
QUIET = {
    "DEBIAN_FRONTEND": "noninteractive",
    "NEEDRESTART_MODE": "l",
}


def main() -> int:
    asked = _asked()
    environment = {**os.environ, "DJANGO_SETTINGS_MODULE": "weft.tests.settings", "WEFT_REQUIRE_BROWSER": "1"}
    for name in ("WEFT_DATA", "WEFT_KEY", "WEFT_ADDRESS", "WEFT_DEMO", "WEFT_DEBUG"):
        environment.pop(name, None)  # a real house near by is not a place for tests
    if asked.paths:
        return Tests().run("tests", environment, *asked.paths)
    environment.pop("WEFT_DATABASE", None)
    if not asked.quick:
        chromium()
        programs = postgres_programs()
        forgetful_disk()
        readers_of_calendars()
    failed = checks(environment)
    tests = Tests()
    if asked.quick:
        tests.run("tests on SQLite", environment, *WORKERS, "-m", "not browser and not slow")
    else:
        tests.run("tests on SQLite", environment, *WORKERS, "-m", "not browser")
        tests.run("walks in the browser", environment, *WORKERS, "-m", "browser")
        with postgres(programs) as address:
            on_postgres = {**environment, "WEFT_DATABASE": address}
            tests.run("tests on PostgreSQL", on_postgres, *WORKERS, "-m", "not browser and not once")
    failed += tests.failed
    print(f"\n{'All is well.' if not failed else 'Not well: ' + ', '.join(failed) + '.'}")
    print(tests.closing_line())
    return 1 if failed else 0


def _asked() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="bin/test", description="Run every check and every test; or only the tests at PATH, on SQLite."
    )
    parser.add_argument("--quick", action="store_true", help="leave out PostgreSQL, the browser and slow laws")
    parser.add_argument("paths", nargs="*", metavar="PATH", help="what to run, and anything else for pytest after --")
    return parser.parse_args()


# Checks


def checks(environment: dict[str, str]) -> list[str]:
    """Those that need no database, two at a time; a line for each, and the words of those that failed."""
    found: dict[str, list[str]] = {
        "types": [*PYTHON, "mypy"],
        "lint": [*PYTHON, "ruff", "check", "weft", "bench"],
        "format": [*PYTHON, "ruff", "format", "--check", "weft", "bench"],
        "law of imports": [str(Path(sys.executable).with_name("lint-imports")), "--no-cache"],
        "migrations in step": [*PYTHON, "django", "makemigrations", "--check", "--dry-run"],
    }
    with ThreadPoolExecutor(2) as pool:
        runs = {name: pool.submit(_timed, command, environment) for name, command in found.items()}
    failed = []
    for name, run in runs.items():
        done, seconds = run.result()
        line(name, done.returncode == 0, seconds)
        if done.returncode:
            failed.append(name)
            print(done.stdout)
    return failed


def _timed(command: list[str], environment: dict[str, str]) -> tuple[subprocess.CompletedProcess[str], float]:
    start = time.monotonic()
    done = subprocess.run(
        command, cwd=ROOT, env=environment, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False
    )
    return done, time.monotonic() - start


def line(name: str, well: bool, seconds: float) -> None:
    print(f"{'ok  ' if well else 'FAIL'}  {name} ({seconds:.1f} s)", flush=True)


# Tests


class Tests:
    """Runs of pytest, and what they came to in all."""

    def __init__(self) -> None:
        self.failed: list[str] = []
        self.counts: dict[str, int] = {}
        self.start = time.monotonic()

    def run(self, name: str, environment: dict[str, str], *arguments: str) -> int:
        start, said = time.monotonic(), ""
        command = [*PYTHON, "pytest", "-rs", "--durations=5", "--durations-min=5", *arguments]
        print(f"\n{name}", flush=True)
        process = subprocess.Popen(
            command, cwd=ROOT, env=environment, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
        )
        assert process.stdout
        for said_now in process.stdout:
            sys.stdout.write(said_now)
            sys.stdout.flush()
            said = said_now if re.search(r"\d+ \w+.* in [\d.]+s", said_now) else said
        code = process.wait()
        for number, what in re.findall(r"(\d+) (\w+)", said.rsplit(" in ", 1)[0]):
            self.counts[what] = self.counts.get(what, 0) + int(number)
        line(name, code == 0, time.monotonic() - start)
        if code:
            self.failed.append(name)
        return code

    def closing_line(self) -> str:
        """What pytest would have said if it had been one run."""
        order = ["failed", "passed", "skipped", "deselected"]
        names = sorted(self.counts, key=lambda name: order.index(name) if name in order else len(order))
        counted = ", ".join(f"{self.counts[name]} {name}" for name in names if name != "deselected")
        return f"{counted or 'no tests ran'} in {time.monotonic() - self.start:.2f}s"


# What a fresh machine lacks


def chromium() -> None:
    """A whole one, and one without windows for most of the walks, where it can be had."""
    from weft.tests.browser import WITHOUT_WINDOWS, find_chromium, find_quick_chromium

    if not find_chromium():
        install("Chromium", "chromium")
        find_chromium.cache_clear()
    if not find_chromium():
        give_up("no browser for the walks: set WEFT_CHROMIUM=/path/to/chromium, or apt install chromium")
    if find_quick_chromium() == find_chromium() and not os.environ.get("WEFT_CHROMIUM"):
        install("Chromium without windows", WITHOUT_WINDOWS)
        find_quick_chromium.cache_clear()
    print(f"browser: {find_chromium()}, and for most walks {find_quick_chromium()}", flush=True)


def postgres_programs() -> Path:
    """The folder with `initdb` and `postgres`."""

    def find() -> Path | None:
        folders = sorted(
            Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: int(path.parent.name), reverse=True
        )
        brewed = sorted(Path("/opt/homebrew/opt").glob("postgresql@*/bin"), reverse=True)
        on_path = [Path(program).parent for program in filter(None, [shutil.which("initdb")])]
        return next((path for path in [*folders, *brewed, *on_path] if (path / "postgres").exists()), None)

    found = find()
    if not found:
        install("PostgreSQL", "postgresql")
        found = find()
    if not found:
        give_up("no PostgreSQL server for the tests: apt install postgresql, or brew install postgresql@16")
    print(f"PostgreSQL: {found}", flush=True)
    return found


def forgetful_disk() -> None:
    """What the law of the power cut needs: FUSE, of the kernel and of the system. A container may have neither."""
    from weft.tests.storm.disk import why_not

    if why_not() and Path("/dev/fuse").exists():
        install("FUSE", "fuse3")
    print(f"disk that forgets: {why_not() or 'FUSE'}", flush=True)


def readers_of_calendars() -> None:
    """Programs that read calendars, in a folder of their own beside the tests' other parts."""
    from weft.tests import readers

    try:
        readers.ready()
    except RuntimeError as error:
        give_up(str(error))
    print(f"readers of calendars: {', '.join(readers.READERS)}", flush=True)


def install(name: str, package: str) -> None:
    """By Debian's package manager, where it is there and we may."""
    if not shutil.which("apt-get") or os.getuid():
        return
    print(f"Installing {name} (apt-get install {package}).", flush=True)
    get = ["apt-get", "-q", "-y", "-o", "Dpkg::Use-Pty=0"]
    for command in ([*get, "update"], [*get, "install", "--no-install-recommends", package]):
        done, _seconds = _timed(command, {**os.environ, **QUIET})
        if done.returncode:
            print(done.stdout)


def give_up(why: str) -> NoReturn:
    print(f"bin/test: {why}", file=sys.stderr)
    sys.exit(1)


HASTY = {
    "fsync": "off", "synchronous_commit": "off", "full_page_writes": "off", "max_connections": "60",
    "log_min_messages": "fatal", "timezone": "UTC",
}  # fmt: skip


@contextmanager
def postgres(programs: Path, keep: Path | None = None, settings: dict[str, str] = HASTY) -> Iterator[str]:
    """A private server, reached by a socket in its own folder and by nothing else. The folder is gone afterwards,
    unless it is one to *keep*."""
    folder = keep or Path(tempfile.mkdtemp(prefix="weft-pg-"))
    folder.mkdir(exist_ok=True)
    own: dict[str, object] = {}
    if os.getuid() == 0:  # PostgreSQL will not run as root
        import pwd

        user = next(name for name in ("postgres", "nobody") if _exists(name))
        entry = pwd.getpwnam(user)
        os.chown(folder, entry.pw_uid, entry.pw_gid)
        own = {"user": entry.pw_uid, "group": entry.pw_gid, "extra_groups": []}
    server = None
    try:
        if not (folder / "data").exists():
            made = subprocess.run(
                [programs / "initdb", "-D", folder / "data", "-U", "weft", "-A", "trust", "-E", "UTF8", "--locale=C",
                 "--no-sync"],
                cwd=folder, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False, **own,
            )  # type: ignore[call-overload]  # fmt: skip
            if made.returncode:
                give_up(f"PostgreSQL could not make its folder: {made.stdout}")
        said = {"listen_addresses": "", "unix_socket_directories": folder, **settings}
        arguments = [word for name, value in said.items() for word in ("-c", f"{name}={value}")]
        server = subprocess.Popen([programs / "postgres", "-D", folder / "data", *arguments], cwd=folder, **own)  # type: ignore[call-overload]
        address = f"postgres://weft@{str(folder).replace('/', '%2F')}/postgres"
        _wait_for(str(folder))
        yield address
    finally:
        if server:
            server.send_signal(2)
            with suppress(subprocess.TimeoutExpired):
                server.wait(20)
        if not keep:
            shutil.rmtree(folder, ignore_errors=True)


def _exists(user: str) -> bool:
    import pwd

    with suppress(KeyError):
        return bool(pwd.getpwnam(user))
    return False


def _wait_for(folder: str) -> None:
    import psycopg

    for _ in range(100):
        with suppress(psycopg.OperationalError):
            psycopg.connect(host=folder, user="weft", dbname="postgres").close()
            return
        time.sleep(0.1)
    give_up("PostgreSQL does not answer.")


if __name__ == "__main__":
    with suppress(KeyboardInterrupt):
        sys.exit(main())
    sys.exit(130)
