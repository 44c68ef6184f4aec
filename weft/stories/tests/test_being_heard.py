"""Nobody stays unheard: a story waits until somebody answers, takes it on, or its teller lets it rest."""

from datetime import timedelta

import pytest
from django.urls import reverse

from weft.circles.models import Persona
from weft.conftest import enter
from weft.loom import jobs, time
from weft.people.models import Duty, Person
from weft.safety.models import Block, Concern
from weft.stories.models import Ask, Handover, Readiness, Reply, Story
from weft.stories.unheard import STILL_YOUNG


@pytest.fixture
def clock(monkeypatch):
    """The house's clock, which a test may set forward."""

    class Clock:
        passed = timedelta()

        def on(self, **by: float) -> None:
            self.passed += timedelta(**by)

    ticking, real = Clock(), time.now
    monkeypatch.setattr(time, "now", lambda: real() + ticking.passed)
    return ticking


@pytest.fixture
def dee(circle) -> Persona:
    """A member who has been here for a while."""
    return settled(enter(Person.objects.join("dee", None), circle, "Dee"))


def settled(persona: Persona) -> Persona:
    persona.since = time.today() - timedelta(days=30)
    persona.save()
    return persona


def fresh(told: Story) -> Story:
    return Story.objects.get(pk=told.pk)


def waits(told: Story) -> bool:
    return Story.objects.unheard().filter(pk=told.pk).exists()


def today(client) -> str:
    return client.get("/").content.decode()


def at(view: str, told: Story) -> str:
    return reverse(f"stories:{view}", kwargs={"key": told.circle_id, "story_key": told.pk})


def test_a_story_waits_until_somebody_else_answers(told, ada, cleo, dee):
    assert waits(told)
    Reply.say(told, "And another thing.", by=ada)
    assert waits(told), "the teller's own words are no answer"
    Reply.say(told, "I am here.", by=dee)
    assert not waits(told)
    assert fresh(told).hearers == 1
    Reply.say(told, "So am I.", by=dee)
    assert fresh(told).hearers == 1, "one person is one"
    Reply.say(told, "And I.", by=cleo)
    assert fresh(told).hearers == 2


def test_a_note_counts_once_it_is_opened(told, ada, dee):
    note = Reply.say(told, "You could go for a walk.", by=dee, note=True)
    assert waits(told)
    note.open_note(by=ada, wanted=False)
    assert waits(told)
    note.open_note(by=ada, wanted=True)
    assert not waits(told)


def test_an_answer_that_the_teller_does_not_see_is_none(told, ada, cleo):
    Block.begin(cleo, by=ada)
    Reply.say(told, "I guide this.", by=cleo)
    assert waits(told)


def test_an_answer_that_is_taken_back_lets_the_story_wait_again(told, dee, clock):
    reply = Reply.say(told, "I am here.", by=dee)
    clock.on(hours=30)
    reply.erase()
    assert waits(told)
    assert fresh(told).wait.used(time.now()) < 0.01, "the promise counts from then"


def test_a_story_that_was_heard_long_ago_does_not_come_back(told, dee, clock):
    reply = Reply.say(told, "I am here.", by=dee)
    clock.on(days=STILL_YOUNG.days + 1)
    reply.erase()
    assert not waits(told)


def test_taking_back_ends_the_wait_and_sharing_begins_it_anew(told, ada, clock):
    clock.on(hours=20)
    told.take_back(by=ada)
    assert not waits(told)
    told.share(by=ada)
    assert waits(told)
    assert fresh(told).wait.used(time.now()) < 0.01


def test_a_circle_that_promises_something_else_keeps_what_it_promised(told, circle):
    circle.promise_hours = 300
    circle.save()
    assert fresh(told).wait.until - told.told_at <= timedelta(hours=24, seconds=2)


def test_who_guides_sees_first_who_is_unheard(told, cleo, dee, sign_in):
    page = today(sign_in(cleo))
    assert page.index("Who is unheard") < page.index("Who is new") < page.index("What you promised")
    assert "The first Sunday" in page
    assert "hours left" in page
    assert "Who is unheard" not in today(sign_in(dee))
    Reply.say(told, "I am here.", by=dee)
    assert "Everybody has been heard." in today(sign_in(cleo))


