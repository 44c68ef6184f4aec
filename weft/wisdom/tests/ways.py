"""How a test comes to a lesson that others may read."""

from datetime import timedelta
from typing import Any

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from weft.circles.models import Persona
from weft.loom import ids, time
from weft.stories.models import Reply, Story
from weft.wisdom.given import digest_of, key_of
from weft.wisdom.models import Ending, Lesson, Parting, Strand, Trial
from weft.wisdom.models.lesson import RESTS

WHY = "Cleo moves away in spring. The Tuesday room next door is glad of whoever comes."
WORDS = "I put the kettle on before I opened the letter. It was a small thing, and it was mine."


def tell(persona: Persona, words: str = WORDS, topics: tuple[str, ...] = ("loss",)) -> Story:
    """A story that a persona told in its circle."""
    story = Story.begin(persona)
    story.write(words, wish="listen", audience="circle", topics=list(topics))
    story.share(by=persona)
    return story


def let_rest(*said: Story | Reply) -> None:
    """It is some days ago now."""
    for one in said:
        setattr(one, "told_at" if isinstance(one, Story) else "said_at", time.now() - RESTS)
        one.save()


def give(
    persona: Persona, words: str = WORDS, *, source: Any = None, into: Lesson | None = None, **more: Any
) -> Strand:
    """A strand that stands: its author said yes."""
    said = {"line": "", "words": words, "name": "", "topics": ["loss"], "for_house": False} | more
    strand = Strand.begin(ids.random_id(), said, by=persona, source=source, into=into)
    assert strand
    assert strand.say_yes(strand.digest, by=persona)
    strand.refresh_from_db()
    return strand


def attempt(lesson: Lesson, persona: Persona, words: str = "I tried it on Sunday.", **more: Any) -> Trial:
    """What somebody says who tried it."""
    return Trial.say(lesson, words, **({"way": "helped", "name": "", "for_house": False} | more), by=persona)


def queries(client: Client, address: str) -> int:
    """How often a page asks the database."""
    client.get(address)  # what is read once for each process
    with CaptureQueriesContext(connection) as asked:
        assert client.get(address).status_code == 200
    return len(asked)


def announce(guide: Persona, days: int = 40, words: str = WHY) -> Ending:
    """A circle's last day, said by one who guides it."""
    return Ending.announce(time.today() + timedelta(days=days), words, by=guide)


def keep(*things: Story | Reply | Strand, by: Persona) -> None:
    """Somebody says that these may be kept."""
    Parting.say({key_of(one): digest_of(one) for one in things}, [], by=by)
