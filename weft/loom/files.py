"""The files that pages load: read once, kept in memory, and kept by browsers for a year.

Their address carries a mark made from all of them: a changed file has a new address, and modules still find each other.
"""

import gzip
import mimetypes
from dataclasses import dataclass
from functools import cached_property
from hashlib import sha256
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from weft.loom import plain
from weft.loom.hub import Send

SQUEEZED = ("text/", "application/json", "image/svg+xml")


def mark(root: Path) -> str:
    """Twelve letters that change when any file changes that pages load."""
    found = sha256()
    htmx = find_spec("django_htmx")
    folders = [*root.glob("*/static"), *root.glob("*/*/static")]
    if htmx and htmx.origin:
        folders.append(Path(htmx.origin).parent / "static")
    for folder in sorted(folders):
        for path in sorted(path for path in folder.rglob("*") if path.is_file()):
            found.update(str(path.relative_to(folder)).encode() + b"\0" + path.read_bytes() + b"\0")
    return found.hexdigest()[:12]


@dataclass
class File:
    """One file, as it is answered."""

    path: Path
    lasting: bool = True

    @cached_property
    def kind(self) -> str:
        return mimetypes.guess_type(self.path.name)[0] or "application/octet-stream"

    @cached_property
    def body(self) -> bytes:
        return self.path.read_bytes()

    @cached_property
    def squeezed(self) -> bytes | None:
        smaller = gzip.compress(self.body, 9, mtime=0) if self.kind.startswith(SQUEEZED) else self.body
        return smaller if len(smaller) < len(self.body) else None

    async def __call__(self, scope: dict[str, Any], send: Send) -> None:
        body, headers = self.body, [(b"content-type", f"{self.kind}; charset=utf-8".encode())]
        if any(name == b"accept-encoding" and b"gzip" in value for name, value in scope["headers"]) and self.squeezed:
            body = self.squeezed
            headers.append((b"content-encoding", b"gzip"))
        headers += [
            (b"content-length", str(len(body)).encode()),
            (b"vary", b"accept-encoding"),
            (b"cache-control", b"public, max-age=31536000, immutable" if self.lasting else b"no-store"),
            *plain.safe(),
        ]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": b"" if scope["method"] == "HEAD" else body})


class Files(dict[str, File]):
    """All files by their address. While somebody works on them (WEFT_DEBUG), each is read anew."""

    def __init__(self, prefix: str, *, fresh: bool = False) -> None:
        super().__init__()
        self.fresh = fresh
        from django.contrib.staticfiles import finders

        for finder in finders.get_finders():
            for path, storage in finder.list([]):
                self.setdefault(prefix + path.replace("\\", "/"), File(Path(storage.path(path))))

    def find(self, path: str) -> File | None:
        found = self.get(path)
        return File(found.path, lasting=False) if found and self.fresh else found
