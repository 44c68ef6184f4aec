"""The papers of the house say what is so: settings, commands, promises, words, links."""

import re
from pathlib import Path

import pytest
from django.apps import apps

from weft.loom.section import Section
from weft.sections import SECTIONS
from weft.tests import strings

pytestmark = pytest.mark.once

ROOT = Path(__file__).resolve().parents[2]
PAPERS = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/*.md")])
SETTING = re.compile(r"\bWEFT_[A-Z_]+\b")
# For those who build and test: CONTRIBUTING.md speaks of them, not docs/hosting.md.
FOR_BUILDERS = {"WEFT_CHROMIUM", "WEFT_REQUIRE_BROWSER", "WEFT_DEMO"}


def paper(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def code() -> list[Path]:
    """What runs, without its tests."""
    found = [path for path in ROOT.glob("weft/**/*.py") if "tests" not in path.parts and path.name != "conftest.py"]
    return [*found, ROOT / "bin/weft", *ROOT.glob("requirements/*.sh")]


def every_test() -> set[str]:
    """The name of every test."""
    found = list(ROOT.glob("weft/**/test_*.py"))
    return {
        name for path in found for name in re.findall(r"^ *(?:async )?def (test_\w+)", path.read_text(), re.MULTILINE)
    }


# Settings and commands


def settings_read() -> set[str]:
    return {name for path in code() for name in SETTING.findall(path.read_text(encoding="utf-8"))}


def test_every_setting_stands_in_the_paper_on_hosting():
    assert "WEFT_DATA" in settings_read()
    unsaid = settings_read() - FOR_BUILDERS - set(SETTING.findall(paper("docs/hosting.md")))
    assert not unsaid


def test_no_paper_speaks_of_a_setting_that_is_not_read():
    read = {name for path in ROOT.glob("weft/**/*.py") for name in SETTING.findall(path.read_text())} | settings_read()
    assert not {name for path in PAPERS for name in SETTING.findall(path.read_text())} - read


def test_every_command_stands_in_the_readme_or_the_paper_on_hosting():
    from weft.__main__ import COMMANDS

    assert "start" in COMMANDS
    said = paper("docs/hosting.md") + paper("README.md")
    assert not [name for name in COMMANDS if not re.search(rf"\bweft {name}\b", said)]


def test_no_paper_speaks_of_a_command_that_is_not_there():
    from weft.__main__ import COMMANDS

    said = {name for path in PAPERS for name in re.findall(r"`(?:bin/)?weft ([a-z][a-z-]+)", path.read_text())}
    assert said
    assert not said - set(COMMANDS)


# Promises


def promises(text: str) -> list[tuple[str, str]]:
    """The rows of a table whose last column names a test."""
    return re.findall(r"^\| ([^|]+) \| `(test_\w+)`", text, re.MULTILINE)


def test_every_promise_names_a_test_that_exists():
    assert len(promises(paper("README.md"))) > 15
    assert not [row for row in promises(paper("README.md")) if row[1] not in every_test()]


def test_a_promise_without_its_test_is_noticed():
    row = promises("| Nobody can see the moon. | `test_nobody_can_see_the_moon` |")
    assert row == [("Nobody can see the moon.", "test_nobody_can_see_the_moon")]
    assert row[0][1] not in every_test()


def test_every_test_that_a_paper_names_exists():
    named = {(path.name, name) for path in PAPERS for name in re.findall(r"`(test_\w+)`", path.read_text())}
    files = {path.stem for path in ROOT.glob("weft/**/test_*.py")}
    assert len(named) > 30
    assert not {(where, name) for where, name in named if name not in every_test() | files}


def test_every_test_file_that_a_paper_names_exists():
    files = {path.name for path in ROOT.glob("weft/**/*.py")}
    examples = {"test_telling.py", "test_hushing.py"}
    named = {name for path in PAPERS for name in re.findall(r"`[\w/]*?(test_\w+\.py)`", path.read_text())}
    assert not named - files - examples


