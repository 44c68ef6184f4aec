"""What the house does by itself for a story that waits: it asks two who have been there, tells whoever is on duty, and
writes to the teller when a promise was not kept. All of it is a nudge: who waits is seen without it."""

import random
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import transaction

from weft.circles.models import Persona
from weft.loom import jobs, time
from weft.notices.models import Notice
from weft.stories import waiting
from weft.stories.models import Audience, Story
from weft.stories.unheard import Ask, Readiness
from weft.stories.waiting import Helper

REMEMBERED = timedelta(days=30)  # how long it is kept who was asked


def look_again(story: int) -> None:
    """Ask for a story, if somebody is to be asked now, and say when to look next."""
    told = _waiting(story)
    if told is None or told.hearers >= waiting.AIM:
        return
    now = time.now()
    ask_now(told, now)
    wait = told.wait
    moments = [wait.at(waiting.ASK), wait.at(waiting.SECOND)]
    if wait.used(now) < waiting.LATER:
        moments.append(now + waiting.lasts(wait))
    later = min((at for at in moments if at > now), default=None)
    if later:
        jobs.put("stories.look_again", due=later, once=("look", told.pk), story=told.pk)


def tell_in_time(story: int) -> None:
    """Tell whoever is on duty that a promise runs out, and the teller when it was not kept."""
    told = _waiting(story)
    if told is None or told.hearers:
        return
    now, wait = time.now(), told.wait
    if told.is_late:
        Notice.ring("stories.late", to=told.teller, about=told.pk)  # type: ignore[arg-type]  # it has a teller
        return
    for guide in on_duty(told, now):
        Notice.ring("stories.unheard", to=guide, about=told.pk)
    later = min(at for at in (wait.at(waiting.TELL), wait.at(waiting.TELL_ALL), wait.until) if at > now)
    jobs.put("stories.tell_in_time", due=later, once=("tell", told.pk), story=told.pk)


def _waiting(story: int) -> Story | None:
    """The story, if it still stands, and its teller has not let it rest."""
    told: Story | None = Story.objects.filter(pk=story).select_related("circle", "teller__circle").first()
    if told is None or not told.stands or told.teller is None or told.is_resting:
        return None
    told.recount()
    return told


def ask_now(told: Story, now: datetime) -> None:
    """Ask those who have been there, as many as are wanted now, and nobody above their own limit."""
    wait = told.wait
    if told.audience != Audience.CIRCLE or not wait.asks_wanted(now):
        return
    with transaction.atomic():
        told.circle.lock()  # two stories at once must not ask one person above their limit
        asks = list(Ask.objects.filter(circle=told.circle_id))
        mine = {ask.to_id for ask in asks if ask.story_id == told.pk}
        open_now = sum(a.story_id == told.pk and a.is_open and now < a.at + waiting.lasts(wait) for a in asks)
        helpers = _helpers(told, asks, now, apart=mine | set(told.replies.values_list("by", flat=True)))
        for key in waiting.whom_to_ask(wait, helpers, now, asked_now=open_now):
            ask = Ask(circle_id=told.circle_id, story=told, to_id=int(str(key)), at=now)
            ask.save(force_insert=True)
            jobs.put("stories.tell_of_ask", once=("ask", ask.pk), ask=ask.pk)


def _helpers(told: Story, asks: list[Ask], now: datetime, *, apart: set[int]) -> list[Helper]:
    """Who may be asked: inside, writing, not new, not apart from the teller, and open to what the story is about."""
    ready = list(Readiness.objects.filter(circle=told.circle_id).select_related("persona"))
    random.shuffle(ready)  # who was never asked is chosen by lot
    teller: Any = told.teller
    asked: dict[int, list[datetime]] = {}
    for ask in asks:
        asked.setdefault(ask.to_id, []).append(ask.at)
    weekday = now.astimezone(ZoneInfo(settings.TIME_ZONE)).weekday()
    topics = set(told.topics)
    return [
        Helper(who.pk, bool(topics & set(one.topics)), one.a_day, asked.get(who.pk, []), weekday in one.rest)
        for one in ready
        for who in [one.persona]
        if one.is_open
        and who.pk not in apart
        and who.pk != teller.pk
        and may_be_asked(who)
        and (one.anything or topics & set(one.topics))
        and who.pk not in teller.hidden
        and teller.pk not in who.hidden
    ]


def may_be_asked(persona: Persona) -> bool:
    """Nobody is asked in their first days (R26), and observers do not write."""
    return persona.may_write and not persona.is_new


def on_duty(told: Story, now: datetime) -> list[Persona]:
    """Whom to tell that the promise runs out: of those on duty today, or of all who guide where nobody is."""
    guides = sorted((one for one in told.circle.guides if one.pk != told.teller_id), key=lambda one: one.pk)
    weekday = now.astimezone(ZoneInfo(settings.TIME_ZONE)).weekday()
    duty = {
        one.persona_id for one in Readiness.objects.filter(persona__in=[g.pk for g in guides]) if weekday in one.duty
    }
    first = [one for one in guides if one.pk in duty] or guides
    wait = told.wait
    among = guides if wait.used(now) >= waiting.TELL_ALL else first
    told_now = waiting.on_duty([one.pk for one in among], wait, now, turn=told.number or 0)
    return [one for one in guides if one.pk in told_now]


def tidy() -> None:
    """Once a night: forget who was asked long ago, and see that each story that waits is looked at."""
    now = time.now()
    for ask in Ask.objects.all():
        if now - ask.at > REMEMBERED:
            ask.delete()
    for told in Story.objects.unheard().select_related("circle").defer("text", "html"):
        used = told.wait.used(now)
        if used < waiting.LATER:
            jobs.put("stories.look_again", once=("look", told.pk), story=told.pk)
        if used < waiting.TELL:
            due = told.wait.at(waiting.TELL)
            jobs.put("stories.tell_in_time", due=due, once=("tell", told.pk), story=told.pk)
