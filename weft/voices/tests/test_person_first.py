"""A hint about how others are spoken of: with its reason, never about oneself or a quotation, never in the way."""

import tomllib
from pathlib import Path

import pytest
from django.test import Client

from weft.voices.models import Comment
from weft.voices.person_first import WHY, WORDING, hints
from weft.voices.tests.test_commenting import SAID, age, at, token_of

CASES = Path(__file__).parent
PAPER = CASES.parents[2] / "docs" / "voices.md"


def counted(language: str) -> tuple[int, int, int, int]:
    """Of the cases that nobody wrote the rules from: rightly hinted, missed, wrongly hinted, rightly silent."""
    cases = tomllib.loads((CASES / f"person_first_cases_{language}.toml").read_text(encoding="utf-8"))["case"]
    yes = [bool(hints(case["text"])) for case in cases if case["hint"]]
    no = [bool(hints(case["text"])) for case in cases if not case["hint"]]
    return sum(yes), len(yes) - sum(yes), sum(no), len(no) - sum(no)


def said(text: str) -> list[str]:
    return [hint.said for hint in hints(text)]


@pytest.mark.parametrize("language", ["en", "ar"])
def test_the_paper_says_how_often_it_is_right(language):
    right, missed, wrong, silent = counted(language)
    assert right + missed + wrong + silent >= 40
    row = f"| {language} | {right} of {right + missed} | {wrong} of {wrong + silent} | {right / (right + wrong):.2f} |"
    assert row in PAPER.read_text(encoding="utf-8")
    assert right / (right + wrong) > 0.8, "precision comes first"


def test_it_is_about_others():
    assert said("Those junkies should know. She committed suicide last year.") == ["junkies", "committed suicide"]
    assert said("He is a schizophrenic.") == ["schizophrenic"]


@pytest.mark.parametrize(
    "own",
    [
        "I'm an alcoholic.",
        "I am an addict, and so what.",
        "As an alcoholic myself I know.",
        "We addicts need each other.",
    ],
)
def test_it_is_never_about_how_somebody_speaks_of_themselves(own):
    assert said(own) == []


@pytest.mark.parametrize("name", ["I go to Alcoholics Anonymous.", "Adult Children of Alcoholics met on Monday."])
def test_a_fellowships_name_gets_no_hint(name):
    assert said(name) == []


def test_a_quotation_gets_no_hint():
    assert said("The nurse said “he is an addict” to my face.") == []
    assert said("> he is an addict\nI cried.") == []
    assert said("The nurse said he is an addict.") == ["addict"], "the control: in the writer's own words it does"


def test_every_rule_has_a_reason_and_something_to_say_instead():
    for file in WORDING.glob("*.toml"):
        for rule in tomllib.loads(file.read_text(encoding="utf-8"))["rule"]:
            assert rule["kind"] in WHY
            assert rule["instead"]


@pytest.mark.django_db
def test_a_hint_is_seen_hidden_and_never_in_the_way(voice):
    where, words = at("comment", key=voice.pk), "Those junkies should know better."
    look = Client().post(where, SAID | {"text": words}).content.decode()
    assert "<bdi>junkies</bdi>" in look
    assert "Only you see this." in look
    hidden = Client().post(where, SAID | {"text": words, "hide": "1"}).content.decode()
    assert "<bdi>junkies</bdi>" not in hidden
    assert words in hidden
    Client().post(where, SAID | {"text": words, "token": age(token_of(look), 20), "how": "send"})
    assert Comment.objects.get().text == words, "sent as it is"


@pytest.mark.django_db
def test_a_teller_sees_it_on_their_own_page_alone(sign_in, ada, reader):
    from weft.voices.tests.ways import make_voice

    voice = make_voice(ada.person, words="My brother and the other junkies.")
    own = at("own", key=voice.pk)
    assert "<bdi>junkies</bdi>" in sign_in(ada).get(own).content.decode()
    assert "<bdi>junkies</bdi>" not in sign_in(ada).get(f"{own}?hide=1").content.decode()
    assert "Often said instead" not in sign_in(reader).get(at("read", key=voice.pk)).content.decode()