def test_every_rule_that_the_code_cites_stands_in_the_rules():
    cited = {rule for path in code() for rule in re.findall(r"\(R(\d+)\b", path.read_text(encoding="utf-8"))}
    cited |= {rule for path in PAPERS for rule in re.findall(r"\bR(\d+)\b", path.read_text())}
    assert cited
    assert not cited - set(re.findall(r"\bR(\d+)\b", paper("docs/rules.md")))


# Words, map, style


def test_every_kind_of_row_stands_in_the_words():
    said = paper("docs/words.md")
    ours = [
        model.__name__ for model in apps.get_models() if isinstance(apps.get_app_config(model._meta.app_label), Section)
    ]
    assert "Story" in ours
    assert not [name for name in ours if f"`{name}" not in said and f", `{name}`" not in said]


def test_what_the_words_say_of_places_is_so():
    """Files that are named are there; a class or function that is named with its file is in it."""
    rows = re.findall(r"^\|[^|]+\|[^|]+\| ([^|]+) \|$", paper("docs/words.md"), re.MULTILINE)
    assert len(rows) > 40
    for row in rows:
        for place in re.findall(r"`([\w/]+\.(?:py|toml|html|css))`", row):
            assert (ROOT / "weft" / place).exists(), place
        for names, place in re.findall(r"((?:`[\w.]+`(?:, )?)+) in `([\w/]+\.py)`", row):
            text = (ROOT / "weft" / place).read_text()
            for name in re.findall(r"`[\w.]*?(\w+)`", names):
                assert re.search(rf"(?:def|class) {name}\b", text), (name, place)


def test_the_map_of_the_house_is_in_the_order_of_its_sections():
    assert re.findall(r"^\| `weft/(\w+)/` \|", paper("README.md"), re.MULTILINE) == SECTIONS


def test_what_style_says_the_house_says_it_does_say():
    rows = re.findall(r"^\| [^|]+ \| ([^|]+) \|$", paper("STYLE.md").split("## How the house speaks")[1], re.MULTILINE)
    drawn = {message.id if isinstance(message.id, str) else message.id[0] for message in strings.drawn()}
    assert len(rows) > 6
    assert not [said for said in rows[2:] if said not in drawn]


# Links


def anchors(text: str) -> set[str]:
    """The places in a paper that a link may lead to."""
    heads = re.findall(r"^#+ (.+)$", re.sub(r"```.*?```", "", text, flags=re.DOTALL), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", head.lower()).replace(" ", "-") for head in heads}


@pytest.mark.parametrize("path", PAPERS, ids=lambda path: path.name)
def test_links_between_the_papers_lead_somewhere(path: Path):
    text = re.sub(r"```.*?```", "", path.read_text(encoding="utf-8"), flags=re.DOTALL)
    links = re.findall(r"\]\(([^)\s]+)\)", text) + re.findall(r'(?:src|href)="([^"]+)"', text)
    for link in links:
        if "://" in link or link.startswith("mailto:"):
            continue
        where, _mark, anchor = link.partition("#")
        target = (path.parent / where).resolve() if where else path
        assert target.exists(), link
        if anchor:
            assert anchor in anchors(target.read_text(encoding="utf-8")), link


def test_the_code_sends_nobody_to_a_paper_that_is_not_there():
    named = {name for path in code() for name in re.findall(r"\b(docs/[\w-]+\.md)", path.read_text(encoding="utf-8"))}
    assert "docs/hosting.md" in named
    assert not [name for name in named if not (ROOT / name).exists()]


def test_pictures_have_words():
    """For whoever hears the page instead of seeing it."""
    pictures = re.findall(r'!\[([^\]]*)\]|<img [^>]*alt="([^"]*)"', paper("README.md"))
    assert len(pictures) >= 4
    assert all(len(one or other) > 20 for one, other in pictures)
