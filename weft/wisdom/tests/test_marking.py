"""Days worth marking survive a lapse; a struggle is tied to what came after; a season is said in words."""

from datetime import timedelta

import pytest
from django.urls import reverse

from weft.circles.models import Persona
from weft.conftest import enter
from weft.loom import time
from weft.people.models import Person
from weft.safety.models import Block
from weft.wisdom.models import Milestone, ThenNow
from weft.wisdom.models.milestone import NotSo
from weft.wisdom.tests.ways import give, queries, tell

pytestmark = pytest.mark.django_db
LABEL = "Without a drink"


def at(name, circle, **more):
    return reverse(f"wisdom:{name}", kwargs={"key": circle.pk, **more})


def ago(days):
    return time.today() - timedelta(days=days)


def seen(client, name, circle, **more):
    return client.get(at(name, circle, **more)).content.decode()


def marked(persona, *, shown=False):
    """A hundred days, a lapse, and twenty days since."""
    one = Milestone.begin(5, LABEL, ago(130), by=persona)
    one.lapse(ago(30), by=persona)
    one.come_back(ago(20), by=persona)
    one.show(on=shown, by=persona)
    return one


def test_a_lapse_takes_nothing_away(ada):
    one = marked(ada)
    assert (one.days_in_all, one.longest, one.days_since) == (120, 100, 20)
    assert one.came_back
    one.lapse(ago(0), by=ada)
    assert (one.days_in_all, one.longest) == (120, 100), "never a zero"


def test_coming_back_is_the_event(sign_in, ada, circle):
    me = sign_in(ada)
    me.post(at("milestones", circle), {"label": LABEL, "since": ago(130).isoformat(), "once": "5"})
    one = Milestone.objects.get()
    step = at("milestone", circle, milestone_key=one.pk)
    page = me.post(step, {"how": "lapse", "on": ago(30).isoformat()}, follow=True).content.decode()
    assert "It rests. You can come back on any day." in page
    page = me.post(step, {"how": "back", "on": ago(20).isoformat()}, follow=True).content.decode()
    assert "You came back. All the days before are still yours." in page
    assert "You came back on" in page
    for number in ("120", "100", "20"):
        assert f"<dd>{number}</dd>" in page
    for word in ("streak", "badge", "reset", "lapse"):
        assert word not in page.replace('value="lapse"', "").lower()


def test_days_are_for_oneself_unless_they_are_shown(sign_in, ada, cleo, circle):
    one = marked(ada)
    assert LABEL in seen(sign_in(ada), "milestones", circle)
    assert LABEL not in seen(sign_in(cleo), "milestones", circle)
    assert LABEL not in seen(sign_in(cleo), "season", circle)
    me = sign_in(ada)
    me.post(at("milestone", circle, milestone_key=one.pk), {"how": "show"})
    assert LABEL in seen(sign_in(cleo), "milestones", circle)
    assert "came back: Without a drink" in seen(sign_in(cleo), "season", circle)
    me.post(at("milestone", circle, milestone_key=one.pk), {"how": "hide"})
    assert LABEL not in seen(sign_in(cleo), "milestones", circle)


def test_nobody_else_changes_them(sign_in, ada, cleo, circle):
    one = marked(ada, shown=True)
    assert sign_in(cleo).post(at("milestone", circle, milestone_key=one.pk), {"how": "erase"}).status_code == 404
    with pytest.raises(PermissionError):
        one.lapse(ago(1), by=cleo)
    assert Milestone.objects.get().goes_on


def test_days_that_cannot_be_are_refused(sign_in, ada, circle):
    one = marked(ada)
    with pytest.raises(NotSo):
        one.lapse(ago(25), by=ada)
    with pytest.raises(NotSo):
        Milestone.begin(6, LABEL, ago(-1), by=ada)
    me, step = sign_in(ada), at("milestone", circle, milestone_key=one.pk)
    for day in ("", "soon", ago(25).isoformat(), ago(-3).isoformat()):
        page = me.post(step, {"how": "lapse", "on": day}, follow=True).content.decode()
        assert "does not fit" in page
    one.refresh_from_db()
    assert one.goes_on


