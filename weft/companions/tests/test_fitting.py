"""A few words of one's own, and what fits them: each with its reason, and nothing that one may not see."""

import re
from datetime import time as clock
from datetime import timedelta
from html import unescape

import pytest
from django.urls import reverse

from weft.circles.models import Persona
from weft.circles.sought import Sought
from weft.companions.models import Companion, OpenToAsk
from weft.companions.open_to_ask import Terms
from weft.companions.tests.ways import long_here
from weft.companions.ties import SHIELD
from weft.conftest import enter, make_circle
from weft.gatherings.models import Series
from weft.loom import ids, time
from weft.people.models import Person
from weft.safety.models import Block
from weft.stories.fitting import TALKS
from weft.stories.models import Story
from weft.stories.search import SEARCHES
from weft.stories.tucking import Tucking
from weft.tests.laws.dump import tables
from weft.wisdom.tests.ways import give

pytestmark = pytest.mark.django_db
FITTING = reverse("companions:fitting")


def look(browser, words="", topics=()):
    answer = browser.post(FITTING, {"words": words, "topics": topics})
    return browser.get(answer["Location"])


def shown(page):
    found = page.content.decode().partition('id="found"')[2].partition("</main>")[0]
    return " ".join(unescape(re.sub(r"<[^>]+>|[\u2066-\u2069]", " ", found)).split())


def tell(persona, words, *, topics=(), audience="circle"):
    story = Story.begin(persona)
    story.write(words, wish="listen", audience=audience, topics=list(topics))
    story.share(by=persona)
    return story


def meet(guide, name, about="", **more):
    said = {"name": name, "about": about, "zone": "UTC", "starts_on": time.today() + timedelta(days=2)}
    return Series.begin(ids.random_id(), said | {"starts_at": clock(19)} | more, by=guide)


@pytest.fixture
def dee(circle):
    return enter(Person.objects.join("dee", None), circle, "Dee")


@pytest.fixture
def full(circle, ada, cleo, dee):
    """Something good of each kind, for somebody who is in Ada's circle."""
    make_circle("The Quiet Hour", about="For whoever lies awake.", words=["insomnia", "grief"], door="request")
    tell(ada, "I lie awake when the heating ticks.", topics=["sleep"])
    give(ada, "I put the lamp on when I lie awake.", topics=["sleep"])
    meet(cleo, "A late hour", "When you lie awake, come and sit with us.")
    return dee


def test_each_kind_that_fits_stands_there_with_its_reason(sign_in, full):
    page = look(sign_in(full), "I lie awake since he died")
    said = shown(page)
    assert page.status_code == 200
    assert "The Quiet Hour" in said
    assert "Because it is about “insomnia” and “grief”, and these words of yours are in it: “lie” and “awake”." in said
    assert "I lie awake when the heating ticks." in said
    assert "Because it is about sleep, and these words of yours are in it: “lie” and “awake”." in said
    assert "I put the lamp on when I lie awake." in said
    assert "A late hour" in said
    headings = re.findall(r"<h2 id=\"fits-\d\">([^<]*)", page.content.decode())
    assert headings == ["Circles", "Stories", "Lessons", "Gatherings"]
    assert not re.search(r"\d ?%|match|score|rank", said.casefold())


def test_the_reason_is_what_means_it_most_plainly(sign_in, full):
    """“Lost my faith” and “widow” both mean a loss, and the one means something else besides."""
    make_circle("The Lamp", about="Soup on Wednesdays.", words=["lost my faith", "soup", "widow"], door="request")
    assert "Because it is about “widow”." in shown(look(sign_in(full), "since she died"))
    assert "Because it is about “lost my faith”." in shown(look(sign_in(full), "I cannot pray, I was at church"))


def test_a_topic_alone_is_enough(sign_in, full):
    said = shown(look(sign_in(full), topics=["sleep"]))
    assert "I lie awake when the heating ticks." in said
    assert "Because it is about sleep." in said


def test_what_somebody_carries_stands_in_no_address_title_log_or_table(sign_in, full, ada, caplog, capfd):
    browser = sign_in(full)
    answer = browser.post(FITTING, {"words": "qzlantern awake"})
    page = browser.get(answer["Location"]).content.decode()
    assert "qzlantern" in page, "in the box alone"
    assert "qzlantern" not in answer["Location"]
    assert re.search(r"<title>([^<]*)</title>", page)[1].strip() == "Search"
    assert "qzlantern" not in sign_in(ada).get(answer["Location"]).content.decode(), "nobody else's address"
    assert "qzlantern" not in caplog.text + "".join(capfd.readouterr())
    assert "qzlantern" not in repr([list(row.values()) for rows in tables().values() for row in rows])


