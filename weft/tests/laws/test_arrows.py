"""The law of the house: a section leans only on those above it in `weft.sections`.

Imports are also held by import-linter; here the same law holds for templates, static files, addresses and foreign keys.
"""

import ast
import re
from pathlib import Path

import pytest
from django.apps import apps

import weft
from weft.sections import SECTIONS

pytestmark = pytest.mark.once

HOUSE = Path(weft.__file__).parent
RANK = {section: rank for rank, section in enumerate(SECTIONS)}
REFERENCES = [
    re.compile(r"""{%-?\s*(?:extends|include|from|import)\s+['"](\w+)/"""),
    re.compile(r"""static\(\s*['"](\w+)/"""),
    re.compile(r"""url\(\s*['"](\w+):"""),
    re.compile(r"""['"](\w+):\w+['"]"""),
    re.compile(r"""(?:render|get_template|Slip)\([^)]*?['"](\w+)/[\w./]+\.html['"]"""),
]


def upward_references(section: str, text: str) -> list[str]:
    """Sections below this one that a template or a script names."""
    named = {match for pattern in REFERENCES for match in pattern.findall(text)}
    return sorted(name for name in named if name in RANK and RANK[name] > RANK[section])


def upward_imports(section: str, source: str) -> list[str]:
    """Sections below this one that a module imports, wherever in it the import stands."""
    found = set()
    for node in ast.walk(ast.parse(source)):
        names = []
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module:
            names = [f"{node.module}.{alias.name}" for alias in node.names]
        found |= {name.split(".")[1] for name in names if name.startswith("weft.") and name.count(".")}
    return sorted(name for name in found if name in RANK and RANK[name] > RANK[section])


def files(section: str, *kinds: str) -> list[Path]:
    every = [path for kind in kinds for path in (HOUSE / section).rglob(f"*.{kind}")]
    return [path for path in every if "tests" not in path.parts and "migrations" not in path.parts]


@pytest.mark.parametrize("section", SECTIONS)
def test_no_import_points_upward(section):
    found = {str(path): upward_imports(section, path.read_text()) for path in files(section, "py")}
    assert {path: names for path, names in found.items() if names} == {}


@pytest.mark.parametrize("section", SECTIONS)
def test_no_reference_points_upward(section):
    found = {
        str(path): upward_references(section, path.read_text()) for path in files(section, "html", "js", "css", "py")
    }
    assert {path: names for path, names in found.items() if names} == {}


def test_no_foreign_key_points_upward():
    bad = []
    for model in apps.get_models():
        here = model._meta.app_label
        for field in model._meta.get_fields():
            if here in RANK and field.is_relation and not field.auto_created:
                there = field.related_model._meta.app_label
                if there in RANK and RANK[there] > RANK[here]:
                    bad.append(f"{model.__name__}.{field.name}")
    assert bad == []


def test_the_persona_has_no_foreign_key_to_a_person():
    from weft.circles.models import Persona
    from weft.people.models import Person

    people = [model for model in apps.get_models() if any(f.related_model is Person for f in model._meta.get_fields())]
    assert {model.__name__ for model in people if model._meta.app_label == "people"} >= {"Device", "Passkey"}
    circle_rows = [m for m in people if any(f.related_model is Persona for f in m._meta.get_fields())]
    assert circle_rows == [], "a row with both would join a person and a persona"


def test_only_the_veil_holds_its_key():
    holders = [
        str(path.relative_to(HOUSE))
        for path in HOUSE.rglob("*.py")
        if re.search(r"""secret\(\s*(?:["']veil["']|veil\.SCOPE|SCOPE)""", path.read_text())
        and "tests" not in path.parts
    ]
    assert holders == ["circles/veil.py"]


def callers(verb: str) -> set[str]:
    """The files, other than tests, that call this."""
    return {
        str(path.relative_to(HOUSE))
        for path in HOUSE.rglob("*.py")
        if f"{verb}(" in path.read_text() and "tests" not in path.parts
    }


def test_whoever_opens_the_veil_is_named_here():
    """`person_of` leads from a persona to its person. Each file that calls it is listed, with why."""
    allowed = {
        "circles/veil.py": "defines it",
        "circles/models/persona.py": "takes a removed persona off its person's keyring",
        "notices/carrying.py": "brings a notice to where its person wants it",
        "notices/waiting.py": "asks when it is quiet for somebody whose answer is waited for",
        "stories/telling.py": "asks whether the teller muted words that are in an answer",
        "safety/ringing.py": "tells whoever told the team something, or was unveiled, in a row that leads to nobody",
    }
    assert callers("person_of") <= set(allowed)


def test_whoever_reads_an_address_through_the_veil_is_named_here():
    """`address_of` leads from a persona to an e-mail address. Each file that calls it is listed, with why."""
    allowed = {
        "circles/veil.py": "defines it",
        "safety/models/unveiling.py": "shows it to two who agreed, having written down that they look",
    }
    assert callers("address_of") == set(allowed)


def test_the_law_would_see_a_break():
    assert upward_imports("loom", "def f():\n    from weft.stories.models import Story") == ["stories"]
    assert upward_imports("people", "import weft.circles.models") == ["circles"]
    assert upward_references("circles", """<a href="{{ url('stories:story', key=1) }}">""") == ["stories"]
    assert upward_references("loom", """{% include "circles/head.html" %}""") == ["circles"]
    assert upward_references("circles", """return redirect("home:today")""") == ["home"]
    assert upward_references("stories", """{% include "circles/head.html" %}""") == []
