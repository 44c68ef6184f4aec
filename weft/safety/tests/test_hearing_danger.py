"""Words that suggest danger: who hears of them, how often they are heard, and that nothing is held back."""

import tomllib
from pathlib import Path
from time import perf_counter

import pytest

from weft.safety import danger
from weft.safety.models import Concern

HERE = Path(__file__).parent
DOCS = HERE.parents[2] / "docs" / "safety-words.md"


def measured(name: str) -> dict[str, int]:
    cases = tomllib.loads((HERE / name).read_text())
    heard = sum(danger.heard_in(text) for text in cases["heard"])
    wrong = sum(danger.heard_in(text) for text in cases["passed"])
    return {"heard": heard, "of": len(cases["heard"]), "wrong": wrong, "among": len(cases["passed"])}


def test_the_cases_that_shaped_the_rules_all_come_out_right():
    cases = tomllib.loads((HERE / "danger_practice.toml").read_text())
    assert [text for text in cases["heard"] if not danger.heard_in(text)] == []
    assert [text for text in cases["passed"] if danger.heard_in(text)] == []


def test_precision_comes_before_recall_on_cases_that_shaped_nothing():
    """60 of danger, 80 that are hard or alike, written before the first rule. docs/safety-words.md says the same."""
    found = measured("danger_cases.toml")
    assert found["wrong"] / (found["wrong"] + found["heard"]) <= 0.05
    assert found["heard"] / found["of"] >= 0.7
    said = "It hears {heard} of {of} and takes {wrong} of {among} for danger that are none".format(**found)
    assert said in " ".join(DOCS.read_text().split())


@pytest.mark.parametrize("language", ["xx", "", "../en", "EN"])
def test_a_language_without_words_hears_nothing(language):
    assert not danger.heard_in("I want to die", language)


def test_a_regional_language_hears_its_own():
    assert danger.heard_in("I want to die", "en-gb")


def test_a_long_text_is_heard_quickly():
    text = "My son died in April and I want to be with him, she said, and I do not know what I want to do. " * 200
    start = perf_counter()
    danger.heard_in(text)
    assert perf_counter() - start < 0.5


def test_hearing_leaves_no_trace(house, ada, django_assert_num_queries):
    with django_assert_num_queries(0):
        assert danger.heard_in("I want to die")
    assert not Concern.objects.exists()
