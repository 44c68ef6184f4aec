"""Who is behind a name: two people of the safety team, a reason, every look written down, and the person is told."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from django.db import connection
from django.db.models import ProtectedError
from django.db.utils import IntegrityError
from django.test.utils import CaptureQueriesContext

from weft.circles.models import Circle, Persona
from weft.conftest import PASSPHRASE, enter
from weft.home import erasing
from weft.home.taking import things_of
from weft.loom import caps, time
from weft.loom.pages import url
from weft.people.models import Person
from weft.safety.models import Concern, History, Unveiling, UnveilingStep
from weft.safety.models.concern import NotRead
from weft.safety.models.unveiling import Changed, TooFew
from weft.safety.tests.conftest import on_duty
from weft.tests.racing import at_once, failures

ADDRESS = "heron@example.org"
SAID = {"reason": "She wrote that she has taken pills.", "need": "Somebody should write to her tonight."}
WORDS = "We read your story, and we were afraid for you."
YES = {"words": WORDS, "hours": "0", "why": ""}


@pytest.fixture(autouse=True)
def _no_caps() -> None:
    caps.forget()


@pytest.fixture
def river(ada) -> Persona:
    """Somebody in the circle, who gave an address and is in a second circle too."""
    ada.person.address(ADDRESS)
    enter(ada.person, Circle.objects.get(kind="commons"), "Heron")
    return ada


@pytest.fixture
def tess(house) -> Person:
    return on_duty(Person.objects.join("tess", PASSPHRASE), "safety", "Tess")


@pytest.fixture
def asked(river, cleo, noor, sam) -> Unveiling:
    """Cleo guides the circle and asks about River. Noor and Sam are the safety team."""
    return Unveiling.ask(river, by=cleo, **SAID)


@pytest.fixture
def opened(asked, noor, sam) -> Unveiling:
    asked.say_yes(by=noor, words=WORDS)
    asked.say_yes(by=sam)
    return fresh(asked)


@pytest.fixture
def later(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Let time pass."""
    shift, real = timedelta(), time.now

    def pass_(**much: int) -> None:
        nonlocal shift
        shift += timedelta(**much)

    def now() -> datetime:
        return real() + shift

    monkeypatch.setattr(time, "now", now)
    return pass_


def fresh(one: Unveiling) -> Unveiling:
    return Unveiling.objects.whole().get(pk=one.pk)


def page_of(one: Unveiling) -> str:
    return url("safety:unveiling", one.pk)


def yes_of(one: Unveiling) -> str:
    return url("safety:yes", one.pk)


def seen(one: Unveiling) -> dict[str, str]:
    return {"seen": str(len(fresh(one).history))}


