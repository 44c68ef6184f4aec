"""A thousand spam comments cost the readers one decision, and nobody's kind word lies among them."""

import random

import pytest
from django.test import Client
from django.urls import reverse

from weft.loom import ids
from weft.voices.models import Comment
from weft.voices.piles import MANY, piles

pytestmark = pytest.mark.django_db
KIND = [
    ("Bea", "Thank you for this. I read it twice."),
    ("Cal", "My father was the same, and I never said so to anybody."),
    ("Dee", "I wish that I had read this ten years ago; but I am glad for today."),
    ("Thank you", "Thank you."),
    ("Eli", "What you write about the silence is what it was like in our kitchen too."),
    ("Flo", "There is a book about this by a nurse: it lies in the library at Mill Lane."),
]
OFFERS = ["cheap pills", "a loan", "a casino", "followers", "a watch", "essays", "luck in love", "crypto coins"]


def leave(voice, name, words, email="", **said):
    return Comment.leave(ids.random_id(), voice, name, words, email=email or f"{ids.code(8)}@example.org", **said)


def spam(draw: random.Random, number: int) -> tuple[str, str, bool]:
    """One of a flood: no two say the same. Most sell something by a link, each to another site; some are only noise."""
    words = "".join(draw.choice("bcdfglmnprst") + draw.choice("aeiou") for _ in range(draw.randint(3, 9)))
    if number % 3:
        site = f"https://{words[:8]}{number}.example/{words}"
        return words.title(), f"{draw.choice(OFFERS)} {words} {site} {draw.choice(OFFERS)}", number % 2 == 0
    return words.title(), f"{words} {draw.choice(OFFERS)} {words[::-1]} {number}", False


def flood(voice, many):
    draw = random.Random(11)  # noqa: S311
    return {leave(voice, name, words, proven=done).pk for name, words, done in (spam(draw, n) for n in range(many))}


def test_a_thousand_spam_comments_cost_one_decision(sign_in, reader, voice):
    kind = {leave(voice, name, words, proven=True).pk for name, words in KIND}
    bad = flood(voice, 1000)
    noor, where = sign_in(reader), reverse("voices:comments_to_read")
    page = noor.get(where)
    assert len(page.content) <= 60_000
    (pile, *rest) = _laid(reader)
    assert {one.pk for one in pile} == bad
    assert {one.pk for some in rest for one in some} == kind
    assert all(len(some) == 1 for some in rest), "each kind word is read by itself"
    noor.post(where, {"pile": _form(page.content.decode()), "refuse": "1"})
    assert set(Comment.objects.values_list("pk", flat=True)) == kind
    for _name, words in KIND:
        assert words in noor.get(where).content.decode()


def _laid(reader):
    return piles(Comment.objects.waiting(reader).select_related("voice"))


def _form(page: str) -> str:
    """What the first form of the page sends."""
    return page.split('name="pile" value="')[1].split('"')[0]


def test_control_without_what_they_share_each_is_a_decision(voice, reader, monkeypatch):
    flood(voice, 60)
    assert len(_laid(reader)) == 1
    monkeypatch.setattr("weft.voices.piles._marks", lambda one: {str(one.pk)})
    assert len(_laid(reader)) == 60


def test_a_few_links_are_no_pile(voice, reader):
    for number in range(MANY - 1):
        leave(voice, f"Bea {number}", f"Look at https://site{number}.example/, it helped me.", proven=True)
    assert len(_laid(reader)) == MANY - 1


def test_what_comes_while_a_reader_reads_is_not_let_go_of_unread(sign_in, reader, voice):
    flood(voice, 40)
    noor, where = sign_in(reader), reverse("voices:comments_to_read")
    seen = _form(noor.get(where).content.decode())
    late = leave(voice, "Late", "cheap pills https://late.example/ for all")
    noor.post(where, {"pile": seen, "refuse": "1"})
    assert list(Comment.objects.all()) == [late]


def test_a_damaged_form_lets_go_of_nothing(sign_in, reader, voice):
    flood(voice, 3)
    where = reverse("voices:comments_to_read")
    for pile in ("", "%%%", "AAAA"):
        sign_in(reader).post(where, {"pile": pile, "refuse": "1"})
    assert Comment.objects.count() == 3


def test_it_costs_the_same_with_one_and_with_many(sign_in, reader, voice, django_assert_max_num_queries):
    noor, where = sign_in(reader), reverse("voices:comments_to_read")
    leave(voice, *KIND[0])
    with django_assert_max_num_queries(8):
        noor.get(where)
    flood(voice, 30)
    with django_assert_max_num_queries(8):
        noor.get(where)
    assert Client().get(where).status_code == 302
