"""Comments that wait, in piles of those that are alike, so that a flood costs a reader one decision.

Nothing is refused or hidden by this: a pile is only a way to lay the same things side by side. What is in one is there
because it shares an address, a site it links to or eight words in a row with another of them; or because many came that
have a link in them, or were sent without the little work that a browser does.
"""

import re
from collections import defaultdict
from collections.abc import Iterable

from weft.loom import words
from weft.voices.models import Comment

RUN = 8  # words in a row
MANY = 12  # that have nothing in common but a link, or that no browser did the work

SITE = re.compile(r"(?:https?://|www\.)([\w.-]+)|\b([\w-]+(?:\.[\w-]+)*\.[a-z]{2,})/", re.IGNORECASE)


def piles(comments: Iterable[Comment]) -> list[list[Comment]]:
    """All of them, those that are alike together: the largest pile first, each in the order in which they came here."""
    waiting = list(comments)
    marks = [_marks(one) for one in waiting]
    count: dict[str, int] = defaultdict(int)
    for mark in (mark for some in marks for mark in some):
        count[mark] += 1
    first: dict[str, int] = {}
    head = list(range(len(waiting)))

    def top(at: int) -> int:
        while head[at] != at:
            head[at] = head[head[at]]
            at = head[at]
        return at

    for at, some in enumerate(marks):
        for mark in some:
            if count[mark] >= (MANY if mark in ("link", "unproven") else 2):
                head[top(at)] = top(first.setdefault(mark, at))
    found: dict[int, list[Comment]] = defaultdict(list)
    for at, comment in enumerate(waiting):
        found[top(at)].append(comment)
    return sorted(found.values(), key=len, reverse=True)


def _marks(comment: Comment) -> set[str]:
    """What it may share with others."""
    said = words.said_in(f"{comment.name} {comment.text}")
    runs = {f"run {' '.join(said[at : at + RUN])}" for at in range(max(1, len(said) - RUN + 1))}
    sites = {f"site {(one or other).lower()}" for one, other in SITE.findall(comment.text)}
    address = {f"address {words.fold(comment.email)}"} if comment.email else set()
    return (
        runs
        | sites
        | address
        | ({"link"} if sites else set())
        | (set() if comment.by_teller or comment.said.get("proven") else {"unproven"})
    )
