"""A list costs as many queries with three items as with one, and no page costs many."""

from collections.abc import Callable
from datetime import time as clock
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from weft.care.models import Board, News, Slot
from weft.care.tests.ways import care_in, make_need, make_offer, make_posting
from weft.circles.models import Circle, House, Invitation, Persona
from weft.circles.sought import Sought
from weft.companions.models import Greeting
from weft.conftest import enter, make_circle
from weft.gatherings.models import Place, Series
from weft.loom import ids, time
from weft.loom.glance import Glance
from weft.notices.models import Notice
from weft.people.models import Duty, Person
from weft.safety.models import Block
from weft.stories.finding import Asked
from weft.stories.models import Ask, Echo, Reply, Story


class World:
    """A circle in which there are *n* of everything."""

    def __init__(self, n: int) -> None:
        commons = make_circle("Mill House", kind="commons", seats=500)
        House.objects.create(commons=commons, kind="charity", country="GB")
        self.circle = make_circle("Evening Circle", seats=50)
        self.me = Person.objects.join("me", None)
        self.guide = Person.objects.join("guide", None)
        self.steward = Person.objects.join("steward", None)
        Duty.objects.create(person=self.steward, kind="steward", known_as="Sol")
        self.safety = Person.objects.join("safety", None)
        Duty.objects.create(person=self.safety, kind="safety", known_as="Noor")
        self.mine = enter(self.me, self.circle, "Me")
        self.guides = enter(self.guide, self.circle, "Guide", role=Persona.Role.FACILITATOR)
        for i in range(n):
            other = enter(Person.objects.join(f"other {i}", None), self.circle, f"Other {i}")
            Greeting.write(other, "Hello.", by=self.guides).put_away("Back.", by=other)
            enter(Person.objects.join(f"new {i}", None), self.circle, f"New {i}")
            asks = Persona.enter(
                Person.objects.join(f"asks {i}", None), self.circle, f"Asks {i}", standing=Persona.Standing.ASKING
            )
            asks.accept(self.circle.agreement)
            Invitation.write(self.guides)
            enter(self.me, make_circle(f"Another {i}"), "Me too")
            for teller in (self.mine, other):
                story = Story.begin(teller)
                story.write(f"Story {i}", wish="listen", audience="circle", topics=["loss"])
                story.share(by=teller)
                for k in range(n):
                    Reply.say(story, f"Reply {k}", by=other)
                    Reply.say(story, f"Note {k}", by=self.guides, note=True)
                Echo.give(story, "with", by=self.guides)
                Echo.give(story, "there", by=other)
            Story.begin(self.mine).write(f"Draft {i}", wish="glad", audience="circle", topics=[])
        for i in range(n):
            self.series = gather(f"Hour {i}", self.guides, [self.mine, *self.circle.personas.inside()[: n + 1]])
        others = self.circle.personas.inside().exclude(role="facilitator")
        care_in(self.circle, self.guides, [self.mine, *others.exclude(pk=self.mine.pk)[: n + 1]])
        for i in range(n):
            News.tell(ids.random_id(), f"News {i}", "News.", by=self.guides)
            make_need(self.guides, name=f"Need {i}", days=3 + i)
        self._board(n)
        self.slot = Slot.objects.filter(promise__persona=self.mine).first()
        self.story = self.mine.stories.filter(number__isnull=False).first()

    def _board(self, n: int) -> None:
        """Each of these is on the board, and somebody of the house has offered, and taken, such a thing."""
        Board.turn(True, by=self.steward)
        self.neighbour = Person.objects.join("neighbour", None, joined_on=time.today() - timedelta(days=60))
        enter(self.neighbour, make_circle("Of the house"), "Sol")
        for i in range(n):
            need = make_need(self.guides, name=f"On the board {i}", places=2)
            posting = make_posting(need, by=self.guides)
            taken, self.on_board = need.slots.all()
            posting.take(taken, f"Sol {i}", by=self.neighbour)
            make_offer(Person.objects.join(f"offers {i}", None)).ask(self.on_board, by=self.guides)
        make_offer(self.neighbour).ask(self.on_board, by=self.guides)


def gather(name: str, guide: Persona, members: list[Persona]) -> Series:
    """A series with a gathering to which each of these has said something."""
    said = {"name": name, "zone": "UTC", "starts_on": time.today() + timedelta(days=2), "starts_at": clock(19)}
    series = Series.begin(ids.random_id(), said | {"rule": "FREQ=WEEKLY", "door": "cohort", "seats": 50}, by=guide)
    for member in members:
        if not member.facilitates:
            Place.ask(series, [], by=member)
            series.next.take_answer("coming", by=member)
    return series


