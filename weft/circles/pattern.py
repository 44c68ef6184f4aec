"""A persona's avatar: a small woven pattern drawn from its id, as weavers draft one. It leads nowhere else."""

from functools import cache
from hashlib import sha256
from itertools import product

from markupsafe import Markup

THREADS = ("indigo", "madder", "moss", "ochre", "plum")
SIZE = 8


def woven(persona_id: int) -> Markup:
    """The pattern as an inline SVG: a twill of one thread on a pale ground, the same every time for this persona."""
    seed = sha256(b"pattern:%d" % persona_id).digest()
    warp = THREADS[seed[0] % 5]
    weft = THREADS[(seed[0] + 1 + seed[1] % 4) % 5]
    drafts = _drafts()
    runs = drafts[int.from_bytes(seed[2:6]) % len(drafts)]
    return Markup(  # noqa: S704
        f'<svg class="pattern" viewBox="0 0 8 8" aria-hidden="true"><path class="tint-{weft}" d="M0 0h8v8H0"/>'
        f'<path class="weft-{warp}" d="{runs}"/></svg>'
    )


@cache
def _drafts() -> list[str]:
    """Where the warp lies on top, as paths: all the twills in which both threads show in each line, along and across,
    and neither covers much more than the other. Others look like a plain square, or nearly."""
    found = []
    even = [ties for ties in range(1 << SIZE) if 3 <= ties.bit_count() <= 5]
    for step, ties, mirrored in product((1, 3, 5), even, (False, True)):
        rows = [
            [_is_up(x, min(y, SIZE - 1 - y) if mirrored else y, step, ties) for x in range(SIZE)] for y in range(SIZE)
        ]
        lines = [*rows, *zip(*rows, strict=True)]
        if all(0 < sum(line) < SIZE for line in lines):
            found.append(_path(rows))
    return found


def _path(rows: list[list[bool]]) -> str:
    runs = []
    for y, row in enumerate(rows):
        start = None
        for x in range(SIZE + 1):
            up = x < SIZE and row[x]
            if up and start is None:
                start = x
            elif not up and start is not None:
                runs.append(f"M{start} {y}h{x - start}v1H{start}")
                start = None
    return "".join(runs)


def _is_up(x: int, y: int, step: int, ties: int) -> bool:
    return bool(ties >> ((x * step + y) % SIZE) & 1)
