"""Every page that somebody can come to by links, in a real browser."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from django.urls import Resolver404, resolve
from playwright.sync_api import Error

LINKS = "[...document.querySelectorAll('a[href]:not(.leave):not([type])')].map(link => link.href)"  # a type: no page
SEEN = """() => {
    const [page] = performance.getEntriesByType("navigation");
    const files = performance.getEntriesByType("resource").filter(one => one.initiatorType !== "other");
    return {
        title: document.title,
        size: page.decodedBodySize,
        load: page.encodedBodySize + files.reduce((sum, one) => sum + one.encodedBodySize, 0),
    };
}"""


@dataclass
class Seen:
    """A page as it was found. It is still open in the browser."""

    address: str  # with its query, without the house
    name: str  # of the view that answers there
    status: int
    title: str = ""
    size: int = 0  # bytes of its HTML
    load: int = 0  # bytes of all that a first visit loads, as they travel
    links: list[str] = field(default_factory=list)


def crawl(page: Any, base: str, *, most: int = 2, start: str = "/") -> Iterator[Seen]:
    """Go from link to link within the house. Of each kind of address as many are opened as *most* says."""
    counted: Counter[tuple[str, ...]] = Counter()
    waiting, met = [start], {start}
    while waiting:
        address = waiting.pop(0)
        name = kind(address)
        if counted[name] >= most:
            continue
        counted[name] += 1
        try:
            seen = look(page, base, address)
        except Error as error:
            if "Download is starting" not in str(error):  # a file to keep is no page
                raise
            continue
        yield seen
        for link in seen.links:
            if link not in met:
                met.add(link)
                waiting.append(link)


def look(page: Any, base: str, address: str) -> Seen:
    """Open one page."""
    answer = page.goto(base + address)
    seen = Seen(address, kind(address)[0], answer.status, **page.evaluate(SEEN))
    seen.links = [link for link in (_within(link, base) for link in page.evaluate(LINKS)) if link]
    return seen


def kind(address: str) -> tuple[str, ...]:
    """What sort of page an address leads to: its view, and what it asks for, without the numbers in it."""
    parts = urlsplit(address)
    try:
        name = resolve(parts.path).view_name
    except Resolver404:
        name = ""
    asked = (f"{key}={value.split('.')[0]}" if "." in value else key for key, value in parse_qsl(parts.query))
    return name, *sorted(asked)


def _within(link: str, base: str) -> str:
    if not link.startswith(base + "/"):
        return ""
    return link.removeprefix(base).partition("#")[0]
