"""The catalogue of everything that people read: drawn from the code, kept in `weft/locale/weft.pot`, and said in each
language in `weft/locale/*/LC_MESSAGES/django.po`.

    bin/strings            writes it anew, and brings every language in step: new sentences come empty, old ones go
    bin/strings --check    says whether all are in step, and changes nothing

A new language begins with it: `pybabel init -D django -i weft/locale/weft.pot -d weft/locale -l cy`. CONTRIBUTING.md
says what else a language needs.
"""

import io
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from babel.messages.catalog import Catalog
from babel.messages.extract import DEFAULT_KEYWORDS, extract_from_dir
from babel.messages.frontend import parse_keywords
from babel.messages.pofile import read_po, write_po

WEFT = Path(__file__).resolve().parents[1]
FILE = WEFT / "locale" / "weft.pot"
KEYWORDS = parse_keywords(
    ["gettext_lazy", "ngettext_lazy:1,2", "pgettext_lazy:1c,2", "gettext_noop", "npgettext_lazy:1c,2,3"]
)
# What stands in kinds.toml is shown, or becomes the first words of a circle, in the language of whoever opens it.
# Not drawn, because they are content in one language each: helplines.toml (names and notes of real lines, in the words
# of those lines), meanings/ and safety/words/ (patterns that are matched and never shown), and the example house.
PRESETS = {"name", "what", "greeting", "agreement", "clauses", "about", "first", "first_about"}
METHODS = [
    ("**/tests/**", "ignore"),
    ("conftest.py", "ignore"),
    ("**/migrations/**", "ignore"),
    ("loom/style.py", "ignore"),  # the page of styles: for people who build, closed in a real house
    ("loom/templates/loom/style.html", "ignore"),
    ("**.py", "python"),
    ("**/templates/**.html", "jinja2"),
    ("*/kinds.toml", "weft.tests.strings:presets"),
]
JINJA = {
    "encoding": "utf-8",
    "extensions": "jinja2.ext.i18n",
    "trim_blocks": "true",
    "lstrip_blocks": "true",
    "newstyle_gettext": "true",
    "silent": "false",
}
HEADER = """\
# Everything that people read in Weft. Drawn from the code by bin/strings; not to be edited by hand.
msgid ""
msgstr ""
"MIME-Version: 1.0\\n"
"Content-Type: text/plain; charset=utf-8\\n"
"Content-Transfer-Encoding: 8bit\\n"

"""


def presets(file: Any, keywords: Any, comment_tags: Any, options: Any) -> Iterator[tuple[int, None, str, list[str]]]:
    """The words of presets, for Babel."""
    for preset in tomllib.load(file).values():
        for name, value in preset.items():
            for text in value if isinstance(value, list) else [value]:
                if name in PRESETS and isinstance(text, str) and text.strip():
                    yield 1, None, text.strip(), []


def extracted() -> Iterator[tuple[Any, ...]]:
    return extract_from_dir(WEFT, METHODS, {"**/templates/**.html": JINJA}, DEFAULT_KEYWORDS | KEYWORDS)


def found() -> Iterator[tuple[str, str | tuple[str, ...]]]:
    """Every string with the file that it stands in."""
    return ((file, message) for file, _line, message, _comments, _context in extracted())


def drawn() -> Catalog:
    """Every string in the code, in the order of its files."""
    catalogue = Catalog(charset="utf-8")
    for _file, _line, message, _comments, context in extracted():
        catalogue.add(message, context=context)
    return catalogue


def written(catalogue: Catalog, header: str = HEADER) -> str:
    """The catalogue as a file: without places and dates, so that it changes only when a string does."""
    out = io.BytesIO()
    write_po(out, catalogue, width=100, no_location=True, omit_header=True)
    return header + out.getvalue().decode()


def languages() -> dict[str, Path]:
    """The file of each language but English, whose sentences are the keys."""
    return {path.parents[1].name: path for path in sorted((WEFT / "locale").glob("*/LC_MESSAGES/django.po"))}


def in_step(path: Path, template: Catalog) -> str:
    """A language's file with the sentences of today, in their order, and its own header."""
    kept = path.read_text(encoding="utf-8")
    header = kept[: kept.index("\n\n", kept.index('msgid ""\n')) + 2]
    said = read_po(io.BytesIO(kept.encode()))
    catalogue = Catalog(locale=said.locale, charset="utf-8")
    for message in template:
        if message.id:
            before = said.get(message.id, message.context)
            plural = isinstance(message.id, tuple | list)
            fits = before is not None and isinstance(before.string, tuple | list) == plural
            nothing = ("",) * said.num_plurals if plural else ""
            flags = before.flags - {"python-format"} if before is not None else ()
            catalogue.add(message.id, before.string if fits else nothing, context=message.context, flags=flags)
    return written(catalogue, header)


def missing(path: Path) -> int:
    """How many sentences a language does not say yet."""
    with path.open("rb") as file:
        messages = [message for message in read_po(file) if message.id]
    texts = (m.string if isinstance(m.string, tuple | list) else [m.string] for m in messages)
    return sum(not all(text) for text in texts)


def main() -> int:
    template = drawn()
    new = {FILE: written(template)} | {path: in_step(path, template) for path in languages().values()}
    if "--check" in sys.argv[1:]:
        right = all(path.exists() and path.read_text(encoding="utf-8") == text for path, text in new.items())
        print("The strings are in step." if right else "The strings are not in step. Please run bin/strings.")
        return 0 if right else 1
    for path, text in new.items():
        path.write_text(text, encoding="utf-8")
    print(f"{len(template)} strings in {FILE}")
    for language, path in languages().items():
        print(f"{language}: {missing(path)} not said yet")
    return 0


if __name__ == "__main__":
    sys.exit(main())
