"""The bell: who is told, once, and of nothing that they shut out."""

import pytest
from django.urls import reverse

from weft.circles.models import Persona
from weft.companions.models import Greeting
from weft.conftest import PASSPHRASE, enter
from weft.loom import jobs
from weft.notices.models import Mark, Notice
from weft.people.models import Duty, Person
from weft.safety.models import Block, Concern, Unveiling
from weft.stories.models import Reply
from weft.stories.tucking import Tucking
from weft.tests.walks.conftest import tell

BELL = "/bell/"
NEWS = "Bell: new"


def whats(notices):
    return sorted(notice.what for notice in notices)


def test_a_teller_is_told_of_an_answer_once_and_reads_it_by_opening_it(ada, cleo, sign_in, bell):
    story = tell(ada, "It is a long night.")
    browser = sign_in(ada)
    assert NEWS not in browser.get("/").content.decode()
    Reply.say(story, "I sat up too.", by=cleo)
    Reply.say(story, "And again.", by=cleo)
    assert whats(bell(ada)) == ["stories.reply"]
    assert NEWS in browser.get("/").content.decode()
    page = browser.get(BELL).content.decode()
    assert page.count("Somebody answered your story.") == 1
    assert "I sat up" not in page
    assert "Cleo" not in page
    notice = Notice.objects.get()
    assert browser.get(reverse("notices:opened", kwargs={"key": notice.pk}))["Location"] == story.get_absolute_url()
    assert NEWS not in browser.get("/").content.decode()
    assert "Somebody answered your story." in browser.get(BELL).content.decode()
    Reply.say(story, "One thing more.", by=cleo)
    assert whats(bell(ada)) == ["stories.reply"]


def test_coming_to_the_story_by_another_way_reads_it_too(ada, cleo, sign_in, bell):
    story = tell(ada, "It is a long night.")
    Reply.say(story, "I sat up too.", by=cleo)
    assert bell(ada)
    sign_in(cleo).get(story.get_absolute_url())
    assert bell(ada)
    sign_in(ada).get(story.get_absolute_url())
    assert not bell(ada)


def test_nobody_is_told_of_their_own_answer(ada, bell):
    Reply.say(tell(ada, "It is a long night."), "And it goes on.", by=ada)
    assert not bell(ada)


def test_a_note_says_that_it_may_be_declined(ada, cleo, sign_in, bell):
    Reply.say(tell(ada, "It is a long night."), "Try warm milk.", by=cleo, note=True)
    assert whats(bell(ada)) == ["stories.note"]
    page = sign_in(ada).get(BELL).content.decode()
    assert "You may decline it." in page
    assert "milk" not in page


def test_all_read(ada, cleo, sign_in, bell):
    for number in range(3):
        Reply.say(tell(ada, f"Night {number}."), "I sat up too.", by=cleo)
    assert len(bell(ada)) == 3
    browser = sign_in(ada)
    assert "Count all as read" in browser.get(BELL).content.decode()
    browser.post(reverse("notices:read"))
    assert not bell(ada)
    assert "Count all as read" not in browser.get(BELL).content.decode()
    browser.post(reverse("notices:read"))
    assert Mark.objects.count() == 3


def test_an_empty_bell_says_so(ada, sign_in):
    assert "Nothing yet." in sign_in(ada).get(BELL).content.decode()


def test_what_is_erased_is_told_of_no_more(ada, cleo, bell):
    story = tell(ada, "It is a long night.")
    reply = Reply.say(story, "I sat up too.", by=cleo)
    other = Reply.say(story, "I did too.", by=cleo)
    assert bell(ada)
    reply.erase()
    assert bell(ada)
    other.erase()
    assert not bell(ada)
    Reply.say(story, "Once more.", by=cleo)
    assert bell(ada)
    story.erase()
    assert not bell(ada)
    assert not Notice.objects.exists()


