"""Somebody of the house visits an open hour: through its door, under a name of that hour, and then they are gone."""

from datetime import timedelta

import pytest
from django.urls import reverse

from weft.circles import veil
from weft.circles.models import Acceptance, Bar, Persona
from weft.conftest import PASSPHRASE
from weft.gatherings import keeping
from weft.gatherings.hour.keeper import Hour, may_hear
from weft.gatherings.models import Consent, ConsentStep, Gathering, Line, Said, Seat, Series
from weft.gatherings.models.attendance import of_gathering
from weft.gatherings.tests.test_the_room import Guest
from weft.home.erasing import erase
from weft.loom import jobs, time
from weft.people.models import Person
from weft.safety.models import Block, Concern

pytestmark = pytest.mark.django_db(transaction=True)
NAME = "Passing Swift"


@pytest.fixture
def gathering(gathering):
    Series.objects.update(door=Series.Door.OPEN)
    return Gathering.objects.select_related("series", "circle").get(pk=gathering.pk)


@pytest.fixture
def dora(house):
    """Somebody of the house who is in no circle."""
    return Person.objects.join("dora", PASSPHRASE)


class Visitor:
    """Somebody who is not in the circle, with a browser."""

    def __init__(self, gathering, person, client):
        self.gathering, self.person, self.client = gathering, person, client
        client.force_login(person)

    def address(self, view):
        return reverse(
            f"gatherings:{view}", kwargs={"key": self.gathering.circle_id, "gathering_key": self.gathering.pk}
        )

    def reads(self, view="visit"):
        answer = self.client.get(self.address(view), follow=True)
        return answer.content.decode() if answer.status_code == 200 else answer.status_code

    def asks(self, name=NAME, **said):
        """The door's form, filled in as it stands there."""
        page = self.reads()
        read = page.partition('name="read" value="')[2].partition('"')[0]
        watching = [part.partition('"')[0] for part in page.split('name="watching" value="')[1:]]
        data = {"name": name, "yes": "on", "read": read, "watching": watching} | said
        return self.client.post(self.address("visit"), data, follow=True).content.decode()

    def does(self, what, **said):
        turn = Hour.of(self.gathering).look().turn
        answer = self.client.post(self.address("room"), {"what": what, "turn": turn, **said}, follow=True)
        return answer.content.decode()

    @property
    def persona(self):
        return Persona.found(self.person, self.gathering.circle_id)

    @property
    def seat(self):
        return Seat.objects.get(gathering=self.gathering, persona=self.persona)


@pytest.fixture
def visitor(gathering, dora, client):
    return Visitor(gathering, dora, client)


@pytest.fixture
def guide(gathering, lead):
    guest = Guest(gathering, lead.persona)
    guest.does("come")
    guest.does("open_door")
    return guest


def at_the_door(visitor):
    visitor.asks()
    assert "You are at the door." in visitor.does("come")


def test_one_reads_the_agreement_takes_a_name_and_waits_at_the_door(gathering, guide, visitor):
    page = visitor.reads()
    assert gathering.circle.agreement.text.splitlines()[0].lstrip("- ") in page
    assert "What holds in the hour" in page
    assert "To come in, please say yes to both." in visitor.asks(yes="")
    assert not Persona.objects.filter(standing="visiting").exists()
    assert "Behind this door is a waiting room." in visitor.asks()
    assert visitor.persona.has_accepted(gathering.circle.agreement)
    assert "You are at the door." in visitor.does("come")
    assert "Who is here" not in visitor.reads("room")
    guided = guide.reads()
    assert NAME in guided
    assert '<span class="tag">visits</span>' in guided
    guide.does("admit", seat=visitor.seat.pk)
    assert "You are in. We begin soon." in visitor.reads("room")
    assert (visitor.persona.standing, visitor.persona.since) == ("visiting", time.today())


def test_a_visitor_has_a_turn_like_anybody_and_their_true_part_is_seen_by_all(gathering, guide, river, visitor):
    other = Guest(gathering, river.persona)
    at_the_door(visitor)
    other.does("come")
    for seat in (visitor.seat, river):
        guide.does("admit", seat=seat.pk)
    guide.does("begin")
    guide.does("start_round", words="What held you up?")
    assert "The piece is offered to you." in visitor.reads("room")
    visitor.does("accept")
    visitor.does("say", words="The bus, twice.")
    page = other.reads()
    assert "The bus, twice." in page
    assert "visits" in page