class TestAsking:
    def test_a_facilitator_asks_from_the_list_of_people(self, river, cleo, noor, sam, sign_in):
        browser = sign_in(cleo)
        there = url("safety:ask", river.pk)
        assert there in browser.get(url("circles:people", river.circle_id)).content.decode()
        assert "Ask for an unveiling of River" in browser.get(there).content.decode()
        answer = browser.post(there, SAID)
        asked = Unveiling.objects.get()
        assert answer["Location"] == page_of(asked)
        assert "pills" in sign_in(noor).get(page_of(asked)).content.decode()

    def test_members_are_not_offered_it_and_cannot_ask(self, river, dee, cleo, noor, sam, sign_in):
        there = url("safety:ask", river.pk)
        assert there in sign_in(cleo).get(url("circles:people", river.circle_id)).content.decode()
        assert there not in sign_in(dee).get(url("circles:people", river.circle_id)).content.decode()
        assert sign_in(dee).post(there, SAID).status_code == 404
        with pytest.raises(PermissionError):
            Unveiling.ask(river, by=dee, **SAID)

    def test_a_stranger_gets_404(self, asked, river, ben, mallory, sol, sign_in):
        for who in (ben, mallory, sol):
            browser = sign_in(who)
            assert browser.get(url("safety:ask", river.pk)).status_code == 404
            assert browser.get(url("safety:unveilings")).status_code == 404
            assert browser.get(page_of(asked)).status_code == 404
            for view in ("yes", "no", "looks", "words", "put_unveiling_away"):
                assert browser.post(url(f"safety:{view}", asked.pk), YES | seen(asked)).status_code == 404

    def test_a_facilitator_of_another_circle_cannot_ask(self, river, house, noor, sam, sign_in):
        other = enter(Person.objects.join("olga", PASSPHRASE), house.commons, "Olga", role=Persona.Role.FACILITATOR)
        assert sign_in(other).get(url("safety:ask", river.pk)).status_code == 404
        with pytest.raises(PermissionError):
            Unveiling.ask(river, by=other, **SAID)

    def test_a_facilitator_asks_from_a_report_they_made(self, river, cleo, dee, noor, sam, sign_in):
        there = url("safety:ask", river.pk)
        for who, offered in ((cleo, True), (dee, False)):
            browser = sign_in(who)
            answer = browser.post(
                f"{url('safety:report')}?about=person.{river.pk}&circle={river.circle_id}", {"reason": "danger"}
            )
            assert (there in browser.get(answer["Location"]).content.decode()) is offered

    def test_the_team_asks_from_a_concern(self, river, noor, sam, tess, sign_in):
        concern = Concern.write("I have taken pills.", by=river).concern
        there = url("safety:ask_about", concern.pk)
        browser = sign_in(noor)
        assert there in browser.get(url("safety:item", concern.pk)).content.decode()
        assert browser.post(there, SAID).status_code == 302
        assert fresh(Unveiling.objects.get()).asker == {"name": "Noor", "team": True}

    def test_it_needs_a_reason(self, river, cleo, noor, sam, sign_in):
        page = sign_in(cleo).post(url("safety:ask", river.pk), {"reason": " ", "need": "Ring them."})
        assert "What makes you think" in page.content.decode()
        assert not Unveiling.objects.exists()
        with pytest.raises(ValueError, match="reason"):
            Unveiling.ask(river, by=cleo, reason=" ", need="Ring them.")

    def test_nobody_asks_for_themself(self, cleo, noor, sam, sign_in):
        assert sign_in(cleo).get(url("safety:ask", cleo.pk)).status_code == 404
        with pytest.raises(PermissionError):
            Unveiling.ask(cleo, by=cleo, **SAID)

    def test_asking_twice_is_asking_once(self, asked, river, cleo):
        assert Unveiling.ask(river, by=cleo, **SAID).pk == asked.pk
        assert Unveiling.objects.count() == 1

    def test_with_fewer_than_two_others_it_says_so_and_what_else_can_be_done(self, river, cleo, noor, sign_in):
        browser = sign_in(cleo)
        page = browser.get(url("safety:ask", river.pk)).content.decode()
        assert "It needs two people of the safety team besides you" in page
        assert "What you can do instead" in page
        assert "<textarea" not in page
        assert browser.post(url("safety:ask", river.pk), SAID).status_code == 200
        with pytest.raises(TooFew):
            Unveiling.ask(river, by=cleo, **SAID)
        assert not Unveiling.objects.exists()

    def test_whoever_asks_for_the_team_is_not_one_of_the_two(self, river, noor, sam):
        with pytest.raises(TooFew):
            Unveiling.ask(river, by=noor, **SAID)

    def test_a_facilitator_who_is_on_the_team_is_not_one_of_the_two(self, river, cleo, noor):
        on_duty(cleo.person, "safety", "Kim")
        with pytest.raises(TooFew):
            Unveiling.ask(river, by=cleo, **SAID)


