"""Two taps tell the safety team about anything. Whoever it is about never comes to it, wherever they sit."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from weft.circles.models import Persona
from weft.conftest import enter
from weft.loom.pages import url
from weft.people.models import Person
from weft.safety.models import Concern, Look, Report
from weft.safety.tests.conftest import on_duty


def address(other: Persona) -> str:
    return f"{url('safety:report')}?about=person.{other.pk}&circle={other.circle_id}"


@pytest.fixture
def told(ada, dee, desk, sign_in) -> Concern:
    """River reports Dee."""
    answer = sign_in(ada).post(address(dee), {"reason": "approach", "words": "Dee sells crystals to the new ones."})
    assert answer.status_code == 302
    return Concern.objects.get()


def test_two_taps_are_enough(ada, dee, desk, sign_in):
    browser = sign_in(ada)
    page = browser.get(address(dee)).content.decode()
    assert 'value="unsure" required' in page or "checked" in page
    answer = browser.post(address(dee), {"reason": "unsure"}, follow=True)
    assert "Thank you for telling us" in answer.content.decode()
    assert "Noor and Sam. A person answers by" in answer.content.decode()


def test_telling_twice_is_telling_once(told, ada, dee, sign_in):
    said = {"reason": "approach", "words": "Dee sells crystals to the new ones."}
    sign_in(ada).post(address(dee), said)
    assert Report.objects.count() == 1
    sign_in(ada).post(address(dee), said | {"words": "And again today."})
    assert (Concern.objects.count(), Report.objects.count()) == (1, 2)


def test_what_several_tell_about_one_thing_lies_together(told, cleo, dee, sign_in):
    sign_in(cleo).post(address(dee), {"reason": "hurtful"})
    assert (Concern.objects.count(), Report.objects.count()) == (1, 2)


def test_the_team_sees_it_and_nobody_else(told, noor, ada, dee, cleo, mallory, sol, sign_in):
    page = sign_in(noor).get("/safety/").content.decode()
    assert url("safety:item", told.pk) in page
    assert "crystals" not in page
    assert "crystals" in sign_in(noor).get(url("safety:item", told.pk)).content.decode()
    for who in (ada, dee, cleo, mallory, sol):
        browser = sign_in(who)
        assert browser.get("/safety/").status_code == 404
        assert browser.get(url("safety:item", told.pk)).status_code == 404
        for view in ("taken", "answers", "closed"):
            assert browser.post(url(f"safety:{view}", told.pk), {"reason": "x", "answer": "x"}).status_code == 404


def test_every_opening_is_kept(told, noor, sign_in):
    browser = sign_in(noor)
    browser.get("/safety/")
    assert not Look.objects.exists()
    for _twice in range(2):
        assert "Opened by: Noor" in browser.get(url("safety:item", told.pk)).content.decode()
    assert [look.by_name for look in Look.objects.all()] == ["Noor", "Noor"]
    with pytest.raises(TypeError):
        Look.objects.first().delete()
    with pytest.raises(TypeError):
        Look.objects.first().save()


def test_nothing_is_closed_without_a_reason(told, noor, sign_in):
    browser = sign_in(noor)
    page = browser.post(url("safety:closed", told.pk), {"reason": " ", "seen": 1}).content.decode()
    assert "Nothing is closed without a reason" in page
    assert Concern.objects.get().is_open
    with pytest.raises(ValueError, match="reason"):
        told.close("", by=noor)
    for _twice in range(2):
        browser.post(url("safety:closed", told.pk), {"reason": "Spoke with Dee.", "seen": 1})
    assert not Concern.objects.get().is_open
    assert told.steps.count() == 1


def answered(persona):
    """As this person's next page has it."""
    return Report.answered(Person.objects.get(pk=persona.person.pk))


def test_whoever_told_hears_back_and_whoever_it_is_about_does_not(told, noor, ada, dee, sign_in):
    assert answered(ada) == []
    browser = sign_in(noor)
    browser.post(url("safety:taken", told.pk))
    browser.post(url("safety:answers", told.pk), {"answer": "We speak with them tonight.", "seen": 1})
    browser.post(url("safety:closed", told.pk), {"reason": "Dee has agreed to stop.", "seen": 1})
    page = sign_in(ada).get(url("safety:concern", told.pk)).content.decode()
    assert "We speak with them tonight." in page
    assert "Dee has agreed" not in page
    assert len(answered(ada)) == 1
    assert answered(dee) == []
    assert sign_in(dee).get(url("safety:concern", told.pk)).status_code == 404
    sign_in(ada).post(url("safety:put_away", told.pk))
    assert answered(ada) == []


def test_an_answer_reaches_whoever_has_left_the_circle_since(told, noor, ada, sign_in):
    ada.leave(by=ada.person, words="take")
    told.answer("Thank you. We are on it.", by=noor)
    assert "We are on it" in sign_in(ada).get(url("safety:concern", told.pk)).content.decode()


@pytest.mark.parametrize("about", ["person.1", "person.x", "story", "", "person.99999999999999999999"])
def test_what_one_cannot_see_one_cannot_report(about, ada, circle, sign_in):
    assert sign_in(ada).get(f"/reports/new/?about={about}&circle={circle.pk}").status_code == 404


