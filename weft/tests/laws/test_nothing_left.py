"""When a circle has ended and its archive has had its day, nothing of it is left: in no table, index, file or backup.

A whole house is filled, and one of its circles is erased. Then every row of every table is searched for the ids, the
tags and the words of that circle, as they lie and opened; and the bytes of the disk for what was sealed there.
"""

from typing import Any

import pytest
from django.apps import apps
from django.db import connection, models

from weft.circles.models import Circle, CircleRow, House, Persona
from weft.home.tests.test_staying_erased import folder, later  # noqa: F401  # fixtures
from weft.loom import jobs, ledger, night, seal, time
from weft.loom.index import STRETCH
from weft.notices.models import Notice
from weft.safety.models import Concern
from weft.stories import indexing
from weft.stories.models import Reply, Story
from weft.tests.laws.dump import tables
from weft.tests.laws.seeded import seeded_house
from weft.tests.laws.test_erase import LONG, left, open_all_the_while  # noqa: F401  # fixture
from weft.wisdom import indexing as lessons
from weft.wisdom.models import Ending

pytestmark = pytest.mark.django_db(transaction=True)
CANARY = "qzcanary"

# Where an id of something that is no more may still lie, and why.
IDS_STAY = {
    "loom_erasure.what": "the ledger: sealed, so that an older backup is erased again",
    "loom_job.said": "what is still to be done, by ids alone, and finds nothing any more",
    "wisdom_shelf.kept": "somebody's own list of what they kept, by ids alone, which find nothing",
}


@pytest.fixture
def room(db) -> Circle:
    """A circle of a house that is full of everything; its words and names are canaries."""
    seeded_house(people=9, circles=2)
    found = Circle.objects.exclude(pk=House.objects.get().commons_id).order_by("pk")[0]
    found.name = f"{CANARY} of the circle"
    found.save()
    for persona in found.personas.all():
        persona.take_name(f"{CANARY} {persona.pk % 10**9}")
    for story in found.personas.all()[0].stories.all():
        story.write(f"{CANARY} story", wish=story.wish, audience=story.audience, topics=[])
    for model in rows_of_a_circle():
        for row in model._default_manager.filter(circle=found.pk):
            texts = [field for field in row._meta.concrete_fields if type(field) is seal.SealedText]
            for field in texts if model not in (Story, Reply, Persona, *LISTS) and "told" not in vars(row) else []:
                setattr(row, field.name, f"{CANARY} {field.name}")
            models.Model.save(row)
    return found


def rows_of_a_circle() -> list[Any]:
    return [model for model in apps.get_models() if issubclass(model, CircleRow) and not model._meta.abstract]


LISTS = tuple(
    apps.get_model(name) for name in ("companions.OpenToAsk", "companions.GuestBook")
)  # JSON, by their own pen


def marks_of(circle: Circle) -> set[Any]:
    """What would tell of it: its id, those of its rows, tags of its people, and its rows in the index."""
    found: set[Any] = {circle.pk}
    for model in rows_of_a_circle():
        found |= set(model._default_manager.filter(circle=circle.pk).values_list("pk", flat=True))
    found |= {bytes(tag) for tag in circle.personas.values_list("owner_tag", flat=True)}
    return found | postings(circle)