class TestOneAloneNeverSucceeds:
    def test_two_can_and_see_the_address(self, opened, noor, sam, sign_in):
        """The control: there is something to be seen, and these two see it."""
        for who in (noor, sam):
            assert "Show how to reach them" in sign_in(who).get(page_of(opened)).content.decode()
            answer = sign_in(who).post(url("safety:looks", opened.pk))
            assert ADDRESS in answer.content.decode()

    def test_one_yes_opens_nothing(self, asked, noor, sign_in):
        browser = sign_in(noor)
        browser.post(yes_of(asked), YES | seen(asked))
        assert len(fresh(asked).yeses) == 1
        assert "You have said yes." in browser.get(page_of(asked)).content.decode()
        answer = browser.post(url("safety:looks", asked.pk))
        assert answer.status_code == 404
        with pytest.raises(PermissionError):
            asked.look(by=noor)

    def test_the_same_person_twice_is_one(self, asked, noor, sign_in):
        for _tab in range(3):
            sign_in(noor).post(yes_of(asked), YES | seen(asked))
        assert len(fresh(asked).yeses) == 1
        assert not fresh(asked).is_open

    def test_two_tabs_of_one_person_are_one(self, asked, noor, sign_in):
        was = seen(asked)
        one, two = sign_in(noor), sign_in(noor)
        one.post(yes_of(asked), YES | was)
        two.post(yes_of(asked), YES | was)
        two.post(yes_of(asked), YES | seen(asked))
        assert len(fresh(asked).yeses) == 1

    def test_the_database_itself_holds_no_second_yes_of_one_person(self, asked, noor):
        asked.say_yes(by=noor, words=WORDS)
        first = fresh(asked).yeses[0]
        with pytest.raises(IntegrityError):
            UnveilingStep(
                unveiling=asked, circle_id=asked.circle_id, kind="yes", place=99, link=b"x", by_tag=first.by_tag
            ).save(force_insert=True)

    def test_whoever_asked_for_the_team_cannot_agree(self, river, noor, sam, tess, sign_in):
        asked = Unveiling.ask(river, by=noor, **SAID)
        assert sign_in(noor).post(yes_of(asked), YES | seen(asked)).status_code == 404
        with pytest.raises(PermissionError):
            asked.say_yes(by=noor, words=WORDS)
        asked.say_yes(by=sam, words=WORDS)
        assert sign_in(noor).post(yes_of(asked), YES | seen(asked)).status_code == 404
        assert not fresh(asked).is_open

    def test_a_facilitator_who_asked_cannot_agree_under_the_name_of_their_duty(self, river, cleo, noor, sam, sign_in):
        on_duty(cleo.person, "safety", "Kim")
        asked = Unveiling.ask(river, by=cleo, **SAID)
        asked.say_yes(by=noor, words=WORDS)
        assert sign_in(cleo).post(yes_of(asked), YES | seen(asked)).status_code == 404
        with pytest.raises(PermissionError):
            asked.say_yes(by=cleo.person)
        assert not fresh(asked).is_open

    def test_nobody_without_the_duty_agrees(self, asked, mallory, sol, dee):
        for who in (mallory, sol, dee.person):
            with pytest.raises(PermissionError):
                asked.say_yes(by=who, words=WORDS)

    def test_a_duty_that_was_laid_down_opens_nothing(self, opened, sam, sign_in):
        sam.duties.all().delete()
        assert sign_in(sam).post(url("safety:looks", opened.pk)).status_code == 404
        with pytest.raises(PermissionError):
            opened.look(by=Person.objects.get(pk=sam.pk))

    def test_a_yes_to_other_words_is_no_second_yes(self, asked, noor, sam, sign_in):
        """Noor and Sam both write the first yes; Sam's page is the older one."""
        was = seen(asked)
        sign_in(noor).post(yes_of(asked), YES | was)
        page = sign_in(sam).post(yes_of(asked), YES | was | {"words": "Other words."}, follow=True).content.decode()
        assert "Please read it before you agree" in page
        assert not fresh(asked).is_open
        sign_in(sam).post(yes_of(asked), seen(asked))
        assert fresh(asked).is_open
        assert fresh(asked).yeses[0].words == WORDS

    def test_the_third_of_the_team_sees_that_it_is_open_and_no_address(self, opened, tess, sign_in):
        page = sign_in(tess).get(page_of(opened)).content.decode()
        assert "Noor and Sam said yes and may look" in page
        assert "Show how to reach them" not in page
        assert sign_in(tess).post(url("safety:looks", opened.pk)).status_code == 404
        assert sign_in(tess).post(url("safety:words", opened.pk), {"words": "Hello."}).status_code == 404

    def test_one_who_says_no_ends_it(self, asked, noor, sam, tess, sign_in):
        asked.say_yes(by=noor, words=WORDS)
        page = sign_in(sam).post(url("safety:no", asked.pk), {"reason": " "}).content.decode()
        assert "It is not declined without a reason" in page
        sign_in(sam).post(url("safety:no", asked.pk), {"reason": "Cleo can answer her story."})
        asked.say_yes(by=tess)
        assert fresh(asked).is_declined
        assert not fresh(asked).is_open
        assert "Cleo can answer her story." in sign_in(tess).get(page_of(asked)).content.decode()


@pytest.mark.django_db(transaction=True)
class TestARace:
    def test_one_person_from_many_places_at_once_says_one_yes(self, asked, noor):
        raised = failures(at_once(*[lambda: asked.say_yes(by=noor, words=WORDS)] * 6))
        assert raised == []
        assert len(fresh(asked).yeses) == 1
        assert not fresh(asked).is_open
        assert History.verify() == []

    def test_two_first_yeses_at_once_are_one_yes(self, asked, noor, sam):
        """Each wrote words of their own and saw no yes: one counts, the other must read first."""
        raised = failures(
            at_once(
                lambda: asked.say_yes(by=noor, words="Noor's words.", seen=1),
                lambda: asked.say_yes(by=sam, words="Sam's words.", seen=1),
            )
        )
        assert [type(one) for one in raised] == [NotRead]
        assert len(fresh(asked).yeses) == 1
        assert not fresh(asked).is_open

    def test_a_yes_and_a_no_at_once_open_nothing_or_everything_in_order(self, asked, noor, sam, tess):
        asked.say_yes(by=noor, words=WORDS)
        at_once(lambda: asked.say_yes(by=sam), lambda: asked.say_no("No.", by=tess))
        now = fresh(asked)
        assert now.is_open is not now.is_declined
        assert History.verify() == []


