"""The files of the example house, read strictly: a slip in one of them is said by its file, its story and its line."""

import tomllib
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import time as clock
from functools import cached_property
from pathlib import Path
from typing import Any

from weft.circles.kinds import kinds
from weft.circles.models import Circle, Persona
from weft.stories.models import Audience, Echo, Topic, Wish

FOLDER = Path(__file__).parent / "circles"
WORDS_OF_AGREEMENT = 200
ONE_NAME_IN_TWO_CIRCLES = {"p02", "p03", "p04"}  # Ada, and those who answer for the house, are known by one name
TOPICS = 4  # three of the house's own, and one in the teller's words

CIRCLE = {
    "key": str, "kind": str, "name": str, "about": str, "door": str, "questions": list, "size": int, "meets": str,
    "promise_hours": int, "members_hidden": bool, "words": list, "greeting": str, "agreement": dict, "persona": list,
    "story": list,
}  # fmt: skip
PERSONA = {"person": str, "name": str, "role": str, "since": int}
STORY = {
    "teller": str, "days_ago": int, "at": str, "wish": str, "topics": list, "audience": str, "echoes": list,
    "text": str,
}  # fmt: skip
REPLY = {"by": str, "hours_after": (int, float), "text": str}


class Slips(Exception):
    """What is wrong in the files, one line for each."""

    def __init__(self, found: list[str]) -> None:
        super().__init__("\n".join(found))


@dataclass(frozen=True)
class Someone:
    """A persona of a file. *since*: days ago."""

    person: str
    name: str
    role: str
    since: int


@dataclass(frozen=True)
class Answer:
    by: str
    hours_after: float
    text: str
    note: bool = False


@dataclass(frozen=True)
class Told:
    teller: str
    days_ago: int
    at: str
    wish: str
    topics: list[str]
    audience: str
    echoes: list[list[str]]
    text: str
    reply: list[Answer] = field(default_factory=list)

    @property
    def clock(self) -> clock:
        return clock.fromisoformat(self.at)


@dataclass(frozen=True)
class Room:
    """A circle, its people and what they tell each other."""

    key: str
    kind: str
    name: str
    about: str
    door: str
    questions: list[str]
    size: int
    meets: str
    promise_hours: int
    members_hidden: bool
    words: list[str]
    greeting: str
    agreement: str
    clauses: list[str]
    personas: list[Someone]
    stories: list[Told]

    @cached_property
    def by_name(self) -> dict[str, Someone]:
        return {someone.name: someone for someone in self.personas}

    @property
    def guides(self) -> list[Someone]:
        return [someone for someone in self.personas if someone.role == Persona.Role.FACILITATOR]


def rooms(folder: Path = FOLDER) -> list[Room]:
    """Every circle of the example house, the commons first. Raises `Slips`."""
    found: list[Room] = []
    slips: list[str] = []
    for path in sorted(folder.glob("*.toml")):
        try:
            said = tomllib.loads(path.read_text(encoding="utf-8"))
        except tomllib.TOMLDecodeError as error:
            slips.append(f"{path.name}: {error}")
            continue
        wrong = [f"{path.name}{where}: {what}" for where, what in _slips(said, path.stem)]
        slips += wrong
        if not wrong:
            found.append(_room(said))
    if not slips:
        slips = list(_slips_between(found))
    if slips:
        raise Slips(slips)
    return sorted(found, key=lambda room: (room.kind != "commons", room.key))


def _room(said: dict[str, Any]) -> Room:
    plain = {name: said[name] for name in CIRCLE if name not in ("agreement", "persona", "story")}
    return Room(
        **plain,
        agreement=said["agreement"]["text"].strip(),
        clauses=[clause["text"].strip() for clause in said["agreement"].get("clause", [])],
        personas=[Someone(**someone) for someone in said["persona"]],
        stories=[
            Told(
                **(told | {"text": told["text"].strip(), "reply": [_answer(reply) for reply in told.get("reply", [])]})
            )
            for told in said["story"]
        ],
    )


def _answer(reply: dict[str, Any]) -> Answer:
    return Answer(**(reply | {"text": reply["text"].strip()}))


Slip = tuple[str, str]  # where in the file, and what is wrong there


def _slips(said: dict[str, Any], stem: str) -> Iterator[Slip]:
    """All that is wrong in one file. What has the wrong shape is said first, and alone."""
    shape = list(_shape(said))
    if shape:
        yield from shape
        return
    if said["key"] != stem:
        yield "", f"the key is “{said['key']}”, and the file is called “{stem}”"
    if said["kind"] not in kinds():
        yield "", f"there is no kind “{said['kind']}”; there are {', '.join(kinds())}"
    if said["door"] not in Circle.Door.values:
        yield "", f"there is no door “{said['door']}”; there are {', '.join(Circle.Door.values)}"
    if len(said["questions"]) > 3 or (said["questions"] and said["door"] != Circle.Door.REQUEST):
        yield "", "at most three questions, and only where people ask to join"
    if (length := len(said["agreement"]["text"].split())) > WORDS_OF_AGREEMENT:
        yield "", f"the agreement has {length} words; people read {WORDS_OF_AGREEMENT}"
    if said["size"] < len(said["persona"]):
        yield "", f"{len(said['persona'])} people sit on {said['size']} seats"
    yield from _slips_of_people(said["persona"])
    people = {someone["name"]: someone for someone in said["persona"]}
    for number, told in enumerate(said["story"], 1):
        for what in _slips_of_story(told, people):
            yield f", story {number} ({told['teller']}, {told['days_ago']} days ago)", what


