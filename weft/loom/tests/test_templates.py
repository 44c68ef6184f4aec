"""No template carries a style, a script or a handler in its own text: the content policy would refuse each."""

import re
from pathlib import Path

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


def untranslated(template: str) -> list[str]:
    """Words between tags that do not go through gettext."""
    template = re.sub(r"\{#.*?#\}|\{%-?\s*trans.*?endtrans\s*-?%\}|\{\{.*?\}\}|\{%.*?%\}", " ", template, flags=re.S)
    template = re.sub(r"<(script|svg)\b.*?</\1>", " ", template, flags=re.S)
    return re.findall(r">[^<>]*?\b([A-Za-z]{3,}(?: [A-Za-z]+)+)[^<>]*<", template)


def test_every_word_on_a_page_can_be_translated():
    found: dict[Path, list[str]] = {}
    for path in templates():
        if path.name != "style.html" and "demo" not in path.parts and untranslated(path.read_text()):
            found[path] = untranslated(path.read_text())
    assert found == {}


def test_control_a_bare_sentence_is_noticed():
    assert untranslated("<p>Come in now</p>")
    assert not untranslated("<p>{{ _('Come in now') }} · {% trans %}Come in now{% endtrans %}</p>")
