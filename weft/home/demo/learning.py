"""What people of the example house learned and hand on: lessons, who tried them, then and now, and a day worth marking.

Every word here is said by somebody who is made up, in the voice that they have in the circle's own file.
"""

from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING

from weft.circles.models import Persona
from weft.loom import ids, time
from weft.stories.models import Story
from weft.wisdom.models import Lesson, Milestone, Strand, ThenNow, Trial

if TYPE_CHECKING:
    from weft.home.demo.house import Filled


@dataclass(frozen=True)
class Given:
    """One strand: who gives it, and under which name it stands."""

    by: str
    text: str
    line: str = ""
    name: str = ""


@dataclass(frozen=True)
class Tried:
    """Who tried it, in which circle, and how it was."""

    by: tuple[str, str]
    way: str
    text: str
    name: str = ""


@dataclass(frozen=True)
class Learned:
    """One lesson of a circle."""

    room: str
    topics: list[str]
    strands: list[Given]
    for_house: bool = False
    tried: list[Tried] = field(default_factory=list)


LEARNED = [
    Learned(
        "evening",
        ["loss", "loneliness"],
        [
            Given(
                "Wilf",
                """The chair was the trouble. I could not sit in it and I could not see it empty. So I moved it to the
window, where she never had it, and put the radio on it. Now it is the radio's chair.

It took me four months to think of it. You can have it for nothing.""",
                "Move one thing, not everything",
                "Wilf",
            ),
            Given(
                "Shirley",
                """I did his room in a day because my sister came with boxes, and I was sorry for a year. Then I did the
bathroom shelf on my own. One shelf. That I was not sorry for.""",
                name="Shirley",
            ),
            Given(
                "Wren",
                """Keep whatever still smells of them in a bag with a good zip, and don't open it to show anybody. It
lasts longer than you'd think if it's only you.""",
            ),
        ],
        tried=[
            Tried(("evening", "Almond"), "helped", "I moved the lamp only. It was enough for this month.", "Almond"),
            Tried(
                ("evening", "Neil"),
                "not",
                """I moved her desk and then I couldn't find her in the house at all. I've moved it back. If you aren't
sure, take a photo first so you know where it went.""",
                "Neil",
            ),
        ],
    ),
    Learned(
        "evening",
        ["sleep", "loss"],
        [
            Given(
                "Ada",
                """I stopped trying to sleep between three and five. I get up, I put the landing light on and I sort
something: buttons, screws, the drawer of batteries. Then I go back to bed as if I were going for the first time.

It is not sleep. But it is not lying there either.""",
                "Get up and sort something small",
            )
        ],
        for_house=True,
        tried=[
            Tried(
                ("ward", "Kaz"),
                "partly",
                "Works after a late, not after a night. After a night I sort the whole kitchen and then it's noon.",
                "K.",
            ),
            Tried(("lamp", "Kwabena"), "helped", "Nails and screws, at 3.50 each morning. I have never been so tidy."),
        ],
    ),
    Learned(
        "harbour",
        ["drink", "loneliness"],
        [
            Given(
                "Wes",
                "Eleven minutes longer by the ring road. I still do it. Eleven minutes is cheap.",
                "Go home another way",
                "W.",
            ),
            Given(
                "Joss",
                """Ring somebody at six, before you want to. Not to talk about it. Talk about tomatoes. By seven the
shop is a long way off.""",
            ),
            Given(
                "lou",
                """tell one person at work. not the whole kitchen, one. mine stands next to me when the wine goes in
and says nothing about it and that's the job""",
                name="a cook",
            ),
            Given(
                "Marlow",
                """Have something in your hand when the others have something in theirs. A saucer will do. It is
remarkable how little anybody looks.""",
            ),
        ],
        for_house=True,
        tried=[
            Tried(
                ("harbour", "D."),
                "partly",
                "The saucer, at a christening. Fine until the toast. I'd go and stand by the pram sooner next time.",
                "D.",
            ),
            Tried(
                ("harbour", "Ferret"),
                "not",
                """did the long way home for a week and on the friday i just drove back. not saying don't. saying it
needs the phone call as well""",
            ),
            Tried(("lamp", "Gwil"), "helped", "One person. I told Len. He just moves my glass along the table, like."),
        ],
    ),
    Learned(
        "lamp",
        ["family"],
        [
            Given(
                "Annis",
                """When Mum doesn't know me I stopped saying who I was. I sing the first line and wait. If she comes in
on the second I stay an hour, and if not I do her nails.""",
                "Do not ask whether they know you",
                "Annis",
            )
        ],
    ),
]
ASKED = ("evening", "Wren", "Ada", 4)  # whose story somebody asks for, and how many days ago it was told
ASKED_WORDS = "The first day I was on the pavement with my coat on before I'd noticed I was hurrying."
THEN_NOW = ("evening", "Wren", 79, 4)
LATER_WORD = (
    "harbour",
    "Kofi",
    118,
    "She is asleep in the next room and the oven is dirty again. I am glad of both.",
)
MARKED = ("harbour", "Tansy", "Without a drink", [(168, 65), (63, None)])
MARKED_QUIETLY = ("harbour", "Marlow", "Evenings that were only evenings", [(190, 41), (38, None)])


