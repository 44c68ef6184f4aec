"""Of what people are told: the teller, that somebody answered, or that nobody did in time; one who has been there, that
a story waits; those who guide, that a promise runs out. Echoes ring nothing; they wait on the story's own page."""

from typing import Any

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from weft.circles import veil
from weft.loom.ready import ready
from weft.loom.section import Notable
from weft.notices.models import Notice
from weft.stories.models import Ask, Handover, Reply, Story
from weft.stories.tucking import Tucking
from weft.stories.waiting import AIM


def _to_story(notice: Any) -> str:
    return reverse("stories:story", kwargs={"key": notice.circle_id, "story_key": notice.about})


def _reply(notice: Any) -> tuple[str, str]:
    return _("Somebody answered your story."), _to_story(notice)


def _note(notice: Any) -> tuple[str, str]:
    return _("Somebody offers you a private note. You may decline it."), _to_story(notice)


def _late(notice: Any) -> tuple[str, str]:
    return _("There is a note from the house about what you told."), f"{_to_story(notice)}#answers"


def _ask(notice: Any) -> tuple[str, str]:
    return _("A story waits for somebody who has been there. Only if you like."), _to_story(notice)


def _unheard(notice: Any) -> tuple[str, str]:
    return _("A story has been waiting, and its promised time runs out."), f"{_to_story(notice)}#answers"


def _handover(notice: Any) -> tuple[str, str]:
    return _("Somebody asks you to take on a story that waits."), f"{_to_story(notice)}#answers"


NOTABLES = [
    Notable("stories.late", gettext_lazy("Nobody could answer your story in time"), _late, usual="mail"),
    Notable("stories.ask", gettext_lazy("A story waits for somebody who has been there"), _ask),
    Notable("stories.unheard", gettext_lazy("A promised time runs out"), _unheard, usual="mail", to_guides=True),
    Notable(
        "stories.handover", gettext_lazy("You are asked to take on a story"), _handover, usual="mail", to_guides=True
    ),
    Notable("stories.reply", gettext_lazy("Somebody answers your story"), _reply, usual="weekly"),
    Notable("stories.note", gettext_lazy("Somebody offers you a private note"), _note, usual="weekly"),
]


@ready
def _standing(reply: int) -> "QuerySet[Reply]":
    return Reply.objects.filter(pk=reply, erased=False).select_related("story__teller__circle")


def tell_of_reply(reply: int) -> None:
    """Tell a story's teller that somebody answered it."""
    for said in _standing(reply):
        teller = said.story.teller
        if teller and said.by_id != teller.pk and not said.story.erased:
            what = "stories.note" if said.is_note else "stories.reply"
            tucked_away = Tucking.of(veil.person_of(teller)).covers(said) is not None
            Notice.ring(what, to=teller, about=said.story_id, by=said.by_id, hollow=tucked_away)


def tell_of_ask(ask: int) -> None:
    """Tell somebody who has been there that a story waits, unless it is about what they tucked away."""
    asked = Ask.objects.filter(pk=ask, is_open=True).select_related("story", "to__circle").first()
    if asked and asked.story.stands:
        tucked_away = Tucking.of(veil.person_of(asked.to)).covers(asked.story) is not None
        Notice.ring("stories.ask", to=asked.to, about=asked.story_id, by=asked.story.teller_id, hollow=tucked_away)


def tell_of_handover(handover: int) -> None:
    """Tell somebody who guides that another hands them a story."""
    given = Handover.objects.filter(pk=handover, is_open=True).select_related("to__circle").first()
    if given and given.to:
        Notice.ring("stories.handover", to=given.to, about=given.story_id)


def hush(story: int) -> None:
    """Nobody is told any more of what is no longer so."""
    told = Story.objects.filter(pk=story).first()
    if told is None or not told.is_unheard:
        for what in ("stories.late", "stories.unheard", "stories.handover"):
            Notice.hush(what, about=story)
    if told is None or not told.stands or told.is_resting or told.hearers >= AIM:
        Notice.hush("stories.ask", about=story)