def test_nothing_else_of_the_circle_is_theirs_to_see(gathering, guide, visitor):
    at_the_door(visitor)
    guide.does("admit", seat=visitor.seat.pk)
    key = {"key": gathering.circle_id}
    for view in ("people", "agreement", "desk"):
        assert visitor.client.get(reverse(f"circles:{view}", kwargs=key)).status_code == 404, view
    for view in ("gatherings", "consents", "letters", "records"):
        assert visitor.client.get(reverse(f"gatherings:{view}", kwargs=key)).status_code == 404, view
    for view in ("attendance", "pulse", "notes"):
        assert visitor.client.get(visitor.address(view)).status_code == 404, view
    assert visitor.client.get(reverse("stories:begin", kwargs=key)).status_code == 404
    assert visitor.persona.pk not in {one.pk for one in gathering.circle.personas.inside()}
    assert Persona.all_of(visitor.person) == []
    assert visitor.persona.people == gathering.circle.personas.inside().count(), "and they are not counted"
    assert NAME not in guide.client.get(reverse("circles:people", kwargs=key)).content.decode()
    assert NAME not in guide.client.get(reverse("circles:desk", kwargs=key)).content.decode()
    Gathering.objects.update(phase="ended")
    assert [seat.persona.name for seat, _was in of_gathering(gathering)] == ["Cleo"]


@pytest.mark.parametrize("door", ["members", "cohort"])
def test_nobody_visits_what_is_not_open(gathering, guide, visitor, door):
    at_the_door(visitor)
    assert may_hear(visitor.persona.pk, f"gathering:{gathering.pk}")
    Series.objects.update(door=door)
    assert visitor.reads() == 404
    assert visitor.reads("room") == 404, "nor does somebody stay who was there already"


def test_nobody_visits_in_a_circle_that_cannot_be_found_or_is_closed(gathering, visitor):
    assert "What shall we call you in this hour?" in visitor.reads()
    gathering.circle.change({"listed": False})
    assert visitor.reads() == 404
    gathering.circle.change({"listed": True, "closed_on": time.today()})
    assert visitor.reads() == 404


def test_the_door_for_visitors_opens_half_an_hour_before(gathering, visitor, clock):
    Gathering.objects.update(starts=clock.now + timedelta(minutes=31))
    assert "half an hour before" in visitor.reads()
    assert visitor.client.post(visitor.address("visit"), {"name": NAME, "yes": "on"}).status_code == 404
    assert not Persona.objects.filter(standing="visiting").exists()
    clock.go(120)
    assert "What shall we call you in this hour?" in visitor.reads()
    assert "What shall we call you in this hour?" in visitor.reads("gathering"), "its own address leads there too"


def test_who_was_put_out_of_the_circle_does_not_visit_it(gathering, visitor, dora):
    Bar.objects.create(circle=gathering.circle, owner_tag=veil.owner_tag(dora, gathering.circle_id))
    visitor.asks()
    assert not Persona.objects.filter(standing="visiting").exists()


def test_a_name_that_somebody_has_there_is_not_taken(gathering, lead, visitor):
    assert "Somebody here has this name." in visitor.asks(name="cleo")


def test_new_words_are_read_before_one_comes_in(gathering, guide, visitor):
    """Published after the page was shown, and again while somebody waits at the door."""
    page = visitor.reads()
    read = page.partition('name="read" value="')[2].partition('"')[0]
    gathering.circle.agree_on("- Other rules.")
    said = {"name": NAME, "yes": "on", "read": read}
    assert "The words have changed meanwhile." in visitor.client.post(visitor.address("visit"), said).content.decode()
    at_the_door(visitor)
    Consent.publish("- Other words.", by=guide.persona)
    assert "They have still to say yes" in guide.does("admit", seat=visitor.seat.pk)
    assert "Other words." in visitor.reads("room")
    visitor.asks()
    guide.does("admit", seat=visitor.seat.pk)
    assert Hour.of(gathering).look().chair(visitor.seat.pk).is_inside


def test_a_day_later_nothing_in_the_circle_says_who_came(gathering, guide, visitor, clock):
    before = {model: model.objects.count() for model in (Persona, Seat, Acceptance)}
    at_the_door(visitor)
    guide.does("admit", seat=visitor.seat.pk)
    guide.does("begin")
    guide.does("start_round")
    visitor.does("accept")
    visitor.does("say", words="The bus, twice.")
    guide.does("end")
    assert "You visited." in visitor.reads("room")
    assert "I am worried about somebody" in visitor.reads("after")
    pk, seat = visitor.persona.pk, visitor.seat.pk
    clock.go(22 * 3600)
    jobs.run_due(at=clock.now)
    assert "You visited." in visitor.reads("after"), "until then they can turn to somebody"
    clock.go(3 * 3600)
    jobs.run_due(at=clock.now)
    assert {model: model.objects.count() for model in before} == before
    assert not Persona.objects.filter(pk=pk).exists()
    assert not Said.objects.exists()
    assert seat not in {value for line in Line.objects.all() for value in dict(line.said).values()}
    assert not ConsentStep.objects.filter(persona=pk).exists()
    assert visitor.reads("after") == 404
    assert Hour.of(gathering).look().chair(seat) is None


