"""An index over words that lie sealed."""

import random
import zlib

import pytest

from weft.loom import index, seal, words
from weft.loom.index import Index
from weft.stories.indexing import Posting

pytestmark = pytest.mark.django_db


def found(scope: str, word: str, stretch: int = 0) -> set[index.Place]:
    here = Index(Posting, scope)
    held = index.read(Posting, [here.row(word, stretch)])
    return {index.place(stretch, entry) for pk, places in held.items() for entry in here.entries(pk, places)}


def test_a_word_leads_to_its_places_and_to_no_others():
    here = Index(Posting, "one")
    here.change(new={(1, 0): {"kettle", "floor"}, (1, 3): {"kettle"}, (700, 0): {"kettle"}})
    assert found("one", "kettle") == {(1, 0), (1, 3)}
    assert found("one", "kettle", 700 // index.STRETCH) == {(700, 0)}
    assert found("one", "floor") == {(1, 0)}
    assert found("one", "river") == set()


def test_what_changes_leaves_nothing_behind():
    here = Index(Posting, "one")
    here.change(new={(1, 0): {"kettle", "floor"}})
    here.change(gone={(1, 0): {"kettle", "floor"}}, new={(1, 0): {"kettle", "river"}})
    assert (found("one", "kettle"), found("one", "floor"), found("one", "river")) == ({(1, 0)}, set(), {(1, 0)})
    assert Posting.objects.count() == 2
    here.change(gone={(1, 0): {"kettle", "river", "never said"}})
    assert not Posting.objects.exists()


def test_doing_it_twice_does_it_once():
    here = Index(Posting, "one")
    for _time in range(2):
        here.change(new={(9, 0): {"kettle"}})
    assert found("one", "kettle") == {(9, 0)}
    assert here.holds({(9, 0): {"kettle"}})
    assert not here.holds({(9, 0): {"kettle", "floor"}})


def test_the_same_word_has_nothing_in_common_in_two_scopes():
    for scope in ("one", "two"):
        Index(Posting, scope).change(new={(1, 0): {"kettle"}})
    rows = list(Posting.objects.all())
    assert len(rows) == 2
    assert Index(Posting, "one").row("kettle", 0) != Index(Posting, "two").row("kettle", 0)
    assert len({bytes(row.places)[13:] for row in rows}) == 2


def test_a_row_says_neither_its_word_nor_its_places_and_only_roughly_how_many():
    here = Index(Posting, "one")
    here.change(new={(number, 0): {"kettle"} for number in range(1, 5)} | {(1, 1): {"floor"}})
    lengths = {len(bytes(row.places)) for row in Posting.objects.all()}
    assert len(lengths) == 1, "four places look like one"
    for row in Posting.objects.all():
        assert b"kettle" not in bytes(row.places)
        assert index._entry(1, 0).to_bytes(4, "little") not in bytes(row.places)


def test_a_row_that_was_moved_or_changed_is_refused():
    here = Index(Posting, "one")
    here.change(new={(1, 0): {"kettle"}, (2, 0): {"floor"}})
    kettle, floor = here.row("kettle", 0), here.row("floor", 0)
    Posting.objects.filter(pk=kettle).update(places=Posting.objects.get(pk=floor).places)
    with pytest.raises(seal.Tampered):
        found("one", "kettle")


def test_whatever_changes_in_whatever_order_each_place_has_the_words_it_was_given_last():
    here, said, draw = Index(Posting, "one"), {}, random.Random(4)  # noqa: S311
    for _time in range(120):
        place = (draw.choice([1, 2, 255, 256, 257]), draw.choice([0, 1, 255, 65_535, 65_536]))
        new = set(draw.sample(["kettle", "floor", "river", "snow"], draw.randrange(4)))
        here.change(gone={place: said.get(place, set())}, new={place: new})
        said[place] = new
        assert here.holds(said)
    for word in ("kettle", "floor", "river", "snow"):
        everywhere = found("one", word) | found("one", word, 1)
        assert everywhere == {place for place, words_there in said.items() if word in words_there}


def test_many_places_of_one_word():
    here = Index(Posting, "one")
    places = {(number, part) for number in range(1, 200) for part in range(12)}
    here.change(new={place: {"kettle"} for place in places})
    assert found("one", "kettle") == places
    assert Posting.objects.count() == 1


def test_whoever_changes_how_words_are_read_changes_the_number_of_the_rules():
    """Or what stands in an index would not be found any more: the number beside `RULES` says how these are read."""
    said = "I can't; the Café’s kettles were DRUNK, running 12 miles, children's lives. مدرسة المدرسة وَالكُتُب"
    read = sorted(root for word in words.said_in(said) for code in ("en", "ar") for root in words.stems(word, code))
    assert (words.RULES, zlib.crc32(repr(read).encode())) == (1, 447449893), read
