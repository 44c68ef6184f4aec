"""How the made-up people speak: no advice where nobody asked, no doses or brands, nothing out of a licensed measure."""

import re

import pytest

pytestmark = pytest.mark.once

ADVICE = re.compile(
    r"\b(you (should|ought|must|need to|have to|could try|might try)|have you (tried|thought about)|why don.t you"
    r"|if i were you|my advice|at least you|make sure you|you.d better)\b",
    re.I,
)
DOSES = re.compile(r"\b\d+(\.\d+)?\s?(mg|mcg|ml|milligrams?|units?|kcal|kg|stone|lbs?)\b|\bcalories?\b|\bBMI\b", re.I)
BRANDS = re.compile(
    r"\b(prozac|valium|xanax|zoloft|seroxat|sertraline|citalopram|fluoxetine|mirtazapine|diazepam|zopiclone|methadone|subutex"
    r"|naltrexone|antabuse|tramadol|gabapentin|pregabalin|nurofen|calpol|anadin|facebook|instagram|whatsapp|tiktok|google|amazon"
    r"|netflix|zoom|uber|tesco|asda|lidl|aldi|sainsbury\w*|ikea|greggs|spotify|youtube)\b",
    re.I,
)
MEASURES = re.compile(
    r"little interest or pleasure|feeling down, depressed|better off dead|over the last (two|2) weeks|control worrying"
    r"|nervous, anxious|trouble (falling|relaxing)|terribly alone and isolated|optimistic about the future"
    r"|cut down on your drinking|drink containing alcohol|felt calm and peaceful|how often have you been bothered",
    re.I,
)
NEVER = re.compile(
    r"healing journey|so strong|sending hugs|i hear you\b|thank you for sharing|okay to not be|proud of you"
    r"|commit(ted|s)? suicide|\baddicts?\b|—",
    re.I,
)

FOUND = {
    ADVICE: ["You should ring them.", "Have you tried going earlier?", "If I were you I'd go."],
    DOSES: ["They put me on 40 mg.", "I have lost two, 3 stone", "counting calories"],
    BRANDS: ["She gave me a Valium.", "I saw it on Facebook"],
    MEASURES: ["Little interest or pleasure in doing things"],
    NEVER: ["He committed suicide.", "Sending hugs!", "It was hard — very."],
}


@pytest.fixture(scope="module")
def words(files):
    """All that is said, with its place."""
    said = {}
    for room in files:
        said[f"{room.key}: about"] = " ".join(
            [room.about, room.greeting, room.agreement, *room.clauses, *room.questions]
        )
        for number, told in enumerate(room.stories, 1):
            said[f"{room.key}: story {number}"] = told.text
            for count, answer in enumerate(told.reply, 1):
                said[f"{room.key}: story {number}, reply {count}"] = answer.text
    return said


@pytest.mark.parametrize(("pattern", "samples"), FOUND.items(), ids=["advice", "doses", "brands", "measures", "never"])
def test_the_pattern_finds_what_it_is_for(pattern, samples):
    assert all(pattern.search(sample) for sample in samples)


@pytest.mark.parametrize("pattern", [DOSES, BRANDS, MEASURES, NEVER], ids=["doses", "brands", "measures", "never"])
def test_nobody_says(words, pattern):
    assert len(words) > 600
    assert {place: text for place, text in words.items() if pattern.search(text)} == {}


def test_nobody_advises_where_somebody_asked_to_be_heard(files):
    answers = [
        (room.key, number, answer.by, answer.text)
        for room in files
        for number, told in enumerate(room.stories, 1)
        for answer in told.reply
        if told.wish == "listen" and not answer.note and answer.by != told.teller
    ]
    assert len(answers) > 100
    assert [answer for answer in answers if ADVICE.search(answer[-1])] == []


def test_no_text_says_of_two_names_that_they_are_one(files):
    """Whoever is in two circles is never called by the other name in one of them."""
    names = {}
    for room in files:
        for someone in room.personas:
            names.setdefault(someone.person, {})[room.key] = someone.name
    for room in files:
        said = " ".join([story.text + " ".join(answer.text for answer in story.reply) for story in room.stories])
        own = set(room.by_name)
        for person, called in names.items():
            if room.key not in called:
                continue
            for other, name in called.items():
                if other != room.key and name not in own:
                    assert not re.search(rf"\b{re.escape(name)}\b", said), (room.key, person, name)
