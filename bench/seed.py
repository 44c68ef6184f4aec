"""Fills an empty house with made-up people, circles, stories and replies, sealed like any other, and many at a time.

    python -m bench.seed '{"people": 300, …}' plan.json        in the environment of the house

What comes out beside the house is the plan: who asks for what. A server can be asked for it for as long as it stands.
"""

import json
import random
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bench.sizes import Size

if TYPE_CHECKING:
    from django.db.models import Model

    from weft.circles.models import Circle, Persona
    from weft.people.models import Person

PASSPHRASE = "a kettle and three spoons"  # noqa: S105
FULL = 20  # replies to a story that is measured
INDEXED = 500_000  # replies: in a larger house nobody searches, since to index it would take most of the time
GREETED = 0.8  # of those who came; nobody greets everybody
LINES = [
    "I set the table for two again.", "I did not notice until the kettle boiled.", "Then I sat on the floor a while.",
    "Everybody says the first year is the hardest.", "I am *not* looking for advice.", "He would have laughed at me.",
    "I only want to say it where somebody knows what a Sunday is like.", "My sister called, and I let it ring.",
    "The nurse was kind, and that was worse.", "I slept four hours, which is more than last week.",
    "There was a letter from the bank that I have not opened.", "For me it was the toothbrush.",
    "I bought two for a whole year, and I never told a soul until now.", "I am sitting with you, as long as you like.",
    "The dog still waits at the door at six.", "Some days I am **angry** with the weather.", "I walked to the river.",
    "My hands shook in the shop, and nobody saw.", "It gets quieter; it does not get smaller.", "I kept his coat.",
    "At the meeting I could not say my name.", "I counted the days, and then I stopped counting.", "We ate soup.",
    "My daughter asked why I cry in the car.", "I said it was the song.", "It was not the song.", "Thank you for this.",
]  # fmt: skip


@dataclass
class Room:
    """A circle with its people, and its stories that have just as many replies as a measured one."""

    circle: "Circle"
    personas: list["Persona"] = field(default_factory=list)
    full: list[int] = field(default_factory=list)
    open: list[int] = field(default_factory=list)
    newest: int = 0


