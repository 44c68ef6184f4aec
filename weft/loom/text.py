"""What people write, and how days and lists are said."""

import re
import unicodedata
from collections.abc import Callable
from datetime import date, datetime, timedelta
from functools import lru_cache
from html import unescape
from typing import Any

import nh3
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import get_language, get_language_bidi, ngettext, pgettext
from django.utils.translation import gettext as _
from markdown_it import MarkdownIt
from markupsafe import Markup

ANOTHER_DIRECTION = {"rtl": {"L"}, "ltr": {"R", "AL"}}
TAGS = {"p", "em", "strong", "ul", "ol", "li", "blockquote", "a", "br"}
BREAKS = re.compile(r"</?(?:p|ul|ol|li|blockquote|br)\b[^>]*>")
ENDS = ",;:.–- "  # what does not stand before an ellipsis
MARKS = re.compile(r"<[^>]+>")


@lru_cache
def _markdown() -> MarkdownIt:
    reader = MarkdownIt("commonmark", {"breaks": True, "html": False})
    return reader.disable(
        ["heading", "lheading", "image", "fence", "code", "backticks", "hr", "html_block", "html_inline"]
    )


def render(markdown: str) -> str:
    """A little Markdown as clean HTML: paragraphs, emphasis, lists, quotations and links that lead out quietly."""
    return nh3.clean(
        _markdown().render(markdown),
        tags=TAGS,
        attributes={"a": {"href"}},
        url_schemes={"http", "https", "mailto", "tel"},
        link_rel="nofollow noopener noreferrer",
    )


def safe(html: str) -> Markup:
    """HTML that `render` made, as a template may show it."""
    return Markup(html)  # noqa: S704


def opening(html: str, letters: int = 160) -> str:
    """The first words of a text that `render` made, without its marks, cut at a word."""
    plain = _plain(html)
    if len(plain) <= letters:
        return plain
    return plain[:letters].rsplit(" ", 1)[0].rstrip(ENDS) + "…"


def apart(words: Any) -> Any:
    """Words that stand in a sentence of another direction, set apart from it: else a bracket or the two halves of a
    phone number change places. What runs the same way, and whatever is no string, stays as it is."""
    if not isinstance(words, str):
        return words
    rtl = get_language_bidi()
    kinds = {unicodedata.bidirectional(letter) for letter in words}
    if kinds & ANOTHER_DIRECTION["rtl" if rtl else "ltr"] or (rtl and "EN" in kinds and not kinds & {"R", "AL"}):
        return type(words)(f"\u2068{words}\u2069")
    return words


def excerpt(html: str, spots: Callable[[str], list[tuple[int, int]]], letters: int = 180) -> Markup:
    """The words around the first spot in a text that `render` made, with all spots in that piece marked."""
    plain = _plain(html)
    found = spots(plain)
    first = max(0, found[0][0] - letters // 3) if found else 0
    start = plain.find(" ", first) + 1 if first else 0
    end = len(plain)
    if end > start + letters:
        cut = plain.rfind(" ", start, start + letters)
        end = cut if cut > start else start + letters
    said, at = Markup("…") if start else Markup(), start
    for begin, stop in found:
        if at <= begin and stop <= end:
            said += Markup("{}<mark>{}</mark>").format(plain[at:begin], plain[begin:stop])
            at = stop
    rest = plain[at:end]
    return said + (rest if end == len(plain) else rest.rstrip(ENDS) + "…")


def _plain(html: str) -> str:
    return " ".join(unescape(MARKS.sub("", BREAKS.sub(" ", html))).split())


def ago(when: datetime | date) -> str:
    """How long ago, in words: “just now”, “3 hours ago”, “yesterday”, or the day."""
    if isinstance(when, datetime):
        now = timezone.now()
        passed = now - when
        if passed < timedelta(minutes=2):
            return _("just now")
        if passed < timedelta(hours=1):
            minutes = int(passed.total_seconds() // 60)
            return ngettext("%(n)s minute ago", "%(n)s minutes ago", minutes) % {"n": minutes}
        if passed < timedelta(hours=12):
            hours = int(passed.total_seconds() // 3600)
            return ngettext("%(n)s hour ago", "%(n)s hours ago", hours) % {"n": hours}
        zone = timezone.get_current_timezone()
        when, today = when.astimezone(zone).date(), now.astimezone(zone).date()
    else:
        today = timezone.localdate()
    days = (today - when).days
    if days <= 0:
        return _("today")
    if days == 1:
        return _("yesterday")
    if days < 7:
        return ngettext("%(n)s day ago", "%(n)s days ago", days) % {"n": days}
    return _day(when, today.year, get_language())


def day(when: date) -> str:
    """A day as people say it: “14 March”, with the year when it is another one."""
    if isinstance(when, datetime):
        when = timezone.localdate(when)
    return _day(when, timezone.localdate().year, get_language())


@lru_cache(maxsize=2048)
def _day(when: date, this_year: int, _language: str | None) -> str:
    """Each reply of a page has its day, and most of them the same few."""
    return date_format(when, "j F" if when.year == this_year else "j F Y")


def moment(when: datetime) -> str:
    """A time of day on the reader's own clock."""
    return date_format(timezone.localtime(when), "H:i")


def listed(words: list[str]) -> str:
    """Words as a list in a sentence: “a, b and c”."""
    if len(words) < 2:
        return "".join(words)
    first = [apart(word) for word in words]
    last = first.pop()
    return _("%(first)s and %(last)s") % {
        "first": pgettext("between the words of a list", ", ").join(first),
        "last": last,
    }
