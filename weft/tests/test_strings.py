"""Everything that people read can be said in another language: no bare words, named places, plurals for numbers."""

import ast
import re
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from django.template import engines
from jinja2 import nodes

from weft.tests import strings

pytestmark = pytest.mark.once

WEFT = strings.WEFT
WORD = re.compile(r"[^\W\d_]{2}|\b[aAI]\b")
PHRASE = re.compile(r"[^\W\d_]{2,}[,.:;]? +[^\W\d_]{2,}")
ATTRIBUTES = re.compile(r"\s*(?:[a-z-]+=\"[^\"]*\"\s*)+")
CLASSES = re.compile(r"(?:button|quiet|plain|light|dark|card|stack|row| )+")
SPOKEN = {"aria-label", "aria-description", "aria-placeholder", "aria-roledescription", "aria-valuetext", "label"}
SPOKEN |= {"alt", "placeholder", "title", "summary", "abbr"}
GETTEXT = {"_", "gettext", "ngettext", "pgettext", "npgettext"}
NOT_READ = {
    WEFT / "loom/templates/loom/style.html": "the page of styles, for people who build; closed in a real house",
    WEFT / "loom/style.py": "its sample form",
}
# Words that may stand bare, each with its reason.
BARE = {
    "Weft": "the name of the software",
    "findahelpline.com": "a name on the net",
}


def templates() -> list[Path]:
    return sorted(path for path in WEFT.glob("**/templates/**/*.html") if path not in NOT_READ)


def modules() -> list[Path]:
    kept_out = ("tests", "migrations")
    found = (path for path in WEFT.rglob("*.py") if not set(kept_out) & set(path.relative_to(WEFT).parts))
    return sorted(path for path in found if path not in NOT_READ and path.name != "conftest.py")


# The catalogue


def test_the_catalogue_is_in_step_with_the_code():
    assert strings.FILE.read_text(encoding="utf-8") == strings.written(strings.drawn()), "please run bin/strings"


def test_every_language_is_in_step_with_the_catalogue():
    for path in strings.languages().values():
        assert path.read_text(encoding="utf-8") == strings.in_step(path, strings.drawn()), "please run bin/strings"


def test_the_catalogue_holds_the_strings_of_templates_of_code_and_of_presets():
    drawn = {message.id if isinstance(message.id, str) else message.id[0] for message in strings.drawn()}
    assert {"Tell a story", "Answer %(name)s", "Peer group", "A hospital or a clinic"} <= drawn
    assert any(text.startswith("- What is said here stays here.") for text in drawn)


def test_the_catalogue_tells_neither_places_nor_dates():
    kept = strings.FILE.read_text(encoding="utf-8")
    assert "#:" not in kept
    assert "Date" not in kept.split("\n\n", 1)[0]


# Templates


