"""Everybody can read it: each pair of text and ground has its contrast, in the light and in the dark."""

import re

from weft.loom.tests.css import SHEET, bare, contrast, palettes, sheets

GROUNDS = ["linen", "paper", "fold"]
THREADS = ["indigo", "madder", "moss", "ochre", "plum"]
TINTS = [f"{thread}-tint" for thread in THREADS]


def pairs() -> list[tuple[str, str, float]]:
    """Which text may stand on which ground, and the least contrast of the two."""
    text = [(word, ground, 4.5) for word in ("ink", "quiet", "indigo") for ground in GROUNDS + TINTS]
    text += [(thread, ground, 4.5) for thread in THREADS for ground in [*GROUNDS, f"{thread}-tint"]]
    text += [("on", "indigo", 4.5)]
    edges = [("edge", ground, 3.0) for ground in GROUNDS]
    edges += [(thread, ground, 3.0) for thread in THREADS for ground in GROUNDS]
    return text + edges


def faint(palette: dict[str, str]) -> list[str]:
    """The pairs of a palette that cannot be read."""
    return [
        f"{one} on {ground}: {contrast(palette[one], palette[ground]):.1f}"
        for one, ground, least in pairs()
        if contrast(palette[one], palette[ground]) < least
    ]


def test_contrast_is_counted_as_wcag_counts_it():
    assert round(contrast("#000000", "#FFFFFF"), 2) == 21
    assert round(contrast("#777777", "#FFFFFF"), 2) == 4.48


def test_every_pair_can_be_read():
    found = palettes(SHEET.read_text())
    assert len(found) == 3
    for palette in found:
        assert faint(palette) == []


def test_control_a_faint_colour_is_noticed():
    light = palettes(SHEET.read_text())[0]
    assert faint(light | {"quiet": "#8A8F99"})


def test_dark_is_the_same_by_the_device_and_by_choice():
    light, device, choice = palettes(SHEET.read_text())
    assert device == choice != light
    assert device.keys() == light.keys()


def strays(css: str) -> list[str]:
    """Colours that are not tokens: nobody has measured them."""
    css = re.sub(r"--[\w-]+:\s*#[0-9A-Fa-f]{6}", "", bare(css))
    return re.findall(r"#[0-9A-Fa-f]{3,8}\b(?=[^{}]*\})|\b(?:rgba?|hsla?|oklch|color-mix)\(", css)


def test_every_colour_is_a_token():
    for sheet in sheets():
        assert strays(sheet.read_text()) == [], sheet.name


def test_control_a_stray_colour_is_noticed():
    assert strays("a { color: #123456 }") == ["#123456"]
    assert strays("a { color: rgb(1, 2, 3) }")


def test_text_takes_its_colour_from_those_that_were_measured():
    said = re.findall(r"[\s;{]color:\s*([^;}]+)", bare("".join(sheet.read_text() for sheet in sheets())))
    measured = {f"var(--{name})" for name in ("ink", "quiet", "on", *THREADS)} | {"inherit"}
    assert set(said) <= measured
    assert "var(--ink)" in said


def test_the_sheet_is_small():
    assert SHEET.stat().st_size <= 15 * 1024
