"""The catalogue of everything that people read: drawn from the code, kept in `weft/locale/weft.pot`.

    bin/strings            writes it anew
    bin/strings --check    says whether it is in step, and changes nothing

A new language begins with it: `pybabel init -D django -i weft/locale/weft.pot -d weft/locale -l cy`.
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
from babel.messages.pofile import write_po

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


def written(catalogue: Catalog) -> str:
    """The catalogue as a file: without places and dates, so that it changes only when a string does."""
    out = io.BytesIO()
    write_po(out, catalogue, width=100, no_location=True, omit_header=True)
    return HEADER + out.getvalue().decode()


def main() -> int:
    new = written(drawn())
    if "--check" in sys.argv[1:]:
        in_step = FILE.exists() and FILE.read_text(encoding="utf-8") == new
        print("The strings are in step." if in_step else "The strings are not in step. Please run bin/strings.")
        return 0 if in_step else 1
    FILE.write_text(new, encoding="utf-8")
    print(f"{len(drawn())} strings in {FILE}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