def test_whoever_is_shut_out_rings_nothing_and_that_leaves_no_gap(ada, cleo, circle, mallory, bell):
    other = enter(mallory, circle, "Finch")
    Block.begin(other, by=ada)
    story = tell(ada, "It is a long night.")
    Reply.say(story, "Let me in.", by=other)
    assert not bell(ada)
    assert Notice.objects.filter(persona=ada).count() == 1
    assert not Mark.objects.exists()
    Reply.say(story, "I sat up too.", by=cleo)
    assert whats(bell(ada)) == ["stories.reply"]
    Reply.say(story, "Let me in.", by=other)
    assert whats(bell(ada)) == ["stories.reply"]


def test_control_an_answer_by_somebody_else_does_ring(ada, circle, mallory, bell):
    Reply.say(tell(ada, "It is a long night."), "Let me in.", by=enter(mallory, circle, "Finch"))
    assert whats(bell(ada)) == ["stories.reply"]


def test_an_answer_with_muted_words_rings_nothing_and_leaves_no_gap(ada, cleo, bell):
    Tucking(words=("whisky",)).keep(ada.person)
    story = tell(ada, "It is a long night.")
    Reply.say(story, "Have a whisky with me.", by=cleo)
    assert not bell(ada)
    assert Notice.objects.filter(persona=ada).count() == 1
    Reply.say(story, "Or tea.", by=cleo)
    assert whats(bell(ada)) == ["stories.reply"]


def test_newcomer_and_greeter_are_told(ada, cleo, sign_in, bell):
    greeting = Greeting.write(ada, "Tea is on.", by=cleo)
    assert whats(bell(ada)) == ["companions.greeting"]
    assert "Tea" not in sign_in(ada).get(BELL).content.decode()
    greeting.put_away("With milk.", by=ada)
    assert not bell(ada)
    assert whats(bell(cleo)) == ["companions.answer"]
    greeting.read_answer(by=cleo)
    assert not bell(cleo)


def test_who_guides_is_told_that_somebody_asks_until_there_is_an_answer(circle, ada, cleo, mallory, bell):
    asking = Persona.enter(mallory, circle, "Finch", standing=Persona.Standing.ASKING)
    assert whats(bell(cleo)) == ["circles.asking"]
    assert not bell(ada)
    assert not bell(mallory)
    asking.admit(by=cleo)
    assert not bell(cleo)
    assert whats(bell(mallory)) == ["circles.let_in"]


def test_whoever_waits_is_told_when_a_seat_is_free(circle, ada, cleo, mallory, bell):
    circle.change({"seats": 2})
    waiting = Persona.enter(mallory, circle, "Finch")
    assert waiting.standing == Persona.Standing.WAITING
    assert not bell(mallory)
    ada.leave(by=ada.person, words="keep")
    assert whats(bell(mallory)) == ["circles.let_in"]


def test_a_new_agreement_rings_until_it_is_accepted(circle, ada, cleo, bell):
    new = circle.agree_on("- Other.")
    cleo.accept(new)
    assert whats(bell(ada)) == ["circles.agreement"]
    assert not bell(cleo)
    ada.accept(new)
    assert not bell(ada)


def test_one_hears_that_the_way_in_was_changed(ada, sign_in, bell):
    person = ada.person
    person.choose("three spoons and a kettle")
    person.keep_code("a first code")
    assert whats(bell(person)) == ["people.changed"]
    person.keep_code("another code")
    page = sign_in(Person.objects.get(pk=person.pk)).get(BELL).content.decode()
    jobs.run_due()
    page = sign_in(Person.objects.get(pk=person.pk)).get(BELL).content.decode()
    assert "How you come in has changed: your passphrase and your recovery code." in page


def test_one_hears_of_a_new_device_on_the_older_one(client, ada, bell):
    come_in = {"name": "ada", "passphrase": PASSPHRASE}
    client.post(reverse("people:door"), come_in)
    assert not bell(ada)
    type(client)().post(reverse("people:door"), come_in)
    assert whats(bell(ada)) == ["people.signed_in"]


