"""How the house speaks: a calm friend who knows the place. Held over every English string that people read."""

import re

import pytest

from weft.tests import strings

pytestmark = pytest.mark.once

# What is never said, and why. Whole words, any case; * stands for any ending.
NEVER = {
    "!": "nobody shouts at somebody who is at the end of their strength, and nobody cheers at pain",
    "oops": "it makes light of what just went wrong for somebody",
    "whoops": "the same",
    "sorry for any inconvenience": "a phrase for customers; say what happened and what to do now",
    "apologi[sz]e": "the same",
    "trigger*": "a story is not a weapon; say plainly what it talks about",
    "suffer*": "people live with things; how much they suffer is theirs to say",
    "victim*": "somebody to whom something was done is more than that",
    "afflicted": "the same",
    "struggl*": "whether it is a struggle is theirs to say",
    "commit* suicide": "it is no crime: somebody died by suicide, or took their own life",
    "(failed|successful|completed) suicide*": "a death is no success, and living is no failure",
    "addict|addicts|junkie*|alcoholics|drunks": "the person first: somebody who drinks, somebody who uses",
    "substance abuse*|drug abuse*|abuser*": "the word blames; say use, or say what was done",
    "(stay|stayed|got|get|be|been|being) clean|dirty": "nobody who takes something is dirty",
    "mentally ill|the mentally*|insane|crazy|mad|psycho*|lunatic*": "the person first, or nothing",
    "schizophrenic*|depressives|anorexics|the disabled|wheelchair-bound": "a person has an illness and is not one",
    "normal people|a normal life": "nobody here is the other kind",
    "attention-seeking|manipulative|in denial|non-compliant": "a verdict, not a description",
    "everything happens for a reason|stay strong|stay positive|think positive": "comfort that ends the talk",
    "congratulations|awesome|amazing|great job|well done|yay|hooray": "cheer, where somebody may just hold on",
    "journey|empower*|unlock|seamless*|delight*": "words that sell",
    "streak*|points|badge*|level up|leaderboard*": "care is not a game",
    "illegal|invalid|forbidden|denied|fatal|abort*": "words of machines, which sound like a judgement here",
    "please note that|please be advised|we regret": "words of offices",
    "click here|click": "many tap, many use keys, some listen",
}
# Where the house has a word, it is the only one (docs/words.md).
OTHER_WORDS = {
    "users?|username*": "person; sign-in name",
    "passwords?": "passphrase",
    "log ?in|log ?out|log (in|out)|logged (in|out)": "sign in; sign out; leave",
    "moderators?|admins?|administrators?": "facilitator; safety team; steward",
    "posts?|threads?": "story; reply",
    "liked|likes this|followers?|friend request*|profile pictures?": "echo; nothing of the kind",
    "forums?|chat ?rooms?|communit(y|ies) guidelines": "circle; agreement",
}
# Sentences that say such a word in order to say that there is no such thing here.
SAYS_NO = {"Nobody is ranked here. There are no points, no streaks and no adverts."}


def english() -> list[str]:
    """Every English string of the catalogue, in each of its forms."""
    found: list[str] = []
    for message in strings.drawn():
        found += [message.id] if isinstance(message.id, str) else list(message.id)
    return [text for text in found if text and text not in SAYS_NO]


def pattern(words: str) -> re.Pattern[str]:
    if words == "!":
        return re.compile("!")
    said = words.replace("*", r"\w*")
    return re.compile(rf"\b(?:{said})\b", re.IGNORECASE)


def heard(texts: list[str], never: dict[str, str]) -> list[tuple[str, str, str]]:
    """What was said that is never said: the words, the sentence, and the reason."""
    return [(words, text, why) for words, why in never.items() for text in texts if pattern(words).search(text)]


def test_the_house_speaks_as_a_calm_friend():
    assert len(english()) > 500
    assert not heard(english(), NEVER)


def test_the_house_uses_its_own_words():
    assert not heard(english(), OTHER_WORDS)


@pytest.mark.parametrize(
    "said",
    [
        "Welcome back!",
        "Oops, that did not work.",
        "We are sorry for any inconvenience.",
        "Trigger warning: loss",
        "For people suffering from depression",
        "Her brother committed suicide",
        "A circle for addicts",
        "You have been clean for ten days",
        "Congratulations on your story",
        "Invalid code",
        "Click here to go on",
        "Great, you are on a 3 day streak",
    ],
)
def test_what_is_never_said_is_heard(said: str):
    assert heard([said], NEVER)


@pytest.mark.parametrize(
    "said", ["Choose a username", "Forgot your password?", "Log in", "A moderator will read it", "Write a post"]
)
def test_the_words_of_another_house_are_heard(said: str):
    assert heard([said], OTHER_WORDS)


@pytest.mark.parametrize(
    "said",
    [
        "Come back when you like.",
        "Say it plainly, and kindly.",
        "I tried to end my drinking",
        "You can post a letter to us",
        "It talks about suicide",
    ],
)
def test_plain_words_are_not_taken_for_others(said: str):
    assert not heard([said], NEVER)
