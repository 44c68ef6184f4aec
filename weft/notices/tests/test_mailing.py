"""What goes out by mail: to whom, when, how often, and what it says."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from django.test import Client
from django.urls import reverse

from weft.circles.models import Persona
from weft.conftest import enter
from weft.loom import mail
from weft.notices import carrying, passes
from weft.notices.forms import shown_to
from weft.notices.models import Choices, Mail
from weft.people.models import Duty, Person
from weft.safety.models import Concern
from weft.stories.models import Reply
from weft.tests.walks.conftest import tell

SOON = {"ways": {"stories.reply": "mail"}}


def answered(ada, cleo, words="I sat up too."):
    story = tell(ada, "It is a long night.")
    Reply.say(story, words, by=cleo)
    return story


def choose(who, **said):
    Choices.of(getattr(who, "person", who)).keep(**said)


def test_a_mail_says_that_something_waits_and_nothing_of_what(reachable, cleo, postbox, clock):
    choose(reachable, **SOON)
    answered(reachable, cleo, "You know the river.")
    clock.passes(minutes=25)
    (sent,) = postbox.mails
    assert sent["Subject"] == "Something new"
    assert sent["From"] == "Notes <notes@127.0.0.1>"
    assert sent["To"] == "ada@example.org"
    assert sent["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert sent["List-Unsubscribe"].startswith("<http")
    assert sent["Auto-Submitted"] == "auto-generated"
    assert sent["Cc"] is sent["Bcc"] is None
    (_sender, to, content) = postbox.taken[0]
    assert [one.upper() for one in to] == ["RCPT TO:<ADA@EXAMPLE.ORG>"]
    for word in (b"river", b"River", b"Cleo", b"Evening", b"Mill House", b"story", b"circle", b"<img"):
        assert word not in content
    clock.passes(days=3)
    assert len(postbox.taken) == 1


def test_whoever_reads_it_in_the_house_gets_no_mail(reachable, cleo, postbox, clock, sign_in):
    choose(reachable, **SOON)
    story = answered(reachable, cleo)
    clock.passes(minutes=4)
    assert not postbox.taken
    sign_in(reachable).get(story.get_absolute_url())
    clock.passes(hours=3)
    assert not postbox.taken


def test_many_things_are_one_mail_and_one_an_hour_at_most(reachable, cleo, postbox, clock):
    choose(reachable, **SOON)
    for _ in range(4):
        answered(reachable, cleo)
    clock.passes(minutes=30)
    assert len(postbox.taken) == 1
    for _ in range(3):
        answered(reachable, cleo)
        clock.passes(minutes=8)
    assert len(postbox.taken) == 1
    clock.passes(hours=2)
    assert len(postbox.taken) == 2
    clock.passes(days=2)
    assert len(postbox.taken) == 2


def test_without_a_confirmed_address_nothing_comes(ada, cleo, postbox, clock):
    choose(ada, **SOON)
    answered(ada, cleo)
    clock.passes(hours=3)
    ada.person.address("ada@example.org")
    answered(ada, cleo)
    clock.passes(hours=3)
    assert not postbox.taken


def test_the_bell_alone_sends_nothing(reachable, cleo, postbox, clock):
    choose(reachable, ways={"stories.reply": "bell"})
    answered(reachable, cleo)
    clock.passes(days=8)
    carrying.plan_weekly()
    clock.passes(days=1)
    assert not postbox.taken


def test_a_mail_waits_until_the_quiet_hours_are_over(reachable, cleo, postbox, clock):
    choose(reachable, **SOON)
    clock.now = datetime(2026, 11, 25, 22, 30, tzinfo=UTC)
    answered(reachable, cleo)
    clock.passes(hours=9)
    assert not postbox.taken
    clock.passes(hours=1)
    assert len(postbox.taken) == 1


@pytest.mark.parametrize(
    "zone, now, until",
    [
        ("Europe/London", "2026-11-25T22:00+00:00", "2026-11-26T08:00+00:00"),
        ("Europe/London", "2026-11-25T21:59+00:00", None),
        ("Europe/London", "2026-11-25T08:00+00:00", None),
        ("Europe/London", "2026-07-25T21:30+00:00", "2026-07-26T07:00+00:00"),  # summer
        ("Europe/London", "2026-03-28T23:00+00:00", "2026-03-29T07:00+00:00"),  # the clock goes forward in between
        ("Europe/London", "2026-10-24T23:00+00:00", "2026-10-25T08:00+00:00"),  # and back
        ("Asia/Kathmandu", "2026-11-25T16:15+00:00", "2026-11-26T02:15+00:00"),
        ("America/New_York", "2026-11-25T12:59+00:00", "2026-11-25T13:00+00:00"),
    ],
)
def test_quiet_hours_go_by_ones_own_clock(ada, zone, now, until):
    ada.person.time_zone = zone
    found = Choices(person=ada.person).quiet_until(datetime.fromisoformat(now))
    assert found == (datetime.fromisoformat(until) if until else None)


def test_there_may_be_no_quiet_hours(ada):
    choose(ada, quiet=[0, 0])
    assert Choices.of(ada.person).quiet_until(datetime(2026, 11, 25, 3, tzinfo=UTC)) is None


def test_only_what_is_urgent_comes_at_night_and_only_to_who_said_so(circle, ada, postbox, clock, settings):
    settings.TIME_ZONE = "Europe/London"
    for name, urgent in (("noor", True), ("sam", False)):
        person = Person.objects.join(name, None)
        Duty.objects.create(person=person, kind=Duty.Kind.SAFETY, known_as=name.title())
        person.address(f"{name}@example.org")
        Choices.of(person).confirm()
        choose(person, urgent=urgent)
    clock.now = datetime(2026, 11, 25, 23, 30, tzinfo=UTC)
    Concern.write("I am not well.", by=ada)
    clock.passes(hours=1)
    assert [sent["To"] for sent in postbox.mails] == ["noor@example.org"]
    clock.passes(hours=10)
    assert sorted(sent["To"] for sent in postbox.mails) == ["noor@example.org", "sam@example.org"]


def nights(clock, many):
    """So many nights and days pass."""
    for _ in range(many):
        carrying.plan_weekly()
        clock.passes(days=1)


def test_a_weekly_mail_comes_once_for_what_waits_and_never_for_nothing(reachable, cleo, postbox, clock):
    clock.now = datetime(2026, 11, 25, 4, 0, tzinfo=UTC)
    nights(clock, 15)
    assert not postbox.taken, "never “we miss you”"
    for _ in range(3):
        answered(reachable, cleo)
    nights(clock, 8)
    assert [sent["Subject"] for sent in postbox.mails] == ["This week"]
    nights(clock, 15)
    assert len(postbox.taken) == 1, "what was said is not said again"
    for _ in range(22):
        answered(reachable, cleo)
        nights(clock, 1)
    days = [datetime.strptime(sent["Date"][5:16], "%d %b %Y") for sent in postbox.mails]
    assert len(days) in (4, 5)
    assert all(later - earlier >= timedelta(days=6) for earlier, later in pairwise(days))


def test_an_address_is_confirmed_by_a_button_before_anything_comes(ada, cleo, postbox, clock, sign_in, client):
    choose(ada, **SOON)
    sign_in(ada).post(reverse("people:email"), {"email": "ada@example.org", "present": "a kettle and three spoons"})
    clock.passes(minutes=10)
    (sent,) = postbox.mails
    assert sent["Subject"] == "Is this your address?"
    assert sent["List-Unsubscribe"] is None
    link = next(line for line in sent.get_payload(0).get_payload().splitlines() if "/mail/" in line)
    path = "/mail/" + link.split("/mail/")[1]
    assert "Yes, it is mine" in client.get(path).content.decode()
    assert not Choices.of(ada.person).is_confirmed, "machines open every link"
    client.post(path)
    assert Choices.of(Person.objects.get(pk=ada.person.pk)).is_confirmed
    answered(ada, cleo)
    clock.passes(minutes=30)
    assert len(postbox.taken) == 2


def test_a_link_confirms_only_the_address_it_was_sent_to_and_not_for_ever(ada, client, clock):
    person = ada.person
    person.address("ada@example.org")
    path = reverse("notices:confirm", kwargs={"token": passes.confirming(person)})
    clock.now += timedelta(days=4)
    assert client.post(path).status_code == 404
    path = reverse("notices:confirm", kwargs={"token": passes.confirming(person)})
    person.address("other@example.org")
    assert client.post(path).status_code == 404
    assert not Choices.of(person).is_confirmed


def test_nobody_can_have_an_address_flooded(ada, ben, cleo, mallory, postbox, clock, sign_in):
    for who in (ada, ben, cleo, mallory):
        browser = sign_in(who)
        browser.post(reverse("people:email"), {"email": "ada@example.org", "present": "a kettle and three spoons"})
        for _ in range(3):
            browser.post(reverse("notices:address"))
    clock.passes(hours=3)
    assert len(postbox.taken) == 3


def test_nobody_learns_whether_another_has_that_address(ada, ben, postbox, sign_in):
    form = {"email": "ada@example.org", "present": "a kettle and three spoons"}
    answers = []
    for who in (ada, ben):
        browser = sign_in(who)
        browser.post(reverse("people:email"), form)
        answers.append((browser.get(reverse("notices:choose")).content.decode().count("Until then nothing else"), True))
    assert answers == [(1, True), (1, True)]


def test_one_click_ends_all_mail_without_signing_in_and_can_be_undone(reachable, cleo, postbox, clock):
    choose(reachable, **SOON)
    answered(reachable, cleo)
    clock.passes(minutes=30)
    path = "/mail/" + postbox.mails[0]["List-Unsubscribe"].strip("<>").split("/mail/")[1]
    machine = Client(enforce_csrf_checks=True)
    assert machine.post(path, {"List-Unsubscribe": "One-Click"}).status_code == 200
    assert Choices.of(reachable.person).is_off
    answered(reachable, cleo)
    clock.passes(hours=5)
    assert len(postbox.taken) == 1
    page = machine.get(path).content.decode()
    assert "No more mail comes to you" in page
    assert "River" not in page
    machine.post(path, {"again": "1"})
    answered(reachable, cleo)
    clock.passes(hours=5)
    assert len(postbox.taken) == 2


@pytest.mark.parametrize("what", ["off", "confirm"])
def test_a_link_that_was_changed_opens_nothing(reachable, client, what):
    token = passes.stopping(reachable.person) if what == "off" else passes.confirming(reachable.person)
    other = "confirm" if what == "off" else "off"
    assert client.get(reverse(f"notices:{what}", kwargs={"token": token})).status_code == 200
    assert client.get(reverse(f"notices:{other}", kwargs={"token": token})).status_code == 404
    changed = ("A" if token[40] != "A" else "B").join([token[:40], token[41:]])
    assert client.get(reverse(f"notices:{what}", kwargs={"token": changed})).status_code == 404


def test_what_is_hushed_or_read_meanwhile_is_not_sent(reachable, cleo, postbox, clock):
    choose(reachable, **SOON)
    postbox.mood = "busy"
    story = answered(reachable, cleo)
    clock.passes(hours=1)
    assert postbox.spoken
    story.erase()
    postbox.mood = "well"
    clock.passes(days=2)
    assert not postbox.taken
    assert Mail.objects.get().state == "let_go"


def test_an_address_that_takes_nothing_is_left_alone_and_the_person_is_told_so(
    reachable, cleo, postbox, clock, sign_in
):
    choose(reachable, **SOON)
    postbox.mood = "no such"
    answered(reachable, cleo)
    clock.passes(hours=1)
    postbox.mood = "well"
    answered(reachable, cleo)
    clock.passes(days=2)
    assert not postbox.taken
    browser = sign_in(reachable)
    assert "took nothing from us" in browser.get(reverse("people:settings")).content.decode()
    assert "Is it written right?" in browser.get(reverse("notices:choose")).content.decode()
    browser.post(reverse("notices:address"), {"anew": "1"})
    answered(reachable, cleo)
    clock.passes(hours=3)
    assert len(postbox.taken) == 1


@pytest.mark.parametrize("mood", ["busy", "refuses the house"])
def test_a_server_that_refuses_the_house_does_not_speak_for_an_address(reachable, cleo, postbox, clock, mood):
    choose(reachable, **SOON)
    postbox.mood = mood
    answered(reachable, cleo)
    clock.passes(hours=5)
    assert Mail.waiting() == (1, 1)
    postbox.mood = "well"
    clock.passes(hours=8)  # the longest wait, and a fifth of it
    assert len(postbox.taken) == 1
    assert Mail.waiting() == (0, 0)


def test_choosing(ada, cleo, postbox, sign_in):
    browser = sign_in(ada)
    page = browser.get(reverse("notices:choose")).content.decode()
    assert "Somebody answers your story" in page
    assert "Somebody asks to come in" not in page
    assert "Something comes in at the safety desk" not in page
    ways = {one.what: "bell" for one in shown_to(ada.person)} | {"stories.reply": "weekly"}
    answer = browser.post(reverse("notices:choose"), {"first": "23", "last": "7"} | ways)
    assert answer.status_code == 302
    choices = Choices.of(ada.person)
    assert choices.way("stories.reply") == "weekly"
    assert choices.quiet == (23, 7)
    assert "Somebody asks to come in" in sign_in(cleo).get(reverse("notices:choose")).content.decode()


def test_a_house_without_a_mail_server_says_so_and_offers_no_mail(ada, sign_in):
    page = sign_in(ada).get(reverse("notices:choose")).content.decode()
    assert "This house sends no mail." in page
    assert "By mail, soon" not in page
    assert sign_in(ada).post(reverse("notices:choose"), {"first": "21", "last": "9"}).status_code == 302
    assert Choices.of(ada.person).way("stories.reply") == "weekly"


def test_an_observer_or_a_stranger_has_the_same_page(circle, mallory, sign_in):
    enter(mallory, circle, "Finch", role=Persona.Role.OBSERVER)
    assert sign_in(mallory).get(reverse("notices:choose")).status_code == 200


@pytest.mark.parametrize(
    "said, port, whole",
    [("smtp://mail.example.org", 587, False), ("smtps://a%40b:p%3Aq@mail.example.org", 465, True), ("", 0, False)],
)
def test_how_a_mail_server_is_named(said, port, whole):
    found = mail.server(said)
    assert (found.port, found.whole) == (port, whole) if found else not said
    assert not whole or (found.name, found.passphrase) == ("a@b", "p:q")


@pytest.mark.parametrize(
    "said",
    [
        "mail.example.org",
        "http://mail.example.org",
        "smtp://",
        "smtp://x:y",
        "smtp://notes:caf%C3%A9@mail.example.org",
        "smtp://notes:a%0D%0AMAIL@mail.example.org",
    ],
)
def test_a_mail_server_that_makes_no_sense_stops_the_house(said):
    from django.core.exceptions import ImproperlyConfigured

    with pytest.raises(ImproperlyConfigured):
        mail.server(said)


def test_a_mail_goes_in_its_persons_language(reachable, cleo, postbox, clock):
    choose(reachable, **SOON)
    reachable.person.speak("ar")
    answered(reachable, cleo)
    clock.passes(minutes=30)
    assert 'dir="rtl"' in postbox.mails[0].get_payload(1).get_payload(decode=True).decode()


def test_notices_that_are_told_have_their_way_and_only_known_ways():
    from weft.notices.models.choices import WAYS
    from weft.notices.models.notice import notables

    assert len(notables()) >= 10
    assert all(one.usual in WAYS for one in notables().values())
