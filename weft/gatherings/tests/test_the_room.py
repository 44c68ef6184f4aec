"""The room as a page: who sees what, and what comes of what they do."""

import re
from contextlib import suppress
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from weft.circles import veil
from weft.circles.models import Persona
from weft.conftest import enter
from weft.gatherings import opening
from weft.gatherings.hour.acts import ACTS
from weft.gatherings.hour.commands import NotNow, NotYours, Refused
from weft.gatherings.hour.keeper import Hour
from weft.gatherings.models import Arrival, Consent, Gathering, Said, Seat, Training
from weft.gatherings.models.consent import watching
from weft.gatherings.sight import HELP, Sight
from weft.gatherings.tests.conftest import sit
from weft.gatherings.tests.guides import signed_off
from weft.loom import time
from weft.people.models import Person
from weft.safety.models import Block

pytestmark = pytest.mark.django_db(transaction=True)


class Guest:
    """Somebody with a browser of their own."""

    def __init__(self, gathering: Gathering, persona: Persona) -> None:
        self.persona, self.gathering, self.client = persona, gathering, Client()
        self.client.force_login(veil.person_of(persona))

    def address(self, view: str = "room") -> str:
        places = {"key": self.gathering.circle_id, "gathering_key": self.gathering.pk}
        return reverse(f"gatherings:{view}", kwargs=places)

    @property
    def seat(self) -> Seat:
        return Seat.objects.get(gathering=self.gathering, persona=self.persona)

    def reads(self, view: str = "room") -> str:
        answer = self.client.get(self.address(view), follow=True)
        assert answer.status_code == 200, answer.status_code
        return answer.content.decode()

    def does(self, what: str, **said: object) -> str:
        turn = Hour.of(self.gathering).look().turn
        answer = self.client.post(self.address(), {"what": what, "turn": turn, **said}, follow=True)
        return answer.content.decode()


@pytest.fixture
def leading(gathering, lead):
    return Guest(gathering, lead.persona)


@pytest.fixture
def reading(gathering, river):
    return Guest(gathering, river.persona)


@pytest.fixture
def other(gathering, benno):
    return Guest(gathering, benno.persona)


@pytest.fixture
def sat(leading, reading, other):
    """All three are in, and the piece is offered to River."""
    for guest in (leading, reading, other):
        guest.does("come")
    leading.does("open_door")
    for guest in (reading, other):
        leading.does("admit", seat=guest.seat.pk)
    leading.does("begin")
    leading.does("start_round", words="What held you up?")
    return leading, reading, other


def test_whoever_comes_early_waits_at_the_door_until_somebody_lets_them_in(leading, reading):
    assert "Go to the door" in reading.reads()
    assert "Nobody who guides is here yet." in reading.does("come")
    assert "Cleo sees that you are here" not in reading.reads()
    leading.does("come")
    page = reading.reads()
    assert "You are at the door." in page
    assert "Who is here" not in page
    assert "Let in" in leading.does("open_door")
    leading.does("admit", seat=reading.seat.pk)
    assert "You are in. We begin soon." in reading.reads()


def test_a_turn_is_taken_by_writing_and_passed_on(sat):
    leading, reading, other = sat
    assert "The piece is offered to you." in reading.reads()
    assert "It is your turn." in reading.does("accept")
    reading.does("say", words="The bus, twice.")
    assert "The bus, twice." in other.reads()
    assert "River has the piece." in other.reads()
    reading.does("pass_on", words="That is all.")
    assert "That is all." in leading.reads()
    assert "The piece is offered to you." in other.reads()


def test_a_line_that_came_too_late_is_refused_and_its_words_are_given_back(sat):
    leading, reading, _other = sat
    turn = Hour.of(leading.gathering).look().turn
    reading.does("accept")
    leading.does("skip")
    answer = reading.client.post(
        reading.address(), {"what": "say", "turn": turn + 1, "words": "I had begun"}, headers={"Weft-Room": "1"}
    )
    page = answer.content.decode()
    assert "the piece had moved on" in page
    assert "I had begun" in page
    assert not Said.objects.exists()


def test_when_the_hour_has_ended_there_is_nothing_left_to_guide(sat):
    leading, _reading, _other = sat
    assert "Only those who guide see this" in leading.reads()
    leading.does("end")
    assert "Only those who guide see this" not in leading.reads()
    assert "The hour has ended." in leading.reads()


def test_words_are_gone_when_the_hour_ends(sat):
    leading, reading, other = sat
    reading.does("accept")
    reading.does("say", words="The bus, twice.")
    leading.does("end")
    assert "The hour has ended." in other.reads()
    assert "The bus" not in other.reads()
    assert not Said.objects.exists()