def _shape(said: dict[str, Any]) -> Iterator[Slip]:
    yield from _fits(said, CIRCLE, "")
    if not all(isinstance(said.get(name), kind) for name, kind in CIRCLE.items()):
        return
    yield from _fits(said["agreement"], {"text": str}, ", agreement", {"clause": list})
    for clause in said["agreement"].get("clause", []):
        yield from _fits(clause, {"text": str}, ", clause")
    for number, someone in enumerate(said["persona"], 1):
        yield from _fits(someone, PERSONA, f", persona {number}")
    for number, told in enumerate(said["story"], 1):
        where = f", story {number}"
        yield from _fits(told, STORY, where, {"reply": list})
        for count, reply in enumerate(told.get("reply", []), 1):
            yield from _fits(reply, REPLY, f"{where}, reply {count}", {"note": bool})


def _fits(said: dict[str, Any], must: dict[str, Any], where: str, may: dict[str, Any] | None = None) -> Iterator[Slip]:
    known = must | (may or {})
    for name in must.keys() - said.keys():
        yield where, f"“{name}” is missing"
    for name, value in said.items():
        if name not in known:
            yield where, f"nothing here is called “{name}”"
        elif not isinstance(value, known[name]):
            yield where, f"“{name}” is not of its kind: {value!r}"


def _slips_of_people(people: list[dict[str, Any]]) -> Iterator[Slip]:
    for what in ("name", "person"):
        every = [someone[what].casefold() for someone in people]
        for twice in sorted({one for one in every if every.count(one) > 1}):
            yield "", f"the {what} “{twice}” is there twice"
    for someone in people:
        if someone["role"] not in Persona.Role.values:
            yield "", f"{someone['name']} has no such role: “{someone['role']}”"
        if someone["since"] < 0:
            yield "", f"{someone['name']} joins in the future"
    if not any(someone["role"] == Persona.Role.FACILITATOR for someone in people):
        yield "", "nobody guides this circle"


def _slips_of_story(told: dict[str, Any], people: dict[str, dict[str, Any]]) -> Iterator[str]:
    teller = people.get(told["teller"])
    if teller is None:
        yield f"nobody here is called “{told['teller']}”"
        return
    try:
        at = clock.fromisoformat(told["at"])
    except ValueError:
        yield f"“{told['at']}” is no time of day"
        return
    if not told["text"].strip():
        yield "it has no words"
    if told["days_ago"] < 0 or told["days_ago"] > teller["since"]:
        yield f"{told['teller']} joined {teller['since']} days ago"
    if teller["role"] == Persona.Role.OBSERVER:
        yield f"{told['teller']} is an observer and does not write"
    if told["wish"] not in Wish.values:
        yield f"there is no wish “{told['wish']}”; there are {', '.join(Wish.values)}"
    if told["audience"] not in Audience.values:
        yield f"there is no audience “{told['audience']}”"
    own = [topic for topic in told["topics"] if topic not in Topic.values]
    if len(own) > 1 or len(told["topics"]) - len(own) >= TOPICS:
        yield f"at most three topics of the house and one in one's own words: {', '.join(map(str, told['topics']))}"
    yield from _slips_of_echoes(told, people)
    before = 0.0
    for number, reply in enumerate(told.get("reply", []), 1):
        hours_ago = told["days_ago"] * 24 - at.hour - at.minute / 60 - reply["hours_after"]
        for what in _slips_of_reply(reply, told, people, -(-hours_ago // 24)):
            yield f"reply {number} ({reply['by']}): {what}"
        if reply["hours_after"] < before:
            yield f"reply {number} ({reply['by']}): it stands after a later one"
        before = reply["hours_after"]


def _slips_of_echoes(told: dict[str, Any], people: dict[str, dict[str, Any]]) -> Iterator[str]:
    for echo in told["echoes"]:
        if not (isinstance(echo, list) and len(echo) == 2 and echo[1] in Echo.Kind.values):
            yield f"this is no echo: {echo!r}"
        elif echo[0] not in people or echo[0] == told["teller"]:
            yield f"an echo by “{echo[0]}”, who is not here or tells it"
    if len({tuple(echo) for echo in told["echoes"]}) < len(told["echoes"]):
        yield "an echo is there twice"


def _slips_of_reply(
    reply: dict[str, Any], told: dict[str, Any], people: dict[str, dict[str, Any]], days_ago: float
) -> Iterator[str]:
    by = people.get(reply["by"])
    if by is None:
        yield "nobody here is called so"
        return
    if not reply["text"].strip():
        yield "it has no words"
    if reply["hours_after"] < 0:
        yield "it is older than its story"
    if days_ago > by["since"]:
        yield f"they joined {by['since']} days ago, after this was said"
    if by["role"] == Persona.Role.OBSERVER:
        yield "an observer does not write"
    if reply.get("note") and told["wish"] != Wish.LISTEN:
        yield f"notes are for “listen”, and this story asks “{told['wish']}”"
    if reply.get("note") and reply["by"] == told["teller"]:
        yield "nobody writes a note to themself"
    hears = (Persona.Role.FACILITATOR, told["teller"])
    if told["audience"] == Audience.FACILITATORS and by["role"] not in hears and reply["by"] not in hears:
        yield "only those who guide the circle hear this story"


def _slips_between(found: list[Room]) -> Iterator[str]:
    """What is wrong only when all the files lie side by side."""
    if [room.kind for room in found].count("commons") != 1:
        yield "one circle, and only one, is the commons"
    names: dict[tuple[str, str], str] = {}
    for room in found:
        for someone in room.personas:
            key = (someone.person, someone.name.casefold())
            if key in names and someone.person not in ONE_NAME_IN_TWO_CIRCLES:
                yield f"{room.key}.toml: {someone.person} is “{someone.name}” in {names[key]}.toml as well"
            names[key] = room.key
