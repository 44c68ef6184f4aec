"""How large the houses are that are measured."""

from dataclasses import dataclass, replace


@dataclass(frozen=True)
class Size:
    """Everybody is in the commons and in two circles more, so a circle has about as many people in either house."""

    name: str
    people: int
    circles: int
    stories: int
    replies: int
    readers: int = 1000  # who ask for pages, one after the other: so many sessions


LARGE = Size("large", 5_000, 50, 20_000, 200_000)
TEN_TIMES = Size("ten times", 50_000, 500, 200_000, 2_000_000)
SMALL = Size("small", 200, 5, 250, 2_500, readers=100)


def times(size: Size, factor: int) -> Size:
    """The same house, so many times as large."""
    counts = {name: getattr(size, name) * factor for name in ("people", "circles", "stories", "replies")}
    return replace(size, name=f"{factor} times {size.name}", **counts)
