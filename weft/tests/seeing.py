"""What is looked at on a page in a browser, wherever it is: does it fit, can it be touched, is the way out there."""

from collections.abc import Iterator
from typing import Any

from axe_playwright_python.base import AXE_SCRIPT

TOUCHED = """button, .button, .leave, .choice, .now, nav a, summary, select, .home,
    input:not([type=hidden], [type=radio], [type=checkbox])"""
TOO_SMALL = f"""() => [...document.querySelectorAll(`{TOUCHED}`)].filter(one => one.checkVisibility())
    .map(one => [one.getBoundingClientRect(), one.className || one.tagName])
    .filter(([box]) => box.height < 43.9 || box.width < 43.9)
    .map(([box, name]) => `${{name}} ${{box.width}}x${{box.height}}`)"""
OVERFLOW = "() => document.documentElement.scrollWidth - innerWidth"
NARROW = 320
AXE = """async runOnly => {
    const how = { preload: false, resultTypes: ["violations"], elementRef: false, ...(runOnly && { runOnly }) };
    const found = await axe.run(document, how);
    return found.violations.map(one => `${one.id}, ${one.help}: ${one.nodes.map(node => node.html).join(" ")}`);
}"""
SEEN = ["color-contrast", "target-size", "scrollable-region-focusable"]
# All rules at both widths; when only the colours and the direction change, those that ask about them.
LOOKS = [
    ("light", "ltr", 320, None),
    ("dark", "rtl", 320, SEEN),
    ("light", "rtl", 1100, None),
    ("dark", "ltr", 1100, SEEN),
]


def slips(page: Any) -> list[str]:
    """What does not fit on the narrowest phone, or is too small for a finger there."""
    before = page.viewport_size
    page.set_viewport_size({"width": NARROW, "height": before["height"]})
    over, small = page.evaluate(OVERFLOW), page.evaluate(TOO_SMALL)
    page.set_viewport_size(before)
    return [f"{over} px too wide"] * (over > 0) + [f"too small to touch: {one}" for one in small]


def objections(page: Any) -> Iterator[str]:
    """What axe has against a page: light and dark, in both directions, narrow and wide. And where it does not fit."""
    page.evaluate(AXE_SCRIPT)
    for scheme, way, width, rules in LOOKS:
        page.set_viewport_size({"width": width, "height": 640})
        page.emulate_media(color_scheme=scheme)
        page.evaluate("way => document.documentElement.dir = way", way)
        said = page.evaluate(AXE, rules)
        over = page.evaluate(OVERFLOW)
        for one in said + [f"{over} px too wide"] * (over > 0):
            yield f"{scheme}, {way}, {width} px: {one}"[:400]
