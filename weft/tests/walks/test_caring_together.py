"""A week around Rosa, in five browsers: her own seat, an address, a swap, news, one's own week, the end."""

import re
from datetime import timedelta

from weft.care.models import Care, Slot
from weft.care.tests.ways import make_care, make_need, stands
from weft.conftest import PASSPHRASE, enter
from weft.loom import jobs, time
from weft.people.models import Person


def joins(care, name):
    return enter(Person.objects.join(name.lower(), PASSPHRASE), care.circle, name)


def test_her_own_seat_a_promise_and_its_address_a_swap_news_and_the_end(come, house):
    care = make_care(Person.objects.join("tess", PASSPHRASE))
    rosa, leo, bea = (joins(care, name) for name in ("Rosa", "Leo", "Bea"))
    stands(bea, 2, care.guide, backup=True)
    now = time.now() + timedelta(hours=3)
    day, at = now.date(), now.time().replace(minute=0, second=0, microsecond=0)
    soon = make_need(care.guide, name="Supper", starts_on=day, starts_at=at).slots.get()
    make_need(care.guide, "night", name="A night", days=4, minutes=540)
    page = care.get_absolute_url()

    tess = come(care.guide, script=False).opens(page).taps("Who is in which ring, and who decides")
    tess.reads("Nobody has this seat yet.")
    tess.page.get_by_role("listitem").filter(has_text="Rosa").locator("summary").click()
    tess.taps("Rosa is the one it is for").reads("Rosa decides, with a seat of their own.")

    helper = come(leo, script=False).opens(page)
    helper.page.get_by_role("button", name=re.compile("Supper")).click()
    helper.reads("You have it. Thank you.").reads_nothing_of("14 Weir Lane", "2580")
    helper.taps("Show me the address").reads("14 Weir Lane", "2580", "That you looked is written down")
    tess.opens(page).taps("Who looked at the address").reads("Leo: Supper").reads_nothing_of("14 Weir Lane")

    helper.opens(soon.get_absolute_url()).taps("Ask whether another can").reads(
        "It stays yours until somebody takes it."
    )
    jobs.run_due(time.now() + jobs.GRAIN)
    other = come(bea, script=False).opens("/bell/").reads("Somebody would be glad if another took something over.")
    other.opens(page).reads("They would be glad if another could.")
    other.page.get_by_role("button", name=re.compile("Supper")).click()
    other.reads("You have it. Thank you.")
    helper.opens(page).reads("Bea has it.")

    tess.opens(page).taps("Tell news, once for all").reads("Rosa reads it first.")
    tess.writes("She cried in the car.", "News for the inner and the middle ring")
    tess.writes("A hard day.", "The same, in other words, for the outer ring").taps("Tell it")
    helper.opens(page).reads_nothing_of("A hard day.")
    me = come(rosa, script=False).opens(page).reads("You decide here.").taps("News waits for you to read it first")
    me.writes("A day.", "The same, in other words, for the outer ring").taps("Yes, tell it", within="article")
    helper.opens(page).reads("A day.").reads_nothing_of("She cried in the car.")
    other.opens(page).reads("She cried in the car.")

    other.taps("Your own week, and what you could do").reads("Only you see this page.").chooses("A night")
    other.taps("Save", within="main").opens(page).reads("This fits what you could do")
    tess.opens(Slot.objects.get(need__kind="night").get_absolute_url()).taps("Ask Bea").reads("They are asked.")
    tess.opens(page).taps("The month on one sheet").reads(f"{time.today():%Y}")

    me.opens(page).taps("Let it end").writes("Thank you for the suppers.", "A word to all who were there")
    me.taps("Let it end now").reads("It has ended", "Thank you for the suppers.")
    helper.opens(page).reads("Thank you for the suppers.", "Nobody is reminded of anything any more.")
    assert not Slot.objects.exists()
    assert Care.objects.get().where == {}
