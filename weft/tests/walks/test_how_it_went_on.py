"""A teller ties an old story to what came after; whoever reads the one is led to the other, until it is untied."""

from weft.tests.walks.conftest import tell


def test_from_then_to_now_and_back(come, ada, cleo, script):
    then, now = tell(ada, "I cannot open the letters."), tell(ada, "I open them on Fridays, with the radio on.")
    other = come(cleo, script=script).opens(then.get_absolute_url()).reads_nothing_of("How it went on")
    me = come(ada, script=script).opens(then.get_absolute_url()).taps("Does something here help the next?")
    me.taps("Tie it to what came after").reads("It need not have gone well.").taps("Tie them together")
    me.reads("one of the two").page.get_by_label("A later story of yours").select_option(index=1)
    me.taps("Tie them together").reads("I cannot open the letters.", "I open them on Fridays")

    other.opens(then.get_absolute_url()).taps("How it went on").reads("Then", "Now", "I cannot open the letters.")
    other.taps("I open them on Fridays").taps("What came before").taps("Back to the story").reads("with the radio on")
    other.taps("What came before").taps("How it went on for others").reads("Then and now", "I cannot open the letters.")

    me.opens(then.get_absolute_url()).taps("Does something here help the next?").taps("Tie it to what came after")
    me.taps("Untie them")
    other.opens(now.get_absolute_url()).reads_nothing_of("What came before")
    other.opens(then.get_absolute_url()).reads_nothing_of("How it went on")
