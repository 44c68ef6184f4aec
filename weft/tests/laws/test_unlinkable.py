"""Without the key nobody can tell which personas belong to one person, or which person is in which circle.

Each attacker sees a whole dump, in the order in which the database keeps its rows, and for every persona ranks the
others by how likely they are to be the same person. An attacker scores the share of true partners that it ranks in the
first tenth: chance is a tenth. The best of them must stay within one and a half times chance; the same attackers must
succeed on a house whose ids are a sequence.
"""

import hashlib
import random
from array import array
from collections import defaultdict
from collections.abc import Callable
from typing import Any

import pytest
from django.apps import apps

from weft.circles.models import Persona
from weft.loom import index, seal
from weft.loom.index import Index
from weft.loom.models import Thing
from weft.tests.laws.dump import tables
from weft.tests.laws.seeded import seeded_house

pytestmark = pytest.mark.django_db(transaction=True)

Dump = dict[str, list[dict[str, Any]]]
Guess = Callable[[int], list[int]]


def by_nearness(value: dict[int, float], circle: dict[int, int]) -> Guess:
    """Rank the personas of other circles by how near their value lies."""

    def guess(one: int) -> list[int]:
        others = [other for other in value if circle[other] != circle[one]]
        draw = random.Random(one)  # noqa: S311  # ties fall by lot
        draw.shuffle(others)
        return sorted(others, key=lambda other: abs(value[other] - value[one]))

    return guess


def personas(dump: Dump) -> tuple[list[int], dict[int, int]]:
    rows = dump["circles_persona"]
    return [row["id"] for row in rows], {row["id"]: row["circle_id"] for row in rows}


def order_of_rows(dump: Dump) -> Guess:
    """Whoever joins two circles in one sitting has neighbouring rows."""
    ids, circle = personas(dump)
    return by_nearness({pk: place for place, pk in enumerate(ids)}, circle)


def order_of_ids(dump: Dump) -> Guess:
    ids, circle = personas(dump)
    return by_nearness({pk: place for place, pk in enumerate(sorted(ids))}, circle)


