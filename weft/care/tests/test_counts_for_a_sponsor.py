"""Whoever pays for the house sees counts of ten or more, and nothing else: no small number can be worked out."""

import itertools
from datetime import UTC, date, datetime, timedelta

import pytest
from django.test import Client
from django.urls import reverse

from weft.care import keeping
from weft.care.models import Board, Need, Slot
from weft.care.models.tally import OF_ONE, Sponsor, Tally, rounded
from weft.care.tests.ways import make_care, make_need, make_steward
from weft.people.models import Person

pytestmark = pytest.mark.django_db
JUNE, JULY = date(2026, 6, 1), date(2026, 7, 1)


@pytest.fixture
def sol(house, clock):
    clock(datetime(2026, 7, 10, 12, tzinfo=UTC))
    person = make_steward()
    Board.objects.update(opened_on=JUNE)
    return person


@pytest.fixture
def link(sol):
    return reverse("care:counts", kwargs={"token": Sponsor.make("The town", date(2040, 1, 1), by=sol)[1]})


def kept(care, kind, turns, month=JUNE):
    """So many turns of a kind that were kept by the board in a month."""
    need = make_need(care.guide, kind, name="Words that nobody outside reads")
    starts = need.slots.get().starts
    for number in range(turns):
        slot = Slot(circle_id=need.circle_id, need=need, day=month + timedelta(days=number % 28), number=100 + number)
        slot.starts, slot.by_board = starts.replace(year=month.year, month=month.month, day=number % 28 + 1), True
        slot.save(force_insert=True)


def families(number):
    return [make_care(Person.objects.join(f"family {n}", None), f"Tess {n}") for n in range(number)]


def seen(link):
    answer = Client().get(link)
    assert answer.status_code == 200
    assert not answer.cookies
    return answer.content.decode().partition("<main")[2].partition("</main")[0]


def test_a_sponsor_sees_counts_of_ten_or_more_and_nothing_else(link, clock, sol, settings):
    one, two, three = families(3)
    for care in (one, two, three):
        kept(care, "ride", 8)
    kept(one, "meal", 9)
    kept(one, "night", 1)
    Tally.close(JUNE)
    page = seen(link)
    assert "20 or more" in page
    assert "A ride" in page
    assert "fewer than ten" in page
    for word in ("A meal", "A night", "24", "18", " 9 ", " 8 ", one.circle.name, "Words that nobody", "Rosa", "Tess"):
        assert word not in page
    assert sorted(Tally.objects.values_list("tens", flat=True)) == [0] * 6 + [20], "nothing else is kept"


def test_no_number_speaks_of_one_family(link, sol):
    (one,) = families(1)
    kept(one, "meal", 28)
    Tally.close(JUNE)
    assert "28" not in seen(link)
    assert "or more" not in seen(link)
    assert rounded([28]) == 0
    assert rounded([28, 1]) == 10


def told(months):
    """All that the page says of some months: what each kind is told as, and the sum of that."""
    return [([rounded(kind) for kind in month], sum(rounded(kind) for kind in month)) for month in months]


def test_no_small_number_can_be_worked_out_by_subtraction():
    """All that stands there follows from the full tens: houses that are alike in them look alike, whatever is below."""
    for turns in itertools.product(range(0, 30), repeat=2):
        spread = [[min(OF_ONE, n - done) for done in range(0, n, OF_ONE)] for n in turns]
        floor = [[OF_ONE] * (n // 10) + [n // 10] * (n >= 10) for n in turns]
        assert told([spread]) == told([floor])


def test_control_a_true_sum_would_tell_what_is_below_ten():
    """With a sum of the true numbers, rounded down by itself, whoever subtracts learns of what is not shown."""

    def careless(kinds):
        return [n // 10 * 10 for n in kinds], sum(kinds) // 10 * 10

    assert careless([19, 1])[0] == careless([19, 0])[0], "the kinds alone look alike"
    assert careless([19, 1]) != careless([19, 0]), "and the sum tells that somebody sat one night"


def test_two_looks_tell_nothing_of_what_happened_between_them(link, sol, clock):
    """A month is counted once: what is erased, ends, or comes later changes no number."""
    one, two = families(2)
    for care in (one, two):
        kept(care, "ride", 5)
    Tally.close(JUNE)
    before = seen(link)
    assert "10 or more" in before
    one.end("", by=one.guide)
    kept(two, "ride", 8)
    keeping.tidy()
    Tally.close(JUNE)
    assert seen(link) == before
    assert Slot.objects.filter(by_board=True, day__lt=JULY).count() == 13, "control: counted anew it would be another"


def test_only_whole_months_that_are_over(link, sol, clock):
    one, two = families(2)
    for care in (one, two):
        kept(care, "ride", 6)
        kept(care, "ride", 6, JULY)
    for day, months in ((date(2026, 6, 30), 0), (date(2026, 7, 2), 0), (date(2026, 7, 3), 1), (date(2026, 7, 31), 1)):
        clock(datetime(day.year, day.month, day.day, 12, tzinfo=UTC))
        Tally.close_months()
        assert Tally.objects.values("month").distinct().count() == months, day
    assert "June 2026" in seen(link)
    assert "July 2026" not in seen(link)
    clock(datetime(2026, 8, 3, 12, tzinfo=UTC))
    Tally.close_months()
    assert "July 2026" in seen(link)
    assert Tally.objects.count() == 2 * len(Need.Kind.values)


def test_a_steward_makes_the_link_and_takes_it_back(sign_in, sol):
    browser = sign_in(sol)
    page = browser.post(reverse("care:sponsor"), {"name": "The town"}).content.decode()
    token = page.partition("/counts/")[2].partition("/")[0]
    address = reverse("care:counts", kwargs={"token": token})
    assert Client().get(address).status_code == 200
    answer = Client().get(address)
    assert "<title>Page</title>" in answer.content.decode()
    assert answer["X-Robots-Tag"] == "noindex, nofollow"
    assert "The town" not in answer.content.decode()
    assert token not in browser.get("/house/board/").content.decode(), "it is shown once"
    browser.post(reverse("care:end_sponsor", kwargs={"sponsor_key": Sponsor.objects.get().pk}))
    assert Client().get(address).status_code == 404


def test_a_link_runs_out_by_itself_and_with_the_board(link, sol, clock):
    assert Client().get(link).status_code == 200
    clock(datetime(2041, 1, 1, tzinfo=UTC))
    assert Client().get(link).status_code == 404
    clock(datetime(2026, 7, 10, tzinfo=UTC))
    Board.turn(False, by=sol)
    assert Client().get(link).status_code == 404
