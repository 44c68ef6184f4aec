"""Two helpers exchange their turns by a yes of both: at once, or not at all."""

import pytest
from django.urls import reverse

from weft.care.models import Promise, Slot, Swap, Taken
from weft.care.tests.ways import make_slot, stands
from weft.loom import jobs
from weft.notices.models import Notice
from weft.tests.racing import at_once, failures


def has(slot):
    return Promise.objects.get(slot=slot)


def page(slot):
    return reverse("care:swap", kwargs={"key": slot.circle_id, "slot_key": slot.pk})


@pytest.mark.django_db
def test_nothing_changes_until_the_other_says_yes_and_then_both_at_once(sign_in, care, tess, leo, bea):
    his, hers = make_slot(tess, days=3), make_slot(tess, name="Pasta", days=4)
    his.take("Soup", by=leo)
    hers.take("Bread", by=bea)
    sign_in(leo).post(page(his), {"how": "ask", "which": hers.pk})
    jobs.run_due()
    assert [one.what for one in Notice.objects.filter(persona=bea)] == ["care.swap_asked"]
    assert has(his).is_of(leo)
    assert has(hers).is_of(bea)
    assert "would take this turn" in sign_in(bea).get(page(hers)).content.decode()
    sign_in(bea).post(page(hers), {"how": "yes", "which": Swap.objects.get().pk})
    assert has(his).is_of(bea)
    assert has(hers).is_of(leo)
    assert (has(his).brings, has(hers).brings) == ("Bread", "Soup"), "what one brings goes along"
    jobs.run_due()
    assert [one.what for one in Notice.objects.filter(persona=leo)] == ["care.swapped"]
    assert not Swap.objects.exists()


@pytest.mark.django_db
def test_no_is_silent_and_all_is_as_it_was(sign_in, care, tess, leo, bea):
    his, hers = make_slot(tess, days=3), make_slot(tess, days=4)
    Swap.ask(his.take(by=leo), hers.take(by=bea), by=leo)
    sign_in(bea).post(page(hers), {"how": "no", "which": Swap.objects.get().pk})
    jobs.run_due()
    assert not Swap.objects.exists()
    assert not Notice.objects.filter(persona=leo).exists()
    assert has(his).is_of(leo)


@pytest.mark.django_db
def test_nobody_else_says_yes_and_nobody_gets_what_they_may_not_see(sign_in, care, tess, leo, bea):
    stands(bea, 1, tess)
    his, hers = make_slot(tess, days=3), make_slot(tess, name="The bath", ring=1, days=4)
    mine, theirs = his.take(by=leo), hers.take(by=bea)
    assert "The bath" not in sign_in(leo).get(page(his)).content.decode()
    with pytest.raises(Taken):
        Swap.ask(mine, theirs, by=leo)
    with pytest.raises(Taken):
        Swap.ask(theirs, mine, by=bea)
    other = make_slot(tess, days=5)
    swap = Swap.ask(mine, other.take(by=bea), by=leo)
    for who in (leo, tess):
        with pytest.raises(Taken):
            swap.yes(by=who)
    swap.yes(by=bea)
    assert has(other).is_of(leo), "control"


@pytest.mark.django_db
def test_what_has_begun_is_not_exchanged(care, tess, leo, bea, clock):
    his, hers = make_slot(tess, days=3), make_slot(tess, days=4)
    swap = Swap.ask(his.take(by=leo), hers.take(by=bea), by=leo)
    clock(his.starts)
    with pytest.raises(Taken):
        swap.yes(by=bea)


@pytest.mark.django_db(transaction=True)
def test_two_yes_at_once_and_a_step_back_leave_each_turn_in_one_hand(care, tess, leo, bea, rosa):
    """Bea's turn is wanted by two; both get a yes in one moment, while Leo steps back. One exchange holds, or none."""
    his, hers, third = (make_slot(tess, days=n) for n in (3, 4, 5))
    one, two, three = his.take(by=leo), hers.take(by=bea), third.take(by=rosa)
    swaps = [Swap.ask(one, two, by=leo), Swap.ask(three, two, by=rosa)]
    came = at_once(*[lambda s=s: Swap.objects.get(pk=s.pk).yes(by=bea) for s in swaps], lambda: one.step_back(by=leo))
    assert all(isinstance(error, Taken | Swap.DoesNotExist) for error in failures(came)), failures(came)
    assert len(failures(came)) >= 1
    hands = [promise.persona_id for promise in Promise.objects.all()]
    assert len(hands) == len(set(hands)), "nobody has two turns, and no turn is lost or doubled"
    assert {bea.pk, rosa.pk} <= set(hands)
    assert Slot.objects.filter(promise=None).count() == 3 - len(hands)