def postings(circle: Circle) -> set[int]:
    """The ids of its rows in the index of stories."""
    index, rows = indexing.index_of(circle.pk), set()
    for story in Story.objects.filter(circle=circle.pk).exclude(number=None):
        said = indexing.of_story(story)
        for reply in story.replies.all():
            said |= indexing.of_reply(reply, story.number)
        rows |= {index.row(word, number // STRETCH) for (number, _part), words in said.items() for word in words}
    return rows & set(indexing.Posting.objects.values_list("pk", flat=True))


def traces(marks: set[Any]) -> set[str]:
    """The columns in which one of these is found, or the canary: as they lie, and opened."""
    numbers = {mark for mark in marks if isinstance(mark, int)}
    tags = [mark for mark in marks if isinstance(mark, bytes)]
    texts = {str(number) for number in numbers}

    def tells(value: Any) -> bool:
        if isinstance(value, bytes | memoryview):
            return any(tag in bytes(value) for tag in tags)
        if isinstance(value, int):
            return value in numbers
        return CANARY in str(value) or not texts.isdisjoint(_numbers(str(value)))

    found = set()
    for table, lying in tables().items():
        found |= {f"{table}.{column}" for row in lying for column, value in row.items() if tells(value)}
    for model in apps.get_models():
        for field in model._meta.concrete_fields:
            if isinstance(field, seal.SealedText):
                opened = (getattr(row, field.name) for row in model._default_manager.all())
                if any(tells(str(value)) for value in opened):
                    found.add(f"{model._meta.db_table}.{field.name}")
    return found


def _numbers(text: str) -> set[str]:
    return set("".join(letter if letter.isdigit() else " " for letter in text).split())


def gone(circle: Circle, marks: set[Any]) -> None:
    assert traces(marks) - set(IDS_STAY) == set()
    assert not indexing.Posting.objects.filter(pk__in=[mark for mark in marks if isinstance(mark, int)]).exists()
    assert Circle.objects.count() == 2
    assert Story.objects.exists()  # of the others


def test_nothing_of_a_circle_is_left_after_its_day(room):
    marks = marks_of(room)
    assert len(traces(marks)) > 60
    assert len(postings(room)) > 5
    house = set(lessons.Posting.objects.values_list("pk", flat=True))
    room.erase()
    gone(room, marks)
    assert len(set(lessons.Posting.objects.values_list("pk", flat=True))) < len(house)
    jobs.run_due(at=time.now() + jobs.GRAIN)
    gone(room, marks)


def test_nothing_of_it_comes_back_with_an_older_backup(room, later):  # noqa: F811
    marks = marks_of(room)
    with later():
        room.erase()
        assert not Circle.objects.filter(pk=room.pk).exists()
    gone(room, marks)


def test_without_the_ledger_it_would_come_back(room, later):  # noqa: F811
    marks = marks_of(room)
    with later(keep_ledger=False):
        room.erase()
        gone(room, marks)
    assert len(traces(marks)) > 60


def test_a_yes_that_was_taken_back_does_not_come_back_with_an_older_backup(room, later):  # noqa: F811
    from weft.wisdom.models import Farewell, Parting

    persona = next(one for one in room.personas.inside() if one.stories.exists())
    persona.circle = room
    assert Parting.of(persona).yes
    with later():
        Parting.withdraw(by=persona)
        Farewell.objects.filter(by=persona)[0].erase()
        count = Farewell.objects.filter(by=persona).count()
    assert not Parting.of(persona).yes
    assert Farewell.objects.filter(by=persona).count() == count


def test_an_ending_that_was_called_off_does_not_come_back_with_an_older_backup(room, later):  # noqa: F811
    guide = room.personas.guiding()[0]
    ending = Ending.objects.get(circle=room)
    with later():
        ending.call_off(by=guide)
    assert not Ending.objects.filter(circle=room).exists()
    assert not Circle.objects.get(pk=room.pk).closed_on


def test_no_sealed_byte_of_it_lies_on_the_disk(room, settings, tmp_path, monkeypatch, open_all_the_while):  # noqa: F811
    settings.DATA = tmp_path
    monkeypatch.setattr(night, "PATIENCE", LONG)
    sealed = set()
    for model in rows_of_a_circle():
        names = [field.name for field in model._meta.concrete_fields if isinstance(field, models.BinaryField)]
        for row in model._default_manager.filter(circle=room.pk).values_list(*names) if names else []:
            sealed |= {bytes(value) for value in row if value is not None and len(value) > 28}
    assert left(sealed) == len(sealed) > 300
    room.erase()
    ledger.wipe()
    night.shuffle()
    assert left(sealed) == 0


def test_what_the_safety_team_looks_into_is_kept_until_it_has_closed_it(room):
    from weft.people.models import Duty, Person

    noor = Person.objects.join("noor", None)
    Duty.objects.create(person=noor, kind="safety", known_as="Noor")
    persona = room.personas.inside()[0]
    concern = Concern.write("I am worried.", by=persona).concern
    marks = marks_of(room)
    ending = Ending.objects.get(circle=room)
    Ending.objects.filter(pk=ending.pk).update(
        last_day=time.today().replace(year=2020), gone_on=time.today().replace(year=2020)
    )
    room.close()
    Ending.tidy()
    assert Concern.objects.get().reports.get().words == "I am worried."
    assert not Story.objects.filter(circle=room.pk).exists()
    assert not Persona.objects.filter(circle=room.pk).exists()
    assert not Notice.objects.filter(circle=room.pk).exists()
    concern.close("Settled.", by=noor)
    Ending.tidy()
    gone(room, marks)


def test_control_a_table_that_was_forgotten_is_found(room):
    persona = room.personas.all()[0]
    with connection.cursor() as cursor:
        cursor.execute("CREATE TABLE forgotten (persona bigint, said text)")
        cursor.execute("INSERT INTO forgotten VALUES (%s, %s)", [persona.pk, f"by {CANARY}"])
    marks = marks_of(room)
    try:
        room.erase()
        assert traces(marks) - set(IDS_STAY) == {"forgotten.persona", "forgotten.said"}
    finally:
        with connection.cursor() as cursor:
            cursor.execute("DROP TABLE forgotten")
