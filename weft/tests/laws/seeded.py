"""A house full of people who behave like people: they join several circles in one sitting, and write at once."""

import random
from datetime import time as clock
from datetime import timedelta

from django.contrib.auth import SESSION_KEY

from weft.care.models import Sponsor, Tally
from weft.care.tests.ways import care_in, make_need, make_offer, make_posting, make_steward
from weft.circles.models import Circle, Credential, House, Invitation, Persona, VisitBar
from weft.companions.models import Errand, Greeting
from weft.companions.tests.ways import make_tie
from weft.conftest import make_circle
from weft.gatherings.models import (
    AttendanceLetter,
    Attended,
    Consent,
    Correction,
    Course,
    Feed,
    Gathering,
    Guide,
    HourNote,
    Import,
    LettersHere,
    Line,
    Listing,
    LookBack,
    Place,
    Pulse,
    PulseSum,
    Reminding,
    Rest,
    Said,
    Script,
    Seat,
    Series,
    Shift,
    Training,
)
from weft.loom import ids, time
from weft.notices.bell import Bell
from weft.notices.models import Choices, Notice, Push, Subscription
from weft.people.devices import SessionStore
from weft.people.models import Device, Person
from weft.stories.models import Ask, Handover, Readiness, Reply, Story
from weft.voices.tests.ways import make_comment, make_voice
from weft.wisdom.models import Farewell, Lesson, Milestone, Parting, Shelf, ThenNow
from weft.wisdom.tests.ways import announce, attempt, give, keep


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
    Sponsor.make("The town", time.today(), by=make_steward("the steward of the seeded house"))
    Tally.close(time.today().replace(day=1))
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
        Feed.open(person).choose(which="circles")
        for _ in range(draw.choice([0, 1, 2])):
            make_comment(make_voice(person))
            make_voice(person)
        learn(draw, person, entered)
        make_offer(person, f"An offer by {number}.")
    visited: set[int] = set()
    for room in rooms:
        guide = room.personas.inside().first()
        if guide:
            guide.role = Persona.Role.FACILITATOR
            guide.save()
            Invitation.write(guide, note="Come in.")
            unheard = Story.objects.unheard().filter(circle=room).exclude(teller=guide).first()
            if unheard:
                Handover.make(unheard, by=guide, to=guide)
            for other in room.personas.inside().exclude(pk=guide.pk):
                Readiness.of(other).say(topics=["loss"], anything=False, a_day=1, rest=[6], duty=[])
                story = Story.objects.heard_by(other).exclude(teller=other).first()
                if story:
                    Ask(circle=room, story=story, to=other, at=time.now()).save(force_insert=True)
            gather(room, guide)
            care_in(room, guide)
            put_up(room, guide, riddle, visited)
            guiding(room, guide)
            closed_to(room, guide)
            for other in room.personas.inside().exclude(pk=guide.pk)[:3]:
                Greeting.write(other, "Hello.", by=guide).put_away("Hello back.", by=other)
            others = list(room.personas.inside().exclude(pk=guide.pk)[:4])
            for one, other in zip(others[::2], others[1::2], strict=False):
                make_tie(one, other)
                Errand.ask("Somebody who knows the nights.", by=one)
            part(room, guide)
    return riddle


def put_up(room: Circle, guide: Persona, riddle: dict[int, list[int]], visited: set[int]) -> None:
    """A need of this circle on the board, taken by people who are not in it: each takes one turn in all."""
    posting = make_posting(make_need(guide, rule="FREQ=DAILY"), f"A need of {room.pk}.", by=guide)
    inside = set(room.personas.values_list("pk", flat=True))
    for number, (person, personas) in enumerate(riddle.items()):
        if number % 7 == 0 and person not in visited and not inside & set(personas) and (free := posting.free(1)):
            other = Person.objects.get(pk=person)
            other.joined_on -= timedelta(days=60)
            taken = posting.take(free[0], f"turn {number} in {room.pk}", by=other)
            personas.append(taken.persona_id)
            visited.add(person)


def learn(draw: random.Random, person: Person, personas: list[Persona]) -> None:
    """In one sitting somebody gives a lesson in each of their circles, tries what is there, and keeps it."""
    for persona in personas:
        strand = give(persona, f"Words of {persona.pk}.", name="A name", for_house=draw.random() < 0.5)
        other = Lesson.objects.filter(circle=persona.circle_id).exclude(pk=strand.lesson_id).first()
        if other:
            attempt(other, persona, name="A name", for_house=draw.random() < 0.5)
            Shelf.keep(person, other.pk)
        story = persona.stories.first()
        if story:
            ThenNow.tie(story, words=f"A later word by {persona.pk}.", by=persona)
        marked = Milestone.begin(ids.random_id(), f"Days of {persona.pk}", time.today(), by=persona)
        if marked:
            marked.show(on=draw.random() < 0.5, by=persona)


def part(room: Circle, guide: Persona) -> None:
    """The circle will end, and everybody says what of theirs may be kept, and thanks."""
    guide.circle = room
    announce(guide)
    for persona in room.personas.inside():
        keep(*persona.stories.all()[:2], by=persona)
        Parting.call("other", f"Another name of {persona.pk}", by=persona)
        Farewell.say(ids.random_id(), f"Thanks by {persona.pk}.", by=persona)
        if persona.pk != guide.pk:
            Farewell.say(ids.random_id(), f"Only for you, by {persona.pk}.", by=persona, to=guide)


