"""What is looked at on a page in a browser, wherever it is: does it fit, can it be touched, is the way out there."""

from typing import Any

TOUCHED = """button, .button, .leave, .choice, .now, nav a, summary, select, .home,
    input:not([type=hidden], [type=radio], [type=checkbox])"""
TOO_SMALL = f"""() => [...document.querySelectorAll(`{TOUCHED}`)].filter(one => one.checkVisibility())
    .map(one => [one.getBoundingClientRect(), one.className || one.tagName])
    .filter(([box]) => box.height < 43.9 || box.width < 43.9)
    .map(([box, name]) => `${{name}} ${{box.width}}x${{box.height}}`)"""
OVERFLOW = "() => document.documentElement.scrollWidth - innerWidth"
NARROW = 320


def slips(page: Any) -> list[str]:
    """What does not fit on the narrowest phone, or is too small for a finger there."""
    before = page.viewport_size
    page.set_viewport_size({"width": NARROW, "height": before["height"]})
    over, small = page.evaluate(OVERFLOW), page.evaluate(TOO_SMALL)
    page.set_viewport_size(before)
    return [f"{over} px too wide"] * (over > 0) + [f"too small to touch: {one}" for one in small]
