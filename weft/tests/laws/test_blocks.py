"""A block holds in every channel: whatever the house shows, counts or sends, neither side meets the other in it.

Dee's whole house is walked, from link to link, with River in it and a block between the two. River's name and words
must stand nowhere. The same walk without the block must find them in every channel that is named here: so no channel is
forgotten because nobody looked. A new answer of a section's card (`loom/section.py`) must be sorted below.
"""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.urls import resolve, reverse

from weft.circles.models import Persona
from weft.companions.tests.ways import long_here
from weft.conftest import enter
from weft.loom import ids, jobs, time
from weft.loom.section import Section, sections
from weft.notices.models import Notice
from weft.people.models import Person
from weft.safety.models import Block
from weft.stories.models import Echo, Reply, Story
from weft.wisdom.models import Farewell, Milestone, ThenNow
from weft.wisdom.tests.ways import announce, attempt, give

NAME, WORDS = "Qzriver", "qzwords"
LINK = re.compile(r'(?:href|data-since)="(/[^"#]*)')
NOT_WALKED = re.compile(r"^/(static|leave|stream|demo|language|ease)\b")

# Where the two meet without a block: each view in which the walk must find River then.
CHANNELS = {
    "circles:circle",
    "circles:people",
    "safety:block",
    "safety:report",
    "stories:earlier",
    "stories:replies",
    "stories:story",
    "wisdom:ending",
    "wisdom:everywhere",
    "wisdom:lesson",
    "wisdom:lessons",
    "wisdom:milestones",
    "wisdom:season",
    "wisdom:sheet",
    "wisdom:sources",
    "wisdom:strand",
    "wisdom:then_now",
    "wisdom:trial",
    "wisdom:went_on",
}
# What a card answers, and why the walk would see it, or why it cannot tell of somebody.
ASKED = {
    "for_today": "the walk begins there",
    "for_circle": "walked",
    "for_ended": "of one persona alone; the archive is asked in wisdom/tests/test_ending.py",
    "for_story": "walked",
    "after_story": "walked",
    "with_story": "whether there is something, of one teller alone, whose story is read",
    "along": "of one's own personas alone",
    "fitting": "what it finds is asked in companions/tests/test_fitting.py",
    "for_desk": "walked, by those who guide, from whom nobody is hidden",
    "beside": "of the desk alone, as for_desk",
    "last_heard": "of the desk alone, as for_desk",
    "for_team": "of the safety team alone, whom nobody blocks",
    "for_reply": "walked",
    "for_persona": "walked, from the list of people",
    "for_settings": "walked",
    "for_devices": "of one person's own devices alone",
    "worker": "of the house alone",
    "doors": "on every page; what they say of news is asked below",
    "frame": "on every page",
    "reportable": "asked below",
    "may_hear": "asked below",
    "kept_of": "asked below",
    "notables": "the bell is walked, and asked below",
    "shut_off": "is how it is known who is hidden",
    "lying": "where things lie, not what they say",
    "wrote": "of one persona alone",
    "modules": "of the house alone",
    "for_landing": "of the house alone",
    "spoken": "of one person's language alone",
    "jobs": "done before the walk",
    "outsiders": "of somebody without an account, who has no persona",
    "promised": "of what one person said that they would do; walked, for those who guide",
    "carried_away": "shows nothing",
    "came_in": "shows nothing",
    "keeps_row": "shows nothing",
    "checks": "of the house alone",
    "new_address": "tells one person of their own address",
    "begin": "shows nothing",
    "tidy": "shows nothing",
    "leave": "shows nothing",
    "stays": "of one person's own things alone",
    "gone": "shows nothing",
    "closes": "shows nothing",
    "holds": "shows nothing",
    "forget": "shows nothing",
    "erasures": "shows nothing",
}


class Room:
    """Two people of one circle who have met in every way there is, and one who guides it."""

    def __init__(self, circle: Any, cleo: Persona) -> None:
        self.circle = circle
        self.river = enter(Person.objects.join("river", None), circle, NAME)
        self.dee = enter(Person.objects.join("dee", None), circle, "Dee")
        self.cleo = cleo
        self.said: list[tuple[str, Any]] = []

    def meet(self) -> None:
        """River tells and answers, everywhere that Dee can read; some of it with Dee's own story."""
        hers, theirs = self.tell(self.dee, "Dee's own story."), self.tell(self.cleo, "Cleo's story.")
        told = [self.tell(self.river, f"{WORDS} told {number}") for number in range(12)]
        for story in (hers, theirs):
            self.said.append(("reply", Reply.say(story, f"{WORDS} answered", by=self.river)))
            self.said.append(("reply", Reply.say(story, f"{WORDS} noted", by=self.river, note=True)))
            Echo.give(story, "there", by=self.river)
        self.said += [("story", story) for story in told] + [("person", self.river)]
        given = give(self.river, f"{WORDS} learned", line=NAME, for_house=True)
        give(self.dee, "Dee's own lesson.", into=given.lesson)
        own = give(self.dee, "Dee's other lesson.")
        ThenNow.tie(told[0], words=f"{WORDS} after", by=self.river)
        Milestone.begin(ids.random_id(), f"{WORDS} days", time.today(), by=self.river).show(on=True, by=self.river)
        ending = announce(self.cleo)
        long_here(self.dee)
        thanks = Farewell.say(ids.random_id(), f"{WORDS} thanks", by=self.river)
        if Farewell.may_get_one(self.dee, by=self.river):
            Farewell.say(ids.random_id(), f"{WORDS} thanks only you", by=self.river, to=self.dee)
        self.said += [
            ("farewell", thanks),
            ("strand", given),
            ("trial", attempt(own.lesson, self.river, f"{WORDS} tried")),
        ]
        jobs.run_due(at=time.now() + jobs.GRAIN)  # not as if it were later: what looks again puts itself anew
        Notice.hush("wisdom.ending", about=ending.pk)  # Cleo said so, not River

    def tell(self, persona: Persona, words: str) -> Story:
        story = Story.begin(persona)
        story.write(words, wish="listen", audience="circle", topics=[])
        story.share(by=persona)
        return story