def guiding(room: Circle, guide: Persona) -> None:
    """Who guides has a credential, the others are hosts, and everybody has said yes to what is asked before an hour."""
    guide.circle = room
    until = time.today() + timedelta(days=400)
    licence = Credential.enter(guide, kind="Therapist", issuer="The Chamber", number="T 1", valid_until=until)
    licence.settle(by="Noor", on=time.today())
    consent = Consent.publish("What is said here stays here.", by=guide)
    course = Course.teach(Course.here().lessons, 365)
    for persona in room.personas.inside().exclude(pk=guide.pk).select_related("circle"):
        consent.agree(persona, declared=[])
        Training.answer(persona, course.lessons[0], "I would wait.").settle(by="Noor", on=time.today(), days=365)


def closed_to(room: Circle, guide: Persona) -> None:
    """Somebody visited, and does not come to the next hours."""
    visitor = Persona.visit(Person.objects.join("visitor", None), room, "A visitor")
    VisitBar.lay(visitor, weeks=4, hour="An hour", day=time.today(), reason="Shouted.", by=guide)
    visitor.go(words="erase")


def gather(room: Circle, guide: Persona) -> None:
    """A meeting every week, with everybody in it who is in the circle."""
    series = Series(
        circle=room,
        name="An hour",
        about="We meet.",
        near="Near.",
        plan={"prompts": ["How was it?"]},
        zone="Europe/London",
    )
    series.starts_on, series.starts_at, series.rule, series.left_out = time.today(), clock(19), "FREQ=WEEKLY", []
    series.save(force_insert=True)
    Guide(circle=room, series=series, persona=guide).save(force_insert=True)
    Listing(circle=room, series=series, slug="an-hour", types=["O"]).save(force_insert=True)
    Import(circle=room, by=guide, said=[{"name": "An hour"}], undo={"1": None}).save(force_insert=True)
    Script.keep("A plan", {"prompts": ["How was it?"]}, is_shared=True, by=guide)
    for week in range(2):
        starts = time.now() + timedelta(days=7 * week)
        hour = Gathering(
            circle=room,
            series=series,
            day=starts.date(),
            starts=starts,
            note="A line.",
            state={"turn": 1},
            reminded=["day"],
        )
        hour.save(force_insert=True)
        Shift(circle=room, gathering=hour, persona=guide).save(force_insert=True)
        for number, persona in enumerate(room.personas.all()):
            seat = Seat(circle=room, gathering=hour, persona=persona, answer="coming", came_at=starts, left_at=starts)
            seat.save(force_insert=True)
            said = Said(
                circle=room, gathering=hour, seat=seat, turn=number, number=number, words=f"A turn of {number}."
            )
            said.at = starts
            said.save(force_insert=True)
            Pulse(circle=room, seat=seat, said={"heard": number % 4}).save(force_insert=True)
            Correction(circle=room, seat=seat, by=guide, said={"how": "not", "number": 1}).save(force_insert=True)
            note = HourNote(circle=room, gathering=hour, about=persona)
            note.steps = [{"words": f"A note of {number}.", "by": guide.pk, "at": starts.isoformat()}]
            note.looks = [{"by": guide.pk, "day": starts.date().isoformat()}]
            note.save(force_insert=True)
            Line(circle=room, gathering=hour, number=number, said={"what": "came", "seat": seat.pk}).save(
                force_insert=True
            )
        LookBack.keep(hour, by=guide, how=f"Week {week} was long.", stays="A laugh.", to=None)
        PulseSum(circle=room, gathering=hour, said={"heard": [5, 12]}).save(force_insert=True)
    Rest(circle=room, persona=guide, until=time.today() + timedelta(days=9)).save(force_insert=True)
    LettersHere.turn(True, by=guide)
    for persona in room.personas.select_related("circle"):
        times = [
            Attended(seat, seat.came_at, seat.came_at) for seat in persona.seats.select_related("gathering__series")
        ]
        AttendanceLetter.begin(ids.random_id(), persona, times).put_name("A Name Outward")
        Reminding.choose(["hour"], by=persona)
        place = Place(circle=room, series=series, persona=persona, answers=["Because."], offered_until=time.now())
        place.save(force_insert=True)


def ring_and_read(draw: random.Random, person: Person, personas: list[Persona]) -> None:
    """Each persona is told of something, and the person reads all of it in one sitting."""
    for persona in personas:
        Notice.ring("stories.reply", to=persona, about=draw.getrandbits(60))
    Notice.ring("people.changed", to=person, about=1)
    if draw.random() < 0.5:
        be_told(person, f"https://fcm.googleapis.com/fcm/send/{draw.getrandbits(60)}")
    if draw.random() < 0.7:
        Bell(person).read_all()


def be_told(person: Person, address: str) -> None:
    """The person is signed in on a phone, and has been told there of what is new."""
    Choices.of(person).keep(ways={"stories.reply": "push"})
    session = SessionStore()
    session[SESSION_KEY] = str(person.pk)
    session.save()
    Subscription.begin(Device.objects.get(pk=Device.tag(session.session_key or "")), address)
    Push.write(person, 0, Bell(person).unread)