def test_whoever_is_hidden_from_somebody_is_not_in_the_room_that_they_see(sat):
    leading, reading, other = sat
    reading.does("accept")
    reading.does("say", words="The bus, twice.")
    assert "River" in other.reads()
    Block.begin(reading.persona, by=other.persona)
    page = other.reads()
    assert "River" not in page
    assert "The bus" not in page
    assert "It is quiet for a moment." in page
    assert "Benno" not in reading.reads()
    assert "Benno" in leading.reads()
    assert "River" in leading.reads()


def test_only_who_guides_has_the_means_to_guide(sat):
    leading, reading, other = sat
    assert "Only those who guide see this" in leading.reads()
    assert "Only those who guide see this" not in reading.reads()
    before = Hour.of(leading.gathering).look()
    for what in ("pause", "end", "lock", "skip"):
        reading.does(what)
    reading.does("remove", seat=other.seat.pk)
    after = Hour.of(leading.gathering).look()
    assert (after.phase, after.paused, after.locked, after.turn) == (before.phase, None, False, before.turn)
    assert after.chair(other.seat.pk).is_inside


def test_a_stranger_finds_no_room(gathering, sat, mallory):
    client = Client()
    client.force_login(mallory)
    for view in ("room", "now", "here", "arrive", "tune", "signals"):
        places = {"key": gathering.circle_id, "gathering_key": gathering.pk}
        address = reverse(f"gatherings:{view}", kwargs=places)
        assert client.get(address).status_code in (404, 405)
        assert client.post(address, {"what": "come"}).status_code == 404


def test_where_somebody_is_and_whom_to_call_is_asked_at_the_door_and_seen_by_who_guides(gathering, leading, reading):
    gathering.series.asks_where = True
    gathering.series.save()
    page = reading.does("come")
    assert "Where are you today, and whom shall we call?" in page
    assert Hour.of(gathering).look().chair(reading.seat.pk) is None
    said = {"where": "Mill Lane 4", "call": "Jo, 555"}
    reading.client.post(reading.address("arrive"), said)
    reading.does("come")
    assert Arrival.objects.get(seat=reading.seat).where == "Mill Lane 4"
    leading.does("come")
    assert "Mill Lane 4" in leading.reads()
    assert "Mill Lane 4" not in reading.reads()


def test_another_window_takes_the_seat_and_the_first_says_so(sat, reading):
    other_device = Guest(reading.gathering, reading.persona)
    assert "You have opened this hour in another window." in other_device.reads()
    other_device.does("come")
    assert "You have opened this hour in another window." in reading.reads()
    assert "You have opened this hour in another window." not in other_device.reads()


def test_a_page_that_has_everything_gets_nothing_again(sat):
    leading, reading, _other = sat
    answer = reading.client.get(reading.address("now"))
    mark = answer["Weft-Room"]
    reading.client.post(reading.address("here"), {"mark": mark})
    mark = reading.client.get(reading.address("now"))["Weft-Room"]
    assert reading.client.post(reading.address("here"), {"mark": mark}).status_code == 204
    leading.does("pause")
    answer = reading.client.post(reading.address("here"), {"mark": mark})
    assert answer.status_code == 200
    assert "We pause." in answer.content.decode()


def test_an_open_page_says_by_itself_that_its_reader_can_take_over(leading, reading, helper, gathering, clock):
    """H3. Whoever leads drops out: within 30 seconds and one beat the button is there, though nothing happened."""
    standing_by = Guest(gathering, helper.persona)
    for one in (leading, standing_by, reading):
        one.does("come")
        one.client.post(one.address("here"))
    leading.does("open_door")
    mark, came = "", {}
    for second in range(0, 50, 10):
        reading.client.post(reading.address("here"))
        answer = standing_by.client.post(standing_by.address("here"), {"mark": mark})
        came[second] = "Guide the hour now" in answer.content.decode()
        mark = answer.get("Weft-Room", mark)
        clock.go(10)
    assert came == {0: False, 10: False, 20: False, 30: True, 40: False}, "at 40 nothing is new"
    standing_by.does("take_over")
    assert Hour.of(gathering).look().chair(helper.pk).part == "leads"


def test_every_piece_of_the_room_has_an_id_of_its_own(sat):
    for guest in sat:
        ids = re.findall(r' id="([^"]+)"', guest.reads())
        assert len(ids) == len(set(ids))


