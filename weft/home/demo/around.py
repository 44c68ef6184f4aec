"""What goes on around the stories: at the doors, between greeter and newcomer, on the desk of the safety team."""

from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING

from django.apps import apps

from weft.circles.models import Acceptance, Invitation, Persona
from weft.companions.models import Greeting, GuestBook, prepared
from weft.home.demo import guiding, unheard
from weft.loom import time
from weft.notices.models import Notice
from weft.safety.models import Block, Concern, Desk, HelpLine
from weft.stories.models import Story

if TYPE_CHECKING:
    from weft.home.demo.house import Filled

INVITATION = "cake-cake-cake-cake"
COUNTRY = "GB"
EVENINGS = [[day, "18:00", "22:00"] for day in range(7)]


@dataclass(frozen=True)
class Visitor:
    """Somebody at a circle's door, and the answers they gave there."""

    room: str
    name: str
    answers: list[str] = field(default_factory=list)
    standing: str = Persona.Standing.ASKING


VISITORS = {
    "v01": Visitor(
        "evening",
        "Bramble",
        [
            "My sister, in March. I do her voice in my head and it's started getting her wrong.",
            "I might need to mute when the kids come down. Is it all right to just listen the first time?",
        ],
    ),
    "v02": Visitor(
        "evening",
        "Mr Lally",
        [
            "My wife of fifty-one years. Our daughter found you and typed this, but the words are mine.",
            "Louder, if you can manage it.",
        ],
    ),
    "v03": Visitor("tuesday", "Clem", standing=Persona.Standing.WAITING),
    "v04": Visitor(
        "tuesday",
        "Fern",
        [
            "Bridges. Then roads with a drop, then any road I have not been on. About two years.",
            "My doctor, every other month. Nothing else that I can think of.",
            "Yes to Tuesdays. It would be easier if nobody minds that I knit.",
        ],
    ),
    "v05": Visitor("ward", "Swift", ["Kitchens. The ones nobody sees."]),
}
GREETED = {  # how newcomers were greeted: whatever is not said here is the circle's own greeting
    ("evening", "J."): "That's a kind thing to find here. I'll read a bit first. I'm not sure I count.",
}
UNGREETED = 1  # days: who came later has not been greeted yet
STILL_READING = 5
ON_THE_BELL = timedelta(days=3)


def settle(house: "Filled") -> None:
    """All of it."""
    at_the_doors(house)
    greetings(house)
    invitation(house)
    safety(house)
    unheard.settle(house)
    guiding.settle(house)
    bells(house)


def at_the_doors(house: "Filled") -> None:
    """Who asks to come in, and who waits in line."""
    for key, visitor in VISITORS.items():
        circle = house.circles[visitor.room]
        answers = [
            {"question": question, "answer": answer}
            for question, answer in zip(circle.questions, visitor.answers, strict=False)
        ]
        asking = Persona.enter(
            house.people[key], circle, visitor.name, standing=Persona.Standing.ASKING, answers=answers
        )
        Acceptance(circle=circle, persona=asking, agreement=circle.agreement).save(force_insert=True)
        if visitor.standing == Persona.Standing.WAITING:
            guide = house.rooms[[room.key for room in house.rooms].index(visitor.room)].guides[0]
            asking.admit(by=house.personas[visitor.room, guide.name])


def greetings(house: "Filled") -> None:
    """Everybody who came in these weeks was greeted; who came today or yesterday not yet."""
    written = []
    for room in house.rooms:
        guide = house.personas[room.key, room.guides[0].name]
        for someone in room.personas:
            if not UNGREETED < someone.since < 60 or someone.role != Persona.Role.MEMBER:
                continue
            to = house.personas[room.key, someone.name]
            answer = GREETED.get((room.key, someone.name), "")
            written.append(
                Greeting.made(
                    to,
                    0,
                    by=guide,
                    text=prepared(to),
                    answer=answer,
                    on=time.today() - timedelta(days=someone.since),
                    is_answered=bool(answer),
                    is_put_away=bool(answer) or someone.since > STILL_READING,
                )
            )
    Greeting.objects.bulk_create(written)
    GuestBook.see_to_it()


def invitation(house: "Filled") -> None:
    """An open invitation, by a code that can be typed: in a real house it is drawn, and kept nowhere."""
    Invitation(
        circle=house.circles["rosa"],
        by=house.personas["rosa", "Tess"],
        token_tag=Invitation.tag(INVITATION),
        note="For the neighbours at number 12.",
        uses_left=3,
        expires_on=time.today() + timedelta(days=14),
    ).save(force_insert=True)


def safety(house: "Filled") -> None:
    """The desk with its hours, the numbers confirmed by the steward, what was told to the team, and a block."""
    noor, sol = house.people["p03"], house.people["p04"]
    Desk.seat("Noor", EVENINGS, promise_hours=3, reach="Or ring the bell at 4 Mill Street, Monday to Friday, 10 to 4.")
    for line in HelpLine.of(COUNTRY):
        line.confirm(by=sol)

    pat = next(story for story in house.stories if story.teller == house.personas["commons", "Pat"])
    report(
        house.personas["commons", "Marnie"],
        pat,
        reason="danger",
        words="Her first one here, and she stops where the hard part starts. I have written to her twice and heard "
        "nothing. It may only be that she has gone to bed. I would sooner have asked.",
    )
    told = Concern.write(
        "its moth. im safe, i said so in the room and its true. its been louder this week than ive let on thats all "
        "and id like one person to know who isnt also up at four",
        by=house.personas["commons", "Moth"],
    )
    told.concern.look(by=noor)
    told.concern.take(by=noor)
    told.concern.answer(
        "Noor here, Moth. I know it now. I am at the desk every evening from six to ten, and you can ring the bell at "
        "Mill Street any weekday. Shall we talk tomorrow at seven?",
        by=noor,
    )
    Block.begin(house.personas["commons", "Heron"], by=house.personas["commons", "Nettle"])


def bells(house: "Filled") -> None:
    """What the tellers of the last days are told: that somebody answered. Older answers have long been read."""
    for reply in house.replies:
        teller = reply.story.teller
        if teller is None or reply.by_id == teller.pk or house.now - reply.said_at > ON_THE_BELL:
            continue
        what = "stories.note" if reply.is_note else "stories.reply"
        Notice.ring(what, to=teller, about=reply.story_id, by=reply.by_id)
        notice = Notice.objects.get(fact_tag=Notice.fact(what, teller, reply.story_id))
        notice.rung_at = reply.said_at
        notice.save(update_fields=["rung_at"])


def report(by: Persona, story: Story, *, reason: str, words: str) -> None:
    """Tell the safety team about a story, as the button under it does."""
    thing = apps.get_app_config("stories").reportable("story", story.pk, by)  # type: ignore[attr-defined]
    Concern.report(thing, by=by, reason=reason, words=words)
