"""A page reads in both directions: style sheets say start and end, and never name a side."""

import re

from weft.loom.tests.css import bare, sheets, templates

FOUR = re.compile(r"\b(margin|padding|inset|border-width|border-color|border-style|border-radius):\s*([^;{}]+)")


def sides(css: str) -> list[str]:
    """What names a side, in a property, a value, or as the second or fourth of four."""
    css = bare(css)
    found = re.findall(r"[\w-]*\b(?:left|right)\b[\w-]*", css)
    for name, value in FOUR.findall(css):
        parts = re.findall(r"(?:[\w.%-]+\([^()]*(?:\([^()]*\)[^()]*)*\)|[^\s()]+)", value)
        if len(parts) == 4 and (len(set(parts)) > 1 if name == "border-radius" else parts[1] != parts[3]):
            found.append(f"{name}: {value}")
    return found


def test_no_style_sheet_names_a_side():
    assert len(sheets()) >= 1
    for sheet in sheets():
        assert sides(sheet.read_text()) == [], sheet.name


def test_control_a_side_is_noticed():
    assert sides("a { margin-left: 1px }")
    assert sides("a { text-align: right }")
    assert sides("a { border-top-left-radius: 1px }")
    assert sides("a { margin: 0 1rem 0 calc(1rem + 2px) }")
    assert sides("a { border-radius: 1px 2px 1px 2px }")


def test_control_what_has_no_side_is_let_through():
    assert not sides("/* left */ a { margin: 0 auto; padding: 1px 2px 3px 2px; margin-inline-start: 1px }")
    assert not sides("a { inset-inline-end: 0; border-start-start-radius: 1px; padding: 1px }")


def undirected(template: str) -> list[str]:
    """Boxes for words that do not say which way they run: else a name in Latin letters stands wrong on a page in
    Arabic, and the other way round. What a form draws says so by itself."""
    boxes = re.findall(r"<(?:textarea|input)\b(?:\{\{.*?\}\}|\{%.*?%\}|[^>])*>", template, flags=re.S)
    return [box for box in boxes if not re.search(r'\bdir=|\btype="(?!text|search)', box)]


def test_every_box_for_words_takes_the_direction_of_what_is_typed():
    found = {str(path): undirected(path.read_text()) for path in templates()}
    assert {name: boxes for name, boxes in found.items() if boxes} == {}


def test_control_a_box_without_a_direction_is_noticed():
    assert undirected('<textarea name="words">{{ words }}</textarea>')
    assert undirected('<input id="name" name="name" value="{{ name }}">')
    assert undirected('<input type="search"{% if on > 1 %} value="a"{% endif %} name="words">')
    assert not undirected('<textarea dir="auto"></textarea><input type="hidden" name="a"><input type="radio">')
