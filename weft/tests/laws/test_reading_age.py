"""A child of nine can read what the house says: measured over every English string, by page and one by one.

A formula is a coarse scale, and the coarser the shorter the text (`tests/reading.py`). So the house as a whole and
each page of some length must be fit for nine; a single sentence may weigh more, but not too much; no sentence is long;
and each long word is there for a reason that is given here. The words of help lines and of made-up people are theirs,
and are not in the catalogue.
"""

from collections import defaultdict

import pytest

from weft.tests import strings
from weft.tests.reading import Measured, measure, syllables

pytestmark = pytest.mark.once

NINE = 9.0
ALONE = 12.0  # the age for one string on its own: "somebody" and "invitation" weigh heavily in ten words
LONGEST = 24  # words in a sentence
A_PAGE = 40  # words that make a text of some length
A_SENTENCE = 10  # words from which the formula says anything
# Words of four syllables and more, by their beginnings. Whoever needs another one looks for a shorter word first.
LONG = {
    "everybod": "a word of every day",
    "anybod": "the same",
    "invitation": "what one holds in one's hand; children know it from birthdays",
    "recovery": "the name of the code that brings one back, and of fellowships",
    "emergency": "it stands on signs, and on the phone itself",
    "facilitator": "a word of the house, said as “who guides it” wherever that can be",
    "communit": "faith communities call themselves so",
    "congregation": "the same",
    "professional": "of a therapist: it says that somebody checked",
    "overwritten": "short for what would take a sentence",
    "loneliness": "a topic; people call it so",
    "america": "a name",
    "antarctica": "a name",
    "australia": "a name",
    "languages": "of a help line",
}
OFFICE = {
    "Your request has been submitted and will be processed in accordance with the applicable community guidelines.",
    "Authentication credentials could not be verified; please re-authenticate in order to continue the operation.",
    "Participation necessitates prior acknowledgement of the confidentiality provisions set out hereinafter.",
    "Whoever is of the opinion that the circumstances which have been described above no longer apply to their own "
    "situation may at any time, and without having to state any reasons for it, ask for the decision to be looked at.",
}
PLAIN = {
    "Only you see this.",
    "Nobody is told. Your name disappears from the list. You can come back if you want to.",
    "- What is said here stays here.\n- You can always pass, stop, or take your words back.",
}


def by_file() -> dict[str, list[str]]:
    """What stands in each file; of a plural its last form, since one is like the other."""
    found = defaultdict(list)
    for name, message in strings.found():
        text = message if isinstance(message, str) else message[-1]
        if text not in found[name]:
            found[name].append(text)
    return found


def too_hard(text: str) -> list[str]:
    """Why a string is not for a child of nine."""
    said = measure(text)
    found = []
    if len(said.words) >= A_SENTENCE and said.age > ALONE:
        found.append(f"for {said.age:.0f} years")
    if said.longest > LONGEST:
        found.append(f"a sentence of {said.longest} words")
    found += [f"“{word}”" for word in said.words if syllables(word) > 3 and not word.lower().startswith(tuple(LONG))]
    return found


def test_the_house_can_be_read_with_nine():
    whole = measure(*(text for texts in by_file().values() for text in texts))
    assert len(whole.words) > 5000
    assert whole.age <= NINE - 1  # there is a year to spare, and it is kept


def test_every_page_can_be_read_with_nine():
    pages = {name: measure(*texts) for name, texts in by_file().items()}
    assert {
        name: round(page.age, 1) for name, page in pages.items() if len(page.words) >= A_PAGE and page.age > NINE
    } == {}


def test_no_sentence_is_long_and_no_word_is_hard():
    texts = {text for texts in by_file().values() for text in texts}
    assert {text: too_hard(text) for text in sorted(texts) if too_hard(text)} == {}


def test_every_long_word_that_is_allowed_is_said():
    said = {word.lower() for texts in by_file().values() for text in texts for word in measure(text).words}
    assert [start for start in LONG if not any(word.startswith(start) for word in said)] == []


@pytest.mark.parametrize("text", sorted(OFFICE))
def test_control_words_of_offices_are_noticed(text: str):
    assert too_hard(text)


@pytest.mark.parametrize("text", sorted(PLAIN))
def test_control_plain_words_are_let_through(text: str):
    assert not too_hard(text)


def test_control_a_house_that_speaks_like_an_office_is_noticed():
    assert measure(*OFFICE).age > NINE


@pytest.mark.parametrize(
    ("word", "count"),
    [
        ("somebody", 3),
        ("safety", 2),
        ("people", 2),
        ("erased", 2),
        ("closed", 1),
        ("the", 1),
        ("invitation", 4),
        ("little", 2),
    ],
)
def test_control_syllables_are_counted(word: str, count: int):
    assert syllables(word) == count


def test_control_a_page_is_measured_as_one():
    assert measure("One cat sat.", "Two cats sat.") == Measured(("One", "cat", "sat", "Two", "cats", "sat"), 2, 6, 3)
