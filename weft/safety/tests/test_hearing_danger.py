"""Words that suggest danger: who hears of them, how often they are heard, and that nothing is held back."""

import tomllib
from pathlib import Path
from time import perf_counter

import pytest
from django.conf import settings

from weft.loom.pages import url
from weft.loom.words import fold
from weft.safety import danger
from weft.safety.models import Concern
from weft.stories.models import Story

HERE = Path(__file__).parent
DOCS = HERE.parents[2] / "docs" / "safety-words.md"


LANGUAGES = {"en": "", "ar": "_ar"}


def cases_of(name: str, language: str) -> dict[str, list[str]]:
    return tomllib.loads((HERE / f"{name}{LANGUAGES[language]}.toml").read_text(encoding="utf-8"))


def measured(language: str) -> dict[str, int]:
    cases = cases_of("danger_cases", language)
    heard = sum(danger.heard_in(text, language) for text in cases["heard"])
    wrong = sum(danger.heard_in(text, language) for text in cases["passed"])
    return {"heard": heard, "of": len(cases["heard"]), "wrong": wrong, "among": len(cases["passed"])}


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_cases_that_shaped_the_rules_all_come_out_right(language):
    cases = cases_of("danger_practice", language)
    assert [text for text in cases["heard"] if not danger.heard_in(text, language)] == []
    assert [text for text in cases["passed"] if danger.heard_in(text, language)] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_precision_comes_before_recall_on_cases_that_shaped_nothing(language):
    """Drafts of danger, and more that are hard or alike, written before the first rule. docs/safety-words.md says the
    same."""
    found = measured(language)
    assert found["wrong"] / (found["wrong"] + found["heard"]) <= 0.05
    assert found["heard"] / found["of"] >= 0.7
    said = "hears {heard} of {of} and takes {wrong} of {among} for danger that are none".format(**found)
    assert said in " ".join(DOCS.read_text().split())


def test_every_language_of_the_house_is_listened_to():
    assert {file.stem for file in danger.WORDS.glob("*.toml")} == {code for code, _name in settings.LANGUAGES}
    assert set(LANGUAGES) == {code for code, _name in settings.LANGUAGES}


def test_people_are_heard_in_their_own_language_whatever_the_page_speaks():
    assert danger.heard("I want to die")
    assert danger.heard("أُريد أن أموت")
    assert not danger.heard("أريد أن أعيش. I want to live.")


def test_the_rules_are_written_as_the_words_are_folded():
    """A pattern with a letter that folding takes away would never be found."""
    for file in danger.WORDS.glob("*.toml"):
        said = tomllib.loads(file.read_text(encoding="utf-8"))
        patterns = [*said["groups"].values(), *said["patterns"]["plain"], *said["patterns"]["mine"]]
        patterns += [said[name] for name in ("others", "self", "negations", "not_negations", "past", "present")]
        assert [pattern for pattern in patterns if fold(pattern) != pattern] == [], file.name


def test_the_card_is_shown_for_arabic_words_on_an_english_page(ada, sign_in):
    browser = sign_in(ada)
    story = Story.begin(ada)
    story.write("تعبت. لم أعد أريد أن أعيش.", wish="listen", audience="circle", topics=[])
    address = url("stories:read_through", key=ada.circle_id, story_key=story.pk)
    assert "things may be very hard" in browser.get(address).content.decode()


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