class TestOpen:
    def test_only_the_address_is_shown(self, opened, river, noor, sign_in):
        page = sign_in(noor).post(url("safety:looks", opened.pk)).content.decode()
        assert ADDRESS in page
        assert "Heron" not in page  # the name in another circle
        assert river.person.name == "ada"
        assert ">ada<" not in page
        assert " ada" not in page

    def test_without_an_address_one_writes_to_them_here(self, opened, river, noor, sign_in):
        river.person.address("")
        page = sign_in(noor).post(url("safety:looks", opened.pk)).content.decode()
        assert "They gave no address" in page
        sign_in(noor).post(url("safety:words", opened.pk), {"words": "Are you safe? Please ring us."})
        assert "Are you safe? Please ring us." in sign_in(river).get("/").content.decode()

    def test_whoever_has_left_the_circle_can_still_be_written_to_and_nothing_else(self, opened, river, noor, sign_in):
        river.leave(by=river.person, words="take")
        page = sign_in(noor).post(url("safety:looks", opened.pk)).content.decode()
        assert ADDRESS not in page
        sign_in(noor).post(url("safety:words", opened.pk), {"words": "Are you safe?"})
        assert "Are you safe?" in sign_in(river).get("/").content.decode()

    def test_every_look_is_kept(self, opened, noor, sam, sign_in):
        for who in (noor, noor, sam):
            assert ADDRESS in sign_in(who).post(url("safety:looks", opened.pk)).content.decode()
        assert [step.by_name for step in fresh(opened).looks] == ["Noor", "Noor", "Sam"]
        step = fresh(opened).looks[0]
        with pytest.raises(TypeError):
            step.save()
        with pytest.raises(TypeError):
            step.delete()

    def test_opening_the_page_alone_is_no_look_and_shows_no_address(self, opened, noor, sign_in):
        assert ADDRESS not in sign_in(noor).get(page_of(opened)).content.decode()
        assert sign_in(noor).get(url("safety:looks", opened.pk)).status_code == 405
        assert fresh(opened).looks == []

    def test_it_is_open_for_a_day(self, opened, noor, sign_in, later):
        later(hours=23, minutes=59)
        assert ADDRESS in sign_in(noor).post(url("safety:looks", opened.pk)).content.decode()
        later(minutes=1)
        assert sign_in(noor).post(url("safety:looks", opened.pk)).status_code == 404
        assert "Nobody can look any more" in sign_in(noor).get(page_of(opened)).content.decode()

    def test_it_lapses_after_a_day_without_the_second_yes(self, asked, noor, sam, sign_in, later):
        asked.say_yes(by=noor, words=WORDS)
        later(hours=23, minutes=59)
        assert fresh(asked).is_waiting
        later(minutes=1)
        sign_in(sam).post(yes_of(asked), seen(asked))
        assert len(fresh(asked).yeses) == 1
        assert "It lapsed." in sign_in(noor).get(page_of(asked)).content.decode()
        assert sign_in(noor).post(url("safety:looks", asked.pk)).status_code == 404