def order_of_what_they_wrote(dump: Dump) -> Guess:
    """Whoever writes in two circles in one sitting has neighbouring rows in some table."""
    _, circle = personas(dump)
    places: dict[int, list[int]] = defaultdict(list)
    for table, column in (
        ("stories_reply", "by_id"),
        ("stories_story", "teller_id"),
        ("circles_acceptance", "persona_id"),
        ("stories_ask", "to_id"),
        ("stories_readiness", "persona_id"),
    ):
        rows = dump[table]
        for place, row in enumerate(rows):
            if row[column]:
                places[row[column]].append(place * 1000 // max(1, len(rows)))
    return by_nearness({pk: min(places.get(pk, [0])) for pk in circle}, circle)


def days(dump: Dump) -> Guess:
    """Whoever does things on the same days may be the same person: every date and number in the open."""
    _, circle = personas(dump)
    value = {}
    for row in dump["circles_persona"]:
        plain = [v for k, v in row.items() if k not in ("id", "circle_id") and not isinstance(v, bytes | memoryview)]
        value[row["id"]] = float(int(hashlib.sha256(repr(plain).encode()).hexdigest()[:8], 16))
    return by_nearness(value, circle)


def sizes(dump: Dump) -> Guess:
    """The lengths of what is sealed."""
    _, circle = personas(dump)
    value = {
        row["id"]: float(sum(len(v) for v in row.values() if isinstance(v, bytes | memoryview)))
        for row in dump["circles_persona"]
    }
    return by_nearness(value, circle)


def bytes_alike(dump: Dump) -> Guess:
    """Ciphertexts and tags of one person may look alike when something is not random enough."""
    _, circle = personas(dump)
    value = {row["id"]: float(int.from_bytes(bytes(row["owner_tag"])[:6], "big")) for row in dump["circles_persona"]}
    return by_nearness(value, circle)


def recomputed(dump: Dump) -> Guess:
    """Try the tags with every hash that needs no key: who is found twice is one person."""
    _, circle = personas(dump)
    rows = {bytes(row["owner_tag"]): row["id"] for row in dump["circles_persona"]}
    owner: dict[int, float] = {}
    for place, person in enumerate(dump["people_person"]):
        for room in set(circle.values()):
            for text in (f"owner\x1f{person['id']}\x1f{room}", f"{person['id']}{room}", f"{person['id']}:{room}"):
                for algorithm in (hashlib.sha256, hashlib.sha1, hashlib.md5, hashlib.blake2b):
                    found = rows.get(algorithm(text.encode()).digest()[:16])
                    if found:
                        owner[found] = float(place)
    draw = random.Random(3)  # noqa: S311
    return by_nearness({pk: owner.get(pk, 10_000 + draw.random()) for pk in circle}, circle)


def words_in_common(dump: Dump) -> Guess:
    """Whoever uses the same rare words in two circles may be one person: rows of the index that are alike in both, and
    what can be read in them of who wrote there."""
    _, circle = personas(dump)
    story = {(row["circle_id"], row["number"]): row for row in dump["stories_story"]}
    wrote = {(where, number, 0): row["teller_id"] for (where, number), row in story.items()}
    told = {row["id"]: row for row in dump["stories_story"]}
    for row in dump["stories_reply"]:
        wrote[row["circle_id"], told[row["story_id"]]["number"], row["number"]] = row["by_id"]
    rooms = {_short(f"circle:{pk}"): pk for pk in set(circle.values())}
    used: dict[int, set[int]] = defaultdict(set)
    for row in dump["stories_posting"]:
        word, room, stretch = row["id"] >> 24, rooms.get(row["id"] >> 8 & 0xFFFF), row["id"] & 0xFF
        for entry in array("I", bytes(row["places"])[1:]):
            number, part = index.place(stretch, entry) if entry else (0, 0)
            used[word].add(wrote.get((room, number, part)) or 0)
    alike: dict[int, dict[int, float]] = defaultdict(lambda: defaultdict(float))
    for some in used.values():
        for one in some - {0}:
            for other in some - {0, one}:
                alike[one][other] += 1 / len(some) ** 2

    def guess(one: int) -> list[int]:
        others = [other for other in circle if circle[other] != circle[one]]
        random.Random(one).shuffle(others)  # noqa: S311  # ties fall by lot
        return sorted(others, key=lambda other: -alike[one][other])

    return guess


def _short(scope: str) -> int:
    return int.from_bytes(hashlib.sha256(scope.encode()).digest()[:2], "big")


ATTACKERS = [
    order_of_rows,
    order_of_ids,
    order_of_what_they_wrote,
    days,
    sizes,
    bytes_alike,
    recomputed,
    words_in_common,
]


def score(attacker: Callable[[Dump], Guess], dump: Dump, riddle: dict[int, list[int]]) -> tuple[float, float]:
    """The share of true partners in the first tenth of the guesses, and the share of first guesses that are right."""
    guess = attacker(dump)
    tenth = first = all_ = asked = 0
    for mine in riddle.values():
        for one in mine:
            partners = set(mine) - {one}
            if not partners:
                continue
            ranked = guess(one)
            cut = set(ranked[: max(1, len(ranked) // 10)])
            tenth += len(partners & cut)
            all_ += len(partners)
            first += ranked[0] in partners
            asked += 1
    return tenth / all_, first / asked


def settle() -> None:
    """What a house on PostgreSQL does at night: rewrite each table in the order of its random ids."""
    from weft.loom.night import shuffle

    shuffle()


def test_unlinkable():
    riddle = seeded_house(people=220, circles=8)
    settle()
    dump = tables()
    scores = {attacker.__name__: score(attacker, dump, riddle) for attacker in ATTACKERS}
    best = max(tenth for tenth, _ in scores.values())
    assert best <= 0.15, scores


def test_the_attackers_would_succeed_on_a_sequence(monkeypatch: pytest.MonkeyPatch):
    """The control: the same house with ids that count upward, and no night."""
    count = iter(range(1, 10_000_000))
    for model in apps.get_models():
        if issubclass(model, Thing):
            monkeypatch.setattr(model._meta.pk, "default", lambda: next(count))
            monkeypatch.setattr(model._meta.pk, "_get_default", lambda: next(count), raising=False)
    riddle = seeded_house(people=60, circles=6)
    assert max(Persona.objects.values_list("pk", flat=True)) < 10_000_000
    dump = tables()
    firsts = {attacker.__name__: score(attacker, dump, riddle)[1] for attacker in ATTACKERS}
    assert firsts["order_of_rows"] >= 0.4, firsts


def test_the_attacker_would_succeed_on_an_index_with_one_key_for_all_circles(monkeypatch: pytest.MonkeyPatch):
    """The control: a word has the same mark in every circle, and its places lie in the open."""

    def row(self: Any, word: str, stretch: int) -> int:
        mark = int.from_bytes(hashlib.sha256(word.encode()).digest()[:4], "big")
        return mark << 24 | _short(self.scope) << 8 | stretch

    def entries(self: Any, pk: int, places: bytes) -> "array[int]":
        return array("I", bytes(places)[1:])

    begin = Index.__init__
    monkeypatch.setattr(
        Index, "__init__", lambda self, model, scope: setattr(self, "scope", scope) or begin(self, model, scope)
    )
    monkeypatch.setattr(Index, "row", row)
    monkeypatch.setattr(Index, "entries", entries)
    monkeypatch.setattr(Index, "_sealed", lambda self, pk, held: seal.FORMAT + array("I", sorted(held)).tobytes())
    riddle = seeded_house(people=60, circles=6)
    assert index.STRETCH == 256
    assert score(words_in_common, tables(), riddle)[0] >= 0.6


def test_which_person_is_in_which_circle_cannot_be_told():
    """Nothing in a dump gives one column of people and one of personas in the same order or with the same values."""
    riddle = seeded_house(people=120, circles=6)
    settle()
    dump = tables()
    people = [row["id"] for row in dump["people_person"]]
    ids, _ = personas(dump)
    mine = {pk: owner for owner, owned in riddle.items() for pk in owned}
    hits = sum(mine[pk] == people[place * len(people) // len(ids)] for place, pk in enumerate(ids))
    assert hits <= 8, "about one in 120 is chance"
    lengths = {len(bytes(row["keyring"])) for row in dump["people_person"] if row["keyring"]}
    assert len(lengths) == 1, "a keyring's length must not tell how many circles somebody is in"
    everything = {repr(value) for rows in dump.values() for row in rows for value in row.values()}
    assert everything  # and no value of a person's row but their id stands in any row of a circle
    person_values = {str(row["id"]) for row in dump["people_person"]}
    for table in ("circles_persona", "circles_acceptance", "stories_story", "stories_reply", "companions_greeting"):
        for row in dump[table]:
            assert not person_values & {str(value) for value in row.values()}
