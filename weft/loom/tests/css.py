"""The house's style sheets and templates, read for tests."""

import re
from pathlib import Path

HOUSE = Path(__file__).parents[2]
SHEET = HOUSE / "loom/static/loom/weft.css"


def sheets() -> list[Path]:
    return sorted(path for path in HOUSE.rglob("static/**/*.css"))


def templates() -> list[Path]:
    return sorted(path for path in HOUSE.rglob("templates/**/*.html"))


def bare(css: str) -> str:
    """CSS without its comments and strings."""
    return re.sub(r'/\*.*?\*/|"[^"\n]*"', " ", css, flags=re.S)


def palettes(css: str) -> list[dict[str, str]]:
    """The colour tokens of each block that sets them: light, dark by the device, dark by choice."""
    found = []
    for block in re.findall(r"\{([^{}]*--linen:[^{}]*)\}", bare(css)):
        found.append({name: value.strip() for name, value in re.findall(r"--([\w-]+):\s*(#[0-9A-Fa-f]{6})", block)})
    return found


def contrast(one: str, other: str) -> float:
    """The contrast of two colours, as WCAG 2 counts it."""
    lighter, darker = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def _luminance(colour: str) -> float:
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
