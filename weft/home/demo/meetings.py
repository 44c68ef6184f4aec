"""When the example circles meet: series, what was and what is coming, and who said what to it."""

from dataclasses import dataclass, field
from datetime import date, timedelta
from datetime import time as clock
from typing import TYPE_CHECKING, Any

from weft.circles.models import Persona
from weft.gatherings import recurring
from weft.gatherings.models import Gathering, Guide, HourNote, Place, Script, Seat, Series, Shift
from weft.loom import time

if TYPE_CHECKING:
    from weft.home.demo.house import Filled

ZONE = "Europe/London"
ABOUT_ALL = (
    "Two rounds. The first step of the week was smaller for most, and that was the talk of the hour. It ended quietly."
)
ABOUT_ONE = [
    "Went out twice, with a friend. Was proud, and then tired. Next: the same way, and back alone.",
    "Passed in the first round, wrote a line in the second. Sleeps badly. Ask about it next time.",
    "Would like to talk about work. Agreed on one phone call until next week.",
]
PAST = 5  # gatherings that are over
ANSWERED = 3  # gatherings ahead to which some have said something
QUIET = {"Maud": 24, "Rook": 365}  # who has come to no hour for so many days, and said nothing to one ahead
UNSAID = {"Wren", "Perrin", "Linnet", *QUIET}  # whom the example has say it themselves


@dataclass(frozen=True)
class Meets:
    """A series of a circle: its weekday (Monday is 0), its hour, and what else is said of it."""

    room: str
    name: str
    about: str
    weekday: int
    at: clock
    said: dict[str, Any] = field(default_factory=dict)
    rule: str = "FREQ=WEEKLY"


ROUNDS = {
    "opening": "Welcome. Look around, see who is here. You can pass, always, and you need not say why.",
    "prompts": ["Who or what have you brought with you tonight?", "What held you up this week, if anything did?"],
    "closing": "One word each, or none. Then put the kettle on.",
    "minutes": 3,
}
SMALL_STEPS = {
    "opening": "Feet on the floor. You are early enough, and you came.",
    "prompts": ["What did you try this week, and how was it?", "What is the smallest next step?"],
    "closing": "Say one thing that you will leave here.",
    "minutes": 4,
}
MEETS = [
    Meets(
        "tuesday",
        "Ten Tuesdays",
        "We begin together and we end together, ten times. Small steps, told to each other.",
        1,
        clock(17, 30),
        {
            "door": "cohort",
            "seats": 5,
            "minutes": 75,
            "way": "video",
            "plan": SMALL_STEPS,
            "needs_credential": True,
            "asks_where": True,
            "keeps_notes": True,
            "questions": ["What would you like to be able to do again?", "Is there anything that we should know?"],
        },
        "FREQ=WEEKLY;COUNT=10",
    ),
    Meets(
        "evening",
        "Tuesdays at seven",
        "An hour, in rounds. Camera off is fine, and so is passing.",
        1,
        clock(19),
        {"way": "voice", "plan": ROUNDS},
    ),
    Meets(
        "commons",
        "Sunday open hour",
        "For anybody in the house, and anybody who is thinking about it. Mostly typing, and tea.",
        6,
        clock(11),
        {"door": "open", "seats": 20, "listed": True},
    ),
    Meets(
        "harbour",
        "Friday evening",
        "Come as you are. Somebody opens, everybody gets a turn, nobody has to.",
        4,
        clock(20),
        {
            "door": "open",
            "seats": 24,
            "way": "voice",
            "listed": True,
            "place": "The Chandlery, upstairs, 4 Harbour Street, Riverside",
            "near": "by the harbour",
            "is_near": True,
            "phone": "020 7946 0123, code 4410",
        },
    ),
    Meets(
        "lamp",
        "Soup and talk",
        "In the hall. There is soup, and a corner for those who would rather not talk.",
        2,
        clock(18),
        {"is_online": False, "minutes": 90, "place": "The hall, 12 Mill Street, Riverside", "seats": 40},
    ),
    Meets("quay", "First Friday", "Same table as ever.", 4, clock(20), {"way": "video"}, "FREQ=MONTHLY;BYDAY=1FR"),
    Meets("rosa", "Sunday at Rosa's", "What went well, what is next.", 6, clock(17), {"place": "At Rosa's"}),
    Meets("ward", "After the late shift", "For whoever is off.", 3, clock(21), rule="FREQ=WEEKLY;INTERVAL=2"),
]


