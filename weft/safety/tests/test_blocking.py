"""One persona shuts out another: mutual, silent, in this circle only, and sealed."""

import pytest

from weft.circles.models import Persona
from weft.conftest import enter, make_circle
from weft.loom.pages import url
from weft.people.models import Person
from weft.safety.models import Block


def hidden_from(*personas: Persona) -> set[int]:
    """As the database says it now."""
    return Persona.hidden_from(*Persona.objects.filter(pk__in=[persona.pk for persona in personas]))


def test_it_holds_both_ways(ada, dee):
    assert hidden_from(ada) == hidden_from(dee) == set()
    for _twice in range(2):
        Block.begin(dee, by=ada)
    assert Block.objects.count() == 2
    assert hidden_from(ada) == {dee.pk}
    assert hidden_from(dee) == {ada.pk}


def test_it_takes_one_query_for_those_who_have_none(ada, dee, django_assert_num_queries):
    hidden_from(ada)
    for expected, queries in ((set(), 1), ({dee.pk}, 2)):
        again = Persona.objects.get(pk=ada.pk)
        with django_assert_num_queries(queries):
            assert again.hidden == again.hidden == expected
        Block.begin(dee, by=ada)


def test_the_page_sets_it_and_takes_it_back(ada, dee, circle, sign_in):
    browser = sign_in(ada)
    people = url("circles:people", circle.pk)
    assert ">Dee<" in browser.get(people).content.decode()
    assert "Nobody is told" in browser.get(url("safety:block", dee.pk)).content.decode()
    for _twice in range(2):
        assert browser.post(url("safety:block", dee.pk)).status_code == 302
    browser.get(url("safety:told"))  # a page that shows the message
    assert ">Dee<" not in browser.get(people).content.decode()
    assert "River" not in sign_in(dee).get(people).content.decode()
    browser.post(url("safety:end_block", dee.pk))
    assert Block.objects.count() == 0


def test_neither_side_is_told(ada, dee, circle, sign_in):
    """What Dee's pages say is what they would say if River had left."""
    other = sign_in(dee)
    Block.begin(dee, by=ada)
    blocked = other.get(url("circles:people", circle.pk)).content.decode()
    Block.end(dee, by=ada)
    ada.leave(by=ada.person, words="take")
    left = other.get(url("circles:people", circle.pk)).content.decode()
    strip = lambda page: [line for line in page.splitlines() if "csrf" not in line]  # noqa: E731
    assert strip(blocked) == strip(left)
    assert Block.set_by(dee) == []


def test_taking_back_one_s_own_leaves_the_other_s(ada, dee):
    Block.begin(dee, by=ada)
    Block.begin(ada, by=dee)
    Block.end(dee, by=ada)
    assert hidden_from(ada) == {dee.pk}
    Block.end(ada, by=dee)
    assert Block.objects.count() == 0


def test_leaving_and_coming_back_under_another_name_does_not_undo_it(ada, dee, circle):
    Block.begin(dee, by=ada)
    dee.leave(by=dee.person, words="take")
    assert hidden_from(ada) == set()
    again = enter(dee.person, circle, "Somebody New")
    assert hidden_from(ada) == {again.pk}
    assert hidden_from(again) == {ada.pk}


def test_whoever_asked_for_it_and_leaves_takes_it_along(ada, dee, circle):
    Block.begin(dee, by=ada)
    ada.leave(by=ada.person, words="take")
    assert Block.objects.count() == 0


def test_it_stays_in_its_circle(ada, dee, house):
    """If it did not, a block would tell who is who: whoever vanishes from two circles at once is one person."""
    elsewhere = make_circle("Morning Circle")
    river, somebody = enter(ada.person, elsewhere, "Fern"), enter(dee.person, elsewhere, "Otto")
    Block.begin(dee, by=ada)
    assert hidden_from(ada) == {dee.pk}
    assert hidden_from(river) == hidden_from(somebody) == set()
    assert hidden_from(ada, river) == {dee.pk}


class TestWhoeverGuidesTheCircle:
    def test_sees_everybody_and_is_seen_to_guide(self, ada, cleo, circle, sign_in):
        Block.begin(cleo, by=ada)
        assert hidden_from(ada) == {cleo.pk}  # what Cleo writes
        assert hidden_from(cleo) == set()
        assert "Cleo" in sign_in(ada).get(url("circles:people", circle.pk)).content.decode()

    def test_hides_from_nobody(self, ada, cleo, sign_in):
        with pytest.raises(PermissionError):
            Block.begin(ada, by=cleo)
        assert "You guide this circle" in sign_in(cleo).get(url("safety:block", ada.pk)).content.decode()
        sign_in(cleo).post(url("safety:block", ada.pk))
        assert Block.objects.count() == 0

    def test_the_page_says_so_before(self, ada, cleo, sign_in):
        assert "they will still see what you write" in sign_in(ada).get(url("safety:block", cleo.pk)).content.decode()


def test_the_table_shows_no_pair(ada, dee, circle):
    """Neither a persona, nor which two rows belong together, nor who asked."""
    Block.begin(dee, by=ada)
    for number in range(3):
        Block.begin(enter(Person.objects.join(f"p{number}", "x" * 15), circle, f"P{number}"), by=ada)
    rows = list(Block.objects.values())
    assert {frozenset(row) for row in rows} == {frozenset({"id", "circle_id", "viewer_tag", "hidden"})}
    tags = {bytes(persona.owner_tag) for persona in Persona.objects.all()}
    assert tags.isdisjoint(bytes(row["viewer_tag"]) for row in rows)
    assert len({len(row["hidden"]) for row in rows}) == 1


def test_a_stranger_gets_404(ada, ben, mallory, cleo, sign_in):
    for who in (ben, mallory):
        assert sign_in(who).get(url("safety:block", ada.pk)).status_code == 404
        assert sign_in(who).post(url("safety:block", ada.pk)).status_code == 404
        assert sign_in(who).post(url("safety:end_block", ada.pk)).status_code == 404
    assert sign_in(ada).get(url("safety:block", ada.pk)).status_code == 404
    assert Block.objects.count() == 0


def test_the_number_of_people_counts_nobody_who_is_hidden(ada, dee, cleo, circle, sign_in):
    """Three are here. A number larger than the list would tell that there is a block."""
    address = url("circles:people", circle.pk)
    assert "3 people. What is said here" in sign_in(dee).get(address).content.decode()
    Block.begin(dee, by=ada)
    for who in (ada, dee):
        assert "2 people. What is said here" in sign_in(who).get(address).content.decode()
    assert "3 people. What is said here" in sign_in(cleo).get(address).content.decode()
    Block.begin(cleo, by=ada)  # Cleo guides, and still reads what River writes
    assert "2 people. What is said here" in sign_in(ada).get(address).content.decode()
