"""What holds on every page of the house, for everybody: crawled from link to link in a real browser.

No page asks anything of another host, breaks its own policy, or leaves an error in the console (`browser.Walk` listens
for these); none is a dead end, none is heavy, none is too wide for a small phone. No title and no address says what
anybody carries. Whoever goes by keyboard finds first the way past the frame, and then the way out.
"""

import re
from collections import Counter
from collections.abc import Iterator
from itertools import chain
from typing import Any
from urllib.parse import unquote_plus

import pytest

from weft.circles.kinds import kinds
from weft.circles.models import Circle, Persona
from weft.people.models import Person
from weft.stories.models import Topic
from weft.tests import seeing
from weft.tests.crawl import Seen, crawl, kind, look

HEAVY = 60_000
ROLES = {  # who it is, how many pages of a kind they open, and how many kinds there are at least
    "signed out": ("", 2, 12),
    "in no circle": ("newcomer", 1, 22),
    "member": ("wren", 2, 33),
    "facilitator": ("ada", 2, 38),
    "therapist": ("imke", 1, 33),
    "safety": ("noor", 1, 34),
    "steward": ("sol", 1, 34),
}
FOCUSED = "document.activeElement.className"


def words_of(text: str) -> list[str]:
    return re.findall(r"[^\W_]+", text.casefold())


@pytest.fixture(scope="module")
def telling(example) -> list[list[str]]:
    """What would tell somebody who looks over a shoulder, or through a history: each as a list of words."""
    names = [circle.name for circle in Circle.objects.all()]
    personas = [persona.name for persona in Persona.objects.all()]
    circles = [word for circle in Circle.objects.all() for word in circle.words]
    kind = [kind.said for kind in kinds().values() if kind.key != "commons"]
    said = {tuple(words_of(str(one))) for one in chain(names, personas, circles, kind, Topic.labels)}
    return [list(words) for words in sorted(said) if words]


def says(text: str, telling: list[list[str]]) -> list[str]:
    """Which of these words stand in a text, whole and in their order."""
    found = words_of(unquote_plus(text))
    return [
        " ".join(words)
        for words in telling
        if any(found[at : at + len(words)] == words for at in range(len(found) - len(words) + 1))
    ]


def slips(page: Any, seen: Seen, telling: list[list[str]]) -> Iterator[str]:
    """What is wrong with the open page."""
    if seen.status >= 400:
        yield f"answers {seen.status}"
    if not seen.title.strip() or says(seen.title, telling):
        yield f"its title is {seen.title!r}"
    if says(seen.address, telling):
        yield f"its address says {says(seen.address, telling)}"
    if seen.size > HEAVY or seen.load > HEAVY:
        yield f"is heavy: {seen.size} bytes of HTML, {seen.load} in all"
    yield from seeing.slips(page)
    for expected in ("skip", "leave") if "#" not in page.url else ():  # a link into a page leads past its beginning
        page.keyboard.press("Tab")
        if page.evaluate(FOCUSED) != expected:
            yield f"by keyboard one comes to {page.evaluate(FOCUSED)!r} and not to {expected!r}"
    if not page.locator("footer a.now").count():
        yield "does not lead to the numbers"


@pytest.mark.parametrize("role", ROLES)
def test_every_page(example, visit, telling, role):
    name, most, fewest = ROLES[role]
    page, found, kinds_of_page = visit(Person.objects.named(name) if name else None), [], set()
    for seen in crawl(page, visit.address, most=most):
        kinds_of_page.add(seen.name)
        found += [f"{seen.address} ({seen.name}): {slip}" for slip in slips(page, seen, telling)]
    assert not found, "\n".join(found)
    assert len(kinds_of_page) >= fewest, sorted(kinds_of_page)


BAD = """<!doctype html><title>Evening Circle</title><a class="skip" href="#x">Skip</a><a href="/nowhere/">On</a>
<div style="inline-size: 999px">Wide</div><p>{}</p><img src="https://elsewhere.invalid/x.png"><script>gone()</script>"""


def test_control_a_bad_page_is_seen_through(example, visit, telling):
    visit.expect("")
    page = visit()
    page.route("**/about/**", lambda route: route.fulfill(body=BAD.format("x" * HEAVY), content_type="text/html"))
    seen = look(page, visit.address, "/about/?for=Dry+Harbour")
    found = "\n".join(slips(page, seen, telling))
    for words in ("its title", "its address says ['dry', 'dry harbour']", "is heavy", "px too wide", "not to 'leave'"):
        assert words in found
    assert "does not lead to the numbers" in found
    crawled = [(one.address, one.status) for one in crawl(page, visit.address, start="/about/")]
    assert ("/nowhere/", 404) in crawled
    page.goto("/circles/")
    page.evaluate("document.body.append(Object.assign(new Image(), {src: 'https://elsewhere.invalid/y.png'}))")
    page.wait_for_timeout(200)
    troubles = "\n".join(visit.troubles)
    for words in ("another host: https://elsewhere.invalid/x.png", "gone is not defined", "Content Security Policy"):
        assert words in troubles


def test_control_words_that_tell_are_noticed(telling):
    for said in ("Evening Circle", "/circles/?words=dry+harbour", "River", "self-harm", "/loss/"):
        assert says(said, telling), said
    for said in ("Story", "Circles", "/circles/02h8t3k/stories/", "First page", "Evening"):
        assert not says(said, telling), said


def test_control_a_crawl_bounds_each_kind_of_page(example, visit):
    counted = Counter(kind(page.address) for page in crawl(visit(), visit.address, most=1))
    assert len(counted) > 10
    assert set(counted.values()) == {1}