def gather(house: "Filled") -> None:
    """Every circle's series, with gatherings behind and ahead of it."""
    for meets in MEETS:
        here = house.circles[meets.room]
        inside = [persona for (room, _name), persona in house.personas.items() if room == meets.room]
        guides = [persona for persona in inside if persona.role == Persona.Role.FACILITATOR]
        members = [persona for persona in inside if persona.role == Persona.Role.MEMBER]
        first = _first(meets)
        series = Series(circle=here, name=meets.name, about=meets.about, zone=ZONE, starts_on=first, near="")
        series.starts_at, series.rule, series.made_on = meets.at, meets.rule, first
        for name, value in meets.said.items():
            setattr(series, name, value)
        series.save(force_insert=True)
        Guide.objects.bulk_create(
            Guide(circle=here, series=series, persona=guide, leads=guide == guides[0]) for guide in guides
        )
        placed = _placed(series, members) if series.door == Series.Door.COHORT else members
        _past(series, placed, guides, house)
        if series.keeps_notes:
            _notes(series, guides[0])
        series.roll_out()
        _ahead(series, placed, house)
    for name, plan, room in (("Two rounds", ROUNDS, "evening"), ("Small steps", SMALL_STEPS, "tuesday")):
        Script(circle=house.circles[room], name=name, plan=plan, is_shared=room == "evening").save(force_insert=True)


def _first(meets: Meets) -> date:
    """The first day: some weeks ago, on the right weekday, or on the right one of its month."""
    step = 70 if "INTERVAL" in meets.rule else 35
    day = time.today() - timedelta(days=step)
    day += timedelta(days=(meets.weekday - day.weekday()) % 7)
    if "MONTHLY" in meets.rule:
        day = recurring.next_day(day - timedelta(days=120), meets.rule, day - timedelta(days=120)) or day
    return day


def _placed(series: Series, members: list[Persona]) -> list[Persona]:
    """Who is in the closed group, who waits for a place, and who has just asked."""
    standings = [Place.Standing.IN] * series.seats + [Place.Standing.WAITING, Place.Standing.ASKING]
    places = []
    for number, (persona, standing) in enumerate(zip(members, standings, strict=False), 1):
        place = Place(circle_id=series.circle_id, series=series, persona=persona, standing=standing)
        if standing != Place.Standing.IN:
            place.place_in_line = number
        if standing == Place.Standing.ASKING:
            said = ["Post a letter at the end of my own road.", "I would rather type than talk, the first time."]
            asked = zip(series.questions, said, strict=True)
            place.answers = [{"question": question, "answer": answer} for question, answer in asked]
        places.append(place)
    Place.objects.bulk_create(places)
    return [place.persona for place in places if place.standing == Place.Standing.IN]


def _past(series: Series, members: list[Persona], guides: list[Persona], house: "Filled") -> None:
    """What is over, with who was there."""
    yesterday = time.today() - timedelta(days=1)
    for day in series.days(series.starts_on, yesterday)[-PAST:]:
        starts = recurring.moment(day, series.starts_at, series.zone)
        one = Gathering(circle_id=series.circle_id, series=series, day=day, starts=starts, planned=starts)
        one.minutes, one.phase = series.minutes, Gathering.Phase.ENDED
        one.save(force_insert=True)
        for guide in guides:
            part = Shift.Part.LEADS if guide == guides[0] else Shift.Part.HELPS
            Shift(circle_id=series.circle_id, gathering=one, persona=guide, part=part).save(force_insert=True)
        seats = []
        for persona in [*guides, *members]:
            away = (time.today() - day).days < QUIET.get(persona.name, 0)
            comes = persona in guides or persona.name in QUIET or house.draw.random() < 0.65
            if persona.since <= day and comes and not away:
                seat = Seat(circle_id=series.circle_id, gathering=one, persona=persona, answer=Seat.Answer.COMING)
                seat.came_at = starts + timedelta(minutes=house.draw.randrange(-6, 4))
                seat.left_at = one.ends + timedelta(minutes=house.draw.randrange(0, 5))
                seats.append(seat)
        Seat.objects.bulk_create(seats)


def _notes(series: Series, guide: Persona) -> None:
    """What whoever guides wrote about the group, and about some who came. The last note is still to be written."""
    for one in series.gatherings.filter(phase=Gathering.Phase.ENDED).order_by("-starts")[1:3]:
        seats = one.taken.filter(persona__role=Persona.Role.MEMBER).select_related("persona")[: len(ABOUT_ONE)]
        HourNote.write(one, ABOUT_ALL, by=guide)
        for seat, words in zip(seats, ABOUT_ONE, strict=False):
            HourNote.write(one, words, by=guide, about=seat.persona)


def _ahead(series: Series, members: list[Persona], house: "Filled") -> None:
    """What is coming: who said what, one that was moved, and one that does not take place."""
    coming = list(series.gatherings.filter(phase=Gathering.Phase.SCHEDULED).order_by("starts"))
    for one in coming[:ANSWERED]:
        seats = []
        for persona in members:
            if persona.name not in UNSAID and house.draw.random() < 0.7:
                answer = house.draw.choice(["coming", "coming", "coming", "maybe", "cannot"])
                seats.append(Seat(circle_id=series.circle_id, gathering=one, persona=persona, answer=answer))
        Seat.objects.bulk_create(seats[: series.seats])
    if series.name == "Tuesdays at seven" and len(coming) > 1:
        coming[1].starts += timedelta(hours=1)
        coming[1].note = "An hour later this once. I have a parents' evening. Ada"
        coming[1].save()
    if series.name == "Friday evening" and len(coming) > 2:
        coming[2].is_cancelled = True
        coming[2].note = "The Chandlery is closed for the holiday. The morning meeting is on."
        coming[2].save()
