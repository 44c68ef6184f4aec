"""From opening a care circle to a slot that is covered: promised, let go, taken over, done, thanked for."""

from datetime import timedelta

import pytest
from django.urls import reverse

from weft.care.models import Call, Care, Need, Promise, Slot, Taken
from weft.care.models.guest import new_token
from weft.care.tests.ways import make_need, make_slot, stands
from weft.circles.models import Circle
from weft.loom import time

pytestmark = pytest.mark.django_db
NEW = {"whom": "Rosa", "my_name": "Tess", "seat": "own", "once": "77"}


def at(name, care, **more):
    return reverse(f"care:{name}", kwargs={"key": care.circle_id, **more})


def does(browser, slot, how, **more):
    return browser.post(at("promise", slot, slot_key=slot.pk), {"how": how, **more}, follow=True).content.decode()


def test_three_questions_and_it_stands(sign_in, ada):
    me = sign_in(ada)
    first = me.post(reverse("care:new"), NEW)
    care = Care.objects.get()
    assert first["Location"] == at("care", care)
    page = me.get(first["Location"]).content.decode()
    assert "Around Rosa" in page
    assert "Nothing is asked for at the moment." in page
    me.post(reverse("care:new"), NEW)
    assert Care.objects.count() == Circle.objects.filter(kind="family").count() == 1, "sent twice there is one"


def test_a_need_that_repeats_has_a_slot_for_each_day(sign_in, care, tess, leo):
    day = time.today() + timedelta(days=1)
    form = {"kind": "meal", "name": "Supper", "starts_on": day, "starts_at": "17:00", "ends_at": "18:00"}
    form |= {"step": "days", "places": "1", "ring": "3", "without": "nuts", "people": "3", "once": "5"}
    sign_in(tess).post(at("ask", care), form)
    need = Need.objects.get()
    assert need.slots.count() > 20
    assert need.minutes == 60
    page = sign_in(leo).get(need.slots.first().get_absolute_url()).content.decode()
    assert "nuts" in page
    assert "What must not be in it?" in page


def test_its_hour_stays_on_the_clock_of_the_circle(care, tess):
    care.zone = "Europe/London"
    care.save()
    need = make_need(tess, rule="FREQ=DAILY")
    hours = {slot.starts.astimezone(__import__("zoneinfo").ZoneInfo("Europe/London")).hour for slot in need.slots.all()}
    assert hours == {17}


def test_a_night_ends_in_the_morning(sign_in, care, tess):
    day = time.today() + timedelta(days=1)
    form = {"kind": "night", "name": "A night", "starts_on": day, "starts_at": "22:00", "ends_at": "07:00"}
    sign_in(tess).post(at("ask", care), form | {"step": "once", "places": "1", "ring": "3"})
    assert Need.objects.get().minutes == 9 * 60


def test_from_free_to_covered_to_done_and_thanks_both_ways(sign_in, care, tess, leo, clock):
    slot = make_slot(tess)
    helper, guide = sign_in(leo), sign_in(tess)
    agenda = helper.get(at("care", care)).content.decode()
    assert "Nobody has it yet." in agenda
    assert "It is yours." in does(helper, slot, "take")
    assert "<bdi>Leo</bdi> has it." in guide.get(at("care", care)).content.decode()
    does(helper, slot, "bring", words="Lasagne")
    assert "Lasagne" in guide.get(at("care", care)).content.decode()
    assert "It is done" not in helper.get(slot.get_absolute_url()).content.decode()
    clock(slot.starts + timedelta(minutes=5))
    does(helper, slot, "done")
    assert Promise.objects.get().is_done
    does(guide, slot, "thank", words="She ate all of it.")
    said = does(helper, slot, "thank", words="I was glad to.")
    assert "She ate all of it." in said
    assert "I was glad to." in guide.get(slot.get_absolute_url()).content.decode()


def test_nobody_cooks_lasagne_twice(sign_in, care, tess, leo, bea):
    first, second = make_slot(tess, days=2), make_slot(tess, days=3)
    second.take("Lasagne", by=leo)
    page = sign_in(bea).get(first.get_absolute_url()).content.decode()
    assert "Lasagne" in page
    assert "from <bdi>Leo</bdi>" in page


def test_whoever_steps_back_leaves_nothing_behind(sign_in, care, tess, leo, bea):
    slot = make_slot(tess, days=5)
    before = Slot.objects.values().get(pk=slot.pk)
    me = sign_in(leo)
    does(me, slot, "take")
    assert "It is free again." in does(me, slot, "back")
    after = Slot.objects.values().get(pk=slot.pk)
    assert not Promise.objects.exists()
    assert {k: v for k, v in before.items() if k != "rung"} == {k: v for k, v in after.items() if k != "rung"}
    assert "Leo" not in sign_in(bea).get(at("care", care)).content.decode()


