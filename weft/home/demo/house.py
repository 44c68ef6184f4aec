"""Fills an empty house: the made-up people of the files, and what goes on around them."""

import random
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from time import monotonic
from zoneinfo import ZoneInfo

from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.db import transaction

from weft.circles import veil
from weft.circles.kinds import kinds
from weft.circles.models import Acceptance, Circle, House, Persona
from weft.home.demo import around, caring, learning, lending, meetings, parting, remaining, running, speaking, writing
from weft.home.demo.guests import NEWCOMER, sign_in_names
from weft.home.demo.reading import Answer, Room, Someone, Told, rooms
from weft.loom import ids, text, time
from weft.people.models import Duty, Person, code_tag, name_tag
from weft.stories.indexing import Indexing
from weft.stories.models import Echo, Reply, Story
from weft.stories.waiting import AIM

PASSPHRASE = "a kettle and three spoons"  # noqa: S105
LATEST = timedelta(minutes=4)  # nothing is younger than this
BETWEEN = timedelta(minutes=9)
DUTIES = [
    ("p03", Duty.Kind.SAFETY, "Noor"),
    (speaking.READER, Duty.Kind.READER, "Noor"),
    ("p04", Duty.Kind.STEWARD, "Sol"),
]
PAID_BY = (
    "By the Riverside Peer Support charity: gifts from the town, a plant sale in May, and a grant from the council "
    "that is renewed each spring. Nobody pays to be here, and nobody pays to reach you."
)


class NotEmpty(Exception):
    """There is a house here already."""


@dataclass
class Heard:
    """A story of a file, with the moments at which it and its answers were said."""

    told: Told
    at: datetime
    answers: list[tuple[Answer, datetime]]


@dataclass
class Filled:
    """What stands so far, for what comes next: people by their keys, personas by circle and name."""

    now: datetime
    rooms: list[Room]
    draw: random.Random = field(default_factory=lambda: random.Random(7))  # noqa: S311
    people: dict[str, Person] = field(default_factory=dict)
    circles: dict[str, Circle] = field(default_factory=dict)
    personas: dict[tuple[str, str], Persona] = field(default_factory=dict)
    stories: list[Story] = field(default_factory=list)
    replies: list[Reply] = field(default_factory=list)


def fill(say: Callable[[str], object] = print) -> None:
    """Fill an empty house. Raises `Slips` where a file is wrong, and `NotEmpty` where there is a house."""
    began = monotonic()
    house = Filled(now=time.now(), rooms=rooms())
    with transaction.atomic():
        if House.objects.exists():
            raise NotEmpty("There is a house here already. The example house fills an empty one.")
        people(house)
        for room in house.rooms:
            circle(house, room)
        House.objects.create(
            commons=house.circles["commons"],
            kind="charity",
            country="GB",
            paid_by=PAID_BY,
            opened_on=min(circle.opened_on for circle in house.circles.values()),
        )
        for person, personas in _rings(house):
            for persona in personas:
                veil.hang(person, persona)
        around.settle(house)
        meetings.gather(house)
        remaining.remain(house)
        caring.care(house)
        lending.lend(house)
        learning.learn(house)
        parting.part(house)
        speaking.speak(house)
        writing.write(house)
        running.gather(house)
        Indexing.anew().further(seconds=600)
    say(
        f"{len(house.people)} people, {len(house.circles)} circles, {len(house.stories)} stories and "
        f"{len(house.replies)} replies, in {monotonic() - began:.1f} s. Everybody is made up."
    )


def people(house: Filled) -> None:
    """Everybody, under the name they sign in by. They share one passphrase, so that its hash is worked out once."""
    seen = dict.fromkeys([*around.VISITORS, NEWCOMER], 0)
    for room in house.rooms:
        for someone in room.personas:
            seen[someone.person] = max(someone.since, seen.get(someone.person, 0))
    hashed, names = make_password(PASSPHRASE), sign_in_names(house.rooms)
    for key, days in sorted(seen.items()):
        name, joined_on = names.get(key, key), time.today() - timedelta(days=days)
        house.people[key] = Person(
            name=name,
            name_tag=name_tag(name),
            password=hashed,
            recovery_tag=None if key == NEWCOMER else code_tag(ids.code(20)),
            joined_on=joined_on,
        )
    Person.objects.bulk_create(house.people.values())
    for key, kind, known_as in DUTIES:
        if key in house.people:
            person = house.people[key]
            Duty(person=person, kind=kind, known_as=known_as, since=person.joined_on).save(force_insert=True)