def test_sent_twice_a_day_is_marked_once(sign_in, ada, circle):
    me = sign_in(ada)
    for _ in range(2):
        me.post(at("milestones", circle), {"label": LABEL, "since": ago(3).isoformat(), "once": "5"})
        me.post(at("milestone", circle, milestone_key=5), {"how": "lapse", "on": ago(1).isoformat()})
    one = Milestone.objects.get()
    assert one.days_in_all == 2


def test_a_struggle_is_tied_to_what_came_after(sign_in, ada, cleo, circle):
    then, now = tell(ada, "I cannot open the letters."), tell(ada, "I open them on Fridays.")
    me, guide = sign_in(ada), sign_in(cleo)
    assert at("tie", circle, story_key=then.pk) in seen(me, "sources", circle, story_key=then.pk)
    neither = me.post(at("tie", circle, story_key=then.pk), {"now": "", "text": ""}).content.decode()
    assert "one of the two" in neither
    for _ in range(2):
        me.post(at("tie", circle, story_key=then.pk), {"now": str(now.pk), "text": ""})
    page = seen(guide, "then_now", circle)
    assert page.count("I cannot open the letters.") == 1
    assert page.index("I cannot open") < page.index("I open them on Fridays.")
    me.post(at("tie", circle, story_key=then.pk), {"now": "", "text": "There are two left."})
    page = seen(guide, "then_now", circle)
    assert "There are two left." in page
    assert "Fridays" not in page
    me.post(at("tie", circle, story_key=then.pk), {"untie": "1"})
    assert "two left" not in seen(guide, "then_now", circle)


def test_a_story_leads_to_what_came_after_and_back(sign_in, ada, cleo, circle):
    then, now, other = tell(ada, "I cannot open the letters."), tell(ada, "I open them on Fridays."), tell(ada, "Rain.")
    me = sign_in(cleo)
    before, after = "What came before", "How it went on"
    assert not any(words in page_of(me, story) for story in (then, now, other) for words in (before, after))
    ThenNow.tie(then, now=now, by=ada)
    assert [after in page_of(me, story) for story in (then, now, other)] == [True, False, False]
    assert [before in page_of(me, story) for story in (then, now, other)] == [False, True, False]
    for story in (then, now):
        there = at("went_on", circle, story_key=story.pk)
        assert there in page_of(me, story)
        page = seen(me, "went_on", circle, story_key=story.pk)
        assert page.index("I cannot open the letters.") < page.index("I open them on Fridays.")
        assert story.get_absolute_url() in page
    assert "Nothing is tied to this story." in seen(me, "went_on", circle, story_key=other.pk)
    ThenNow.objects.get().untie()
    assert after not in page_of(me, then)


def page_of(client, story):
    return client.get(story.get_absolute_url()).content.decode()


@pytest.mark.parametrize("which", ["then", "now"])
@pytest.mark.parametrize("how", ["take_back", "erase"])
def test_when_one_of_them_goes_the_tie_goes(sign_in, ada, cleo, circle, which, how):
    stories = {"then": tell(ada, "I cannot open the letters."), "now": tell(ada, "I open them on Fridays.")}
    ThenNow.tie(stories["then"], now=stories["now"], by=ada)
    guide = sign_in(cleo)
    assert "Fridays" in seen(guide, "then_now", circle), "control"
    gone = stories[which]
    gone.take_back(by=ada) if how == "take_back" else gone.erase()
    for name in ("then_now", "season"):
        page = seen(guide, name, circle)
        assert "Fridays" not in page
        assert "I cannot open" not in page
    assert not ThenNow.objects.exists()


def test_only_ones_own_stories_are_tied(sign_in, ada, cleo, circle):
    hers, mine = tell(cleo, "Cleo's."), tell(ada)
    assert sign_in(ada).get(at("tie", circle, story_key=hers.pk)).status_code == 404
    with pytest.raises(PermissionError):
        ThenNow.tie(mine, now=hers, by=ada)


def test_a_story_for_the_guides_is_tied_for_the_guides(sign_in, ada, cleo, circle):
    then = tell(ada, "I cannot open the letters.")
    type(then).objects.filter(pk=then.pk).update(audience="facilitators")
    then.refresh_from_db()
    ThenNow.tie(then, words="I can now.", by=ada)
    dee = enter(Person.objects.join("dee", None), circle, "Dee")
    assert "I can now." in seen(sign_in(cleo), "then_now", circle)
    for name in ("then_now", "season"):
        assert "I can now." not in seen(sign_in(dee), name, circle)


