"""On a phone: a care circle in three questions, a supper that is asked for, and a neighbour who cooks it."""

import re
from datetime import timedelta

from weft.conftest import PASSPHRASE
from weft.loom import time
from weft.people.models import Person

WORDS = "Tess here, from number 12. Could you cook once?"


def test_from_a_care_circle_to_a_covered_slot(come, house):
    tess = come(Person.objects.join("tess", PASSPHRASE), script=False).opens("/circles/new/")
    tess.taps("Ask for help, for somebody or for yourself")
    tess.writes("Rosa", "Who is it for?").writes("Tess", "What shall they call you there?")
    tess.chooses("Whoever it is for. They get a seat of their own").taps("Open it")
    tess.reads("Around Rosa", "It stands.", "Nothing is asked for at the moment.")

    tess.taps("Address, gifts, clock, and news").writes("14 Weir Lane", "Address").writes("2580", "Code of the door")
    tess.taps("Save", within="main").taps("A meal")
    tomorrow = (time.today() + timedelta(days=2)).isoformat()
    tess.writes(tomorrow, "The first day").writes("17:00", "From when?").writes("18:00", "Until when?")
    tess.writes("nuts", "What must not be in it?").taps("Ask for it").taps("What is needed")
    tess.reads("A meal", "Nobody has it yet.")

    tess.taps("Ask people who have no account").writes(WORDS, "A line of your own").taps("Write the invitation")
    link = re.search(r"https?://\S+?(/list/[\w-]+/)", tess.text)[1]

    tom = come(None, script=False).opens(link).reads("Tess asks whether you could lend a hand", WORDS)
    tom.reads_nothing_of("Rosa", "14 Weir Lane").writes("Old Tom", "What shall we call you?").taps("See what is free")
    tom.reads("Hello Old Tom", "A meal").taps("I can do this").reads("It is yours.", "nuts")
    tom.writes("Lasagne", "What do you bring?").taps("Save", within="main").reads("Lasagne")
    assert not tom.page.context.cookies()

    tess.opens("/").taps("Around Rosa").taps("What is needed").reads("Old Tom has it.", "Lasagne")
    tess.reads_nothing_of("Nobody has it yet.")

    leo = come(Person.objects.join("leo", PASSPHRASE), script=False)
    tess.taps("Invite somebody into the circle").taps("Write it")
    leo.opens(re.search(r"https?://\S+?(/invitations/[\w-]+/)", tess.text)[1])
    leo.writes("Leo", "What shall we call you here?").chooses("I have read this agreement").taps("Come in")
    leo.taps("See what is needed, and who has it").reads("Old Tom has it.").reads_nothing_of("14 Weir Lane", "2580")

    tom.taps("I cannot after all").reads("It is free again.")
    leo.opens(leo.page.url).reads("Nobody has it yet.").taps("I can do this").reads("You have it.")