def test_who_is_most_pressed_comes_first(told, circle, ada, cleo, clock, sign_in):
    clock.on(hours=5)
    circle.promise_hours = 2
    circle.save()
    second = Story.begin(ada)
    second.write("A short promise.", wish="glad", audience="circle", topics=[])
    second.share(by=Persona.objects.get(pk=ada.pk))
    page = today(sign_in(cleo))
    assert page.index("The first Sunday") < page.index("A short promise")
    clock.on(hours=1)
    page = today(sign_in(cleo))
    assert page.index("A short promise") < page.index("The first Sunday"), "half of two hours, a quarter of a day"


def test_the_teller_reads_until_when_on_their_own_clock(told, ada, sign_in):
    ada.person.time_zone = "Asia/Tokyo"
    ada.person.save()
    told.promised = told.promised.replace(hour=9, minute=30, second=0) + timedelta(days=1)
    told.save()
    page = sign_in(ada).get(told.get_absolute_url()).content.decode()
    assert "Somebody answers by 18:30" in page


def test_when_the_promise_is_not_kept_the_teller_reads_an_honest_note(told, ada, cleo, dee, clock, sign_in):
    assert "A note from the house" not in sign_in(ada).get(told.get_absolute_url()).content.decode()
    clock.on(hours=25)
    page = sign_in(ada).get(told.get_absolute_url()).content.decode()
    assert "A note from the house" in page
    assert "It is not about you" in page
    assert reverse("safety:help") in page
    assert "Cleo" in page
    assert "nobody has answered in time" in today(sign_in(ada))
    other = sign_in(dee).get(told.get_absolute_url()).content.decode()
    assert "A note from the house" not in other, "it is for the teller alone"
    Reply.say(told, "I am late, and I am here.", by=dee)
    assert "A note from the house" not in sign_in(ada).get(told.get_absolute_url()).content.decode()


def test_the_teller_asks_again_shows_it_to_guides_or_lets_it_rest(told, ada, dee, clock, sign_in):
    clock.on(hours=25)
    me = sign_in(ada)
    me.post(at("word", told), {"how": "again"})
    assert waits(told)
    assert not fresh(told).is_late
    clock.on(hours=25)
    me.post(at("word", told), {"how": "guides"})
    assert fresh(told).audience == "facilitators"
    assert sign_in(dee).get(told.get_absolute_url()).status_code == 404
    me.post(at("word", told), {"how": "rest"})
    assert not waits(told)
    assert "It rests, as you said" in me.get(told.get_absolute_url()).content.decode()
    assert sign_in(dee).post(at("word", told), {"how": "again"}).status_code == 404
    me.post(at("word", told), {"how": "again"})
    assert waits(told)


def test_a_word_that_comes_after_an_answer_changes_nothing(told, ada, dee, sign_in):
    Reply.say(told, "I am here.", by=dee)
    page = sign_in(ada).post(at("word", told), {"how": "rest"}, follow=True)
    assert "Somebody has answered meanwhile." in page.content.decode()
    assert not fresh(told).is_resting


def test_who_guides_takes_it_on_and_it_is_what_they_promised(told, cleo, dee, circle, sign_in):
    eve = enter(Person.objects.join("eve", None), circle, "Eve", role=Persona.Role.FACILITATOR)
    for _ in range(2):
        sign_in(cleo).post(at("handover", told), {"to": "me"})
    assert Handover.objects.get().to == cleo
    page = today(sign_in(cleo))
    assert page.index("What you promised") < page.index("you took this one")
    assert "Cleo has taken this one" in today(sign_in(eve))
    sign_in(cleo).post(at("handover", told), {"to": str(eve.pk)})
    assert "you took this one" in today(sign_in(eve))
    sign_in(eve).post(at("handover", told), {"to": "back"})
    assert "I take this one" in today(sign_in(eve))
    sign_in(eve).post(at("handover", told), {"to": "me"})
    Reply.say(told, "I am here.", by=eve)
    assert not Handover.objects.filter(is_open=True).exists()
    assert sign_in(dee).post(at("handover", told), {"to": "me"}).status_code == 404


