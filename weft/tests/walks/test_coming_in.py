"""M4. Somebody joins with a name of their own, without e-mail or phone, and is shown a recovery code once; nobody sees
their other circles. M5. They read the agreement, say yes to it, decline what may be declined, and are in."""

import re

from weft.circles.models import Acceptance, Persona
from weft.conftest import PASSPHRASE
from weft.people.models import Person


def joins_the_house(me, name="night bus"):
    """The three pages, from the door of wherever one was going."""
    me.taps("I am new here").reads("Page 1 of 3", "You need no e-mail, no phone and no real name.")
    me.taps("Go on").reads("Page 2 of 3")
    asked = {box.get_attribute("name") for box in me.page.locator("main form input:visible").all()}
    assert asked == {"name", "passphrase"}
    me.writes(name, "sign-in name").writes(PASSPHRASE, "passphrase")
    return me.taps("Join with this passphrase").reads("Page 3 of 3", "Your recovery code")


def test_a_chosen_name_and_a_code_and_in(come, circle, script):
    me = come(script=script).opens("/circles/").taps("Evening Circle").taps("Come in")
    joins_the_house(me)
    code = me.page.locator(".code").inner_text()
    assert re.fullmatch(r"[a-z0-9-]{20,}", code)
    me.chooses("I have printed it or written it down").taps("Go on")
    me.reads("Join Evening Circle").writes("Heron", "What shall we call you here?")
    me.chooses("I have read this agreement, and I say yes to it.").taps("Come in").reads("You are Heron here.")
    assert code not in me.opens("/join/code/").page.content()
    for _step in range(4):
        me.page.go_back()
        assert code not in me.page.content()
    joined = Person.objects.named("night bus")
    assert not joined.email
    assert joined.recovery_tag


def test_nobody_sees_the_other_circles(come, circle, house, ada):
    me = come(script=False).opens("/door/")
    joins_the_house(me).chooses("I have printed it or written it down").taps("Go on")
    for room, name in ((circle, "Heron"), (house.commons, "Kite")):
        me.opens(room.get_absolute_url()).taps("Come in").writes(name, "What shall we call you here?")
        me.chooses("I have read this agreement").taps("Come in").reads(f"You are {name} here.")
        me.taps("Tell a story").writes(f"A line by {name}.", "What would you like to say?")
        me.taps("Read it through").taps("Share it with")
    me.opens("/").reads("You are Heron there.", "You are Kite there.")
    other = come(ada, script=False).opens(circle.get_absolute_url()).reads("Heron", "A line by Heron.")
    other.reads_nothing_of("Kite", "night bus").taps("A line by Heron.").reads_nothing_of("Kite", "night bus")
    other.opens(circle.get_absolute_url()).taps("People").reads("Heron").reads_nothing_of("Kite", "night bus")


def test_the_agreement_is_short_and_a_clause_may_be_declined(come, circle, mallory, script):
    me = come(mallory, script=script).opens(circle.get_absolute_url()).taps("Come in")
    agreement = me.page.locator("section[aria-labelledby=agreement]").inner_text()
    assert "What is said here stays here." in agreement
    assert len(agreement.split()) <= 200
    me.reads("You may quote me in research.", "You may tick this, or leave it. Both are fine.")
    assert not me.page.get_by_label("You may quote me in research.").is_checked()
    me.writes("Heron", "What shall we call you here?").chooses("I have read this agreement").taps("Come in")
    me.reads("You are Heron here.")
    yes = Acceptance.objects.get(persona=Persona.objects.owned(mallory, circle.pk).get())
    assert (yes.agreement.version, yes.declined) == (1, [0])


def test_without_a_yes_nobody_comes_in_and_nothing_is_lost(come, circle, mallory, script):
    me = come(mallory, script=script).opens(circle.get_absolute_url()).taps("Come in")
    me.page.locator("form").first.evaluate("form => form.noValidate = true")
    me.writes("Heron", "What shall we call you here?").taps("Come in")
    me.reads("To come in, please say yes to the agreement.")
    assert me.page.get_by_label("What shall we call you here?").input_value() == "Heron"


def test_a_new_version_is_asked_before_the_next_words(come, circle, ada, cleo):
    guide = come(cleo, script=False).opens(circle.get_absolute_url()).taps("Desk")
    guide.taps("The agreement", within="aside")
    guide.writes("- What is said here stays here.\n- No advice unless it is asked for.", "The agreement")
    guide.taps("Publish").reads("This is the agreement now.")
    me = come(ada, script=False).opens(circle.get_absolute_url()).taps("Tell a story")
    me.writes("Words that must not be lost.", "What would you like to say?").taps("Read it through")
    me.reads("The agreement of this circle has changed.", "Words that must not be lost.").taps("Read the agreement")
    me.reads("No advice unless it is asked for.").chooses("I have read this agreement").taps("I say yes")
    me.reads("Words that must not be lost.").taps("Share it with").reads("It is told.")
    yes = Acceptance.objects.filter(persona=ada).order_by("agreement__version")
    assert [accepted.agreement.version for accepted in yes] == [1, 2]
