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
from weft.loom import index, mail, seal
from weft.loom.index import Index
from weft.loom.models import Thing
from weft.notices import carrying
from weft.notices.bell import Bell
from weft.notices.models import Choices, Mail, Mark, Notice
from weft.people.models import Person
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
        ("care_promise", "persona_id"),
        ("care_near", "persona_id"),
        ("care_thanks", "persona_id"),
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
    riddle = seeded_house(people=440, circles=8)  # with half as many, chance alone passes the bound now and then
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
    inside = set(Persona.objects.inside().values_list("pk", flat=True))  # who came by the board wrote no word
    riddle = {person: [pk for pk in mine if pk in inside] for person, mine in riddle.items()}
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


# Many dumps in time: whose rows change in one moment?

NAMES_A_PERSONA = ("persona_id", "teller_id", "by_id", "to_id")


def linked(rows: Dump) -> dict[tuple[str, Any], tuple[str, set[int], set[int]]]:
    """Each row by its table and id: all that it says, and the personas and the people whom it names."""
    found = {}
    for table, each in rows.items():
        for row in each:
            personas = {row[name] for name in NAMES_A_PERSONA if row.get(name)}
            people = {row["person_id"]} if row.get("person_id") else set()
            key = row.get("id") or repr(row)
            personas |= {key} if table == "circles_persona" else set()
            people |= {key} if table == "people_person" else set()
            found[table, key] = (repr(row), personas, people)
    return found


def changed(before: Dump, after: Dump) -> tuple[set[int], set[int]]:
    """The personas and the people of whom any row came, went or changed between two dumps."""
    one, other = linked(before), linked(after)
    moved = [row for row in {*one, *other} if one.get(row, ("",))[0] != other.get(row, ("",))[0]]
    rows = [rows[row] for row in moved for rows in (one, other) if row in rows]
    return {pk for _said, found, _people in rows for pk in found}, {pk for _said, _found, found in rows for pk in found}


def watched(act: Callable[[], object]) -> tuple[set[int], set[int]]:
    before = tables()
    act()
    return changed(before, tables())


def sittings(riddle: dict[int, list[int]]) -> list[tuple[set[int], set[int]]]:
    """Each person reads all that waits for all of their personas, and somebody takes a dump before and after."""
    return [watched(Bell(person).read_all) for person in Person.objects.filter(pk__in=riddle)]


def rung(riddle: dict[int, list[int]]) -> None:
    for persona in Persona.objects.filter(pk__in=[pk for mine in riddle.values() for pk in mine]):
        Notice.ring("stories.note", to=persona, about=7)


def found_together(seen: list[tuple[set[int], set[int]]], riddle: dict[int, list[int]]) -> float:
    """The share of pairs of personas of one person that changed in one moment, with nobody else."""
    pairs = {frozenset((a, b)) for mine in riddle.values() for a in mine for b in mine if a != b}
    guessed = {frozenset((a, b)) for personas, _people in seen for a in personas for b in personas if a != b}
    return len(pairs & guessed) / len(pairs)


def test_whoever_reads_their_bell_changes_no_row_that_names_anybody():
    riddle = seeded_house(people=30, circles=4)
    rung(riddle)
    marks = Mark.objects.count()
    seen = sittings(riddle)
    assert Mark.objects.count() > marks + len(riddle), "or nothing was read"
    assert {pk for personas, people in seen for pk in personas | people} == set()


def test_control_the_thief_would_join_them_if_the_notice_said_that_it_was_read(monkeypatch: pytest.MonkeyPatch):
    riddle = seeded_house(people=30, circles=4)
    rung(riddle)

    def read_all(bell: Bell) -> None:
        for notice in bell.unread:
            notice.rung_at = notice.rung_at  # any change of the row will do
            notice.save()

    monkeypatch.setattr(Bell, "read_all", read_all)
    assert found_together(sittings(riddle), riddle) >= 0.9


def test_a_notice_that_leaves_the_house_changes_no_row_that_names_anybody(settings: Any):
    settings.MAIL = mail.server("smtp://127.0.0.1:9")
    riddle = seeded_house(people=20, circles=4)
    rung(riddle)
    for person in Person.objects.filter(pk__in=riddle):
        person.address(f"{person.pk}@example.org")
        Choices.of(person).confirm()
        Choices.of(person).keep(ways={"stories.note": "mail"}, quiet=[0, 0])
    seen = [watched(lambda: carrying.carry(one.pk, one.turn)) for one in Notice.objects.all()]  # noqa: B023
    seen += [watched(lambda: carrying.weekly(pk)) for pk in riddle]  # noqa: B023
    assert Mail.objects.count() > len(riddle), "soon for all, and weekly for some"
    assert {pk for personas, people in seen for pk in personas | people} == set()


def test_a_notice_that_is_rung_changes_rows_of_that_persona_alone():
    riddle = seeded_house(people=10, circles=4)
    for persona in Persona.objects.filter(pk__in=[pk for mine in riddle.values() for pk in mine]):
        personas, people = watched(lambda: Notice.ring("stories.note", to=persona, about=7))  # noqa: B023
        assert (personas, people) == ({persona.pk}, set())
    for person in Person.objects.filter(pk__in=riddle):
        assert watched(lambda: Notice.ring("people.changed", to=person, about=2)) == (set(), set())  # noqa: B023


def test_a_notice_that_must_not_be_seen_leaves_the_same_rows():
    """Somebody shut somebody out: a dump tells as little as if they had not."""
    riddle = seeded_house(people=10, circles=4)
    one, other = Persona.objects.filter(pk__in=[mine[0] for mine in riddle.values()])[:2]
    before = tables()
    Notice.ring("stories.note", to=one, about=7)
    between = tables()
    Notice.ring("stories.note", to=other, about=8, hollow=True)
    after = tables()

    def new(earlier: Dump, later: Dump) -> dict[str, int]:
        return {table: len(rows) - len(earlier[table]) for table, rows in later.items()}

    assert new(before, between) == new(between, after)
    shown, hollow = [
        row for row in after["notices_notice"] if row["id"] not in {r["id"] for r in before["notices_notice"]}
    ]
    assert {key: len(bytes(value)) for key, value in shown.items() if isinstance(value, bytes | memoryview)} == {
        key: len(bytes(value)) for key, value in hollow.items() if isinstance(value, bytes | memoryview)
    }