def of_series(view: str) -> Callable[[World], str]:
    return lambda world: reverse(view, kwargs={"key": world.circle.pk, "series_key": world.series.pk})


def in_circle(view: str) -> Callable[[World], str]:
    return lambda world: reverse(view, kwargs={"key": world.circle.pk})


def of_story(view: str) -> Callable[[World], str]:
    return lambda world: reverse(view, kwargs={"key": world.circle.pk, "story_key": world.story.pk})


def searched(who: str, **more: str) -> Callable[[World], str]:
    def address(world: World) -> str:
        return reverse("stories:search") + "?asked=" + Asked(**{"words": "reply"} | more).sealed(getattr(world, who))

    return address


def fits(who: str) -> Callable[[World], str]:
    def address(world: World) -> str:
        sought = Sought("reply story hour lost", ("loss",)).sealed(getattr(world, who))
        return reverse("companions:fitting") + f"?asked={sought}"

    return address


def plain(view: str) -> Callable[[World], str]:
    return lambda world: reverse(view)


LISTS: list[tuple[str, str, Callable[[World], str], int]] = [
    ("circles, signed out", "", plain("circles:find"), 8),
    ("circles", "me", plain("circles:find"), 8),
    ("a circle's door", "", in_circle("circles:circle"), 8),
    ("a circle's page", "me", in_circle("circles:circle"), 8),
    ("a circle's page, guiding", "guide", in_circle("circles:circle"), 8),
    ("today", "me", plain("home:today"), 8),
    ("today, guiding", "guide", plain("home:today"), 8),
    ("today, on the safety team", "safety", plain("home:today"), 8),
    ("today, a steward", "steward", plain("home:today"), 8),
    ("today, with a turn of the board", "neighbour", plain("home:today"), 8),
    ("people", "me", in_circle("circles:people"), 8),
    ("people, guiding", "guide", in_circle("circles:people"), 8),
    ("desk", "guide", in_circle("circles:desk"), 8),
    ("earlier stories", "me", in_circle("stories:earlier"), 8),
    ("a story, mine", "me", of_story("stories:story"), 8),
    ("a story", "guide", of_story("stories:story"), 8),
    ("searched", "me", searched("me"), 8),
    ("searched, guiding", "guide", searched("guide"), 8),
    ("searched, side by side", "me", searched("me", words="“reply 0”"), 8),
    ("what fits", "me", fits("me"), 8),
    ("what fits, guiding", "guide", fits("guide"), 8),
    ("gatherings", "me", in_circle("gatherings:gatherings"), 8),
    ("gatherings, guiding", "guide", in_circle("gatherings:gatherings"), 8),
    ("a gathering", "me", lambda world: world.series.next.get_absolute_url(), 10),
    ("a gathering, guiding", "guide", lambda world: world.series.next.get_absolute_url(), 10),
    ("a closed group", "me", of_series("gatherings:place"), 9),
    ("a closed group, guiding", "guide", of_series("gatherings:places"), 8),
    ("a series", "guide", of_series("gatherings:plan"), 8),
    ("what is needed", "me", in_circle("care:care"), 8),
    ("what is needed, guiding", "guide", in_circle("care:care"), 8),
    ("a slot", "me", lambda world: world.slot.get_absolute_url(), 8),
    ("rings", "guide", in_circle("care:people"), 8),
    ("who looked", "guide", in_circle("care:looks"), 8),
    ("a month", "me", in_circle("care:month"), 8),
    ("my week", "me", in_circle("care:week"), 8),
    ("news", "me", in_circle("care:news"), 8),
    ("calls", "guide", in_circle("care:calls"), 8),
    ("the board", "neighbour", plain("care:board"), 10),
    ("a slot on the board, guiding", "guide", lambda world: world.on_board.get_absolute_url(), 10),
    ("replies since", "guide", of_story("stories:replies"), 8),
]


def count(who: str, address: Callable[[World], str], world: World, sign_in: Any, client: Any) -> list[str]:
    browser = sign_in(getattr(world, who)) if who else client
    for warm in (True, False):
        with CaptureQueriesContext(connection) as queries:
            page = browser.get(address(world))
        assert page.status_code == 200, address(world)
        assert warm or len(page.content) > 500 or "replies" in address(world)
    return [query["sql"] for query in queries.captured_queries]


