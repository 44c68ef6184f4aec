"""What an hour leaves behind: no words, and after a month no names."""

from datetime import timedelta

import pytest

from weft.gatherings import keeping, kept
from weft.gatherings.hour.commands import NotNow
from weft.gatherings.models import Gathering, Line, Said, Shift
from weft.loom import jobs, time

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def room(hour, lead, helper, river, benno):
    """Everybody is in, and River has the piece."""
    for seat in (lead, helper, river, benno):
        hour.come(by=seat)
    room = hour.act("open_door", by=lead, turn=0)
    for seat in (river, benno):
        hour.act("admit", by=lead, seat=seat.pk)
    room = hour.act("begin", by=lead, turn=room.turn)
    room = hour.act("start_round", by=lead, turn=room.turn)
    return hour.act("accept", by=river, turn=room.turn)


def test_typed_words_are_gone_after_a_day_though_the_hour_never_ended(hour, room, lead, river, clock):
    hour.say("It was long.", by=river, turn=room.turn)
    clock.go(23 * 3600)
    hour.say("And one more.", by=lead, turn=hour.here(lead).turn)
    jobs.run_due(at=time.now())
    assert Said.objects.count() == 2
    clock.go(3600 + 300)
    jobs.run_due(at=time.now())
    assert [said.words for said in Said.objects.all()] == ["And one more."]
    clock.go(24 * 3600)
    keeping.tidy(time.now())  # the night does it too
    assert not Said.objects.exists()


def test_after_a_month_no_line_names_a_seat_and_after_a_day_no_state_does(hour, room, lead, river, gathering):
    hour.act("end", by=lead, turn=room.turn)
    named = [line for line in Line.objects.all() if line.said.get("seat") == river.pk]
    assert named
    Gathering.objects.update(starts=time.now() - timedelta(days=2))
    keeping.tidy(time.now())
    assert Gathering.objects.get().state == {}
    assert Line.objects.filter(is_bare=True).count() == 0
    Gathering.objects.update(starts=time.now() - timedelta(days=31))
    keeping.tidy(time.now())
    assert all(set(line.said) == {"what"} for line in Line.objects.all())


def test_whoever_leaves_the_circle_holds_no_piece_and_no_line_names_them(hour, room, river, benno, ada):
    hour.say("It was long.", by=river, turn=room.turn)
    ada.leave(by=ada.person, words="keep")
    after = hour.look()
    assert after.chair(river.pk) is None
    assert after.offered == benno.pk
    assert not Said.objects.exists()
    assert str(river.pk) not in str(Gathering.objects.get().state)
    assert str(river.pk) not in str([line.said for line in Line.objects.all()])


def test_whoever_takes_over_has_the_shift(hour, room, helper, lead, clock):
    hour.here(lead, beats=True)
    clock.go(20)
    hour.here(helper, beats=True)
    with pytest.raises(NotNow, match="led"):
        hour.act("take_over", by=helper)
    clock.go(10)
    hour.act("take_over", by=helper)
    parts = dict(Shift.objects.values_list("persona", "part"))
    assert parts == {helper.persona_id: "leads", lead.persona_id: "helps"}
    assert hour.come(by=lead).chair(lead.pk).part == "helps"


def test_a_facilitator_of_the_circle_without_a_shift_takes_over_when_nobody_leads(hour, room, helper, lead, clock):
    Shift.objects.filter(persona=helper.persona).delete()
    assert hour.come(by=helper).chair(helper.pk).part == "member"
    clock.go(100)
    with pytest.raises(NotNow, match="led"):
        hour.act("take_over", by=helper)
    clock.go(20)  # the leader's page gives no signs by itself: two minutes
    assert hour.act("take_over", by=helper).chair(helper.pk).guides


def test_the_quiet_room_hears_only_itself_and_its_words_are_for_two(hour, room, lead, helper, river, benno):
    hour.act("quiet_room", by=helper, seat=river.pk)
    here = hour.look()
    assert here.offered == benno.pk
    assert river.pk in here.later
    hour.say("What do you need?", by=helper)
    assert not Said.objects.for_room(river.gathering)
    assert [said.words for said in Said.objects.aside_for(river)] == ["What do you need?"]
    assert not Said.objects.aside_for(benno)
    assert hour.act("back_from_quiet", by=river).chair(helper.pk).is_inside


def test_whoever_was_removed_may_tell_the_safety_team(hour, room, lead, river, benno, ada, ben, cleo):
    from django.apps import apps

    from weft.safety.models import Concern

    card = apps.get_app_config("gatherings")
    assert card.reportable("removal", river.pk, ada) is None
    hour.act("remove", by=lead, seat=river.pk)
    thing = card.reportable("removal", river.pk, ada)
    assert thing.author == cleo
    assert card.reportable("removal", river.pk, ben) is None  # for nobody else
    assert Concern.report(thing, by=ada, reason="unsure", words="Why?").concern


def test_the_file_of_ones_own_things_holds_the_hour(hour, room, river, ada):
    hour.say("It was long.", by=river, turn=room.turn)
    found = kept.kept_of(ada.person)
    assert [said["words"] for said in found["what I typed in an hour"]] == ["It was long."]
    assert "accepted" in [line["what"] for line in found["what was written down of me in an hour"]]
