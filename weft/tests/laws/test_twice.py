"""People press twice, open a page in two tabs, and go back: nothing is doubled, nothing is lost, and whatever page they
come to is a calm one."""

from collections.abc import Callable
from dataclasses import dataclass

import pytest
from django.urls import reverse

from weft.circles.models import Circle, Persona
from weft.companions.models import Greeting
from weft.conftest import PASSPHRASE, enter
from weft.people.models import Person
from weft.safety.models import Report
from weft.stories.models import Reply, Story
from weft.tests.walks.conftest import tell
from weft.tests.walks.visitor import Visitor

WORDS = "Words that must not be lost, and not be said twice."
TWICE = """async button => {
    const body = new URLSearchParams(new FormData(button.form, button));
    const send = () => fetch(button.form.action, { method: "POST", body });
    return (await Promise.all([send(), send()])).map(answer => answer.status);
}"""

NEW_HERE = [[], ["403"]]  # whoever has just joined is somebody else: a form from before is out of date, and told so


@dataclass
class Act:
    """Something that somebody does by sending a form."""

    who: Persona | Person | None
    page: str
    fill: dict[str, str]  # into which boxes goes what
    press: str
    then: str  # what they read when it is done
    times: Callable[[], int]  # how often it has been done
    tick: str = ""

    def prepare(self, me: Visitor) -> Visitor:
        me.opens(self.page)
        for box, words in self.fill.items():
            me.writes(words, box)
        return me.chooses(self.tick) if self.tick else me

    def is_there(self, me: Visitor) -> bool:
        return me.find(self.press, within="main").count() > 0


def joining_the_house(circle: Circle, ada: Persona, cleo: Persona) -> Act:
    boxes = {"sign-in name": "night bus", "passphrase": PASSPHRASE}
    before = Person.objects.count()
    return Act(None, "/join/name/", boxes, "Join with this passphrase", "", lambda: Person.objects.count() - before)


def joining_a_circle(circle: Circle, ada: Persona, cleo: Persona) -> Act:
    who, page = Person.objects.join("heron", PASSPHRASE), f"{circle.get_absolute_url()}join/"
    inside = circle.personas.filter
    return Act(
        who,
        page,
        {"What shall we call you here?": "Heron"},
        "Come in",
        "You are Heron here.",
        lambda: inside(standing="inside").count() - 2,
        tick="I have read this agreement",
    )


def telling(circle: Circle, ada: Persona, cleo: Persona) -> Act:
    sheet = Story.begin(ada)
    sheet.write(WORDS, wish="listen", audience="circle", topics=[])
    page, told = f"{sheet.get_absolute_url()}reading/", Story.objects.exclude(number=None).count
    return Act(ada, page, {}, "Share it with", WORDS, told)


def answering(circle: Circle, ada: Persona, cleo: Persona) -> Act:
    page = tell(ada, "It is a long night.").get_absolute_url()
    return Act(cleo, page, {"Answer River": WORDS}, "Answer", WORDS, Reply.objects.count)


def greeting(circle: Circle, ada: Persona, cleo: Persona) -> Act:
    new = enter(Person.objects.join("heron", PASSPHRASE), circle, "Heron")
    page = reverse("companions:greet", kwargs={"key": circle.pk, "persona_key": new.pk})
    return Act(cleo, page, {"Your words": WORDS}, "Send the greeting", "", Greeting.objects.count)


def telling_the_safety_team(circle: Circle, ada: Persona, cleo: Persona) -> Act:
    story = tell(ada, "It is a long night.")
    page = f"/reports/new/?about=story.{story.pk}&circle={circle.pk}"
    boxes = {"Anything else we should know?": WORDS}
    return Act(cleo, page, boxes, "Tell the safety team", WORDS, Report.objects.count)


ACTS = [joining_the_house, joining_a_circle, telling, answering, greeting, telling_the_safety_team]


@pytest.fixture(params=ACTS, ids=lambda act: act.__name__)
def act(request, circle, ada, cleo) -> Act:
    return request.param(circle, ada, cleo)


def test_twice_at_once_and_once_more(walk, act):
    walk.expect(*NEW_HERE[act.who is None])
    me = act.prepare(Visitor(walk(act.who), closely=False))
    assert me.find(act.press, within="main").evaluate(TWICE) == [200, 200]
    assert act.times() == 1
    me.taps(act.press, within="main").reads(act.then)
    assert act.times() == 1


def test_back_and_once_more(walk, act):
    me = act.prepare(Visitor(walk(act.who), closely=False)).taps(act.press, within="main")
    assert act.times() == 1
    me.goes_back()
    if act.is_there(me) and all(me.page.get_by_label(box).input_value() for box in act.fill):
        me.taps(act.press, within="main")
    assert act.times() == 1
    assert me.find("Leave").count()


def test_in_two_tabs(walk, act):
    walk.expect(*NEW_HERE[act.who is None])
    me = Visitor(walk(act.who), closely=False)
    other = Visitor(me.page.context.new_page(), closely=False)
    for tab in (me, other):
        act.prepare(tab)
    me.taps(act.press, within="main").reads(act.then)
    other.taps(act.press, within="main")
    assert act.times() == 1
    if act.who is None:
        other.reads("That did not save", "when you signed in again").taps("Go to the first page")
    other.reads(act.then)


def test_other_words_in_another_tab_are_said_too(walk, circle, ada, cleo):
    act = answering(circle, ada, cleo)
    me = act.prepare(Visitor(walk(act.who), closely=False))
    other = Visitor(me.page.context.new_page(), closely=False).opens(act.page).writes("One thing more.", "Answer River")
    me.taps("Answer", within="main")
    other.taps("Answer", within="main").reads(WORDS, "One thing more.")
    assert act.times() == 2


def test_a_sheet_in_two_tabs_loses_no_word(walk, circle, ada):
    me = Visitor(walk(ada, script=False), closely=False).opens(circle.get_absolute_url()).taps("Tell a story")
    me.writes("One line.", "What would you like to say?").taps("Keep it for later").taps("One line.")
    other = Visitor(me.page.context.new_page(), closely=False).opens(me.page.url)
    me.writes("One line. And a second.", "What would you like to say?").taps("Keep it for later")
    other.writes("One line. And another.", "What would you like to say?").taps("Keep it for later")
    other.reads("This was changed in another window", "One line. And a second.")
    assert other.page.get_by_label("What would you like to say?").input_value() == "One line. And another."
    assert Story.objects.get().text == "One line. And a second."


def test_what_was_typed_is_kept_when_somebody_goes_at_once(walk, circle, ada):
    me = Visitor(walk(ada), closely=False).opens(circle.get_absolute_url()).taps("Tell a story")
    me.page.get_by_label("What would you like to say?").press_sequentially(WORDS)
    me.goes_back()
    for _try in range(100):
        if Story.objects.exists():
            break
        me.page.wait_for_timeout(50)
    assert Story.objects.get().text == WORDS
    me.opens("/").reads("You began something", WORDS)