class Reading(HTMLParser):
    """What is seen or read aloud of a page, outside gettext."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.bare: list[str] = []
        self.inside = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.inside = tag if tag in ("script", "style") else ""
        of_button = tag in ("input", "button") and dict(attrs).get("type") in ("submit", "button", "reset")
        for name, value in attrs:
            spoken = name in SPOKEN or (name == "value" and of_button and tag == "input")
            spoken = spoken or (name.startswith("data-") and bool(PHRASE.search(value or "")))
            if spoken and WORD.search(value or ""):
                self.bare.append(f"{name}={value}")

    def handle_endtag(self, tag: str) -> None:
        self.inside = ""

    def handle_data(self, data: str) -> None:
        said = " ".join(data.split())
        if ATTRIBUTES.fullmatch(data):  # on their way into a tag, by a block
            inner = Reading()
            inner.feed(f"<p {data}></p>")
            self.bare += inner.bare
        elif not self.inside and WORD.search(said) and said not in BARE:
            self.bare.append(said)


def bare_words(source: str) -> list[str]:
    """The words of a template that no translator will ever see."""
    env = engines["jinja2" if "jinja2" in engines else next(iter(engines))].env
    page, expression, block, in_trans = "", None, None, False
    for _line, kind, value in env.lex(source):
        if kind == "data" and not in_trans:
            page += value
        elif kind == "variable_begin":
            expression = ""
        elif kind == "variable_end":
            if not in_trans and expression is not None:
                page += " ".join(_shown(env.parse("{{" + expression + "}}"))) or "0"
            expression = None
        elif kind == "block_begin":
            block = ""
        elif kind == "block_end":
            first = (block or "").split()[:1]
            in_trans = first == ["trans"] or (in_trans and first != ["endtrans"])
            block = None
        elif expression is not None:
            expression += value
        elif block is not None:
            block += value
    reading = Reading()
    reading.feed(page)
    reading.close()
    return reading.bare + list(_phrases(env.parse(source)))


def _shown(node: nodes.Node) -> Iterator[str]:
    """Strings that an expression may put on the page as they are."""
    if isinstance(node, nodes.Const):
        yield from [node.value] if isinstance(node.value, str) else []
    elif isinstance(node, nodes.CondExpr):
        for part in (node.expr1, node.expr2):
            yield from _shown(part) if part else []
    elif isinstance(node, nodes.Template | nodes.Output | nodes.Or | nodes.Concat | nodes.Add | nodes.List):
        for part in node.iter_child_nodes():
            yield from _shown(part)
    elif isinstance(node, nodes.Getitem):
        yield from _shown(node.node)
    elif isinstance(node, nodes.Filter) and node.name in ("default", "d", "upper", "lower", "capitalize", "title"):
        for part in [node.node, *node.args]:
            yield from _shown(part) if part else []


def _phrases(node: nodes.Node) -> Iterator[str]:
    """Two words and more in a string of a template, wherever it stands, outside gettext."""
    if isinstance(node, nodes.Call) and isinstance(node.node, nodes.Name) and node.node.name in GETTEXT:
        return
    words = node.value if isinstance(node, nodes.Const) and isinstance(node.value, str) else ""
    if PHRASE.search(words) and not CLASSES.fullmatch(words):
        yield words
    for part in node.iter_child_nodes():
        yield from _phrases(part)


@pytest.mark.parametrize("path", templates(), ids=lambda path: str(path.relative_to(WEFT)))
def test_every_word_of_a_template_goes_through_gettext(path: Path):
    assert not bare_words(path.read_text(encoding="utf-8"))


@pytest.mark.parametrize(
    "source",
    [
        "<p>Tell a story</p>",
        "<p>{{ name }} wrote</p>",
        "<button>Share</button>",
        '<a href="/" aria-label="The way out">{{ _("Out") }}</a>',
        '<input placeholder="Search">',
        '<img alt="A woven band">',
        '<p title="Seen by you">{{ _("Out") }}</p>',
        '<input type="submit" value="Send">',
        '<p data-offline="Not saved yet"></p>',
        "<p>{% if open %}{{ _('Open') }}{% else %}Closed{% endif %}</p>",
        "<p>{{ 'Open' if open else _('Closed') }}</p>",
        "<p>{{ name or 'Somebody' }}</p>",
        "{% set note = 'Only you can see it' %}{{ note }}",
        '{{ field(form.text, "What happened then?") }}',
        "{% trans %}Fine{% endtrans %} not fine",
        "<h2>&copy; Weft contributors</h2>",
        '{% block attributes %} title="Seen by you" class="card"{% endblock %}',
    ],
)
def test_bare_words_are_found(source: str):
    assert bare_words(source)


@pytest.mark.parametrize(
    "source",
    [
        "<p>{{ _('Tell a story') }} · {{ name }}</p>",
        "{% trans n=n %}{{ n }} reply{% pluralize %}{{ n }} replies{% endtrans %}",
        '<a aria-label="{{ _("The way out") }}" class="button quiet" data-since="/circles/">→</a>',
        '<input type="hidden" name="kind" value="echo"><option value="GB">{{ country }}</option>',
        '<script type="module" src="{{ static(\'loom/live.js\') }}"></script>',
        "<p>{{ ', ' if not loop.last }}</p>",
        "<p class=\"{{ 'button quiet' if open else 'button' }}\">{{ _('Open') }}</p>",
    ],
)
def test_words_in_gettext_are_not_taken_for_bare_ones(source: str):
    assert not bare_words(source)


# Python


def calls(tree: ast.AST) -> Iterator[ast.Call]:
    return (node for node in ast.walk(tree) if isinstance(node, ast.Call))


def called(node: ast.Call) -> str:
    return node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")


def is_bare(node: ast.AST | None) -> bool:
    """Words as they are: a string or a string with holes, not handed to gettext."""
    if isinstance(node, ast.IfExp):
        return is_bare(node.body) or is_bare(node.orelse)
    if isinstance(node, ast.JoinedStr):
        return any(is_bare(part) for part in node.values)
    return isinstance(node, ast.Constant) and isinstance(node.value, str) and bool(WORD.search(node.value))


def bare_in_code(source: str) -> list[str]:
    """Words in labels, hints, errors, messages and links that no translator will ever see."""
    found: list[Any] = []
    for call in calls(ast.parse(source)):
        owner = (
            call.func.value.id if isinstance(call.func, ast.Attribute) and isinstance(call.func.value, ast.Name) else ""
        )
        found += [word.value for word in call.keywords if word.arg in ("label", "help_text", "button")]
        for word in call.keywords:
            if word.arg == "error_messages" and isinstance(word.value, ast.Dict):
                found += word.value.values
        if owner == "messages" and len(call.args) > 1:
            found.append(call.args[1])
        if called(call) in ("ValidationError", "RegexValidator"):
            found += call.args[-1:]
        if called(call) in ("Door", "add_error") and len(call.args) > 1:
            found.append(call.args[1])
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.ClassDef) and any("TextChoices" in ast.unparse(base) for base in node.bases):
            pairs = [line.value for line in node.body if isinstance(line, ast.Assign)]
            found += [pair.elts[1] for pair in pairs if isinstance(pair, ast.Tuple)]
    return [ast.unparse(node) for node in found if is_bare(node)]


@pytest.mark.parametrize("path", modules(), ids=lambda path: str(path.relative_to(WEFT)))
def test_labels_messages_errors_and_links_go_through_gettext(path: Path):
    assert not bare_in_code(path.read_text(encoding="utf-8"))


@pytest.mark.parametrize(
    "source",
    [
        'forms.CharField(label="Your name here")',
        'forms.CharField(help_text="One line is enough.")',
        'forms.CharField(error_messages={"required": "Please write something."})',
        'messages.success(request, "Saved.")',
        'messages.success(request, f"{name} is no longer shown.")',
        'forms.ValidationError("At most three questions.")',
        'form.add_error("name", "Somebody has this name.")',
        'Door("home:today", "Today")',
        'class Wish(models.TextChoices):\n    LISTEN = "listen", "just listen"',
    ],
)
def test_bare_words_in_code_are_found(source: str):
    assert bare_in_code(source)


def not_drawn(source: str) -> list[str]:
    """Calls of gettext whose words cannot be drawn, and calls that are made once, in whatever language that was."""
    tree = ast.parse(source)
    said = {
        alias.asname or alias.name: alias.name
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and node.module == "django.utils.translation"
        for alias in node.names
    }
    in_functions = {
        call
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda)
        for call in calls(node)
    }
    found = []
    for call in calls(tree):
        name = said.get(called(call), "") if isinstance(call.func, ast.Name) else ""
        if "gettext" not in name:
            continue
        first = call.args[0]
        if not isinstance(
            first, ast.Constant | ast.Name | ast.Attribute | ast.Call
        ):  # a variable holds a preset's words
            found.append(ast.unparse(call))
        if name in ("gettext", "ngettext", "pgettext") and call not in in_functions:
            found.append(ast.unparse(call))
    return found


@pytest.mark.parametrize("path", modules(), ids=lambda path: str(path.relative_to(WEFT)))
def test_every_call_of_gettext_can_be_drawn_and_is_made_when_it_is_read(path: Path):
    assert not not_drawn(path.read_text(encoding="utf-8"))


@pytest.mark.parametrize(
    "source",
    [
        "from django.utils.translation import gettext as _\ndef said():\n    return _(f'{name} has gone')",
        "from django.utils.translation import gettext as _\ndef said():\n    return _('Hello ' + name)",
        "from django.utils.translation import gettext as _\nWORDS = _('Said once, at the start')",
    ],
)
def test_calls_that_cannot_be_drawn_are_found(source: str):
    assert not_drawn(source)


# Scripts


def bare_in_script(source: str) -> list[str]:
    """Sentences in a script. What a script says it gets from the page, which got it from gettext."""
    plain = re.sub(r"^\s*//.*$|\s//\s.*$|/\*.*?\*/", "", source, flags=re.MULTILINE | re.DOTALL)
    said = re.findall(r"\"([^\"\n]*)\"|'([^'\n]*)'|`([^`]*)`", plain)
    found = ["".join(one) for one in said]
    shown = re.findall(r"(?:textContent|innerText|ariaLabel|placeholder)\s*=\s*[\"'`]([^\"'`]*\w[^\"'`]*)", plain)
    shown += re.findall(r"\b(?:alert|confirm|prompt)\(\s*[\"'`]([^\"'`]*)", plain)
    sentence = re.compile(r"^[A-Z][^\W\d_]*[’']?[a-z]* [a-z’']+( |\.|…|$)")
    return shown + [words for words in found if sentence.search(words)]


@pytest.mark.parametrize("path", sorted(WEFT.glob("**/static/**/*.js")), ids=lambda path: str(path.relative_to(WEFT)))
def test_a_script_says_nothing_of_its_own(path: Path):
    assert not bare_in_script(path.read_text(encoding="utf-8"))


@pytest.mark.parametrize(
    "source",
    ['said.textContent = "Saved";', 'const words = "Not saved yet";', "alert(`Done`)", "say('Please wait a little.')"],
)
def test_sentences_in_scripts_are_found(source: str):
    assert bare_in_script(source)


# Places and plurals

# What may be put into a sentence that has one form only: words, names, days and times. A number that is not counted
# (“Version 3”) belongs here too. Everything else is a number of things, and its sentence needs a plural.
UNCOUNTED = {"name", "names", "teller", "guide", "house", "circle", "circles", "place", "country", "wish", "reason"}
UNCOUNTED |= {"word", "words", "day", "when", "time", "opens", "closes", "first", "last", "source", "topics"}
UNCOUNTED |= {"number", "version", "next"}  # the number of a phone, of an agreement
UNCOUNTED |= {"weekday", "way", "here", "there"}  # the hour here and there


def unnamed_places(message: str) -> list[str]:
    return [found for found in re.findall(r"%(?!\(\w+\)s|%)\S?|\{\d*\}", message) if found.strip("% ")]


def uncounted_numbers(message: str) -> list[str]:
    return [name for name in re.findall(r"%\((\w+)\)s", message) if name not in UNCOUNTED]


def single_and_plural() -> tuple[list[str], list[tuple[str, ...]]]:
    ids = [message.id for message in strings.drawn() if message.id]
    return [i for i in ids if isinstance(i, str)], [i for i in ids if not isinstance(i, str)]


def test_every_place_in_a_sentence_has_a_name():
    single, plural = single_and_plural()
    assert not [text for text in [*single, *(text for pair in plural for text in pair)] if unnamed_places(text)]


@pytest.mark.parametrize("message", ["%s replies", "%d people", "Hello {}", "{0} of {1}"])
def test_places_without_a_name_are_found(message: str):
    assert unnamed_places(message)


def test_a_sentence_with_a_number_of_things_has_a_plural():
    single, plural = single_and_plural()
    assert plural
    assert not {text: uncounted_numbers(text) for text in single if uncounted_numbers(text)}


@pytest.mark.parametrize("message", ["%(count)s people read this", "within %(hours)s hours", "you and %(n)s others"])
def test_a_number_of_things_without_a_plural_is_found(message: str):
    assert uncounted_numbers(message)


def test_both_forms_of_a_plural_have_the_same_places():
    _single, plural = single_and_plural()
    for one, many in plural:
        assert set(re.findall(r"%\((\w+)\)s", one)) <= set(re.findall(r"%\((\w+)\)s", many)), (one, many)
