"""The example house stands as its files say."""

from collections import Counter
from datetime import timedelta

import pytest

from weft.circles.kinds import kinds
from weft.circles.models import Acceptance, Circle, House, Invitation, Persona
from weft.companions.models import Greeting, newcomers_of
from weft.home.demo import fill, house
from weft.home.demo.around import INVITATION, VISITORS
from weft.home.demo.guests import GUESTS
from weft.loom import time
from weft.people.models import Duty, Person
from weft.safety.models import Block, Concern, Desk, HelpLine
from weft.stories.models import Echo, Reply, Story

pytestmark = [pytest.mark.usefixtures("filled"), pytest.mark.django_db]


def test_everything_of_the_files_is_there(files):
    told = [story for room in files for story in room.stories]
    inside = Persona.objects.inside()
    assert Circle.objects.count() == len(files)
    assert inside.count() == sum(len(room.personas) for room in files)
    assert Acceptance.objects.filter(persona__in=inside).count() == inside.count()
    assert Story.objects.count() == len(told)
    assert Reply.objects.count() == sum(len(story.reply) for story in told)
    assert Reply.objects.filter(is_note=True).count() == sum(answer.note for story in told for answer in story.reply)
    assert Echo.objects.count() == sum(len(story.echoes) for story in told)


def test_the_words_are_those_of_the_files(files):
    assert Counter(story.text for story in Story.objects.all()) == Counter(
        story.text for room in files for story in room.stories
    )
    assert all(story.html.startswith("<") for story in Story.objects.all())


def test_it_is_as_large_as_it_says(files):
    assert 55 <= len({someone.person for room in files for someone in room.personas}) <= 70
    assert Circle.objects.count() == 8
    assert {circle.kind for circle in Circle.objects.all()} == set(kinds())
    assert Story.objects.count() >= 150
    assert Person.objects.count() < 75


def test_every_story_is_heard_by_its_teller_and_its_guides():
    personas = {persona.pk: persona for persona in Persona.objects.inside()}
    heard = {pk: set(Story.objects.heard_by(persona).values_list("pk", flat=True)) for pk, persona in personas.items()}
    guides = [persona for persona in personas.values() if persona.facilitates]
    for story in Story.objects.all():
        assert story.pk in heard[story.teller_id]
        assert all(story.pk in heard[guide.pk] for guide in guides if guide.circle_id == story.circle_id)
        if story.audience == "circle":
            others = [pk for pk, persona in personas.items() if persona.circle_id == story.circle_id]
            shut_off = [pk for pk in others if story.pk not in heard[pk]]
            assert len(shut_off) <= 1, "only the two of the block do not hear each other"


def test_a_story_for_the_guides_is_heard_by_nobody_else():
    private = list(Story.objects.filter(audience="facilitators"))
    assert private
    for story in private:
        others = Persona.objects.inside().filter(circle=story.circle_id, role="member").exclude(pk=story.teller_id)
        assert others
        assert not any(Story.objects.heard_by(persona).filter(pk=story.pk).exists() for persona in others)


def test_nobody_has_the_same_name_twice_in_a_circle():
    for circle in Circle.objects.all():
        names = [persona.name.casefold() for persona in circle.personas.all()]
        assert len(names) == len(set(names))


def test_nothing_lies_in_the_future_and_everything_in_its_order():
    now = time.now()
    for circle in Circle.objects.all():
        told = [story.told_at for story in Story.objects.filter(circle=circle).order_by("number")]
        assert told == sorted(told)
        assert told[-1] < now
    for story in Story.objects.all():
        said = [reply.said_at for reply in story.replies.order_by("number")]
        assert [story.told_at, *said] == sorted([story.told_at, *said])
        assert not said or said[-1] < now


def test_nobody_speaks_before_they_came_in():
    for story in Story.objects.select_related("teller"):
        assert story.teller.since <= story.told_at.date()
    for reply in Reply.objects.select_related("by"):
        assert reply.by.since <= reply.said_at.date()


def test_every_person_finds_their_personas(files):
    whose = {(room.key, someone.name): someone.person for room in files for someone in room.personas}
    names = house.sign_in_names(files)
    found = Counter()
    for person in Person.objects.all():
        found[person.name] = Persona.objects.of(person).inside().count()
    expected = Counter(names.get(key, key) for key in whose.values())
    assert +found == expected


def test_every_guest_can_be_signed_in_as():
    for guest in GUESTS.values():
        person = Person.objects.named(guest.key)
        assert person.knows(house.PASSPHRASE)
        assert not guest.name or guest.name in [persona.name for persona in Persona.objects.of(person).inside()]


def test_wren_is_in_three_circles_under_three_names():
    names = [persona.name for persona in Persona.objects.of(Person.objects.named("wren")).inside()]
    assert len(names) == len(set(names)) == 3


def test_duties_are_two_different_powers():
    assert Person.objects.named("noor").duties_held == {Duty.Kind.SAFETY}
    assert Person.objects.named("sol").duties_held == {Duty.Kind.STEWARD}
    assert Duty.objects.count() == 2


def test_people_ask_to_come_in_and_one_waits_in_line():
    at_the_doors = Persona.objects.exclude(standing=Persona.Standing.INSIDE)
    assert sorted(persona.name for persona in at_the_doors) == sorted(visitor.name for visitor in VISITORS.values())
    assert [persona.place_in_line for persona in at_the_doors if persona.place_in_line] == [1]
    for persona in at_the_doors.filter(standing=Persona.Standing.ASKING).select_related("circle"):
        assert [answer["question"] for answer in persona.answers] == list(persona.circle.questions)


def test_the_invitation_opens():
    assert Invitation.held(INVITATION).circle.kind == "family"


def test_newcomers_are_greeted_and_somebody_still_waits():
    assert Greeting.objects.exists()
    guides = [persona for persona in Persona.objects.inside().select_related("circle") if persona.facilitates]
    assert newcomers_of(guides)
    assert any(Greeting.objects.answered(guide) for guide in guides)


def test_the_safety_team_has_a_desk_with_something_on_it():
    noor = Person.objects.named("noor")
    assert Desk.here().open_hours == ["Every day 18:00 to 22:00"]
    assert HelpLine.of("GB")
    assert HelpLine.to_check("GB") == []
    assert sorted(concern.is_own for concern in Concern.objects.open().seen_by(noor)) == [False, True]
    assert Block.objects.count() == 2


def test_it_was_opened_before_anybody_came_in():
    opened_on = House.here().opened_on
    assert opened_on < time.today() - timedelta(days=100)
    assert all(opened_on <= persona.since for persona in Persona.objects.all())
    assert House.here().paid_by


def test_a_house_that_is_not_empty_is_left_alone():
    before = Story.objects.count()
    with pytest.raises(house.NotEmpty):
        fill(print)
    assert Story.objects.count() == before


def test_it_says_what_it_did(filled):
    assert "stories" in filled[0]
    assert "made up" in filled[0]