class TestWhoeverAsked:
    def test_sees_what_became_of_it_and_never_the_answer(self, asked, cleo, noor, sam, sign_in):
        browser = sign_in(cleo)

        def pages() -> str:
            there = [page_of(asked), "/", url("safety:told"), url("circles:people", asked.circle_id)]
            return " ".join(browser.get(page).content.decode() for page in there)

        assert "It waits for the safety team" in pages()
        asked.say_yes(by=noor, words=WORDS)
        assert "It waits for the safety team" in pages()
        assert "Noor" not in pages()
        asked.say_yes(by=sam)
        assert ADDRESS in sign_in(sam).post(url("safety:looks", asked.pk)).content.decode()
        said = pages()
        assert "Two of the safety team said yes" in said
        for hidden in (ADDRESS, "Noor", "Sam", WORDS, "looked"):
            assert hidden not in said
        assert browser.post(url("safety:looks", asked.pk)).status_code == 404

    def test_sees_that_it_was_declined_and_not_why(self, asked, cleo, noor, sign_in):
        asked.say_no("Cleo is too curious.", by=noor)
        page = sign_in(cleo).get(page_of(asked)).content.decode()
        assert "The safety team said no." in page
        assert "curious" not in page

    def test_does_not_see_it_under_the_name_of_their_duty_either(self, river, cleo, noor, sam, sign_in):
        on_duty(cleo.person, "safety", "Kim")
        asked = Unveiling.ask(river, by=cleo, **SAID)
        asked.say_yes(by=noor, words=WORDS)
        asked.say_yes(by=sam)
        browser = sign_in(cleo)
        page = browser.get(page_of(asked)).content.decode()
        assert "You asked for an unveiling of River" in page
        assert WORDS not in page
        assert page_of(asked) not in browser.get(url("safety:unveilings")).content.decode()
        assert browser.post(url("safety:looks", asked.pk)).status_code == 404


class TestThePersonIsTold:
    def test_at_once(self, asked, river, noor, sam, sign_in):
        asked.say_yes(by=noor, words=WORDS)
        assert "unveiling" not in sign_in(river).get("/").content.decode()
        asked.say_yes(by=sam)
        page = sign_in(river).get("/").content.decode()
        for told in ("unveiling of your name River", "Evening Circle", "Noor and Sam", WORDS, "Nobody has looked"):
            assert told in page
        for hidden in ("pills", "Cleo"):  # what was asked, and by whom
            assert hidden not in page

    def test_they_read_when_it_was_looked_at(self, opened, river, noor, sign_in):
        opened.look(by=noor)
        assert "Noor looked (just now)" in sign_in(river).get("/").content.decode()

    def test_later_only_for_a_reason_and_72_hours_at_most(self, asked, noor, sign_in):
        browser = sign_in(noor)
        page = browser.post(yes_of(asked), YES | seen(asked) | {"hours": "12"}).content.decode()
        assert "Nobody is told later without a reason" in page
        browser.post(yes_of(asked), YES | seen(asked) | {"hours": "73", "why": "It is not safe."})
        browser.post(yes_of(asked), YES | seen(asked) | {"hours": "-1", "why": "It is not safe."})
        assert fresh(asked).yeses == []
        for hours, why in ((73, "It is not safe."), (12, " "), (-1, "No.")):
            with pytest.raises(ValueError, match="later"):
                asked.say_yes(by=noor, words=WORDS, hours=hours, why=why)
        with pytest.raises(ValueError, match="in words"):
            asked.say_yes(by=noor, words=" ")
        assert fresh(asked).yeses == []

    def test_later_they_are_told_by_itself_and_why_it_was_later(self, asked, river, noor, sam, sign_in, later):
        asked.say_yes(by=noor, words=WORDS, hours=72, why="Somebody reads your phone.")
        asked.say_yes(by=sam)
        later(hours=71, minutes=59)
        assert WORDS not in sign_in(river).get("/").content.decode()
        assert "unveilings_of_you" not in str(things_of(river.person))
        later(minutes=1)
        page = sign_in(river).get("/").content.decode()
        assert WORDS in page
        assert "Somebody reads your phone." in page

    def test_a_delay_that_was_changed_in_the_table_is_bounded_all_the_same(self, asked, river, noor, sam, later):
        asked.say_yes(by=noor, words=WORDS, hours=1, why="Wait.")
        asked.say_yes(by=sam)
        UnveilingStep.objects.filter(kind="yes").update(hours=9000)
        later(hours=72)
        assert fresh(asked).is_told
        assert History.verify() != []

    def test_writing_to_them_tells_them(self, asked, river, noor, sam, sign_in):
        asked.say_yes(by=noor, words=WORDS, hours=72, why="Wait.")
        asked.say_yes(by=sam)
        assert "they are told at once" in sign_in(noor).get(page_of(asked)).content.decode()
        asked.write("Please ring us.", by=noor)
        asked.write("Please ring us.", by=noor)  # sent twice
        page = sign_in(river).get("/").content.decode()
        assert WORDS in page
        assert page.count("Please ring us.") == 1

    def test_they_put_it_away_and_it_stays_in_their_download(self, opened, river, noor, sign_in):
        browser = sign_in(river)
        assert WORDS in browser.get("/").content.decode()
        browser.post(url("safety:put_unveiling_away", opened.pk))
        assert WORDS not in browser.get("/").content.decode()
        kept = things_of(river.person)["safety"]["unveilings_of_you"][0]
        assert (kept["name"], kept["circle"], kept["who_said_yes"]) == ("River", "Evening Circle", ["Noor", "Sam"])
        assert kept["words"] == WORDS
        opened.write("One more thing.", by=noor)
        assert "One more thing." in browser.get("/").content.decode()

    def test_nobody_else_puts_it_away(self, opened, river, dee, cleo, noor, sign_in):
        for who in (dee, cleo, noor):
            assert sign_in(who).post(url("safety:put_unveiling_away", opened.pk)).status_code == 404
        assert WORDS in sign_in(river).get("/").content.decode()

    def test_leaving_the_circle_does_not_keep_it_from_them(self, opened, river, sign_in):
        river.leave(by=river.person, words="erase")
        assert WORDS in sign_in(river).get("/").content.decode()

    def test_nobody_else_is_told(self, opened, dee, cleo, ben, sign_in):
        for who in (dee, cleo, ben):
            assert WORDS not in sign_in(who).get("/").content.decode()

    def test_a_circle_that_has_one_is_not_deleted(self, opened):
        with pytest.raises(ProtectedError):
            opened.circle.delete()


