"""The ground that a house stands on: its folder, its key, its door, its database. Settings are read only after this."""

import argparse
import contextlib
import errno
import fcntl
import gc
import ipaddress
import os
import socket
import sys
from pathlib import Path
from typing import IO

from weft.commands.trouble import Misuse, Trouble, plainly

PORT = 8765
FARTHEST = 20  # ports that are tried, one after the other
HOST_HELP = "Anything but this computer needs --certfile or --behind-proxy, and WEFT_ADDRESS=https://…"


def folder_option(parser: argparse.ArgumentParser, default: str = "./weft-data") -> None:
    parser.add_argument(
        "--data", metavar="FOLDER", type=Path, help=f"the house's folder (default: WEFT_DATA, or {default})"
    )


def door_options(parser: argparse.ArgumentParser) -> None:
    """Where to listen, and who answers for TLS."""
    parser.add_argument("--host", default="127.0.0.1", help=f"address to listen at (default: 127.0.0.1). {HOST_HELP}")
    parser.add_argument("--port", type=int, help=f"port to listen at (default: {PORT}, or the next free one)")
    parser.add_argument(
        "--certfile", default=os.environ.get("WEFT_CERTFILE", ""), help="TLS certificate, with its chain"
    )
    parser.add_argument("--keyfile", default=os.environ.get("WEFT_KEYFILE", ""), help="the key of that certificate")
    parser.add_argument("--behind-proxy", action="store_true", help="a front server speaks TLS and passes requests on")
    parser.add_argument("--workers", type=int, default=1, metavar="N", help="processes that answer (default: 1)")


def folder(given: Path | None, default: str = "weft-data") -> Path:
    """The house's folder, and from now on the settings' too."""
    data = Path(given or os.environ.get("WEFT_DATA") or default).resolve()
    os.environ["WEFT_DATA"] = str(data)
    os.umask(0o077)
    return data


def make(data: Path) -> bool:
    """Make the folder and the key of a new house. True if it is new; a house that is there is never touched."""
    new = not data.exists()
    if data.exists() and not data.is_dir():
        raise Trouble(f"{data} is not a folder.", "Choose another one with --data.")
    with plainly():
        data.mkdir(mode=0o700, parents=True, exist_ok=True)
        if data.stat().st_mode & 0o077:
            data.chmod(0o700)
    from weft.loom import keys

    key = key_file(data)
    if key is None or key.exists():
        return new
    if (data / "house.sqlite3").exists():
        raise Trouble(
            f"There is a house in {shown(data)}, but its key is gone: {shown(key)}",
            "Put back your copy of the key. A new key would not open a single word.",
        )
    with plainly():
        keys.make(key)
    return True


def key_file(data: Path) -> Path | None:
    """The file in which the house key lies, or will; none if it comes from somewhere else."""
    if os.environ.get("WEFT_KEY") or os.environ.get("WEFT_KEY_COMMAND"):
        return None
    return Path(os.environ.get("WEFT_KEY_FILE") or data / "house.key")


def must_stand(data: Path) -> None:
    """A house must be there already."""
    if not data.is_dir():
        raise Trouble(f"There is no house in {shown(data)}.", "Make one with “weft start”, or say where it is: --data.")


def door(asked: argparse.Namespace) -> socket.socket:
    """An open socket where people come in, after making sure that nobody can listen on the way."""
    _see_to_tls(asked)
    family = socket.AF_INET6 if ":" in asked.host else socket.AF_INET
    first = asked.port or PORT
    fixed = asked.port is not None or not local(asked.host) or asked.behind_proxy
    for port in range(first, first + (1 if fixed else FARTHEST)):
        try:
            found = socket.create_server((asked.host, port), family=family, backlog=2048)
        except OSError as error:
            if error.errno == errno.EADDRINUSE:
                continue
            why = "may not be used without more rights" if error.errno == errno.EACCES else (error.strerror or "")
            raise Trouble(f"{asked.host} port {port} cannot be opened: {why}.", "Choose another --port.") from None
        except OverflowError:
            raise Misuse(f"{port} is not a port.", "Ports go from 1 to 65535.") from None
        found.set_inheritable(True)
        if port != first:
            print(f"Port {first} is taken; using {port}.", flush=True)
        return found
    last = "" if fixed else f" to {first + FARTHEST - 1}"
    raise Trouble(f"Port {first}{last} is taken.", "Stop what runs there, or choose another with --port.")


def address(asked: argparse.Namespace, opened: socket.socket) -> str:
    """The address people type, and from now on the settings' too."""
    host = f"[{asked.host}]" if ":" in asked.host else asked.host
    scheme = "https" if asked.certfile else "http"
    os.environ.setdefault("WEFT_ADDRESS", f"{scheme}://{host}:{opened.getsockname()[1]}")
    if asked.behind_proxy:
        os.environ["WEFT_BEHIND_PROXY"] = "1"
    return os.environ["WEFT_ADDRESS"].rstrip("/")


