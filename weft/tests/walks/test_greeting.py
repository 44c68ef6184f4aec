"""H7. A host greets somebody who is new, in prepared words that they change; only the two of them read it."""

import pytest

from weft.circles.models import Persona
from weft.conftest import PASSPHRASE, enter
from weft.people.models import Person


@pytest.fixture
def heron(circle) -> Persona:
    circle.change({"greeting": "Welcome, {name}. You need not write anything."})
    return enter(Person.objects.join("heron", PASSPHRASE), circle, "Heron")


def test_greeting_and_being_greeted(come, heron, ada, cleo, script):
    room = heron.circle.get_absolute_url()
    host = come(cleo, script=script).opens("/").reads("Who is new").opens(room).reads("Who is new", "Heron")
    host.page.locator("li", has_text="Heron").get_by_role("link", name="Greet").click()
    host.reads("Greet Heron", "Only Heron reads them.")
    assert host.page.get_by_label("Your words").input_value() == "Welcome, Heron. You need not write anything."
    host.writes("Welcome, Heron. The lamp is on.", "Your words").taps("Send the greeting")
    host.reads("Your greeting is waiting for Heron.")
    assert "Heron" not in host.page.locator("section[aria-labelledby=new]").all_inner_texts()

    me = come(heron, script=script).opens(room).reads("Cleo greets you", "Welcome, Heron. The lamp is on.")
    come(ada, script=script).opens(room).reads_nothing_of("The lamp is on.", "greets you")
    me.writes("Thank you. I will read for a while.", "A line back").taps("Put it away")
    me.reads_nothing_of("The lamp is on.")
    host.opens(room).reads("Heron wrote back to your greeting:", "I will read for a while.").taps("Put it away")
    host.reads_nothing_of("I will read for a while.")


def test_whoever_came_second_finds_it_done(come, heron, cleo, circle):
    second = enter(Person.objects.join("joss", PASSPHRASE), circle, "Joss", role=Persona.Role.FACILITATOR)
    both = []
    for who in (cleo, second):
        host = come(who, script=False).opens(circle.get_absolute_url())
        host.page.locator("li", has_text="Heron").get_by_role("link", name="Greet").click()
        both.append(host)
    both[0].taps("Send the greeting").reads("Your greeting is waiting for Heron.")
    both[1].writes("Hello from Joss.", "Your words").taps("Send the greeting")
    me = come(heron, script=False).opens(circle.get_absolute_url()).reads("Cleo greets you")
    me.reads_nothing_of("Hello from Joss.")
