"""What our scripts leave alone."""

import re

from weft.tests.test_docs import ROOT

SCRIPTS = sorted((ROOT / "weft").glob("*/static/**/*.js"))
# An object written to under a name that came from elsewhere, or merged with what came: its prototype could be changed.
# What comes in is kept in a Map, or read by names that stand in the script.
POLLUTES = re.compile(r"[\w)\]]\[(?![\"'`\d])[^\]]+\][\w.\[\]]*\s*(\?\?|\|\||&&)?=(?![=>])|Object\.assign|__proto__")
# Their names stand in the line above, each.
OURS = {
    "this[kind] = box;",
    "if (response[part]) said[part] = text(response[part]);",
    "if (page.headers.get(name)) headers[name] = page.headers.get(name);",
}


def polluting(script: str) -> set[str]:
    return {line.strip() for line in script.splitlines() if POLLUTES.search(line)}


def test_no_script_writes_under_a_name_that_came_from_elsewhere():
    found = {line for script in SCRIPTS for line in polluting(script.read_text(encoding="utf-8"))}
    assert found == OURS
    for planted in ("kept[name] = value;", "kept[a][b] ??= {};", "kept[name].text = x;", "Object.assign(kept, said);"):
        assert polluting(planted), "the control"
