"""Who may guide in the example house, and what was said yes to before an hour."""

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from weft.circles.models import Credential, Persona
from weft.gatherings.models import Consent, Course, Training
from weft.gatherings.models.consent import watching
from weft.loom import text, time

if TYPE_CHECKING:
    from weft.home.demo.house import Filled

NOOR = "Noor"
CREDENTIALS = [  # circle, name, kind, issuer, number, days that it still holds
    ("tuesday", "Imke Brandt", "Therapist", "Chamber of Therapists, Riverside", "RT-20417", 640),
    ("tuesday", "Anselm Obi", "Nurse", "Register of Nurses, River District", "N-51162", 410),
    ("lamp", "Miriam", "Minister", "Union of Free Churches, River District", "M-0388", 20),
]
RENEWED = ("lamp", "Miriam", 20 + 3 * 365)
HOSTS = {("evening", "Ada"): 290, ("harbour", "Joss"): 24, ("commons", "Marnie"): 130, ("ward", "Dee"): 301}
LEARNS = ("evening", "Almond")
LEARNED = {
    "listening": "Nothing, I think. Maybe “I am glad you came anyway”. I would not ask why.",
    "agreement": "I would say it to the room and not to him: “Let us stay with our own stories.” And I would speak "
    "with him afterwards, because he will not have noticed.",
    "danger": "Ask straight out. Stay on until I know who is with them. Ring Noor at the desk in the same hour, and "
    "tell them that I do. If they stop answering, the emergency number.",
    "passing": "Offer it a fourth time like the first. I passed for two months and I counted on being asked.",
    "ending": "We go over by as long as it takes to know who is with her tonight. Then the last word, short, and I say "
    "that the numbers are at the foot of the page.",
}
STILL_ON_THE_FIRST = {"Siskin", "R.H.", "Bex"}
SECOND = """

**New since last week.** Saskia is a trainee and sits with us until the tenth week. She does not speak in the hour, \
she writes nothing down, and she keeps the same promises. Anybody may ask me for an hour without her."""


def settle(house: "Filled") -> None:
    """All of it."""
    credentials(house)
    hosts(house)
    consents(house)


def credentials(house: "Filled") -> None:
    """Professionals whom Noor has checked. One of them must renew soon, and has sent the new one in."""
    for room, name, kind, issuer, number, days in CREDENTIALS:
        said = {"kind": kind, "issuer": issuer, "number": number}
        until = time.today() + timedelta(days=days)
        one = Credential.enter(house.personas[room, name], **said, valid_until=until)
        one.settle(by=NOOR, on=time.today() - timedelta(days=60))
        if (room, name) == RENEWED[:2]:
            until = time.today() + timedelta(days=RENEWED[2])
            Credential.enter(house.personas[room, name], **said, valid_until=until)


def hosts(house: "Filled") -> None:
    """Volunteers who were signed off; one whose time is nearly over; and one who has just handed the training in."""
    course = Course.here()
    for (room, name), days in HOSTS.items():
        on = time.today() - timedelta(days=course.days - days)
        training = Training(circle=house.circles[room], persona=house.personas[room, name])
        training.answers = {key: answered(course, key, "") for key in LEARNED}
        training.settle(by=NOOR, on=on, days=course.days)
    learner = house.personas[LEARNS]
    for lesson in course.lessons:
        training = Training.answer(learner, lesson, LEARNED[lesson["key"]])
    training.hand_in(course)


def answered(course: Course, key: str, words: str) -> dict[str, str]:
    lesson = next(lesson for lesson in course.lessons if lesson["key"] == key)
    return {"asks": lesson["asks"], "title": lesson["title"], "words": words}


def consents(house: "Filled") -> None:
    """The Tuesday Group said yes to the first version ten weeks ago; some still owe the second."""
    circle = house.circles["tuesday"]
    imke = house.personas["tuesday", "Imke Brandt"]
    imke.circle = circle
    first = Consent.all_in_force(circle)[None]
    first.published_on = time.today() - timedelta(days=66)
    first.save(update_fields=["published_on"])
    everybody = sorted(circle.personas.inside(), key=lambda one: one.since)
    for number, persona in enumerate(everybody):
        said_yes(first, persona, house.now - timedelta(days=58, minutes=7 * number))
    words = first.text + SECOND
    second = Consent(circle=circle, version=2, text=words, html=text.render(words))
    second.published_on = time.today() - timedelta(days=6)
    second.save(force_insert=True)
    said_yes(second, imke, house.now - timedelta(days=6))
    for number, persona in enumerate(everybody):
        if persona.pk != imke.pk and persona.name not in STILL_ON_THE_FIRST:
            said_yes(second, persona, house.now - timedelta(hours=60 - number, minutes=11 * number))
    evening = house.circles["evening"]
    words = Consent.all_in_force(evening)[None]
    words.published_on = time.today() - timedelta(days=40)
    words.save(update_fields=["published_on"])
    for number, persona in enumerate(list(evening.personas.inside())[:9]):
        said_yes(words, persona, house.now - timedelta(days=3, minutes=5 * number))


def said_yes(consent: Consent, persona: Persona, at: datetime) -> None:
    """A yes of some while ago."""
    persona.circle = consent.circle
    consent.agree(persona, declared=watching(persona.circle_id), at=at)