def test_a_hand_over_holds_only_as_long_as_somebody_guides(told, cleo, circle, sign_in):
    eve = enter(Person.objects.join("eve", None), circle, "Eve", role=Persona.Role.FACILITATOR)
    Handover.make(told, by=eve, to=eve)
    eve.take_role("member", by=cleo)
    assert "Eve has taken" not in today(sign_in(cleo))
    assert "I take this one" in today(sign_in(cleo))
    eve.leave(by=eve.person, words="take")
    assert waits(told)


def test_a_story_is_handed_to_the_safety_team(told, cleo, sign_in):
    Duty.objects.create(person=Person.objects.join("noor", None), kind="safety", known_as="Noor")
    sign_in(cleo).post(at("handover", told), {"to": "safety"})
    assert Concern.objects.get().about["id"] == told.pk
    assert "The safety team has this one" in today(sign_in(cleo))
    assert waits(told), "the teller still waits, and is told the truth when the time is over"


def ready(persona: Persona, **more) -> Readiness:
    said = {"topics": ["loss"], "anything": False, "a_day": 1, "rest": [], "duty": []} | more
    Readiness.of(persona).say(**said)
    return Readiness.of(persona)


def due(clock, **by: float) -> None:
    clock.on(**by)
    jobs.run_due(at=time.now())


def test_two_who_have_been_there_are_asked_and_nobody_else(told, dee, circle, clock, sign_in):
    others = [settled(enter(Person.objects.join(f"p{n}", None), circle, f"P{n}")) for n in range(3)]
    ready(dee)
    ready(others[0])
    ready(others[1], topics=["work"])
    due(clock, hours=2)
    assert {ask.to for ask in Ask.objects.all()} == set()
    due(clock, minutes=30)
    assert {ask.to for ask in Ask.objects.all()} == {dee, others[0]}
    page = today(sign_in(dee))
    assert "Only if you like" in page
    assert "The first Sunday" in page
    assert "Only if you like" not in today(sign_in(others[2]))


def test_a_no_passes_on_and_nobody_knows(told, ada, cleo, dee, circle, clock, sign_in):
    other = settled(enter(Person.objects.join("other", None), circle, "Other"))
    ready(dee)
    due(clock, hours=3)
    ready(other)
    page = sign_in(dee).post(at("question", told), {"answer": "no"}, follow=True).content.decode()
    assert "Nobody knows" in page
    assert "Only if you like" not in today(sign_in(dee))
    due(clock, minutes=10)
    assert Ask.objects.filter(to=other, is_open=True).exists()
    for who in (ada, cleo):
        assert "Dee" not in sign_in(who).get(told.get_absolute_url()).content.decode()


def test_a_yes_is_a_promise_that_may_be_taken_back(told, dee, clock, sign_in):
    ready(dee)
    due(clock, hours=3)
    answer = sign_in(dee).post(at("question", told), {"answer": "yes"})
    assert answer["Location"] == told.get_absolute_url()
    assert "you said that you would" in today(sign_in(dee))
    sign_in(dee).post(at("question", told), {"answer": "no"})
    assert "you said that you would" not in today(sign_in(dee))


def test_nobody_is_asked_above_their_own_limit(told, ada, dee, clock):
    ready(dee)
    for number in range(4):
        more = Story.begin(ada)
        more.write(f"Another {number}.", wish="listen", audience="circle", topics=["loss"])
        more.share(by=ada)
    due(clock, hours=3)
    assert Ask.objects.count() == 1
    due(clock, hours=20)
    assert Ask.objects.count() == 1
    due(clock, hours=10)
    assert Ask.objects.count() == 2