def test_a_swap_needs_nobody_who_coordinates(sign_in, care, tess, leo, bea):
    slot = make_slot(tess)
    does(sign_in(leo), slot, "take")
    with pytest.raises(Taken):
        slot.take(by=bea)
    does(sign_in(leo), slot, "seek")
    assert Promise.objects.get().is_of(leo), "it stays theirs until somebody takes it"
    assert "They would be glad if another could." in sign_in(bea).get(at("care", care)).content.decode()
    does(sign_in(bea), slot, "take")
    assert Promise.objects.get().is_of(bea)
    assert "It is yours" not in does(sign_in(leo), slot, "back")


def test_only_who_has_it_changes_it(care, tess, leo, bea):
    promise = make_slot(tess).take(by=leo)
    for verb in (promise.step_back, promise.finish):
        with pytest.raises(Taken):
            verb(by=bea)
    assert Promise.objects.get().is_of(leo)


def test_what_is_for_an_inner_ring_is_not_there_for_the_outer(sign_in, care, tess, leo, bea):
    stands(bea, 2, tess)
    slot = make_slot(tess, name="The bath", ring=2)
    assert "The bath" in sign_in(bea).get(at("care", care)).content.decode(), "control"
    assert "The bath" not in sign_in(leo).get(at("care", care)).content.decode()
    assert sign_in(leo).get(slot.get_absolute_url()).status_code == 404
    assert sign_in(leo).post(at("promise", slot, slot_key=slot.pk), {"how": "take"}).status_code == 404


def test_whom_it_is_for_decides(sign_in, care, tess, leo, rosa):
    """She sees all, says no to what she does not want, hands her seat on herself, and ends it."""
    slot = make_slot(tess, name="The bath", ring=1)
    me = sign_in(rosa)
    assert "You decide here." in me.get(at("care", care)).content.decode()
    me.post(at("need", care, need_key=slot.need_id), {"end": "1"})
    assert not Slot.objects.filter(pk=slot.pk).exists()
    with pytest.raises(PermissionError):
        Care.objects.get().give_seat(leo, speaks=True, by=tess)
    place = at("place", care, persona_key=leo.pk)
    assert sign_in(tess).post(place, {"how": "speaks"}).status_code == 404
    me.post(at("ending", care), {"sure": "1", "words": "Thank you, all of you."})
    assert "Thank you, all of you." in sign_in(leo).get(at("care", care)).content.decode()
    assert not Need.objects.exists()


def test_somebody_may_speak_for_them_and_it_is_recorded(sign_in, care, tess, leo):
    place = at("place", care, persona_key=leo.pk)
    sign_in(tess).post(place, {"how": "speaks", "ground": "She asked Leo in June."})
    page = sign_in(leo).get(at("people", care)).content.decode()
    assert "Leo speaks for them" in page
    assert "She asked Leo in June." in page
    assert Care.objects.get().decider == leo


def test_only_who_decides_or_coordinates_asks(sign_in, care, tess, leo):
    with pytest.raises(PermissionError):
        make_need(leo)
    need = make_need(tess)
    assert sign_in(leo).get(at("ask", care)).status_code == 404
    assert sign_in(leo).get(need.get_absolute_url()).status_code == 404


def test_another_circle_shows_no_door_to_it(sign_in, ada, care, leo):
    assert (
        reverse("care:care", kwargs={"key": ada.circle_id})
        not in sign_in(ada).get(ada.circle.get_absolute_url()).content.decode()
    )
    assert sign_in(ada).get(reverse("care:care", kwargs={"key": ada.circle_id})).status_code == 404
    assert at("care", care) in sign_in(leo).get(care.circle.get_absolute_url()).content.decode(), "control"


def test_when_somebody_leaves_what_they_had_promised_is_free(care, tess, leo):
    slot = make_slot(tess)
    slot.take(by=leo)
    leo.leave(by=leo.person, words="erase")
    assert Slot.objects.free().filter(pk=slot.pk).exists()


def test_what_was_can_be_thanked_for_from_the_agenda(sign_in, care, tess, leo, clock):
    slot = make_slot(tess, name="Soup at noon")
    slot.take(by=leo)
    clock(slot.ends + timedelta(hours=20))
    page = sign_in(tess).get(at("care", care)).content.decode()
    assert "What was, and a thank you" in page
    assert "<bdi>Leo</bdi> had it." in page
    assert "You had it" in sign_in(leo).get(at("care", care)).content.decode()
    assert "Soup at noon" in page
    clock(slot.ends + timedelta(days=6))
    assert "Soup at noon" not in sign_in(tess).get(at("care", care)).content.decode()


def test_a_full_month_stays_a_light_page(sign_in, care, tess, leo):
    """Three needs on each day, all of them free: the agenda and a helper's own page stay under 60,000 bytes."""
    for name in ("Supper for Rosa and Tess", "Two hours, so that Tess can go out", "A night, on the camp bed"):
        make_need(tess, name=name, rule="FREQ=DAILY", how="Ring twice. " * 20)
    call, _token = Call.write(tess, uses=1, days=3)
    mine = new_token()
    call.let_in("Old Tom", mine)
    pages = [at("care", care), at("month", care), reverse("care:helping", kwargs={"token": mine})]
    sizes = [len(sign_in(leo).get(page).content) for page in pages]
    assert max(sizes) < 60_000, sizes
