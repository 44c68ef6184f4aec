"""Somebody marks a day for themselves, stops, and comes back: nothing is taken away, and only then do others see it."""

from datetime import timedelta

from weft.loom import time


def day(ago: int) -> str:
    return (time.today() - timedelta(days=ago)).isoformat()


def test_coming_back_is_the_event(come, ada, cleo, circle, script):
    lessons = f"{circle.get_absolute_url()}lessons/"
    me = come(ada, script=script).opens(lessons).taps("Days worth marking")
    me.reads("Nobody sees it unless you show it, and nothing reminds you of it.")
    me.writes("Without a drink", "What is it?").writes(day(130), "Since which day?").taps("Mark it, for me")
    me.reads("Marked. Only you can see it.", "130")
    me.writes(day(30), "It stopped on").taps("Write it down").reads("It rests. You can come back on any day.", "100")
    me.writes(day(20), "I came back on").taps("I am back")
    me.reads("You came back. All the days before are still yours.", "120", "100", "20")

    other = come(cleo, script=script).opens(lessons).taps("Days worth marking").reads_nothing_of("Without a drink")
    me.taps("Show it to the 2 people here").reads("Your circle sees it.")
    other.opens(other.page.url).reads("Without a drink", "120 days in all.")
    other.opens(lessons).taps("Our season in words").reads("River came back: Without a drink. We are glad.")
    me.taps("Show it to nobody")
    other.opens(other.page.url).reads_nothing_of("Without a drink")
