"""Whoever came is asked after on days 2, 7 and 30: by itself, once each, and not at all if they would rather not."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from threading import Barrier
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from weft.circles.models import Circle, Persona
from weft.companions import following, models
from weft.companions.book import GuestBook
from weft.companions.following import DAYS, Guest
from weft.companions.models import Greeting, Newcomers
from weft.conftest import enter
from weft.loom import jobs, seal, time
from weft.notices.models import Notice
from weft.people.models import Person
from weft.safety.models import Block
from weft.tests.racing import at_once, failures

BERLIN = ZoneInfo("Europe/Berlin")
Clock = Callable[..., datetime]


@pytest.fixture
def clock(monkeypatch) -> Clock:
    """Sets the clock: to a moment, or so many days further."""
    at = [timezone.now()]
    monkeypatch.setattr(timezone, "now", lambda: at[0])

    def set_to(moment: datetime | None = None, **further: float) -> datetime:
        at[0] = moment or at[0] + timedelta(**further)
        return at[0]

    return set_to


def fresh(persona: Persona) -> Persona:
    return Persona.objects.select_related("circle").get(pk=persona.pk)


def due(guide: Persona) -> list[tuple[str, int]]:
    """Whom the house brings to mind of whoever guides, with the day of the word."""
    newcomers = Newcomers([fresh(guide)])
    return [(one.persona.name, one.step.day) for one in newcomers.new + newcomers.promised if one.step]


def another(circle: Circle, name: str = "Joss") -> Persona:
    return enter(Person.objects.join(name, None), circle, name, role=Persona.Role.FACILITATOR)


def at(view: str, persona: Persona, **more: int) -> str:
    return reverse(f"companions:{view}", kwargs={"key": persona.circle_id} | more)


# By themselves, once each


def days_of_a_month(clock: Clock, guide: Persona, to: Persona) -> dict[int, int]:
    """On which day which word came up, where the guide writes it as soon as it does."""
    seen = {}
    for day in range(45):
        for _name, step in due(guide):
            assert step not in seen, "once each"
            seen[step] = day
            assert Greeting.write(fresh(to), f"Word {step}.", by=guide)
            assert Greeting.write(fresh(to), "Once more.", by=guide) is None
        clock(days=1)
    return seen


def test_days_two_seven_and_thirty_come_up_by_themselves(clock, cleo, ada):
    assert days_of_a_month(clock, cleo, ada) == {0: 0, 2: 2, 7: 7, 30: 30}
    assert sorted(greeting.day for greeting in Greeting.objects.given_to(ada)) == list(DAYS)


def test_control_without_its_rules_nothing_comes_up_again(clock, cleo, ada, monkeypatch):
    monkeypatch.setattr(following, "STEPS", following.STEPS[:1])
    assert days_of_a_month(clock, cleo, ada) == {0: 0}


@pytest.mark.parametrize("change", [datetime(2026, 10, 25, tzinfo=BERLIN), datetime(2027, 3, 28, tzinfo=BERLIN)])
def test_days_are_those_of_the_house_also_where_its_clock_is_changed(clock, circle, settings, cleo, change):
    settings.TIME_ZONE = "Europe/Berlin"
    came = (change - timedelta(days=1)).replace(hour=23, minute=50)
    clock(came.astimezone(UTC))
    heron = enter(Person.objects.join("heron", None), circle, "Heron")
    assert Greeting.write(heron, "Hello.", by=cleo)
    second = datetime(change.year, change.month, change.day + 1, tzinfo=BERLIN)
    clock(second.astimezone(UTC) - timedelta(minutes=1))
    assert due(cleo) == []
    clock(second.astimezone(UTC))
    assert due(cleo) == [("Heron", 2)], "at midnight in Berlin, which is not two times 24 hours after the first one"


def test_what_nobody_wrote_is_passed_over(clock, cleo, ada):
    Greeting.write(ada, "Hello.", by=cleo)
    clock(days=5)
    assert due(cleo) == [("River", 2)]
    clock(days=1)
    assert due(cleo) == []
    clock(days=1)
    assert due(cleo) == [("River", 7)]
    clock(days=100)
    assert due(cleo) == []
    with GuestBook.opened(ada.circle_id) as guests:
        assert ada.pk in guests
    with GuestBook.opened(ada.circle_id) as guests:
        assert ada.pk not in guests, "and goes out of the book"


def test_a_late_greeting_is_not_followed_at_once(clock, cleo, ada):
    clock(days=6)
    assert due(cleo) == [("River", 0)]
    Greeting.write(ada, "Hello.", by=cleo)
    clock(days=1)
    assert due(cleo) == []
    clock(days=1)
    assert due(cleo) == [("River", 7)]


def test_whoever_was_never_greeted_is_asked_after_a_week(clock, cleo, ada):
    clock(days=8)
    assert due(cleo) == [("River", 7)]


def test_an_answer_is_read_before_the_next_word(clock, cleo, ada):
    Greeting.write(ada, "Hello.", by=cleo)
    Greeting.objects.get().put_away("Good morning.", by=ada)
    clock(days=2)
    assert due(cleo) == []
    Greeting.objects.get().read_answer(by=cleo)
    assert due(cleo) == [("River", 2)]


# To whom


def test_it_comes_to_who_greeted_first_and_then_to_the_others(clock, circle, cleo, ada):
    joss = another(circle)
    Greeting.write(ada, "Hello.", by=cleo)
    clock(days=2)
    assert (due(cleo), due(joss)) == ([("River", 2)], [])
    clock(days=1)
    assert (due(cleo), due(joss)) == ([("River", 2)], [("River", 2)])


@pytest.mark.parametrize("how", ["left", "guides no more"])
def test_it_comes_to_the_others_at_once_when_the_greeter_cannot(clock, circle, cleo, ada, how):
    joss = another(circle)
    Greeting.write(ada, "Hello.", by=cleo)
    clock(days=2)
    assert due(joss) == []
    if how == "left":
        cleo.leave(by=cleo.person, words="keep")
    else:
        cleo.take_role(Persona.Role.MEMBER, by=joss)
    assert due(joss) == [("River", 2)]


def test_that_it_comes_to_the_others_does_not_tell_of_a_block(clock, circle, cleo, ada):
    joss = another(circle)
    Greeting.write(ada, "Hello.", by=cleo)
    Block.begin(cleo, by=ada)
    clock(days=2)
    assert (due(cleo), due(joss)) == ([], [])
    clock(days=1)
    assert (due(cleo), due(joss)) == ([], [("River", 2)]), "as if Cleo had only been away"


def test_it_stands_under_what_the_greeter_promised(clock, circle, cleo, ada, sign_in):
    joss = another(circle)
    Greeting.write(ada, "Hello.", by=cleo)
    clock(days=3)
    page = sign_in(cleo).get("/").content.decode()
    assert page.index("What you promised") < page.index("Ask how River is") < page.index("Your circles")
    page = sign_in(joss).get("/").content.decode()
    assert page.index("Who is new") < page.index("Ask how River is") < page.index("What you promised")
    assert "Ask how they are" in sign_in(cleo).get(circle.get_absolute_url()).content.decode()
    assert "Ask how" not in sign_in(ada).get("/").content.decode()


# In words that are changed


def test_the_words_of_each_day_stand_in_the_box_to_be_changed(clock, circle, cleo, ada, sign_in):
    Greeting.write(ada, "Hello.", by=cleo)
    host = sign_in(cleo)
    greet = at("greet", ada, persona_key=ada.pk)
    host.post(at("words", ada), {"two_days": "{name}, two days.", "a_week": "A week.", "a_month": "A month."})
    clock(days=2)
    assert ">River, two days.</textarea>" in host.get(greet).content.decode()
    answer = host.post(greet, {"words": "River, is the tea all right?"}, follow=True)
    assert "Your words are waiting for River." in answer.content.decode()
    assert "Ask how they are" not in answer.content.decode()
    newcomer = sign_in(ada)
    assert "is the tea all right?" in newcomer.get(circle.get_absolute_url()).content.decode()
    assert "Cleo asks how you are" in newcomer.get("/").content.decode()


def test_the_usual_words_are_in_the_language_of_whoever_opens_the_circle(cleo):
    from django.utils import translation

    with translation.override("ar"):
        opened = Persona.open_circle("friends", "Among us", by=cleo.person, by_name="Cleo")
    for words in GuestBook.prepared(opened.circle_id).values():
        assert "{name}" in words
        assert any("\u0600" < letter < "\u06ff" for letter in words)


def test_a_follow_up_is_read_and_answered_like_a_greeting(clock, cleo, ada, sign_in):
    for days in (0, 2):
        clock(days=days)
        assert Greeting.write(fresh(ada), f"Word {days}.", by=cleo)
    newcomer, room = sign_in(ada), ada.circle.get_absolute_url()
    page = newcomer.get(room).content.decode()
    assert page.index("Word 0.") < page.index("Word 2.")
    second = Greeting.objects.given_to(ada).filter(pk__in=[g.pk for g in Greeting.objects.all() if g.day == 2]).get()
    newcomer.post(at("mine", ada), {"greeting": second.pk, "words": "It is all right."})
    page = newcomer.get(room).content.decode()
    assert "Word 0." in page
    assert "Word 2." not in page
    assert "It is all right." in sign_in(cleo).get(room).content.decode()
    read_again = newcomer.get(at("mine", ada)).content.decode()
    assert "Word 2." in read_again
    assert "It is all right." in read_again


# Two at once


def test_whoever_came_second_keeps_their_words(clock, circle, cleo, ada, sign_in):
    joss = another(circle)
    Greeting.write(ada, "Hello.", by=cleo)
    clock(days=3)
    greet = at("greet", ada, persona_key=ada.pk)
    sign_in(cleo).post(greet, {"words": "How is it?"})
    page = sign_in(joss).post(greet, {"words": "Are you well, River?"}).content.decode()
    assert "Cleo has written to them." in page
    assert "Are you well, River?" in page
    assert Greeting.objects.count() == 2


def both_at_once(one: Persona, two: Persona, *, to: Persona) -> int:
    write = [lambda guide=guide: Greeting.write(fresh(to), f"How is it? {guide.pk}", by=guide) for guide in (one, two)]
    assert failures(at_once(*write)) == []
    return Greeting.objects.count()


@pytest.mark.django_db(transaction=True)
def test_two_helpers_at_the_same_time_send_one(clock, circle, cleo, ada):
    Greeting.write(ada, "Hello.", by=cleo)
    clock(days=3)
    assert both_at_once(cleo, another(circle), to=ada) == 2, "the greeting, and one more word"


@pytest.mark.django_db(transaction=True)
def test_control_they_would_send_two_if_the_book_were_not_held(clock, circle, cleo, ada, monkeypatch):
    from contextlib import contextmanager

    joss = another(circle)
    Greeting.write(ada, "Hello.", by=cleo)
    clock(days=3)
    here = Barrier(2)

    @contextmanager
    def unheld(_cls, circle_id):
        guests = GuestBook.of(circle_id)[0].guests
        here.wait(20)
        yield guests

    monkeypatch.setattr(GuestBook, "opened", classmethod(unheld))
    numbers = iter(range(9))
    monkeypatch.setattr(models, "_tag", lambda *_args: f"anything {next(numbers)}".encode())
    assert both_at_once(cleo, joss, to=ada) == 3


# No more of these


def surfaces(circle: Circle, cleo: Persona, ada: Persona, sign_in: Callable[..., object]) -> set[str]:
    """Where a follow-up to Ada is seen, or may be written."""
    jobs.run_due(at=time.now() + jobs.GRAIN)
    newcomer, host, room = sign_in(ada), sign_in(cleo), circle.get_absolute_url()
    where = {
        "today, guiding": "Ask how River is" in host.get("/").content.decode(),
        "circle, guiding": "Ask how they are" in host.get(room).content.decode(),
        "form": "<textarea" in host.get(at("greet", ada, persona_key=ada.pk)).content.decode(),
        "today": "asks how you are" in newcomer.get("/").content.decode(),
        "circle": "asks how you are" in newcomer.get(room).content.decode(),
        "bell": "Somebody asks how you are." in newcomer.get("/bell/").content.decode(),
    }
    return {name for name, is_there in where.items() if is_there}


DUE = {"today, guiding", "circle, guiding", "form"}
SENT = {"today", "circle", "bell"}


def test_no_more_of_these_holds_everywhere_and_can_be_undone(clock, circle, cleo, ada, sign_in):
    Greeting.write(ada, "Hello.", by=cleo)
    clock(days=2)
    assert surfaces(circle, cleo, ada, sign_in) == DUE
    Greeting.write(fresh(ada), "How is it?", by=cleo)
    assert surfaces(circle, cleo, ada, sign_in) == SENT
    newcomer = sign_in(ada)
    assert "No more of these, please" in newcomer.get(circle.get_absolute_url()).content.decode()
    page = newcomer.post(at("more", ada), {"more": "no"}, follow=True).content.decode()
    assert "You said: no more of these." in page
    assert surfaces(circle, cleo, ada, sign_in) == set()
    clock(days=5)
    assert surfaces(circle, cleo, ada, sign_in) == set()
    assert Greeting.write(fresh(ada), "How is it?", by=cleo) is None
    newcomer.post(at("more", ada), {"more": "yes"})
    assert surfaces(circle, cleo, ada, sign_in) == DUE


def test_a_line_back_in_the_same_box_is_kept(clock, cleo, ada, sign_in):
    Greeting.write(ada, "Hello.", by=cleo)
    sign_in(ada).post(at("more", ada), {"more": "no", "greeting": Greeting.objects.get().pk, "words": "Thank you."})
    assert "Thank you." in sign_in(cleo).get(ada.circle.get_absolute_url()).content.decode()


def test_a_word_on_its_way_is_not_told_to_who_wants_no_more(clock, cleo, ada):
    Greeting.write(ada, "Hello.", by=cleo)
    Greeting.no_more(ada)
    jobs.run_due(at=time.now() + jobs.GRAIN)
    assert not [notice for notice in Notice.objects.filter(persona=ada) if notice.is_shown]


def test_a_pair_that_is_apart_never_meets_in_a_follow_up(clock, circle, cleo, ada, sign_in):
    Greeting.write(ada, "Hello.", by=cleo)
    clock(days=2)
    assert surfaces(circle, cleo, ada, sign_in) == DUE
    Block.begin(cleo, by=ada)
    assert surfaces(circle, cleo, ada, sign_in) == set()
    assert Greeting.write(fresh(ada), "How is it?", by=cleo) is None
    assert "Hello." not in sign_in(ada).get(circle.get_absolute_url()).content.decode()


def test_whoever_left_never_comes_up(clock, circle, cleo, ada):
    Greeting.write(ada, "Hello.", by=cleo)
    clock(days=2)
    assert due(cleo) == [("River", 2)]
    ada.leave(by=ada.person, words="keep")
    assert due(cleo) == []
    assert not Greeting.objects.exists()


# However many people there are


def crowd(circle: Circle, many: int) -> None:
    """People who have been here for a year, and one who came today."""
    year = time.today() - timedelta(days=365)
    there = []
    for number in range(many):
        persona = Persona(circle=circle, since=year, owner_tag=f"tag {number}".encode(), owner_sealed=b"")
        persona.call(f"River {number}")
        there.append(persona)
    Persona.objects.bulk_create(there)


def cost(guide: Persona, monkeypatch: pytest.MonkeyPatch) -> tuple[int, int]:
    """How many queries it takes to find who is new, and how many seals are opened."""
    opened = []
    unseal = seal.unseal
    with monkeypatch.context() as patch, CaptureQueriesContext(connection) as queries:
        patch.setattr(seal, "unseal", lambda *args: opened.append(args) or unseal(*args))
        found = Newcomers([guide]).new
        assert [one.persona.name for one in found] == ["River"]
    return len(queries), len(opened)


def test_who_is_new_costs_the_same_among_five_thousand(circle, cleo, ada, monkeypatch):
    guide = fresh(cleo)
    cost(guide, monkeypatch)  # once, so that the secrets are there
    few = cost(guide, monkeypatch)
    crowd(circle, 5000)
    assert cost(guide, monkeypatch) == few
    assert few[0] <= 2
    assert few[1] <= 4


def test_control_opening_everybodys_day_would_cost_thousands(circle, cleo, ada, monkeypatch):
    def look(self: Newcomers, guiding: dict[int, Persona]) -> list[models.Newcomer]:
        found = Persona.objects.inside().filter(circle__in=guiding, role=Persona.Role.MEMBER)
        return [models.Newcomer(one, following.STEPS[0]) for one in found if one.is_new]

    crowd(circle, 300)
    monkeypatch.setattr(Newcomers, "_look", look)
    assert cost(fresh(cleo), monkeypatch)[1] > 300


def test_nothing_costs_one_look_up_when_nobody_is_new(clock, circle, cleo, ada):
    clock(days=60)
    with CaptureQueriesContext(connection) as queries:
        assert Newcomers([fresh(cleo)]).all == []
    assert len(queries) == 2, "one of them for Cleo"


def test_a_book_is_made_for_a_circle_that_was_there_before(clock, circle, cleo, ada):
    Greeting.write(ada, "Hello.", by=cleo)
    Greeting.objects.get().put_away("Good morning.", by=ada)
    before = GuestBook.objects.get(circle=circle).guests
    GuestBook.objects.all().delete()
    GuestBook.see_to_it()
    assert GuestBook.objects.get(circle=circle).guests == before
    assert Newcomers([fresh(cleo)]).answered


def test_to_whom_a_word_is_lies_under_the_seal(clock, cleo, ada):
    """How many of them somebody has would tell how long they have been here."""
    from weft.tests.laws.dump import tables

    for days in (0, 2):
        clock(days=days)
        Greeting.write(fresh(ada), "Hello.", by=cleo)
    rows = [*tables()["companions_greeting"], *tables()["companions_guestbook"]]
    assert len(rows) > 2
    assert all(ada.pk not in row.values() for row in rows)
    assert {greeting.to_id for greeting in Greeting.objects.all()} == {ada.pk}


def test_how_many_came_shows_only_coarsely(circle, cleo):
    sizes = set()
    for number in range(8):
        enter(Person.objects.join(f"heron {number}", None), circle, f"Heron {number}")
        sizes.add(len(bytes(GuestBook.objects.filter(circle=circle).values_list("kept", flat=True).get())))
    assert len(sizes) == 1


def test_a_guest_is_kept_as_they_were():
    guest = Guest(time.today(), {0: 0, 2: 3}, 7, True, {5: 7})
    assert Guest.unpacked(guest.packed()) == guest


def test_who_is_new_stands_on_the_desk_of_whoever_guides(sign_in, circle, cleo):
    address = reverse("circles:desk", kwargs={"key": circle.pk})
    assert "Who is new" not in sign_in(cleo).get(address).content.decode()
    finch = enter(Person.objects.join("finch", None), circle, "Finch")
    page = sign_in(cleo).get(address).content.decode()
    assert "Who is new" in page
    greet = reverse("companions:greet", kwargs={"key": circle.pk, "persona_key": finch.pk})
    assert greet in page
    assert greet not in sign_in(finch).get(circle.get_absolute_url()).content.decode(), "and nobody else has it"
    Greeting.write(finch, "Hello.", by=cleo)
    assert greet not in sign_in(cleo).get(address).content.decode()


def test_the_desk_names_nobody_who_is_apart_from_whoever_guides(sign_in, circle, cleo):
    finch = enter(Person.objects.join("finch", None), circle, "Finch")
    greet = reverse("companions:greet", kwargs={"key": circle.pk, "persona_key": finch.pk})
    address = reverse("circles:desk", kwargs={"key": circle.pk})
    assert greet in sign_in(cleo).get(address).content.decode(), "the control"
    Block.begin(cleo, by=finch)
    assert greet not in sign_in(cleo).get(address).content.decode()
