"""Somebody with a browser, who does what people do: they open, tap, write, choose, and read."""

import re
from typing import Any, Self

from weft.tests import seeing


class Visitor:
    """Every page that a visitor comes to is looked at: it fits, it can be touched, and the two ways out are there.

    Whether it fits is only asked *closely*: it costs time, and `laws/test_every_page.py` asks it of every page too.
    """

    def __init__(self, page: Any, *, closely: bool = True) -> None:
        self.page, self.closely = page, closely

    def opens(self, address: str) -> Self:
        self.page.goto(address)
        return self._looks()

    def taps(self, words: str, *, within: str = "body") -> Self:
        """Press the link or the button with these words, and come to another page."""
        with self.page.expect_navigation():
            self.find(words, within=within).click()
        return self._looks()

    def unfolds(self, words: str, *, within: str = "main") -> Self:
        self.page.locator(within).locator("summary", has_text=words).click()
        return self

    def writes(self, words: str, into: str) -> Self:
        self.page.get_by_label(into).fill(words)
        return self

    def chooses(self, *words: str) -> Self:
        for choice in words:
            self.page.get_by_label(choice).check()
        return self

    def goes_back(self) -> Self:
        self.page.go_back()
        return self._looks()

    def find(self, words: str, *, within: str = "body") -> Any:
        """The link or the button with these words, or the one that begins with them."""
        place = self.page.locator(within)
        for name in (re.compile(f"^{re.escape(words)}$"), re.compile(f"^{re.escape(words)}")):
            found = place.get_by_role("button", name=name).or_(place.get_by_role("link", name=name))
            if found.count():
                break
        return found

    def reads(self, *words: str) -> Self:
        text = self.text
        for said in words:
            assert said in text, f"{said!r} is not on {self.page.url}:\n{text}"
        return self

    def reads_nothing_of(self, *words: str) -> Self:
        """Not even in what is folded away, or only there for machines."""
        source = self.page.content()
        for said in words:
            assert said not in source, f"{said!r} is on {self.page.url}"
        return self

    @property
    def text(self) -> str:
        """What can be read on the page, with single spaces."""
        return " ".join(self.page.locator("body").inner_text().split())

    @property
    def lines(self) -> set[str]:
        return set(self.page.locator("body").inner_text().splitlines())

    def _looks(self) -> Self:
        slips = seeing.slips(self.page) if self.closely else []
        assert not slips, f"{self.page.url}: {slips}"
        assert self.page.locator("a.leave").is_visible()
        assert self.page.locator("footer a.now").is_visible()
        return self