@pytest.fixture
def room(circle, cleo) -> Room:
    return Room(circle, cleo)


def walk(browser: Any, most: int = 250) -> Iterator[tuple[str, str, str]]:
    """Every page that one comes to from link to link: the view, the address, and what stands there."""
    to_do, seen = ["/", "/own/", "/search/"], set()
    while to_do and len(seen) < most:
        address = to_do.pop(0).replace("&amp;", "&")
        if address in seen or NOT_WALKED.search(address):
            continue
        seen.add(address)
        answer = browser.get(address, {"since": "0"} if address.endswith("/replies/") else None)
        if answer.status_code in (301, 302):
            to_do.append(answer["Location"])
        if answer.status_code != 200 or not answer["Content-Type"].startswith("text/html"):
            continue
        page = answer.content.decode()
        to_do += LINK.findall(page)
        yield resolve(address.partition("?")[0]).view_name, address, page


def meetings(room: Room, browser: Any) -> set[str]:
    """The channels in which Dee meets River: by the walk, and by asking each card."""
    found = {view for view, _address, page in walk(browser) if NAME in page or WORDS in page}
    dee = Persona.objects.get(pk=room.dee.pk)
    person = Person.objects.get(pk=room.dee.person.pk)
    for section in sections():
        for kind, thing in room.said:
            if section.reportable(kind, thing.pk, dee):
                found.add(f"{section.label} reportable {kind}")
            if kind == "story" and section.may_hear(dee.pk, f"story:{thing.pk}"):
                found.add(f"{section.label} may_hear")
        if NAME in str(section.kept_of(person)) or WORDS in str(section.kept_of(person)):
            found.add(f"{section.label} kept_of")
    for view in ("block", "ask"):
        address = reverse(f"safety:{view}", kwargs={"key": room.river.pk})
        if NAME in browser.get(address).content.decode():
            found.add(f"safety:{view}")
    shown = [notice for notice in Notice.objects.filter(persona=dee) if notice.is_shown]
    found |= {f"notice {notice.what}" for notice in shown}
    return found


ASKED_CHANNELS = {
    "stories reportable story",
    "stories reportable reply",
    "safety reportable person",
    "wisdom reportable strand",
    "wisdom reportable trial",
    "wisdom reportable farewell",
    "notice wisdom.farewell",
    "notice wisdom.tried",
    "stories may_hear",
    "notice stories.reply",
    "notice stories.note",
}


def test_a_block_holds_in_every_channel(room, sign_in):
    Block.begin(room.dee, by=room.river)
    room.meet()
    assert meetings(room, sign_in(room.dee)) == set()


def test_a_block_that_comes_later_holds_for_what_was_said_before(room, sign_in):
    room.meet()
    Block.begin(room.dee, by=room.river)
    told_before = {
        "notice stories.reply",
        "notice stories.note",
        "notice wisdom.tried",
        "notice wisdom.farewell",
    }  # Dee had read of it; it names nobody
    assert meetings(room, sign_in(room.dee)) - told_before == set()


def test_whoever_asked_for_it_meets_the_other_only_where_it_is_taken_back(room, sign_in):
    room.meet()
    Block.begin(room.river, by=room.dee)
    browser = sign_in(room.dee)
    found = {view for view, _address, page in walk(browser) if NAME in page or WORDS in page}
    assert found == {"people:settings", "safety:block"}


def test_control_without_a_block_the_two_meet_in_every_channel(room, sign_in):
    room.meet()
    found = meetings(room, sign_in(room.dee))
    assert (CHANNELS | ASKED_CHANNELS) - found == set()


def test_no_answer_of_a_card_is_left_out():
    answers = {name for name, verb in vars(Section).items() if callable(verb) and not name.startswith("_")}
    assert answers == set(ASKED)


def test_the_numbers_are_those_of_a_house_without_the_other(room, sign_in):
    """The circle's pages say what they say when River has left, and what is new is what Dee can read."""
    room.meet()
    browser = sign_in(room.dee)
    addresses = ["/", room.circle.get_absolute_url(), reverse("circles:people", kwargs={"key": room.circle.pk})]

    def pages() -> list[list[str]]:
        Persona.objects.filter(pk=room.dee.pk).update(read_to=1)
        found = [browser.get(address).content.decode().splitlines() for address in addresses]
        return [[line.strip() for line in page if "csrf" not in line and "/bell/" not in line] for page in found]

    met = pages()
    assert "13 new stories since you last looked." in " ".join(met[0])
    Block.begin(room.dee, by=room.river)
    blocked = pages()
    assert "1 new story since you last looked." in " ".join(blocked[0])
    Block.end(room.dee, by=room.river)
    room.river.leave(by=room.river.person, words="erase")
    assert blocked[1:] == pages()[1:]