def test_a_stranger_gets_404(ben, mallory, dee, sign_in):
    for who in (ben, mallory):
        assert sign_in(who).get(address(dee)).status_code == 404
        assert sign_in(who).post(address(dee), {"reason": "unsure"}).status_code == 404


class TestAFacilitatorWhoSitsOnTheSafetyTeam:
    """Cleo guides the circle, and is on the safety team as “Kim”. River reports Cleo."""

    @pytest.fixture
    def kim(self, cleo, desk) -> Person:
        return on_duty(cleo.person, "safety", "Kim")

    @pytest.fixture
    def about_cleo(self, kim, ada, cleo, sign_in) -> Concern:
        sign_in(ada).post(address(cleo), {"reason": "hurtful", "words": "Cleo shouts."})
        return Concern.objects.get()

    def test_the_others_see_it(self, about_cleo, noor, sign_in):
        assert url("safety:item", about_cleo.pk) in sign_in(noor).get("/safety/").content.decode()

    def test_they_see_it_on_no_page(self, about_cleo, kim, sign_in):
        browser = sign_in(kim)
        assert "Nothing waits" in browser.get("/safety/").content.decode()
        assert browser.get(url("safety:item", about_cleo.pk)).status_code == 404
        for view in ("taken", "answers", "closed"):
            assert browser.post(url(f"safety:{view}", about_cleo.pk), {"reason": "x"}).status_code == 404
        assert not Look.objects.exists()

    def test_it_is_in_no_count(self, about_cleo, kim, ada, dee, sign_in):
        sign_in(ada).post(address(dee), {"reason": "unsure"})
        assert Concern.objects.seen_by(kim).count() == 1
        assert Concern.objects.count() == 2

    def test_it_costs_them_as_many_queries_as_nothing(self, kim, ada, cleo, sign_in):
        """A page that takes longer when something is hidden would tell."""
        Concern.write("Something of my own.", by=ada)
        browser = sign_in(kim)
        browser.get("/safety/")

        def queries() -> int:
            with CaptureQueriesContext(connection) as counted:
                browser.get("/safety/")
            return len(counted)

        before = queries()
        sign_in(ada).post(address(cleo), {"reason": "hurtful"})
        assert Concern.objects.count() == 2
        assert queries() == before

    def test_leaving_the_circle_does_not_bring_it_to_them(self, about_cleo, kim, cleo, sign_in):
        cleo.leave(by=cleo.person, words="take")
        assert not Concern.objects.seen_by(type(kim).objects.get(pk=kim.pk)).exists()

    def test_a_steward_it_is_about_is_not_told_that_it_is_late(self, about_cleo, cleo, sol, desk):
        steward = on_duty(cleo.person, "steward", "Kim")
        about_cleo.due_at = about_cleo.opened_at.replace(year=2020)
        about_cleo.save()
        assert Concern.anything_late(sol)
        assert not Concern.anything_late(steward)

    def test_whoever_told_reads_the_same_promise_as_ever(self, about_cleo, ada, dee, sign_in):
        """Naming fewer readers would say that Cleo is one of them."""
        browser = sign_in(ada)
        of_cleo = browser.get(url("safety:concern", about_cleo.pk)).content.decode()
        assert "Noor and Sam. A person answers" in of_cleo


def test_the_table_shows_neither_who_told_nor_about_whom(told, ada, dee):
    rows = [*Concern.objects.values(), *Report.objects.values()]
    shown = " ".join(str(value) for row in rows for value in row.values())
    assert str(ada.circle_id) in shown  # what is in the open can be seen
    for persona in (ada, dee):
        assert str(persona.pk) not in shown
        assert bytes(Persona.objects.get(pk=persona.pk).owner_tag).hex() not in "".join(
            bytes(value).hex() for row in rows for value in row.values() if isinstance(value, bytes | memoryview)
        )


def test_a_late_answer_is_called_late(told, ada, sign_in):
    assert "That is our fault" not in sign_in(ada).get(url("safety:concern", told.pk)).content.decode()
    told.due_at = told.opened_at.replace(year=2020)
    told.save()
    assert "That is our fault" in sign_in(ada).get(url("safety:concern", told.pk)).content.decode()


def test_the_oldest_promise_comes_first(told, cleo, ada, noor, desk):
    later = Concern.write("Please look.", by=cleo).concern
    later.due_at = told.due_at.replace(year=2020)
    later.save()
    assert Concern.objects.seen_by(noor).open().by_clock() == [later, told]


@pytest.mark.parametrize("things", [1, 3])
def test_the_queue_takes_as_many_queries_for_three_as_for_one(things, noor, desk, circle, sign_in, ada):
    for number in range(things):
        persona = enter(Person.objects.join(f"p{number}", "a kettle and three spoons"), circle, f"P{number}")
        Concern.write("Please look.", by=persona)
    browser = sign_in(noor)
    browser.get("/safety/")
    with CaptureQueriesContext(connection) as counted:
        assert browser.get("/safety/").content.decode().count('class="card"') == things
    assert len(counted) <= 8


def test_the_team_reads_what_it_is_about_in_its_own_language(ada, dee, desk, noor, sign_in):
    browser = sign_in(ada)
    browser.post("/language/", {"language": "ar", "next": "/"})
    browser.post(address(dee), {"reason": "unsure"})
    assert Concern.objects.get().about["what"] == "A person"
    assert "A person" in sign_in(noor).get("/safety/").content.decode()
