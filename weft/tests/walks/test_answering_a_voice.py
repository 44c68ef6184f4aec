"""A stranger answers a voice without an account, and takes the answer back; its teller takes back all."""

from weft.voices import commenting
from weft.voices.models import Comment
from weft.voices.tests.ways import make_voice

WORDS = "I read this on the bus and missed my stop."


def test_from_a_voice_to_a_strangers_comment_and_back_to_silence(walk, come, script, ada, reader, monkeypatch):
    walk.expect("410 (Gone)")
    monkeypatch.setattr(commenting, "SOON", 0.0)  # the hands of a test are quicker than any reader's
    voice = make_voice(ada.person, reader)
    world = come(script=script).opens("/voices/").taps("Marigold")
    world.reads("Your email address will not be published. Required fields are marked *")
    world.writes("Bea", "Name *").writes("bea@example.org", "Email *").writes(WORDS, "Comment *")
    world.taps("Leave the comment")
    world.reads("Read it once more", WORDS)
    if script:
        world.page.locator("form[data-done]").wait_for()
    world.taps("Send it to be read").reads("A person here reads it before others do.", "Please keep the address")
    own = world.page.url
    assert Comment.objects.get().said["proven"] is script

    noor = come(reader, script=script).opens("/voices/reading/").taps("Comments from outside wait too")
    noor.reads(WORDS).reads_nothing_of("bea@example.org").taps("Let it stand").reads("It stands on the page now.")
    other = come(script=script).opens(voice.get_absolute_url())
    other.reads("What people answered", "Bea", WORDS).reads_nothing_of("bea@example.org")

    world.opens(own).reads("It stands on the page.").writes("I missed two stops.", "Comment").taps("Save the change")
    other.opens(voice.get_absolute_url()).reads_nothing_of(WORDS, "two stops")
    noor.opens("/voices/reading/comments/").taps("Let it stand")
    other.opens(voice.get_absolute_url()).reads("two stops")

    me = come(ada, script=script).opens("/voices/mine/").taps("Marigold").reads("two stops").taps("Take it back")
    other.opens(voice.get_absolute_url()).reads("There is nothing here").reads_nothing_of("two stops", "Marigold")
    me.reads("It is taken back.")
    world.opens(own).reads("are not public now").taps("Erase it for ever").reads("There is nothing here")
    assert not Comment.objects.exists()
