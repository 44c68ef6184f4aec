"""Of what a teller is told: that somebody answered. Echoes ring nothing; they wait on the story's own page."""

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from weft.circles import veil
from weft.loom.section import Notable
from weft.notices.models import Notice
from weft.stories.models import Reply
from weft.stories.tucking import Tucking


def _to_story(notice: Any) -> str:
    return reverse("stories:story", kwargs={"key": notice.circle_id, "story_key": notice.about})


def _reply(notice: Any) -> tuple[str, str]:
    return _("Somebody answered your story."), _to_story(notice)


def _note(notice: Any) -> tuple[str, str]:
    return _("Somebody offers you a private note. You may decline it."), _to_story(notice)


NOTABLES = [
    Notable("stories.reply", gettext_lazy("Somebody answers your story"), _reply, usual="weekly"),
    Notable("stories.note", gettext_lazy("Somebody offers you a private note"), _note, usual="weekly"),
]


def tell_of_reply(reply: int) -> None:
    """Tell a story's teller that somebody answered it."""
    said = Reply.objects.filter(pk=reply, erased=False).select_related("story__teller__circle").first()
    teller = said and said.story.teller
    if said and teller and said.by_id != teller.pk and not said.story.erased:
        what = "stories.note" if said.is_note else "stories.reply"
        tucked_away = Tucking.of(veil.person_of(teller)).covers(said) is not None
        Notice.ring(what, to=teller, about=said.story_id, by=said.by_id, hollow=tucked_away)