class TestAPersonOfTheTeamWhomItConcerns:
    """River is on the safety team too, as “Kim”."""

    @pytest.fixture
    def kim(self, river, noor, sam) -> Person:
        return on_duty(river.person, "safety", "Kim")

    def test_the_others_see_it(self, kim, asked, noor, sign_in):
        assert page_of(asked) in sign_in(noor).get(url("safety:unveilings")).content.decode()
        assert page_of(asked) in sign_in(noor).get("/").content.decode()

    def test_they_see_it_on_no_page_and_have_no_say(self, kim, asked, noor, sign_in):
        browser = sign_in(kim)
        assert "Nobody has asked for one." in browser.get(url("safety:unveilings")).content.decode()
        assert page_of(asked) not in browser.get("/").content.decode()
        assert browser.get(page_of(asked)).status_code == 404
        for view in ("yes", "no", "looks", "words", "put_unveiling_away"):
            assert browser.post(url(f"safety:{view}", asked.pk), YES | seen(asked)).status_code == 404
        asked.say_yes(by=noor, words=WORDS)
        with pytest.raises(PermissionError):
            asked.say_yes(by=kim)
        with pytest.raises(PermissionError):
            asked.say_no("Not me.", by=kim)

    def test_it_is_in_no_count(self, kim, asked, dee, cleo):
        Unveiling.ask(dee, by=cleo, **SAID)
        assert Unveiling.objects.count() == 2
        assert Unveiling.objects.seen_by(kim).count() == 1
        assert len(Unveiling.today(kim)[2]) == 1

    def test_their_pages_cost_as_many_queries_as_with_nothing(self, kim, river, cleo, sign_in):
        browser = sign_in(kim)

        def queries(page: str) -> int:
            browser.get(page)
            with CaptureQueriesContext(connection) as counted:
                browser.get(page)
            return len(counted)

        pages = ["/", url("safety:unveilings"), url("safety:queue")]
        before = [queries(page) for page in pages]
        Unveiling.ask(river, by=cleo, **SAID)
        assert [queries(page) for page in pages] == before

    def test_nobody_can_tell_from_a_number_that_they_are_on_the_team(self, river, cleo, noor, sign_in):
        """A team of two, one of whom it concerns: the pages say what they say of any team of two."""
        on_duty(river.person, "safety", "Kim")
        page = sign_in(cleo).get(url("safety:ask", river.pk)).content.decode()
        assert "There are fewer than two" not in page
        asked = Unveiling.ask(river, by=cleo, **SAID)
        asked.say_yes(by=noor, words=WORDS)
        assert "A second yes is needed" in sign_in(noor).get(page_of(asked)).content.decode()

    def test_they_are_told_like_anybody(self, kim, opened, sign_in):
        assert WORDS in sign_in(kim).get("/").content.decode()
        assert sign_in(kim).get(page_of(opened)).status_code == 404


