"""A slip in a file is said by its file, its story, and what is wrong; a file without one is read."""

import pytest

from weft.home.demo.reading import Slips, rooms

pytestmark = pytest.mark.once

FILE = """
key = "room"
kind = "commons"
name = "The Room"
about = "For everybody."
door = "request"
questions = ["Why?"]
size = 9
meets = "Mondays"
promise_hours = 24
members_hidden = false
words = ["room"]
greeting = "Hello {name}."

[agreement]
text = "- What is said here stays here."
[[agreement.clause]]
text = "You may ask me."

[[persona]]
person = "p01"
name = "Ada"
role = "facilitator"
since = 90
[[persona]]
person = "p02"
name = "Ben"
role = "member"
since = 20
[[persona]]
person = "p03"
name = "Cy"
role = "observer"
since = 90

[[story]]
teller = "Ben"
days_ago = 10
at = "21:40"
wish = "listen"
topics = ["loss", "twin"]
audience = "circle"
echoes = [["Ada", "with"]]
text = "One line."
[[story.reply]]
by = "Ada"
hours_after = 2.5
text = "I was there."
[[story.reply]]
by = "Ada"
hours_after = 3
note = true
text = "If you want it."
"""

SLIPS = {
    "a kind that there is not": ('kind = "commons"', 'kind = "club"', "there is no kind “club”"),
    "a door": ('door = "request"', 'door = "ajar"', "there is no door “ajar”"),
    "questions at an open door": ('door = "request"', 'door = "open"', "only where people ask to join"),
    "too few seats": ("size = 9", "size = 2", "3 people sit on 2 seats"),
    "a missing name": ('meets = "Mondays"\n', "", "“meets” is missing"),
    "an unknown name": ("size = 9", "size = 9\nbanner = 1", "nothing here is called “banner”"),
    "a wrong shape": ("size = 9", 'size = "nine"', "“size” is not of its kind"),
    "another key": ('key = "room"', 'key = "hall"', "the file is called “room”"),
    "an agreement nobody reads": ("stays here.", "stays here. " + "and " * 200, "people read 200"),
    "one name twice": ('name = "Ben"', 'name = "ada"', "the name “ada” is there twice"),
    "one person twice": ('person = "p02"', 'person = "p01"', "the person “p01” is there twice"),
    "a role": ('role = "member"', 'role = "king"', "“king”"),
    "nobody guides": ('role = "facilitator"', 'role = "member"', "nobody guides"),
    "an unknown teller": ('teller = "Ben"', 'teller = "Dot"', "nobody here is called “Dot”"),
    "a teller who came later": ("days_ago = 10", "days_ago = 30", "Ben joined 20 days ago"),
    "an observer who tells": ('teller = "Ben"', 'teller = "Cy"', "Cy is an observer"),
    "no time of day": ('at = "21:40"', 'at = "late"', "“late” is no time of day"),
    "no words": ('text = "One line."', 'text = " "', "it has no words"),
    "a wish": ('wish = "listen"', 'wish = "fix"', "there is no wish “fix”"),
    "an audience": ('audience = "circle"', 'audience = "world"', "there is no audience “world”"),
    "two topics of one's own": ('["loss", "twin"]', '["loss", "twin", "sea"]', "one in one's own words"),
    "an echo": ('["Ada", "with"]', '["Ada", "hug"]', "this is no echo"),
    "an echo by nobody": ('["Ada", "with"]', '["Dot", "with"]', "an echo by “Dot”"),
    "an echo to oneself": ('["Ada", "with"]', '["Ben", "with"]', "an echo by “Ben”"),
    "a reply by nobody": ('by = "Ada"\nhours_after = 2.5', 'by = "Dot"\nhours_after = 2.5', "reply 1 (Dot)"),
    "a reply by an observer": ('by = "Ada"\nhours_after = 2.5', 'by = "Cy"\nhours_after = 2.5', "an observer does not"),
    "replies out of order": ("hours_after = 3\n", "hours_after = 1\n", "it stands after a later one"),
    "a reply before its story": ("hours_after = 2.5", "hours_after = -1", "it is older than its story"),
    "a reply before its author came": ("since = 90", "since = 5", "they joined 5 days ago"),
    "a note where ideas are welcome": ('wish = "listen"', 'wish = "ideas"', "notes are for “listen”"),
    "a note to oneself": ('by = "Ada"\nhours_after = 3', 'by = "Ben"\nhours_after = 3', "a note to themself"),
    "no TOML": ("[agreement]", "[agreement", "room.toml"),
}  # fmt: skip


@pytest.fixture
def room(tmp_path):
    def written(text, name="room"):
        (tmp_path / f"{name}.toml").write_text(text, encoding="utf-8")
        return rooms(tmp_path)

    return written


def test_a_file_without_a_slip_is_read(room):
    (found,) = room(FILE)
    assert [someone.name for someone in found.personas] == ["Ada", "Ben", "Cy"]
    assert found.clauses == ["You may ask me."]
    assert [answer.note for answer in found.stories[0].reply] == [False, True]


@pytest.mark.parametrize("slip", SLIPS.values(), ids=SLIPS.keys())
def test_a_slip_is_said_with_its_place(room, slip):
    right, wrong, said = slip
    assert right in FILE
    with pytest.raises(Slips, match=r"room\.toml") as found:
        room(FILE.replace(right, wrong, 1))
    assert said in str(found.value)


def test_a_slip_in_a_story_names_the_story(room):
    with pytest.raises(Slips, match=r"room\.toml, story 1 \(Ben, 10 days ago\)"):
        room(FILE.replace('wish = "listen"', 'wish = "fix"'))


def test_one_person_has_another_name_in_another_circle(room):
    room(FILE)
    other = FILE.replace('key = "room"', 'key = "den"').replace('kind = "commons"', 'kind = "peer"')
    with pytest.raises(Slips, match=r"p01 is “Ada” in den\.toml as well"):
        room(other, "den")


def test_one_circle_is_the_commons(room):
    with pytest.raises(Slips, match="one circle, and only one"):
        room(FILE.replace('kind = "commons"', 'kind = "peer"'))
