"""Every page of the house is one that axe has nothing against: light and dark, in both directions, at 320 and 1,100 px.

Pages are found by the names of their addresses, so that a new one is asked about on the day on which it is written.
What only some people see, what only a form brings, and what only goes wrong is listed by hand.
"""

from typing import Any

import pytest

from weft.conftest import PASSPHRASE, enter, make_circle
from weft.people import totp
from weft.people.models import Person
from weft.stories.models import Story
from weft.tests import seeing
from weft.tests.laws.matrix import ORACLE, SIGNED_OUT
from weft.tests.laws.world import World
from weft.tests.walks.visitor import Visitor

# Addresses that answer with something other than a page, or with one that is looked at elsewhere.
NO_PAGE = {
    "loom:manifest": "for machines",
    "loom:language": "only sends on",
    "safety:worker": "a script",
    "people:leave": "only sends on, and away",
    "stories:begin": "only sends on, to a sheet",
    "stories:replies": "a piece of a page",
    "gatherings:now": "a piece of a page",
    "gatherings:signals": "for machines",
    "gatherings:feed": "a calendar, for machines",
    "gatherings:meetings_csv": "a file to keep",
    "gatherings:meetings_json": "for machines",
    "gatherings:record": "a file to keep",
    "care:journal": "a file to keep",
    "care:table": "a file to keep",
    "wisdom:archive": "a file to keep",
    "care:diary": "a calendar, for machines",
    "care:guest_times": "the same",
    "voices:feed": "for machines",
    "voices:comment": "only sends on",
    "voices:comment_off": "only sends on",
    "people:step": "see `after_the_passphrase`",
    "people:code": "see `a_recovery_code`",
    "loom:style": "see loom/tests/test_seeing.py",
    "loom:style-of-error": "see loom/tests/test_seeing.py",
    "notices:confirm": "opens by the link of a mail; see notices/tests",
    "notices:off": "the same",
    "home:setup": "see walks/test_opening_a_house.py",
    "home:setup_step": "see walks/test_opening_a_house.py",
}
PAGES = sorted(name for name, rule in ORACLE.items() if rule.get is not None and name not in NO_PAGE)

# Whoever sees most on a page looks at it first; and these look too, who see something else there.
EYES = ["facilitator", "teller", "answerer", "member", "steward", "safety", "reader", "stranger", SIGNED_OUT]
DOORS = {"home:front", "people:join", "people:join_name", "people:door", "people:recovery", "circles:invitation"}
OTHERS = [
    *(("circles:circle", role) for role in ("stranger", "asking", "waiting", "declined", "observer", "teller")),
    *(("home:today", role) for role in ("stranger", "teller", "safety", "steward")),
    *(("stories:story", role) for role in ("teller", "observer")),
    *(("circles:find", role) for role in ("stranger", SIGNED_OUT)),
    *(("people:settings", role) for role in ("teller", "safety", "steward")),
    ("circles:people", "member"),
    ("circles:join", "stranger"),
    ("circles:invitation", "stranger"),
    ("safety:help", SIGNED_OUT),
]


@pytest.fixture(scope="module")
def world(lasting_db) -> World:
    return World()


def first_eyes(name: str) -> str:
    rule = ORACLE[name].get
    roles = rule("told") if callable(rule) else rule
    return SIGNED_OUT if name in DOORS else next(role for role in EYES if role in roles)


def check(page: Any) -> None:
    found = list(seeing.objections(page))
    assert not found, "\n".join([page.url, *found])


@pytest.mark.parametrize("name, role", [(name, first_eyes(name)) for name in PAGES] + OTHERS)
def test_every_address(world, visit, name, role):
    page = visit(world.people.get(role))
    assert page.goto(world.address(name)).status == 200
    check(page)


# What is not there until somebody does something.


def empty_forms(come, world):
    join = world.address("circles:join")
    for role, address in [("steward", "/circles/new/"), ("steward", "/own/duties/"), ("safety", "/house/desk/"),
                          ("stranger", join), ("teller", "/own/erasure/")]:  # fmt: skip
        me = come(role).opens(address)
        me.page.locator("main form").evaluate("form => { form.noValidate = true }")
        with me.page.expect_navigation():
            me.page.locator("main form").evaluate("form => form.requestSubmit()")
        assert me.page.get_by_role("alert").count(), address
        yield me


def a_wrong_passphrase(come, world):
    me = come().opens("/door/").writes("nobody", "Sign-in name").writes("five wrong words in a row", "Passphrase")
    yield me.taps("Sign in", within="main")


def a_recovery_code(come, world):
    me = come().opens("/join/name/").writes("somebody new", "sign-in name").writes(PASSPHRASE, "passphrase")
    yield me.taps("Join with this passphrase").reads("Your recovery code")


