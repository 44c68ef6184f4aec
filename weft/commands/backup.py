"""Write a backup of a house while it is open. It never holds the house key: keep that in another place."""

import argparse
import json
import os
import shutil
from datetime import UTC, datetime
from pathlib import Path

from weft.commands import ground
from weft.commands.trouble import Misuse, Trouble, plainly

KEEP = 7
PATTERN = "weft-????-??-??-??????.backup"


def options(parser: argparse.ArgumentParser) -> None:
    ground.folder_option(parser)
    parser.add_argument(
        "file", nargs="?", type=Path, metavar="FILE",
        help="where to write it: a file, or a folder for this house alone (default: “backups” in the house's folder)",
    )  # fmt: skip
    parser.add_argument(
        "--keep", type=int, metavar="N", default=KEEP,
        help=f"in a folder, keep the newest N backups and delete older ones (default: {KEEP})",
    )  # fmt: skip


def run(asked: argparse.Namespace) -> int:
    if asked.keep < 1:
        raise Misuse("--keep must be 1 or more.")
    data = ground.folder(asked.data)
    ground.must_stand(data)
    ground.wake()
    target, several = _target(asked.file, data)
    from weft.loom import backup, ledger
    from weft.loom.backup.archive import look_through

    with plainly():
        ground.must_be_up_to_date()
        backup.engine().write(target)
        label = look_through(target)
        ledger.add_missing()
        _copy(ledger.file(), beside(target, several=several))
        note(data, target)
    said = f"{target.stat().st_size / 1e6:.1f} MB"
    print(f"{ground.shown(target)} ({said}) holds the house as it was at {label.made_at:%Y-%m-%d %H:%M} UTC.")
    print(f"It needs the house key with the mark {' or '.join(label.keys)}, which is not in it.")
    if several:
        for old in sorted(target.parent.glob(PATTERN))[: -asked.keep]:
            old.unlink()
            print(f"{ground.shown(old)} was older, and is deleted.")
    return 0


def _target(said: Path | None, data: Path) -> tuple[Path, bool]:
    """The file to write, and whether it is one of several in a folder."""
    folder = data / "backups" if said is None else said
    if said is None:
        folder.mkdir(mode=0o700, exist_ok=True)
    if folder.is_dir():
        return (folder / f"weft-{datetime.now(UTC):%Y-%m-%d-%H%M%S}.backup").resolve(), True
    if not folder.parent.is_dir():
        raise Trouble(f"There is no folder {folder.parent}.", "Make it, or choose another place.")
    return folder.resolve(), False


def beside(target: Path, *, several: bool = True) -> Path:
    """The copy of the ledger of erasures that lies with a backup. A newer one serves older backups too."""
    return target.with_name("erasures" if several else f"{target.name}.erasures")


def _copy(ledger: Path, to: Path) -> None:
    new = to.with_name(f".{to.name}.new")
    shutil.copyfile(ledger, new)
    new.chmod(0o600)
    with new.open("rb+") as file:
        os.fsync(file.fileno())
    new.replace(to)


def note(data: Path, target: Path) -> None:
    """Where the newest backup is, for `weft check`."""
    new = data / ".last-backup.new"
    new.write_text(json.dumps({"file": str(target)}))
    new.replace(data / "last-backup")


def last(data: Path) -> Path | None:
    """The newest backup that was made here."""
    try:
        return Path(json.loads((data / "last-backup").read_text())["file"])
    except (OSError, ValueError, KeyError):
        return None