def test_nobody_comes_in_on_an_old_consent(gathering, leading, reading):
    reading.does("come")
    leading.does("come")
    leading.does("open_door")
    Consent.publish("- Nothing is recorded. Other words.", by=leading.persona)
    assert "They have still to say yes" in leading.does("admit", seat=reading.seat.pk)
    assert not Hour.of(gathering).look().chair(reading.seat.pk).is_inside
    page = reading.reads()
    assert "Other words." in page
    now = Consent.in_force(gathering.series)
    now.agree(reading.persona, declared=watching(gathering.circle_id))
    leading.does("admit", seat=reading.seat.pk)
    assert Hour.of(gathering).look().chair(reading.seat.pk).is_inside


def test_no_room_opens_for_somebody_whose_training_is_not_signed_off(gathering, leading):
    gathering.series.needs_training = True
    gathering.series.save()
    assert "Your training as a host is not signed off yet." in leading.reads()
    leading.does("come")
    assert "Your training as a host is not signed off yet." in leading.does("open_door")
    assert Hour.of(gathering).look().phase == "scheduled"


NOT_YET = "Your training as a host is not signed off yet."


@pytest.fixture
def helping(gathering, helper, sat):
    """Imke helps, and her training is signed off; so is Cleo's."""
    gathering.series.needs_training = True
    gathering.series.save()
    for seat in (helper, sat[0].seat):
        signed_off(seat.persona)
    guest = Guest(gathering, helper.persona)
    guest.does("come")
    return guest


def test_who_is_not_signed_off_has_no_power_of_a_guide(gathering, sat, helping):
    """Every one of them; and the room is as it was. What anybody may do, they may do."""
    _leading, reading, _other = sat
    Training.objects.filter(persona=helping.persona).delete()
    hour = Hour.of(gathering)
    assert "Only those who guide see this" not in helping.reads()  # they are a guest, from their next sign of life on
    reading.does("need_help")
    before = hour.look().to_json()
    for what, rule in ACTS.items():
        if rule.guided or what == "take_over":
            assert NOT_YET in helping.does(what, seat=reading.seat.pk, words="What now?"), what
    assert NOT_YET in helping.does("answer_help", seat=reading.seat.pk)
    assert hour.look().to_json() == before
    assert NOT_YET not in helping.does("step_in")
    assert NOT_YET not in helping.does("need_help")
    assert NOT_YET not in helping.does("answer_help")
    helping.does("leave")
    assert hour.look().chair(helping.seat.pk).standing == "left"


def test_control_who_is_signed_off_has_them(gathering, sat, helping):
    _leading, reading, _other = sat
    assert NOT_YET not in helping.does("pause")
    assert Hour.of(gathering).look().paused is not None
    helping.does("go_on")
    helping.does("mute", seat=reading.seat.pk)
    assert Hour.of(gathering).look().chair(reading.seat.pk).muted


def test_who_is_not_signed_off_waits_at_the_door_like_anybody(gathering, sat, helper):
    leading, _reading, _other = sat
    gathering.series.needs_training = True
    gathering.series.save()
    signed_off(leading.persona)
    helping, hour = Guest(gathering, helper.persona), Hour.of(gathering)
    assert NOT_YET in helping.reads()
    assert "You are at the door." in helping.does("come")
    assert "Who is here" not in helping.reads()
    leading.does("admit", seat=helper.pk)
    chair = hour.look().chair(helper.pk)
    assert (chair.standing, chair.part) == ("inside", "member")
    page = helping.reads()
    assert "Who is here" in page
    assert "Only those who guide see this" not in page


def test_control_who_is_signed_off_at_the_door_comes_in_to_guide(gathering, sat, helper):
    gathering.series.needs_training = True
    gathering.series.save()
    signed_off(sat[0].persona)
    helping = Guest(gathering, helper.persona)
    assert "You are at the door." in helping.does("come")
    signed_off(helper.persona)
    assert "Go to the door" in helping.reads()
    assert "Only those who guide see this" in helping.does("come")
    assert Hour.of(gathering).look().chair(helper.pk).part == "helps"


@pytest.mark.parametrize("signed", ["signed off", "never signed off", "not any more"])
def test_an_hour_pauses_when_nobody_is_there_who_may_guide(gathering, lead, helper, clock, signed):
    """Whoever leads is gone, and whoever helps is there all the time: that counts if they were signed off."""
    gathering.series.needs_training = True
    gathering.series.save()
    signed_off(lead.persona)
    if signed != "never signed off":
        signed_off(helper.persona)
    hour = Hour.of(gathering)
    for seat in (lead, helper):
        hour.come(by=seat)
    hour.act("open_door", by=lead, turn=0)
    hour.act("begin", by=lead, turn=hour.look().turn)
    if signed == "never signed off":
        hour.act("admit", by=lead, seat=helper.pk)
    for seat in (lead, helper):
        hour.here(seat, beats=True)
    if signed == "not any more":
        Training.objects.filter(persona=helper.persona).delete()
    for _beat in range(13):
        clock.go(10)
        hour.here(helper, beats=True)
    assert (hour.look().paused is None) == (signed == "signed off")


