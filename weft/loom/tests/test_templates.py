"""No template carries a style, a script or a handler in its own text: the content policy would refuse each."""

import re

from weft.loom.tests.css import templates

INLINE = {
    "a style attribute": r"<[^>]*\sstyle\s*=",
    "a style element": r"<style\b",
    "a script in the page": r"<script\b(?![^>]*\bsrc=)[^>]*>",
    "a script with a body": r"<script\b[^>]*>\s*[^\s<]",
    "a handler": r"<[^>]*\son[a-z]+\s*=",
    "a javascript address": r"javascript:",
    "htmx code": r"<[^>]*\shx-(?:on|vals=.?js|vars)",
    "something from elsewhere": r"(?:src|srcset|poster|data-src)\s*=\s*[\"']?(?:https?:)?//|<link\b[^>]*https?://",
}


def inline(template: str) -> list[str]:
    """What the content policy would refuse."""
    template = re.sub(r"\{#.*?#\}", "", template, flags=re.S)
    return [what for what, pattern in INLINE.items() if re.search(pattern, template, flags=re.I)]


def test_no_template_carries_code_or_style():
    found = templates()
    assert any(path.name == "page.html" for path in found)
    assert {str(path): inline(path.read_text()) for path in found if inline(path.read_text())} == {}


def test_control_each_kind_is_noticed():
    bad = [
        '<p style="color: red">',
        "<style>p {}</style>",
        "<script>alert(1)</script>",
        '<script src="a.js">alert(1)</script>',
        '<button onclick="go()">',
        '<a href="javascript:go()">',
        '<p hx-on:click="go()">',
        '<img src="https://elsewhere.example/x.png">',
    ]
    for template in bad:
        assert inline(template), template
    assert not inline('<script type="module" src="{{ static(\'a.js\') }}"></script><p class="style">on = off</p>')