def test_control_a_member_stays(gathering, guide, river, clock):
    Guest(gathering, river.persona).does("come")
    guide.does("end")
    clock.go(30 * 3600)
    keeping.let_visitors_go(time.now())
    assert Persona.objects.filter(pk=river.persona_id).exists()
    assert Seat.objects.filter(pk=river.pk).exists()


def test_whoever_visits_again_is_not_let_go_in_the_middle_of_it(gathering, guide, visitor, clock):
    at_the_door(visitor)
    clock.go(25 * 3600)
    Gathering.objects.update(starts=clock.now)
    keeping.let_visitors_go(time.now())
    assert "You are at the door." in visitor.reads("room")


def test_while_the_safety_team_looks_at_it_they_stay_known(gathering, guide, visitor, clock):
    at_the_door(visitor)
    guide.does("admit", seat=visitor.seat.pk)
    guide.client.post(guide.address("worry"), {"who": str(visitor.persona.pk), "words": "They frightened Ben."})
    told = Concern.objects.about(visitor.persona).get()
    clock.go(48 * 3600)
    keeping.let_visitors_go(time.now())
    assert visitor.persona is not None
    Concern.objects.filter(pk=told.pk).update(is_open=False)
    keeping.let_visitors_go(time.now())
    assert visitor.persona is None


def test_a_visitor_tells_the_safety_team_from_the_room(gathering, guide, visitor):
    at_the_door(visitor)
    guide.does("remove", seat=visitor.seat.pk)
    about = f"{reverse('safety:report')}?about=removal.{visitor.seat.pk}&circle={gathering.circle_id}"
    assert visitor.client.get(about).status_code == 200
    answer = visitor.client.post(visitor.address("worry"), {"words": "I am worried."}, follow=True)
    assert "The safety team has it now." in answer.content.decode()
    assert Concern.objects.count() == 1


def test_a_block_holds_for_a_visitor_and_when_they_come_again(gathering, guide, river, visitor, clock):
    at_the_door(visitor)
    Block.begin(visitor.persona, by=river.persona)
    for _again in range(2):
        other = Guest(gathering, river.persona)
        other.does("come")
        for seat in (visitor.seat, river):
            guide.does("admit", seat=seat.pk)
        assert NAME not in other.reads()
        assert NAME in guide.reads()
        clock.go(25 * 3600)
        keeping.let_visitors_go(time.now())
        assert visitor.persona is None
        Gathering.objects.update(starts=clock.now)
        at_the_door(visitor)


def test_who_asks_to_come_in_visits_under_that_name_and_goes_on_asking(gathering, guide, visitor, dora, clock):
    Persona.enter(dora, gathering.circle, "Wren", standing=Persona.Standing.ASKING)
    assert "You are called Wren there" in visitor.reads()
    visitor.asks(name="Somebody else")
    assert "You are at the door." in visitor.does("come")
    assert "Wren" in guide.reads()
    clock.go(25 * 3600)
    jobs.run_due(at=clock.now)
    assert visitor.persona.standing == Persona.Standing.ASKING
    assert not visitor.persona.seats.exists()


def test_who_visits_can_come_into_the_circle(gathering, guide, visitor):
    gathering.circle.change({"door": "open"})
    at_the_door(visitor)
    join = reverse("circles:join", kwargs={"key": gathering.circle_id})
    visitor.client.post(join, {"name": "Robin", "yes": "on"})
    mine = visitor.persona
    assert (mine.standing, mine.name) == (Persona.Standing.INSIDE, "Robin")
    keeping.let_visitors_go(time.now() + timedelta(days=3))
    assert visitor.persona.pk == mine.pk
    assert Persona.all_of(Person.objects.get(pk=visitor.person.pk)) == [mine]


def test_who_is_erased_takes_their_visit_along(gathering, guide, visitor):
    at_the_door(visitor)
    pk = visitor.persona.pk
    erase(visitor.person, words="erase")
    assert not Persona.objects.filter(pk=pk).exists()
    assert NAME not in guide.reads()