def address_file(data: Path) -> Path:
    """A house that is open keeps its address in this file, and holds it locked."""
    return data / "address"


def running_at(data: Path) -> str:
    """The address of a house that is open on this machine, or nothing."""
    with contextlib.suppress(FileNotFoundError), address_file(data).open() as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return file.read()
    return ""


def must_be_closed(data: Path) -> None:
    """Two at once in one folder would spend each other's set-up links."""
    at = running_at(data)
    if at:
        raise Trouble(f"The house in {shown(data)} is open already: {at}/", "Use it there, or stop it first.")


def at_work(data: Path, *, alone: bool = False) -> None:
    """Work in this folder from now on, beside others; or *alone*, to put another house in its place."""
    if not data.exists():
        return  # whoever is to be alone makes it, and nobody else can be there
    file = os.fdopen(os.open(data / "at-work", os.O_RDWR | os.O_CREAT, 0o600), "r+")
    try:
        fcntl.flock(file, (fcntl.LOCK_EX if alone else fcntl.LOCK_SH) | fcntl.LOCK_NB)
    except BlockingIOError:
        file.close()
        if alone:
            raise Trouble(f"A worker is busy with the house in {shown(data)}.", "Stop “weft worker” first.") from None
        raise Trouble(
            f"A backup is being put back into {shown(data)} just now.", "Start this again when that is done."
        ) from None
    _held.append(file)


def open_up(data: Path) -> None:
    """Say that the house is open now."""
    at_work(data)
    file = address_file(data).open("a+")
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return must_be_closed(data)
    file.truncate(0)
    file.write(os.environ["WEFT_ADDRESS"].rstrip("/"))
    file.flush()
    _held.append(file)
    return None


_held: list[IO[str]] = []  # open for as long as the process lives


def local(host: str) -> bool:
    """Whether only this computer can reach it."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _see_to_tls(asked: argparse.Namespace) -> None:
    asked.behind_proxy = asked.behind_proxy or os.environ.get("WEFT_BEHIND_PROXY", "").lower() in ("1", "true", "yes")
    said = os.environ.get("WEFT_ADDRESS", "")
    for file in (asked.certfile, asked.keyfile):
        if file and not os.access(file, os.R_OK):
            raise Trouble(f"{file} cannot be read.", "Name the certificate and its key with --certfile and --keyfile.")
    if asked.keyfile and not asked.certfile:
        raise Misuse("--keyfile needs --certfile.")
    if asked.workers < 1:
        raise Misuse("--workers must be 1 or more.")
    if not local(asked.host):
        if not asked.certfile and not asked.behind_proxy:
            raise Misuse(
                f"{asked.host} is more than this computer, and what people write would travel in the open.",
                "Give --certfile and --keyfile, or put a front server before it and say --behind-proxy.",
            )
        if not said.startswith("https://"):
            raise Misuse(
                "The house must know the address that people type, and that it is safe.",
                "Set it: WEFT_ADDRESS=https://weft.example.org",
            )
    elif said.startswith("https://") and not asked.certfile and not asked.behind_proxy:
        raise Misuse(
            f"WEFT_ADDRESS is {said}, but nothing here speaks TLS, so nobody could sign in.",
            "Give --certfile and --keyfile, or say --behind-proxy.",
        )


def wake() -> None:
    """Read the settings and start Django."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "weft.settings")
    gc.disable()  # what is read now is here to stay: to look for garbage in it takes a tenth of the start
    import django

    with plainly():
        try:
            django.setup()
        except ValueError as error:  # an address that dj-database-url cannot read
            raise Trouble(f"A setting cannot be read: {error}", "See docs/hosting.md, “Settings”.") from None
    gc.freeze()
    gc.enable()


def ready_database() -> bool:
    """Bring the tables up to date, and see that the key opens them. True if anything had to be done."""
    from django.db import connection

    from weft.loom import keys, ledger, tables
    from weft.loom.models import DataKey
    from weft.loom.section import sections

    with plainly():
        behind = not tables.are_ready()
        if behind:
            tables.ready()
        oldest = DataKey.objects.first()
        if oldest:
            keys.unwrap(bytes(oldest.wrapped), oldest.scope)
        ledger.catch_up(lambda many: print(f"Erased again, since the database is older: {many}.", flush=True))
        keys.ready()
        for section in sections():
            section.begin()
        connection.close()
    return behind


def must_be_up_to_date() -> None:
    """The tables must be there, and those of this Weft."""
    from weft.loom import tables

    if not tables.are_ready():
        raise Trouble("The tables are those of an older Weft.", "Start the house once: “weft start” or “weft serve”.")


def is_open() -> bool:
    """Whether somebody has set up the house."""
    from weft.circles.models import House

    with plainly():
        return House.here() is not None


def shown(path: Path) -> str:
    """A path as people type it from where they are."""
    with contextlib.suppress(ValueError):
        return f"./{path.relative_to(Path.cwd())}"
    return str(path)


def has_display() -> bool:
    return sys.platform in ("darwin", "win32") or bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))
