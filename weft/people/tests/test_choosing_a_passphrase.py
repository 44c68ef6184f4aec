"""Passphrases: what everybody tries first is refused, everything else is welcome, and a thief cannot begin to guess."""

from collections.abc import Callable
from random import Random

import pytest
from argon2 import PasswordHasher
from argon2.exceptions import VerifyMismatchError
from django.contrib.auth.password_validation import CommonPasswordValidator
from django.core.exceptions import ValidationError

from weft.conftest import PASSPHRASE
from weft.people.models import Person
from weft.people.passphrases import SHORTEST, NotCommon

EASY = [
    "password password",
    "Password1234567890",
    "P@ssw0rd P@ssw0rd",
    "letmeinletmeinletmein",
    "iloveyouiloveyou",
    "I love you so much!",
    "correct horse battery staple",
    "CorrectHorseBatteryStaple1!",
    "the quick brown fox jumps",
    "May the Force be with you",
    "to be or not to be",
    "Never gonna give you up",
    "twinkle twinkle little star",
    "one day at a time 2024",
    "supercalifragilisticexpialidocious",
    "qwertyuiopasdfgh",
    "qwertzuiopasdfgh",
    "qwertyuiopasdfghjklzxcvbnm",
    "poiuytrewqlkjhgf",
    "1234567890123456",
    "abcdefghijklmnop",
    "abc123abc123abc123",
    "1q2w3e4r5t6y7u8i",
    "1qaz2wsx3edc4rfv",
    "aaaaaaaaaaaaaaaaaaa",
    "kettlekettlekettle1",
    "ha ha ha ha ha ha ha",
    "...............!",
    "December 2024 December",
    "liverpool liverpool",
    "12345 12345 12345",
    "merchant merchant",
    "passworddrowssap",
    "1324354657687980",
    "11223344556677889900",
    "0102030405060708",
    "Manchester United",
    "kartoffelpuffer",
]
WELCOME = [
    PASSPHRASE,
    "purple otter under lamplight",
    "seven new boots by the door",
    "my gran kept bees in Leeds",
    "dGv7-Qm2x-Rt9p-Lk4w",
    "der Regen trommelt auf Blech",
    "الشاي بعد المطر على السطح",
    "雨の後の屋根の上でお茶を飲む朝が好き",
    "739482650193847261",
    "monkey wrench, cold porridge",
    "I hope the ferry waits for us",
]


@pytest.mark.parametrize("passphrase", EASY)
def test_what_everybody_tries_first_is_refused(passphrase: str):
    with pytest.raises(ValidationError):
        NotCommon().validate(passphrase)


def is_refused(passphrase: str) -> bool:
    try:
        NotCommon().validate(passphrase)
    except ValidationError:
        return True
    return False


LONG_ENOUGH: dict[str, Callable[[str], str]] = {
    "as they are": lambda known: known,
    "over and over": lambda known: known * -(-SHORTEST // len(known)),
    "with figures behind": lambda known: f"{known}{'1234567890' * 2}"[: max(SHORTEST, len(known) + 1)],
    "with a year and a sign": lambda known: f"{known.title()}{'1987' * -(-(SHORTEST - len(known)) // 4)}!",
    "with a short word": lambda known: f"{known} rain",
}


@pytest.mark.parametrize("way", LONG_ENOUGH)
def test_the_commonest_are_refused_however_they_are_made_long_enough(way: str):
    """ASVS asks for the 3,000 commonest that are long enough. Django brings 20,000, nearly all of them too short."""
    made = {known: LONG_ENOUGH[way](known) for known in sorted(CommonPasswordValidator().passwords)}
    fitting = [one for known, one in made.items() if len(known) >= 4 and len(one) >= SHORTEST]
    if way not in ("as they are", "with a short word"):
        assert len(fitting) > 15_000
        fitting = fitting[::5]  # more than 3,000 of them
    assert [one for one in fitting if not is_refused(one)] == []


def test_three_plain_words_that_do_not_belong_together_are_welcome_even_if_many_use_each():
    words = sorted(one for one in CommonPasswordValidator().passwords if one.isalpha() and 5 <= len(one) <= 7)
    drawn = [" ".join(Random(number).sample(words, 3)) for number in range(500)]  # noqa: S311
    refused = [one for one in drawn if is_refused(one)]
    assert len(refused) < 10, refused


@pytest.mark.parametrize("passphrase", WELCOME)
def test_everything_else_is_welcome(passphrase: str):
    NotCommon().validate(passphrase)


def test_ones_own_sign_in_name_is_no_passphrase():
    person = Person(name="Robin of Loxley")
    with pytest.raises(ValidationError, match="sign-in name"):
        NotCommon().validate("robinofloxley1234", person)
    NotCommon().validate("robin of loxley ate my porridge", person)
    NotCommon().validate("a wren sang on the cold wall", Person(name="wr"))


def test_no_rule_asks_for_figures_or_signs():
    NotCommon().validate("onlyplainsmalllettershere")


@pytest.mark.django_db
def test_a_thief_of_the_database_cannot_check_a_guess():
    """The hash is of a keyed hash: the right passphrase does not fit without the house key."""
    person = Person.objects.join("wren", PASSPHRASE)
    kept = person.password.removeprefix("argon2")
    assert kept.startswith("$argon2id$")
    with pytest.raises(VerifyMismatchError):
        PasswordHasher().verify(kept, PASSPHRASE)
    assert PasswordHasher().verify(PasswordHasher().hash(PASSPHRASE), PASSPHRASE), "the control: a plain hash fits"
    assert person.knows(PASSPHRASE)
    assert not person.knows(PASSPHRASE + " ")


@pytest.mark.django_db
def test_a_guess_costs_memory_and_time(monkeypatch):
    """As much as the house really asks: the other tests hash quickly."""
    assert "m=8,t=1,p=1" in Person.objects.join("wren", PASSPHRASE).password
    monkeypatch.undo()
    assert "m=19456,t=2,p=1" in Person.objects.join("finch", PASSPHRASE).password