class TestTheHistory:
    @pytest.fixture
    def steps(self, opened, dee, cleo, noor, sam) -> list[UnveilingStep]:
        opened.look(by=noor)
        other = Unveiling.ask(dee, by=cleo, reason="He wrote goodbye.", need="Ask him.")
        other.say_no("He answered meanwhile.", by=sam)
        opened.look(by=sam)
        assert History.verify() == []
        return list(UnveilingStep.objects.order_by("place"))

    @pytest.mark.parametrize(
        "column, value",
        [
            ("kind", "wrote"),
            ("by_tag", b"somebody else 16"),
            ("hours", 5),
            ("link", b"0" * 16),
            ("place", 70),
        ],
    )
    def test_every_edit_is_found(self, steps, column, value):
        for step in steps:
            was = getattr(step, column)
            UnveilingStep.objects.filter(pk=step.pk).update(**{column: value})
            found = History.verify()
            assert found, f"{column} of {step.place}"
            UnveilingStep.objects.filter(pk=step.pk).update(**{column: was})
            assert History.verify() == []

    @pytest.mark.parametrize("column", ["by_name", "words", "why", "content", "at"])
    def test_sealed_words_that_were_changed_or_moved_are_found(self, steps, column):
        table = UnveilingStep._meta.db_table

        def put(pk: int, value: object) -> None:
            with connection.cursor() as cursor:
                cursor.execute(f"UPDATE {table} SET {column} = %s WHERE id = %s", [value, pk])  # noqa: S608

        raw = {pk: bytes(value) for pk, value in UnveilingStep.objects.values_list("pk", column)}
        for step, other in zip(steps, [*steps[1:], steps[0]], strict=True):
            put(step.pk, raw[other.pk])
            assert History.verify() != []
            put(step.pk, raw[step.pk])
        assert History.verify() == []

    def test_every_row_that_is_taken_away_is_found(self, steps):
        for step in steps:
            UnveilingStep.objects.filter(pk=step.pk).delete()
            assert History.verify() != [], step.place
            step._state.adding = True
            step.save(force_insert=True)
            assert History.verify() == []

    def test_every_two_rows_that_change_places_are_found(self, steps):
        for number, one in enumerate(steps):
            for other in steps[number + 1 :]:
                self.swap(one, other)
                assert History.verify() != [], (one.place, other.place)
                self.swap(one, other)
        assert History.verify() == []

    def swap(self, one: UnveilingStep, other: UnveilingStep) -> None:
        """Let two rows change places, with or without the links that stood there."""
        rows = UnveilingStep.objects
        a, b = rows.get(pk=one.pk).place, rows.get(pk=other.pk).place
        rows.filter(pk=one.pk).update(place=1_000_000)
        rows.filter(pk=other.pk).update(place=a)
        rows.filter(pk=one.pk).update(place=b)

    def test_a_whole_unveiling_that_is_taken_away_is_found(self, steps):
        for one in Unveiling.objects.all():
            taken = [step for step in steps if step.unveiling_id == one.pk]
            UnveilingStep.objects.filter(unveiling=one).delete()
            Unveiling.objects.filter(pk=one.pk).delete()
            assert History.verify() != []
            one._state.adding = True
            one.save(force_insert=True)
            for step in taken:
                step._state.adding = True
                step.save(force_insert=True)
            assert History.verify() == []

    def test_a_history_that_is_gone_as_a_whole_is_found(self, steps):
        UnveilingStep.objects.all().delete()
        Unveiling.objects.all().delete()
        assert History.verify() != []

    def test_an_old_row_that_comes_back_in_the_place_of_a_newer_one_is_found(self, steps, opened, noor, sam):
        """The end was cut off and everything around it put back; the house went on, and then the old row returns."""
        before = History.objects.get()
        opened.look(by=noor)
        old = UnveilingStep.objects.get(place=before.length + 1)
        UnveilingStep.objects.filter(pk=old.pk).delete()
        History.objects.filter(pk=1).update(length=before.length, end=before.end)
        opened.look(by=sam)
        opened.look(by=sam)
        assert History.verify() == []  # this much an old copy can do; the letters that were written down would show it
        UnveilingStep.objects.filter(place=old.place).delete()
        old._state.adding = True
        old.save(force_insert=True)
        assert History.verify() != []

    def test_what_was_asked_cannot_be_changed_unseen(self, steps, opened):
        other = Unveiling.objects.exclude(pk=opened.pk).get()
        for column in ("of_tag", "asked_tag"):
            was = getattr(opened, column)
            Unveiling.objects.filter(pk=opened.pk).update(**{column: b"somebody else 16"})
            assert History.verify() != []
            Unveiling.objects.filter(pk=opened.pk).update(**{column: was})
        opened.reason = "She asked us to."
        opened.save()  # with the house's own key
        assert History.verify() != []
        assert other.reason == "He wrote goodbye."

    def test_what_is_cut_off_leaves_a_scar(self, steps, noor, opened, river, cleo):
        UnveilingStep.objects.filter(pk=steps[-1].pk).delete()
        History.objects.all().delete()
        assert History.verify() != []
        with pytest.raises(Changed):
            opened.look(by=noor)
        Unveiling.ask(river, by=cleo, **SAID)
        assert History.verify() != []

    def test_nothing_is_opened_by_a_yes_that_was_put_into_the_table(self, asked, noor, sam, tess, sign_in):
        """A no is turned into a yes by somebody who can write into the database, and has no key."""
        asked.say_yes(by=noor, words=WORDS)
        asked.say_no("I do not think so.", by=sam)
        UnveilingStep.objects.filter(kind="no").update(kind="yes")
        assert fresh(asked).is_open
        answer = sign_in(noor).post(url("safety:looks", asked.pk)).content.decode()
        assert ADDRESS not in answer
        assert "from outside, so nothing is shown" in answer
        with pytest.raises(Changed):
            asked.look(by=noor)
        assert "Somebody changed the history" in sign_in(tess).get(url("safety:unveilings")).content.decode()

    def test_nothing_is_opened_where_a_no_was_taken_away(self, asked, noor, sam, tess):
        asked.say_yes(by=noor, words=WORDS)
        asked.say_no("I do not think so.", by=tess)
        UnveilingStep.objects.filter(kind="no").delete()
        asked.say_yes(by=sam)
        assert fresh(asked).is_open
        with pytest.raises(Changed):
            asked.look(by=noor)

    def test_an_older_wound_does_not_stop_a_new_unveiling(self, steps, river, cleo, noor, sam, later):
        UnveilingStep.objects.filter(pk=steps[1].pk).update(hours=3)
        later(days=2)
        new = Unveiling.ask(river, by=cleo, **SAID)
        new.say_yes(by=noor, words=WORDS)
        new.say_yes(by=sam)
        assert new.look(by=noor) == ADDRESS
        assert History.verify() != []

    def test_erasure_takes_the_name_and_leaves_the_history_whole(self, steps, opened, river, noor, sign_in):
        erasing.erase(river.person, words="erase")
        assert History.verify() == []
        page = sign_in(noor).get(page_of(opened)).content.decode()
        assert "River" not in page
        assert "Noor said yes" in page
        Unveiling.objects.filter(pk=opened.pk).update(of_tag=b"somebody else 16")
        assert History.verify() != []

    def test_erasing_the_facilitator_who_asked_takes_their_words(self, steps, opened, cleo, noor, sign_in):
        assert "pills" in sign_in(noor).get(page_of(opened)).content.decode()
        erasing.erase(cleo.person, words="erase")
        assert History.verify() == []
        page = sign_in(noor).get(page_of(opened)).content.decode()
        assert "pills" not in page
        assert "Cleo" not in page