def learn(house: "Filled") -> None:
    """All of it."""
    for learned in LEARNED:
        _lesson(learned, house)
    room, teller, asker, days = ASKED
    Strand.ask(ids.random_id(), _told(house, room, teller, days), ASKED_WORDS, ["work"], by=house.personas[room, asker])
    room, teller, then, now = THEN_NOW
    by = house.personas[room, teller]
    ThenNow.tie(_told(house, room, teller, then), now=_told(house, room, teller, now), by=by)
    room, teller, then, words = LATER_WORD
    ThenNow.tie(_told(house, room, teller, then), words=words, by=house.personas[room, teller])
    for marked, is_shown in ((MARKED, True), (MARKED_QUIETLY, False)):
        _mark(house, *marked, is_shown=is_shown)


def _lesson(learned: Learned, house: "Filled") -> None:
    lesson: Lesson | None = None
    for given in learned.strands:
        by = house.personas[learned.room, given.by]
        said = {"line": given.line, "words": _words(given.text), "name": given.name, "topics": learned.topics}
        strand = Strand.begin(ids.random_id(), said | {"for_house": learned.for_house}, by=by, into=lesson)
        if strand is None:
            raise ValueError(f"no lesson by {given.by}")
        strand.say_yes(strand.digest, by=by)
        lesson = strand.lesson
    for tried in learned.tried:
        if lesson:
            by = house.personas[tried.by]
            for_house = learned.for_house
            Trial.say(lesson, _words(tried.text), way=tried.way, name=tried.name, for_house=for_house, by=by)


def _mark(
    house: "Filled", room: str, name: str, label: str, spans: list[tuple[int, int | None]], *, is_shown: bool
) -> None:
    by: Persona = house.personas[room, name]
    today = time.today()
    (first, _until), *_more = spans
    marked = Milestone.begin(ids.random_id(), label, today - timedelta(days=first), by=by)
    if marked is None:
        raise ValueError(label)
    for number, (since, until) in enumerate(spans):
        if number:
            marked.come_back(today - timedelta(days=since), by=by)
        if until is not None:
            marked.lapse(today - timedelta(days=until), by=by)
    marked.show(on=is_shown, by=by)


def _told(house: "Filled", room: str, teller: str, days_ago: int) -> Story:
    """The story that somebody told so many days ago."""
    here = next(one for one in house.rooms if one.key == room)
    words = next(one.text for one in here.stories if one.teller == teller and one.days_ago == days_ago)
    return next(story for story in house.stories if story.text == words)


def _words(text: str) -> str:
    return "\n\n".join(" ".join(part.split()) for part in text.split("\n\n"))
