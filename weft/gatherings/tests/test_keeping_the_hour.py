"""The hour in the database: one command counts once, and what time does is done by whoever looks next."""

import pytest

from weft.gatherings.hour.commands import Elsewhere, NotNow, NotYours, Stale
from weft.gatherings.hour.room import audible
from weft.gatherings.models import Gathering, Line, Said, Seat
from weft.loom import streams

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def round_(hour, lead, helper, river, benno, clock):
    """Everybody is in, and the piece is offered to River."""
    for seat in (lead, helper, river, benno):
        hour.come(by=seat)
    room = hour.act("open_door", by=lead, turn=0)
    for seat in (river, benno):
        hour.act("admit", by=lead, seat=seat.pk)
    room = hour.act("begin", by=lead, turn=room.turn)
    room = hour.act("start_round", by=lead, turn=room.turn, words="How was your week?", minutes=3)
    for seat in (lead, helper, river, benno):
        hour.here(seat, beats=True)
    return hour.look()


def test_whoever_guides_is_in_and_everybody_else_waits_to_be_let_in(hour, lead, river):
    hour.come(by=river)
    assert hour.look().chair(river.pk).standing == "knocks"
    with pytest.raises(NotYours):
        hour.act("admit", by=river, seat=river.pk)
    hour.come(by=lead)
    assert hour.look().chair(river.pk).standing == "knocks"  # that somebody who guides comes admits nobody
    with pytest.raises(NotNow):
        hour.act("admit", by=lead, seat=river.pk)
    hour.act("open_door", by=lead, turn=0)
    room = hour.act("admit", by=lead, seat=river.pk)
    assert room.chair(river.pk).is_inside
    assert Seat.objects.get(pk=river.pk).came_at is not None


def test_the_piece_goes_from_hand_to_hand_and_a_pass_counts_once(hour, round_, river, benno):
    assert round_.offered == river.pk
    assert audible(round_) != {river.pk}
    room = hour.act("accept", by=river, turn=round_.turn)
    assert audible(room) == {river.pk}
    after = hour.act("pass_on", by=river, turn=room.turn)
    assert after.offered == benno.pk
    with pytest.raises(Stale):
        hour.act("pass_on", by=river, turn=room.turn)
    assert hour.look().offered == benno.pk
    numbers = list(Line.objects.order_by("number").values_list("number", flat=True))
    assert numbers == list(range(len(numbers)))


def test_the_piece_stays_for_thirty_seconds_and_the_seat_comes_back_into_the_same_round(
    hour, round_, clock, lead, helper, river, benno
):
    hour.act("accept", by=river, turn=round_.turn)
    for _ in range(2):
        clock.go(10)
        for seat in (lead, helper, benno):
            hour.here(seat, beats=True)
    clock.go(9)
    assert hour.here(benno, beats=True).holder == river.pk
    clock.go(1)
    room = hour.here(lead, beats=True)
    assert (room.holder, room.offered) == (None, benno.pk)
    assert room.to_come == (river.pk,)
    hour.here(river, beats=True)
    room = hour.act("pass_on", by=benno, turn=room.turn)
    assert (room.round, room.offered) == (1, river.pk)


def test_nobody_who_guides_for_two_minutes_pauses_and_somebody_who_helps_takes_over(
    hour, round_, clock, lead, helper, river, benno
):
    for _ in range(11):
        clock.go(10)
        hour.here(river, beats=True)
        assert hour.here(benno, beats=True).paused is None
    clock.go(10)
    room = hour.here(river, beats=True)
    assert room.paused is not None
    assert room.offered == river.pk
    with pytest.raises(NotNow):
        hour.act("accept", by=river, turn=room.turn)
    room = hour.act("take_over", by=helper)
    assert room.chair(helper.pk).part == "leads"
    assert room.paused is not None  # being there is not enough: somebody says that it goes on
    assert hour.act("go_on", by=helper).paused is None
    assert hour.act("accept", by=river, turn=room.turn).holder == river.pk


def test_a_restart_takes_the_piece_from_nobody_and_pauses_nothing(hour, round_, clock, lead, river, benno):
    hour.act("accept", by=river, turn=round_.turn)
    clock.go(300)
    room = hour.here(benno, beats=True)
    assert room.holder == river.pk
    assert room.paused is None
    clock.go(10)
    hour.here(lead, beats=True)
    hour.here(benno, beats=True)
    clock.go(10)
    hour.here(benno, beats=True)
    clock.go(10)
    assert hour.here(benno, beats=True).holder is None  # since the house is back, nothing was heard of them


def test_what_is_typed_in_a_turn_is_said_once_and_is_gone_when_the_hour_ends(hour, round_, lead, river, benno):
    room = hour.act("accept", by=river, turn=round_.turn)
    hour.say("It was long.", by=river, turn=room.turn, once=77)
    hour.say("It was long.", by=river, turn=room.turn, once=77)
    assert [said.words for said in Said.objects.for_room(river.gathering)] == ["It was long."]
    with pytest.raises(NotYours):
        hour.say("Me too.", by=benno, turn=room.turn)
    hour.act("end", by=lead, turn=room.turn)
    assert not Said.objects.exists()
    assert Seat.objects.get(pk=river.pk).left_at is not None


def test_a_second_window_takes_the_seat_and_the_first_one_is_told(hour, round_, river):
    hour.come(by=river, window=1)
    hour.come(by=river, window=2)
    with pytest.raises(Elsewhere):
        hour.here(river, window=1)
    with pytest.raises(Elsewhere):
        hour.act("accept", by=river, turn=round_.turn, window=1)
    assert hour.act("accept", by=river, turn=round_.turn, window=2).holder == river.pk


def test_only_those_who_wait_or_are_in_hear_that_something_changed(hour, round_, lead, river, benno):
    subject = f"gathering:{river.gathering_id}"
    assert streams.may_hear(subject, river.persona_id)
    hour.act("remove", by=lead, seat=river.pk)
    assert not streams.may_hear(subject, river.persona_id)
    assert streams.may_hear(subject, benno.persona_id)
    with pytest.raises(NotYours):
        hour.come(by=river)


def test_the_row_is_the_hour_and_a_new_process_finds_it(hour, round_):
    assert type(hour).of(Gathering.objects.get(pk=hour.gathering)).look() == round_