def after_the_passphrase(come, world):
    person = Person.objects.join("with a code app", PASSPHRASE)
    person.second_step = totp.new_secret()
    person.save()
    me = come().opens("/door/").writes("with a code app", "Sign-in name").writes(PASSPHRASE, "Passphrase")
    yield me.taps("Sign in", within="main").reads("One more step")


def an_invitation(come, world):
    me = come("facilitator").opens(world.address("circles:invite")).taps("Write it")
    yield me.reads("This code is shown once.")


def a_code_for_a_duty(come, world):
    me = come("steward").opens("/house/").unfolds("Give a duty to somebody").chooses("steward")
    yield me.taps("Write a code").reads("We show it only now.")


def hard_words(come, world):
    me = come("member").opens(world.circle.get_absolute_url()).taps("Tell a story")
    me.writes("I want to die.", "What would you like to say?").taps("Read it through")
    yield me.reads("It sounds like things may be very hard right now")


def two_windows(come, world):
    sheet = Story.begin(world.inside["answerer"])
    sheet.write("One.", wish="listen", audience="circle", topics=[])
    me = come("answerer").opens(f"{sheet.get_absolute_url()}draft/").writes("Two.", "What would you like to say?")
    sheet.write("Three.", wish="listen", audience="circle", topics=[])
    Story.objects.get(pk=sheet.pk)
    me.page.locator("[name=digest]").evaluate("digest => digest.value = 'older'")
    yield me.taps("Read it through").reads("This was changed in another window")


def a_new_agreement(come, world):
    room = make_circle("Small Hours")
    persona = enter(world.people["stranger"], room, "Wren")
    story = Story.begin(enter(world.people["teller"], room, "Tam"))
    story.write("A story, with *some* words.", wish="ideas", audience="circle", topics=["loss", "my own"])
    story.share(by=story.teller)
    room.agree_on("- Another one.", ["A clause."])
    me = come("stranger")
    yield me.opens(story.get_absolute_url()).reads("The agreement of this circle has changed.")
    yield me.taps("Read the agreement").reads("The agreement has changed.")
    story.take_back(by=story.teller)
    yield come("teller").opens(room.get_absolute_url()).reads("You took this back.")
    persona.leave(by=world.people["stranger"], words="take")


def something_found(come, world):
    me = come().opens("/circles/")
    yield me.writes("evening", "Say it in your own words").taps("Look").reads("1 circle fits these words.")
    yield me.writes("zzgl", "Say it in your own words").taps("Look").reads("No circle here fits these words yet.")


def what_is_not_there(come, world):
    yield come("member").opens("/ease/").reads("There is nothing to see here")
    for address in ("/nowhere/", "/invitations/nothing/", "/setup/x/"):
        yield come().opens(address)


def a_form_from_elsewhere(come, world):
    me = come("member").opens(world.address("stories:story")).writes("Words that must not be lost.", "Answer Teller")
    me.page.locator("#answer [name=csrfmiddlewaretoken]").evaluate("token => token.value = 'x'")
    yield me.taps("Answer", within="#answer").reads("Your words are still in the box.")


MOMENTS = [
    *(empty_forms, a_wrong_passphrase, a_recovery_code, after_the_passphrase, an_invitation, a_code_for_a_duty),
    *(hard_words, two_windows, a_new_agreement, something_found, what_is_not_there, a_form_from_elsewhere),
]


@pytest.mark.parametrize("moment", MOMENTS, ids=lambda moment: moment.__name__)
def test_what_comes_of_what_somebody_does(world, visit, moment):
    visit.expect("the server responded with a status of 40")
    seen = 0
    for visitor in moment(lambda role=None: Visitor(visit(world.people.get(role)), closely=False), world):
        check(visitor.page)
        seen += 1
        visitor.page.set_viewport_size({"width": 360, "height": 640})
    assert seen


STYLE = """() => {
    const style = new CSSStyleSheet();
    style.replaceSync("@media (prefers-color-scheme: dark) { main p { color: #222 } } main h5 { inline-size: 330px }");
    document.adoptedStyleSheets = [style];
    document.querySelector("main").insertAdjacentHTML("beforeend", "<h5>Deep</h5><input>");
}"""


def test_control_a_bad_page_is_seen_through(world, visit):
    page = visit()
    page.goto("/about/")
    assert not list(seeing.objections(page))
    page.evaluate(STYLE)
    found = "\n".join(seeing.objections(page))
    for look in ("dark, rtl, 320 px", "dark, ltr, 1100 px"):
        assert f"{look}: color-contrast" in found
    assert "light, ltr, 320 px: label" in found
    assert "light, ltr, 320 px: color-contrast" not in found
    assert "dark, rtl, 320 px: 28 px too wide" in found
    assert "1100 px: heading-order" in found
