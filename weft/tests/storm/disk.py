"""A disk that forgets: what nobody asked it to keep (fsync) is lost when the power goes, and of that half at random.

It is a small file system in memory (FUSE). It takes the files of a folder when it is mounted, and puts what would be
left of them back when the power is cut. Pages that were written and not synced are kept or lost each for itself, as a
real disk does that writes in whatever order it likes; so is the length of a file, and names that were made, changed or
taken away since the folder or a file was last synced are kept or lost together.

    python -m weft.tests.storm.disk FOLDER MOUNT        looking up MOUNT/.cut cuts the power; .full, .readonly and .well
                                                        change what it does from then on
"""

import errno
import os
import random
import shutil
import stat
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path

PAGE = 4096
PATIENCE = 30


class File:
    """What is on the disk for certain, and what is said to be there."""

    def __init__(self, kept: bytes = b"", mode: int = 0o600) -> None:
        self.kept, self.now, self.mode, self.changed = kept, bytearray(kept), mode, set()
        self.time = time.time_ns()

    def write(self, data: bytes, offset: int) -> None:
        if offset > len(self.now):
            self.now.extend(bytes(offset - len(self.now)))
        self.now[offset : offset + len(data)] = data
        self.changed.update(range(offset // PAGE, (offset + len(data) - 1) // PAGE + 1))
        self.time = time.time_ns()

    def truncate(self, length: int) -> None:
        if length < len(self.now):
            del self.now[length:]
        else:
            self.now.extend(bytes(length - len(self.now)))
        self.changed.add(length // PAGE)
        self.time = time.time_ns()

    def sync(self) -> None:
        if self.changed or len(self.now) != len(self.kept):
            self.kept = bytes(self.now)
        self.changed.clear()

    def after_a_cut(self, chance: random.Random) -> bytes:
        length = chance.choice([len(self.kept), len(self.now)])
        left = bytearray(self.kept[:length].ljust(length, b"\0"))
        for page in self.changed:
            start = page * PAGE
            if chance.random() < 0.5 and start < length:
                end = min(start + PAGE, length, len(self.now))
                left[start:end] = self.now[start:end]
        return bytes(left)


def operations(folder: Path, chance: random.Random):
    """The disk, for the FUSE library."""
    import mfusepy

    class Disk(mfusepy.Operations):
        use_ns = True
        refuses = 0  # a full disk, or one that is read only

        def __init__(self) -> None:
            self.names = {f"/{path.name}": File(path.read_bytes()) for path in folder.iterdir() if path.is_file()}
            self.names_kept = dict(self.names)
            self.folders = {"/"} | {f"/{path.name}" for path in folder.iterdir() if path.is_dir()}

        def file(self, path):
            if path not in self.names:
                raise mfusepy.FuseOSError(errno.ENOENT)
            return self.names[path]

        def may_write(self):
            if self.refuses:
                raise mfusepy.FuseOSError(self.refuses)

        def getattr(self, path, fh=None):
            if path == "/.cut":
                self.cut()
            if path in (orders := {"/.full": errno.ENOSPC, "/.readonly": errno.EROFS, "/.well": 0}):
                self.refuses = orders[path]
            own = {"st_uid": os.getuid(), "st_gid": os.getgid()}
            if path in self.folders:
                return {"st_mode": stat.S_IFDIR | 0o700, "st_nlink": 2, **own}
            file = self.file(path)
            when = dict.fromkeys(("st_mtime", "st_ctime", "st_atime"), file.time)
            return {"st_mode": stat.S_IFREG | file.mode, "st_nlink": 1, "st_size": len(file.now), **own, **when}

        def cut(self):
            names = chance.choice([self.names, self.names_kept])
            for path in folder.iterdir():
                if path.is_file():
                    path.unlink()
            for name, file in names.items():
                (folder / name[1:]).write_bytes(file.after_a_cut(chance))
                (folder / name[1:]).chmod(0o600)
            os._exit(0)

        def readdir(self, path, fh):
            inside = [name[1:] for name in (*self.names, *self.folders - {"/"})] if path == "/" else []
            return [".", "..", *inside]

        def statfs(self, path):
            free = 0 if self.refuses else 1 << 20
            return {"f_bsize": PAGE, "f_frsize": PAGE, "f_blocks": 1 << 21, "f_bfree": free, "f_bavail": free}

        def create(self, path, mode, fi=None):
            self.may_write()
            self.names[path] = File(mode=mode & 0o777)
            return 0

        def open(self, path, flags):
            if flags & (os.O_WRONLY | os.O_RDWR) and self.refuses == errno.EROFS:
                self.may_write()
            self.file(path)
            return 0

        def read(self, path, size, offset, fh):
            return bytes(self.file(path).now[offset : offset + size])

        def write(self, path, data, offset, fh):
            self.may_write()
            self.file(path).write(data, offset)
            return len(data)

        def truncate(self, path, length, fh=None):
            self.may_write()
            self.file(path).truncate(length)
            return 0

        def fsync(self, path, datasync, fh):
            self.may_write()
            self.file(path).sync()
            self.names_kept = dict(self.names)
            return 0

        def fsyncdir(self, path, datasync, fh):
            self.names_kept = dict(self.names)
            return 0

        def unlink(self, path):
            self.may_write()
            self.file(path)
            del self.names[path]
            return 0

        def rename(self, old, new, flags=0):
            self.may_write()
            self.names[new] = self.file(old)
            del self.names[old]
            return 0

        def mkdir(self, path, mode):
            self.may_write()
            self.folders.add(path)
            return 0

        def rmdir(self, path):
            self.folders.discard(path)
            return 0

        def chmod(self, path, mode):
            if path in self.names:
                self.names[path].mode = mode & 0o777
            return 0

        def chown(self, path, uid, gid):
            return 0

        def utimens(self, path, times=None):
            return 0

    return Disk()


class Mounted:
    """A disk that is mounted."""

    def __init__(self, folder: Path, at: Path, seed: int = 1) -> None:
        self.folder, self.at = folder, at
        at.mkdir(exist_ok=True)
        self.process = subprocess.Popen([sys.executable, "-m", __name__, str(folder), str(at), str(seed)])
        ends = time.monotonic() + PATIENCE
        while not os.path.ismount(at):
            if self.process.poll() is not None or time.monotonic() > ends:
                raise OSError("the disk could not be mounted")
            time.sleep(0.01)

    def order(self, name: str) -> None:
        """Tell the disk something: cut, full, readonly, well."""
        with suppress(OSError):
            (self.at / f".{name}").stat()

    def cut(self) -> None:
        """Cut the power. What is left is in the folder."""
        self.order("cut")
        self.process.wait(PATIENCE)
        self.unmount()

    def unmount(self) -> None:
        """Take it away, also from under whoever still has it open."""
        by = ["umount", "-l"] if os.getuid() == 0 else [shutil.which("fusermount3") or "fusermount", "-u", "-z"]
        subprocess.run([*by, str(self.at)], check=False, capture_output=True)
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()


def why_not() -> str:
    """Why this machine cannot mount one, or nothing."""
    if not os.access("/dev/fuse", os.R_OK | os.W_OK):
        return "/dev/fuse is not there, or may not be used (in a container: --device /dev/fuse --cap-add SYS_ADMIN)"
    try:
        import mfusepy  # noqa: F401
    except (ImportError, OSError):
        return "the system's FUSE library is not there: apt install fuse3"
    return ""


def main() -> None:
    import mfusepy

    folder, at, seed = sys.argv[1:]
    mfusepy.FUSE(
        operations(Path(folder), random.Random(int(seed))),  # noqa: S311
        at, foreground=True, nothreads=True, raw_fi=False, fsname="weft-storm",
    )  # fmt: skip


if __name__ == "__main__":
    main()
