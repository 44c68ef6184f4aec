"""docs/asvs.csv: every item of OWASP ASVS 5.0.0, levels 1 and 2, and what holds it here; counted openly."""

import csv
import re
from collections import Counter

from weft.tests.test_docs import ROOT, every_test

ITEMS = list(csv.DictReader((ROOT / "docs" / "asvs.csv").open(encoding="utf-8")))
OF_LEVEL = {"1": 70, "2": 183}  # as the standard counts them
# How the house stands today. A number that changes is changed here too, and said in SECURITY.md.
ANSWERS = {"met by a test": 136, "met, as a paper says": 27, "not applicable": 69, "not met": 21}
# How many items each section has in these two levels: none may be left out, or stand twice.
SECTIONS = {1: 27, 2: 11, 3: 19, 4: 10, 5: 9, 6: 35, 7: 18, 8: 7, 9: 7, 10: 29, 11: 14, 12: 9, 13: 13, 14: 9, 15: 13,
            16: 16, 17: 7}  # fmt: skip


def headings(paper: str) -> set[str]:
    found = re.findall(r"^#+ (.+)$", (ROOT / paper).read_text(encoding="utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w -]", "", title).strip().lower().replace(" ", "-") for title in found}


def test_every_item_stands_there_once():
    assert len({row["item"] for row in ITEMS}) == len(ITEMS) == 253
    assert Counter(row["level"] for row in ITEMS) == OF_LEVEL
    assert Counter(int(row["item"].split(".")[0]) for row in ITEMS) == SECTIONS


def test_the_counts_are_said_openly():
    assert Counter(row["answer"] for row in ITEMS) == ANSWERS
    said = " ".join((ROOT / "SECURITY.md").read_text(encoding="utf-8").split())
    for answer, number in ANSWERS.items():
        assert f"{number} {answer}" in said


def test_what_is_met_is_held_by_tests_that_exist_or_by_papers_that_say_so():
    for row in ITEMS:
        held = row["held by"].split()
        if row["answer"] == "met by a test":
            assert held, row
            assert not set(held) - every_test(), row
        elif row["answer"] == "met, as a paper says":
            for paper, _hash, heading in (place.partition("#") for place in held):
                assert not heading or heading in headings(paper), row
        else:
            assert not held, row


def test_whatever_is_not_met_or_not_applicable_says_why():
    for row in ITEMS:
        if row["answer"] in ("not applicable", "not met"):
            assert len(row["in our words"].split()) >= 4, row