@pytest.mark.parametrize("name, who, address, most", LISTS, ids=[row[0] for row in LISTS])
def test_a_list_costs_the_same_with_one_and_three(db, sign_in, client, name, who, address, most):
    one = count(who, address, World(1), sign_in, client)
    _empty_house()
    three = count(who, address, World(3), sign_in, client)
    assert len(one) == len(three), "\n".join(three)
    assert len(three) <= most, "\n".join(three)


class Hard(World):
    """All at once: blocks, questions, greetings, news at the bell, late stories, people who are new and who ask."""

    def __init__(self) -> None:
        super().__init__(3)
        self.guide.refresh_from_db()
        elsewhere = make_circle("Elsewhere")
        here = enter(self.guide, elsewhere, "Guide, elsewhere")
        others = [enter(Person.objects.join(f"there {i}", None), elsewhere, f"There {i}") for i in range(3)]
        Block.begin(others[0], by=here)
        Greeting.write(self.mine, "Hello.", by=self.guides)
        with_me = self.circle.personas.inside().exclude(pk__in=[self.mine.pk, self.guides.pk])
        Block.begin(with_me[0], by=self.mine)
        for to, teller in ((self.mine, with_me[1]), (here, others[1]), (here, others[2])):
            story = told(teller)
            Ask(circle_id=story.circle_id, story=story, to=to, at=time.now()).save(force_insert=True)
        self.late = told(self.mine)
        self.late.promised = self.late.waits_since = time.now() - timedelta(days=9)
        self.late.save()
        for persona in (self.mine, self.guides, here):
            Notice.ring("stories.reply", to=persona, about=self.late.pk)


def told(teller: Persona) -> Story:
    story = Story.begin(teller)
    story.write("It is a long night.", wish="listen", audience="circle", topics=["loss"])
    story.share(by=teller)
    return story


def late_story(world: Any) -> str:
    return str(world.late.get_absolute_url())


HARD = [
    ("me", plain("home:today")),
    ("me", in_circle("circles:circle")),
    ("me", of_story("stories:story")),
    ("me", late_story),
    ("me", plain("circles:find")),
    ("me", fits("me")),
    ("guide", fits("guide")),
    ("guide", plain("home:today")),
    ("guide", in_circle("circles:circle")),
    ("guide", in_circle("circles:desk")),
    ("guide", of_story("stories:story")),
    ("guide", late_story),
]


def dearest(world: Hard, sign_in: Any, client: Any) -> dict[int, list[str]]:
    asked = [count(who, address, world, sign_in, client) for who, address in HARD]
    return {len(queries): queries for queries in asked}


def test_no_page_asks_more_than_eight_times_however_much_waits(db, sign_in, client):
    found = dearest(Hard(), sign_in, client)
    assert max(found) <= 8, "\n".join(found[max(found)])


def test_control_each_section_asking_for_itself_would_be_noticed(db, sign_in, client, monkeypatch):
    monkeypatch.setattr(Glance, "__getitem__", lambda glance, what: glance._asked().get(what, []))
    assert max(dearest(Hard(), sign_in, client)) > 8


def test_a_hard_day_shows_all_of_it(db, sign_in, client):
    """Or the law would count what nobody sees."""
    world = Hard()
    mine, guides = (sign_in(who).get("/").content.decode() for who in (world.me, world.guide))
    assert all(words in mine for words in ("Bell: new", "greets you", "has been there", "in time", "began something"))
    assert all(words in guides for words in ("Bell: new", "wrote back", "Who asks", "Who is new", "has been there"))
    assert Persona.objects.get(pk=world.mine.pk).hidden


def _empty_house() -> None:
    House.objects.all().delete()
    Circle.objects.all().delete()
    Person.objects.all().delete()
    House.forget()


def test_the_law_would_see_a_query_for_each_item(db, sign_in, client, monkeypatch):
    from weft.stories.models import Reply

    monkeypatch.setattr(Reply, "heard", lambda story, by: list(story.replies.all()))  # each without who said it
    one = count("guide", of_story("stories:story"), World(1), sign_in, client)
    _empty_house()
    three = count("guide", of_story("stories:story"), World(3), sign_in, client)
    assert len(three) > len(one)


def test_who_is_in_a_circle_is_counted_in_an_index(ada):
    """Every page of a circle says how many are in it. Counted row by row, five thousand took 15 ms."""
    if connection.vendor != "sqlite":
        pytest.skip("how PostgreSQL counts depends on how full the tables are")
    told = Persona.objects.filter(pk=ada.pk).aware().explain()
    assert "COVERING INDEX who_is_in_a_circle (circle_id=? AND standing=?)" in told