def hide_all(circle, cleo):
    """Of each kind one that fits as well as can be, and that Dee may not see."""
    there = make_circle("Qzhidden", about="We lie awake.", words=["insomnia"], listed=False)
    guide = enter(Person.objects.join("gil", None), there, "Gil", role=Persona.Role.FACILITATOR)
    make_circle("Qzinvited", about="We lie awake.", words=["insomnia"], door="invitation")
    tell(guide, "Qzstory: I lie awake since he died.", topics=["sleep"])
    give(guide, "Qzlesson: I lie awake since he died.", topics=["sleep"])
    meet(guide, "Qzhour", "I lie awake since he died.")
    meet(cleo, "Qzclosed", "I lie awake since he died.", door="cohort")
    other = enter(Person.objects.join("eve", None), circle, "Eve")
    tell(other, "Qzguides: I lie awake since he died.", topics=["sleep"], audience="facilitators")
    Story.begin(other).write("Qzdraft: I lie awake.", wish="listen", audience="circle", topics=["sleep"])
    tell(other, "Qzback: I lie awake.", topics=["sleep"]).take_back(by=other)
    return guide, other


def test_nobody_learns_of_what_they_may_not_see(sign_in, full, circle, cleo):
    before = shown(look(sign_in(full), "I lie awake since he died", ["sleep"]))
    guide, _other = hide_all(circle, cleo)
    assert shown(look(sign_in(full), "I lie awake since he died", ["sleep"])) == before
    enter(full.person, guide.circle, "Dee here")
    after = shown(look(sign_in(full), "I lie awake since he died", ["sleep"]))
    for control in ("Qzstory", "Qzlesson", "Qzhour"):
        assert control in after, "whoever may see it finds it"
    assert "Qzguides" in shown(look(sign_in(cleo), "I lie awake since he died", ["sleep"]))


def test_what_one_may_not_see_pushes_nothing_out(sign_in, full, circle):
    other = enter(Person.objects.join("eve", None), circle, "Eve")
    for number in range(40):
        tell(other, f"{number} I lie awake since he died", topics=["sleep"], audience="facilitators")
    assert "the heating ticks" in shown(look(sign_in(full), "I lie awake since he died", ["sleep"]))


def test_what_shares_most_stands_first_and_then_the_newest(sign_in, ada, dee):
    told = [tell(ada, words) for words in ("kettle early", "kettle and lantern", "kettle late")]
    told[0].told_at -= timedelta(days=3)
    told[0].save()
    said = shown(look(sign_in(dee), "a kettle, a lantern"))
    places = [said.index(words) for words in ("kettle and lantern", "kettle late", "kettle early")]
    assert places == sorted(places)


def test_ones_own_are_not_what_one_looks_for(sign_in, full, ada):
    said = shown(look(sign_in(ada), "I lie awake", ["sleep"]))
    assert "the heating ticks" not in said
    assert "I put the lamp on" not in said
    assert "A late hour" in said


def test_a_block_holds_in_what_fits(sign_in, full, ada):
    assert "the heating ticks" in shown(look(sign_in(full), "lie awake"))
    Block.begin(ada, by=full)
    said = shown(look(sign_in(full), "lie awake"))
    assert "A late hour" in said
    assert "the heating ticks" not in said
    assert "I put the lamp on" not in said


@pytest.mark.parametrize("tucked", [Tucking(topics=("sleep",)), Tucking(words=("heating", "lamp"))])
def test_what_is_tucked_away_stays_so(sign_in, full, tucked):
    assert "the heating ticks" in shown(look(sign_in(full), "lie awake"))
    tucked.keep(full.person)
    said = shown(look(sign_in(full), "lie awake"))
    assert "A late hour" in said
    assert "the heating ticks" not in said
    assert "the lamp" not in said


def test_words_of_danger_lead_to_help_and_stop_nothing(sign_in, full):
    page = look(sign_in(full), "I lie awake and I want to die").content.decode()
    assert "things may be very hard right now" in page
    assert reverse("safety:help") in page
    assert "the heating ticks" in page
    assert "things may be very hard" not in look(sign_in(full), "I lie awake").content.decode()


def test_who_speaks_of_dying_is_not_led_to_stories_about_it(sign_in, ada, dee):
    tell(ada, "The bridge.", topics=["suicide"])
    assert "The bridge." not in shown(look(sign_in(dee), "I want to die"))
    assert "The bridge." in shown(look(sign_in(dee), topics=["suicide"])), "whoever chooses it finds it"
    assert not {"dark", "harm"} & set(TALKS)


def test_searching_has_its_budget(sign_in, full):
    browser = sign_in(full)
    for _ in range(SEARCHES.at_once):
        assert browser.post(FITTING, {"words": "awake"}).status_code == 302
    assert browser.post(FITTING, {"words": "awake"}).status_code == 429
    assert browser.post(reverse("stories:search"), {"words": "awake"}).status_code == 429, "one budget for both"


def test_where_nothing_fits_the_page_leads_somewhere(sign_in, full):
    said = shown(look(sign_in(full), "qzlantern"))
    assert "Nothing here fits these words yet" in said
    assert "That says nothing about you." in said
    assert "Be the first to say it" in said
    assert "A late hour" in said, "a circle's next hour"
    assert "somebody to talk to now" in said