def test_nobody_gives_a_command_of_those_who_guide_past_the_page(gathering, lead, helper):
    """The page asks whether somebody may guide; the hour asks for itself."""
    hour = Hour.of(gathering)
    for seat in (lead, helper):
        hour.come(by=seat)
    hour.act("lock", by=helper)
    assert hour.look().locked
    gathering.series.needs_training = True
    gathering.series.save()
    signed_off(lead.persona)
    for what in ("unlock", "take_over"):
        with pytest.raises(NotYours):
            hour.act(what, by=helper)
    with pytest.raises(NotNow):
        hour.act("hand_over", by=lead, seat=helper.pk)
    signed_off(helper.persona)
    hour.come(by=helper)
    hour.act("unlock", by=helper)
    assert not hour.look().locked


def test_an_hour_is_not_handed_over_to_who_is_not_signed_off(gathering, sat, helping):
    leading, _reading, _other = sat
    training = Training.objects.get(persona=helping.persona)
    training.delete()
    assert "They cannot lead this hour." in leading.does("hand_over", seat=helping.seat.pk)
    assert Hour.of(gathering).look().chair(leading.seat.pk).part == "leads"
    signed_off(helping.persona)
    leading.does("hand_over", seat=helping.seat.pk)
    assert Hour.of(gathering).look().chair(helping.seat.pk).part == "leads"


def test_an_hour_over_midnight_is_not_taken_from_whoever_holds_it(gathering, sat, helping, clock):
    """A sign-off that ends today holds until this hour is over, and opens no other."""
    persona, day = helping.persona, time.today()
    Training.objects.get(persona=persona).settle(by="Noor", on=day, days=0)
    gathering.starts = time.midnight(day) + timedelta(hours=22)  # in London, where it is at home
    clock.now = time.midnight(day) + timedelta(hours=25, minutes=30)
    assert opening.reasons_against(gathering, persona) != []
    assert opening.reasons_against(gathering, persona, opens=False) == []
    clock.go(24 * 3600)
    assert opening.reasons_against(gathering, persona, opens=False) != []


def test_the_plan_of_the_hour_offers_its_next_question(gathering, leading):
    gathering.series.plan = {"prompts": ["Who is with you?", "What held you up?"]}
    gathering.series.save()
    for what in ("come", "open_door", "begin"):
        leading.does(what)
    assert 'value="Who is with you?"' in leading.reads()
    leading.does("start_round", words="Who is with you?")
    page = leading.reads()
    assert 'value="What held you up?"' in page
    assert 'value="Who is with you?"' not in page


def test_what_can_be_done_for_each_is_what_the_hour_lets_through(gathering, lead, helper, river, benno):
    """The page asks once for all who are alike. Whatever they are, it is what the hour says of each alone."""
    hour, now = Hour.of(gathering), int(time.now().timestamp())
    people = [enter(Person.objects.join(f"p{n}", None), gathering.circle, f"Person {n}") for n in range(10)]
    seats = [river, benno, *(sit(gathering, one) for one in people)]
    for seat in (lead, helper, *seats):
        hour.come(by=seat)
    hour.act("open_door", by=lead, turn=hour.look().turn)
    for seat in seats[:10]:
        hour.act("admit", by=lead, seat=seat.pk)
    for what, seat in (("mute", 2), ("hold", 3), ("remove", 4), ("send_back", 5), ("by_phone", 6)):
        hour.act(what, by=lead, seat=seats[seat].pk)
    hour.act("begin", by=lead, turn=hour.look().turn)
    hour.act("step_out", by=seats[7])
    hour.act("quiet_room", by=helper, seat=seats[8].pk)
    seen = 0
    for what in ("", "start_round", "open_floor", "close"):
        if what:
            hour.act(what, by=lead, turn=hour.look().turn)
        for step in ("", "accept", "later", "pass_on", "raise_hand"):
            at = hour.look().holder or hour.look().offered or seats[0].pk
            with suppress(Refused):
                if step:
                    hour.act(step, by=next(seat for seat in (lead, *seats) if seat.pk == at), turn=hour.look().turn)
            sight = Sight(gathering, hour.look(), lead, now + (40 if step == "later" else 0), 0)
            for one in sight.by_seat.values():
                alone = [name for name in HELP if sight.may(name, seat=one.seat)]
                assert [name for name, _said in sight.about(one)] == alone
                seen += len(alone)
    assert seen > 500
