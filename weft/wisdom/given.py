"""What somebody told in a circle that ends, thing by thing, so that they can say what of it may be kept."""

import hashlib
from dataclasses import dataclass

from django.utils.translation import gettext as _

from weft.circles.models import Persona
from weft.loom import text
from weft.stories.models import Audience, Reply, Story
from weft.wisdom.models import Strand
from weft.wisdom.models.lesson import LINE


@dataclass(frozen=True)
class Given:
    """One thing of theirs."""

    key: str
    what: str
    opening: str
    address: str
    digest: str  # of the very words: if they are changed later, a yes does not count any more


def key_of(thing: Story | Reply | Strand) -> str:
    """By this a thing is known in somebody's yes."""
    return f"{type(thing).__name__.lower()}.{thing.pk}"


def digest_of(thing: Story | Reply | Strand) -> str:
    return hashlib.sha256(thing.text.encode()).hexdigest() if isinstance(thing, Reply) else thing.digest


def of(persona: Persona) -> list[Given]:
    """All that this persona told here and that the whole circle reads, in its order. What only those who guide read,
    and private notes, are nobody's to keep."""
    told = persona.stories.filter(audience=Audience.CIRCLE, taken_back=False, erased=False).exclude(number=None)
    said = Reply.objects.filter(by=persona, is_note=False, erased=False, story__audience=Audience.CIRCLE)
    said = said.filter(story__taken_back=False, story__erased=False).select_related("story")
    found = [_given(story, _("A story"), story.html, story.get_absolute_url()) for story in told.order_by("number")]
    for reply in said.order_by("story__number", "number"):
        found.append(
            _given(reply, _("An answer"), reply.html, f"{reply.story.get_absolute_url()}#reply-{reply.number}")
        )
    for strand in Strand.objects.filter(author=persona, stands=True).order_by("number"):
        found.append(_given(strand, _("A lesson"), strand.html, strand.get_absolute_url()))
    return found


def _given(thing: Story | Reply | Strand, what: str, html: str, address: str) -> Given:
    return Given(key_of(thing), what, text.opening(html, LINE), address, digest_of(thing))
