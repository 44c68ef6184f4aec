"""The board of the house: a need in words that name nobody, taken by somebody of the house for that one turn."""

from datetime import time as time_of_day
from datetime import timedelta

import pytest
from django.urls import reverse

from weft.care import keeping
from weft.care.models import Board, HouseOffer, Posting, Promise, Slot
from weft.care.tests.ways import HOME, make_need, make_offer, make_posting, make_slot, make_steward, stands
from weft.circles.models import Persona
from weft.conftest import PASSPHRASE, enter, make_circle
from weft.gatherings import keeping as visits
from weft.loom import jobs, time
from weft.notices.models import Notice
from weft.people.models import Duty, Person
from weft.safety.models import Block

pytestmark = pytest.mark.django_db
BOARD = "/board/"


@pytest.fixture
def sol(house):
    return make_steward()


@pytest.fixture
def robin(house):
    """Somebody of the house, in another circle under another name, and not for the first week."""
    return lives_here("robin")


def lives_here(name):
    person = Person.objects.join(name, PASSPHRASE)
    Person.objects.filter(pk=person.pk).update(joined_on=time.today() - timedelta(days=60))
    person.refresh_from_db()
    enter(person, make_circle(f"Another circle of {name}"), f"{name.title()} Elsewhere")
    return person


def turn_of(slot):
    return reverse("care:board_slot", kwargs={"slot_key": slot.pk})


def up(need):
    return reverse("care:put_up", kwargs={"key": need.circle_id, "need_key": need.pk})


def takes(browser, slot, name="Robin", **more):
    return browser.post(turn_of(slot), {"how": "take", "name": name} | more, follow=True)


def test_there_is_no_board_until_a_steward_switches_it_on(sign_in, care, tess, robin, leo):
    need = make_need(tess)
    assert sign_in(robin).get(BOARD).status_code == 404
    assert sign_in(tess).get(up(need)).status_code == 404
    with pytest.raises(PermissionError):
        make_posting(need, by=tess)
    with pytest.raises(PermissionError):
        Board.turn(True, by=robin)
    sol = make_steward()
    assert sign_in(robin).get(BOARD).status_code == 200
    assert "It is on." in sign_in(sol).get("/house/board/").content.decode()
    assert sign_in(robin).get("/house/board/").status_code == 404


def test_the_board_says_neither_for_whom_nor_where_nor_which_circle(sign_in, sol, care, tess, robin):
    slot = make_slot(tess, name="Supper for Rosa", how="She coughs.")
    sign_in(tess).post(up(slot.need), {"words": "A pan of supper, for two.", "days_long": "30"})
    for page in (BOARD, turn_of(slot)):
        said = sign_in(robin).get(page).content.decode()
        assert "A pan of supper, for two." in said, "control: it is there"
        for word in ("Rosa", "She coughs", care.circle.name, "Tess", *HOME.values()):
            assert word not in said


@pytest.mark.parametrize(
    "words", ["A pan for Rosa.", "a pan for ROSA’s table", "Come to Weir Lane.", "The code is 2580."]
)
def test_words_that_would_tell_are_pointed_out_and_asked_about(sign_in, sol, care, tess, words):
    need = make_need(tess)
    page = sign_in(tess).post(up(need), {"words": words, "days_long": "7"})
    assert "This may say who it is for, or where" in page.content.decode()
    assert not Posting.objects.exists()
    sign_in(tess).post(up(need), {"words": words, "days_long": "7", "sure": "on"})
    assert Posting.objects.get().words == words, "a name may be a word too, and a person decides"


def test_control_plain_words_are_not_pointed_out(sign_in, sol, care, tess):
    sign_in(tess).post(up(make_need(tess)), {"words": "A pan of supper, left at the door.", "days_long": "7"})
    assert Posting.objects.exists()


def test_only_the_inner_ring_puts_something_up(sign_in, sol, care, tess, leo, bea):
    need = make_need(tess)
    stands(bea, 1, tess)
    assert sign_in(leo).post(up(need), {"words": "A pan.", "days_long": "7"}).status_code == 404
    assert not Posting.objects.exists()
    sign_in(bea).post(up(need), {"words": "A pan.", "days_long": "7"})
    assert Posting.objects.exists()


def test_whoever_decides_is_told_and_takes_it_down(sign_in, sol, care, tess, rosa):
    need = make_need(tess)
    make_posting(need, by=tess)
    jobs.run_due()
    told = Notice.objects.get(persona=rosa, persona__isnull=False)
    assert told.what == "care.on_board"
    sign_in(rosa).post(told.address, {"down": "1"})
    assert not Posting.objects.exists()


