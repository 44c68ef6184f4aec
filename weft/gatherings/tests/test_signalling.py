"""The signals between pages: what is damaged is refused, and nobody else notices."""

import json

import pytest

from weft.gatherings.models import Series
from weft.gatherings.tests.test_the_room import Guest, leading, other, reading, sat

__all__ = ["leading", "other", "reading", "sat"]
pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def tuned(sat) -> tuple[Guest, Guest]:
    """Cleo and River are linked by voice."""
    one, two, _other = sat
    Series.objects.update(way="voice")
    for guest in (one, two):
        assert guest.client.post(guest.address("tune"), {"way": "voice"}).status_code == 200
    return one, two


def say(guest: Guest, words: str) -> int:
    return guest.client.post(guest.address("signals"), {"signals": words}).status_code


def heard(guest: Guest, since: str = "0") -> list[dict]:
    answer = guest.client.get(guest.address("signals"), {"since": since})
    assert answer.status_code == 200
    return answer.json()["signals"]


def good(to: Guest, said: str = "hello") -> str:
    return json.dumps([{"to": str(to.seat.pk), "what": said}])


DAMAGED = ["", "{", "7", "null", "[7]", '[{"to": "nobody"}]', '[{"to": []}]', "[[[[", "[" * 30_000]
DAMAGED += ['[{"to": "%s"}]' % ("9" * 5000)]


@pytest.mark.parametrize("words", DAMAGED, ids=range(len(DAMAGED)))
def test_a_damaged_signal_is_refused_and_the_next_ones_are_heard(tuned, words):
    one, two = tuned
    assert say(one, words) in (204, 400)
    assert heard(two) == []
    assert say(one, good(two)) == 204
    assert [signal["what"] for signal in heard(two)] == ["hello"]


@pytest.mark.parametrize("since", ["", "-1", "x", "9" * 30, "9" * 5000], ids=range(5))
def test_a_damaged_number_is_as_none(tuned, since):
    one, two = tuned
    say(one, good(two))
    assert [signal["what"] for signal in heard(two, since)] == ["hello"]
    assert say(one, good(two, "again")) == 204
    assert [signal["what"] for signal in heard(two)] == ["hello", "again"]
