# ruff: noqa: F401, F811 (fixtures)
"""Whoever did harm as a visitor does not come to the next hours under any name; nobody learns who it is."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from weft.circles.models import Invitation, Persona, VisitBar
from weft.conftest import PASSPHRASE, enter
from weft.gatherings import keeping
from weft.gatherings.hour.keeper import Hour
from weft.gatherings.models import Gathering, Seat
from weft.gatherings.tests.conftest import make_gathering
from weft.gatherings.tests.test_the_room import Guest
from weft.gatherings.tests.test_visiting import NAME, Visitor, at_the_door, dora, gathering, guide, visitor
from weft.home.erasing import erase
from weft.loom import jobs, time
from weft.people.models import Person
from weft.tests.laws.dump import tables
from weft.tests.racing import at_once, failures

pytestmark = pytest.mark.django_db(transaction=True)
REASON = "Shouted at River."
CLOSED = "These hours are not open to you just now"


@pytest.fixture
def sent_out(guide, visitor):
    """Somebody who was let in, did harm, was sent out, and shall not come to the next hours either: one tap."""
    at_the_door(visitor)
    guide.does("admit", seat=visitor.seat.pk)
    assert NAME in guide.does("begin")
    guide.does("close_to", seat=visitor.seat.pk, weeks="4", reason=REASON)
    return visitor


def address(circle):
    return reverse("gatherings:visitors", kwargs={"key": circle.pk})


def next_hour(gathering, clock, days=7):
    """A later hour of the same series, when the visitor has been let go of."""
    clock.go(days * 24 * 3600)
    jobs.run_due(at=clock.now)
    hour = Gathering(circle=gathering.circle, series=gathering.series, day=time.today(), starts=clock.now)
    hour.save(force_insert=True)
    return Gathering.objects.select_related("series", "circle").get(pk=hour.pk)


def test_control_without_it_they_come_to_the_next_hour(gathering, guide, visitor, clock):
    at_the_door(visitor)
    guide.does("remove", seat=visitor.seat.pk)
    visitor.gathering = next_hour(gathering, clock)
    assert "Behind this door is a waiting room." in visitor.asks(name="Another Name")


def test_they_are_out_at_once_and_do_not_come_to_the_next_hour_under_another_name(gathering, sent_out, clock):
    assert "You are not in the room." in sent_out.reads("room")
    assert Hour.of(gathering).look().chair(sent_out.seat.pk).standing == "removed"
    sent_out.gathering = next_hour(gathering, clock)
    assert sent_out.persona is None, "the house does not know any more that they came"
    page = sent_out.reads()
    assert CLOSED in page
    assert "What shall we call you in this hour?" not in page
    assert CLOSED in sent_out.asks(name="Another Name")
    assert not Persona.objects.filter(standing="visiting").exists()


def test_they_are_met_kindly_and_not_accused(gathering, sent_out, clock):
    sent_out.gathering = next_hour(gathering, clock)
    page = sent_out.reads()
    assert reverse("safety:help") in page
    assert reverse("safety:write") in page
    assert reverse("gatherings:meetings") in page
    for words in (REASON, "harm", "sent out", NAME, "removed"):
        assert words not in page


def test_they_do_not_come_by_the_open_door_or_an_invitation_meanwhile(gathering, sent_out, clock, lead):
    circle = gathering.circle
    circle.change({"door": "open"})
    next_hour(gathering, clock)
    join = reverse("circles:join", kwargs={"key": circle.pk})
    assert sent_out.client.post(join, {"name": "Robin", "yes": "on"}).status_code == 404
    _invitation, token = Invitation.write(lead.persona)
    invited = reverse("circles:invitation", kwargs={"token": token})
    assert sent_out.client.post(invited, {"name": "Robin", "yes": "on"}).status_code == 404
    assert sent_out.persona is None
    other = Client()
    other.force_login(Person.objects.join("edda", PASSPHRASE))
    assert other.post(join, {"name": "Robin", "yes": "on"}).status_code == 302, "the control: another comes in"


def test_in_another_circle_nobody_hears_of_it(gathering, sent_out, clock):
    from weft.conftest import make_circle

    other = make_gathering(make_circle("Elsewhere"))
    other.series.door = "open"
    other.series.save()
    Gathering.objects.filter(pk=other.pk).update(starts=clock.now)
    elsewhere = Visitor(
        Gathering.objects.select_related("series", "circle").get(pk=other.pk), sent_out.person, Client()
    )
    assert "What shall we call you in this hour?" in elsewhere.reads()


def test_those_who_guide_see_the_name_of_then_the_hour_and_why_and_nobody_else_does(
    gathering, guide, sent_out, imke, ada, sign_in
):
    page = sign_in(imke).get(address(gathering.circle)).content.decode()
    for words in (NAME, "Tuesday hour", REASON, "Cleo"):
        assert words in page
    assert sign_in(ada).get(address(gathering.circle)).status_code == 404
    assert sent_out.client.get(address(gathering.circle)).status_code == 404
    reading = Guest(gathering, ada)
    reading.does("come")
    assert REASON not in reading.reads()


def test_it_can_be_lifted(gathering, guide, sent_out, clock):
    bar = VisitBar.objects.get()
    sent_out.gathering = next_hour(gathering, clock)
    answer = guide.client.post(address(gathering.circle), {"lift": bar.pk}, follow=True).content.decode()
    assert "They can visit your hours again." in answer
    assert NAME not in answer
    assert "Behind this door is a waiting room." in sent_out.asks()


def test_nobody_lifts_one_of_another_circle(gathering, sent_out, sign_in):
    from weft.conftest import make_circle

    stranger = enter(Person.objects.join("mallory", PASSPHRASE), make_circle("Elsewhere"), "Mal", role="facilitator")
    bar = VisitBar.objects.get()
    assert sign_in(stranger).post(address(stranger.circle), {"lift": bar.pk}).status_code == 404
    with pytest.raises(PermissionError):
        bar.lift(by=stranger)
    assert VisitBar.objects.exists()


def test_it_ends_by_itself(gathering, sent_out, clock):
    sent_out.gathering = next_hour(gathering, clock, days=28)
    assert CLOSED in sent_out.reads(), "its last day"
    sent_out.gathering = next_hour(gathering, clock, days=1)
    assert "Behind this door is a waiting room." in sent_out.asks()
    VisitBar.tidy()
    assert not VisitBar.objects.exists()


def test_it_can_be_said_after_the_hour_for_a_day(gathering, guide, visitor, clock):
    at_the_door(visitor)
    guide.does("admit", seat=visitor.seat.pk)
    guide.does("end")
    page = guide.client.get(address(gathering.circle)).content.decode()
    assert NAME in page
    assert guide.persona.name not in page.partition("Who visited in the last day")[2], "who is in it did not visit"
    said = {"seat": visitor.seat.pk, "weeks": "52", "reason": ""}
    guide.client.post(address(gathering.circle), said)
    assert VisitBar.objects.get().until == time.today() + timedelta(weeks=52)
    visitor.gathering = next_hour(gathering, clock)
    assert CLOSED in visitor.reads()
    assert guide.client.post(address(gathering.circle), said).status_code == 404, "a day later nobody knows who came"


def test_after_they_were_sent_out_it_is_still_one_tap(gathering, guide, visitor):
    at_the_door(visitor)
    words = "Not in our next hours either?"
    assert words in guide.does("remove", seat=visitor.seat.pk)
    assert words not in guide.does("close_to", seat=visitor.seat.pk, weeks="4")
    assert VisitBar.objects.count() == 1


def test_said_twice_it_holds_until_the_later_day_and_stands_once(gathering, guide, sent_out):
    guide.does("close_to", seat=sent_out.seat.pk, weeks="52", reason="Again.")
    guide.does("close_to", seat=sent_out.seat.pk, weeks="4", reason="Once more.")
    assert VisitBar.objects.get().until == time.today() + timedelta(weeks=52)


def test_nobody_closes_the_hours_to_a_member_or_without_guiding(gathering, guide, river, visitor):
    other = Guest(gathering, river.persona)
    other.does("come")
    at_the_door(visitor)
    guide.does("admit", seat=river.pk)
    other.does("close_to", seat=visitor.seat.pk, weeks="4")
    guide.does("close_to", seat=river.pk, weeks="4")
    assert not VisitBar.objects.exists()


def test_another_room_of_the_circle_in_which_they_wait_is_closed_too(gathering, guide, visitor, clock):
    """Two open hours are near each other: they stand at both doors."""
    at_the_door(visitor)
    other = make_gathering(gathering.circle)
    other.series.door = "open"
    other.series.save()
    Gathering.objects.filter(pk=other.pk).update(starts=clock.now)
    second = Visitor(Gathering.objects.select_related("series", "circle").get(pk=other.pk), visitor.person, Client())
    at_the_door(second)
    guide.does("close_to", seat=visitor.seat.pk, weeks="4")
    assert not Seat.objects.filter(gathering=other, persona=visitor.persona).exists()
    assert second.reads("room") == 404
    assert not Hour.of(other).look().chairs


def test_who_stands_in_line_for_the_circle_does_not_come_in_by_a_free_seat(gathering, guide, visitor, dora):
    circle = gathering.circle
    circle.change({"seats": circle.personas.inside().count()})
    waits = Persona.enter(dora, circle, "Wren")
    assert waits.standing == Persona.Standing.WAITING
    visitor.asks()
    visitor.does("come")
    guide.does("close_to", seat=visitor.seat.pk, weeks="4")
    circle.change({"seats": 50})
    assert visitor.persona.standing == Persona.Standing.DECLINED


def test_no_dump_tells_against_whom_it_is(gathering, sent_out):
    """While the visitor's own row still lies there: no value of the one stands in the other."""
    found = tables()
    [bar] = found["circles_visitbar"]
    [row] = [row for row in found["circles_persona"] if row["id"] == sent_out.persona.pk]
    person = next(row for row in found["people_person"] if row["id"] == sent_out.person.pk)

    def told(value):
        return bytes(value) if isinstance(value, bytes | memoryview) else value

    shared = {told(value) for value in bar.values()} & {told(value) for value in [*row.values(), *person.values()]}
    assert shared - {None, "", 0, 1} == {gathering.circle_id}
    everything = " ".join(str(told(value)) for value in bar.values())
    assert all(words not in everything for words in (NAME, REASON, "Tuesday"))


