"""Something worries somebody: two taps tell the safety team, a person answers, and it never reaches whom it is about.
And one may simply not see somebody any more: silently, on both sides."""

import pytest

from weft.circles.models import Persona
from weft.conftest import PASSPHRASE, enter
from weft.people.models import Duty, Person
from weft.stories.models import Reply
from weft.tests.crawl import crawl
from weft.tests.walks.conftest import tell

WORDS = "Send me your address and I will come over."


@pytest.fixture
def dee(circle) -> Persona:
    return enter(Person.objects.join("dee", PASSPHRASE), circle, "Dee")


def test_two_taps_and_a_person_answers(come, ada, dee, noor, script):
    story = tell(dee, WORDS)
    me = come(ada, script=script).opens(story.get_absolute_url())
    me.taps("This worries me").reads("Whoever this is about never sees it", "A person answers by")
    me.taps("Tell the safety team").reads("Thank you for telling us. We will not tell them that it was you.")
    me.reads("Noor and Sam", "A person answers")
    come(dee, script=False).opens("/").reads_nothing_of("Safety desk", "safety team told")

    team = come(noor, script=script).opens("/").reads("1 thing waits.").taps("Safety desk", within="main")
    team.reads("A story", "Evening Circle", "Promised").reads_nothing_of(WORDS)
    team.taps("A story").unfolds("What it says, as it was then").reads(WORDS, "by Dee", "Told by River", "Opened by:")
    team.taps("I have this").writes("I have written to Dee.", "Write back").taps("Send it")
    me.opens("/").reads("A person read what you told us", "I have written to Dee.").taps("Put it away")
    me.reads_nothing_of("I have written to Dee.")
    team.unfolds("Close it").page.locator("main details form").evaluate("form => { form.noValidate = true }")
    team.taps("Close it", within="main details form").reads("Nothing is closed without a reason.")
    team.writes("Dee took it back.", "Why can this be closed?").taps("Close it", within="main details form")
    team.reads("Closed.", "Nothing waits.")


def test_a_reply_and_a_person_can_be_told_about_too(come, ada, dee, cleo, noor):
    story = tell(ada, "It is a long night.")
    Reply.say(story, WORDS, by=dee)
    me = come(ada, script=False).opens(story.get_absolute_url())
    me.taps("This worries me", within="article.reply").taps("Tell the safety team").reads("Thank you for telling us.")
    me.opens(story.circle.get_absolute_url()).taps("People")
    row = me.page.locator("li", has_text="Cleo")
    row.locator("summary").click()
    row.get_by_role("link", name="This worries me").click()
    me.reads("Cleo").taps("Tell the safety team").reads("Thank you for telling us.")
    come(noor, script=False).opens("/safety/").reads("An answer", "A person")


def test_a_facilitator_on_the_team_never_meets_what_is_about_them(come, walk, ada, cleo, noor):
    Duty.objects.create(person=cleo.person, kind=Duty.Kind.SAFETY, known_as="Kim")
    story = tell(cleo, WORDS)
    me = come(ada, script=False).opens(story.get_absolute_url()).taps("This worries me")
    me.writes("She frightens me.", "Anything else we should know?").taps("Tell the safety team")
    seen = come(noor, script=False).opens("/safety/").taps("A story").reads("She frightens me.").page.url
    kim = come(cleo, script=False)
    for page in crawl(kim.page, walk.address, most=2):
        kim.reads_nothing_of("She frightens me.", "1 thing waits", "Told by River")
        assert page.status == 200
    kim.opens("/safety/").reads("Nothing waits.")
    walk.expect("404")
    assert kim.page.goto(seen).status == 404
    kim.reads("There is nothing here")


def test_not_seeing_somebody_any_more(come, ada, dee, script):
    theirs, mine = tell(dee, WORDS), tell(ada, "A quiet day.")
    room = mine.circle.get_absolute_url()
    other = come(dee, script=script).opens(room).reads("A quiet day.")
    me = come(ada, script=script).opens(room).reads(WORDS).taps("People")
    row = me.page.locator("li", has_text="Dee")
    row.locator("summary").click()
    row.get_by_role("link", name="Not see each other").click()
    me.reads("Not see Dee any more?", "Nobody is told").taps("Do not see each other").reads("Done.")
    me.reads_nothing_of(WORDS).taps("People").reads_nothing_of("Dee")
    other.opens(room).reads_nothing_of("A quiet day.").taps("People").reads_nothing_of("River")
    other.opens("/").reads_nothing_of("River")
    me.opens("/settings/").reads("People you do not see", "Dee").taps("Change Dee").taps("See each other again")
    me.opens(theirs.get_absolute_url()).reads(WORDS)
    other.opens(mine.get_absolute_url()).reads("A quiet day.")
