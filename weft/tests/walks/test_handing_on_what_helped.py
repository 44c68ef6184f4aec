"""H10. A host asks whether words of an answer may help others; they stand only after a yes to the text and the name.

And then it helps: somebody finds it, keeps it, tries it, and says that it did not help. By one tap it is gone again.
"""

import pytest

from weft.conftest import enter
from weft.loom import jobs, time
from weft.people.models import Person
from weft.stories.models import Reply
from weft.wisdom.models import Strand
from weft.wisdom.tests.ways import let_rest, tell

ANSWER = "I was there too.\n\nI put the kettle on before I opened the letter. Then I opened it."
LIFTED = "I put the kettle on before I opened the letter."


@pytest.fixture
def answered(ada, cleo):
    """Ada, who has been here for long, has answered Cleo's story."""
    for persona in (ada, cleo):
        persona.since = time.today().replace(year=time.today().year - 1)
        persona.save()
    story = tell(cleo, "There is a letter on the mat.", topics=())
    let_rest(Reply.say(story, ANSWER, by=ada))
    return story


def test_from_an_answer_to_what_somebody_tried(come, answered, ada, cleo, circle, script):
    host = come(cleo, script=script).opens(answered.get_absolute_url())
    host.taps("Does something here help the next?").taps("Ask whether it may help others")
    host.reads("They are not told that it was you.")
    host.writes("You should be braver.", "Which of these words might help somebody?").taps("Ask", within="main")
    host.reads("Some of these words do not stand there so.")
    host.writes(LIFTED, "Which of these words might help somebody?").taps("Ask", within="main").reads("Asked.")
    jobs.run_due(at=time.now() + jobs.GRAIN)

    me = come(ada, script=script).opens("/").reads("May words of yours help others?").taps("Read what is asked")
    me.reads(LIFTED, "without a name").reads_nothing_of("I was there too.", "Cleo")
    me.taps("Change it").writes("First the kettle", "What helped, in a line").writes("Marigold", "The name below it")
    me.taps("See it as others would").reads("First the kettle", "Marigold")

    dee = enter(Person.objects.join("dee", None), circle, "Dee")
    other = come(dee, script=script).opens(circle.get_absolute_url()).taps("Lessons", within="main")
    other.reads("No lessons here yet.")
    me.taps("Yes, so it may stand").reads("It stands.")
    other.opens(other.page.url).writes("kettles", "Look for words").taps("Look").taps("First the kettle")
    other.reads(LIFTED, "Marigold", "Nobody has said so yet.").taps("Keep it for me").reads("Kept for you.")
    other.taps("I tried this").chooses("It did not help me").writes("It went cold.", "What happened?").taps("Say it")
    other.reads("Thank you.", "It did not help me", "It went cold.")

    me.taps("What I gave").taps("First the kettle").taps("Take it back").reads("It is gone, everywhere.")
    other.opens("/lessons/kept/").reads("Nothing yet.").reads_nothing_of("First the kettle", "Marigold")
    assert Strand.objects.get().text == ""
