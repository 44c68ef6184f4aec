"""Carrying what somebody is told out of the house, in the way that they chose: jobs that may run twice without harm."""

import logging
import random
from datetime import datetime, timedelta
from time import monotonic

from django.conf import settings
from django.db import transaction

from weft.circles import veil
from weft.loom import jobs, mail, time
from weft.notices import mails
from weft.notices.bell import Bell
from weft.notices.models import Choices, Mail, Mark, Notice
from weft.notices.models.notice import notables
from weft.people.models import Person

logger = logging.getLogger(__name__)
SPREAD = 15 * 60  # seconds after the quiet hours over which mails go out
WEEKLY_FROM = 10  # o'clock
REST = 300.0  # seconds for which nothing is tried after the mail server was away

_rest_until = 0.0


def carry(notice: int, turn: int) -> None:
    """Tell somebody outside of the house too, if that is their way, and they have not read it inside by now."""
    found = Notice.objects.filter(pk=notice, turn=turn).select_related("persona").first()
    if not found or not found.is_shown or found.is_read or Mark.is_made("carried", turn):
        return
    person = veil.person_of(found.persona) if found.persona else Person.objects.filter(pk=found.said["to"]).first()
    if person is None:
        return
    choices, now = Choices.of(person), time.now()
    way = choices.way(found.what)
    if way != "mail" or not choices.take_mail:
        return
    quiet = choices.quiet_until(now)
    if quiet and not (choices.urgent and notables()[found.what].urgent):
        jobs.put("notices.carry", due=_spread(quiet), notice=notice, turn=turn)
        return
    with transaction.atomic():
        Person.objects.select_for_update().only("pk").get(pk=person.pk)
        if Mark.is_made("carried", turn):
            return
        hour = int(now.timestamp()) // 3600
        new = [one for one in Bell(person).unread if choices.way(one.what) == "mail"]
        new = [one for one in new if not Mark.is_made("carried", one.turn)]
        if Mail.write("soon", person, person.pk, hour, notices=new):
            Mark.make(Mark.of("carried", one.turn) for one in new)
        else:  # one mail an hour is enough, whatever happens
            next_hour = datetime.fromtimestamp((hour + 1) * 3600, now.tzinfo)
            jobs.put("notices.carry", due=_spread(next_hour), notice=notice, turn=turn)


def plan_weekly() -> None:
    """Each night: on everybody's own day of the week, see whether something waits for them."""
    if not settings.MAIL:
        return
    for choices in Choices.objects.select_related("person").iterator():
        here = time.now().astimezone(choices.zone)
        if choices.take_mail and choices.person_id % 7 == here.weekday():
            due = _spread(here.replace(hour=WEEKLY_FROM, minute=0, second=0, microsecond=0))
            due = choices.quiet_until(due) or due
            jobs.put("notices.weekly", due=due, once=(choices.person_id, here.date()), person=choices.person_id)


def weekly(person: int) -> None:
    """Once a week, and only if something waits that was in no mail yet: say that it does."""
    found = Person.objects.filter(pk=person, is_active=True).first()
    if found is None:
        return
    choices = Choices.of(found)
    year, week, _day = time.now().astimezone(choices.zone).isocalendar()
    with transaction.atomic():
        Person.objects.select_for_update().only("pk").get(pk=person)
        new = [one for one in Bell(found).unread if choices.way(one.what) == "weekly"]
        new = [one for one in new if not Mark.is_made("carried", one.turn)]
        if new and choices.take_mail and Mail.write("weekly", found, person, year, week, notices=new):
            Mark.make(Mark.of("carried", one.turn) for one in new)


def send(mail: int) -> None:
    """Carry a mail to the mail server."""
    global _rest_until
    if settings.MAIL is None or monotonic() < _rest_until:
        if Mail.objects.filter(pk=mail).exists():
            jobs.put("notices.send", due=time.now() + timedelta(seconds=REST), mail=mail)
        return
    taken = Mail.take(mail)
    if taken:
        _rest_until = monotonic() + REST if _send(*taken) else 0.0


def _send(found: Mail, word: str) -> bool:
    """Carry a mail that was taken up. Whether the mail server was away."""
    server, person = settings.MAIL, found.person
    if server is None or person is None:
        return False
    message = mails.drawn(found.kind, person, found.facts["id"])

    def before_end() -> None:
        if not found.move("ended", word):
            raise mail.Away("somebody else carries it")

    def at_end() -> None:
        found.move("sent", word)

    sender, address = settings.MAIL_FROM[1], mails.mailbox(person.email)
    try:
        mail.carry(server, sender, address, message.as_bytes(), before_end=before_end, at_end=at_end)
    except mail.Away as away:
        logger.warning("a mail waits: %s", away)
        found.move("waiting", word)
        return isinstance(away.__cause__, OSError)
    except mail.Refused:
        Choices.of(person).refuse()
        found.move("let_go", word)
    except mail.Unsure:
        found.move("unsure", word)
    return False


def _spread(when: datetime) -> datetime:
    return when + timedelta(seconds=random.uniform(0, SPREAD))  # noqa: S311  # not everybody at once
