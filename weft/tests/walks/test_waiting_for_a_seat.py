"""A circle is full: whoever comes stands in line, is told the truth, and gets the free seat in the order of asking."""

from weft.conftest import PASSPHRASE
from weft.people.models import Person


def joins(come, circle, name):
    me = come(Person.objects.join(name.lower(), PASSPHRASE), script=False).opens(circle.get_absolute_url())
    me.taps("Come in").writes(name, "What shall we call you here?").chooses("I have read this agreement")
    return me.taps("Come in")


def test_the_line(come, circle, ada, cleo):
    room = circle.get_absolute_url()
    circle.change({"seats": 2})
    heron, kite = joins(come, circle, "Heron"), joins(come, circle, "Kite")
    for name, me in (("Heron", heron), ("Kite", kite)):
        me.reads(f"All seats are taken. You are in line, as {name}.").reads_nothing_of("River", "Tell a story")
    guide = come(cleo, script=False).opens(room).taps("Desk").reads("2 of 2 seats are taken.", "2 people are in line.")
    guide.reads_nothing_of("Heron", "Kite")

    come(ada, script=False).opens(room).taps("Leave this circle quietly").taps("Leave quietly")
    heron.opens(room).reads("You are Heron here.", "Tell a story")
    kite.opens(room).reads("You are in line, as Kite.")
    guide.opens(room).taps("Desk").reads("1 person is in line.")

    kite.taps("I would rather not, after all").taps("Leave quietly").reads("You have left this circle.")
    guide.opens(room).taps("Desk").reads("2 of 2 seats are taken.").reads_nothing_of("in line")