class Seed:
    def __init__(self, size: Size) -> None:
        self.size, self.draw = size, random.Random(7)  # noqa: S311
        self.rooms: list[Room] = []
        self.people: list[Person] = []
        self.rings: list[list[tuple[int, Persona]]] = []  # of each person: the number of a room, and who they are there
        self.blocked: set[int] = set()

    def fill(self) -> dict[str, Any]:
        self.make_circles()
        self.make_people()
        self.make_personas()
        for room in self.rooms:
            self.make_stories(room)
        self.make_blocks()
        if self.size.replies <= INDEXED:
            index()
        settle()
        return self.plan()

    def make_circles(self) -> None:
        from weft.circles.models import Circle, House
        from weft.safety.models import Desk, HelpLine

        for number in range(self.size.circles):
            circle = Circle(
                kind="peer" if number else "commons",
                name=f"Circle {number}" if number else "Mill House",
                about=" ".join(self.draw.sample(LINES, 4)),
                words=["loss", "husband", "alone"] if number % 10 == 1 else ["work", "sleep"],
                door="open",
                seats=self.size.people + 1,
                meets="Tuesdays at 7 pm",
                greeting="Welcome, {name}. Read as long as you like.",
            )
            circle.save(force_insert=True)
            circle.agree_on("- What is said here stays here.\n- You can always pass.", [])
            self.rooms.append(Room(circle))
        House.objects.create(commons=self.rooms[0].circle, kind="charity", country="GB")
        Desk.seat("Noor", [[day, "18:00", "22:00"] for day in range(7)], promise_hours=3, reach="Ring the bell.")
        HelpLine.of("GB")

    def make_people(self) -> None:
        from django.contrib.auth.hashers import make_password

        from weft.loom import ids, time
        from weft.people.models import Person, code_tag, name_tag

        hashed = make_password(PASSPHRASE)  # one for all: it takes a tenth of a second
        self.people = [
            Person(
                name=(name := f"somebody {number}"),
                name_tag=name_tag(name),
                password=hashed,
                recovery_tag=code_tag(ids.code(20)),
                joined_on=time.today() - timedelta(days=self.draw.randrange(700)),
            )
            for number in range(self.size.people)
        ]
        for person in self.people:  # in the commons, and in two others
            others = self.draw.sample(range(1, len(self.rooms)), min(2, len(self.rooms) - 1))
            self.rings.append([(number, self.persona(person, number)) for number in (0, *others)])
            ring = {self.rooms[number].circle.pk: persona.pk for number, persona in self.rings[-1]}
            hung(person, ring)
        pour(self.people)

    def persona(self, person: "Person", number: int) -> "Persona":
        from weft.circles import veil
        from weft.circles.models import Persona
        from weft.loom import time

        room = self.rooms[number]
        guides = len(room.personas) < 2
        newest = max(1, self.size.stories // self.size.circles)
        persona = Persona(
            circle=room.circle,
            role=Persona.Role.FACILITATOR if guides else Persona.Role.MEMBER,
            since=time.today() - timedelta(days=200 if guides else int(700 * self.draw.random() ** 2)),
            read_to=max(0, newest - self.draw.choice([0, 0, 0, 1, 3])),
        )
        persona.call(f"River {len(room.personas)}")
        veil.own(persona, person)
        room.personas.append(persona)
        return persona

    def make_personas(self) -> None:
        from weft.circles.models import Acceptance
        from weft.companions.models import Greeting

        for room in self.rooms:
            circle, agreement = room.circle, room.circle.agreement
            pour(room.personas)
            pour(Acceptance(circle=circle, persona=who, agreement=agreement, on=who.since) for who in room.personas)
            pour(
                Greeting.made(
                    who,
                    0,
                    by=room.personas[0],
                    text=circle.greeting,
                    on=who.since,
                    is_put_away=who.days_here > 5,
                )
                for who in room.personas
                if not who.facilitates and who.days_here > 1 and self.draw.random() < GREETED
            )

    def make_stories(self, room: Room) -> None:
        """A quarter of the stories have twenty replies; the others have fewer, so that the sum is right."""
        from weft.loom import time
        from weft.stories.models import Audience, Echo, Reply, Story, Wish
        from weft.stories.waiting import AIM

        size = self.size
        count, circle, now = size.stories // size.circles, room.circle, time.now()
        few = round(max(0.0, size.replies / size.stories - FULL / 4) / 0.75 * 2)  # the others: 0 to this many
        stories, replies, echoes = [], [], []
        for number in range(1, count + 1):
            told = now - timedelta(hours=6 * (count - number) + 2)
            words, html = self.draw.choice(texts(6))
            story = Story(
                circle=circle,
                teller=self.draw.choice(room.personas),
                text=words,
                html=html,
                topics=self.draw.choice([[], ["loss"], ["sleep", "work"]]),
                wish=self.draw.choice(Wish.values),
                audience=Audience.FACILITATORS if number % 25 == 0 else Audience.CIRCLE,
                number=number,
                told_at=told,
                saved_at=told,
            )
            stories.append(story)
            full = number % 4 == 1
            if story.audience == Audience.CIRCLE:
                (room.full if full else room.open).append(story.pk)
            heard = set()
            for said in range(1, (FULL if full else self.draw.randint(0, few)) + 1):
                words, html = self.draw.choice(texts(3))
                at = told + timedelta(minutes=5 * said)
                by = self.draw.choice(room.personas)
                heard |= {by.pk} - {story.teller_id}
                replies.append(Reply(circle=circle, story=story, by=by, number=said, text=words, html=html, said_at=at))
            story.hearers = min(len(heard), AIM)
            story.is_resting = not heard and number < count - 5  # in a house that is cared for few stories wait
            pairs = {(self.draw.choice(room.personas), self.draw.choice(Echo.Kind.values)) for _ in range(2)}
            echoes += [Echo(story=story, by=by, kind=kind) for by, kind in pairs]
        for rows in (stories, replies, echoes):
            pour(rows)

    def make_blocks(self) -> None:
        """One pair in every second circle: their pages take the longer way."""
        from weft.safety.models import Block

        for room in self.rooms[1::2]:
            if len(room.personas) > 5:
                Block.begin(room.personas[3], by=room.personas[4])
                self.blocked |= {room.personas[3].pk, room.personas[4].pk}

    def plan(self) -> dict[str, Any]:
        """Who asks for what: people of all circles, each with a session of their own."""
        from weft.loom.ids import KeyConverter

        address = KeyConverter().to_url
        readers = []
        for number in self.draw.sample(range(len(self.people)), min(self.size.readers, len(self.people))):
            person = self.people[number]
            there, _persona = self.draw.choice(self.rings[number])
            room = self.rooms[there]
            circle = f"/circles/{address(room.circle.pk)}/"
            readers.append(
                {
                    "name": f"somebody {number}",
                    "person": person.pk,
                    "cookie": signed_in(person),
                    "circle": circle,
                    "full": [f"{circle}stories/{address(pk)}/" for pk in self.some(room.full, 10)],
                    "open": [f"{circle}stories/{address(pk)}/" for pk in self.some(room.open, 10)],
                }
            )
        listeners = [ring[0][1].pk for ring in self.rings[:1000]]
        return {
            "size": vars(self.size),
            "readers": readers,
            "passphrase": PASSPHRASE,
            "listeners": {"subject": f"circle:{self.rooms[0].circle.pk}", "personas": listeners},
        }

    def some(self, rows: list[int], most: int) -> list[int]:
        return self.draw.sample(rows, min(most, len(rows)))


TEXTS = 500
_texts: dict[int, list[tuple[str, str]]] = {}


def texts(lines: int) -> list[tuple[str, str]]:
    """Five hundred texts of about so many lines, as they are written and as they are shown."""
    from weft.loom import text

    if lines not in _texts:
        draw = random.Random(lines)  # noqa: S311
        made = []
        for number in range(TEXTS):
            first, then = draw.sample(LINES, draw.randint(lines // 2, lines + lines // 2)), draw.sample(LINES, lines)
            words = f"{' '.join(first)}\n\n{' '.join(then)} {rare(number)}."
            made.append((words, text.render(words)))
        _texts[lines] = made
    return _texts[lines]


def rare(number: int) -> str:
    """A name that stands in one of all texts alone: people search for what is rare."""
    syllables = ["ba", "do", "fe", "ki", "lu", "mo", "na", "pe", "ri", "su"]
    return "".join(syllables[number // 10**place % 10] for place in (2, 1, 0)) + "v"


def pour(rows: "Iterable[Model]") -> None:
    """Put many rows into their table: each sealed as `save` would, without its question back for each of them."""
    left = iter(rows)
    while batch := list(islice(left, 20_000)):
        _pour(batch)


def _pour(rows: "list[Model]") -> None:
    from django.db import connection, transaction

    meta = rows[0]._meta
    fields = meta.concrete_fields
    names = ", ".join(f'"{column.column}"' for column in fields)

    def values() -> Iterator[list[Any]]:
        for row in rows:
            yield [column.get_db_prep_save(column.pre_save(row, True), connection) for column in fields]

    with transaction.atomic(), connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            with cursor.copy(f'COPY "{meta.db_table}" ({names}) FROM STDIN') as copy:
                for row in values():
                    copy.write_row(row)
        else:
            places = ", ".join("?" for _ in fields)
            statement = f'INSERT INTO "{meta.db_table}" ({names}) VALUES ({places})'  # noqa: S608
            cursor.connection.executemany(statement, values())


def hung(person: "Person", ring: dict[int, int]) -> None:
    """A keyring for a person who is not saved yet."""
    from weft.circles import veil
    from weft.loom import seal

    person.keyring = seal.padded(json.dumps(ring), veil.PAD)


def signed_in(person: "Person") -> str:
    """A session, and the cookie that opens it."""
    from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY

    from weft.people.devices import SessionStore

    session = SessionStore()
    session[SESSION_KEY] = str(person.pk)
    session[BACKEND_SESSION_KEY] = "weft.people.door.Opened"
    session[HASH_SESSION_KEY] = person.get_session_auth_hash()
    session.create()
    return str(session.session_key)


def fresh(plan: dict[str, Any]) -> dict[str, Any]:
    """The plan with what addresses hold for a day alone: what people look for."""
    from types import SimpleNamespace

    from weft.circles import finding
    from weft.stories.finding import Asked

    draw = random.Random(13)  # noqa: S311
    for reader in plan["readers"]:
        who: Any = SimpleNamespace(pk=reader["person"])
        reader["search"] = Asked(words=rare(draw.randrange(TEXTS))).sealed(who)
    return plan | {"asked": finding.sealed("I lost my husband and I am alone")}


def make_room() -> None:
    """SQLite may take what it likes while nobody else is here; what breaks now is thrown away."""
    from django.db import connection

    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA synchronous=OFF")
            cursor.execute("PRAGMA cache_size=-2000000")


def index() -> None:
    """What the verbs would have done: every word can be found."""
    from weft.stories import indexing

    indexing.BATCH = 256  # nobody else waits
    indexing.Indexing.anew().further(seconds=3600)


def settle() -> None:
    """What a night and a day would have done: rows lie in the order of their ids, and PostgreSQL knows its tables."""
    from django.db import connection

    from weft.loom import night

    night.shuffle()
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("VACUUM ANALYZE")
        else:
            cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def main(arguments: list[str]) -> None:
    size, out = Size(**json.loads(arguments[0])), Path(arguments[1])
    import django

    django.setup()
    from weft.loom import tables

    tables.ready()
    make_room()
    plan = Seed(size).fill()
    out.write_text(json.dumps(plan))


if __name__ == "__main__":
    main(sys.argv[1:])