def test_whoever_is_in_no_circle_finds_circles_and_open_hours(sign_in, full, cleo, mallory):
    meet(cleo, "An open hour", "Whoever lies awake may come.", door="open")
    said = shown(look(sign_in(mallory), "I lie awake"))
    assert "The Quiet Hour" in said
    assert "An open hour" in said
    assert "A late hour" not in said
    assert "the heating ticks" not in said


def test_it_is_reached_from_today_from_a_first_page_and_from_search(sign_in, ada, mallory):
    for who, page in ((ada, "/"), (mallory, "/"), (ada, reverse("stories:search"))):
        assert f'href="{FITTING}"' in sign_in(who).get(page).content.decode()


@pytest.mark.parametrize("asked", ["", "x", "AAAA", "%00", "é" * 50])
def test_an_address_that_was_made_up_shows_an_empty_box(sign_in, ada, asked):
    page = sign_in(ada).get(FITTING, {"asked": asked})
    assert page.status_code == 200
    assert 'id="found"' not in page.content.decode()


def test_little_words_alone_say_so(sign_in, ada):
    assert "stand almost everywhere" in shown(look(sign_in(ada), "it is the"))


def test_words_in_another_script_are_found_as_well(sign_in, ada, dee):
    tell(ada, "لا أستطيع النوم منذ رحيله.", topics=["sleep"])
    said = shown(look(sign_in(dee), "النوم"))
    assert "رحيله" in said
    assert "“النوم”" in said
    assert Sought("النوم").topics == ()


# People


@pytest.fixture
def hollis(circle):
    h = enter(Person.objects.join("eve", None), circle, "Hollis")
    long_here(h)
    terms = Terms(most=1, line="Not about work.", languages=("en",), hours=("evening",), topics=("loss",))
    OpenToAsk.say(on=True, by=h, terms=terms)
    return h


def test_only_whoever_said_so_is_found_and_by_the_topics_they_chose(sign_in, hollis, ada, cleo):
    long_here(ada, cleo)
    OpenToAsk.say(on=True, by=cleo)
    tell(ada, "My son died.", topics=["loss"])
    said = shown(look(sign_in(ada), "my son died"))
    assert "Hollis" in said
    assert "Because they said that they know loss." in said
    assert "Evening Circle · Not about work. · in the evening" in said
    assert "Cleo" not in said, "open to be asked, and not to be found"
    assert "Hollis" not in shown(look(sign_in(ada), "I cannot sleep")), "another topic"


def test_nobody_is_found_outside_a_circle_that_one_shares(sign_in, hollis, ben, ada):
    assert "Hollis" in shown(look(sign_in(ada), "my son died"))
    assert "Hollis" not in shown(look(sign_in(ben), "my son died"))


def test_a_limit_and_a_language_hold_in_what_is_found(sign_in, hollis, ada, dee):
    assert "Hollis" in shown(look(sign_in(ada), "my son died"))
    OpenToAsk.say(on=True, by=hollis, terms=Terms(languages=("ar",), topics=("loss",)))
    assert "Hollis" not in shown(look(sign_in(ada), "my son died"))
    OpenToAsk.say(on=True, by=hollis, terms=Terms(most=1, topics=("loss",)))
    assert "Hollis" in shown(look(sign_in(ada), "my son died"))
    assert Companion.ask(hollis, "Hello", by=dee)
    assert "Hollis" not in shown(look(sign_in(ada), "my son died"))
    assert Companion.ask(hollis, "Hello", by=Persona.objects.get(pk=ada.pk)) is None


def test_nobody_is_found_in_their_first_month_nor_across_a_block(sign_in, hollis, ada):
    assert "Hollis" in shown(look(sign_in(ada), "my son died"))
    hollis.since = time.today() - timedelta(days=SHIELD - 1)
    hollis.save()
    assert "Hollis" not in shown(look(sign_in(ada), "my son died"))
    long_here(hollis)
    Block.begin(ada, by=hollis)
    assert "Hollis" not in shown(look(sign_in(ada), "my son died"))


def test_whoever_does_not_write_here_finds_nobody_to_write_to(sign_in, hollis, circle):
    looks_on = enter(Person.objects.join("obs", None), circle, "Looks on", role=Persona.Role.OBSERVER)
    assert "Hollis" not in shown(look(sign_in(looks_on), "my son died"))


def test_terms_lie_in_one_sealed_list(hollis, ada):
    OpenToAsk.say(on=True, by=ada)
    assert OpenToAsk.of(ada)[hollis.pk].line == "Not about work."
    raw = repr([list(row.values()) for row in tables()["companions_opentoask"]])
    assert "about work" not in raw
    assert str(hollis.pk) not in raw


def test_a_list_from_before_there_were_terms_is_read(ada):
    OpenToAsk(circle_id=ada.circle_id, kept=f"[{ada.pk}]").save()
    assert OpenToAsk.of(ada) == {ada.pk: Terms()}