def test_the_tables_show_neither_who_asked_nor_about_whom_nor_who_agreed(opened, river, cleo, noor, sam):
    opened.look(by=noor)
    rows = [*Unveiling.objects.values(), *UnveilingStep.objects.values(), *History.objects.values()]
    plain = {str(value) for row in rows for value in row.values() if not isinstance(value, bytes | memoryview)}
    raw = b"|".join(bytes(v) for row in rows for v in row.values() if isinstance(v, bytes | memoryview))
    assert str(river.circle_id) in plain  # what is in the open can be seen
    assert bytes(opened.of_tag) in raw
    people = [river.person, cleo.person, noor, sam]
    hidden = [river.pk, cleo.pk, *(person.pk for person in people), *(d.pk for p in people for d in p.duties.all())]
    assert not plain & {str(pk) for pk in hidden}
    for persona in (river, cleo):
        assert bytes(Persona.objects.get(pk=persona.pk).owner_tag) not in raw
    for words in ("River", "Cleo", "Noor", "pills", WORDS, ADDRESS):
        assert words.encode() not in raw
    assert river.person.email == ADDRESS


@pytest.mark.parametrize("many", [1, 3])
def test_the_list_takes_as_many_queries_for_three_as_for_one(many, circle, cleo, noor, sam, sign_in):
    for number in range(many):
        persona = enter(Person.objects.join(f"p{number}", PASSPHRASE), circle, f"P{number}")
        Unveiling.ask(persona, by=cleo, **SAID)
    browser = sign_in(noor)
    for page, most in ((url("safety:unveilings"), 9), ("/", 12)):
        browser.get(page)
        with CaptureQueriesContext(connection) as counted:
            assert browser.get(page).content.decode().count("Two must say yes") == many
        assert len(counted) <= most, "\n".join(query["sql"] for query in counted)
