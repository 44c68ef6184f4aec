"""A list costs as many queries with three items as with one, and no page costs many."""

from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from weft.circles.models import Circle, House, Invitation, Persona
from weft.companions.models import Greeting
from weft.conftest import enter, make_circle
from weft.people.models import Duty, Person
from weft.stories.finding import Asked
from weft.stories.models import Echo, Reply, Story


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
        self.story = self.mine.stories.filter(number__isnull=False).first()


def in_circle(view: str) -> Callable[[World], str]:
    return lambda world: reverse(view, kwargs={"key": world.circle.pk})


def of_story(view: str) -> Callable[[World], str]:
    return lambda world: reverse(view, kwargs={"key": world.circle.pk, "story_key": world.story.pk})


def searched(who: str, **more: str) -> Callable[[World], str]:
    def address(world: World) -> str:
        return reverse("stories:search") + "?asked=" + Asked(**{"words": "reply"} | more).sealed(getattr(world, who))

    return address


def plain(view: str) -> Callable[[World], str]:
    return lambda world: reverse(view)


LISTS: list[tuple[str, str, Callable[[World], str], int]] = [
    ("circles, signed out", "", plain("circles:find"), 8),
    ("circles", "me", plain("circles:find"), 8),
    ("a circle's door", "", in_circle("circles:circle"), 8),
    ("a circle's page", "me", in_circle("circles:circle"), 9),
    ("a circle's page, guiding", "guide", in_circle("circles:circle"), 11),
    ("people", "me", in_circle("circles:people"), 8),
    ("people, guiding", "guide", in_circle("circles:people"), 8),
    ("desk", "guide", in_circle("circles:desk"), 8),
    ("earlier stories", "me", in_circle("stories:earlier"), 8),
    ("a story, mine", "me", of_story("stories:story"), 8),
    ("a story", "guide", of_story("stories:story"), 8),
    ("searched", "me", searched("me"), 8),
    ("searched, guiding", "guide", searched("guide"), 8),
    ("searched, side by side", "me", searched("me", words="“reply 0”"), 8),
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