def test_whoever_takes_a_turn_sees_that_turn_and_nothing_else_of_the_circle(sign_in, sol, care, tess, robin, clock):
    slot, other = make_slot(tess, how="Ring twice.", days=3), make_slot(tess, name="The other one", days=3)
    make_posting(slot.need, by=tess)
    browser = sign_in(robin)
    page = takes(browser, slot).content.decode()
    assert "You have it, as" in page
    assert "Ring twice." in page
    key = care.circle_id
    inside = ["care:news", "care:people", "care:month", "care:week", "circles:people", "circles:circle", "care:journal"]
    for name in inside:
        answer = browser.get(reverse(name, kwargs={"key": key}))
        assert answer.status_code == 404, name
    assert browser.get(other.get_absolute_url()).status_code in (302, 404)
    assert "The other one" not in browser.get(other.get_absolute_url(), follow=True).content.decode()
    assert browser.get(turn_of(other)).status_code == 404
    assert browser.post(turn_of(slot), {"how": "where"}).content.decode().count(HOME["gate"]) == 0, "not yet"
    clock(slot.starts)
    assert HOME["gate"] in browser.post(turn_of(slot), {"how": "where"}).content.decode()
    agenda = sign_in(tess).get(slot.get_absolute_url()).content.decode()
    assert "<bdi>Robin</bdi> has it." in agenda
    assert "by the board of the house" in agenda


def test_a_name_of_a_circle_stands_neither_on_the_board_nor_at_the_door(sign_in, sol, care, tess, robin):
    """The persona law: whoever knows Robin Elsewhere learns nothing here, and nor do those around Rosa."""
    slot = make_slot(tess)
    make_posting(slot.need, by=tess)
    HouseOffer.make("Somebody", "I can cook.", ["meal"], [], time.today(), by=robin)
    assert "Elsewhere" not in sign_in(robin).get(turn_of(slot)).content.decode()
    takes(sign_in(robin), slot, "A neighbour")
    for page in (BOARD, slot.get_absolute_url(), care.get_absolute_url()):
        assert "Elsewhere" not in sign_in(tess).get(page).content.decode()
    assert "A neighbour has it" in sign_in(tess).get(slot.get_absolute_url()).content.decode().replace(
        "<bdi>", ""
    ).replace("</bdi>", "")
    assert not [one for one in HouseOffer._meta.get_fields() if one.is_relation], "no link to anybody lies in the open"


def test_a_name_that_one_has_in_a_circle_is_not_taken_for_the_board(sign_in, sol, care, tess, robin):
    slot = make_slot(tess)
    make_posting(slot.need, by=tess)
    assert "You have this name in a circle" in takes(sign_in(robin), slot, "robin ELSEWHERE").content.decode()
    said = {"name": "Robin Elsewhere", "words": "I can cook.", "kinds": "meal", "days_long": "7"}
    assert "You have this name in a circle" in sign_in(robin).post("/board/offer/", said).content.decode()
    assert not Promise.objects.exists()
    assert not HouseOffer.objects.exists()
    sign_in(robin).post("/board/offer/", said | {"name": "Somebody"})
    assert HouseOffer.objects.exists(), "control"


def test_letting_go_frees_it_and_a_few_days_later_nobody_of_the_board_is_known_there(
    sign_in, sol, care, tess, robin, clock
):
    slot = make_slot(tess)
    make_posting(slot.need, by=tess)
    takes(sign_in(robin), slot)
    here = Persona.objects.filter(circle=care.circle_id, standing="visiting")
    visits.let_visitors_go(time.now())
    assert here.exists(), "control: whoever still has something to do stays"
    clock(slot.ends + timedelta(hours=1))
    keeping.tidy()
    assert Slot.objects.get(pk=slot.pk).by_board
    clock(slot.ends + timedelta(days=6))
    visits.let_visitors_go(time.now())
    assert not here.exists()


def test_whoever_plans_may_rather_ask_somebody_else(sign_in, sol, care, tess, robin, leo):
    slot, hers = make_slot(tess, days=2), make_slot(tess, days=2)
    make_posting(slot.need, by=tess)
    takes(sign_in(robin), slot)
    hers.take(by=leo)
    where = "care:release"
    sign_in(tess).post(reverse(where, kwargs={"key": care.circle_id, "slot_key": slot.pk}))
    sign_in(tess).post(reverse(where, kwargs={"key": care.circle_id, "slot_key": hers.pk}))
    assert [promise.is_of(leo) for promise in Promise.objects.all()] == [True], "only of those who came by the board"
    jobs.run_due()
    me = Persona.objects.get(circle=care.circle_id, standing="visiting")
    assert [notice.what for notice in Notice.objects.filter(persona=me)] == ["care.ended"]
    visits.let_visitors_go(time.now())
    assert Notice.objects.filter(persona=me).exists(), "they can still read so"


