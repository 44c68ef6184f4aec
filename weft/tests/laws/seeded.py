"""A house full of people who behave like people: they join several circles in one sitting, and write at once."""

import random

from weft.circles.models import Circle, House, Invitation, Persona
from weft.companions.models import Greeting
from weft.conftest import make_circle
from weft.loom import time
from weft.notices.bell import Bell
from weft.notices.models import Notice
from weft.people.models import Person
from weft.stories.models import Ask, Handover, Readiness, Reply, Story


def seeded_house(people: int = 60, circles: int = 6, seed: int = 7) -> dict[int, list[int]]:
    """Fill the house; the answer to the riddle comes back: each person's personas, which no dump may tell."""
    draw = random.Random(seed)  # noqa: S311
    house = House.objects.first()
    commons = house.commons if house else make_circle("Mill House", kind="commons", seats=5000)
    if house is None:
        House.objects.create(commons=commons, kind="charity", country="GB", paid_by="By its members.")
    rooms: list[Circle] = [
        make_circle(f"Circle {n}", seats=5000, greeting="Hello {name}.", words=["one", "two"], questions=["Why?"])
        for n in range(circles)
    ]
    riddle: dict[int, list[int]] = {}
    for number in range(people):
        person = Person.objects.join(f"person {number}", None)
        entered = []
        for room in draw.sample(rooms, draw.choice([1, 2, 2, 3])):
            persona = Persona.enter(person, room, f"name {number} in {room.pk}")
            persona.accept(room.agreement)
            entered.append(persona)
        riddle[person.pk] = [persona.pk for persona in entered]
        for persona in entered:
            if draw.random() < 0.5:
                story = Story.begin(persona)
                story.write(f"A story by {number}.", wish="listen", audience="circle", topics=["loss"])
                story.share(by=persona)
            stories = list(Story.objects.heard_by(persona)[:5])
            if stories:
                Reply.say(draw.choice(stories), f"An answer by {number}.", by=persona)
        ring_and_read(draw, person, entered)
    for room in rooms:
        guide = room.personas.inside().first()
        if guide:
            guide.role = Persona.Role.FACILITATOR
            guide.save()
            Invitation.write(guide, note="Come in.")
            unheard = Story.objects.unheard().filter(circle=room).exclude(teller=guide).first()
            if unheard:
                Handover.make(unheard, by=guide, to=guide)
            for other in room.personas.exclude(pk=guide.pk):
                Readiness.of(other).say(topics=["loss"], anything=False, a_day=1, rest=[6], duty=[])
                story = Story.objects.heard_by(other).exclude(teller=other).first()
                if story:
                    Ask(circle=room, story=story, to=other, at=time.now()).save(force_insert=True)
            for other in room.personas.exclude(pk=guide.pk)[:3]:
                Greeting.write(other, "Hello.", by=guide).put_away("Hello back.", by=other)
    return riddle


def ring_and_read(draw: random.Random, person: Person, personas: list[Persona]) -> None:
    """Each persona is told of something, and the person reads all of it in one sitting."""
    for persona in personas:
        Notice.ring("stories.reply", to=persona, about=draw.getrandbits(60))
    Notice.ring("people.changed", to=person, about=1)
    if draw.random() < 0.7:
        Bell(person).read_all()