def circle(house: Filled, room: Room) -> None:
    """One circle with its agreement, its people and what they told each other."""
    preset = kinds()[room.kind]
    opened_on = time.today() - timedelta(days=max(someone.since for someone in room.personas))
    here = Circle(
        kind=room.kind,
        name=room.name,
        about=room.about.strip(),
        words=room.words,
        door=room.door,
        questions=room.questions,
        seats=room.size,
        meets=room.meets,
        greeting=room.greeting.strip(),
        promise_hours=room.promise_hours,
        listed=preset.listed,
        members_hidden=room.members_hidden,
        thread=preset.thread,
        opened_on=opened_on,
    )
    here.save(force_insert=True)
    agreement = here.agree_on(room.agreement, room.clauses)
    agreement.published_on = opened_on
    agreement.save(update_fields=["published_on"])
    house.circles[room.key] = here

    heard = sorted((moments(told, room, house.now) for told in room.stories), key=lambda one: one.at)
    first = first_words(heard)
    inside = [enter(house, room, someone, first.get(someone.name)) for someone in room.personas]
    Persona.objects.bulk_create(inside)
    Acceptance.objects.bulk_create(
        Acceptance(
            circle=here,
            persona=persona,
            agreement=agreement,
            declined=[n for n in range(len(room.clauses)) if house.draw.random() < 0.2],
            on=persona.since,
        )
        for persona in inside
    )
    tell(house, room, heard)


def enter(house: Filled, room: Room, someone: Someone, first: datetime | None) -> Persona:
    """A persona, not saved yet: in the circle since their day, or since the day of their first words."""
    since = time.today() - timedelta(days=someone.since)
    persona = Persona(
        circle=house.circles[room.key],
        role=someone.role,
        since=min(since, first.date()) if first else since,
        read_to=max(0, len(room.stories) - house.draw.choice([0, 0, 1, 2, 3])) if someone.since > 1 else 0,
    )
    persona.call(someone.name)
    veil.own(persona, house.people[someone.person])
    house.personas[room.key, someone.name] = persona
    return persona


def tell(house: Filled, room: Room, heard: list[Heard]) -> None:
    """All stories of a circle in the order of time, with their replies, notes and echoes."""
    here = house.circles[room.key]
    echoes = []
    stories, replies = [], []
    for number, one in enumerate(heard, 1):
        told = one.told
        story = Story(
            circle=here,
            teller=house.personas[room.key, told.teller],
            text=told.text,
            html=text.render(told.text),
            topics=told.topics,
            wish=told.wish,
            audience=told.audience,
            number=number,
            told_at=one.at,
            saved_at=one.at,
            waits_since=one.at,
            promised=one.at + timedelta(hours=here.promise_hours),
            hearers=min(len({a.by for a, _at in one.answers if not a.note} - {told.teller}), AIM),
        )
        stories.append(story)
        for count, (answer, at) in enumerate(one.answers, 1):
            replies.append(
                Reply(
                    circle=here,
                    story=story,
                    by=house.personas[room.key, answer.by],
                    number=count,
                    text=answer.text,
                    html=text.render(answer.text),
                    is_note=answer.note,
                    note_opened=house.draw.choice([None, True]) if answer.note else None,
                    said_at=at,
                )
            )
        for name, kind in told.echoes:
            echoes.append(Echo(story=story, by=house.personas[room.key, name], kind=kind))
    Story.objects.bulk_create(stories)
    Reply.objects.bulk_create(replies)
    Echo.objects.bulk_create(echoes)
    house.stories += stories
    house.replies += replies


def moments(told: Told, room: Room, now: datetime) -> Heard:
    """When a story and its answers were said, seen from now. What would lie in the future is moved, in its order."""
    zone, latest = ZoneInfo(settings.TIME_ZONE), now - LATEST
    day = now.astimezone(zone).date() - timedelta(days=told.days_ago)
    at = datetime.combine(day, told.clock, zone).astimezone(now.tzinfo)
    if at > latest:
        at = at - timedelta(days=1) if told.days_ago < room.by_name[told.teller].since else latest - 3 * BETWEEN
    answers: list[tuple[Answer, datetime]] = []
    for number, answer in enumerate(told.reply):
        said = at + timedelta(hours=answer.hours_after)
        if said > latest:
            said = latest - BETWEEN * (len(told.reply) - 1 - number)
        answers.append((answer, max(said, answers[-1][1] if answers else at).replace(microsecond=0)))
    return Heard(told, at.replace(microsecond=0), answers)


def first_words(heard: Iterable[Heard]) -> dict[str, datetime]:
    """The moment of everybody's first words in a circle."""
    first: dict[str, datetime] = {}
    for one in heard:
        for name, at in [(one.told.teller, one.at), *((answer.by, at) for answer, at in one.answers)]:
            first[name] = min(at, first.get(name, at))
    return first


def _rings(house: Filled) -> Iterable[tuple[Person, list[Persona]]]:
    rings: dict[str, list[Persona]] = {}
    for room in house.rooms:
        for someone in room.personas:
            rings.setdefault(someone.person, []).append(house.personas[room.key, someone.name])
    return ((house.people[key], personas) for key, personas in rings.items())