def test_who_has_a_turn_reads_what_nobody_should_bring_and_is_told_of_another_hour(sign_in, sol, care, tess, robin):
    care.no_gifts = "No flowers, please."
    care.save()
    slot = make_slot(tess, days=2)
    make_posting(slot.need, by=tess)
    mine = sign_in(robin)
    takes(mine, slot)
    page = mine.get(reverse("care:board_slot", kwargs={"slot_key": slot.pk})).content.decode()
    assert "No flowers, please." in page
    slot.need.move(time_of_day(19), 60, by=tess)
    jobs.run_due()
    me = Persona.objects.get(circle=care.circle_id, standing="visiting")
    told = Notice.objects.get(persona=me)
    assert (told.what, told.about) == ("care.moved", slot.pk)
    page = mine.get(reverse("notices:opened", kwargs={"key": told.pk}), follow=True).content.decode()
    assert "19:00" in page


def test_whoever_has_just_come_reads_and_takes_nothing_yet(sign_in, sol, care, tess):
    slot = make_slot(tess)
    make_posting(slot.need, by=tess)
    fresh = Person.objects.join("fresh", PASSPHRASE)
    enter(fresh, make_circle("Another"), "Fresh")
    page = takes(sign_in(fresh), slot).content.decode()
    assert "within the last week" in page
    assert not Promise.objects.exists()
    Person.objects.filter(pk=fresh.pk).update(joined_on=time.today() - timedelta(days=8))
    takes(sign_in(fresh), slot)
    assert Promise.objects.exists(), "control"


def test_an_account_without_a_circle_is_not_of_the_house(sign_in, sol, care, tess):
    make_posting(make_need(tess), by=tess)
    assert sign_in(Person.objects.join("nobody yet", PASSPHRASE)).get(BOARD).status_code == 404


def test_whoever_was_removed_or_is_hidden_from_somebody_there_does_not_find_it(sign_in, sol, care, tess, leo, bea):
    need = make_need(tess)
    make_posting(need, "A pan of supper.", by=tess)
    for persona in (leo, bea):
        enter(persona.person, make_circle(f"Other {persona.name}"), "Other")
        Person.objects.filter(pk=persona.person.pk).update(joined_on=time.today() - timedelta(days=60))
    Block.begin(bea, by=enter(lives_here("third"), care.circle, "Third"))
    leo.remove(by=tess)
    bea.leave(by=bea.person, words="take")
    slot = need.slots.get()
    for person in (leo.person, bea.person):
        assert "A pan of supper." not in sign_in(person).get(BOARD).content.decode(), person.name
        assert takes(sign_in(person), slot).status_code == 404
    assert not Promise.objects.exists()
    assert "A pan of supper." in sign_in(lives_here("fourth")).get(BOARD).content.decode(), "control"


def test_what_fits_is_shown_to_whoever_plans_and_a_person_says_yes(sign_in, sol, care, tess, robin, leo):
    slot = make_slot(tess)
    offer, other = make_offer(robin, "I can cook."), make_offer(lives_here("wren"), "I can drive.", kinds="ride")
    assert "I can cook." not in sign_in(tess).get(slot.get_absolute_url()).content.decode(), "not before it is put up"
    make_posting(slot.need, by=tess)
    page = sign_in(tess).get(slot.get_absolute_url()).content.decode()
    assert "I can cook." in page
    assert "I can drive." not in page
    asks = reverse("care:ask_offer", kwargs={"key": care.circle_id, "slot_key": slot.pk})
    assert sign_in(leo).post(asks, {"who": offer.pk}).status_code == 404
    assert sign_in(tess).post(asks, {"who": other.pk}).status_code == 404
    sign_in(tess).post(asks, {"who": offer.pk})
    jobs.run_due()
    assert not Promise.objects.exists(), "nothing is promised until a person says yes"
    assert [notice.what for notice in Notice.objects.filter(persona=None)] == ["care.board_asks"]
    assert "You were asked" in sign_in(robin).get(BOARD).content.decode()
    takes(sign_in(robin), slot)
    assert Promise.objects.get().name == "Robin"