@pytest.fixture
def team(house):
    found = []
    for name in ("noor", "sam", "tova"):
        person = Person.objects.join(name, None)
        Duty.objects.create(person=person, kind=Duty.Kind.SAFETY, known_as=name.title())
        found.append(person)
    return found


def test_the_team_is_told_of_a_concern_but_nobody_of_one_about_themself(circle, ada, cleo, team, sign_in, bell):
    noor, sam, _tova = team
    hers = enter(noor, circle, "Nightjar")
    Concern.write("I am not well.", by=hers)
    assert not bell(noor)
    assert whats(bell(sam)) == ["safety.concern"]
    assert Notice.objects.filter(persona=None).count() == 3, "that hers were missing would tell"
    sign_in(sam).get(reverse("safety:queue"))
    assert not bell(sam)
    told = Concern.write("Nor am I.", by=cleo)
    assert whats(bell(noor)) == ["safety.concern"]
    told.concern.close("Settled.", by=noor)
    assert not bell(noor)


def test_whoever_told_the_team_hears_of_the_answer_at_a_row_that_leads_to_nobody(ada, team, sign_in, bell):
    told = Concern.write("I am not well.", by=ada)
    told.concern.answer("We read it.", by=team[0])
    assert whats(bell(ada)) == ["safety.answer"]
    rows = Notice.objects.exclude(persona=None) | Notice.objects.exclude(circle=None)
    assert not rows.exists()
    sign_in(ada).get(reverse("safety:told"))
    assert not bell(ada)


def test_of_an_unveiling_the_team_hears_and_then_the_person(ada, cleo, team, bell):
    noor, sam, _tova = team
    asked = Unveiling.ask(ada, by=cleo, reason="They said goodbye.", need="Write to them.")
    assert whats(bell(noor)) == ["safety.unveiling"]
    asked.say_yes(by=noor, words="We were worried.")
    assert not bell(ada)
    asked.say_yes(by=sam)
    assert whats(bell(ada)) == ["safety.unveiled"]


def test_no_notice_outlives_two_months(ada, cleo, bell, monkeypatch):
    from datetime import timedelta

    from weft.loom import time

    Reply.say(tell(ada, "It is a long night."), "I sat up too.", by=cleo)
    assert bell(ada)
    Notice.tidy()
    assert Notice.objects.exists()
    later = time.now() + timedelta(days=61)
    monkeypatch.setattr(time, "now", lambda: later)
    Notice.tidy()
    assert not Notice.objects.exists()


def test_what_one_was_told_goes_with_the_persona_and_with_the_person(ada, cleo, bell):
    from weft.home.erasing import erase

    Reply.say(tell(ada, "It is a long night."), "I sat up too.", by=cleo)
    ada.person.choose("three spoons and a kettle")
    assert len(bell(ada)) == 2
    erase(Person.objects.get(pk=ada.person.pk), words="erase")
    assert not Notice.objects.exists()


def test_what_one_was_told_is_in_the_download(ada, cleo, bell):
    from weft.home.taking import things_of

    Reply.say(tell(ada, "It is a long night."), "I sat up too.", by=cleo)
    jobs.run_due()
    told = things_of(Person.objects.get(pk=ada.person.pk))["notices"]["what you were told"]
    assert [one["what"] for one in told] == ["Somebody answered your story."]


def test_a_notice_of_somebody_else_is_not_there(ada, ben, cleo, sign_in, bell):
    Reply.say(tell(ada, "It is a long night."), "I sat up too.", by=cleo)
    assert bell(ada)
    address = reverse("notices:opened", kwargs={"key": Notice.objects.get().pk})
    assert sign_in(ben).get(address).status_code == 404
    assert sign_in(ada).get(address).status_code == 302
