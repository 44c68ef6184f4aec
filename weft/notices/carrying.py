"""Carrying what somebody is told out of the house, in the way that they chose: jobs that may run twice without harm."""

import logging
import random
from datetime import datetime, timedelta
from time import monotonic

from django.conf import settings
from django.db import transaction

from weft.circles import veil
from weft.loom import jobs, mail, time
from weft.loom import push as pushing
from weft.loom.section import Outsider
from weft.notices import mails, pushes
from weft.notices.bell import Bell
from weft.notices.models import Choices, Mail, Mark, Notice, Push, Subscription
from weft.notices.models.notice import notables
from weft.people.models import Person

logger = logging.getLogger(__name__)
SPREAD = 15 * 60  # seconds after the quiet hours over which mails go out
WEEKLY_FROM = 10  # o'clock
REST = 300.0  # seconds for which nothing is tried after the mail server, or a push service, was away

_rest_until = 0.0
_service_rests: dict[str, float] = {}  # until when, by the service's name


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
    if not _goes(way, choices):
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
        new = [one for one in Bell(person).unread if choices.way(one.what) == way]
        new = [one for one in new if not Mark.is_made("carried", one.turn)]
        if _write(way, person, hour, new):
            Mark.make(Mark.of("carried", one.turn) for one in new)
        else:  # one mail, or one push, an hour is enough, whatever happens
            next_hour = datetime.fromtimestamp((hour + 1) * 3600, now.tzinfo)
            jobs.put("notices.carry", due=_spread(next_hour), notice=notice, turn=turn)


def _goes(way: str, choices: Choices) -> bool:
    """Whether anything goes out to this person soon, and in this way."""
    if way == "push":
        return settings.PUSH is not None and bool(Subscription.of(choices.person))
    return way == "mail" and choices.take_mail


def _write(way: str, person: Person, hour: int, new: list[Notice]) -> bool:
    """Tell somebody of all this at once; False where they were told of something in this hour already."""
    if way == "push":
        return Push.write(person, hour, new)
    return Mail.write("soon", person, person.pk, hour, notices=new) is not None


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
    server, whom = settings.MAIL, found.whom
    if server is None or whom is None:  # in this moment the person went, or the house lost its mail server
        found.move("waiting", word)
        return False

    def before_end() -> None:
        if not found.move("ended", word):
            raise mail.Away("somebody else carries it")

    def at_end() -> None:
        found.move("sent", word)

    sender = settings.MAIL_FROM[1]
    try:
        address, message = mail.mailbox(whom.email), mails.drawn(found.kind, whom, found.facts["id"])
        mail.carry(server, sender, address, message.as_bytes(), before_end=before_end, at_end=at_end)
    except mail.Away as away:
        logger.warning("a mail waits: %s", away)
        found.move("waiting", word)
        return isinstance(away.__cause__, OSError)
    except mail.Refused:
        if isinstance(whom, Outsider):
            whom.refused()
        else:
            Choices.of(whom).refuse()
        found.move("let_go", word)
    except mail.Unsure:
        found.move("unsure", word)
    return False


def push(push: int) -> None:
    """Carry a push to the service of its device's browser."""
    found = Push.objects.filter(pk=push).first()
    device = found and found.device
    rest = _service_rests.get(device.service, 0.0) - monotonic() if device else 0.0
    if found and (settings.PUSH is None or rest > 0):
        jobs.put("notices.push", due=time.now() + timedelta(seconds=max(rest, REST)), push=push)
        return
    taken = Push.take(push)
    if taken:
        _push(*taken)


def _push(found: Push, word: str) -> None:
    """Carry a push that was taken up."""
    device = found.device
    if device is None:  # it was let go in this moment
        found.move("let_go", word)
        return

    def before_end() -> None:
        if not found.move("ended", word):
            raise mail.Away("somebody else carries it")

    def at_end() -> None:
        found.move("sent", word)

    try:
        pushing.carry(pushes.signer(), device.address, before_end=before_end, at_end=at_end)
    except mail.Away as away:
        logger.warning("a push waits: %s", away)
        wait = getattr(away, "wait", None)
        if wait or isinstance(away.__cause__, OSError):
            _service_rests[device.service] = monotonic() + min(REST, wait.total_seconds() if wait else REST)
        found.move("waiting", word, wait=wait)
    except pushing.Gone:
        device.go()
        found.move("let_go", word)
    except mail.Unsure:
        found.move("unsure", word)


def _spread(when: datetime) -> datetime:
    return when + timedelta(seconds=random.uniform(0, SPREAD))  # noqa: S311  # not everybody at once