def test_what_came_after_for_the_guides_alone_is_not_even_hinted_at(sign_in, ada, cleo, circle):
    then, now = tell(ada, "I cannot open the letters."), tell(ada, "I can now.")
    ThenNow.tie(then, now=now, by=ada)
    dee = sign_in(enter(Person.objects.join("dee", None), circle, "Dee"))
    assert "How it went on" in page_of(dee, then), "control"
    type(now).objects.filter(pk=now.pk).update(audience="facilitators")
    assert "How it went on" not in page_of(dee, then)
    assert "I can now." not in seen(dee, "went_on", circle, story_key=then.pk)
    assert dee.get(at("went_on", circle, story_key=now.pk)).status_code == 404
    assert "I can now." in seen(sign_in(cleo), "went_on", circle, story_key=then.pk)


def test_a_block_holds_over_days_and_ties(sign_in, ada, circle):
    dee = enter(Person.objects.join("dee", None), circle, "Dee")
    marked(ada, shown=True)
    ThenNow.tie(tell(ada, "I cannot open the letters."), words="I can now.", by=ada)
    me = sign_in(dee)
    pages = ("milestones", "then_now", "season")
    assert all(LABEL in seen(me, name, circle) or "I can now." in seen(me, name, circle) for name in pages)
    Block.begin(Persona.objects.get(pk=ada.pk), by=Persona.objects.get(pk=dee.pk))
    for name in pages:
        page = seen(me, name, circle)
        assert LABEL not in page
        assert "I can now." not in page


def test_a_season_says_what_was_agreed_learned_and_carried(sign_in, ada, cleo, circle):
    give(ada, line="First the kettle")
    tell(ada, "One.", topics=("loss", "money"))
    tell(cleo, "Two.", topics=("loss", "sleep"))
    tell(cleo, "Three.", topics=("sleep",))
    page = seen(sign_in(cleo), "season", circle)
    assert "What is said here stays here." in page
    assert "First the kettle" in page
    assert "We brought each other loss." in page
    carried = page.split("We brought each other")[1].split("</p>")[0]
    assert "money" not in carried, "what one person alone told is not said of all"
    assert "sleep" not in carried, "twice by one is not by two"


def test_nobody_is_counted_in_a_season(sign_in, ada, cleo, circle):
    for n in range(3):
        give(ada, f"Number {n}.", line="A line")
        tell(ada, f"Story {n}.")
        tell(cleo, f"Tale {n}.")
    page = seen(sign_in(cleo), "season", circle).split('<main id="main"')[1].split("</main>")[0]
    assert "River" not in page
    assert "Cleo" not in page
    words = page.split("What we carried")[1]
    assert not any(f"{n} " in words.split("<article")[0] for n in (2, 3, 6))


def test_these_pages_cost_the_same_with_one_and_with_three(sign_in, ada, cleo, circle):
    me, names, counted = sign_in(cleo), ("milestones", "then_now", "season"), []
    for n in range(3):
        other = enter(Person.objects.join(f"more {n}", None), circle, f"More {n}")
        one = Milestone.begin(50 + n, LABEL, ago(3), by=other)
        one.show(on=True, by=other)
        ThenNow.tie(tell(other, f"Then {n}."), words=f"Now {n}.", by=other)
        give(other, f"Lesson {n}.")
        if n != 1:
            counted.append([queries(me, at(name, circle)) for name in names])
    one, three = counted
    assert one == three
    assert all(count <= most for count, most in zip(three, (8, 8, 9), strict=True))


def test_what_led_to_a_story_costs_the_same_with_one_and_with_three(sign_in, ada, cleo, circle):
    thens, now = [tell(ada, f"Then {n}.") for n in range(3)], tell(ada, "Now.")
    me, counted = sign_in(cleo), []
    for n, then in enumerate(thens):
        ThenNow.tie(then, now=now, by=ada)
        if n != 1:
            counted.append(queries(me, at("went_on", circle, story_key=now.pk)))
    assert counted[0] == counted[1] <= 8
    assert all(f"Then {n}." in seen(me, "went_on", circle, story_key=now.pk) for n in range(3))
