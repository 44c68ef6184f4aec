"""A persona's avatar: a small woven pattern drawn from its id, as weavers draft one. It leads nowhere else."""

from functools import cache
from hashlib import sha256

from markupsafe import Markup

THREADS = ("indigo", "madder", "moss", "ochre", "plum")
SIZE = 8


def woven(persona_id: int) -> Markup:
    """The pattern as an inline SVG: a twill of one thread on a pale ground, the same every time for this persona."""
    seed = sha256(b"pattern:%d" % persona_id).digest()
    warp = THREADS[seed[0] % 5]
    weft = THREADS[(seed[0] + 1 + seed[1] % 4) % 5]
    runs = _runs(1 + 2 * (seed[2] % 3), seed[3] | 1, seed[4] % 2 == 1)
    return Markup(  # noqa: S704
        f'<svg class="pattern" viewBox="0 0 8 8" aria-hidden="true"><path class="tint-{weft}" d="M0 0h8v8H0"/>'
        f'<path class="weft-{warp}" d="{runs}"/></svg>'
    )


@cache  # there are no more than 768, for however many personas
def _runs(step: int, ties: int, mirrored: bool) -> str:
    """Where the warp lies on top, as a path."""
    runs = []
    for y in range(SIZE):
        row = [_is_up(x, min(y, SIZE - 1 - y) if mirrored else y, step, ties) for x in range(SIZE)]
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
