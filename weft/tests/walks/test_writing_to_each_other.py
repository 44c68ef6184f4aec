"""Somebody asks another to be a companion; they write, and it ends quietly."""

import pytest

from weft.companions.tests.ways import long_here
from weft.conftest import enter
from weft.people.models import Person


@pytest.fixture
def dee(circle):
    dee = enter(Person.objects.join("dee", None), circle, "Dee")
    long_here(dee)
    return dee


def test_from_a_question_to_a_quiet_end(come, script, circle, ada, dee):
    her = come(dee, script=script).opens(circle.get_absolute_url()).taps("Companions")
    her.reads("You have no companion here yet.").taps("I am open to be asked").reads("Not any more")

    me = come(ada, script=script).opens(circle.get_absolute_url()).taps("People")
    me.page.locator("li", has_text="Dee").locator("summary").click()
    me.taps("Ask to be companions").writes("You wrote about the night bus.", "A few words to them").taps("Ask them")
    me.reads("Dee", "has your question")

    her.opens(circle.get_absolute_url()).taps("Companions").taps("River").reads("You wrote about the night bus.")
    her.taps("Yes, I would like that").writes("The 3.40, yes.", "Your letter").taps("Send the letter")

    me.opens(circle.get_absolute_url()).taps("Companions").taps("Dee").reads("The 3.40, yes.")
    me.taps("End it quietly").reads("Nobody is told.", "You have no companion here yet.")

    her.opens(circle.get_absolute_url()).taps("Companions").reads("has put your letters away").taps("River")
    her.reads("No letters go to and fro any more.").taps("Put them away").reads("You have no companion here yet.")
