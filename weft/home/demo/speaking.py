"""What people of the example house say to the world: two voices that anybody may read, and one that waits."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from weft.loom import ids
from weft.people.models import Person
from weft.voices.models import Comment, Use, Voice

if TYPE_CHECKING:
    from weft.home.demo.house import Filled

READER = "p03"  # Noor, who is on the safety team too


@dataclass(frozen=True)
class Said:
    """*teller*: the circle and the name of somebody; nothing of either is kept with the voice."""

    teller: tuple[str, str]
    name: str
    uses: tuple[Use, ...]
    text: str


SAID = [
    Said(
        ("evening", "Wren"),
        "Juniper",
        (Use.SITE, Use.PRINT, Use.TRAINING, Use.COMMENTS),
        """For years I answered the same question: and how is your mother? I had good answers ready, one for the
neighbours and one for work. Nobody asked the other question, and if they had I would not have known what to say.

Then I sat with five people on a weekday evening, and one of them said that she had shouted at her husband over a sock.
A sock. Everybody nodded. I had been carrying a sock of my own for a month.

I still do all of it: the lists, the tablets in their boxes, the bell at night. But I do it as somebody who has been
asked.""",
    ),
    Said(
        ("harbour", "Joss"),
        "T. Alder",
        (Use.SITE,),
        """People ask what the first day was like. It was a Thursday and it was dull. I had thought it would be a fight,
and it was mostly furniture: me, a chair, a window, and a church clock.

What helped was not a reason. I had plenty of reasons. What helped was that a man I did not know rang at six and talked
about his tomatoes until it was seven.

I grow tomatoes now. They are not good. If you are on your Thursday: it ends, and somebody will pick up.""",
    ),
]
WAITS = Said(
    ("evening", "River"),
    "Quill",
    (Use.SITE, Use.PRINT),
    """I came with my camera off and said nothing for three weeks. There is a bench on Mill Road, behind the chemist,
and I sat there first to get my courage up.

In the fourth week the piece came to me. I said my name. That was all, and that was the whole of my turn. Nobody filled
the silence after it. I think of that silence often.""",
)
# What people from outside answered to Juniper, in order; the number is the answer that theirs answers.
ANSWERED: list[tuple[str, str, int | None]] = [
    (
        "Marit",
        "I read this in the car outside the nursing home, with ten minutes left before I had to go in. It was about a "
        "coat with us. I laughed for the first time in a while, and then the other thing.",
        None,
    ),
    ("a son, 51", "Nobody has asked me the other question either. I did not know that there was one.", None),
    ("Oya", "Consider yourself asked. How are you?", 1),
    ("", "Thank you for the coat. I keep it beside the sock.", 0),
]
WAITING = [
    (
        "Brannock",
        "My wife does all this and I had no idea what to say to her. I will try the other question tonight.",
    ),
    (
        "Best Pills",
        "Sleep better tonight! Natural pills at https://pills.example/ with 40 % off for carers today only.",
    ),
    (
        "Best Pilis",
        "Sleep better tonight! Natural pills at https://pills.example/a with 40 % off for carers today only.",
    ),
    ("B. Pills", "Dear carers, sleep better tonight! Order natural pills at www.pills.example now"),
]


def speak(house: "Filled") -> None:
    """All of it: given to be read by each teller, read by the reader, and published; and what others answered."""
    reader = house.people[READER]
    for said in SAID:
        voice = _offered(said, house)
        voice.answer(voice.digest, yes=True, marks=[], note="", by=reader)
        voice.publish(by=_teller(said, house))
        if voice.takes_comments:
            _answer(voice, house)
    _offered(WAITS, house)


def _answer(voice: Voice, house: "Filled") -> None:
    """What the world answers: some of it has been read, and some waits."""
    stands: list[Comment] = []
    for name, words, to in ANSWERED:
        answers = None if to is None else stands[to]
        comment = _left(voice, name or voice.name, words, answers=answers, by_teller=not name)
        comment.publish(comment.digest, by=house.people[READER])
        stands.append(comment)
    for name, words in WAITING:
        _left(voice, name, words)


def _left(voice: Voice, name: str, words: str, answers: Comment | None = None, *, by_teller: bool = False) -> Comment:
    email = "" if by_teller else f"{ids.code(6)}@example.org"
    left = Comment.leave(
        ids.random_id(), voice, name, words, email=email, answers=answers, by_teller=by_teller, proven=True
    )
    if left is None:
        raise ValueError("no room for a comment")
    return left


def _offered(said: Said, house: "Filled") -> Voice:
    teller = _teller(said, house)
    voice = Voice.begin(ids.random_id(), teller)
    if voice is None:
        raise ValueError(f"no room for a voice of {said.teller}")
    words = "\n\n".join(" ".join(part.split()) for part in said.text.split("\n\n"))
    voice.write(said.name, words, may_be_found=False, by=teller)
    for use in said.uses:
        voice.consent(use, on=True, by=teller)
    voice.offer(by=teller)
    return voice


def _teller(said: Said, house: "Filled") -> Person:
    circle, name = said.teller
    return next(house.people[room.by_name[name].person] for room in house.rooms if room.key == circle)