def test_control_the_mark_of_a_persona_would_tell(gathering, sent_out):
    VisitBar.objects.update(tag=sent_out.persona.owner_tag)
    [bar] = tables()["circles_visitbar"]
    assert bytes(bar["tag"]) in {bytes(row["owner_tag"]) for row in tables()["circles_persona"]}


def test_whoever_is_erased_is_erased_from_it_and_comes_as_another(gathering, sent_out):
    erase(sent_out.person, words="erase")
    assert not VisitBar.objects.exists()


def test_with_whoever_wrote_the_reason_it_goes_and_the_hours_stay_closed(gathering, sent_out, clock, lead, imke):
    lead.persona.leave(by=Person.objects.get(pk=Person.objects.named("cleo").pk), words="keep")
    bar = VisitBar.objects.get()
    assert (bar.reason, bar.by, bar.name) == ("", None, NAME)
    sent_out.gathering = next_hour(gathering, clock)
    assert CLOSED in sent_out.reads()


def test_their_own_file_says_that_hours_are_closed_to_them(gathering, sent_out):
    kept = VisitBar.kept_of(sent_out.person, [])
    [said] = kept["hours that are closed to me for a while"]
    assert (said["as"], said["hour"], said["until"]) == (NAME, "Tuesday hour", VisitBar.objects.get().until)
    assert REASON not in str(kept)


def test_whoever_comes_in_at_the_same_moment_is_out_too(gathering, guide, visitor):
    """The door of a second open hour, and the tap: whichever is first, they are not in it afterwards."""
    at_the_door(visitor)
    other = make_gathering(gathering.circle)
    other.series.door = "open"
    other.series.save()
    second = Visitor(Gathering.objects.select_related("series", "circle").get(pk=other.pk), visitor.person, Client())
    read = second.reads().partition('name="read" value="')[2].partition('"')[0]
    said = {"name": NAME, "yes": "on", "read": read}
    came = at_once(
        lambda: second.client.post(second.address("visit"), said),
        lambda: guide.does("close_to", seat=visitor.seat.pk, weeks="4"),
    )
    assert failures(came) == []
    assert VisitBar.objects.count() == 1
    assert not Seat.objects.filter(gathering=other, persona=visitor.persona).exists()
    keeping.let_visitors_go(time.now())