def test_nobody_new_is_asked_and_nobody_on_a_day_of_rest_and_nobody_apart(told, ada, dee, circle, clock):
    new = enter(Person.objects.join("new", None), circle, "New")
    resting = settled(enter(Person.objects.join("resting", None), circle, "Resting"))
    watching = settled(enter(Person.objects.join("watching", None), circle, "W", role=Persona.Role.OBSERVER))
    for one, more in ((new, {}), (resting, {"rest": list(range(7))}), (watching, {}), (dee, {})):
        ready(one, **more)
    Block.begin(dee, by=ada)
    due(clock, hours=3)
    assert not Ask.objects.exists()
    due(clock, days=8)
    told.ask_again(by=ada)
    due(clock, hours=3)
    assert [ask.to for ask in Ask.objects.all()] == [new], "who is no longer new may be asked"


def test_a_block_after_the_question_takes_it_away(told, ada, dee, clock, sign_in):
    ready(dee)
    due(clock, hours=3)
    Block.begin(ada, by=dee)
    assert "Only if you like" not in today(sign_in(dee))
    assert sign_in(dee).post(at("question", told), {"answer": "yes"}).status_code == 404


def test_what_is_tucked_away_is_not_asked(told, dee, clock, sign_in):
    from weft.stories.tucking import Tucking

    ready(dee)
    due(clock, hours=3)
    assert "Only if you like" in today(sign_in(dee))
    Tucking(topics=("loss",)).keep(dee.person)
    assert "Only if you like" not in today(sign_in(dee))


def test_saying_that_one_has_been_there_is_sealed_and_off_by_default(dee, circle, sign_in):
    address = reverse("stories:been_there", kwargs={"key": circle.pk})
    assert not Readiness.objects.exists()
    page = sign_in(dee).post(address, {"topics": ["loss"], "a_day": "2", "rest": ["6"]}, follow=True)
    assert "You are asked now and then" in page.content.decode()
    kept = Readiness.objects.get()
    assert (kept.topics, kept.a_day, kept.rest) == (["loss"], 2, [6])
    few = len(Readiness.objects.values_list("said", flat=True)[0])
    sign_in(dee).post(address, {"topics": ["loss", "work", "drugs", "sleep"], "anything": "on", "a_day": "3"})
    assert len(Readiness.objects.values_list("said", flat=True)[0]) == few, "its length tells nothing"
    sign_in(dee).post(address, {})
    assert not Readiness.objects.exists()


def test_what_a_person_marked_is_in_their_download_and_goes_with_them(told, dee, clock):
    from weft.stories.keeping import kept_of

    ready(dee)
    due(clock, hours=3)
    kept = kept_of(dee.person)
    assert kept["I may be asked"][0]["topics"] == ["loss"]
    assert kept["questions I was asked"]
    dee.leave(by=dee.person, words="erase")
    assert not Readiness.objects.exists()
    assert not Ask.objects.exists()


def told_of(what: str) -> list[Persona]:
    from weft.notices.models import Notice

    return [notice.persona for notice in Notice.objects.all() if notice.what == what and notice.is_shown]


def test_who_is_on_duty_is_told_first_then_all_who_guide_then_the_teller(told, ada, cleo, circle, clock):
    eve = enter(Person.objects.join("eve", None), circle, "Eve", role=Persona.Role.FACILITATOR)
    ready(eve, topics=[], duty=list(range(7)))
    due(clock, hours=17)
    assert told_of("stories.unheard") == []
    due(clock, hours=2)
    assert told_of("stories.unheard") == [eve]
    due(clock, hours=3)
    assert set(told_of("stories.unheard")) == {eve, cleo}
    assert told_of("stories.late") == []
    due(clock, hours=3)
    assert told_of("stories.late") == [ada]


def test_nobody_is_told_what_is_no_longer_so(told, ada, cleo, dee, clock):
    ready(dee)
    due(clock, hours=25)
    assert told_of("stories.late") == [ada]
    assert told_of("stories.ask") == [dee]
    Reply.say(told, "I am here.", by=dee)
    due(clock, minutes=10)
    assert told_of("stories.late") == told_of("stories.unheard") == []
    told.take_back(by=ada)
    due(clock, minutes=10)
    assert told_of("stories.ask") == []
