"""H8. After a hard hour: three questions, one who is there, a rest, and an hour that goes on without a word of why."""

from datetime import timedelta

from weft.circles.models import Persona
from weft.conftest import PASSPHRASE, enter
from weft.gatherings.tests.guides import make_hour
from weft.gatherings.tests.planned import make_series
from weft.loom import jobs, time
from weft.people.models import Person

HOW = "It was a lot. I am worn out."


def test_a_host_says_how_it_was_rests_and_another_takes_the_hour(come, circle, ada, cleo, script):
    imke = enter(Person.objects.join("imke", PASSPHRASE), circle, "Imke", role=Persona.Role.FACILITATOR)
    over = make_hour(circle, cleo, name="Last night")
    over.starts, over.phase = time.now() - timedelta(hours=3), "ended"
    over.save()
    series = make_series(cleo, rule="")
    host = come(cleo, script=script).opens("/").taps("Your desk").taps("Three questions for you, if you like")
    host.reads("Three questions for you", "Last night").writes(HOW, "How was it for you?")
    host.chooses("Imke, who guides too").taps("Save").reads("Imke can read it now, and nobody else.")
    jobs.run_due()

    other = come(imke, script=script).opens("/").reads("Who would be glad of you")
    other.taps("Somebody who guides with you").reads("Cleo would be glad of you", HOW)
    other.taps("I am there for you").reads("Cleo is told that you are there.")
    jobs.run_due()
    host.opens("/bell/").taps("Somebody who guides with you is there for you.").reads("Imke is there for you.")

    host.taps("I would like to rest for a while").reads("In the next two weeks that would be:", "Our hour")
    host.taps("I rest").reads("You rest until").reads_nothing_of("In the next two weeks")
    jobs.run_due()
    other.opens("/bell/").taps("Somebody would be glad if another guided a gathering. No reason is needed.")
    other.reads("Our hour", "Nobody yet").reads_nothing_of("worn out", "rests", "until")
    other.taps("I can guide it").reads("Thank you. You guide it now.")
    host.opens(series.next.get_absolute_url()).reads("Imke")
    come(ada, script=script).opens(series.next.get_absolute_url()).reads("Imke").reads_nothing_of("Cleo", "worn out")
    host.opens(circle.get_absolute_url()).taps("Desk").reads("You rest until").taps("I am back, or rest for longer")
    host.taps("I am back").reads("Good to have you back.")
