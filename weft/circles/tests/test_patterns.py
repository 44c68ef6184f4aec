"""The woven pattern beside a name looks woven, whoever it is."""

import re

import pytest

from weft.circles import pattern
from weft.circles.pattern import SIZE


def cells(path: str) -> list[list[bool]]:
    """Where the warp lies on top, read from the path that a browser draws."""
    found = [[False] * SIZE for _ in range(SIZE)]
    for x, y, width in re.findall(r"M(\d) (\d)h(\d)v1H\d", path):
        for column in range(int(x), int(x) + int(width)):
            found[int(y)][column] = True
    return found


def is_woven(found: list[list[bool]]) -> bool:
    """In each line, along and across, both threads are seen; and neither covers more than two thirds."""
    lines = [*found, *zip(*found, strict=True)]
    up = sum(map(sum, found)) / SIZE**2
    return all(0 < sum(line) < SIZE for line in lines) and 1 / 3 < up < 2 / 3


def test_every_pattern_is_woven():
    drawn = pattern._drafts()
    assert len(drawn) > 900
    assert [path for path in drawn if not is_woven(cells(path))] == []
    assert len({re.findall(r' d="([^"]+)"/></svg>', pattern.woven(persona))[0] for persona in range(500)}) > 300


@pytest.mark.parametrize("ties", [0b11111111, 0b00000001, 0b01111111])
def test_a_plain_square_would_be_seen(ties):
    rows = [[pattern._is_up(x, y, 1, ties) for x in range(SIZE)] for y in range(SIZE)]
    assert not is_woven(cells(pattern._path(rows)))


def test_two_threads_of_different_colours_and_the_same_every_time():
    for persona in range(500):
        drawn = pattern.woven(persona)
        assert drawn == pattern.woven(persona)
        ground, thread = re.findall(r'class="(?:tint|weft)-(\w+)"', drawn)
        assert ground != thread
