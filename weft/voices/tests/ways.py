"""How a test comes to a voice that the world may read."""

from weft.loom import ids
from weft.people.models import Person
from weft.voices.models import Comment, Use, Voice

WORDS = "The kettle was on, and I did not know for whom."


def make_voice(teller: Person, reader: Person | None = None, words: str = WORDS) -> Voice:
    """A voice of this person; with a *reader*, one that was read and published, with every yes."""
    voice = Voice.begin(ids.random_id(), teller)
    assert voice
    voice.write("Marigold", words, may_be_found=False, by=teller)
    for use in Use.values:
        voice.consent(use, on=True, by=teller)
    voice.offer(by=teller)
    if reader:
        voice.refresh_from_db()
        assert voice.answer(voice.digest, yes=True, marks=[], note="", by=reader)
        voice.refresh_from_db()
        assert voice.publish(by=teller)
    return voice


def make_comment(voice: Voice, reader: Person | None = None, words: str = "I read this on the bus.") -> Comment:
    """A comment that waits; with a *reader*, one that stands."""
    comment = Comment.leave(ids.random_id(), voice, "Bea", words, email="bea@example.org", tell=True)
    assert comment
    if reader:
        assert comment.publish(comment.digest, by=reader)
        comment.refresh_from_db()
    return comment