def test_no_is_said_silently(sign_in, sol, care, tess, robin):
    slot = make_slot(tess)
    offer = make_offer(robin)
    make_posting(slot.need, by=tess)
    offer.ask(slot, by=tess)
    before = sign_in(tess).get(slot.get_absolute_url()).content.decode()
    assert "They were asked." in before
    sign_in(robin).post(turn_of(slot), {"how": "no"})
    assert "You were asked" not in sign_in(robin).get(BOARD).content.decode()
    after = sign_in(tess).get(slot.get_absolute_url()).content.decode()
    assert "They were asked." in after
    jobs.run_due()
    assert not Notice.objects.filter(persona=tess).exists()


def test_all_of_it_goes_at_once_when_it_is_taken_down(sign_in, sol, care, tess, robin):
    slot = make_slot(tess)
    posting = make_posting(slot.need, "A pan of supper.", by=tess)
    make_offer(robin, "I can cook.")
    page = sign_in(tess).get(BOARD).content.decode()
    assert "I can cook." in page
    posting.take_down(by=tess)
    sign_in(robin).post("/board/offer/", {"end": "1"})
    assert "A pan of supper." not in sign_in(robin).get(BOARD).content.decode()
    assert "I can cook." not in sign_in(tess).get(BOARD).content.decode()
    assert takes(sign_in(robin), slot).status_code == 404


def test_it_runs_out_by_itself_on_its_day(sign_in, sol, care, tess, robin, clock):
    need = make_need(tess, rule="FREQ=DAILY")
    make_posting(need, "A pan of supper.", days=7, by=tess)
    make_offer(robin, "I can cook.", days=7)
    assert "A pan of supper." in sign_in(robin).get(BOARD).content.decode()
    clock(time.now() + timedelta(days=8))
    page = sign_in(lives_here("wren")).get(BOARD).content.decode()
    assert "A pan of supper." not in page, "also before the night has come"
    assert "I can cook." not in page
    keeping.tidy()
    assert not Posting.objects.exists()
    assert not HouseOffer.objects.exists()


@pytest.mark.parametrize("how", ["need", "care", "poster", "board"])
def test_it_goes_with_its_need_its_care_whoever_put_it_up_and_the_board(how, sign_in, sol, care, tess, bea, robin):
    need = make_need(tess)
    stands(bea, 1, tess)
    make_posting(need, "A pan of supper.", by=bea)
    make_offer(robin)
    assert "A pan of supper." in sign_in(robin).get(BOARD).content.decode()
    slot = need.slots.get()
    if how == "need":
        need.end(by=tess)
    elif how == "care":
        care.end("", by=tess)
    elif how == "poster":
        bea.leave(by=bea.person, words="keep")
    else:
        Board.turn(False, by=sol)
        assert not HouseOffer.objects.exists()
    answer = sign_in(robin).get(BOARD)
    assert "A pan of supper." not in answer.content.decode()
    assert takes(sign_in(robin), slot).status_code == 404


def test_what_was_taken_stays_when_the_board_is_switched_off(sign_in, sol, care, tess, robin):
    slot = make_slot(tess)
    make_posting(slot.need, by=tess)
    takes(sign_in(robin), slot)
    Board.turn(False, by=sol)
    assert slot.need.name in sign_in(robin).get(BOARD).content.decode()
    assert "You have it, as" in sign_in(robin).get(turn_of(slot)).content.decode()
    sign_in(robin).post(turn_of(slot), {"how": "back"})
    assert not Promise.objects.exists()


def test_the_safety_team_takes_down_what_should_not_stand_there(sign_in, sol, care, tess, robin):
    offer, posting = make_offer(robin), make_posting(make_need(tess), by=tess)
    noor = Person.objects.join("noor", PASSPHRASE)
    Duty.objects.create(person=noor, kind="safety", known_as="Noor")
    away = reverse("care:remove_offer", kwargs={"offer_key": offer.pk})
    down = reverse("care:remove_posting", kwargs={"posting_key": posting.pk})
    for address in (away, down):
        assert sign_in(tess).post(address).status_code == 404
        assert sign_in(noor).post(address).status_code == 302
    assert not HouseOffer.objects.exists()
    assert not Posting.objects.exists()


def test_whoever_is_in_the_circle_anyway_goes_there_under_their_name_there(sign_in, sol, care, tess, leo):
    slot = make_slot(tess)
    make_posting(slot.need, "A pan of supper.", by=tess)
    assert "From a circle of yours" in sign_in(leo).get(BOARD).content.decode()
    assert sign_in(leo).get(turn_of(slot))["Location"] == slot.get_absolute_url()
